"""What holds of licences for any tenant, memory and assignments: nobody loses what they have by mistake."""

from datetime import timedelta
from functools import cache

from attrs import evolve
from effects import effects
from hypothesis import given, settings
from hypothesis import strategies as st
from organisation import DOMAIN, NOW, account, assigned, remembered, somebody, tenant, user_sync_app

from o365prov import AppUser, LicenseGrant
from o365prov.people import WaitingForSeat
from o365prov.planning import AssignLicenses, HeldLicense, Remember, Sku
from o365prov.planning.model.labels import describe

OFFICE = Sku("id-office", "OFFICE", {"SHAREPOINTENTERPRISE": "p-sp", "SHAREPOINTWAC": "p-wac", "TEAMS1": "p-teams"})
FRONT = Sku("id-front", "FRONT", {"TEAMS1": "p-teams", "SWAY": "p-sway"})
VOICE = Sku("id-voice", "VOICE", {"MCOMEETADV": "p-voice"})
SKUS = (OFFICE, FRONT, VOICE)
BY_NAME = {sku.part_number: sku for sku in SKUS}
TWICE = settings(max_examples=2 * settings.default.max_examples)
NAMES = ("Ann Lee", "Bo Ross", "Cy Young")
GRANTS = [
    LicenseGrant("OFFICE"),
    LicenseGrant("OFFICE", ["SHAREPOINTENTERPRISE", "TEAMS1"]),
    LicenseGrant("OFFICE", ["SHAREPOINTWAC"]),
    LicenseGrant("OFFICE", ["TEAMS1", "TYPING_ERROR"]),
    LicenseGrant("OFFICE", ["TYPING_ERROR"]),
    LicenseGrant("id-front"),
    LicenseGrant("FRONT", ["SWAY"]),
    LicenseGrant("VOICE"),
    LicenseGrant("MISTYPED"),
]


@st.composite
def held(draw):
    """Some licences, direct and by group, each with some service plans off."""
    found = []
    for sku in draw(st.lists(st.sampled_from(SKUS), unique=True)):
        for group in draw(st.sampled_from([(None,), (None,), ("group",), (None, "group")])):
            off = draw(st.sets(st.sampled_from(sorted(sku.plans.values()))))
            found.append(HeldLicense(sku.id, off, group))
    return found


@cache
def app_of(*, update_attributes, take_over):
    """The app with these settings, which parses and compiles its mapping once."""
    app = user_sync_app(deactivate_users=False, update_attributes=update_attributes)
    return evolve(app, take_over_licenses=take_over)


GRANTED = st.lists(st.sampled_from(GRANTS), max_size=3, unique=True)


@st.composite
def mornings(draw):
    """An app, the assignments, the tenant and what we remember of what we granted there."""
    users, known, people = [], [], []
    for name in NAMES:
        person = somebody(name, countryCode=draw(st.sampled_from(["US", "US", "US", "UK"])))
        if draw(st.booleans()):
            here = draw(st.sampled_from(["US", "US", None]))
            user = account(f"{name}@{DOMAIN}".lower().replace(" ", "."), usageLocation=here, licenses=draw(held()))
            users.append(user)
            if draw(st.booleans()):
                since = NOW - timedelta(days=draw(st.integers(1, 9)))
                waiting = draw(st.sampled_from([(), (), (WaitingForSeat("FRONT", since),)]))
                granted = tuple(grant for grant in draw(GRANTED) if grant.sku != "MISTYPED")
                known.append(AppUser(person.id, user.id, user.username, licenses=granted, waiting=waiting))
        if draw(st.sampled_from([True, True, True, False])):
            priority = draw(st.sampled_from([None, 0, 1]))
            people.append(evolve(assigned(person, *draw(GRANTED)), priority=priority))
    used = [each.sku_id for user in users for each in {held.sku_id: held for held in user.licenses}.values()]
    skus = [evolve(sku, used=used.count(sku.id), seats=used.count(sku.id) + draw(st.integers(0, 2))) for sku in SKUS]
    app = app_of(update_attributes=draw(st.sampled_from([True, True, False])), take_over=draw(st.booleans()))
    return app, people, tenant(*users, skus=skus), remembered(*known)


def enabled(user, *, direct_only=False):
    """The service plans that are on, as (SKU, plan)."""
    return {
        (each.sku_id, plan)
        for each in user.licenses
        if not (direct_only and each.inherited_from)
        for plan in set(next(sku for sku in SKUS if sku.id == each.sku_id).plans.values()) - each.disabled_plans
    }


def asked(grants):
    """The service plans that *grants* name, as (SKU, plan); what no one can know is None."""
    by_id = {**BY_NAME, **{sku.id: sku for sku in SKUS}}
    return {
        (sku.id, sku.plans.get(plan)) if (sku := by_id.get(grant.sku)) else None
        for grant in grants
        for plan in (grant.service_plans or (by_id[grant.sku].plans if grant.sku in by_id else ("?",)))
    }


