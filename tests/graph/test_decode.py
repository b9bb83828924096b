"""Graph's JSON as values."""

from datetime import UTC, datetime

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from o365prov.errors import TenantError
from o365prov.graph.client.messages import Response
from o365prov.graph.read import decode
from o365prov.planning.tenant.snapshot import FailedLicense, HeldLicense, RoleAssignment, TenantUser


def test_properties_keep_graphs_names():
    """What was asked for is there under Graph's own names, without annotations and without what has its own field."""
    user = decode.user({"id": "1", "@odata.type": "#x", "jobTitle": None, "manager": {"id": "2"}, "city": "Oslo"})
    assert dict(user.properties) == {"jobTitle": None, "city": "Oslo"}


def test_parts_of_complex_properties_have_dotted_names():
    """They are compared and changed one by one; a complex property that is null has no parts."""
    user = decode.user(
        {"id": "1", "employeeOrgData": {"division": "North", "costCenter": None}, "passwordProfile": None}
    )
    assert dict(user.properties) == {
        "employeeOrgData.division": "North",
        "employeeOrgData.costCenter": None,
        "passwordProfile": None,
    }


def test_inherited_licences_differ_from_direct_ones():
    """A state names in assignedByGroup the group that a licence comes through; only direct ones can be taken away."""
    states = [
        {"skuId": "a", "disabledPlans": ["p"], "assignedByGroup": None, "state": "Active"},
        {"skuId": "b", "disabledPlans": [], "assignedByGroup": "g", "state": "Active"},
    ]
    user = decode.user({"id": "1", "licenseAssignmentStates": states, "assignedLicenses": [{"skuId": "c"}]})
    assert user.licenses == (HeldLicense("a", frozenset({"p"})), HeldLicense("b", frozenset(), "g"))


def test_a_licence_that_a_group_failed_to_give_is_not_held():
    """A group out of seats leaves state Error behind."""
    states = [{"skuId": "a", "assignedByGroup": "g", "state": "Error", "error": "CountViolation"}]
    assert decode.user({"id": "1", "licenseAssignmentStates": states}).licenses == ()


def test_without_states_all_licences_count_as_direct():
    """The list assignedLicenses is all there is where states were not selected."""
    user = decode.user({"id": "1", "assignedLicenses": [{"skuId": "a", "disabledPlans": ["p"]}]})
    assert user.licenses == (HeldLicense("a", frozenset({"p"})),)


def test_a_user_without_manager_has_none():
    """$expand leaves the manager out, or sends null, where there is none."""
    assert decode.user({"id": "1"}).manager_id is None
    assert decode.user({"id": "1", "manager": None}).manager_id is None


@pytest.mark.parametrize("row", [{}, {"id": None}, {"id": ""}, {"id": 5}])
def test_a_user_without_id_is_named(row):
    """Without an id nothing can be done with a user."""
    with pytest.raises(TenantError, match="without an id"):
        decode.user(row)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-31T08:00:00Z", datetime(2026, 1, 31, 8, tzinfo=UTC)),
        ("2026-01-31T08:00:00", datetime(2026, 1, 31, 8, tzinfo=UTC)),
        ("2026-01-31T08:00:00.1234567Z", datetime(2026, 1, 31, 8, 0, 0, 123456, tzinfo=UTC)),
        ("never", None),
        (None, None),
    ],
)
def test_instants_are_aware(text, moment):
    """An instant without a zone is UTC; anything else gives None."""
    assert decode.instant(text) == moment


def test_seats_in_grace_are_usable():
    """Seats of a subscription in its grace period (warning) can be assigned, suspended ones can't."""
    row = {
        "skuId": "s",
        "skuPartNumber": "SPE_E3",
        "prepaidUnits": {"enabled": 20, "warning": 5, "suspended": 7, "lockedOut": 1},
        "consumedUnits": 3,
        "servicePlans": [{"servicePlanId": "p", "servicePlanName": "EXCHANGE_S_ENTERPRISE"}],
    }
    sku = decode.sku(row)
    assert (sku.seats, sku.used, dict(sku.plans)) == (25, 3, {"EXCHANGE_S_ENTERPRISE": "p"})


@pytest.mark.parametrize(
    ("row", "assignable"),
    [
        ({"appliesTo": "User", "capabilityStatus": "Enabled"}, True),
        ({"appliesTo": "User", "capabilityStatus": "Warning"}, True),
        ({"appliesTo": "Company", "capabilityStatus": "Enabled"}, False),
        ({"appliesTo": "User", "capabilityStatus": "Suspended"}, False),
    ],
)
def test_only_living_licences_for_users_can_be_assigned(row, assignable):
    """Company SKUs and suspended subscriptions can't be given to anybody."""
    assert decode.sku({"skuId": "s", **row}).assignable is assignable


def test_roles_for_a_part_of_the_tenant_are_not_counted():
    """A role that is scoped to an administrative unit is not what we grant or take away."""
    row = {"id": "a", "roleDefinitionId": "r", "principalId": "u", "directoryScopeId": "/"}
    assert decode.role_assignment(row) == RoleAssignment("a", "r", "u")
    assert decode.role_assignment({**row, "directoryScopeId": "/administrativeUnits/1"}) is None


