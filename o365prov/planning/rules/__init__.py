"""What changes for a person, one module a subject."""
