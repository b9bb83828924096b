"""Which group of the tenant a pushed group is: by memory, link, unique name, and by name once that is confirmed."""

import pytest
from attrs import evolve
from pushes import Pushes, codes, group, kinds

from o365prov.errors import ConfigurationError, PlanRefusedError
from o365prov.group_push import AppGroups
from o365prov.planning import GroupKind


def test_a_group_that_nobody_has_is_created_with_its_members():
    """The whole of it is one plan: the group, then its members, 20 in a request."""
    pushes = Pushes(tuple(f"p{number}" for number in range(25)))
    plan = pushes.plan(group("Sales", *pushes.ids, description="Who sells"))
    assert kinds(plan) == ["create_group", "add_members", "add_members"]
    assert pushes.apply(plan).ok
    [made] = pushes.fake.groups
    assert (made["description"], made["securityEnabled"], len(made["members"])) == ("Who sells", True, 25)


def test_a_microsoft_365_group_is_created_private_and_mail_enabled():
    """What Graph asks of its kind, and nobody outside sees who is in it."""
    pushes = Pushes()
    assert pushes.pushed(group("Sales & Co", "ann", kind=GroupKind.MICROSOFT_365)).ok
    [made] = pushes.fake.groups
    assert (made["groupTypes"], made["mailNickname"], made["visibility"]) == (["Unified"], "SalesCo", "Private")


def test_a_second_run_writes_nothing():
    """What was pushed is there, and nothing more is to be said about it."""
    pushes = Pushes()
    pushes.pushed(group("Sales", "ann", "bob"))
    plan = pushes.plan(group("Sales", "ann", "bob"))
    assert (len(plan), codes(plan)) == (0, [])


def test_a_group_with_the_same_name_is_linked_once_that_is_confirmed():
    """A name alone may be a coincidence: nothing is written before somebody says that it is not."""
    pushes = Pushes()
    pushes.fake.add_group("SALES", members=[pushes.ids["ann"], pushes.ids["eve"]])
    plan = pushes.plan(group("Sales", "ann", "bob"))
    assert "linked by their names alone" in plan.hazards[0]
    with pytest.raises(PlanRefusedError, match="linked by their names alone"):
        pushes.apply(plan)
    assert pushes.apply(plan, confirm=plan.fingerprint).ok
    assert pushes.members("Sales") == {"ann", "bob", "eve"}


def test_names_can_be_left_alone():
    """Without match_names another group of that name is created."""
    pushes = Pushes(match_names=False)
    pushes.fake.add_group("Sales")
    assert kinds(pushes.plan(group("Sales"))) == ["create_group"]


def test_a_name_of_two_groups_is_ambiguous():
    """The problem has the ids of both, and the way out."""
    pushes = Pushes()
    ids = [pushes.fake.add_group("Sales")["id"] for _ in range(2)]
    plan = pushes.plan(group("Sales", "ann"))
    assert (codes(plan), len(plan)) == (["ambiguous_group"], 0)
    assert all(each in str(plan.problems[0]) for each in ids)


def test_a_group_can_be_linked_by_hand():
    """Whatever its name is; the name of the source is then sent."""
    pushes = Pushes()
    object_id = pushes.fake.add_group("Vertrieb")["id"]
    plan = pushes.plan(group("Sales", "ann", linked_to=object_id))
    assert (kinds(plan), plan.hazards) == (["link_group", "update_group", "add_members"], ())
    pushes.apply(plan)
    assert pushes.members("Sales") == {"ann"}
    assert len(pushes.plan(group("Sales", "ann", linked_to=object_id))) == 0


def test_a_group_that_is_linked_to_another_one_leaves_the_first_as_it_is():
    """The reason says so: whoever was added to it is still in it, and nobody answers for them any more."""
    pushes = Pushes()
    pushes.pushed(group("Sales", "ann"))
    [first] = pushes.fake.groups
    other = pushes.fake.add_group("Other")["id"]
    plan = pushes.plan(group("Sales", "ann", linked_to=other))
    assert kinds(plan) == ["link_group", "update_group", "add_members"]
    assert f"{first['id']} stays as it is, with its members" in plan.changes[0].reason


def test_a_link_to_a_group_that_is_not_there_is_a_problem():
    """Nothing is created in its place."""
    plan = Pushes().plan(group("Sales", "ann", linked_to="11111111-1111-4111-8111-111111111111"))
    assert (codes(plan), len(plan)) == (["linked_group_missing"], 0)


def test_two_pushed_groups_are_never_one_group_of_the_tenant():
    """Both are stopped, and each problem names both."""
    pushes = Pushes()
    object_id = pushes.fake.add_group("Sales")["id"]
    plan = pushes.plan(group("East", id="00g1", linked_to=object_id), group("West", id="00g2", linked_to=object_id))
    assert (codes(plan), len(plan)) == (["shared_group", "shared_group"], 0)
    assert all("East (00g1), West (00g2)" in str(each) for each in plan.problems)


