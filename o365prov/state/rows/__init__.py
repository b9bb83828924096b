"""The rows of each table, and the digests that they are sealed with."""
