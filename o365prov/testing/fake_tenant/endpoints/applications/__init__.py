"""Applications, service principals, the assignments of their roles, and directory extension properties."""