def test_domain_names_are_in_lower_case():
    """DNS does not care about case, and neither do we."""
    domain = decode.domain({"id": "Corp.Example", "isVerified": True, "authenticationType": "Federated"})
    assert (domain.name, domain.verified, domain.federated) == ("corp.example", True, True)


@pytest.mark.parametrize("document", [None, [], {}, {"value": None}, {"value": ["x"]}, "text"])
def test_what_is_not_a_collection_is_named(document):
    """A proxy's or a stranger's JSON is not taken for an empty tenant."""
    with pytest.raises(TenantError, match="GET /users"):
        decode.rows(document, "GET /users")


def test_of_doubles_the_last_one_counts():
    """Pages may overlap when the tenant changes between them."""
    old, new = decode.user({"id": "1", "city": "Oslo"}), decode.user({"id": "1", "city": "Rome"})
    assert decode.unique([old, new]) == (new,)


@pytest.mark.parametrize(
    ("content", "found"), [(b'{"id": "1"}', "1"), (b"", None), (b"{", None), (b"[]", None), (b'{"id": 1}', None)]
)
def test_the_id_of_a_new_user_may_be_missing(content, found):
    """A cut answer to a create lacks the id; that is not an error."""
    assert decode.created_id(Response(201, {}, content)) == found


def test_what_microsoft_could_not_give_is_kept_with_its_error():
    """With ActiveWithError the licence is held as well."""
    states = [
        {"skuId": "a", "assignedByGroup": "g", "state": "Error", "error": "CountViolation"},
        {"skuId": "b", "assignedByGroup": None, "state": "ActiveWithError", "error": "DependencyViolation"},
        {"skuId": "c", "assignedByGroup": None, "state": "Active", "error": "None"},
    ]
    user = decode.user({"id": "1", "licenseAssignmentStates": states})
    assert user.failed_licenses == (
        FailedLicense("a", "CountViolation", "g"),
        FailedLicense("b", "DependencyViolation"),
    )
    assert [each.sku_id for each in user.licenses] == ["b", "c"]


@pytest.mark.parametrize(
    ("decode_row", "row"),
    [
        (decode.user, {"id": "1", "manager": {"id": ["2"]}}),
        (decode.user, {"id": "1", "licenseAssignmentStates": [{"skuId": ["e3"]}]}),
        (decode.user, {"id": "1", "licenseAssignmentStates": [{"skuId": "e3", "assignedByGroup": {}}]}),
        (decode.user, {"id": "1", "assignedLicenses": [{"skuId": "e3", "disabledPlans": [["teams"]]}]}),
        (decode.sku, {"skuId": ["e3"]}),
        (decode.sku, {"skuId": "e3", "servicePlans": [{"servicePlanName": [], "servicePlanId": "p"}]}),
        (decode.domain, {"id": {}}),
        (decode.role, {"id": "1", "displayName": []}),
        (decode.role_assignment, {"id": "1", "directoryScopeId": "/", "roleDefinitionId": [], "principalId": "u"}),
    ],
)
def test_something_else_than_a_string_is_not_an_id(decode_row, row):
    """Otherwise it would be asked for later, or compared with one."""
    with pytest.raises(TypeError, match=r"not a string"):
        decode_row(row)


JSON = st.recursive(
    st.sampled_from([None, True, 0, 1.5, "", "a", "g", "2026-05-01T08:00:00Z", "2026-05-01T08:00:00"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["id", "a", "a@b"]), inner, max_size=2),
    max_leaves=4,
)
"""What stands where another value belongs, and what belongs there."""

LICENCE_STATES = st.lists(
    st.fixed_dictionaries(
        {"skuId": st.just("e3") | JSON},
        optional={
            "state": st.sampled_from(["Active", "Error", "ActiveWithError"]) | JSON,
            "disabledPlans": st.lists(st.just("teams") | JSON, max_size=2),
            "assignedByGroup": st.none() | st.just("g") | JSON,
            "error": JSON,
        },
    )
    | JSON,
    max_size=3,
)

ROWS = st.fixed_dictionaries(
    {"id": st.just("1") | JSON},
    optional={
        "userPrincipalName": st.just("ann@corp.example") | JSON,
        "onPremisesImmutableId": st.just("anchor") | JSON,
        "signInSessionsValidFromDateTime": JSON,
        "manager": st.just({"id": "2"}) | JSON,
        "assignedLicenses": LICENCE_STATES | JSON,
        "licenseAssignmentStates": LICENCE_STATES | JSON,
        "employeeOrgData": JSON,
        "businessPhones": JSON,
        "city@odata.type": JSON,
    },
)


@given(ROWS)
def test_what_is_decoded_passes_every_check_of_a_user(row):
    """Users are made of Graph's JSON without the checks of their class: they would pass them."""
    try:
        user = decode.user(row)
    except (TenantError, KeyError, TypeError, ValueError, AttributeError):
        return
    assert TenantUser(**attrs.asdict(user, recurse=False)) == user
    assert {type(each) for each in user.licenses} <= {HeldLicense}
    assert {type(each) for each in user.failed_licenses} <= {FailedLicense}
