"""Verifying a plan: its people are looked at in the tenant, again and again until all of it is there.

Each account is read at its own address, where what was just written shows first, and so are the ``licenseDetails`` of
those in use: 20 requests in one, for the people of the plan alone. The account's own property ``provisionedPlans`` has
the same statuses, but one a service, and several plans of a licence share a service: it can't tell which is pending.

Sources: Microsoft Graph, "user resource type", "List licenseDetails"; Okta, "Provision users to Office 365", step "Test
provisioning".
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, TypeVar

from attrs import evolve, frozen

from o365prov.errors import ConfigurationError, PlanRefusedError
from o365prov.graph import requests
from o365prov.graph.client.errors import classify
from o365prov.graph.client.messages import Request, Response
from o365prov.graph.client.sender import Sender, not_json
from o365prov.graph.read import decode
from o365prov.graph.read.collections import decoded, explaining_403
from o365prov.graph.read.facts import KeptFacts
from o365prov.graph.setup.permissions import Operation
from o365prov.planning import (
    CheckedPerson,
    ExpectedAccount,
    ExpectedState,
    FoundAccount,
    LicenseDetails,
    Plan,
    TenantSnapshot,
    TenantUser,
    Verification,
    compare_account,
    expected_accounts,
)
from o365prov.rendering import shortened
from o365prov.state import RunEntry, RunStep

_log = logging.getLogger(__name__)
_Value = TypeVar("_Value")

_FIRST_WAIT = 5.0
_LONGEST_WAIT = 60.0
_NOT_DONE = frozenset({RunStep.FAILED, RunStep.SKIPPED})


@frozen
class PlanVerifier:
    """Verifies one plan.

    Args:
        sender: sends the reads.
        sdk: msgraph-sdk's client.
        facts: the tenant's own facts.

    """

    sender: Sender
    sdk: Any
    facts: KeptFacts

    async def verify(
        self, plan: Plan, entries: Iterable[RunEntry], only: Collection[str] | None, within: timedelta
    ) -> Verification:
        """What of *plan* is in the tenant; see :meth:`Tenant.verify`.

        Args:
            plan: the plan.
            entries: how far its changes came, as far as the state knows.
            only: the ids of the people to look at; None for all of whom the plan speaks.
            within: how long to ask again.

        """
        if within < timedelta():
            raise ConfigurationError(f"Tenant.verify takes a timeout of 0 or more, not {within}")
        accounts = _as_applied(expected_accounts(plan, only), entries)
        tenant = await self._tenant(plan, accounts)
        clock = self.sender.rate_limiter.clock
        end = clock.seconds() + within.total_seconds()
        checked: dict[str, CheckedPerson] = {}
        asking: Sequence[ExpectedAccount] = accounts
        for wait in _waits():
            found = await self._found(asking)
            for each in asking:
                person_id = each.subject.person_id
                checked[person_id] = compare_account(each, found.get(person_id), tenant)
            asking = [each for each in asking if checked[each.subject.person_id].pending]
            left = end - clock.seconds()
            _log.info("plan %s: %d of %d people are not ready yet", plan.id, len(asking), len(accounts))
            if not asking or left <= 0:
                break
            await clock.sleep(min(wait, left))
        people = tuple(checked[each.subject.person_id] for each in accounts)
        return Verification(plan.id, clock.now(), people, plan.fingerprint)

    async def _tenant(self, plan: Plan, accounts: Iterable[ExpectedAccount]) -> TenantSnapshot:
        """The tenant with its licences, if any of them is wanted."""
        own = await self.facts.tenant(self.sender, self.sdk)
        if plan.tenant_id != own.id:
            raise PlanRefusedError(
                f"plan {plan.id} is for tenant {plan.tenant_id}, this is {shortened(own.id)}: "
                "verify it with a Tenant for the plan's own"
            )
        licensed = any(each.licenses or each.waiting or each.removed for each in accounts)
        return TenantSnapshot(own.id, skus=await self.facts.skus(self.sender, self.sdk) if licensed else ())

    async def _found(self, accounts: Sequence[ExpectedAccount]) -> dict[str, FoundAccount]:
        """The accounts that are there now, by person id."""
        looked_at = [each for each in accounts if each.key]
        in_use = [each for each in looked_at if each.state is ExpectedState.IN_USE]
        users = [requests.one_user(self.sdk, each.key, ()) for each in looked_at]
        details = [requests.license_details(self.sdk, each.key) for each in in_use]
        answers = await self.sender.read_all([*users, *details])
        licenses = {
            each.subject.person_id: _answer(request, response, Operation.READ_LICENSE_DETAILS, _license_details)
            for each, request, response in zip(in_use, details, answers[len(users) :], strict=True)
        }
        found = {}
        for each, request, response in zip(looked_at, users, answers[: len(users)], strict=True):
            user = _answer(request, response, Operation.READ_USERS, decode.user)
            if user is not None and _is_own(each, user):
                found[each.subject.person_id] = FoundAccount(user, licenses.get(each.subject.person_id) or ())
        return found


def _as_applied(accounts: Iterable[ExpectedAccount], entries: Iterable[RunEntry]) -> tuple[ExpectedAccount, ...]:
    """The same with what the apply noted: the accounts that it created, and what it did not do."""
    of_person: dict[str, list[RunEntry]] = {}
    for entry in entries:
        of_person.setdefault(entry.person_id, []).append(entry)
    return tuple(_with_entries(each, of_person.get(each.subject.person_id, ())) for each in accounts)


def _with_entries(account: ExpectedAccount, entries: Collection[RunEntry]) -> ExpectedAccount:
    kinds = {entry.key: entry.key.partition(":")[0] for entry in entries if entry.step in _NOT_DONE}
    why = (f"{kinds[entry.key].replace('_', ' ')}: {entry.message}" for entry in entries if entry.key in kinds)
    created = (entry.object_id for entry in entries if entry.object_id)
    return evolve(
        account,
        object_id=account.object_id or next(created, ""),
        left_out=(*account.left_out, *why),
        failed=frozenset(kinds.values()),
    )


def _is_own(account: ExpectedAccount, user: TenantUser) -> bool:
    """Whether an account is the one that the plan creates: found by its username, it may be somebody else's."""
    return bool(account.object_id) or account.anchor in (None, user.anchor)


def _license_details(document: Mapping[str, Any]) -> tuple[LicenseDetails, ...]:
    return tuple(map(decode.license_details, decode.rows(document, "the licences of an account")))


def _answer(
    request: Request, response: Response, operation: Operation, decode_row: Callable[[Mapping[str, Any]], _Value]
) -> _Value | None:
    """What the answer holds; None if there is no such account."""
    if response.status == 404:
        return None
    if not response.ok:
        with explaining_403(operation):
            raise classify(response).error(request.where)
    try:
        document = response.json()
    except ValueError:
        raise not_json(request, response) from None
    return decoded(document, decode_row, request)


def _waits() -> Iterator[float]:
    """The seconds between rounds: they double, up to a minute."""
    wait = _FIRST_WAIT
    while True:
        yield wait
        wait = min(2 * wait, _LONGEST_WAIT)
