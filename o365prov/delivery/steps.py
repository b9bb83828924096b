"""What an Exchange administrator has to do, step by step: what differs between two exports.

Steps stand in an order in which each of them can be done: an address is free before something else gets it, and a list
is there before it is a member of another one.

Whoever gets another address stays in the lists: Exchange knows members by any of their addresses, so that taking out
the old one, which a rename leaves behind, would take out who has it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum

from attrs import frozen

from o365prov._annotations import check_call
from o365prov._fields import typed
from o365prov.delivery.recipients import ExchangeExport, ExchangeRecipient, RecipientKind


class StepAction(StrEnum):
    """What a step does, in the order in which steps are done."""

    REMOVE_ALIAS = "remove alias"
    REMOVE = "remove"
    CREATE = "create"
    CAN_NOT_CREATE = "can't be created without an address"
    SET_ADDRESS = "set address"
    SET_NAME = "set name"
    ADD_ALIAS = "add alias"
    SET_CAPACITY = "set capacity"
    MAKE_SHARED = "make a shared mailbox"
    MAKE_REGULAR = "make a user's mailbox again"
    FORWARD = "forward mail"
    STOP_FORWARDING = "stop forwarding mail"
    ADD_MEMBER = "add member"
    REMOVE_MEMBER = "remove member"

    @property
    def takes_away(self) -> bool:
        """Whether somebody loses something by it, so that it is done only if that is asked for."""
        return self in _TAKING_AWAY


_TAKING_AWAY = frozenset({StepAction.REMOVE_ALIAS, StepAction.REMOVE, StepAction.REMOVE_MEMBER})
_ORDER = {action: position for position, action in enumerate(StepAction)}


@frozen(field_transformer=typed)
class ExchangeStep:
    """One thing to do about one recipient.

    Args:
        action: what is done.
        kind: the kind of the recipient.
        name: its display name.
        identity: by what Exchange knows it when the step is done: its address, or the object id of an account with a
            mailbox, which is the same before and after a rename.
        value: the new name, address, alias, member or number of places; empty where the action says everything.

    """

    action: StepAction
    kind: RecipientKind
    name: str
    identity: str
    value: str = ""


def exchange_steps(export: ExchangeExport, since: ExchangeExport | None = None) -> tuple[ExchangeStep, ...]:
    """What makes Exchange Online have what *export* has.

    Args:
        export: what it should have.
        since: what the last steps were made for; what is as it was then is left out.

    """
    check_call(exchange_steps, locals())
    before = {} if since is None else since.by_key()
    after = export.by_key()
    moved = _moved(before, after)
    steps = [step for key, each in after.items() for step in _made_so(each, before.get(key), moved)]
    steps += [step for key, each in before.items() if key not in after for step in _gone(each)]
    return tuple(sorted(steps, key=lambda each: _ORDER[each.action]))


def _moved(before: Mapping[str, ExchangeRecipient], after: Mapping[str, ExchangeRecipient]) -> Mapping[str, str]:
    """The addresses that recipients had, in lower case, and which of them they have instead."""
    known = ((before[key].address.lower(), each.address) for key, each in after.items() if key in before)
    return {old: new for old, new in known if old and new and old != new.lower()}


def _made_so(
    after: ExchangeRecipient, before: ExchangeRecipient | None, moved: Mapping[str, str]
) -> Iterator[ExchangeStep]:
    """The steps for one recipient; none if it is as it was, with the same members."""
    if after == before and moved.keys().isdisjoint(map(str.lower, after.members)):
        return

    def step(action: StepAction, value: str = "") -> ExchangeStep:
        identity = after.key if after.kind.comes_with_account else after.address
        return ExchangeStep(action, after.kind, after.name, identity, value)

    if not after.address:
        yield step(StepAction.CAN_NOT_CREATE)
        return
    if after.kind.comes_with_account:
        before = before or ExchangeRecipient(RecipientKind.USER_MAILBOX, after.key, after.name, after.address)
        yield from _changed_mailbox(after, before)
    elif before is None or before.kind is not after.kind or not before.address:
        if before is not None and before.address:
            yield ExchangeStep(StepAction.REMOVE, before.kind, before.name, before.address)
        yield step(StepAction.CREATE)
        before = ExchangeRecipient(after.kind, after.key, after.name, after.address)
    else:
        if after.address.lower() != before.address.lower():
            yield ExchangeStep(StepAction.SET_ADDRESS, after.kind, after.name, before.address, after.address)
        if after.name != before.name:
            yield step(StepAction.SET_NAME, after.name)
    for alias in sorted(before.further_addresses - after.further_addresses - {after.address.lower()}):
        identity = after.key if after.kind.comes_with_account else before.address
        yield ExchangeStep(StepAction.REMOVE_ALIAS, after.kind, after.name, identity, alias)
    for alias in sorted(after.further_addresses - before.further_addresses):
        yield step(StepAction.ADD_ALIAS, alias)
    wanted = {each.lower(): each for each in after.members}
    current = {each.lower(): each for each in (moved.get(each.lower(), each) for each in before.members)}
    for member in sorted(wanted.keys() - current.keys()):
        yield step(StepAction.ADD_MEMBER, wanted[member])
    for member in sorted(current.keys() - wanted.keys()):
        yield step(StepAction.REMOVE_MEMBER, current[member])
    if after.capacity is not None and after.capacity != before.capacity:
        yield step(StepAction.SET_CAPACITY, str(after.capacity))


def _changed_mailbox(after: ExchangeRecipient, before: ExchangeRecipient) -> Iterator[ExchangeStep]:
    """The steps for the mailbox of an account, which has its name and address from Graph."""

    def step(action: StepAction, value: str = "") -> ExchangeStep:
        return ExchangeStep(action, after.kind, after.name, after.key, value)

    if after.kind is not before.kind:
        is_shared = after.kind is RecipientKind.SHARED_MAILBOX
        yield step(StepAction.MAKE_SHARED if is_shared else StepAction.MAKE_REGULAR)
    if after.forward_to != before.forward_to:
        yield step(StepAction.FORWARD if after.forward_to else StepAction.STOP_FORWARDING, after.forward_to)


def _gone(before: ExchangeRecipient) -> Iterator[ExchangeStep]:
    """Removing what is not there any more; the mailbox of an account goes with it."""
    if before.address and not before.kind.comes_with_account:
        yield ExchangeStep(StepAction.REMOVE, before.kind, before.name, before.address)
