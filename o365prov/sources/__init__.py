"""Readers of exports and directories.

>>> from o365prov.sources import okta_json, ldif, csv_file

Each reader returns values of :mod:`o365prov.people`, and raises one :class:`~o365prov.errors.SourceError` with
everything that is wrong with its source. The names load on first use: who reads a file needs no directory's protocol.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from o365prov.sources.dates import AssignmentDates
    from o365prov.sources.directory.directory_entry import DirectoryEntry, EntryKind
    from o365prov.sources.joining import JoinedPeople, PartialMatch, ProfileSource, join_people
    from o365prov.sources.ldap.active_directory import ActiveDirectory
    from o365prov.sources.ldap.directory_read import DirectoryRead
    from o365prov.sources.okta.okta_api import OktaApi
    from o365prov.sources.okta.okta_read import OktaRead
    from o365prov.sources.organization import AppAssignments, OktaExport
else:
    from o365prov._first_use import on_first_use

    __getattr__ = on_first_use(
        __name__,
        (
            "dates",
            "organization",
            "directory.directory_entry",
            "joining",
            "okta.okta_read",
            "okta.okta_api",
            "ldap.directory_read",
            "ldap.active_directory",
        ),
    )

__all__ = [
    "ActiveDirectory",
    "AppAssignments",
    "AssignmentDates",
    "DirectoryEntry",
    "DirectoryRead",
    "EntryKind",
    "JoinedPeople",
    "OktaApi",
    "OktaExport",
    "OktaRead",
    "PartialMatch",
    "ProfileSource",
    "join_people",
]
