"""From a syntax tree to one Python function."""
