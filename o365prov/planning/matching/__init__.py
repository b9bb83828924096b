"""Which account of the tenant belongs to which person."""
