"""Who comes into a group and who is taken out; what others did stays, and is said."""

from datetime import timedelta

import pytest
from organisation import NOW
from pushes import Pushes, codes, group, kinds

from o365prov import Departure, LeaverSteps
from o365prov.errors import PlanRefusedError
from o365prov.group_push import GroupPlan, GroupSafeguard


def removed(plan):
    """Who is taken out, by username without the domain."""
    return [each.member.username.partition("@")[0] for each in plan if each.kind == "remove_member"]


def test_who_leaves_the_group_at_the_source_is_taken_out():
    """And nobody else."""
    pushes = Pushes()
    pushes.pushed(group("Sales", "ann", "bob", "cy"))
    assert removed(pushes.plan(group("Sales", "ann", "cy"))) == ["bob"]


def test_whoever_is_not_assigned_any_more_is_taken_out():
    """The source may still have them in the group; the reason says why."""
    pushes = Pushes()
    pushes.pushed(group("Sales", "ann", "bob"))
    pushes.left.add("bob")
    plan = pushes.plan(group("Sales", "ann", "bob"))
    assert removed(plan) == ["bob"]
    assert [each.reason for each in plan] == ["not assigned any more"]


def test_who_left_stays_until_the_day_that_the_option_has_for_groups():
    """The plan says so until then; on the day they are taken out, and the day after nothing is left to do."""
    pushes = Pushes()
    pushes.pushed(group("Sales", "ann", "bob"))
    pushes.add_by_hand("Sales", "eve")
    pushes.left |= {"bob", "eve"}
    pushes.departure = Departure(NOW, steps=LeaverSteps(groups=3))
    for source in (group("Sales", "ann", "bob"), group("Sales", "ann")):
        early = pushes.plan(source, now=NOW + timedelta(days=2))
        assert (removed(early), codes(early)) == ([], ["members_leave_later", "members_of_others"])
    assert "keeps 1 member who left, until their day to leave groups comes: bob@" in early.to_text()
    due = NOW + timedelta(days=3)
    assert removed(pushes.plan(group("Sales", "ann"), now=due)) == ["bob"]
    pushes.pushed(group("Sales", "ann"), now=due)
    assert pushes.members("Sales") == {"ann", "eve"}
    after = pushes.plan(group("Sales", "ann"), now=due + timedelta(days=1))
    assert (after.is_empty, codes(after)) == (True, ["members_of_others"])


def test_who_is_back_before_that_day_was_never_taken_out():
    """A rehire in the middle of the steps costs no write."""
    pushes = Pushes()
    pushes.pushed(group("Sales", "ann", "bob"))
    pushes.left, pushes.departure = {"bob"}, Departure(NOW, steps=LeaverSteps(groups=3))
    pushes.pushed(group("Sales", "ann"), now=NOW + timedelta(days=1))
    pushes.left = set()
    assert pushes.plan(group("Sales", "ann", "bob"), now=NOW + timedelta(days=9)).is_empty
    assert pushes.members("Sales") == {"ann", "bob"}


def test_whom_an_administrator_added_stays():
    """Also when the group is emptied at the source."""
    pushes = Pushes()
    pushes.pushed(group("Sales", "ann"))
    pushes.add_by_hand("Sales", "eve")
    assert codes(pushes.plan(group("Sales", "ann"))) == ["members_of_others"]
    pushes.pushed(group("Sales"))
    assert pushes.members("Sales") == {"eve"}


def test_whom_an_administrator_took_out_is_not_added_again_without_a_word():
    """The plan says it; scope='all' adds them."""
    pushes = Pushes()
    pushes.pushed(group("Sales", "ann", "bob"))
    pushes.take_by_hand("Sales", "bob")
    plan = pushes.plan(group("Sales", "ann", "bob"))
    assert (codes(plan), plan.is_empty) == (["member_removed_elsewhere"], True)
    assert pushes.pushed(group("Sales", "ann", "bob"), scope="all").ok
    assert pushes.members("Sales") == {"ann", "bob"}


def test_whom_an_administrator_adds_after_the_source_gave_them_up_is_theirs():
    """We added them once, and took them out, or somebody did: whoever adds them now answers for them."""
    pushes = Pushes()
    pushes.pushed(group("Sales", "ann", "bob"))
    pushes.take_by_hand("Sales", "bob")
    pushes.pushed(group("Sales", "ann"))
    pushes.add_by_hand("Sales", "bob")
    plan = pushes.plan(group("Sales", "ann"))
    assert (removed(plan), codes(plan)) == ([], ["members_of_others"])


