"""The app as code: one TOML file for everything that a job needs to know."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from attrs import evolve, field, frozen

from o365prov._annotations import check_call
from o365prov._fields import typed
from o365prov.app import Office365App
from o365prov.configuration.app_settings import app_table
from o365prov.configuration.class_shapes import table_of
from o365prov.configuration.expression_settings import row_schema
from o365prov.configuration.place_settings import PostgresPlace, SQLitePlace, StatePlace, TenantPlace
from o365prov.configuration.shapes import UNREAD, JsonSchema, ListShape, Shape, TableShape, VariantShape
from o365prov.configuration.source_settings import (
    CsvFiles,
    DirectoryPlace,
    LdifPlace,
    OktaFiles,
    OktaOrganization,
    SourcePlace,
)
from o365prov.configuration.toml_text import toml_text
from o365prov.errors import ConfigurationError
from o365prov.sources import OktaExport
from o365prov.state import State
from o365prov.structuring import IssueList, StrPath, read_text, write_text


@frozen(field_transformer=typed)
class AppFile:
    """An app with where its people come from, where its state is kept, and which tenant is meant.

    Args:
        app: the settings of the app.
        source: where people, groups and assignments come from; None where a program brings them.
        state: where it is kept what is known between runs; None where a program brings it.
        tenant: which tenant is meant.
        folder: the folder to which paths in the file are relative.

    >>> file = AppFile.from_toml('''
    ... domains = ["yourfederated.domain"]
    ... provisioning = { type = "user_sync" }
    ... username = { format = "Email prefix", suffix = "@yourfederated.domain" }
    ... state = { kind = "sqlite", path = "corp.db" }
    ... ''')
    >>> file.app.provisioning.label, file.state.path
    ('User Sync', 'corp.db')
    >>> AppFile.from_toml(file.to_toml()) == file
    True

    """

    app: Office365App
    source: SourcePlace | None = None
    state: StatePlace | None = None
    tenant: TenantPlace = field(factory=TenantPlace)
    folder: Path = field(default=Path(), eq=False, repr=False, kw_only=True)

    @classmethod
    def load(cls, path: StrPath) -> AppFile:
        """Read it from *path*.

        Args:
            path: the file.

        Raises:
            SourceError: the file can't be read.
            ConfigurationError: as for :meth:`from_toml`.

        """
        check_call(AppFile.load, locals())
        return cls.from_toml(toml_of(path), where=str(path), folder=Path(path).parent)

    @classmethod
    def from_toml(cls, text: str, *, where: str = "the app file", folder: StrPath = ".") -> AppFile:
        """Read it from TOML text.

        Args:
            text: the text.
            where: what messages call it, such as the name of its file.
            folder: the folder to which paths in it are relative.

        Raises:
            ConfigurationError: it is not TOML, which names the line; or everything that is wrong with it, each with the
                path of its key, and for unknown keys the one that was perhaps meant.

        >>> AppFile.from_toml('domians = ["corp.example"]')  # doctest: +NORMALIZE_WHITESPACE
        Traceback (most recent call last):
        ...
        o365prov.errors.ConfigurationError: the app file: domians: is not known: write domains; the app file: domains:
        is missing: add it; the app file: provisioning: is missing: add it; the app file: username: is missing: add it

        """
        check_call(AppFile.from_toml, locals())
        issues = IssueList(where)
        read = file_table().read(parsed_toml(text, where), "", issues)
        if read is UNREAD:
            raise ConfigurationError("; ".join(map(str, issues.issues)), issues=issues.issues)
        file: AppFile = evolve(read, folder=Path(folder))
        return file

    def to_toml(self) -> str:
        """All settings as TOML text, which :meth:`from_toml` reads back to an equal value.

        The mapping is written with all of its rows, and with the provisioning settings that it was made for: where
        these are changed in the file later, the attributes have to be mapped again, as in Okta; delete ``made_for``
        once they are.

        Raises:
            UsageError: a string holds half a character, which no file can hold.

        """
        return toml_text({**app_table().write(self.app), **_around_the_app().write(self)})

    def save(self, path: StrPath) -> None:
        """Write it to *path*, completely or not at all.

        Args:
            path: the file.

        Raises:
            SourceError: the file can't be written.

        """
        check_call(AppFile.save, locals())
        write_text(path, self.to_toml())

    async def read_people(self, environment: Mapping[str, str] = os.environ) -> OktaExport:
        """People, groups and assignments from the source.

        Args:
            environment: where secrets are, such as ``O365PROV_OKTA_TOKEN``.

        Raises:
            ConfigurationError: the file names no source, or a secret is missing.
            SourceError: everything that is wrong with the source.

        """
        check_call(AppFile.read_people, locals())
        if self.source is None:
            raise ConfigurationError("the app file names no source of people: add [source] with kind = 'okta_files'")
        return await self.source.read(self.folder, environment)

    def open_state(self, environment: Mapping[str, str] = os.environ) -> State:
        """The state; whoever opens it closes it.

        Args:
            environment: where the secret that seals the state is, as ``O365PROV_STATE_KEY``.

        Raises:
            ConfigurationError: the file names no state.

        """
        check_call(AppFile.open_state, locals())
        if self.state is None:
            raise ConfigurationError(
                "the app file names no state: add [state] with kind = 'sqlite' and path = 'corp.db'"
            )
        return self.state.open(self.folder, environment)


def toml_of(path: StrPath) -> str:
    """The text of a file; raises SourceError if it can't be read."""
    issues = IssueList(str(path))
    try:
        return read_text(path, issues)
    except Exception:
        issues.raise_if_any()
        raise


def parsed_toml(text: str, where: str) -> Mapping[str, Any]:
    """The document; a ConfigurationError with the line if it is not TOML."""
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, ValueError, RecursionError) as error:
        message = str(error) if isinstance(error, ValueError) else "it is nested too deeply"
        found = re.fullmatch(r"(.*) \(at (line \d+, column \d+|end of document)\)", message, re.DOTALL)
        what, place = (found[1], found[2]) if found else (message, "")
        if place == "end of document":
            place = f"line {text.count(chr(10)) + 1}, the end"
        issues = IssueList(where)
        issues.note(place, f"is not TOML ({what})", "correct it there", code="not_toml")
        raise ConfigurationError(str(issues.issues[0]), issues=issues.issues) from None


@cache
def file_table() -> TableShape:
    """All keys of an app file: those of the app, and those of everything around it."""
    keys = (*app_table().keys, *_around_the_app().keys)
    return TableShape(keys, _make_file, "An Office 365 app, its source of people, its state and its tenant.")


@cache
def _around_the_app() -> TableShape:
    directories = ListShape(VariantShape("kind", {each.name: table_of(each) for each in (LdifPlace, DirectoryPlace)}))
    shapes: Mapping[str, Shape] = {
        "source": VariantShape(
            "kind",
            {
                each.name: table_of(each, shapes={"directories": directories})
                for each in (OktaFiles, OktaOrganization, CsvFiles)
            },
        ),
        "state": VariantShape("kind", {each.name: table_of(each) for each in (SQLitePlace, PostgresPlace)}),
        "tenant": table_of(TenantPlace),
    }
    return table_of(AppFile, shapes=shapes, without=("app", "folder"))


def _make_file(**read: Any) -> AppFile:
    around = {key.name: read.pop(key.name) for key in _around_the_app().keys if key.name in read}
    return AppFile(app_table().make(**read), **around)


def json_schema() -> JsonSchema:
    """The JSON Schema of app files, for editors and for checks without this package."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "o365prov app",
        **file_table().schema(),
        "$defs": {"row": row_schema()},
    }
