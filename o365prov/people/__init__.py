"""People as their directories know them, the groups they are in, and what is assigned to them."""