@TWICE
@given(mornings(), st.sampled_from(["changed", "all"]))
def test_nobody_loses_what_was_granted_before_everything_granted_now_is_held(morning, scope):
    """A service plan goes only if the assignment no longer grants it, and grants nothing that is missing."""
    app, people, snapshot, memory = morning
    plan = app.plan(people, snapshot, memory, now=NOW, scope=scope)
    after, _ = effects(plan, snapshot)
    for assignment in people:
        user = memory.get(assignment.person.id)
        if user is None:
            continue
        has = enabled(after.by_id[user.object_id])
        lost = (enabled(snapshot.by_id[user.object_id]) & asked(user.licenses)) - has
        granted = asked(assignment.grants.licenses)
        assert not lost & granted
        assert not lost or granted <= has, f"{plan.to_text()}"


@TWICE
@given(mornings(), st.sampled_from(["changed", "all"]))
def test_a_plan_of_licences_leaves_nothing_to_do_or_to_remember(morning, scope):
    """Only seats that the first plan freed are given by a later one, until all is at rest."""
    app, people, snapshot, memory = morning
    plan = app.plan(people, snapshot, memory, now=NOW, scope=scope)
    for day in range(1, 2 + sum(len(user.licenses) for user in snapshot.users)):
        freed = any("this plan frees a seat" in problem.remedy for problem in plan.problems)
        snapshot, memory = effects(plan, snapshot)
        plan = app.plan(people, snapshot, memory, now=NOW + timedelta(days=day), scope=scope)
        if not freed:
            break
    assert [*plan] == []


@TWICE
@given(mornings())
def test_what_the_labels_say_is_what_changes(morning):
    """Licences and service plans with a plus are on afterwards, those with a minus are off or named as a group's."""
    app, people, snapshot, memory = morning
    plan = app.plan(people, snapshot, memory, now=NOW)
    after, _ = effects(plan, snapshot)
    users = {user.username: user for user in after.users}
    for change in plan:
        if not isinstance(change, AssignLicenses):
            continue
        before = snapshot.by_id.get(change.object_id or "", account("nobody"))
        told = told_by(describe(change).removeprefix("licences "), before)
        assert told == held_directly(users[change.subject.username]), describe(change)


def held_directly(user):
    """The names of the enabled service plans of each direct licence."""
    found = {}
    for each in user.licenses:
        if each.inherited_from is None:
            sku = next(sku for sku in SKUS if sku.id == each.sku_id)
            found[sku.part_number] = {name for name, plan in sku.plans.items() if plan not in each.disabled_plans}
    return found


def told_by(text, before):
    """What a reader of the label expects the account to hold directly afterwards."""
    holds = held_directly(before)
    inherits = {each.sku_id for each in before.licenses if each.inherited_from}
    for part in split(text):
        words = part.partition(" (")[0]
        name = words.lstrip("+-").partition(" ")[0].rstrip(":")
        every = set(BY_NAME[name].plans)
        if words.startswith("+"):
            assert name not in holds
            assert ("also through a group" in part) == (BY_NAME[name].id in inherits)
            listed = set(words.partition("[")[2].rstrip("]").split(", ")) - {""}
            off = set(words.partition(" without ")[2].split(", ")) - {""}
            holds[name] = listed or (set() if off == {"any service plan"} else every - off)
        elif words.startswith("-"):
            assert ("kept through a group" in part) == (BY_NAME[name].id in inherits)
            del holds[name]
        else:
            for switched in words.partition(": ")[2].split():
                assert (switched[1:] in holds[name]) == (switched[0] == "-")
                (holds[name].add if switched[0] == "+" else holds[name].discard)(switched[1:])
    return holds


def split(text):
    """The parts of a label: at commas that are in no brackets and not in a list of service plans that are off."""
    parts, depth = [""], 0
    for word in text.split(", "):
        starts = word.startswith(("+", "-")) or word.partition(":")[0] in BY_NAME
        if depth == 0 and starts and parts != [""]:
            parts.append(word)
        else:
            parts[-1] = f"{parts[-1]}, {word}" if parts[-1] else word
        depth = sum(parts[-1].count(each) for each in "[(") - sum(parts[-1].count(each) for each in "])")
    return parts


@TWICE
@given(mornings())
def test_who_waits_keeps_the_day_and_is_remembered_once(morning):
    """The memory has the first day without a seat, and a plan whose only news is that people wait is empty."""
    app, people, snapshot, memory = morning
    plan = app.plan(people, snapshot, memory, now=NOW)
    after, known = effects(plan, snapshot)
    for user in memory:
        kept = {each.sku: each.since for each in known.get(user.person_id).waiting}
        assert all(kept.get(each.sku, each.since) == each.since for each in user.waiting)
    again = app.plan(people, after, known, now=NOW + timedelta(days=1))
    news = [change for change in again if isinstance(change, Remember) and change.waiting]
    assert all(change.waiting != known.get(change.subject.person_id).waiting for change in news)
