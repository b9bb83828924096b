"""What happens to the people of a simulated organisation."""

from datetime import UTC, datetime

import pytest
from organisation import from_directory, somebody

from o365prov import Assignment, Grants, LicenseGrant
from o365prov.simulation import Event, Happening
from o365prov.simulation.machinery.virtual_time import DAY
from o365prov.simulation.people import Staff

NOW = datetime(2026, 6, 1, tzinfo=UTC)
E3 = Grants([LicenseGrant("SPE_E3")], ["Reports Reader"])


@pytest.fixture
def staff():
    """Ann and Bo, who come from Active Directory."""
    return Staff([Assignment(from_directory(somebody(name)), E3) for name in ("Ann Lee", "Bo Ross")])


def happens(staff, event, **whom):
    """Let it happen."""
    staff.happen(Happening(event, **whom), NOW)


def test_who_leaves_and_joins_is_assigned_or_not(staff):
    """The first of two."""
    happens(staff, Event.LEAVE)
    assert [each.person.name for each in staff.assignments] == ["Bo Ross"]
    happens(staff, Event.JOIN)
    assert len(staff.assignments) == 2


def test_who_is_new_is_somebody_else(staff):
    """With another id, address and directory account, and the same licences."""
    happens(staff, Event.HIRE, one=1)
    _, bo, new = staff.assignments
    assert new.grants == bo.grants
    assert new.person.id != bo.person.id
    assert new.person.profile["email"] != bo.person.profile["email"]
    assert new.person.directory_accounts[0].anchor != bo.person.directory_accounts[0].anchor


def test_who_starts_and_ends_later_does_so_on_a_day(staff):
    """Days later, at no time at which anybody plans; whoever joins has neither any more."""
    happens(staff, Event.START_LATER, number=2)
    happens(staff, Event.END_LATER, one=1, number=0)
    happens(staff, Event.END_ROLES_LATER, one=1)
    ann, bo = staff.assignments
    assert (ann.starts, ann.ends) == (NOW + 2.5 * DAY, None)
    assert (bo.starts, bo.ends, bo.role_ends) == (None, NOW + 0.5 * DAY, {"Reports Reader": NOW + 0.5 * DAY})
    for one in (0, 1):
        happens(staff, Event.JOIN, one=one)
    assert not [each for each in staff.assignments if each.starts or each.ends]


def test_who_is_suspended_or_staged_is_active_again(staff):
    """All of them at once."""
    happens(staff, Event.SUSPEND)
    happens(staff, Event.STAGE, one=1)
    assert [each.person.status for each in staff.assignments] == ["SUSPENDED", "STAGED"]
    happens(staff, Event.UNSUSPEND)
    assert {each.person.status for each in staff.assignments} == {"ACTIVE"}


def test_what_is_wrong_with_the_source_is_right_the_next_day(staff):
    """Who is missing by mistake is there again, and it is read as a whole."""
    happens(staff, Event.MISREAD)
    happens(staff, Event.READ_IN_PART)
    assert ([each.person.name for each in staff.assignments], staff.is_complete) == (["Bo Ross"], False)
    staff.next_day()
    assert (len(staff.assignments), staff.is_complete) == (2, True)


def test_a_new_id_is_the_same_person_where_the_directory_says_so(staff):
    """The directory account stays, and so both ids are one identity."""
    happens(staff, Event.NEW_ID)
    ann = staff[0]
    assert len(ann.person_ids) == 2
    assert set(ann.identities().values()) == {ann.person_ids[0]}


def test_a_reorganisation_reaches_everybody(staff):
    """Some leave, one is new, and the others get other jobs."""
    before = [each.assignment for each in staff.all]
    happens(staff, Event.REORGANIZE, number=1)
    assert len(staff.all) == 3
    assert not [each for each, was in zip(staff.all, before, strict=False) if each.assignment == was]


def test_two_get_each_others_address(staff):
    """And nobody else anything."""
    addresses = [each.address for each in staff.all]
    happens(staff, Event.SWAP, one=0, other=1)
    assert [each.address for each in staff.all] == addresses[::-1]
