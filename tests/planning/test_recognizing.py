"""Who is as at the last success is not evaluated again, and the plan is the same as if they were."""

from datetime import timedelta
from uuid import UUID

import pytest
from attrs import evolve
from effects import effects
from hypothesis import given
from hypothesis import strategies as st
from organisation import NOW, assigned, from_directory, plan_in_full, remembered, somebody, tenant, user_sync_app

from o365prov.expressions import Expression, Limits, Semantics
from o365prov.people import AppUserStatus, Group
from o365prov.planning import AssignedPeople, PlanRequest
from o365prov.profiles import ATTRIBUTES, AttributeMapping, ProfileMapping, UsernameFormat
from o365prov.provisioning import Evaluation, ProfileSync, UserSync

APP = user_sync_app()
BOSS = from_directory(somebody("Bo Ross"))
ANN = from_directory(somebody("Ann Lee", title="Engineer"), manager=BOSS)
EVERYONE = (assigned(BOSS, "SPE_E3"), assigned(ANN, "SPE_E3"), assigned(somebody("Cy Young")))
SNAPSHOT, MEMORY = effects(APP.plan(EVERYONE, tenant(), remembered(), now=NOW - timedelta(days=1)), tenant())


def evaluated(people, *, app=APP, snapshot=SNAPSHOT, app_users=MEMORY):
    """The ids of the people who are evaluated for a plan."""
    ids = []
    people = app._people(people, "changed", PlanRequest())

    def evaluate(assignment, now):
        ids.append(assignment.person.id)
        return people.evaluate(assignment, now)

    AssignedPeople(people.assignments, evaluate, people.source, people.rules, people.request).plan(
        snapshot, app_users, NOW
    )
    return ids


def source(assignment, app=APP):
    """What the person is evaluated from, as a hash."""
    return Evaluation(app.provisioning, app.username, app.mapping, app.domains).source(assignment)


def with_profile(assignment, **profile):
    """The same assignment, with other values in the person's profile."""
    return evolve(assignment, person=evolve(assignment.person, profile={**assignment.person.profile, **profile}))


def with_account(assignment, **fields):
    """The same assignment, with another account in Active Directory."""
    [account] = assignment.person.directory_accounts
    return evolve(assignment, person=evolve(assignment.person, directory_accounts=[evolve(account, **fields)]))


def test_nobody_is_evaluated_where_nothing_changed():
    """Recognizing people takes a fraction of the time of evaluating them."""
    assert evaluated(EVERYONE) == []


def test_who_changed_is_evaluated_alone():
    """The others are as before."""
    boss, ann, cy = EVERYONE
    assert evaluated([boss, with_profile(ann, title="Director"), cy]) == [ann.person.id]


def test_what_no_expression_reads_does_not_count():
    """An instant of the last login changes every day, and nothing is made of it."""
    boss, ann, cy = EVERYONE
    changed = with_account(with_profile(ann, lastLogin="today"), attributes={**_attributes(ann), "logonCount": 7})
    assert evaluated([boss, changed, cy]) == []


def _attributes(assignment):
    return assignment.person.directory_accounts[0].attributes


ANNS = EVERYONE[1]


@pytest.mark.parametrize(
    "changed",
    [
        with_profile(ANNS, title="Director"),
        with_profile(ANNS, title=None),
        with_profile(ANNS, email="ann.lee@other.example"),
        with_account(ANNS, attributes={"managerDn": "CN=Other"}),
        with_account(ANNS, distinguished_name="CN=Other"),
        with_account(ANNS, object_guid=UUID(int=1)),
        with_account(ANNS, instance="other.example"),
        evolve(ANNS, person=evolve(ANNS.person, directory_accounts=[])),
        evolve(ANNS, person=evolve(ANNS.person, source="WORKDAY")),
        evolve(ANNS, person=evolve(ANNS.person, status="LOCKED_OUT")),
        evolve(ANNS, person=evolve(ANNS.person, id="00uOther")),
        evolve(ANNS, username="other@yourfederated.domain"),
    ],
)
def test_another_value_is_another_source(changed):
    """Whatever of a person is read counts, and values of another type too."""
    assert source(changed) != source(ANNS)


def test_a_number_is_not_its_digits():
    """Java's language tells 1 and "1" and true apart, and so does the source."""
    assert len({source(with_profile(ANNS, title=each)) for each in (1, "1", True, 1.0, ["1"])}) == 5


