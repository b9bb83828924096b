"""Graph's types as data: properties, object types, products and roles."""
