"""The steps for Exchange Online as a PowerShell script, and as CSV for those who review it.

Every value of a directory stands in a string of PowerShell's in single quotes, in which nothing is expanded, and in
which a quote is doubled: PowerShell takes five characters for one. So no value can become code. In CSV no value can
become a formula of a spreadsheet.

Sources: Microsoft, about_Quoting_Rules and the language specification (single-quote characters); Exchange PowerShell,
New-DistributionGroup, New-MailContact, New-Mailbox, Set-Mailbox and what changes and removes them; OWASP, "CSV
Injection".
"""

from __future__ import annotations

import csv
import io
import re

from o365prov._annotations import check_call
from o365prov.delivery.recipients import ExchangeExport, RecipientKind
from o365prov.delivery.steps import ExchangeStep, StepAction, exchange_steps

_QUOTES = re.compile("(['\u2018\u2019\u201a\u201b])")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_FORMULA = tuple("=+-@\t\r")
_HEAD = """\
# Made from Active Directory for Exchange Online; run it in a session of Connect-ExchangeOnline.
# Without -Remove nothing is removed: what would be is said. What fails is said, and the rest is done.
param([switch]$Remove)
$ErrorActionPreference = 'Continue'
"""
_NEW = {
    RecipientKind.DISTRIBUTION_LIST: "New-DistributionGroup -Type 'Distribution' -PrimarySmtpAddress",
    RecipientKind.MAIL_SECURITY_GROUP: "New-DistributionGroup -Type 'Security' -PrimarySmtpAddress",
    RecipientKind.CONTACT: "New-MailContact -ExternalEmailAddress",
    RecipientKind.ROOM: "New-Mailbox -Room -PrimarySmtpAddress",
    RecipientKind.EQUIPMENT: "New-Mailbox -Equipment -PrimarySmtpAddress",
}
_NOUN = {
    RecipientKind.DISTRIBUTION_LIST: "DistributionGroup",
    RecipientKind.MAIL_SECURITY_GROUP: "DistributionGroup",
    RecipientKind.CONTACT: "MailContact",
    RecipientKind.ROOM: "Mailbox",
    RecipientKind.EQUIPMENT: "Mailbox",
    RecipientKind.USER_MAILBOX: "Mailbox",
    RecipientKind.SHARED_MAILBOX: "Mailbox",
}
_ADDRESS = {"DistributionGroup": "PrimarySmtpAddress", "MailContact": "ExternalEmailAddress"}
_COMMANDS = {
    StepAction.REMOVE: "Remove-{noun} -Identity {identity} -Confirm:$false",
    StepAction.REMOVE_ALIAS: "Set-{noun} -Identity {identity} -EmailAddresses @{{Remove={smtp}}}",
    StepAction.CREATE: "{new} {identity} -Name {name} -DisplayName {name}",
    StepAction.SET_ADDRESS: "Set-{noun} -Identity {identity} -{address} {value}",
    StepAction.SET_NAME: "Set-{noun} -Identity {identity} -DisplayName {value}",
    StepAction.ADD_ALIAS: "Set-{noun} -Identity {identity} -EmailAddresses @{{Add={smtp}}}",
    StepAction.SET_CAPACITY: "Set-Mailbox -Identity {identity} -ResourceCapacity {value}",
    StepAction.MAKE_SHARED: "Set-Mailbox -Identity {identity} -Type 'Shared'",
    StepAction.MAKE_REGULAR: "Set-Mailbox -Identity {identity} -Type 'Regular'",
    StepAction.FORWARD: (
        "Set-Mailbox -Identity {identity} -ForwardingSmtpAddress {value} -DeliverToMailboxAndForward $true"
    ),
    StepAction.STOP_FORWARDING: (
        "Set-Mailbox -Identity {identity} -ForwardingSmtpAddress $null -DeliverToMailboxAndForward $false"
    ),
    StepAction.ADD_MEMBER: "Add-DistributionGroupMember -Identity {identity} -Member {value}",
    StepAction.REMOVE_MEMBER: "Remove-DistributionGroupMember -Identity {identity} -Member {value} -Confirm:$false",
}
"""Action → its command. Every value that stands in one is a string of PowerShell's."""


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
    lines = [_line(each) for each in exchange_steps(export, since)]
    return _HEAD + "\n".join([*lines, ""] if lines else ["# Nothing differs from the last export.", ""])


def exchange_csv(export: ExchangeExport, since: ExchangeExport | None = None) -> str:
    """The steps of :func:`exchange_script` as CSV, in the same order, for whoever reviews or keeps them.

    Args:
        export: what Exchange Online should have.
        since: what the last script was made for.

    Returns:
        A header, and a row for each step. A value that a spreadsheet would take for a formula begins with ``'``.

    >>> print(exchange_csv(ExchangeExport()).strip())
    action,kind,name,identity,value

    """
    check_call(exchange_csv, locals())
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\n")
    rows.writerow(("action", "kind", "name", "identity", "value"))
    for step in exchange_steps(export, since):
        rows.writerow((step.action, step.kind, *map(_cell, (step.name, step.identity, step.value))))
    return written.getvalue()


def _cell(text: str) -> str:
    cleaned = _CONTROLS.sub("", text)
    return f"'{cleaned}" if cleaned.lstrip().startswith(_FORMULA) else cleaned


def _line(step: ExchangeStep) -> str:
    """The command for a step; what takes something away is done with -Remove alone, and otherwise said."""
    about = f"{step.name}: {step.value}" if step.value else step.name
    if step.action is StepAction.CAN_NOT_CREATE:
        said = f"Not made, because the directory has no address of it: {step.name}"
        return f"Write-Warning {powershell_string(said)}"
    noun = _NOUN[step.kind]
    command = _COMMANDS[step.action].format(
        noun=noun,
        new=_NEW.get(step.kind, ""),
        address=_ADDRESS.get(noun, "WindowsEmailAddress"),
        identity=powershell_string(step.identity),
        name=powershell_string(step.name),
        value=powershell_string(step.value),
        smtp=powershell_string(f"smtp:{step.value}"),
    )
    if not step.action.takes_away:
        return command
    said = powershell_string(f"Not removed without -Remove: {about}")
    return f"if ($Remove) {{ {command} }} else {{ Write-Warning {said} }}"
