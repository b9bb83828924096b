"""The functions of the language, one module a namespace; each row is next to its implementation."""
