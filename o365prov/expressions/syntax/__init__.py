"""From a string to a syntax tree and back."""
