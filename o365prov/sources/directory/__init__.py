"""Entries and accounts of an Active Directory, and LDIF records in and out."""
