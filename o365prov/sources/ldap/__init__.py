"""Active Directory over LDAP, and what became of it between two reads."""
