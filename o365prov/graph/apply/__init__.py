"""Applying a plan: batches of writes, each recorded before and after."""
