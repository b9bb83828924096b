"""What is checked before and while an import is planned: the memory, the people, and what somebody chose."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from o365prov.errors import ConfigurationError, Issue
from o365prov.importing.decisions import UserImport, UserOutcome
from o365prov.importing.memory import ImportMemory
from o365prov.people import AppUsers, Person
from o365prov.planning import TenantSnapshot, check_belongs, check_memory, check_now
from o365prov.rendering import names_text, shortened


def check_import(
    snapshot: TenantSnapshot, memory: ImportMemory, app_name: str, app_users: AppUsers | None, now: datetime
) -> None:
    """Refuse a time without a zone, and what belongs to another tenant or app.

    Raises:
        ConfigurationError: one of them.

    """
    check_now(now)
    if app_users is not None:
        check_memory(app_users, snapshot.tenant_id, app_name)
    check_belongs(
        (memory.tenant_id, memory.app_name),
        (snapshot.tenant_id, app_name),
        "begin with ImportMemory.empty(snapshot.tenant_id, office365_import.app_name)",
    )


def unique_people(people: Sequence[Person]) -> frozenset[str]:
    """The ids of the people.

    Raises:
        ConfigurationError: somebody is there twice.

    """
    counts = Counter(each.id for each in people)
    if twice := sorted(each for each, count in counts.items() if count > 1):
        raise ConfigurationError(
            f"people holds {names_text([*map(shortened, twice)])} more than once: keep one of each"
        )
    return frozenset(counts)


def check_choices(
    choices: Mapping[str, str | None],
    users: Sequence[UserImport],
    people: frozenset[str],
    provisioned: Mapping[str, str],
) -> None:
    """Refuse choices that can't be carried out.

    Args:
        choices: by object id, whose account it is.
        users: what is decided about each account.
        people: the ids of the people.
        provisioned: by object id, the people whose accounts the app provisions.

    Raises:
        ConfigurationError: its issues are all of them, and the message has the first five.

    """
    if wrong := [*_wrong_choices(choices, users, people, provisioned)]:
        issues = tuple(Issue("wrong_choice", each, "correct it, or leave it out", "choices") for each in wrong)
        raise ConfigurationError(f"choices: {names_text(wrong)}: correct them, or leave them out", issues=issues)


def _wrong_choices(
    choices: Mapping[str, str | None],
    users: Sequence[UserImport],
    people: frozenset[str],
    provisioned: Mapping[str, str],
) -> Iterator[str]:
    accounts = {each.object_id: each for each in users}
    linked = {each.object_id: each.person_id for each in users if each.outcome is UserOutcome.LINKED}
    owned = {person_id: object_id for object_id, person_id in {**provisioned, **linked}.items()}
    counts = Counter(person_id for person_id in choices.values() if person_id is not None)
    for object_id, person_id in sorted(choices.items(), key=lambda each: each[0]):
        account, who = accounts.get(object_id), shortened(person_id or "somebody new")
        if account is None:
            yield f"{shortened(object_id)} is not an account of this tenant"
        elif account.outcome in (UserOutcome.NOT_IMPORTED, UserOutcome.UNASSIGNED):
            yield f"{account.username} is not imported, because {account.reason}"
        elif account.outcome is UserOutcome.LINKED and account.person_id != person_id:
            yield f"{account.username} is linked to {account.person_id} already"
        elif person_id is not None and person_id not in people and account.outcome is not UserOutcome.LINKED:
            yield f"{who} is not among the people"
        elif person_id is not None and counts[person_id] > 1:
            yield f"{who} is chosen for {counts[person_id]:,} accounts"
        elif (own := owned.get(person_id, object_id)) != object_id:
            yield f"{who} has the account {accounts[own].username if own in accounts else own} already"
