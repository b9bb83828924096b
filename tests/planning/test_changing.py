"""People whom we provisioned before: what a later plan changes, and what it leaves alone."""

from datetime import timedelta

import pytest
from attrs import evolve
from effects import effects
from organisation import DOMAIN, NOW, account, assigned, from_directory, remembered, somebody, tenant, user_sync_app

from o365prov import AppUser, UsernameFormat
from o365prov.planning import after_change
from o365prov.planning.model.changes import BlockSignIn, RevokeSessions
from o365prov.profiles import ApplyOn

APP = user_sync_app()


def provisioned(*assignments, **properties):
    """The tenant and the memory after a plan for *assignments* was applied; *properties* as a person edited them."""
    app_users = remembered()
    users = []
    for create in APP.plan(assignments, tenant(), remembered(), now=NOW - timedelta(days=1)):
        if create.kind != "create_user":
            continue
        body = {**create.properties, **properties}
        user = account(body.pop("userPrincipalName"), **body, sessions_valid_from=NOW - timedelta(days=1))
        users.append(user)
        app_users = app_users.with_user(after_change(None, create, user.id, provisioning_type="user_sync"))
    return tenant(*users), app_users


def test_nothing_changed_is_nothing_to_do():
    """A second plan is empty."""
    ann = assigned(somebody())
    snapshot, app_users = provisioned(ann)
    assert APP.plan([ann], snapshot, app_users, now=NOW).is_empty


def test_only_what_changed_is_sent():
    """A new title is one property of one PATCH, before and after."""
    snapshot, app_users = provisioned(assigned(somebody(title="Engineer")))
    [update] = APP.plan([assigned(somebody(title="Director"))], snapshot, app_users, now=NOW)
    assert [(each.name, each.before, each.after) for each in update.properties] == [
        ("jobTitle", "Engineer", "Director")
    ]


def test_an_attribute_that_became_empty_is_cleared():
    """Null from a mapped attribute clears it."""
    snapshot, app_users = provisioned(assigned(somebody(title="Engineer")))
    [update] = APP.plan([assigned(somebody(title=None))], snapshot, app_users, now=NOW)
    assert [(each.name, each.after) for each in update.properties] == [("jobTitle", None)]


def test_a_new_address_renames_the_account():
    """User Sync owns the username: the same object gets a new UPN."""
    snapshot, app_users = provisioned(assigned(somebody()))
    renamed = somebody(email="ann.ross@corp.example")
    [update] = APP.plan([assigned(renamed)], snapshot, app_users, now=NOW)
    assert update.object_id == snapshot.users[0].id
    assert ("userPrincipalName", f"ann.ross@{DOMAIN}") in [(each.name, each.after) for each in update.properties]


def test_an_edit_in_office_365_is_not_looked_at():
    """Scope "changed" compares with what was sent last, not with the tenant."""
    ann = assigned(somebody(title="Engineer"))
    snapshot, app_users = provisioned(ann, jobTitle="Edited in Entra")
    assert APP.plan([ann], snapshot, app_users, now=NOW).is_empty


def test_updates_off_sends_no_changes():
    """Update User Attributes off: the account stays as it was created."""
    snapshot, app_users = provisioned(assigned(somebody(title="Engineer")))
    app = user_sync_app(update_attributes=False)
    assert app.plan([assigned(somebody(title="Director"))], snapshot, app_users, now=NOW).is_empty


def test_a_password_change_in_the_directory_ends_sessions():
    """PwdLastSet later than the tenant's value: revoke, and say since when."""
    ann = from_directory(somebody(), password_last_set=NOW - timedelta(days=30))
    snapshot, app_users = provisioned(assigned(ann))
    changed = from_directory(somebody(), password_last_set=NOW - timedelta(hours=1))
    [revoke] = APP.plan([assigned(changed)], snapshot, app_users, now=NOW)
    assert isinstance(revoke, RevokeSessions)
    assert revoke.desired == NOW - timedelta(hours=1)


