"""Who left, to whom they hand over, and what comes when: as data for other systems."""

import csv
import io

import pytest
from attrs import evolve
from effects import effects
from leavers import ACTIVE, ANN, BO, DAY, NAME
from organisation import DOMAIN, E3, NOW, account, remembered, tenant, user_sync_app

from o365prov import AppUser, Departure, Deprovisioning, LeaverStep, LeaverSteps, UsageError, UserSync
from o365prov.people import AppUserStatus
from o365prov.planning import HandOvers, find_hand_overs
from o365prov.rendering import to_csv

MAIL = evolve(E3, plans={**E3.plans, "EXCHANGE_S_ENTERPRISE": "exchange-e3"})
BOS = account(f"bo.ross@{DOMAIN}", displayName="Bo Ross", onPremisesImmutableId=BO.person.id)
BOSS = AppUser(BO.person.id, BOS.id, BOS.username, BO.person.id)
OPTION = Deprovisioning.block_remove_licenses_and_delete(
    grace_days=60, steps=LeaverSteps(groups=7, mailbox=1, licenses=30)
)


def anns(**properties):
    """Ann's account, whose manager is Bo."""
    body = {"displayName": "Ann Lee", "onPremisesImmutableId": ANN.id, "licenses": [MAIL.id], "manager_id": BOS.id}
    return account(NAME, **{**body, **properties})


def found(*users, known=(ACTIVE, BOSS), people=(BO,), option=OPTION, now=NOW):
    """The hand-overs of the plan, and the plan."""
    snapshot = tenant(*users, skus=(MAIL,))
    plan = user_sync_app(deprovisioning=option).plan(people, snapshot, remembered(*known), now=now)
    return find_hand_overs(plan, snapshot), plan, snapshot


def test_who_leaves_is_there_with_manager_mailbox_and_every_day():
    """From the plan on, before it is applied."""
    [ann] = found(anns(), BOS)[0].to_dicts()
    assert ann == {
        "person_id": ANN.id,
        "name": "Ann Lee",
        "username": NAME,
        "object_id": ACTIVE.object_id,
        "mailbox": NAME,
        "mailbox_done": False,
        "manager_person_id": BO.person.id,
        "manager_name": "Bo Ross",
        "manager_username": BOS.username,
        "manager_object_id": BOS.id,
        "manager_left": False,
        "sign_in_on": "2026-06-01T08:00:00+00:00",
        "sessions_on": "2026-06-01T08:00:00+00:00",
        "roles_on": "2026-06-01T08:00:00+00:00",
        "groups_on": "2026-06-08T08:00:00+00:00",
        "mailbox_on": "2026-06-02T08:00:00+00:00",
        "licenses_on": "2026-07-01T08:00:00+00:00",
        "deletion_on": "2026-07-31T08:00:00+00:00",
    }


def test_the_days_are_those_that_the_person_was_told():
    """On later days, whatever the option is by then; and nobody is there any more once the account is deleted."""
    _, plan, snapshot = found(anns(), BOS)
    snapshot, known = effects(plan, snapshot)
    app = user_sync_app(deprovisioning=Deprovisioning.block_sign_in(reaches_back=False))
    later = app.plan([BO], snapshot, known, now=NOW + 9 * DAY, mailboxes_done=[ACTIVE.object_id])
    [ann] = find_hand_overs(later, snapshot).people
    assert (ann.days[LeaverStep.DELETION], ann.mailbox_done) == (NOW + 60 * DAY, True)
    deleting = user_sync_app(deprovisioning=OPTION).plan([BO], *effects(later, snapshot), now=NOW + 60 * DAY)
    assert [each.subject.person_id for each in find_hand_overs(deleting, snapshot).people] == [ANN.id]
    gone, nobody = effects(deleting, snapshot)
    after = user_sync_app(deprovisioning=OPTION).plan([BO], gone, nobody, now=NOW + 61 * DAY)
    assert find_hand_overs(after, gone).people == ()


def test_a_manager_who_left_too_is_said():
    """On the day on which everybody leaves nobody is there to take anything."""
    hand_overs, *_ = found(anns(), BOS, people=())
    assert [(each.subject.name, each.manager_left, each.manager is None) for each in hand_overs.people] == [
        ("Ann Lee", True, False),
        ("Bo Ross", False, True),
    ]
    assert "Bo Ross <bo.ross@yourfederated.domain> (left as well)" in hand_overs.to_text()


@pytest.mark.parametrize(
    ("known", "manager_id", "named"),
    [
        ((ACTIVE,), BOS.id, "Bo Ross"),
        ((evolve(ACTIVE, manager_id=BOS.id), BOSS), None, "Bo Ross"),
        ((ACTIVE, BOSS), None, None),
        ((ACTIVE, BOSS), "nobody's id", None),
    ],
)
def test_the_manager_is_whom_the_tenant_or_else_the_memory_has(known, manager_id, named):
    """Also one whom we do not provision; of an id that nobody knows no name is made up."""
    [ann] = found(anns(manager_id=manager_id), BOS, known=known)[0].people
    assert (ann.manager.name if ann.manager else None) == named


def test_an_account_without_a_licensed_mailbox_has_none():
    """There is nothing for an Exchange administrator to do."""
    [ann] = found(anns(licenses=[]), BOS)[0].people
    assert ann.mailbox == ""


def test_who_keeps_everything_hands_over_nothing():
    """With Deactivate Users off nothing is due."""
    app, snapshot = user_sync_app().with_provisioning(UserSync(deactivate_users=False)).remap(), tenant(anns(), BOS)
    plan = app.plan([BO], snapshot, remembered(ACTIVE, BOSS), now=NOW)
    assert find_hand_overs(plan, snapshot).people == ()


def test_hand_overs_have_the_forms_of_a_plan():
    """Text, rows, CSV that no spreadsheet executes, and JSON that reads back."""
    left = evolve(ACTIVE, status=AppUserStatus.DEACTIVATED, departure=Departure(NOW, "delete", 3))
    as_told, there = Deprovisioning.block_sign_in(reaches_back=False), anns(accountEnabled=False, displayName="=1+1")
    hand_overs, *_ = found(there, BOS, known=(left, BOSS), option=as_told, now=NOW + DAY)
    assert str(hand_overs).splitlines() == [
        "1 person who left",
        f"=1+1 <{NAME}>: to Bo Ross <{BOS.username}>; mailbox {NAME}; licenses on 2026-06-04, deletion on 2026-06-04",
    ]
    [row] = csv.DictReader(io.StringIO(to_csv(hand_overs.to_dicts())))
    assert (row["name"], row["mailbox_on"], row["manager_name"]) == ("'=1+1", "", "Bo Ross")
    assert HandOvers.from_json(hand_overs.to_json()) == hand_overs
    assert "&lt;" in hand_overs.to_html()


def test_a_snapshot_of_another_tenant_is_refused():
    """Its accounts are other people's."""
    _, plan, snapshot = found(anns(), BOS)
    with pytest.raises(UsageError, match="two tenants"):
        find_hand_overs(plan, evolve(snapshot, tenant_id="another"))
