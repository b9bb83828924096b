"""Tests beside an app file: what becomes of which person, and who must never get what.

They stand in ``corp.tests.toml`` beside ``corp.toml``, and are run by ``o365prov check`` and by pytest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from attrs import field, frozen

from o365prov._annotations import check_call
from o365prov._fields import as_tuple, frozen_mapping, typed
from o365prov.app import Office365App
from o365prov.configuration.app_file import parsed_toml, toml_of
from o365prov.configuration.class_shapes import table_of
from o365prov.configuration.shapes import UNREAD, JsonSchema, ListShape, NamesShape, TableShape, toml_kind
from o365prov.errors import ConfigurationError
from o365prov.people import Assignment, DirectoryAccount, Group, Person
from o365prov.profiles import ATTRIBUTES, UNSET
from o365prov.sources import OktaExport
from o365prov.structuring import IssueList, StrPath


@frozen
class _AnyShape:
    """Whatever TOML has, as values of a person's profile are."""

    def read(self, value: object, place: str, issues: IssueList) -> Any:
        """The value; a date is none that Okta has."""
        if isinstance(value, str | bool | int | float | list | dict):
            return value
        issues.note(
            place, f"should be a string, a number, true or false, or a list, not {toml_kind(value)}", code="wrong"
        )
        return UNREAD

    def write(self, value: Any) -> Any:
        """The value itself."""
        return value

    def schema(self) -> JsonSchema:
        """Anything."""
        return {}


NOBODY = OktaExport(())


def _texts(values: Sequence[str]) -> tuple[str, ...]:
    return as_tuple(values)


@frozen(kw_only=True, field_transformer=typed)
class ExpectedPerson:
    """A person, and what Office 365 should hold for them.

    Args:
        name: what is tested, in words.
        id: the id or login of a person of the source; None where the profile is given.
        profile: the person's Okta profile, in place of one of the source.
        directory: the attributes of the person's account in Active Directory, where the profile is given and there is
            one.
        groups: the names of the groups that the person is in, where the profile is given.
        username: the username; None if it is not tested.
        attributes: values by attribute.
        without: attributes that have no value.
        issues: the codes of everything that is wrong with the person, such as ``username_empty``.

    """

    name: str
    id: str | None = None
    profile: Mapping[str, Any] = field(factory=dict, converter=frozen_mapping, hash=False)
    directory: Mapping[str, Any] = field(factory=dict, converter=frozen_mapping, hash=False)
    groups: tuple[str, ...] = field(default=(), converter=_texts)
    username: str | None = None
    attributes: Mapping[str, Any] = field(factory=dict, converter=frozen_mapping, hash=False)
    without: tuple[str, ...] = field(default=(), converter=_texts)
    issues: tuple[str, ...] | None = None

    def __attrs_post_init__(self) -> None:
        if (self.id is None) == (not self.profile):
            raise ConfigurationError("needs the id of a person of the source, or a profile, and not both")
        if self.username is None and self.issues is None and not (self.attributes or self.without):
            raise ConfigurationError("expects nothing: add username, attributes, without or issues")

    def failures(self, app: Office365App, organization: OktaExport = NOBODY) -> tuple[str, ...]:
        """What is other than expected, a line each.

        Args:
            app: the app.
            organization: the people of the source.

        """
        check_call(ExpectedPerson.failures, locals())
        return tuple(self._failures(app, organization))

    def _failures(self, app: Office365App, organization: OktaExport) -> Iterator[str]:
        assignment = self._assignment(organization)
        if assignment is None:
            yield f"the source has nobody with the id or login {self.id}"
            return
        preview = app.preview(assignment)
        if self.username is not None and preview.username != self.username:
            why = "".join(f" ({issue.message})" for issue in preview.issues if issue.place == "userName")
            yield f"username: {self.username!r} is expected, and is {preview.username!r}{why}"
        for name, value in self.attributes.items():
            found = preview.value(name)
            if found != value:
                yield f"{name}: {value!r} is expected, and is {'not mapped' if found is UNSET else repr(found)}"
        for name in self.without:
            found = preview.value(name)
            if found is not UNSET and found not in (None, "", []):
                yield f"{name}: no value is expected, and is {found!r}"
        codes = tuple(sorted({issue.code for issue in preview.issues}))
        if self.issues is not None and codes != tuple(sorted(self.issues)):
            yield f"issues: {list(self.issues)} are expected, and are {list(codes)}"

    def _assignment(self, organization: OktaExport) -> Assignment | None:
        if self.id is None:
            account = DirectoryAccount("test", UUID(int=1), attributes=self.directory)
            person = Person("test", "ACTIVE", self.profile, directory_accounts=[account] if self.directory else ())
            return Assignment(person, groups=[Group(name, name, members=["test"]) for name in self.groups])
        wanted = self.id.lower()
        named = (
            each for each in organization.people if wanted in (each.id.lower(), str(each.profile.get("login")).lower())
        )
        person_found = next(named, None)
        if person_found is None:
            return None
        assigned = (each for each in organization.assignments if each.person.id == person_found.id)
        return next(assigned, Assignment(person_found))