@pytest.mark.parametrize("when", [None, NOW + timedelta(hours=1), NOW - timedelta(days=2)])
def test_no_instant_a_future_one_or_an_old_one_ends_nothing(when):
    """0 and never give none; the future is not believed; the tenant's value is later than the old one."""
    ann = from_directory(somebody(), password_last_set=NOW - timedelta(days=30))
    snapshot, app_users = provisioned(assigned(ann))
    changed = from_directory(somebody(), password_last_set=when)
    assert APP.plan([assigned(changed)], snapshot, app_users, now=NOW).is_empty


def test_a_revocation_is_not_repeated_while_the_tenant_lags_behind():
    """Our own memory of it counts, even if the tenant still shows the old value."""
    changed = from_directory(somebody(), password_last_set=NOW - timedelta(hours=1))
    snapshot, app_users = provisioned(assigned(changed))
    [revoke] = APP.plan([assigned(changed)], snapshot, app_users, now=NOW)
    after = remembered(after_change(app_users.get(revoke.subject.person_id), revoke, revoke.object_id))
    assert APP.plan([assigned(changed)], snapshot, after, now=NOW).is_empty


def test_a_leaver_is_blocked_and_nothing_else():
    """Not assigned any more: sign-in is blocked, last in the plan."""
    ann, bo = assigned(somebody("Ann Lee")), assigned(somebody("Bo Ross"))
    snapshot, app_users = provisioned(ann, bo)
    block, revocation = APP.plan([bo], snapshot, app_users, now=NOW)
    assert isinstance(block, BlockSignIn)
    assert revocation.leaving
    assert block.subject.name == "Ann Lee"


def test_a_person_deprovisioned_in_okta_is_a_leaver():
    """DEPROVISIONED counts as unassigned, even while a group still names them."""
    ann, bo = somebody("Ann Lee"), assigned(somebody("Bo Ross"))
    snapshot, app_users = provisioned(assigned(ann), bo)
    gone = assigned(somebody("Ann Lee", status="DEPROVISIONED"))
    assert [change.kind for change in APP.plan([gone, bo], snapshot, app_users, now=NOW)] == [
        "block_sign_in",
        "revoke_sessions",
    ]


def test_a_suspended_person_keeps_the_account():
    """Held: neither changed nor blocked."""
    snapshot, app_users = provisioned(assigned(somebody()))
    held = assigned(somebody(status="SUSPENDED", title="Director"))
    assert APP.plan([held], snapshot, app_users, now=NOW).is_empty


def test_deactivation_off_leaves_leavers_alone():
    """Deactivate Users off."""
    ann, bo = assigned(somebody("Ann Lee")), assigned(somebody("Bo Ross"))
    snapshot, app_users = provisioned(ann, bo)
    assert user_sync_app(deactivate_users=False).plan([bo], snapshot, app_users, now=NOW).is_empty


def test_a_person_who_returns_is_enabled_again():
    """Assigned again after a block: the account may sign in again."""
    ann, bo = assigned(somebody("Ann Lee")), assigned(somebody("Bo Ross"))
    snapshot, app_users = provisioned(ann, bo)
    block, _ = APP.plan([bo], snapshot, app_users, now=NOW)
    app_users = app_users.with_user(after_change(app_users.get(block.subject.person_id), block, block.object_id))
    users = [
        evolve(user, properties={**user.properties, "accountEnabled": user.id != block.object_id})
        for user in snapshot.users
    ]
    _, enable = APP.plan([ann, bo], evolve(snapshot, users=users), app_users, now=NOW)
    assert (enable.kind, enable.overrides) == ("enable_sign_in", False)


def test_an_account_of_no_one_is_never_touched():
    """Neither assigned nor remembered: not our business, however it looks."""
    stranger = account(f"stranger@{DOMAIN}", displayName="Stranger")
    assert APP.plan([], tenant(stranger), remembered(), now=NOW).is_empty


def test_an_account_that_is_gone_is_created_again():
    """The linked object was deleted: the plan says so and makes a new one."""
    ann = assigned(somebody())
    _, app_users = provisioned(ann)
    [create] = APP.plan([ann], tenant(), app_users, now=NOW)
    assert create.kind == "create_user"
    assert "gone" in create.reason


