"""Expressions inside Terraform's files and Okta's JSON: where they stand, and what is wrong with them."""
