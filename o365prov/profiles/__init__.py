"""What Office 365 should hold for a person: usernames, attribute tables and mappings."""