def test_a_newcomer_does_not_take_the_username_of_a_person_provisioned():
    """A person who has the account keeps it; only the newcomer is stopped."""
    ann = somebody("Ann Lee", email="a.lee@corp.example")
    snapshot, app_users = provisioned(assigned(ann))
    newcomer = somebody("Abe Lee", email="a.lee@acquired.example")
    plan = APP.plan([assigned(ann), assigned(newcomer)], snapshot, app_users, now=NOW)
    assert plan.is_empty
    assert [problem.subject.name for problem in plan.problems] == ["Abe Lee"]


def test_an_anchor_that_is_set_is_never_changed_silently():
    """The mapping gives another anchor: that is a problem, not a write."""
    person = somebody()
    snapshot, app_users = provisioned(assigned(person))
    linked = from_directory(somebody(title="Director"))
    plan = APP.plan([assigned(linked)], snapshot, app_users, now=NOW)
    assert "onPremisesImmutableId" not in {each.name for change in plan for each in change.properties}
    assert "anchor_differs" in {problem.code for problem in plan.problems}


def test_an_anchor_that_a_deleted_account_carries_stops_the_person():
    """Graph refuses to give the anchor to a second account, and a federated account can't be without one."""
    ann = from_directory(somebody("Ann Lee"))
    anchor = ann.directory_accounts[0].anchor
    gone = account("old@yourfederated.domain", onPremisesImmutableId=anchor)
    held = tenant(account("ann.lee@yourfederated.domain"), deleted=(gone,))
    plan = user_sync_app().plan([assigned(ann)], held, remembered(), now=NOW)
    assert plan.is_empty
    assert [problem.code for problem in plan.problems] == ["anchor_of_deleted_account"]


def test_a_manager_is_removed_when_the_directory_names_none():
    """The reference that we set goes when managerDn is empty."""
    boss = from_directory(somebody("Bo Ross"))
    ann = from_directory(somebody("Ann Lee"), manager=boss)
    snapshot, app_users = provisioned(assigned(ann), assigned(boss))
    by_name = {user.username.partition("@")[0]: user for user in snapshot.users}
    with_manager = evolve(by_name["ann.lee"], manager_id=by_name["bo.ross"].id)
    snapshot = evolve(snapshot, users=(with_manager, by_name["bo.ross"]))
    app_users = app_users.with_user(evolve(app_users.get(ann.id), manager_id=by_name["bo.ross"].id))
    alone = from_directory(somebody("Ann Lee"))
    [remove] = APP.plan([assigned(alone), assigned(boss)], snapshot, app_users, now=NOW)
    assert remove.kind == "remove_manager"


@pytest.mark.parametrize(("known", "pushed"), [(False, False), (True, False), (True, True)])
def test_a_manager_is_found_however_the_name_is_escaped(known, pushed):
    """A directory writes a comma in a name as a backslash and a comma, or in hex; it is one name, in every plan."""
    boss = from_directory(somebody("Bo Ross"))
    escaped = evolve(boss.directory_accounts[0], distinguished_name=r"CN=Ross\, Bo,OU=Staff,DC=corp,DC=example")
    boss = evolve(boss, directory_accounts=[escaped])
    ann = from_directory(somebody("Ann Lee"))
    in_hex = evolve(ann.directory_accounts[0], attributes={"managerDn": r"CN=Ross\2C Bo,OU=Staff,DC=corp,DC=example"})
    ann = evolve(ann, directory_accounts=[in_hex])
    snapshot, app_users = provisioned(assigned(boss)) if known else (tenant(), remembered())
    only = {ann.id} if pushed else None
    plan = APP.plan([assigned(ann), assigned(boss)], snapshot, app_users, now=NOW, only=only)
    assert [change.manager.name for change in plan if change.kind == "set_manager"] == ["Bo Ross"]
    assert not plan.problems


