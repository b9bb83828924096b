"""The script for Exchange: what differs is in it, and no value of a directory can become code."""

import csv
import re
from datetime import UTC, datetime
from uuid import UUID

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from o365prov import BlockingTenant, Grants, MemoryState, Office365App, UsernameFormat, UserSync, assign
from o365prov.delivery import (
    ExchangeExport,
    ExchangeRecipient,
    MailboxOffboarding,
    RecipientKind,
    StepAction,
    exchange_csv,
    exchange_export,
    exchange_script,
    exchange_steps,
    powershell_string,
    users_after,
)
from o365prov.people import (
    AppUser,
    AppUsers,
    AppUserStatus,
    Departure,
    DirectoryAccount,
    DirectoryContact,
    DirectoryGroup,
    LeaverSteps,
    Person,
    ResourceMailbox,
)
from o365prov.testing import FakeTenant

STAFF = ExchangeRecipient("distribution list", "1", "Staff", "staff@corp.example", ["ann@corp.example"])
ROOM = ExchangeRecipient("room mailbox", "2", "Blue", "blue@corp.example", capacity=8)
CONTACT = ExchangeRecipient("mail contact", "3", "Zoe", "zoe@elsewhere.example")
QUOTES = "'\u2018\u2019\u201a\u201b"
STRING = re.compile(f"[{QUOTES}](?:[^{QUOTES}]|[{QUOTES}]{{2}})*[{QUOTES}]")
"""A string in single quotes, as PowerShell's specification has it: any of these characters begins and ends it."""
_PLAIN = r"[A-Z][a-z]+-[A-Za-z]+(?: -[A-Za-z]+(?::\$false| S| @\{(?:Add|Remove)=S\}| \$(?:null|true|false))?| S)*"
COMMAND = re.compile(rf"{_PLAIN}|if \(\$Remove\) \{{ {_PLAIN} \}} else \{{ Write-Warning S \}}")


def commands(after, before=None):
    """The commands of the script from one export to another."""
    return exchange_script(after, before).splitlines()[4:]


def test_everything_is_made_the_first_time():
    """A command of its own for every kind, and members once every list is there."""
    assert commands(ExchangeExport([STAFF, ROOM, CONTACT])) == [
        (
            "New-DistributionGroup -Type 'Distribution' -PrimarySmtpAddress 'staff@corp.example' -Name 'Staff' "
            "-DisplayName 'Staff'"
        ),
        "New-MailContact -ExternalEmailAddress 'zoe@elsewhere.example' -Name 'Zoe' -DisplayName 'Zoe'",
        "New-Mailbox -Room -PrimarySmtpAddress 'blue@corp.example' -Name 'Blue' -DisplayName 'Blue'",
        "Set-Mailbox -Identity 'blue@corp.example' -ResourceCapacity '8'",
        "Add-DistributionGroupMember -Identity 'staff@corp.example' -Member 'ann@corp.example'",
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


RECIPIENTS = st.lists(
    st.builds(
        ExchangeRecipient,
        st.sampled_from(RecipientKind),
        st.sampled_from("123"),
        TEXTS,
        TEXTS,
        st.sets(TEXTS, max_size=2),
        st.none() | st.integers(0, 9),
        st.sets(TEXTS, max_size=2),
        st.sets(TEXTS, max_size=2),
        TEXTS,
    ),
    max_size=3,
    unique_by=lambda each: each.key,
)


@given(RECIPIENTS, RECIPIENTS)
def test_no_value_becomes_code(after, before):
    """Outside of strings there are commands of ours and nothing else, whatever a directory has for names."""
    for line in commands(ExchangeExport(after), ExchangeExport(before)):
        if not line.startswith("# Nothing"):
            assert COMMAND.fullmatch(STRING.sub("S", line)), line


CMDLETS = re.compile(
    r"(New|Set|Remove|Add)-(DistributionGroup|DistributionGroupMember|MailContact|Mailbox)|Write-Warning"
)


@given(RECIPIENTS, RECIPIENTS)
def test_a_parser_of_powershell_sees_our_commands_alone(after, before):
    """No values are expanded or computed: the variables and the commands of the script are those written here."""
    tree_sitter = pytest.importorskip("tree_sitter", reason="the group tests has a parser of PowerShell")
    tree_sitter_powershell = pytest.importorskip("tree_sitter_powershell")
    script = exchange_script(ExchangeExport(after), ExchangeExport(before))
    tree = tree_sitter.Parser(tree_sitter.Language(tree_sitter_powershell.language())).parse(script.encode())
    assert not tree.root_node.has_error
    nodes = [tree.root_node]
    for node in nodes:
        nodes += node.children
    texts = {(node.type, node.text.decode()) for node in nodes}
    assert {text for kind, text in texts if kind == "variable"} <= {
        *("$Remove", "$ErrorActionPreference", "$null", "$true", "$false")
    }
    assert all(CMDLETS.fullmatch(text) for kind, text in texts if kind == "command_name")
    assert not {kind for kind, _ in texts} & {"sub_expression", "invokation_expression", "expandable_string_literal"}


@given(RECIPIENTS, RECIPIENTS)
def test_no_value_becomes_a_formula(after, before):
    """The CSV has the steps of the script, one a row, and no cell that a spreadsheet computes."""
    written = exchange_csv(ExchangeExport(after), ExchangeExport(before))
    _, *rows = csv.reader(written.splitlines())
    assert [row[0] for row in rows] == [
        each.action for each in exchange_steps(ExchangeExport(after), ExchangeExport(before))
    ]
    assert not any(cell.lstrip()[:1] in {*"=+-@"} for row in rows for cell in row if cell.strip())


@given(RECIPIENTS)
def test_what_is_as_it_was_needs_no_steps(recipients):
    """The second script of the same export says so."""
    assert exchange_steps(ExchangeExport(recipients), ExchangeExport(recipients)) == ()


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
        (RecipientKind.USER_MAILBOX, "ann@yourfederated.domain", (), None),
    ]


