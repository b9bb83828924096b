"""From a real Active Directory to a tenant and through the day after: what changed there is what a plan changes.

1,500 people, their groups and rooms in CI; a smaller number elsewhere, with ``SAMBA=1``.
"""

from datetime import UTC, datetime, timedelta

import pytest
from amount import CI
from samba_server import ADMINISTRATOR, BASE, PASSWORD, domain_controller, samba, served

from o365prov import BlockingTenant, Grants, GroupPush, MemoryState, Office365App, UniversalSync, UsernameFormat, assign
from o365prov.delivery import ExchangeExport, exchange_export, exchange_steps
from o365prov.group_push import pushed_directory_groups
from o365prov.profiles import InboundMapping
from o365prov.sources import ActiveDirectory, ProfileSource, join_people
from o365prov.testing import FakeTenant

__all__ = ["domain_controller", "samba", "served"]

PEOPLE = 1_500 if CI else 60
TEAM = 20
UNIT = f"OU=Company,{BASE}"
INSTANCE = "corp.example"


def company():
    """The LDIF of everybody, in teams, with a manager each, and of a room for each ten teams."""
    yield f"dn: {UNIT}\nchangetype: add\nobjectClass: organizationalUnit\n"
    yield f"dn: OU=Moved,{UNIT}\nchangetype: add\nobjectClass: organizationalUnit\n"
    for number in range(PEOPLE):
        boss = f"manager: CN=Person {number - number % TEAM},{UNIT}\n" if number % TEAM else ""
        yield (
            f"dn: CN=Person {number},{UNIT}\nchangetype: add\nobjectClass: user\nsAMAccountName: p{number}\n"
            f"userPrincipalName: p{number}@corp.example\nmail: p{number}@corp.example\ngivenName: Person\n"
            f"sn: {number}\ndisplayName: Person {number}\ntitle: Clerk\nc: NO\nuserAccountControl: 544\n"
            f"extensionAttribute1: x{number}\npager: {number}\n{boss}"
        )
    for number in range(0, PEOPLE, TEAM):
        members = "".join(f"member: CN=Person {each},{UNIT}\n" for each in range(number, min(number + TEAM, PEOPLE)))
        name = number // TEAM
        yield f"dn: CN=Team {name},{UNIT}\nchangetype: add\nobjectClass: group\nsAMAccountName: team{name}\n{members}"
    for number in range(0, PEOPLE, 10 * TEAM):
        yield (
            f"dn: CN=Room {number},{UNIT}\nchangetype: add\nobjectClass: user\nsAMAccountName: room{number}\n"
            f"mail: room{number}@corp.example\nuserAccountControl: 546\nmsExchRecipientTypeDetails: 16\n"
            f"msExchResourceMetaData: ResourceType:Room\nmsExchResourceCapacity: 8\n"
        )


def modified(name, *lines):
    """The LDIF that changes an entry."""
    return f"dn: CN={name},{UNIT}\nchangetype: modify\n" + "".join(f"{line}\n" for line in lines)


CHANGES = (
    modified("Person 1", "replace: title", "title: Head", "-"),
    modified("Person 2", "replace: userAccountControl", "userAccountControl: 546", "-"),
    modified("Person 3", "replace: unicodePwd", "unicodePwd:: IgBBAG4AbgBzAC0AcAB3AC0AMQAiAA==", "-"),
    f"dn: CN=Person 4,{UNIT}\nchangetype: modrdn\nnewrdn: CN=Person 4\ndeleteoldrdn: 1\nnewsuperior: OU=Moved,{UNIT}\n",
    modified("Person 5", "replace: userPrincipalName", "userPrincipalName: five@corp.example", "-"),
    f"dn: CN=Person 6,{UNIT}\nchangetype: delete\n",
    modified("Person 7", "replace: pager", "pager: 1234", "-"),
    modified("Team 0", "delete: member", f"member: CN=Person 8,{UNIT}", "-"),
    modified("Team 1", "replace: displayName", "displayName: The best team", "-"),
    f"dn: CN=Team 2,{UNIT}\nchangetype: delete\n",
    modified("Room 0", "replace: msExchResourceCapacity", "msExchResourceCapacity: 12", "-"),
)
"""A change of each kind, of people, groups and rooms."""