@frozen(kw_only=True, field_transformer=typed)
class GrantRule:
    """Who may get what: nobody outside a group, or everybody in one.

    Args:
        name: what is tested, in words.
        gets: a licence by its part number, or a role by its name; None for the app itself.
        nobody_outside: the name of the group outside of which nobody gets it.
        everybody_in: the name of the group in which everybody gets it.

    """

    name: str
    gets: str | None = None
    nobody_outside: str | None = None
    everybody_in: str | None = None

    def __attrs_post_init__(self) -> None:
        if (self.nobody_outside is None) == (self.everybody_in is None):
            raise ConfigurationError("needs nobody_outside or everybody_in, and not both: name a group")

    def failures(self, app: Office365App, organization: OktaExport) -> tuple[str, ...]:
        """Who gets it and should not, or should and does not, a line each.

        Args:
            app: the app.
            organization: the people of the source, their groups and assignments.

        """
        check_call(GrantRule.failures, locals())
        return tuple(self._failures(app, organization))

    def _failures(self, app: Office365App, organization: OktaExport) -> Iterator[str]:
        wanted = self.nobody_outside or self.everybody_in or ""
        groups = [each for each in organization.groups if each.name == wanted]
        if not groups:
            yield f"the source has no group {wanted}: check its name"
            return
        members = frozenset[str]().union(*(each.members for each in groups))
        getting = {each.person.id for each in organization.assignments if self._gets(each, app)}
        names = {person.id: person.name for person in organization.people}
        what = self.gets or "the app"
        if self.nobody_outside is not None:
            yield from (f"{names[each]} ({each}) gets {what} outside {wanted}" for each in sorted(getting - members))
        else:
            missing = sorted(members & names.keys() - getting)
            yield from (f"{names[each]} ({each}) is in {wanted} and does not get {what}" for each in missing)

    def _gets(self, assignment: Assignment, app: Office365App) -> bool:
        if self.gets is None:
            return True
        grants = assignment.with_default(app.default_grants).grants
        wanted = self.gets.lower()
        return any(each.sku.lower() == wanted for each in grants.licenses) or wanted in map(str.lower, grants.roles)


