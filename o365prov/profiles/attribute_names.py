"""Finding an attribute of the Office 365 app by the name that somebody wrote."""

from __future__ import annotations

from o365prov.errors import ConfigurationError
from o365prov.expressions.functions.suggestions import similar_attribute
from o365prov.profiles.attributes import ATTRIBUTES, Attribute

_BY_LOWER_NAME = {name.lower(): attribute for name, attribute in ATTRIBUTES.items()}
_BY_GRAPH_NAME = {row.graph: row.name for row in reversed(tuple(ATTRIBUTES.values())) if row.graph}


def attribute_spelled(name: str) -> Attribute:
    """The attribute of exactly this name, as settings in Python have to write it.

    Raises :class:`~o365prov.errors.ConfigurationError`, which names the right spelling, for any other.

    >>> attribute_spelled("firstName").graph
    'givenName'
    """
    attribute = attribute_named(name)
    if attribute.name != name:
        raise ConfigurationError(f"the Office 365 app has no attribute {name!r}: write {attribute.name!r}")
    return attribute


def attribute_named(name: str) -> Attribute:
    """The attribute that goes by this name, in whatever case, as Okta's documents may have it.

    Raises :class:`~o365prov.errors.ConfigurationError`, which names a similar one, if there is none.

    >>> attribute_named("firstname").label
    'First name'
    """
    attribute = _BY_LOWER_NAME.get(name.lower())
    if attribute is not None:
        return attribute
    if name.lower() == "username":
        raise ConfigurationError("userName is no mapped attribute: set the app's username format instead")
    meant = _BY_GRAPH_NAME.get(name) or similar_attribute(name, ATTRIBUTES)
    remedy = f"write {meant!r}" if meant else "o365prov.profiles.ATTRIBUTES holds those that it has"
    raise ConfigurationError(f"the Office 365 app has no attribute {name!r}: {remedy}")
