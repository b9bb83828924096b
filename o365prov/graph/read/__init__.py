"""Reading a tenant into a snapshot."""
