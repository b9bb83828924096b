"""How an import is shown and saved."""

import pytest
from imports import holding, importable, planned
from organisation import TENANT_ID, somebody

from o365prov.errors import SourceError
from o365prov.importing import ImportedGroup, ImportedUser, ImportMemory, ImportPlan
from o365prov.planning import TenantGroup

ANN = somebody("Ann Lee")
ANNS, BOBS, CYS = importable("Ann Lee"), importable("Bob Ross", "bob@x.example"), importable("Cy Orr", licenses=())
MEMORY = ImportMemory(
    TENANT_ID,
    "Office 365",
    [ImportedUser("gone", "00u9", "di@corp.example"), ImportedUser(ANNS.id, ANN.id, ANNS.username)],
    [ImportedGroup("g1", "Staff", members=["gone", ANNS.id]), ImportedGroup("g3", "Same")],
)
GROUPS = (TenantGroup("g1", "Staff", members=[ANNS.id], nested=1), TenantGroup("g2", "Local", synced=True))
NESTED = "1 direct member not imported, because only users are"
PLAN = planned([ANN], holding(ANNS, BOBS, CYS, groups=(*GROUPS, TenantGroup("g3", "Same"))), MEMORY)


def test_the_text_tells_everybody_and_every_group_with_the_reason():
    """What is taken comes first; what is in order is told where everything is."""
    assert PLAN.to_text().splitlines() == [
        f"Import {PLAN.fingerprint}: 1 to unassign, 1 new (to confirm), 1 not imported, 1 linked",
        "  Groups: 1 changed, 1 unchanged, 1 not imported",
        "- di@corp.example: the app is taken from 00u9  (the account is not in Office 365 any more)",
        "+ Bob Ross <bob@x.example>: a new person, if confirmed  (matches nobody; waits for confirmation)",
        "? Cy Orr <cy.orr@corp.example>: left out  (it has no licence)",
        "= Ann Lee <ann.lee@corp.example>: Ann Lee (00uAnnLee)  (imported before)",
        f"~ group Staff [Security]: 2 → 1 member (-1)  (changed in Office 365; {NESTED})",
        "= group Same [Security]: 0 members  (known)",
        "? group Local [Security]: left out  (its source is Windows Server AD: import it from there)",
    ]


def test_in_short_what_does_not_change_is_left_out():
    """``print`` and notebooks show at most 50 rows of a kind."""
    shown = str(PLAN).splitlines()
    assert not [line for line in shown if line.startswith("=")]
    assert len(shown) == len(PLAN.to_text().splitlines()) - 2


def test_more_than_ten_equal_decisions_share_a_row():
    """With the number and the first five of them; each is told where everything is."""
    users = [importable(f"User {number:02}", licenses=()) for number in range(12)]
    plan = planned([], holding(*users))
    [line] = str(plan).splitlines()[1:]
    assert line.startswith("? 12 accounts: User 00 <user.00@corp.example>, ")
    assert line.endswith(" and 7 more: left out  (it has no licence)")
    assert len(plan.to_text().splitlines()) == 13


def test_rows_above_the_limit_are_counted():
    """They are not lost in silence."""
    plan = planned([], holding(*(importable(f"User {number}") for number in range(4))))
    assert plan.to_text(limit=3).splitlines()[-1] == "+ ... and 1 more new"


def test_hazards_come_first_with_what_confirms_them():
    """The fingerprint is of this import and no other."""
    never = planned([ANN], holding(ANNS, groups=None), MEMORY, groups="never")
    assert never.to_text().splitlines()[2] == (
        "! groups are not imported any more: 2 imported groups would be removed (Same, Staff): review the import, then "
        f"accept it with confirm={never.fingerprint!r}"
    )


def test_the_rows_for_data_frames_have_the_same_keys():
    """Accounts first, then groups; what a kind does not have is None."""
    rows = PLAN.to_dicts()
    assert len({tuple(each) for each in rows}) == 1
    assert [(each["kind"], each["outcome"]) for each in rows] == [
        ("user", "unassigned"),
        ("user", "new"),
        ("user", "not_imported"),
        ("user", "linked"),
        ("group", "changed"),
        ("group", "unchanged"),
        ("group", "not_imported"),
    ]
    assert rows[2]["obstacles"] == "unlicensed"
    assert (rows[4]["members_before"], rows[4]["members_after"]) == (2, 1)


def test_an_import_and_its_memory_are_saved_and_loaded(tmp_path):
    """They are equal, and so is what is confirmed."""
    PLAN.save(tmp_path / "import.json")
    MEMORY.save(tmp_path / "memory.json", key=b"sixteen bytes...")
    loaded = ImportPlan.load(tmp_path / "import.json")
    assert (loaded, loaded.fingerprint) == (PLAN, PLAN.fingerprint)
    assert ImportMemory.load(tmp_path / "memory.json", key=b"sixteen bytes...") == MEMORY


@pytest.mark.parametrize("saved", [PLAN, MEMORY], ids=["import", "memory"])
def test_what_somebody_edited_is_refused(saved):
    """A person put in by hand would get somebody else's account."""
    edited = saved.to_json().replace("00u9", "00u1")
    assert edited != saved.to_json()
    with pytest.raises(SourceError, match="does not fit the content"):
        type(saved).from_json(edited)


def test_a_memory_with_an_account_twice_is_refused():
    """It would be two people's."""
    twice = MEMORY.to_json().replace(ANNS.id, "gone")
    with pytest.raises(SourceError, match="holds gone more than once"):
        ImportMemory.from_json(twice)


def test_the_memory_forgets_an_account_on_request():
    """The next import matches it again."""
    assert [each.object_id for each in MEMORY.without("gone").users] == [ANNS.id]
