"""Groups of Active Directory that go along with Universal Sync: whose members are the people with these accounts."""

from uuid import UUID

from attrs import evolve
from pushes import Pushes, codes, group, kinds

from o365prov.group_push import pushed_directory_groups
from o365prov.people import DirectoryAccount, DirectoryGroup, Person
from o365prov.planning import GroupKind

ANN, BOB = UUID(int=1), UUID(int=2)
PEOPLE = [
    Person(f"id of {name}", "ACTIVE", {"login": name}, "ACTIVE_DIRECTORY", None, [DirectoryAccount("corp", guid, name)])
    for name, guid in (("ann", ANN), ("bob", BOB))
]
EMEA = DirectoryGroup("corp", UUID(int=8), "CN=EMEA", members=[BOB], attributes={"cn": "EMEA"})
SALES = DirectoryGroup(
    "corp",
    UUID(int=9),
    "CN=Sales",
    members=[ANN, EMEA.object_guid, UUID(int=99)],
    attributes={"cn": "Sales", "description": "Who sells"},
)


def pushed(*groups, **options):
    """The pushed groups of the instance corp, by name."""
    return {each.name: each for each in pushed_directory_groups(groups, PEOPLE, instances=["corp"], **options)}


def test_members_are_the_people_with_these_accounts():
    """Contacts and accounts that nobody has are no people; the id is the objectGUID, which a rename leaves."""
    made = pushed(SALES, EMEA)["Sales"]
    assert (made.id, made.members, made.description) == (str(SALES.object_guid), {"id of ann"}, "Who sells")


def test_nested_groups_are_named_or_flattened():
    """As the caller wants it; groups that contain each other are harmless."""
    assert pushed(SALES, EMEA)["Sales"].nested == ("EMEA",)
    circle = evolve(EMEA, members=[BOB, SALES.object_guid])
    flat = pushed(SALES, circle, flatten=True)["Sales"]
    assert (flat.members, flat.nested) == ({"id of ann", "id of bob"}, ())


def test_groups_of_other_instances_stay_at_home():
    """Only those of the chosen instances go along."""
    assert [*pushed(SALES, evolve(EMEA, instance="other"))] == ["Sales"]


def test_kinds_follow_from_what_the_directory_says():
    """A distribution list, a security group that Exchange delivers to, and one without mail."""
    mail = {"cn": "Mail", "email": "mail@corp.example", "mailNickname": "mail"}
    made = pushed(
        evolve(SALES, is_security=False, attributes={"cn": "List"}), evolve(EMEA, attributes=mail), evolve(EMEA)
    )
    assert {name: each.kind for name, each in made.items()} == {
        "List": GroupKind.DISTRIBUTION,
        "Mail": GroupKind.MAIL_ENABLED_SECURITY,
        "EMEA": GroupKind.SECURITY,
    }


def test_nobody_is_taken_out_of_a_group_that_was_not_read_as_a_whole():
    """Whoever is missing may be among those that could not be read; the plan says so."""
    pushes = Pushes()
    pushes.pushed(group("Sales", "ann", "bob", id="9"))
    plan = pushes.plan(group("Sales", "ann", id="9", unread=["CN=Bob,DC=other"]))
    assert (kinds(plan), codes(plan)) == ([], ["unread_members"])