@pytest.mark.parametrize(
    "app",
    [
        user_sync_app(update_attributes=False),
        evolve(APP, domains=(*APP.domains, "corp.example")),
        evolve(APP, username=UsernameFormat.email()),
        evolve(APP, mapping=APP.mapping.with_expression("title", "source.title + ''")),
        evolve(APP, mapping=APP.mapping.applied_on("create", "title")),
        evolve(APP, mapping=APP.mapping.without("title")),
        evolve(APP, provisioning=ProfileSync(), mapping=ProfileSync().default_mapping()),
    ],
)
def test_another_setting_is_another_source(app):
    """After a change of the settings everybody is evaluated."""
    assert source(ANNS, app) != source(ANNS)


@pytest.mark.parametrize("expression", ["Time.now()", 'source.a == null ? Time.now("EST") : "b"'])
def test_who_is_evaluated_by_the_clock_has_no_source(expression):
    """Another day gives another value, though nothing changed at the source."""
    assert source(ANNS, evolve(APP, mapping=APP.mapping.with_expression("title", expression))) == ""


def evaluation(username="user.email", app=APP, **rows):
    """How people are evaluated by these expressions alone."""
    expressions = {name: Expression(each) if isinstance(each, str) else each for name, each in rows.items()}
    mapping = ProfileMapping({name: AttributeMapping(ATTRIBUTES[name], each) for name, each in expressions.items()})
    return Evaluation(app.provisioning, UsernameFormat.custom(username), mapping, app.domains)


def test_an_expression_counts_for_the_attribute_that_it_is_mapped_to():
    """The same expression under another name is another setting."""
    assert evaluation(title="source.a").source(ANNS) != evaluation(department="source.a").source(ANNS)


def test_how_an_expression_is_read_is_part_of_it():
    """Its text may be the same, and its value another."""
    title = "source.a"
    others = (Expression(title, semantics=Semantics(null_text="empty")), Expression(title, limits=Limits(nesting=9)))
    sources = {evaluation(title=each).source(ANNS) for each in (title, *others)}
    assert len(sources) == 3


def test_the_order_of_the_domains_does_not_count():
    """They are a set."""
    app = evolve(APP, domains=("corp.example", *APP.domains))
    assert source(ANNS, app) == source(ANNS, evolve(app, domains=app.domains[::-1]))


def test_what_the_username_reads_counts_too():
    """And what the display name is made of, whether an expression reads that or not."""
    by_nick = evaluation("source.nick", title="source.a")
    assert by_nick.attributes == ("a", "displayName", "firstName", "lastName", "nick")
    for name in ("nick", "displayName"):
        assert by_nick.source(with_profile(ANNS, **{name: "x"})) != by_nick.source(ANNS)


def test_what_somebody_should_be_knows_what_it_was_evaluated_from():
    """Which the memory keeps with the profile that is sent."""
    found = evaluation(title="source.a")
    assert found.evaluate(ANNS, NOW).source == found.source(ANNS) != ""


def test_the_clock_is_the_plans():
    """Whoever is evaluated by it gets what it says at that moment."""
    desired = evaluation(title='Time.now("UTC", "yyyy")').evaluate(ANNS, NOW)
    assert desired.profile.get("title") == "2026"


@pytest.mark.parametrize(
    "fields", [{"id": "00g2"}, {"name": "Buying"}, {"type": "BUILT_IN"}, {"source_id": "0oa"}, {"profile": {"x": "y"}}]
)
def test_everything_of_a_group_counts_where_an_expression_reads_groups(fields):
    """Nothing that no expression reads counts beside them."""
    group = Group("00g1", "Sales")
    app = evolve(APP, mapping=APP.mapping.with_expression("title", 'isMemberOfGroupName("Sales") ? "a" : "b"'))
    before = evolve(ANNS, groups=[group])
    assert source(evolve(ANNS, groups=[evolve(group, **fields)]), app) != source(before, app)
    assert source(with_profile(before, lastLogin="today"), app) == source(before, app)


def test_groups_count_where_an_expression_reads_them():
    """Being in one more group is a change only for who asks for groups."""
    joined = evolve(ANNS, groups=[Group("00g1", "Sales")])
    app = evolve(APP, mapping=APP.mapping.with_expression("title", 'isMemberOfGroupName("Sales") ? "a" : "b"'))
    assert source(joined) == source(ANNS)
    assert source(joined, app) != source(ANNS, app)