def test_a_manager_that_somebody_set_in_office_365_stays():
    """The source names none and we set none; what was sent last is compared, and nothing is taken back."""
    boss, ann = from_directory(somebody("Bo Ross")), from_directory(somebody("Ann Lee"))
    snapshot, app_users = provisioned(assigned(ann), assigned(boss))
    by_name = {user.username.partition("@")[0]: user for user in snapshot.users}
    with_manager = evolve(by_name["ann.lee"], manager_id=by_name["bo.ross"].id)
    snapshot = evolve(snapshot, users=(with_manager, by_name["bo.ross"]))
    titled = from_directory(somebody("Ann Lee", title="Engineer"))
    plan = APP.plan([assigned(titled), assigned(boss)], snapshot, app_users, now=NOW)
    assert [change.kind for change in plan] == ["update_user"]


def test_a_new_username_that_another_account_has_is_not_taken_away():
    """A rename that Graph would refuse is a problem before the first write."""
    snapshot, app_users = provisioned(assigned(somebody()))
    stranger = account(f"ann.ross@{DOMAIN}")
    renamed = somebody(email="ann.ross@corp.example")
    plan = APP.plan([assigned(renamed)], evolve(snapshot, users=[*snapshot.users, stranger]), app_users, now=NOW)
    assert plan.is_empty
    assert [problem.code for problem in plan.problems] == ["username_taken"]


def test_a_manager_for_new_accounts_only_is_not_set_on_old_ones():
    """Create only: the reference of an account that exists is left alone."""
    boss = from_directory(somebody("Bo Ross"))
    ann = from_directory(somebody("Ann Lee"), manager=boss)
    app = APP.remap(APP.mapping.with_expression("manager", "findDirectoryUser().managerDn", apply_on=ApplyOn.CREATE))
    there = [
        account(f"{name}@{DOMAIN}", onPremisesImmutableId=anchor)
        for name, anchor in (
            ("ann.lee", ann.directory_accounts[0].anchor),
            ("bo.ross", boss.directory_accounts[0].anchor),
        )
    ]
    plan = app.plan([assigned(ann), assigned(boss)], tenant(*there), remembered(), now=NOW)
    assert "set_manager" not in {change.kind for change in plan}


def test_an_anchor_for_new_accounts_only_is_not_set_on_old_ones():
    """Create only: an account without an anchor stays without."""
    mapping = APP.mapping.with_expression("immutableId", "findDirectoryUser().externalId", apply_on=ApplyOn.CREATE)
    there = account(f"ann.lee@{DOMAIN}")
    plan = APP.remap(mapping).plan([assigned(from_directory(somebody()))], tenant(there), remembered(), now=NOW)
    assert "onPremisesImmutableId" not in {each.name for change in plan for each in change.properties}


@pytest.mark.parametrize(("synced", "codes"), [(None, ["no_password"]), (True, [])])
def test_who_moves_to_a_managed_domain_needs_a_password(synced, codes):
    """Nobody knows that of an account that was made in a federated domain; said with the rename, and not after it."""
    app = evolve(APP, domains=(DOMAIN, "corp.example"), username=UsernameFormat.custom("user.login"))
    there = tenant(account(f"ann.lee@{DOMAIN}", onPremisesImmutableId="00uAnnLee", onPremisesSyncEnabled=synced))
    known = remembered(AppUser("00uAnnLee", there.users[0].id, f"ann.lee@{DOMAIN}", "00uAnnLee"))
    plan = app.plan([assigned(somebody())], there, known, now=NOW)
    assert [each.code for each in plan.problems if each.code == "no_password"] == codes
    assert all("managed domain corp.example" in each.message and not each.stops for each in plan.problems if codes)
    after, known = effects(plan, there)
    assert not [each for each in app.plan([assigned(somebody())], after, known, now=NOW).problems if codes]


def test_who_moves_between_domains_that_are_alike_needs_none():
    """From a managed domain to another the password stays, and where sign-in is elsewhere nobody has one."""
    app = evolve(APP, domains=("contoso.onmicrosoft.com", "corp.example"), username=UsernameFormat.custom("user.login"))
    there = tenant(account("ann.lee@contoso.onmicrosoft.com", onPremisesImmutableId="00uAnnLee"))
    known = remembered(AppUser("00uAnnLee", there.users[0].id, there.users[0].username, "00uAnnLee"))
    plan = app.plan([assigned(somebody())], there, known, now=NOW)
    assert ([change.kind for change in plan], plan.problems) == (["update_user"], ())