def test_who_was_there_before_and_should_be_is_taken_out_when_they_should_not():
    """What the source wants counts as given from here, whoever had added them."""
    pushes = Pushes()
    pushes.pushed(group("Sales", "ann"))
    pushes.add_by_hand("Sales", "bob")
    pushes.pushed(group("Sales", "ann", "bob"))
    assert removed(pushes.plan(group("Sales", "ann"))) == ["bob"]


def test_people_without_an_account_are_counted():
    """They are added once they have one."""
    pushes = Pushes()
    plan = pushes.plan(group("Sales", "ann", "nobody"))
    assert codes(plan) == ["members_without_account"]


def test_an_edited_name_is_left_alone_and_said():
    """Until the source changes it, or everything is to be sent again."""
    pushes = Pushes()
    pushes.pushed(group("Sales", "ann", id="00g1"))
    pushes.edit("PATCH", "Sales", body=b'{"displayName": "Sellers"}')
    plan = pushes.plan(group("Sales", "ann", id="00g1"))
    assert (codes(plan), plan.is_empty) == (["edited_elsewhere"], True)
    assert kinds(pushes.plan(group("Sales", "ann", id="00g1"), scope="all")) == ["update_group"]
    assert kinds(pushes.plan(group("Traders", "ann", id="00g1"))) == ["update_group"]


def test_a_group_that_loses_everybody_is_a_hazard():
    """A fault at the source must not empty a group unasked, however small it is."""
    pushes = Pushes()
    pushes.pushed(group("Sales", "ann", "bob"))
    plan = pushes.plan(group("Sales"))
    assert plan.hazards == ("members taken out of Sales: 2 of 2",)
    with pytest.raises(PlanRefusedError):
        pushes.apply(plan)


def test_a_plan_whose_hazards_were_edited_away_is_refused():
    """They are counted again from its changes."""
    pushes = Pushes()
    pushes.pushed(group("Sales", "ann", "bob"))
    plan = pushes.plan(group("Sales"))
    edited = GroupPlan(plan.app_groups, plan.made_at, plan.changes)
    with pytest.raises(PlanRefusedError, match="members taken out of Sales"):
        pushes.apply(edited)


@pytest.mark.parametrize(("share", "asked"), [(0.2, True), (0.5, False)])
def test_the_share_of_members_is_a_setting(share, asked):
    """From five members on."""
    pushes = Pushes(safeguard=GroupSafeguard(member_share=share))
    pushes.pushed(group("Sales", *pushes.ids))
    assert bool(pushes.plan(group("Sales", "ann", "bob", "cy")).hazards) is asked


def test_a_little_from_each_group_adds_up():
    """No group loses more than its share, and all of them together do."""
    pushes = Pushes(tuple(f"p{number}" for number in range(5)), safeguard=GroupSafeguard(member_share=0.1))
    groups = [group(name, *pushes.ids) for name in ("East", "West")]
    pushes.pushed(*groups)
    fewer = [group(name, "p1", "p2", "p3", "p4") for name in ("East", "West")]
    assert pushes.plan(*fewer).hazards[-1] == "members taken out of all groups: 2 of 10"


def test_a_group_that_is_not_pushed_any_more_stays_with_its_members():
    """It is forgotten, as in Okta."""
    pushes = Pushes()
    pushes.pushed(group("Sales", "ann"))
    assert kinds(pushes.plan()) == ["unlink_group"]
    pushes.pushed()
    assert (pushes.members("Sales"), len(pushes.remembered())) == ({"ann"}, 0)


def test_groups_are_deleted_only_if_they_were_created_from_here_and_that_is_confirmed():
    """A linked one is only unlinked, whatever the setting is."""
    pushes = Pushes(delete_groups=True)
    object_id = pushes.fake.add_group("Old")["id"]
    pushes.pushed(group("Sales", "ann"), group("Old", "ann", linked_to=object_id))
    plan = pushes.plan()
    assert sorted(kinds(plan)) == ["delete_group", "unlink_group"]
    assert plan.hazards == ("groups deleted: 1 of 2: Sales (1 member)",)
    pushes.apply(plan, confirm=plan.fingerprint)
    assert [each["displayName"] for each in pushes.fake.groups] == ["Old"]
