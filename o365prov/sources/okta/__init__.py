"""Okta's users, groups and assignments, as its API gives them."""
