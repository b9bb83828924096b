"""What Office 365 should hold for a person: usernames, attribute tables and mappings."""

from o365prov.profiles.attributes import ATTRIBUTES, Attribute
from o365prov.profiles.evaluation_context import bindings_of
from o365prov.profiles.findings import UNSET, Finding, Unset
from o365prov.profiles.mapping import ApplyOn, AttributeMapping, MappedProfile, ProfileMapping
from o365prov.profiles.username import UsernameFormat

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
