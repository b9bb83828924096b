"""What Office 365 should hold for a person: usernames, attribute tables and mappings."""

from o365prov.profiles.attribute_mapping import ApplyOn, AttributeMapping
from o365prov.profiles.attributes import (
    ATTRIBUTES,
    DIRECTORY_ONLY_ATTRIBUTES,
    PROFILE_SYNC_ATTRIBUTES,
    PROFILE_SYNC_CUSTOM_ATTRIBUTES,
    UNIVERSAL_SYNC_ATTRIBUTES,
    UNSET,
    USER_SYNC_ATTRIBUTES,
    Attribute,
    AttributeKind,
    Unset,
)
from o365prov.profiles.defaults import PROFILE_SYNC_DEFAULTS, UNIVERSAL_SYNC_DEFAULTS, USER_SYNC_DEFAULTS
from o365prov.profiles.evaluation_context import make_bindings
from o365prov.profiles.inbound_mapping import ACTIVE_DIRECTORY_DEFAULTS, InboundMapping
from o365prov.profiles.mapping import MappedProfile, ProfileMapping
from o365prov.profiles.normalization import ALPHA_2
from o365prov.profiles.person_condition import PersonCondition
from o365prov.profiles.username import UsernameCandidate, UsernameFormat, check_username, first_username

__all__ = [
    "ACTIVE_DIRECTORY_DEFAULTS",
    "ALPHA_2",
    "ATTRIBUTES",
    "DIRECTORY_ONLY_ATTRIBUTES",
    "PROFILE_SYNC_ATTRIBUTES",
    "PROFILE_SYNC_CUSTOM_ATTRIBUTES",
    "PROFILE_SYNC_DEFAULTS",
    "UNIVERSAL_SYNC_ATTRIBUTES",
    "UNIVERSAL_SYNC_DEFAULTS",
    "UNSET",
    "USER_SYNC_ATTRIBUTES",
    "USER_SYNC_DEFAULTS",
    "ApplyOn",
    "Attribute",
    "AttributeKind",
    "AttributeMapping",
    "InboundMapping",
    "MappedProfile",
    "PersonCondition",
    "ProfileMapping",
    "Unset",
    "UsernameCandidate",
    "UsernameFormat",
    "check_username",
    "first_username",
    "make_bindings",
]
