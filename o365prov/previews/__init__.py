"""What a mapping gives for people, and what would become of their accounts in a tenant."""
