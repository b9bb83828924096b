"""What became of a plan in the tenant: what it wants of each person, and what is there."""
