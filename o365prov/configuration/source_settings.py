"""Where people come from: exports, Okta's API, and directories, as an app file names them.

Secrets stand in no file: tokens, keys and passwords come from the environment.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar, TypeAlias

from attrs import field, frozen

from o365prov._annotations import check_call
from o365prov._fields import as_tuple, as_unique, typed
from o365prov.errors import ConfigurationError
from o365prov.people import DirectoryAccount
from o365prov.sources import ActiveDirectory, AssignmentDates, OktaApi, OktaExport, csv_file, ldif, okta_json

OKTA_TOKEN = "O365PROV_OKTA_TOKEN"  # noqa: S105 - the name of a variable
OKTA_PRIVATE_KEY = "O365PROV_OKTA_PRIVATE_KEY"
DIRECTORY_PASSWORD = "O365PROV_AD_PASSWORD"  # noqa: S105 - the name of a variable


def _names(names: Iterable[str]) -> tuple[str, ...]:
    return as_unique(names)


@frozen(kw_only=True, field_transformer=typed)
class LdifPlace:
    """The accounts of an Active Directory in an LDIF file, which update those of the source.

    Args:
        path: the file, relative to the folder of the app file.
        instance: the name of the directory; None for its domain.

    """

    name: ClassVar[str] = "ldif"

    path: str
    instance: str | None = None

    def accounts(self, folder: Path, environment: Mapping[str, str]) -> tuple[DirectoryAccount, ...]:
        """The accounts.

        Args:
            folder: the folder to which paths are relative.
            environment: where secrets are.

        Raises:
            SourceError: everything that is wrong with the source.

        """
        check_call(LdifPlace.accounts, locals())
        return ldif.read_accounts(folder / self.path, instance=self.instance)


@frozen(kw_only=True, field_transformer=typed)
class DirectoryPlace:
    """An Active Directory over LDAP, whose accounts update those of the source.

    Args:
        url: the domain controller, such as ``ldaps://dc1.corp.example``.
        user: who reads it; the password is in the variable ``O365PROV_AD_PASSWORD``.
        base: where reading begins; None for the whole domain.
        instance: the name of the directory; None for its domain.
        ca_file: a file with the certificates to trust; None for those that the system trusts.

    """

    name: ClassVar[str] = "active_directory"

    url: str
    user: str
    base: str | None = None
    instance: str | None = None
    ca_file: str | None = None

    def accounts(self, folder: Path, environment: Mapping[str, str]) -> tuple[DirectoryAccount, ...]:
        """The accounts.

        Args:
            folder: the folder to which paths are relative.
            environment: where secrets are.

        Raises:
            SourceError: everything that is wrong with the source.

        """
        check_call(DirectoryPlace.accounts, locals())
        password = _secret(environment, DIRECTORY_PASSWORD, "the directory's password")
        ca_file = None if self.ca_file is None else str(folder / self.ca_file)
        directory = ActiveDirectory(
            self.url, self.user, password, base=self.base, instance=self.instance, ca_file=ca_file
        )
        return directory.read().accounts


Directory: TypeAlias = LdifPlace | DirectoryPlace


def _directories(directories: Iterable[Directory]) -> tuple[Directory, ...]:
    return as_tuple(directories)


@frozen(kw_only=True, field_transformer=typed)
class OktaFiles:
    """Exports of Okta's API in a folder.

    Args:
        folder: the folder, relative to that of the app file.
        directories: directories whose accounts update those of the exports.
        dates: which attributes say from when to when people are assigned; None if none does.

    """

    name: ClassVar[str] = "okta_files"

    folder: str
    directories: tuple[Directory, ...] = field(default=(), converter=_directories)
    dates: AssignmentDates | None = None

    async def read(self, folder: Path, environment: Mapping[str, str]) -> OktaExport:
        """People, groups and assignments.

        Args:
            folder: the folder to which paths are relative.
            environment: where secrets are.

        Raises:
            SourceError: everything that is wrong with the source.

        """
        check_call(OktaFiles.read, locals())
        return _updated(
            okta_json.read_organization(folder / self.folder, dates=self.dates), self.directories, folder, environment
        )


@frozen(kw_only=True, field_transformer=typed)
class OktaOrganization:
    """An Okta organisation over its API.

    The token is in the variable ``O365PROV_OKTA_TOKEN``, a private key in ``O365PROV_OKTA_PRIVATE_KEY``.

    Args:
        url: the organisation's address, such as ``https://corp.okta.com``.
        app: the id of the Office 365 app.
        client_id: the id of a service app, which signs in with its private key in place of a token.
        reads_org: whether expressions may ask for ``org``.
        linked_objects: the primary names that expressions ask for with ``user.getLinkedObject``.
        directories: directories whose accounts update those that Okta knows.
        dates: which attributes say from when to when people are assigned; None if none does.

    """

    name: ClassVar[str] = "okta_api"

    url: str
    app: str
    client_id: str | None = None
    reads_org: bool = False
    linked_objects: tuple[str, ...] = field(default=(), converter=_names)
    directories: tuple[Directory, ...] = field(default=(), converter=_directories)
    dates: AssignmentDates | None = None

    async def read(self, folder: Path, environment: Mapping[str, str]) -> OktaExport:
        """People, groups and assignments.

        Args:
            folder: the folder to which paths are relative.
            environment: where secrets are.

        Raises:
            SourceError: everything that is wrong with the source.

        """
        check_call(OktaOrganization.read, locals())
        read = await self.api(environment).read()
        return _updated(read.export, self.directories, folder, environment)

    def api(self, environment: Mapping[str, str]) -> OktaApi:
        """The organisation with its secret.

        Args:
            environment: where the token or the key is.

        """
        check_call(OktaOrganization.api, locals())
        options: Any = {"reads_org": self.reads_org, "linked_objects": self.linked_objects, "dates": self.dates}
        if self.client_id is None:
            token = _secret(environment, OKTA_TOKEN, "an API token")
            return OktaApi(self.url, self.app, token=token, **options)
        key = _secret(environment, OKTA_PRIVATE_KEY, "the service app's private key")
        return OktaApi(self.url, self.app, client_id=self.client_id, private_key=key, **options)


@frozen(kw_only=True, field_transformer=typed)
class CsvFiles:
    """People, groups and assignments in CSV files.

    Args:
        people: the file of people, relative to the folder of the app file.
        assignments: the file that says to whom the app is assigned.
        groups: the file of groups and their members; None where there are none.
        delimiter: what stands between cells.
        encoding: the encoding of the files.
        directories: directories whose accounts update those of the people.
        dates: which attributes say from when to when people are assigned; None if none does.

    """

    name: ClassVar[str] = "csv"

    people: str
    assignments: str
    groups: str | None = None
    delimiter: str = ","
    encoding: str = "utf-8"
    directories: tuple[Directory, ...] = field(default=(), converter=_directories)
    dates: AssignmentDates | None = None

    async def read(self, folder: Path, environment: Mapping[str, str]) -> OktaExport:
        """People, groups and assignments.

        Args:
            folder: the folder to which paths are relative.
            environment: where secrets are.

        Raises:
            SourceError: everything that is wrong with the source.

        """
        check_call(CsvFiles.read, locals())
        form: Any = {"delimiter": self.delimiter, "encoding": self.encoding}
        assigned = csv_file.read_assignments(folder / self.assignments, **form)
        export = OktaExport(
            people=csv_file.read_people(folder / self.people, **form),
            groups=() if self.groups is None else csv_file.read_groups(folder / self.groups, **form),
            group_assignments=assigned.groups,
            individual=assigned.individual,
            usernames=assigned.usernames,
            dates=self.dates,
        )
        return _updated(export, self.directories, folder, environment)


SourcePlace: TypeAlias = OktaFiles | OktaOrganization | CsvFiles


def _updated(
    export: OktaExport, directories: Iterable[Directory], folder: Path, environment: Mapping[str, str]
) -> OktaExport:
    for directory in directories:
        export = export.with_directory(directory.accounts(folder, environment))
    return export


def _secret(environment: Mapping[str, str], name: str, what: str) -> str:
    if not (value := environment.get(name)):
        raise ConfigurationError(f"{what} is missing: put it into the environment variable {name}")
    return value
