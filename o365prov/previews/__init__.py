"""What a mapping gives for people, and what would happen to their accounts."""

from o365prov.previews.account import AccountOutcome, AccountPreview, UsernameHolder, ValueChange
from o365prov.previews.attribute import AttributePreview
from o365prov.previews.population import PeopleGroup, PersonPreview, PopulationPreview
from o365prov.previews.preview import Preview
from o365prov.previews.previewer import Previewer

__all__ = [
    "AccountOutcome",
    "AccountPreview",
    "AttributePreview",
    "PeopleGroup",
    "PersonPreview",
    "PopulationPreview",
    "Preview",
    "Previewer",
    "UsernameHolder",
    "ValueChange",
]
