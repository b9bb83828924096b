"""Readers for the exports and directories that people come from."""