def mailbox(address, **fields):
    """Ann's mailbox."""
    return ExchangeRecipient("user mailbox", "id of ann", "Ann", address, **fields)


def exported(users, since=None, proxies=(), **options):
    """What is exported of Ann, and of Bo, who is her manager."""
    account = DirectoryAccount("corp", UUID(int=1), "CN=Ann", None, {"proxyAddresses": list(proxies)})
    people = [Person("00u1", "ACTIVE", {"displayName": "Ann"}, directory_accounts=[account])]
    memory = AppUsers("t", "Office 365", users)
    return exchange_export([], [], [], people, memory, instances=["corp"], since=since, **options)


ANN = AppUser("00u1", "id of ann", "ann@corp.example", manager_id="id of bo")
BO = AppUser("00u2", "id of bo", "bo@corp.example")
LEFT = evolve(ANN, status=AppUserStatus.DEACTIVATED, departure=Departure(datetime(2026, 6, 1, tzinfo=UTC)))


def test_the_old_address_of_somebody_renamed_stays_an_alias():
    """Graph can't write proxy addresses, so mail to the old name would come back."""
    first = exported([ANN])
    second = exported([evolve(ANN, username="ann.lee@corp.example")], first)
    assert commands(second, first) == [
        "Set-Mailbox -Identity 'id of ann' -EmailAddresses @{Add='smtp:ann@corp.example'}"
    ]
    third = exported([evolve(ANN, username="ann.lee@corp.example")], second)
    assert third == second
    back = exported([ANN], third)
    assert [(each.action, each.value) for each in exchange_steps(back, third)] == [
        (StepAction.ADD_ALIAS, "ann.lee@corp.example")
    ]


def _list_of(*members):
    return evolve(STAFF, members=members)


def test_whoever_is_renamed_stays_in_the_lists():
    """The old address still leads to the same mailbox: to remove it would take the person out of the list."""
    before = ExchangeExport([_list_of("ann@corp.example"), mailbox("ann@corp.example")])
    after = ExchangeExport([_list_of("Ann.Lee@corp.example"), mailbox("ann.lee@corp.example")])
    assert exchange_steps(after, before) == ()
    gone = ExchangeExport([_list_of(), mailbox("ann.lee@corp.example")])
    [step] = exchange_steps(gone, before)
    assert (step.action, step.value) == (StepAction.REMOVE_MEMBER, "ann.lee@corp.example")


