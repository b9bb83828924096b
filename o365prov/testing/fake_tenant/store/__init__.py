"""What the tenant holds: tables, references, the change log, and saving it."""
