"""Applying a plan: batches of writes, each noted before and after."""