def test_who_takes_the_address_of_a_member_does_not_come_into_the_list_unseen():
    """Ann was in it and is renamed; Bo, who has her address now, takes her place: the addresses are the same."""
    bo = evolve(mailbox("bo@corp.example"), key="id of bo", name="Bo")
    before = ExchangeExport([_list_of("ann@corp.example"), mailbox("ann@corp.example"), bo])
    renamed = [mailbox("ann.lee@corp.example"), evolve(bo, address="ann@corp.example")]
    after = ExchangeExport([_list_of("ann@corp.example"), *renamed])
    assert [(each.action, each.value) for each in exchange_steps(after, before)] == [
        (StepAction.ADD_MEMBER, "ann@corp.example"),
        (StepAction.REMOVE_MEMBER, "ann.lee@corp.example"),
    ]


def test_an_address_that_somebody_else_has_now_is_no_alias_any_more():
    """It is freed before anything else is done, and only if that is asked for."""
    first = exported([evolve(ANN, username="ann.lee@corp.example")], exported([ANN]))
    heir = AppUser("00u3", "id of another ann", "ann@corp.example")
    second = exported([evolve(ANN, username="ann.lee@corp.example"), heir], first)
    [line] = commands(second, first)
    command = "Set-Mailbox -Identity 'id of ann' -EmailAddresses @{Remove='smtp:ann@corp.example'}"
    assert line.startswith(f"if ($Remove) {{ {command} }}")


def test_further_addresses_of_the_directory_are_aliases():
    """Not its primary one (SMTP: in upper case), and not what is no mail address."""
    export = exported([ANN], proxies=["SMTP:ann@c.d", "smtp:a.lee@c.d", "sip:ann@c.d", "x500:/o=A"])
    assert [(each.action, each.value) for each in exchange_steps(export)] == [(StepAction.ADD_ALIAS, "a.lee@c.d")]


def test_a_list_that_is_renamed_keeps_its_old_address():
    """As a mailbox does; a list of a list is added once both are there."""
    outer = ExchangeRecipient("distribution list", "0", "Outer", "outer@corp.example", ["staff@corp.example"])
    after = evolve(STAFF, address="all@corp.example", former=["staff@corp.example"])
    assert commands(ExchangeExport([after]), ExchangeExport([STAFF])) == [
        "Set-DistributionGroup -Identity 'staff@corp.example' -PrimarySmtpAddress 'all@corp.example'",
        "Set-DistributionGroup -Identity 'all@corp.example' -EmailAddresses @{Add='smtp:staff@corp.example'}",
    ]
    actions = [each.action for each in exchange_steps(ExchangeExport([outer, STAFF]))]
    assert actions == [StepAction.CREATE, StepAction.CREATE, StepAction.ADD_MEMBER, StepAction.ADD_MEMBER]


def test_what_takes_the_address_of_something_removed_is_made_after_it():
    """A list that was made again in the directory has another objectGUID and the same address."""
    after, before = ExchangeExport([STAFF]), ExchangeExport([evolve(STAFF, key="0"), evolve(ROOM, key="1")])
    actions = [each.action for each in exchange_steps(after, before)]
    assert actions == [StepAction.REMOVE, StepAction.REMOVE, StepAction.CREATE, StepAction.ADD_MEMBER]


def test_the_mailbox_of_a_leaver_is_shared_and_forwarded_and_given_back():
    """Only where the settings say so; and whoever comes back has their mailbox for themselves."""
    assert exchange_steps(exported([LEFT, BO]), exported([ANN, BO])) == ()
    left = exported([LEFT, BO], offboarding=MailboxOffboarding(to_manager=True))
    assert commands(left, exported([ANN, BO])) == [
        "Set-Mailbox -Identity 'id of ann' -Type 'Shared'",
        (
            "Set-Mailbox -Identity 'id of ann' -ForwardingSmtpAddress 'bo@corp.example' "
            "-DeliverToMailboxAndForward $true"
        ),
    ]
    assert commands(exported([ANN, BO], left), left) == [
        "Set-Mailbox -Identity 'id of ann' -Type 'Regular'",
        "Set-Mailbox -Identity 'id of ann' -ForwardingSmtpAddress $null -DeliverToMailboxAndForward $false",
    ]


