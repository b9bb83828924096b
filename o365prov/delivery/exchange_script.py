"""A PowerShell script for Exchange Online, with what differs from the last export.

Every value of a directory stands in a string of PowerShell's in single quotes, in which nothing is expanded, and in
which a quote is doubled: PowerShell takes five characters for one. So no value can become code.

Sources: Microsoft, about_Quoting_Rules and the language specification (single-quote characters); Exchange PowerShell,
New-DistributionGroup, New-MailContact, New-Mailbox and what changes and removes them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from o365prov._annotations import check_call
from o365prov.delivery.recipients import ExchangeExport, ExchangeRecipient, RecipientKind

_QUOTES = re.compile("(['\u2018\u2019\u201a\u201b])")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_HEAD = """\
# Made from Active Directory for Exchange Online; run it in a session of Connect-ExchangeOnline.
# Without -Remove nothing is removed: what would be is said.
param([switch]$Remove)
$ErrorActionPreference = 'Stop'
"""
_LISTS = frozenset({RecipientKind.DISTRIBUTION_LIST, RecipientKind.MAIL_SECURITY_GROUP})
_NEW = {
    RecipientKind.DISTRIBUTION_LIST: "New-DistributionGroup -Type 'Distribution' -PrimarySmtpAddress {address}",
    RecipientKind.MAIL_SECURITY_GROUP: "New-DistributionGroup -Type 'Security' -PrimarySmtpAddress {address}",
    RecipientKind.CONTACT: "New-MailContact -ExternalEmailAddress {address}",
    RecipientKind.ROOM: "New-Mailbox -Room -PrimarySmtpAddress {address}",
    RecipientKind.EQUIPMENT: "New-Mailbox -Equipment -PrimarySmtpAddress {address}",
}
_NOUN = {
    RecipientKind.DISTRIBUTION_LIST: "DistributionGroup",
    RecipientKind.MAIL_SECURITY_GROUP: "DistributionGroup",
    RecipientKind.CONTACT: "MailContact",
    RecipientKind.ROOM: "Mailbox",
    RecipientKind.EQUIPMENT: "Mailbox",
}


def powershell_string(text: str) -> str:
    """A string of PowerShell's that stands for the text, in which nothing is expanded.

    Control characters and halves of surrogate pairs, which no name needs, are left out.

    >>> powershell_string("O'Brien $(rm)")
    "'O''Brien $(rm)'"
    """
    check_call(powershell_string, locals())
    return "'" + _QUOTES.sub(r"\1\1", _CONTROLS.sub("", text)) + "'"


def exchange_script(export: ExchangeExport, since: ExchangeExport | None = None) -> str:
    """The script that makes Exchange Online have what *export* has.

    Args:
        export: what it should have.
        since: what the last script was made for; what is as it was then is left out.

    Returns:
        The script, one command a line; comments alone where nothing differs.

    >>> print(exchange_script(ExchangeExport()).splitlines()[-1])
    # Nothing differs from the last export.

    """
    check_call(exchange_script, locals())
    before = {} if since is None else since.by_key()
    after = export.by_key()
    lines = [line for key, each in after.items() for line in _made_so(each, before.get(key))]
    lines += [line for key, each in before.items() if key not in after for line in _removed(each)]
    return _HEAD + "\n".join([*lines, ""] if lines else ["# Nothing differs from the last export.", ""])


def _made_so(after: ExchangeRecipient, before: ExchangeRecipient | None) -> Iterator[str]:
    """The commands for one recipient; nothing if it is as it was."""
    if after == before:
        return
    if not after.address:
        said = f"Not made, because the directory has no address of it: {after.name}"
        yield f"Write-Warning {powershell_string(said)}"
        return
    address = powershell_string(after.address)
    if before is None or before.kind is not after.kind or not before.address:
        if before is not None and before.address:
            yield from _removed(before)
        name = powershell_string(after.name)
        yield f"{_NEW[after.kind].format(address=address)} -Name {name} -DisplayName {name}"
        before = ExchangeRecipient(after.kind, after.key, after.name, after.address)
    else:
        yield from _changed(after, before)
    if after.kind in _LISTS:
        for verb, members in (
            ("Add", {*after.members} - {*before.members}),
            ("Remove", {*before.members} - {*after.members}),
        ):
            confirm = " -Confirm:$false" if verb == "Remove" else ""
            for each in sorted(members):
                member = powershell_string(each)
                command = f"{verb}-DistributionGroupMember -Identity {address} -Member {member}{confirm}"
                yield command if verb == "Add" else _guarded(command, f"{after.name}: {each}")
    if after.capacity is not None and after.capacity != before.capacity:
        yield f"Set-Mailbox -Identity {address} -ResourceCapacity {after.capacity}"


def _changed(after: ExchangeRecipient, before: ExchangeRecipient) -> Iterator[str]:
    noun, known = _NOUN[after.kind], powershell_string(before.address)
    if after.address.lower() != before.address.lower():
        what = "ExternalEmailAddress" if after.kind is RecipientKind.CONTACT else "PrimarySmtpAddress"
        what = "WindowsEmailAddress" if noun == "Mailbox" else what
        yield f"Set-{noun} -Identity {known} -{what} {powershell_string(after.address)}"
    if after.name != before.name:
        identity = powershell_string(after.address)
        yield f"Set-{noun} -Identity {identity} -DisplayName {powershell_string(after.name)}"


def _removed(before: ExchangeRecipient) -> Iterator[str]:
    if before.address:
        command = f"Remove-{_NOUN[before.kind]} -Identity {powershell_string(before.address)} -Confirm:$false"
        yield _guarded(command, before.name)


def _guarded(command: str, what: str) -> str:
    """A command that takes something away: only with -Remove; otherwise it is said."""
    said = powershell_string(f"Not removed without -Remove: {what}")
    return f"if ($Remove) {{ {command} }} else {{ Write-Warning {said} }}"
