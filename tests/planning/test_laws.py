"""What holds of every plan, for any organisation, memory and tenant."""

from collections import Counter
from datetime import timedelta
from functools import cache

from attrs import evolve
from effects import effects
from hypothesis import given, settings
from hypothesis import strategies as st
from organisation import (
    DIRECTORY_READERS,
    DOMAIN,
    E3,
    F1,
    NOW,
    READER,
    account,
    from_directory,
    remembered,
    somebody,
    tenant,
    user_sync_app,
)

from o365prov import (
    Assignment,
    Deprovisioning,
    LeaverSteps,
    LicenseGrant,
    LicenseOnly,
    ProfileSync,
    UniversalSync,
    UserSync,
)
from o365prov.people import AfterBlock, Grants
from o365prov.planning import AssignLicenses, GrantRole, RemoveLicenses, RemoveRole

TWICE = settings(max_examples=2 * settings.default.max_examples)
NAMES = ["Ann Lee", "Bo Ross", "Cy Young", "Di Ng", "Ed Poe"]
YESTERDAY = NOW - timedelta(days=1)
ROOMY = (evolve(E3, seats=1_000), evolve(F1, seats=1_000))
SKUS = st.sampled_from(["SPE_E3", E3.id, "SPE_F1", "UNKNOWN", LicenseGrant("SPE_E3", ["TEAMS"])])
OPTIONS = [
    Deprovisioning.block_sign_in(),
    Deprovisioning.block_and_remove_licenses(),
    Deprovisioning.block_and_remove_licenses(grace_days=1),
    Deprovisioning.block_remove_licenses_and_delete(),
    Deprovisioning.block_remove_licenses_and_delete(grace_days=7),
    Deprovisioning.block_remove_licenses_and_delete(grace_days=7, steps=LeaverSteps(groups=2, mailbox=0, licenses=1)),
]


@st.composite
def people(draw):
    """Some of five people as they are on one day, some of them assigned, some with the address of another."""
    found = []
    for name in draw(st.lists(st.sampled_from(NAMES), unique=True)):
        local = draw(st.sampled_from([name.lower().replace(" ", ".")] * 4 + ["ann.lee", "no-address", ""]))
        person = somebody(
            name,
            status=draw(st.sampled_from(["ACTIVE"] * 5 + ["SUSPENDED", "DEPROVISIONED", "PASSWORD_EXPIRED"])),
            email=f"{local}@corp.example" if local != "no-address" else local,
            title=draw(st.sampled_from(["Engineer", "Head", "", None])),
            countryCode=draw(st.sampled_from(["US", "IE", "UK", None])),
            firstName=draw(st.sampled_from([name.split()[0]] * 5 + [None])),
        )
        password = draw(st.sampled_from([None, NOW - timedelta(hours=1), NOW - timedelta(days=9), NOW + timedelta(1)]))
        if draw(st.booleans()):
            manager = draw(st.sampled_from([None, *map(somebody, NAMES)]))
            person = from_directory(person, manager=manager, password_last_set=password)
        else:
            person = evolve(person, password_changed=password)
        grants = draw(st.lists(SKUS, max_size=2))
        roles = draw(st.sampled_from([(), (), ("Directory Readers",), ("Global Reader",), ("Nonesuch",)]))
        licenses = [each if isinstance(each, LicenseGrant) else LicenseGrant(each) for each in grants]
        found.append(Assignment(person, Grants(licenses, roles)))
    return found


@st.composite
def apps(draw):
    """An app of any type, with any settings."""
    off = {"update_attributes": draw(st.booleans()), "deactivate_users": draw(st.booleans())}
    if draw(st.booleans()):
        off = {}
    kind = draw(st.sampled_from([LicenseOnly, ProfileSync, UserSync, UserSync, UniversalSync]))
    instances = {"ad_instances": ("corp.example",)} if kind is UniversalSync else {}
    app = app_of(kind(**off, **instances, deprovisioning=draw(st.sampled_from(OPTIONS))))
    return evolve(
        app,
        grantable_roles=draw(st.sampled_from([(), ("Global Reader",)])),
        restore_deleted_users=draw(st.booleans()),
    )


@cache
def app_of(provisioning):
    """The app with this type, which parses and compiles its mapping once."""
    return user_sync_app().with_provisioning(provisioning).remap()


@st.composite
def strangers(draw):
    """Accounts that were there before us; some have the name that a person should get, some are privileged."""
    names = draw(st.lists(st.sampled_from(["ann.lee", "bo.ross", "guest"]), unique=True))
    users = [account(f"{name}@{DOMAIN}", displayName=name, jobTitle="Stranger") for name in names]
    holding = [(user, draw(st.sampled_from([READER, DIRECTORY_READERS]))) for user in users if draw(st.booleans())]
    synced = [evolve(user, properties={**user.properties, "onPremisesSyncEnabled": True}) for user in users]
    return tenant(*draw(st.sampled_from([users, users, synced])), skus=ROOMY, holding=tuple(holding))