def test_an_expression_that_may_read_anything_reads_everything():
    """An attribute whose name is computed may be any."""
    app = evolve(APP, mapping=APP.mapping.with_expression("title", "source[source.city]"))
    assert source(with_profile(ANNS, other="x"), app) != source(ANNS, app)
    assert source(evolve(ANNS, groups=[Group("00g1", "Sales")]), app) != source(ANNS, app)


def test_a_memory_of_before_is_evaluated():
    """It has the hash of the profile alone; the plan is empty all the same."""
    before = MEMORY.with_users([evolve(each, fingerprint=each.fingerprint.partition(".")[0]) for each in MEMORY])
    assert sorted(evaluated(EVERYONE, app_users=before)) == sorted(each.person.id for each in EVERYONE)
    assert APP.plan(EVERYONE, SNAPSHOT, before, now=NOW).is_empty


CHANGES = st.sampled_from(
    [
        lambda each: each,
        lambda each: with_profile(each, title="Director"),
        lambda each: with_profile(each, email=""),
        lambda each: with_profile(each, email="bo.ross@corp.example"),
        lambda each: with_profile(each, countryCode="Neverland"),
        lambda each: assigned(each.person, "SPE_F1"),
        lambda each: assigned(each.person),
        lambda each: evolve(each, person=evolve(each.person, status="SUSPENDED")),
        lambda each: evolve(each, person=evolve(each.person, password_changed=NOW)),
        lambda each: evolve(each, person=evolve(each.person, directory_accounts=[])),
        lambda each: evolve(each, starts=NOW + timedelta(days=1)),
    ]
)
EDITS = st.sampled_from(
    [
        lambda user: user,
        lambda user: evolve(user, properties={**user.properties, "accountEnabled": False}),
        lambda user: evolve(user, properties={**user.properties, "userPrincipalName": "x@yourfederated.domain"}),
        lambda user: evolve(user, properties={**user.properties, "onPremisesImmutableId": None}),
        lambda user: evolve(user, licenses=()),
        lambda user: evolve(user, manager_id=None),
        lambda user: evolve(user, id="00000000-0000-4000-8000-000000000000"),
    ]
)
MEMORIES = st.sampled_from(
    [
        lambda known: known,
        lambda known: evolve(known, unfinished=True),
        lambda known: evolve(known, manager_reference="", manager_id=None),
        lambda known: evolve(known, manager_reference="other"),
        lambda known: evolve(known, licenses=()),
        lambda known: evolve(known, status=AppUserStatus.ENABLING),
        lambda known: evolve(known, fingerprint=""),
    ]
)
SETTINGS = st.sampled_from(
    [
        APP,
        APP,
        user_sync_app(user_attributes_only=True),
        user_sync_app(update_attributes=False),
        evolve(APP, mapping=APP.mapping.with_expression("title", "'x'")),
    ]
)


@given(
    SETTINGS,
    st.lists(CHANGES, min_size=3, max_size=3),
    st.lists(EDITS, min_size=3, max_size=3),
    st.lists(MEMORIES, min_size=3, max_size=3),
)
def test_the_plan_is_that_of_evaluating_everybody(app, changes, edits, memories):
    """Whatever changed at the source, in Office 365, in the memory and in the settings since the last success."""
    people = [change(each) for change, each in zip(changes, EVERYONE, strict=True)]
    snapshot = evolve(SNAPSHOT, users=[edit(each) for edit, each in zip(edits, SNAPSHOT.users, strict=True)])
    memory = MEMORY.with_users([change(each) for change, each in zip(memories, MEMORY, strict=True)])
    plan, whole = (
        app.plan(people, snapshot, memory, now=NOW),
        plan_in_full(app, people, snapshot, memory, now=NOW),
    )
    assert plan.changes == whole.changes
    assert plan.problems == whole.problems
    assert (plan.unsupported, plan.hazards, plan.explanations) == (whole.unsupported, whole.hazards, whole.explanations)


def test_settings_of_the_type_are_part_of_the_source():
    """Even those that the mapping does not show."""
    assert source(ANNS, evolve(APP, provisioning=UserSync(deactivate_users=False))) != source(ANNS)
