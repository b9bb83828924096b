"""The Okta Expression Language: text becomes a tree, is checked, compiled, and run."""
