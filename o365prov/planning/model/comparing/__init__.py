"""What changes set, and how two plans differ."""
