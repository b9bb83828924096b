"""The functions of the language, one module a namespace; each row stands beside its implementation."""
