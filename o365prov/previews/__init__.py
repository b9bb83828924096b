"""What a mapping gives for people, and what would become of their accounts in a tenant."""

from o365prov.previews.population import PopulationPreview
from o365prov.previews.preview import Preview
from o365prov.previews.previewer import Previewer

__all__ = [
    "PopulationPreview",
    "Preview",
    "Previewer",
]
