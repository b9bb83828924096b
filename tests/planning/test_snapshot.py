"""What a tenant holds at one moment: how it is found, and what holds for what was not read."""

import pytest
from attrs import evolve
from organisation import DIRECTORY_READERS, DOMAIN, E3, F1, NOW, READER, account, tenant

from o365prov.planning import (
    AddressHolder,
    Domain,
    HeldLicense,
    HolderKind,
    Needs,
    RoleAssignment,
    Sku,
    TenantSnapshot,
    TenantUser,
)

ANN = account(f"Ann.Lee@{DOMAIN}", onPremisesImmutableId="ann-anchor", city="Oslo")
BO = account(f"bo.ross@{DOMAIN}")


def test_a_user_is_found_by_id_username_and_anchor():
    """The username without regard to case, the anchor exactly."""
    snapshot = tenant(ANN, BO)
    assert snapshot.by_id == {ANN.id: ANN, BO.id: BO}
    assert snapshot.by_username == {f"ann.lee@{DOMAIN}": ANN, f"bo.ross@{DOMAIN}": BO}
    assert snapshot.by_anchor == {"ann-anchor": ANN}


def test_an_address_is_an_smtp_address_in_lower_case():
    """Others than SMTP addresses are not, nor what is no text at all or empty."""
    proxies = [5, None, "SMTP:Ann.Lee@corp.example", "x500:/o=corp", "sip:ann@corp.example", "smtp:"]
    user = TenantUser("1", {"mail": None, "proxyAddresses": proxies})
    assert user.addresses == {"ann.lee@corp.example"}
    assert TenantUser("1", {"mail": "Ann@corp.example"}).addresses == {"ann@corp.example"}


def test_whoever_holds_an_address_is_found_in_one_order():
    """Users, groups and contacts, each by id; usually one at most, and a user's username counts."""
    address = "all@corp.example"
    users = [TenantUser(str(number), {"userPrincipalName": f"{number}@{DOMAIN}", "mail": address}) for number in (3, 1)]
    others = [AddressHolder(kind, "2", "All", [address]) for kind in (HolderKind.GROUP, HolderKind.CONTACT)]
    for order in (1, -1):
        snapshot = evolve(tenant(*users[::order]), addresses=others[::order])
        found = snapshot.holders_of(address.upper())
        assert [(each.kind, each.id) for each in found] == sorted((each.kind, each.id) for each in found)
        assert {each.id for each in found} == {"1", "2", "3"}
        assert len(found) == 4


def test_a_deleted_user_is_found_among_the_deleted_alone():
    """By id and by the anchor, which it keeps."""
    snapshot = tenant(deleted=(ANN, BO))
    assert snapshot.deleted_by_id == {ANN.id: ANN, BO.id: BO}
    assert snapshot.deleted_by_anchor == {"ann-anchor": ANN}
    assert (snapshot.by_id, snapshot.by_username, snapshot.by_anchor) == ({}, {}, {})


def test_a_licence_is_found_by_its_part_number_and_id():
    """People write SPE_E3, Graph its id."""
    assert tenant().sku_named == {"SPE_E3": E3, E3.id: E3, "SPE_F1": F1, F1.id: F1}


def test_a_role_is_found_by_its_name_and_id():
    """The name in lower case."""
    assert tenant().role_named == {
        "global reader": READER,
        READER.id: READER,
        "directory readers": DIRECTORY_READERS,
        DIRECTORY_READERS.id: DIRECTORY_READERS,
    }


@pytest.mark.parametrize(
    ("username", "federated"),
    [
        (f"ann@{DOMAIN}", True),
        (f"ann@{DOMAIN.upper()}", True),
        ("ann@contoso.onmicrosoft.com", False),
        ("ann@elsewhere.example", False),
        ("ann", False),
    ],
)
def test_a_username_is_federated_by_its_domain(username, federated):
    """A managed domain is not, nor one that the tenant does not have."""
    assert tenant().is_federated(username) is federated


def test_who_has_a_privileged_role_is_privileged():
    """Among all that a user has; a role that has no definition any more is none."""
    both = tenant(ANN, BO, holding=((ANN, DIRECTORY_READERS), (ANN, READER), (BO, DIRECTORY_READERS)))
    assert [assignment.role_id for assignment in both.roles_of[ANN.id]] == [DIRECTORY_READERS.id, READER.id]
    assert [both.is_privileged(each) for each in (ANN.id, BO.id, "nobody")] == [True, False, False]
    gone = evolve(both, role_assignments=[RoleAssignment("a1", "gone", ANN.id)])
    assert not gone.is_privileged(ANN.id)


def test_a_user_of_whom_nothing_was_read_may_sign_in_and_is_nobodys():
    """Only what Graph says can block an account, or give it to a sync engine."""
    user = TenantUser("id-1", {})
    assert (user.username, user.anchor, user.enabled, user.synced) == ("", None, True, False)


def test_a_domain_of_which_nothing_is_said_is_managed():
    """A new account in it needs a password."""
    snapshot = TenantSnapshot("tenant-1", domains=[Domain("corp.example")])
    assert not snapshot.is_federated("ann@corp.example")


def test_a_licence_of_which_nothing_is_said_has_no_seats():
    """None to give, and none taken."""
    sku = Sku("id-1", "SPE_E3")
    assert (sku.seats, sku.used, sku.plans) == (0, 0, {})


def test_lists_are_taken_for_tuples():
    """A snapshot that is written by hand equals one that was read."""
    lists = TenantSnapshot("t", [BO], [E3], [Domain(DOMAIN)], roles=[READER], role_assignments=[], deleted_users=[ANN])
    tuples = TenantSnapshot("t", (BO,), (E3,), (Domain(DOMAIN),), roles=(READER,), deleted_users=(ANN,))
    assert lists == tuples
    assert HeldLicense("id", ["a", "a"]) == HeldLicense("id", frozenset({"a"}))
    assert Needs(["city", "state", "city"]).properties == ("city", "state")


def test_reprs_hold_no_personal_values():
    """A snapshot is counted and named, a user has its id."""
    assert "Oslo" not in repr(ANN)
    assert repr(tenant(ANN, BO)) == f"TenantSnapshot(Contoso, 2 users, read {NOW})"
    assert repr(TenantSnapshot("tenant-1")) == "TenantSnapshot(tenant-1, 0 users, read None)"


@pytest.mark.parametrize("name", ["SPE_E3", "spe_e3", E3.id, E3.id.upper()])
def test_a_sku_is_found_by_its_part_number_in_any_case_or_by_its_id(name):
    """Microsoft writes most part numbers in capitals, and some not; no two differ in that only."""
    assert tenant().find_sku(name) == E3
    assert tenant().find_sku("SPE_E9") is None


def test_accounts_with_one_source_anchor_are_known():
    """Entra refuses it, so that a snapshot with them was read amid a change, or made by hand."""
    one, two = (account(f"{name}@{DOMAIN}", onPremisesImmutableId="anchor") for name in ("one", "two"))
    alone = account(f"three@{DOMAIN}", onPremisesImmutableId="other")
    assert tenant(one, alone, account(f"four@{DOMAIN}")).shared_anchors == {}
    assert tenant(one, two, alone).shared_anchors == {"anchor": tuple(sorted((one, two), key=lambda each: each.id))}
