"""What holds of every import, for any people, tenant and memory."""

from collections import Counter

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from imports import holding, importable, planned
from organisation import somebody

from o365prov.importing import GroupOutcome, ImportObstacle, ImportPlan, UserOutcome
from o365prov.planning import GroupKind, TenantGroup

NAMES = ["Ann Lee", "Bo Ross", "Cy Orr"]
PEOPLE = [evolve(somebody(name), id=f"00u{number}") for number, name in enumerate([*NAMES, "Ann Lee"])]
LOGINS = ["ann.lee@corp.example", "bo.ross@corp.example", "other@corp.example"]


@st.composite
def tenants(draw):
    """A tenant with some of a few accounts, whose names and addresses are those of people now and then, and groups."""
    users = [
        importable(
            draw(st.sampled_from(NAMES)),
            f"user{number}@corp.example",
            mail=draw(st.sampled_from([*LOGINS, None])),
            accountEnabled=draw(st.sampled_from([True, True, False])),
            licenses=draw(st.sampled_from([("SPE_E3",), ("SPE_E3",), ()])),
        )
        for number in sorted(draw(st.sets(st.integers(0, 4))))
    ]
    ids = [each.id for each in users]
    groups = [
        TenantGroup(
            f"g{number}",
            draw(st.sampled_from(["Staff", "Sales"])),
            draw(st.sampled_from(GroupKind)),
            draw(st.sets(st.sampled_from(ids))) if ids else (),
            synced=draw(st.booleans()),
            hidden=draw(st.booleans()),
        )
        for number in sorted(draw(st.sets(st.integers(0, 2))))
    ]
    return holding(*users, groups=tuple(groups))


RULES = st.fixed_dictionaries(
    {
        "exact_match": st.sampled_from(["username", "email", "username_or_email"]),
        "okta_username": st.sampled_from(["user_principal_name", "email"]),
        "groups": st.sampled_from(["now", "later", "never"]),
        "include": st.sets(st.sampled_from(ImportObstacle)),
        **{
            name: st.booleans()
            for name in ("partial_matches", "confirm_exact", "confirm_partial", "confirm_new", "activate_new")
        },
    }
)
PEOPLE_SETS = st.lists(st.sampled_from(PEOPLE), unique_by=lambda each: each.id)


def accepted(plan):
    """The memory after an import that somebody confirmed."""
    return plan.accept(confirm=plan.fingerprint)


@given(PEOPLE_SETS, tenants(), tenants(), RULES)
def test_everybody_is_in_exactly_one_class(people, first, second, rules):
    """Every account of the tenant, every one that was imported, and each once; and so is every group."""
    memory = accepted(planned(people, first, **rules))
    plan = planned(people, second, memory, **rules)
    assert Counter(each.object_id for each in plan.users) == Counter(
        {each.id for each in second.users} | memory.by_account.keys()
    )
    assert len({each.id for each in plan.groups}) == len(plan.groups)


@given(PEOPLE_SETS, tenants(), tenants(), RULES)
def test_an_import_that_is_repeated_with_its_own_memory_proposes_nothing_new(people, first, second, rules):
    """Nobody is linked, made or unassigned, and no group comes or goes; who waits waits."""
    earlier = planned(people, second, accepted(planned(people, first, **rules)), **rules)
    memory = accepted(earlier)
    again = planned(people, second, memory, **rules)
    assert (again.is_empty, again.links, again.new_people, again.hazards) == (True, {}, (), ())
    assert accepted(again) == memory
    assert {each.outcome for each in again.groups} <= {GroupOutcome.UNCHANGED, GroupOutcome.NOT_IMPORTED}
    assert {each.object_id for each in again.waiting} == {each.object_id for each in earlier.waiting}


@given(PEOPLE_SETS, tenants(), RULES)
def test_no_two_accounts_are_linked_with_one_person(people, tenant, rules):
    """However matches are confirmed."""
    linked = [each.person_id for each in planned(people, tenant, **rules).users if each.confirmed]
    assert len(set(linked)) == len(linked)


@given(PEOPLE_SETS, tenants(), RULES)
def test_nothing_is_confirmed_that_is_not_allowed(people, tenant, rules):
    """An import without automatic confirmation links nobody, and what is not importable is never linked."""
    by_hand = planned(
        people, tenant, **{**rules, "confirm_exact": False, "confirm_partial": False, "confirm_new": False}
    )
    assert by_hand.links == {}
    for each in planned(people, tenant, **rules).users:
        assert each.outcome is not UserOutcome.NOT_IMPORTED or not each.confirmed
        assert (each.outcome is UserOutcome.NOT_IMPORTED) is not (set(each.obstacles) <= set(rules["include"]))


@given(PEOPLE_SETS, tenants(), RULES, st.randoms())
def test_the_order_of_people_and_accounts_does_not_matter(people, tenant, rules, random):
    """The same import has the same fingerprint, and is the same value."""
    users, groups = list(tenant.users), list(tenant.groups or ())
    for each in (users, groups):
        random.shuffle(each)
    shuffled = holding(*users, groups=tuple(groups))
    plan, other = planned(people, tenant, **rules), planned(people[::-1], shuffled, **rules)
    assert (plan, plan.fingerprint) == (other, other.fingerprint)


@given(PEOPLE_SETS, tenants(), RULES)
def test_an_import_reads_back_as_it_was_written(people, tenant, rules):
    """So does its memory."""
    plan = planned(people, tenant, **rules)
    memory = accepted(plan)
    assert ImportPlan.from_json(plan.to_json()) == plan
    assert type(memory).from_json(memory.to_json()) == memory
