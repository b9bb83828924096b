"""What a tenant holds, as far as planning looks at it."""
