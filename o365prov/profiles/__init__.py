"""What Office 365 should hold for a person: usernames, attribute tables and mappings."""

from o365prov.profiles.attributes import ATTRIBUTES, Attribute
from o365prov.profiles.bindings import bindings_of
from o365prov.profiles.mapping import ApplyOn, AttributeMapping, MappedProfile, ProfileMapping
from o365prov.profiles.username import UsernameFormat
from o365prov.profiles.values import UNSET, Finding, Unset

__all__ = [
    "ATTRIBUTES",
    "UNSET",
    "ApplyOn",
    "Attribute",
    "AttributeMapping",
    "Finding",
    "MappedProfile",
    "ProfileMapping",
    "Unset",
    "UsernameFormat",
    "bindings_of",
]