@frozen(field_transformer=typed)
class AppTestResult:
    """How one test ended.

    Args:
        name: what was tested.
        failures: what is other than expected; none if the test passed.

    """

    name: str
    failures: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether everything is as expected."""
        return not self.failures

    def __str__(self) -> str:
        return f"{'passed' if self.passed else 'FAILED'}: {self.name}" + "".join(
            f"\n  {each}" for each in self.failures
        )


def _people(people: Sequence[ExpectedPerson]) -> tuple[ExpectedPerson, ...]:
    return as_tuple(people)


def _rules(rules: Sequence[GrantRule]) -> tuple[GrantRule, ...]:
    return as_tuple(rules)


@frozen(field_transformer=typed)
class AppTests:
    r"""The tests of an app.

    Args:
        people: people, and what Office 365 should hold for them.
        rules: who may get what.

    >>> tests = AppTests.from_toml('''
    ... [[people]]
    ... name = "names are those of the federated domain"
    ... profile = { email = "isaac.brock@example.com", login = "isaac.brock@example.com" }
    ... username = "isaac.brock@yourfederated.domain"
    ... ''')
    >>> from o365prov import UserSync, UsernameFormat
    >>> username = UsernameFormat.built_in("Email prefix", "@yourfederated.domain")
    >>> app = Office365App(("yourfederated.domain",), UserSync(), username)
    >>> print(*tests.run(app), sep="\n")
    passed: names are those of the federated domain

    """

    people: tuple[ExpectedPerson, ...] = field(default=(), converter=_people)
    rules: tuple[GrantRule, ...] = field(default=(), converter=_rules)

    def __attrs_post_init__(self) -> None:
        names = Counter(each.name for each in self.all)
        if twice := [name for name, count in names.items() if count > 1]:
            raise ConfigurationError(f"two tests are called {twice[0][:60]!r}: give each a name of its own")

    @classmethod
    def load(cls, path: StrPath) -> AppTests:
        """Read them from *path*.

        Args:
            path: the file, such as ``corp.tests.toml``.

        Raises:
            SourceError: the file can't be read.
            ConfigurationError: everything that is wrong with it, each with the path of its key.

        """
        check_call(AppTests.load, locals())
        return cls.from_toml(toml_of(path), where=str(path))

    @classmethod
    def from_toml(cls, text: str, *, where: str = "the tests") -> AppTests:
        """Read them from TOML text.

        Args:
            text: the text.
            where: what messages call it.

        Raises:
            ConfigurationError: as for :meth:`load`.

        """
        check_call(AppTests.from_toml, locals())
        issues = IssueList(where)
        read = _table().read(parsed_toml(text, where), "", issues)
        if read is UNREAD:
            raise ConfigurationError("; ".join(map(str, issues.issues)), issues=issues.issues)
        tests: AppTests = read
        return tests

    @classmethod
    def beside(cls, path: StrPath) -> Path:
        """Where the tests of the app file at *path* are.

        Args:
            path: the app file.

        Raises:
            ConfigurationError: the path names no file.

        >>> AppTests.beside("apps/corp.toml").as_posix()
        'apps/corp.tests.toml'

        """
        check_call(AppTests.beside, locals())
        if not Path(path).name:
            raise ConfigurationError("AppTests.beside: the path names no file: give the app file, such as corp.toml")
        return Path(path).with_suffix(".tests.toml")

    @property
    def all(self) -> tuple[ExpectedPerson | GrantRule, ...]:
        """All tests, those of people first."""
        return (*self.people, *self.rules)

    @property
    def needs_source(self) -> bool:
        """Whether a test asks for people of the source."""
        return bool(self.rules) or any(each.id is not None for each in self.people)

    def run(self, app: Office365App, organization: OktaExport = NOBODY) -> tuple[AppTestResult, ...]:
        """Run all tests; nothing is read from a tenant, and nothing is written.

        Args:
            app: the app.
            organization: people, groups and assignments, for tests that ask for them.

        """
        check_call(AppTests.run, locals())
        return tuple(AppTestResult(each.name, each.failures(app, organization)) for each in self.all)


@cache
def _table() -> TableShape:
    people = table_of(
        ExpectedPerson,
        shapes={
            "profile": NamesShape(_AnyShape()),
            "directory": NamesShape(_AnyShape()),
            "attributes": NamesShape(_AnyShape(), tuple(ATTRIBUTES)),
        },
    )
    return table_of(AppTests, shapes={"people": ListShape(people), "rules": ListShape(table_of(GrantRule))})
