"""Guests: invited once, told while they have not accepted, deprovisioned when they leave."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from o365prov import BlockingTenant, ConfigurationError, MemoryState, Person
from o365prov.graph import GUEST_OPERATIONS, least_permissions
from o365prov.planning import GuestInvitations
from o365prov.testing import FakeTenant, GatewayTimeout, ScheduledFaults

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def guest(name, **fields):
    """A guest, with an address at another organisation."""
    profile = {"displayName": name.title(), "email": f"{name}@partner.example", **fields.pop("profile", {})}
    return Person(name, fields.pop("status", "ACTIVE"), profile, kind="guest", **fields)


class Office:
    """A tenant with the guests' settings and memory."""

    def __init__(self, **settings):
        self.fake = FakeTenant({"corp.example": "Federated"}, seed=1)
        self.state = MemoryState()
        self.guests = GuestInvitations(**settings)
        self.now = NOW

    def plan(self, *people):
        """The plan for these people, from what the tenant holds now."""
        with BlockingTenant.over(self.fake, state=self.state) as tenant:
            snapshot = tenant.read(self.guests.needs())
        self.now += timedelta(hours=1)
        users = self.state.app_users(snapshot.tenant_id, self.guests.name)
        return self.guests.plan(people, snapshot, users, now=self.now)

    def apply(self, plan):
        """Apply the plan; whatever is dangerous about it is confirmed."""
        with BlockingTenant.over(self.fake, state=self.state) as tenant:
            report = tenant.apply(plan, confirm=plan.fingerprint)
        assert report.ok, report
        return report

    def provision(self, *people):
        """Plan and apply."""
        self.apply(self.plan(*people))

    def accept(self):
        """Every guest accepts the invitation."""
        self.fake = FakeTenant.from_json(self.fake.to_json().replace("PendingAcceptance", "Accepted"))


def kinds(plan):
    """The kinds of the plan's changes."""
    return [each.kind for each in plan]


def codes(plan):
    """The codes of the plan's problems."""
    return [each.code for each in plan.problems]


def test_a_guest_is_invited_once():
    """The plan says it; a second plan writes nothing, and tells that the invitation is not accepted until it is."""
    office = Office()
    first = office.plan(guest("eve"))
    assert "invite eve@partner.example as a guest" in str(first)
    office.apply(first)
    [user] = office.fake.users
    assert (user["userType"], user["displayName"], user["mail"]) == ("Guest", "Eve", "eve@partner.example")
    second = office.plan(guest("eve"))
    assert (second.writes, len(second), codes(second)) == (0, 0, ["invitation_pending"])
    office.accept()
    third = office.plan(guest("eve"))
    assert (len(third), third.problems) == (0, ())


def test_the_sponsor_is_set_with_the_invitation():
    """By username or object id; who has none that is there waits for one."""
    office = Office(sponsor="sponsor")
    boss = office.fake.add_user("boss@corp.example")["id"]
    named = [guest("ann", profile={"sponsor": "Boss@corp.example"}), guest("bob", profile={"sponsor": boss})]
    plan = office.plan(*named, guest("cy", profile={"sponsor": "nobody@corp.example"}), guest("dan"))
    assert [each.invitation.sponsor_id for each in plan] == [boss, boss]
    assert codes(plan) == ["no_sponsor", "no_sponsor"]
    office.apply(plan)
    address = "https://graph.microsoft.com/v1.0/users/ann_partner.example%23EXT%23@contoso.onmicrosoft.com/sponsors"
    status, _, body = office.fake.handle("GET", address, {"Authorization": "Bearer stand-in"}, b"")
    assert status == 200
    assert boss.encode() in body


def test_the_invitation_says_what_the_settings_say():
    """Where the guest comes to, whether Microsoft mails it, and with which words."""
    office = Office(redirect_url="https://portal.example", sends_message=True, message="Welcome")
    office.provision(guest("eve"))
    bodies = (json.loads(each.content or b"{}") for each in office.fake.requests if each.method == "POST")
    [sent] = [each["body"] for body in bodies for each in body.get("requests", ()) if each["url"] == "/invitations"]
    assert sent == {
        "invitedUserEmailAddress": "eve@partner.example",
        "invitedUserDisplayName": "Eve",
        "inviteRedirectUrl": "https://portal.example",
        "sendInvitationMessage": True,
        "invitedUserMessageInfo": {"customizedMessageBody": "Welcome"},
    }


