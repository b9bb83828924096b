"""What a mapping gives for people, and what would happen to their accounts."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from o365prov.previews.account import AccountOutcome, AccountPreview, UsernameHolder, ValueChange
    from o365prov.previews.attribute import AttributePreview
    from o365prov.previews.comparison import PersonComparison, PreviewComparison
    from o365prov.previews.population import PeopleGroup, PersonPreview, PopulationPreview
    from o365prov.previews.preview import Preview
    from o365prov.previews.previewer import Previewer
else:
    from o365prov._first_use import on_first_use

    __getattr__ = on_first_use(__name__, ("account", "attribute", "preview", "comparison", "population", "previewer"))

__all__ = [
    "AccountOutcome",
    "AccountPreview",
    "AttributePreview",
    "PeopleGroup",
    "PersonComparison",
    "PersonPreview",
    "PopulationPreview",
    "Preview",
    "PreviewComparison",
    "Previewer",
    "UsernameHolder",
    "ValueChange",
]
