"""The script for Exchange: what differs is in it, and no value of a directory can become code."""

import re
from uuid import UUID

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from o365prov.delivery import (
    ExchangeExport,
    ExchangeRecipient,
    RecipientKind,
    exchange_export,
    exchange_script,
    powershell_string,
)
from o365prov.people import (
    AppUser,
    AppUsers,
    DirectoryAccount,
    DirectoryContact,
    DirectoryGroup,
    Person,
    ResourceMailbox,
)

STAFF = ExchangeRecipient("distribution list", "1", "Staff", "staff@corp.example", ["ann@corp.example"])
ROOM = ExchangeRecipient("room mailbox", "2", "Blue", "blue@corp.example", capacity=8)
CONTACT = ExchangeRecipient("mail contact", "3", "Zoe", "zoe@elsewhere.example")
QUOTES = "'\u2018\u2019\u201a\u201b"
STRING = re.compile(f"[{QUOTES}](?:[^{QUOTES}]|[{QUOTES}]{{2}})*[{QUOTES}]")
"""A string in single quotes, as PowerShell's specification has it: any of these characters begins and ends it."""
_PLAIN = r"[A-Z][a-z]+-[A-Za-z]+(?: -[A-Za-z]+(?::\$false| S| \d+)?| S)*"
COMMAND = re.compile(rf"{_PLAIN}|if \(\$Remove\) \{{ {_PLAIN} \}} else \{{ Write-Warning S \}}")


def commands(after, before=None):
    """The commands of the script from one export to another."""
    return exchange_script(after, before).splitlines()[4:]


def test_everything_is_made_the_first_time():
    """A command of its own for every kind, then the members and the places."""
    assert commands(ExchangeExport([STAFF, ROOM, CONTACT])) == [
        (
            "New-DistributionGroup -Type 'Distribution' -PrimarySmtpAddress 'staff@corp.example' -Name 'Staff' "
            "-DisplayName 'Staff'"
        ),
        "Add-DistributionGroupMember -Identity 'staff@corp.example' -Member 'ann@corp.example'",
        "New-MailContact -ExternalEmailAddress 'zoe@elsewhere.example' -Name 'Zoe' -DisplayName 'Zoe'",
        "New-Mailbox -Room -PrimarySmtpAddress 'blue@corp.example' -Name 'Blue' -DisplayName 'Blue'",
        "Set-Mailbox -Identity 'blue@corp.example' -ResourceCapacity 8",
    ]


def test_nothing_is_said_twice():
    """What is as it was in the last export is left out."""
    export = ExchangeExport([STAFF, ROOM, CONTACT])
    assert commands(export, export) == ["# Nothing differs from the last export."]


def test_a_change_is_only_what_changed():
    """Address, name and members, under the address that Exchange knows by then."""
    after = evolve(STAFF, name="All", address="all@corp.example", members=["bob@corp.example"])
    assert commands(ExchangeExport([after]), ExchangeExport([STAFF])) == [
        "Set-DistributionGroup -Identity 'staff@corp.example' -PrimarySmtpAddress 'all@corp.example'",
        "Set-DistributionGroup -Identity 'all@corp.example' -DisplayName 'All'",
        "Add-DistributionGroupMember -Identity 'all@corp.example' -Member 'bob@corp.example'",
        (
            "if ($Remove) { Remove-DistributionGroupMember -Identity 'all@corp.example' -Member 'ann@corp.example' "
            "-Confirm:$false } else { Write-Warning 'Not removed without -Remove: All: ann@corp.example' }"
        ),
    ]


def test_what_is_gone_is_removed_only_if_that_is_asked_for():
    """Without the switch the script says what it leaves."""
    [line] = commands(ExchangeExport(), ExchangeExport([ROOM]))
    assert line.startswith("if ($Remove) { Remove-Mailbox -Identity 'blue@corp.example'")
    assert line.endswith("else { Write-Warning 'Not removed without -Remove: Blue' }")


def test_what_has_no_address_is_said():
    """Exchange makes nothing without one."""
    [line] = commands(ExchangeExport([evolve(STAFF, address="")]))
    assert line == "Write-Warning 'Not made, because the directory has no address of it: Staff'"


TEXTS = st.text(st.sampled_from([*QUOTES, *'$(){};`"#|&<>@-\n\r\0\u2028 aé']), max_size=12)


@given(st.lists(st.tuples(st.sampled_from(RecipientKind), TEXTS, TEXTS, st.sets(TEXTS, max_size=2)), max_size=3))
def test_no_value_becomes_code(values):
    """Outside of strings there are commands of ours and nothing else, whatever a directory has for names."""
    export = ExchangeExport(
        [ExchangeRecipient(kind, str(n), name, mail, members) for n, (kind, name, mail, members) in enumerate(values)]
    )
    for line in (*commands(export), *commands(ExchangeExport(), export), *commands(export, ExchangeExport([STAFF]))):
        if not line.startswith("# Nothing"):
            assert COMMAND.fullmatch(STRING.sub("S", line)), line


@pytest.mark.parametrize("quote", QUOTES)
def test_each_of_powershells_quotes_is_doubled(quote):
    """PowerShell takes typographic ones for its own."""
    assert powershell_string(f"a{quote}b") == f"'a{quote}{quote}b'"


def test_an_export_is_saved_whole(tmp_path):
    """The next script is made from what was saved."""
    export = ExchangeExport([STAFF, ROOM, CONTACT])
    export.save(tmp_path / "last.json")
    assert ExchangeExport.load(tmp_path / "last.json") == export


def test_the_export_of_a_directory_has_what_graph_can_not_write():
    """Of the chosen instances; members go by the addresses that they have in Office 365."""
    ann = Person("00u1", "ACTIVE", {"login": "ann"}, "AD", None, [DirectoryAccount("corp", UUID(int=1), "CN=Ann")])
    lists = DirectoryGroup("corp", UUID(int=2), "CN=All", False, members=[UUID(int=1)], attributes={"email": "all@c.d"})
    secure = DirectoryGroup("corp", UUID(int=3), "CN=Secure", attributes={"cn": "Secure"})
    zoe = DirectoryContact("corp", UUID(int=4), "CN=Zoe", {"targetAddress": "SMTP:zoe@e.f", "cn": "Zoe"})
    blue = ResourceMailbox(DirectoryAccount("corp", UUID(int=5), "CN=Blue", None, {"email": "blue@c.d"}), capacity=8)
    elsewhere = evolve(lists, instance="other", object_guid=UUID(int=6))
    users = AppUsers("t", "Office 365", [AppUser("00u1", "id", "ann@yourfederated.domain")])
    export = exchange_export([lists, secure, elsewhere], [zoe], [blue], [ann], users, instances=["corp"])
    assert [(each.kind, each.address, each.members, each.capacity) for each in export.recipients] == [
        (RecipientKind.DISTRIBUTION_LIST, "all@c.d", ("ann@yourfederated.domain",), None),
        (RecipientKind.CONTACT, "zoe@e.f", (), None),
        (RecipientKind.ROOM, "blue@c.d", (), 8),
    ]