class Company:
    """What is synchronized to a fake tenant, day after day."""

    def __init__(self):
        self.fake = FakeTenant({"corp.example": "Federated"}, seed=1)
        self.state = MemoryState()
        self.app = Office365App(
            ("corp.example",), UniversalSync(ad_instances=[INSTANCE]), UsernameFormat.custom("user.login")
        )
        self.push = GroupPush()
        self.export = ExchangeExport()
        self.now = datetime.now(UTC)  # the directory knows no other time of a password change

    def sync(self, read):
        """The plans of people and of groups, both applied, and the steps for Exchange."""
        self.now += timedelta(days=1)
        mapping = InboundMapping.active_directory()
        accounts = [each for each in read.accounts if (each.distinguished_name or "").endswith(UNIT)]
        joined = join_people([], [ProfileSource(INSTANCE, accounts, mapping, new_people=True)])
        assert joined.issues == ()
        assignments = assign(joined.people, [], [], {each.id: Grants() for each in joined.people})
        with BlockingTenant.over(self.fake, state=self.state) as tenant:
            snapshot = tenant.read(self.app.needs())
            users = self.state.app_users(snapshot.tenant_id, self.app.name)
            people = self.app.plan(assignments, snapshot, users, now=self.now)
            assert tenant.apply(people, confirm=people.fingerprint).ok
            pushed = pushed_directory_groups(
                [each for each in read.groups if each.distinguished_name.endswith(UNIT)],
                joined.people,
                instances=[INSTANCE],
            )
            users = self.state.app_users(snapshot.tenant_id, self.app.name)
            known = self.state.app_groups(snapshot.tenant_id, self.app.name)
            groups = self.push.plan(pushed, tenant.read(self.push.needs()), users, known, now=self.now)
            assert tenant.apply_groups(groups, confirm=groups.fingerprint).ok
        rooms = [each for each in read.resources if (each.account.distinguished_name or "").endswith(UNIT)]
        export = exchange_export([], [], rooms, joined.people, users, instances=[INSTANCE], since=self.export)
        steps, self.export = exchange_steps(export, self.export), export
        return people, groups, steps


def told(plan):
    """Whose accounts a plan changes, and how."""
    return sorted((each.subject.name, each.kind) for each in plan)


def test_what_changed_in_the_directory_changes_in_the_tenant(served):
    """Everybody once, then nothing, then a change of each kind: exactly those, and nothing else."""
    served.modify("\n".join(company()))
    directory = ActiveDirectory(served.url, ADMINISTRATOR, PASSWORD, ca_file=str(served.ca_file))
    first = directory.read()
    office = Company()
    people, groups, steps = office.sync(first)
    assert sum(each.kind == "create_user" for each in people) == PEOPLE
    assert {each.attribute: each.people for each in people.unsupported}["Pager"] == PEOPLE
    assert sum(each.kind == "create_group" for each in groups) == -(-PEOPLE // TEAM)
    assert sum(each.action == "create" for each in steps) == -(-PEOPLE // (10 * TEAM))
    assert [len(each) for each in office.sync(first)] == [0, 0, 0]

    served.modify("\n".join(CHANGES))
    later = directory.read(since=first)
    assert (len(later.changed), len(later.deleted)) <= (PEOPLE // 2, 2)
    people, groups, steps = office.sync(later)
    assert told(people) == [
        ("Person 1", "update_user"),
        ("Person 2", "block_sign_in"),
        ("Person 2", "revoke_sessions"),
        ("Person 3", "revoke_sessions"),
        ("Person 5", "update_user"),
        ("Person 6", "block_sign_in"),
        ("Person 6", "revoke_sessions"),
    ]
    removed = sorted(each.member.username for each in groups if each.kind == "remove_member")
    assert removed == ["p2@corp.example", "p6@corp.example", "p8@corp.example"]
    assert [each.kind for each in groups if each.kind != "remove_member"] == ["update_group", "unlink_group"]
    assert [(each.action, each.value) for each in steps] == [
        ("add alias", "p5@corp.example"),
        ("set capacity", "12"),
    ]
    assert [len(each) for each in office.sync(directory.read(since=later))] == [0, 0, 0]


@pytest.fixture(autouse=True)
def _company(served):
    """Without the company the other tests find what they made alone."""
    yield
    served.modify(f"dn: {UNIT}\nchangetype: delete\n", tree=True)