def test_the_mailbox_and_the_lists_of_a_leaver_wait_for_their_days():
    """An export that is told the time leaves them alone until then, and says whose mailboxes it hands over."""
    departure = evolve(LEFT.departure, steps=LeaverSteps(groups=3, mailbox=5))
    ann = Person("00u1", "DEPROVISIONED", {}, directory_accounts=[DirectoryAccount("corp", UUID(int=1), "CN=Ann")])
    lists = DirectoryGroup("corp", UUID(int=2), "CN=All", False, members=[UUID(int=1)], attributes={"email": "all@c.d"})
    known = AppUsers("t", "Office 365", [evolve(LEFT, departure=departure)])

    def export(day):
        now = None if day is None else datetime(2026, 6, day, tzinfo=UTC)
        offboarding = MailboxOffboarding()
        return exchange_export([lists], [], [], [ann], known, instances=["corp"], offboarding=offboarding, now=now)

    assert [bool(export(day).recipients[0].members) for day in (3, 4, None)] == [True, False, False]
    assert [export(day).handed_over for day in (5, 6, None)] == [frozenset(), {LEFT.object_id}, {LEFT.object_id}]


def test_mail_of_a_leaver_goes_where_it_is_told_to():
    """An address of its own comes before the manager, and a manager who left too gets nothing."""
    to_cy = MailboxOffboarding(shared=False, to_manager=True, forward_to={"00u1": "cy@corp.example"})
    [step] = exchange_steps(exported([LEFT, BO], offboarding=to_cy), exported([ANN, BO]))
    assert (step.action, step.value) == (StepAction.FORWARD, "cy@corp.example")
    gone = evolve(BO, status=AppUserStatus.DEACTIVATED, departure=LEFT.departure)
    both = exported([LEFT, gone], offboarding=MailboxOffboarding(shared=False, to_manager=True))
    assert exchange_steps(both, exported([ANN, BO])) == ()


def test_the_mailbox_of_a_deleted_account_goes_with_it():
    """There is nothing to do about it."""
    assert exchange_steps(exported([evolve(ANN, status=AppUserStatus.DELETED)]), exported([ANN])) == ()


def test_the_script_is_reviewed_by_the_plan_that_it_goes_with():
    """Before the plan is applied it is known whom it renames and deactivates."""
    fake = FakeTenant({"corp.example": "Federated"}, seed=1)
    app = Office365App(("corp.example",), UserSync(), UsernameFormat.email())
    now, state = datetime(2026, 6, 1, tzinfo=UTC), MemoryState()

    def plan(tenant, **emails):
        profiles = {
            name: {
                "login": name,
                "email": f"{email}@corp.example",
                "firstName": name,
                "lastName": "B",
                "displayName": name,
            }
            for name, email in emails.items()
        }
        people = [Person(name, "ACTIVE", profile) for name, profile in profiles.items()]
        snapshot = tenant.read(app.needs())
        users = state.app_users(snapshot.tenant_id, app.name)
        individual = dict.fromkeys(emails, Grants())
        return app.plan(assign(people, [], [], individual), snapshot, users, now=now)

    with BlockingTenant.over(fake, state=state) as tenant:
        first = plan(tenant, ann="ann", bob="bob", cy="cy", dan="dan", eve="eve", fay="fay")
        assert tenant.apply(first, confirm=first.fingerprint).ok
        last = exchange_export([], [], [], [], state.app_users(first.tenant_id, app.name), instances=[])
        second = plan(tenant, ann="ann.lee", bob="bob", cy="cy", dan="dan", eve="eve")
        offboarding = MailboxOffboarding()
        export = exchange_export([], [], [], [], users_after(second), instances=[], since=last, offboarding=offboarding)
        object_id = {each.person_id: each.object_id for each in users_after(second)}
        assert [(each.action, each.identity) for each in exchange_steps(export, last)] == [
            (StepAction.ADD_ALIAS, object_id["ann"]),
            (StepAction.MAKE_SHARED, object_id["fay"]),
        ]
        assert tenant.apply(second, confirm=second.fingerprint).ok
        known = state.app_users(first.tenant_id, app.name)
        after = exchange_export([], [], [], [], known, instances=[], since=last, offboarding=offboarding)
        assert after == export