@st.composite
def edits(draw, snapshot):
    """The tenant after its own administrators were at it overnight: accounts edited, blocked and gone."""
    users = []
    for user in snapshot.users:
        match draw(st.sampled_from(["leave"] * 5 + ["edit", "block", "purge", "strip"])):
            case "edit":
                users.append(evolve(user, properties={**user.properties, "jobTitle": "Edited"}))
            case "block":
                users.append(evolve(user, properties={**user.properties, "accountEnabled": False}))
            case "strip":
                users.append(evolve(user, licenses=(), manager_id=None))
            case "leave":
                users.append(user)
    ids = {user.id for user in users}
    held = [each for each in snapshot.role_assignments if each.principal_id in ids]
    return evolve(snapshot, users=users, role_assignments=held)


@st.composite
def mornings(draw):
    """An app, who is assigned now, and the tenant and memory that yesterday's plan and the night have left."""
    app, snapshot = draw(apps()), draw(strangers())
    memory = remembered()
    if draw(st.booleans()):
        maker = draw(st.sampled_from([app, user_sync_app()]))
        yesterday = maker.plan(draw(people()), snapshot, remembered(), now=YESTERDAY)
        snapshot, memory = effects(yesterday, snapshot)
        snapshot = draw(edits(snapshot))
    return app, draw(people()), snapshot, memory


@TWICE
@given(mornings(), st.sampled_from(["changed", "all"]))
def test_a_plan_that_was_carried_out_leaves_nothing_to_do(morning, scope):
    """Only who waited for a name that the first plan freed has their turn in a later one, until all is at rest."""
    app, assigned, snapshot, memory = morning
    plan = app.plan(assigned, snapshot, memory, now=NOW, scope=scope)
    waiting = any(problem.stops for problem in plan.problems)
    for _ in range(len(NAMES) if waiting else 1):
        snapshot, memory = effects(plan, snapshot)
        plan = app.plan(assigned, snapshot, memory, now=NOW, scope=scope)
    assert [*plan] == []


@TWICE
@given(mornings())
def test_a_plan_names_no_one_twice_for_one_thing(morning):
    """Kind, person and role are unique among the changes; code, attribute and message among a person's problems."""
    app, assigned, snapshot, memory = morning
    plan = app.plan(assigned, snapshot, memory, now=NOW)
    changes = Counter((each.kind, each.subject.person_id, getattr(each, "role_id", None)) for each in plan)
    problems = Counter((each.subject.person_id, each.code, each.attribute, each.message) for each in plan.problems)
    assert [each for each, times in (changes + problems).items() if times > 1] == []


@TWICE
@given(mornings(), st.randoms(use_true_random=False))
def test_a_plan_does_not_depend_on_the_order_of_anything(morning, random):
    """People, accounts and memory in any order give the same plan, to the fingerprint."""
    app, assigned, snapshot, memory = morning
    plan = app.plan(assigned, snapshot, memory, now=NOW)
    shuffled = app.plan(
        random.sample(assigned, len(assigned)),
        evolve(
            snapshot,
            users=random.sample(snapshot.users, len(snapshot.users)),
            role_assignments=random.sample(snapshot.role_assignments, len(snapshot.role_assignments)),
        ),
        evolve(memory, users=random.sample([*memory], len(memory))),
        now=NOW,
    )
    assert (shuffled.changes, shuffled.problems, shuffled.fingerprint) == (
        plan.changes,
        plan.problems,
        plan.fingerprint,
    )


@TWICE
@given(mornings(), st.sampled_from([ProfileSync, UserSync, UniversalSync]))
def test_user_attributes_only_never_touches_a_licence_or_role(morning, kind):
    """Whoever is assigned, has left or comes back, and whatever was granted before the setting was switched on."""
    app, assigned, snapshot, memory = morning
    option = app.provisioning.deprovisioning
    if option.then is AfterBlock.REMOVE_LICENSES or option.steps.licenses is not None:  # refused with this setting
        option = Deprovisioning.block_sign_in()
    only = app_of(kind(user_attributes_only=True, deprovisioning=option))
    app = evolve(only, grantable_roles=app.grantable_roles, restore_deleted_users=app.restore_deleted_users)
    plan = app.plan(assigned, snapshot, memory, now=NOW)
    assert not [each for each in plan if isinstance(each, AssignLicenses | RemoveLicenses | GrantRole | RemoveRole)]


@TWICE
@given(mornings())
def test_no_one_without_assignment_and_memory_is_touched(morning):
    """Every change is about a person assigned or remembered; an account of neither stays as it is."""
    app, assigned, snapshot, memory = morning
    plan = app.plan(assigned, snapshot, memory, now=NOW)
    known = {each.person.id for each in assigned} | {user.person_id for user in memory}
    assert {change.subject.person_id for change in plan} <= known
    after, _ = effects(plan, snapshot)
    touched = {change.object_id for change in plan}
    assert [user for user in after.users if user.id in snapshot.by_id and user.id not in touched] == [
        user for user in snapshot.users if user.id not in touched
    ]