def test_after_a_lost_memory_a_group_is_found_by_its_unique_name():
    """It is linked without a confirmation, counts as created from here, and its members as added from here."""
    pushes = Pushes()
    pushes.pushed(group("Sales", "ann", "bob"))
    pushes.edit("PATCH", "Sales", body=b'{"displayName": "Renamed"}')
    lost = AppGroups.empty(pushes.tenant_id, pushes.push.app_name)
    snapshot = pushes.read()
    plan = pushes.push.plan([group("Sales", "ann")], snapshot, pushes.app_users(), lost, now=snapshot.read_at)
    assert plan.hazards == ()
    assert [each.created for each in plan if each.kind == "link_group"] == [True]
    assert codes(plan) == ["members_of_others"]  # nobody knows any more that bob was added from here


def test_a_group_that_was_deleted_in_office_365_is_created_again_once_that_is_confirmed():
    """It has another object id, and nothing that was given to the old one."""
    pushes = Pushes()
    pushes.pushed(group("Sales", "ann"))
    pushes.edit("DELETE", "Sales")
    plan = pushes.plan(group("Sales", "ann"))
    assert plan.hazards == ("groups created again that were deleted in Office 365: 1: Sales",)
    pushes.apply(plan, confirm=plan.fingerprint)
    assert pushes.members("Sales") == {"ann"}


@pytest.mark.parametrize(
    ("code", "properties"),
    [
        ("synced_group", {"onPremisesSyncEnabled": True}),
        ("dynamic_group", {"groupTypes": ["DynamicMembership"], "membershipRule": "user.city -eq 'Oslo'"}),
        ("role_assignable_group", {"isAssignableToRole": True}),
        ("hidden_members", {"groupTypes": ["Unified"], "mailEnabled": True, "visibility": "HiddenMembership"}),
        ("other_group_kind", {"groupTypes": ["Unified"], "mailEnabled": True}),
    ],
)
def test_what_graph_can_not_change_is_a_problem(code, properties):
    """Nothing is written to such a group, and the reason says what it is."""
    pushes = Pushes()
    object_id = pushes.fake.add_group("Sales", **properties)["id"]
    kind = GroupKind.MICROSOFT_365 if code == "hidden_members" else GroupKind.SECURITY
    plan = pushes.plan(group("Sales", "ann", kind=kind, linked_to=object_id))
    assert (codes(plan), len(plan)) == ([code], 0)


@pytest.mark.parametrize("kind", [GroupKind.DISTRIBUTION, GroupKind.MAIL_ENABLED_SECURITY])
def test_kinds_that_graph_only_reads_are_unsupported(kind):
    """They are in the plan with the reason and Microsoft's own way; they are no problem and no change."""
    plan = Pushes().plan(group("Sales", "ann", kind=kind))
    [unsupported] = plan.unsupported
    assert "Sales" in unsupported.attribute
    assert "Exchange" in unsupported.instead
    assert (len(plan), codes(plan)) == (0, [])


@pytest.mark.parametrize(
    ("name", "code"),
    [
        (" ", "nameless_group"),
        ("n" * 257, "long_group_text"),
        ("a\0b", "unsendable_text"),
        ("\ud800", "unsendable_text"),
    ],
)
def test_names_that_graph_refuses_are_problems(name, code):
    """They are found before anything is sent."""
    plan = Pushes().plan(evolve(group("Sales", "ann"), name=name))
    assert (codes(plan), len(plan)) == ([code], 0)


def test_microsoft_365_groups_have_different_nicknames():
    """Graph wants them unique: the second of one name, and one whose name is taken already, get their unique names."""
    pushes = Pushes()
    unified = {"kind": GroupKind.MICROSOFT_365}
    assert pushes.pushed(group("A", "ann", id="1", **unified), group("a", "bob", id="2", **unified)).ok
    assert pushes.pushed(*(group(name, id=each, **unified) for name, each in (("A", "1"), ("a", "2"), ("A ", "3")))).ok
    assert len({each["mailNickname"].lower() for each in pushes.fake.groups}) == 3


def test_a_group_that_is_another_ones_now_is_not_deleted():
    """It is not pushed any more under its old id, and linked under a new one."""
    pushes = Pushes(delete_groups=True)
    pushes.pushed(group("Old", "ann", id="1"))
    [there] = pushes.fake.groups
    plan = pushes.plan(group("New", "ann", id="2", linked_to=there["id"]))
    assert sorted(set(kinds(plan))) == ["link_group", "remember_members", "unlink_group", "update_group"]


def test_a_misspelt_scope_is_refused():
    """It must not be taken for one that sends everything again."""
    with pytest.raises(ConfigurationError, match="scope"):
        Pushes().plan(scope="al")


@pytest.mark.parametrize("field", ["id", "linked_to"])
def test_an_empty_id_is_refused(field):
    """It names no group."""
    with pytest.raises(ConfigurationError, match=field):
        group("Sales", **{field: ""})


def test_nested_groups_are_named():
    """The groups within a group are not sent, and that is said."""
    plan = Pushes().plan(group("Sales", "ann", nested=["EMEA", "APAC"]))
    assert codes(plan) == ["nested_groups"]
    assert "APAC, EMEA" in str(plan.problems[0])


def test_licences_that_a_group_gives_are_told():
    """Whoever comes into it takes a seat."""
    pushes = Pushes()
    object_id = pushes.fake.add_group("Sales", licenses=["SPE_E3"])["id"]
    plan = pushes.plan(group("Sales", "ann", linked_to=object_id))
    assert codes(plan) == ["group_gives_licenses"]
    assert "SPE_E3" in str(plan.problems[0])
