"""A tenant that is not a tenant, for our tests and everyone's."""
