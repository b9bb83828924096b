"""What a plan of groups and its report look like, and that they are saved whole."""

from pushes import NAMES, Pushes, group

from o365prov.group_push import AppGroups, GroupPlan, GroupReport, PushedGroup
from o365prov.people import Group


def eventful():
    """A tenant in which a plan has changes of many kinds, and the groups of the plan."""
    pushes = Pushes((*NAMES, "gus"))
    first = {*NAMES} - {"eve"}
    pushes.pushed(group("Sales", *first, id="00g1", description="Who sells"), group("Old", "ann", id="00g2"))
    pushes.add_by_hand("Sales", "eve")
    groups = [
        group("Traders", "ann", "fay", "gus", id="00g1"),
        group("Staff", "ann", id="00g3"),
        group("x" * 300, id="00g4"),
    ]
    return pushes, groups


def test_a_plan_reads_as_what_it_does():
    """Hazards first, then what changes in which group and why, then what is wrong."""
    pushes, groups = eventful()
    lines = pushes.plan(*groups).to_text().splitlines()
    assert lines[0].partition(": ")[2] == (
        "1 group to create, 1 group to change, 1 group to unlink, 2 members to add, 3 members to take out (7 writes), "
        "1 group stopped"
    )
    assert lines[1].startswith("! members taken out of Traders: 3 of 5: review the plan, then apply it with confirm='")
    assert lines[2:5] == [
        (
            "- Traders: displayName: Sales → Traders, description: Who sells → cleared; add 1 member: "
            "gus@yourfederated.domain; take out 3 members: bob@yourfederated.domain, cy@yourfederated.domain, "
            "dee@yourfederated.domain  (changed at the source; in the group at the source; not in the group at the "
            "source any more)"
        ),
        (
            "+ Staff: create the security group; add 1 member: ann@yourfederated.domain  (no group of the tenant is "
            "this one; in the group at the source)"
        ),
        "= Old: unlink; the group and its members stay in Office 365  (not pushed any more)",
    ]
    assert lines[5].startswith("? xxx")
    assert "has 1 member whom nobody is known to have added from here, and who stay: eve@" in lines[6]


def test_every_form_is_of_the_same_document():
    """Rich tables, pages and Markdown name every group; data frames have a row a change."""
    pushes, groups = eventful()
    plan = pushes.plan(*groups)
    for form in (plan.to_html(), plan.to_markdown(), plan.to_text()):
        assert all(name in form for name in ("Traders", "Staff", "Old"))
    assert [row["kind"] for row in plan.to_dicts()] == [each.kind for each in plan]


def test_a_plan_and_its_report_are_saved_whole(tmp_path):
    """What is loaded equals what was saved, and a plan that was loaded is applied like any other."""
    pushes, groups = eventful()
    plan = pushes.plan(*groups)
    plan.save(tmp_path / "plan.json")
    loaded = GroupPlan.load(tmp_path / "plan.json")
    assert loaded == plan
    report = pushes.apply(loaded, confirm=plan.fingerprint)
    assert GroupReport.from_json(report.to_json()) == report
    assert AppGroups.from_json(pushes.remembered().to_json()) == pushes.remembered()


def test_a_report_says_what_was_done_and_what_was_not():
    """In counts, in words, and as rows."""
    pushes, groups = eventful()
    report = pushes.pushed(*groups)
    assert report.ok
    assert report.to_text().splitlines()[0].startswith("8 changes done, 0 failed, 0 skipped (plan of groups ")
    assert {row["result"] for row in report.to_dicts()} == {"done"}


def test_a_group_of_okta_brings_its_description():
    """And the ids of its people."""
    made = PushedGroup.of(Group("00g1", "Sales", profile={"description": "Who sells"}, members=["00u1"]))
    assert (made.description, made.members) == ("Who sells", {"00u1"})


def test_ids_that_differ_in_case_alone_have_different_unique_names():
    """Okta tells 00gA from 00ga, and Graph does not."""
    names = {PushedGroup(each, "Sales").unique_name.lower() for each in ("00gA", "00ga")}
    assert len(names) == 2