def test_an_invitation_whose_answer_was_lost_is_looked_for():
    """The guest is found by the address, and not invited, and mailed, again."""
    office = Office()
    office.fake.faults = ScheduledFaults(by_route={"POST /invitations": [GatewayTimeout(after_effect=True)]})
    office.provision(guest("eve"))
    assert len(office.fake.users) == 1
    assert office.state.app_users(office.plan().tenant_id, "Guests").get("eve").object_id == office.fake.users[0]["id"]


def test_a_guest_who_is_there_is_linked():
    """Whoever invited them; nothing is written."""
    office = Office()
    name = "eve_partner.example#EXT#@contoso.onmicrosoft.com"
    office.fake.add_user(name, mail="eve@partner.example", userType="Guest")
    plan = office.plan(guest("eve"))
    assert (kinds(plan), plan.writes) == (["link_user"], 0)
    office.apply(plan)
    assert len(office.plan(guest("eve"))) == 0


def test_a_guest_who_leaves_is_blocked_and_comes_back():
    """As anybody who leaves; there are no sessions here to be ended."""
    office = Office()
    team = [guest(name) for name in ("ann", "bob", "cy", "dan", "eve", "fay")]
    office.provision(*team)
    gone = office.plan(*team[1:])
    assert kinds(gone) == ["block_sign_in"]
    office.apply(gone)
    assert len(office.plan(*team[1:])) == 0
    back = office.plan(*team)
    assert kinds(back) == ["enable_sign_in"]
    office.apply(back)
    assert len(office.plan(*team)) == 0


def test_a_guest_who_leaves_is_deleted_after_the_days_of_grace():
    """If the settings say so; then the guest is invited again on coming back."""
    option = GuestInvitations().deprovisioning.block_remove_licenses_and_delete(grace_days=3)
    office = Office(deprovisioning=option)
    office.provision(guest("eve"))
    office.provision()
    office.now += timedelta(days=4)
    assert kinds(office.plan()) == ["delete_user"]
    office.provision()
    assert office.fake.users == ()
    assert kinds(office.plan(guest("eve"))) == ["create_user"]


def test_everybody_leaving_at_once_is_confirmed():
    """A source that gives nobody is a fault more often than an organisation without guests."""
    office = Office()
    office.provision(*(guest(f"guest{number}") for number in range(8)))
    assert office.plan().hazards


@pytest.mark.parametrize(
    ("people", "code"),
    [
        ([guest("eve", profile={"email": None})], "no_address"),
        ([guest("eve", profile={"email": "eve at home"})], "no_address"),
        ([guest("eve", profile={"email": "eve@corp.example"})], "own_domain"),
        ([guest("eve"), guest("eva", profile={"email": "EVE@partner.example"})], "shared_address"),
        ([guest("boss")], "address_of_member"),
    ],
)
def test_who_can_not_be_invited_is_a_problem(people, code):
    """Each is named with why, and nothing is written."""
    office = Office()
    office.fake.add_user("boss@corp.example", mail="boss@partner.example")
    plan = office.plan(*people)
    assert (len(plan), set(codes(plan))) == (0, {code})


def test_who_is_held_keeps_everything_and_members_are_others_business():
    """Suspended guests are neither invited nor blocked; a person of another kind does not exist here."""
    office = Office()
    assert len(office.plan(guest("eve", status="SUSPENDED"), Person("ann", "ACTIVE", {"email": "a@b.example"}))) == 0
    office.provision(guest("eve"))
    assert len(office.plan(guest("eve", status="SUSPENDED"))) == 0


def test_whom_somebody_blocked_in_office_365_stays_blocked():
    """It is said in every plan."""
    office = Office()
    office.provision(guest("eve"))
    office.accept()
    [user] = office.fake.users
    address = f"https://graph.microsoft.com/v1.0/users/{user['id']}"
    office.fake.handle(
        "PATCH",
        address,
        {"Authorization": "Bearer x", "Content-Type": "application/json"},
        b'{"accountEnabled": false}',
    )
    plan = office.plan(guest("eve"))
    assert (len(plan), codes(plan)) == (0, ["blocked_guest"])


def test_a_guest_twice_is_an_error():
    """The caller names everybody once."""
    with pytest.raises(ConfigurationError, match="more than once"):
        Office().plan(guest("eve"), guest("eve"))


def test_the_least_permission_is_to_invite():
    """Creating users is not needed."""
    assert "User.Invite.All" in least_permissions(GUEST_OPERATIONS)
    assert not {"User.Create", "User.ReadWrite.All"} & {*least_permissions(GUEST_OPERATIONS)}
