"""Who holds a name that a plan newly gives: said before anything is written, with the holder."""

import pytest
from attrs import evolve
from effects import effects
from organisation import DOMAIN, NOW, account, assigned, from_directory, remembered, somebody, tenant, user_sync_app

from o365prov import AppUser, Departure, LicenseOnly, ProfileSync, UserSync
from o365prov.people import AppUserStatus
from o365prov.planning import AddressHolder, HolderKind

APP = user_sync_app()
ANN = assigned(somebody("Ann Lee"))


def planned(snapshot, *people, known=(), app=APP):
    return app.plan(people or [ANN], snapshot, remembered(*known), now=NOW)


def linked(person, user):
    """What is remembered of an account of a person."""
    return AppUser(person.id, user.id, user.username, user.anchor, provisioning_type="user_sync")


def held(kind, *addresses):
    """A tenant in which a group or contact holds addresses."""
    return evolve(tenant(), addresses=[AddressHolder(kind, "7f", "Newcomers", addresses)])


def test_a_username_that_another_account_has_as_an_alias_stops_the_person():
    """The account is named with its display name, username and id, and so is what takes the address from it."""
    proxies = [f"SMTP:a.lee@{DOMAIN}", f"smtp:Ann.Lee@{DOMAIN}"]
    other = account(f"a.lee@{DOMAIN}", displayName="A. Lee", proxyAddresses=proxies)
    plan = planned(tenant(other))
    [problem] = plan.problems
    assert plan.is_empty
    assert (problem.code, problem.stops) == ("address_taken", True)
    assert f"the account A. Lee (a.lee@{DOMAIN}, object id {other.id})" in problem.message
    assert f"-Identity a.lee@{DOMAIN} -EmailAddresses @{{Remove='smtp:ann.lee@{DOMAIN}'}}" in problem.remedy


def test_a_rename_to_the_address_of_a_group_is_stopped():
    """The plan says that a group holds the address."""
    ann = somebody("Ann Lee", email="ann.new@corp.example")
    user = account(f"ann.lee@{DOMAIN}", onPremisesImmutableId=ann.id)
    snapshot = evolve(held(HolderKind.GROUP, f"ann.new@{DOMAIN}"), users=[user])
    plan = planned(snapshot, assigned(ann), known=[linked(ann, user)])
    assert plan.is_empty
    assert "an address of the group Newcomers (object id 7f)" in plan.problems[0].message
    assert plan.problems[0].remedy.startswith("Give that group another address in Exchange")


def test_an_address_of_a_contact_leaves_the_mail_out():
    """Only the e-mail address clashes: the account is created without it, and the plan says who holds it."""
    plan = planned(held(HolderKind.CONTACT, "ann.lee@corp.example"))
    [create] = plan
    [problem] = plan.problems
    assert "mail" not in create.properties
    assert (create.fingerprint, problem.code, problem.stops, problem.attribute) == ("", "mail_taken", False, "email")
    assert "the contact Newcomers (object id 7f) holds the address ann.lee@corp.example" in problem.message


def with_mail(name, mail):
    """An assignment of somebody with this e-mail address."""
    return evolve(assigned(somebody(name, email=mail)), username=f"{name[:2]}@{DOMAIN}".lower())


def test_two_people_with_one_new_mail_get_none_and_are_named():
    """Neither is preferred, whatever the case of the address."""
    people = [with_mail("Ann Lee", "team@corp.example"), with_mail("Bo Ross", "Team@corp.example")]
    plan = planned(tenant(), *people)
    assert ["mail" in each.properties for each in plan] == [False, False]
    assert [problem.code for problem in plan.problems] == ["mail_taken", "mail_taken"]
    assert "Bo Ross" in plan.problems[0].message


def test_an_address_of_ones_own_is_no_clash():
    """An alias of the account may become its username."""
    ann = somebody("Ann Lee", email="ann.new@corp.example")
    aliases = [f"smtp:ann.new@{DOMAIN}", "smtp:ann.new@corp.example"]
    user = account(f"ann.lee@{DOMAIN}", onPremisesImmutableId=ann.id, proxyAddresses=aliases)
    plan = planned(tenant(user), assigned(ann), known=[linked(ann, user)])
    assert plan.problems == ()
    assert {"mail", "userPrincipalName"} <= {each.name for each in plan.changes[0].properties}


def test_people_with_one_mail_are_named_in_the_order_of_their_names():
    """Then in that of their ids, however they come in."""
    people = [with_mail(name, "team@corp.example") for name in ("Di Ng", "Bo Ross", "Cy Young")]
    people = [
        evolve(each, person=evolve(each.person, id=f"00u{number}"), username=f"{number}@{DOMAIN}")
        for number, each in enumerate([*people, people[1]])
    ]
    for order in (people, people[::-1]):
        [problem] = [each for each in planned(tenant(), *order).problems if each.subject.name == "Di Ng"]
        named = f"Bo Ross (1@{DOMAIN}) and Bo Ross (3@{DOMAIN}) and Cy Young (2@{DOMAIN})"
        assert f"is the same for {named};" in problem.message


@pytest.mark.parametrize(("held", "written"), [("x", "X"), ("X", "x")])
def test_who_has_an_address_already_shares_it_with_nobody(held, written):
    """Ann's account has it as an alias, in any case: she gets it as her e-mail address, and Bo does not."""
    ann, bo = with_mail("Ann Lee", f"{written}@corp.example"), with_mail("Bo Ross", f"{written}@corp.example")
    user = account(f"an@{DOMAIN}", onPremisesImmutableId=ann.person.id, proxyAddresses=[f"smtp:{held}@corp.example"])
    plan = planned(tenant(user), ann, bo, known=[linked(ann.person, user)])
    assert [(each.subject.name, each.code) for each in plan.problems] == [("Bo Ross", "mail_taken")]
    assert "mail" in {each.name for each in plan.for_person(ann.person.id)[0].properties}


def test_a_username_is_not_an_address():
    """Graph compares the addresses alone, so that an e-mail address may be the username of another account."""
    other = account("ann.lee@corp.example", mail="other@corp.example")
    plan = planned(tenant(other))
    assert plan.problems == ()
    assert plan.changes[0].properties["mail"] == "ann.lee@corp.example"


def provisioned(**properties):
    """Ann's account, edited so since it was provisioned, and what is remembered of it."""
    snapshot, known = effects(planned(tenant()), tenant())
    [user], [known] = snapshot.users, known
    return evolve(user, properties={**user.properties, **properties}), known


def taken(user, known):
    """A plan in which Ann's account differs in its e-mail address alone, which a contact holds."""
    snapshot = evolve(held(HolderKind.CONTACT, "ann.lee@corp.example"), users=[user])
    plan = planned(snapshot, known=[known])
    assert [each.code for each in plan.problems] == ["mail_taken"]
    return plan


def test_an_address_that_is_taken_is_tried_in_every_plan_and_written_in_none():
    """The account is linked without a fingerprint; from then on there is nothing to write, and it is said."""
    user, known = provisioned(mail=None, proxyAddresses=[])
    titled = taken(evolve(user, properties={**user.properties, "displayName": "Annie"}), evolve(known, fingerprint="x"))
    [update] = titled
    assert ([each.name for each in update.properties], update.fingerprint) == (["displayName"], "")
    [link] = taken(user, evolve(known, fingerprint="x"))
    assert (link.kind, link.fingerprint) == ("link_user", "")
    assert taken(user, evolve(known, fingerprint="")).changes == ()
    assert [each.kind for each in taken(user, evolve(known, fingerprint="", unfinished=True))] == ["link_user"]
    left = evolve(known, fingerprint="", status=AppUserStatus.DEACTIVATED, departure=Departure(NOW))
    assert "link_user" in {each.kind for each in taken(user, left)}


def test_an_account_that_is_handed_over_is_linked_although_its_address_is_taken():
    """Whose it was is forgotten, so that this can't wait for the address."""
    user, known = provisioned(mail=None, proxyAddresses=[])
    snapshot = evolve(held(HolderKind.CONTACT, "ann.lee@corp.example"), users=[user])
    before = evolve(known, person_id="00uBefore", fingerprint="")
    transfers = {ANN.person.id: user.id}
    plan = APP.plan([ANN], snapshot, remembered(before), now=NOW, transfers=transfers)
    assert [(each.kind, each.takes_over) for each in plan] == [("link_user", "00uBefore")]


def test_a_restored_account_brings_no_address_back_that_another_has():
    """The holder is named, and the account stays deleted until the address is free."""
    ann = ANN.person
    deleted = account(f"old@{DOMAIN}", onPremisesImmutableId=ann.id, proxyAddresses=[f"SMTP:old.name@{DOMAIN}"])
    other = account(f"bo@{DOMAIN}", displayName="Bo", proxyAddresses=[f"SMTP:old.name@{DOMAIN}"])
    app = evolve(APP, restore_deleted_users=True)
    plan = planned(tenant(other, deleted=(deleted,)), app=app)
    assert plan.is_empty
    assert f"whose address old.name@{DOMAIN} is now that of the account Bo" in plan.problems[0].message


def test_the_username_under_which_a_deleted_account_comes_back_is_not_given_to_another():
    """Bo would be created with it in the same plan, and Ann's account keeps it: Profile Sync does not rename."""
    deleted = account(f"old@{DOMAIN}", onPremisesImmutableId=ANN.person.id)
    bo = evolve(assigned(somebody("Bo Ross")), username=f"Old@{DOMAIN}")
    app = evolve(APP.with_provisioning(ProfileSync()).remap(), restore_deleted_users=True)
    plan = planned(tenant(deleted=(deleted,)), ANN, bo, app=app)
    assert {change.subject.name for change in plan} == {"Ann Lee"}
    problem = next(each for each in plan.problems if each.stops)
    assert (problem.subject.name, problem.code) == ("Bo Ross", "username_taken")
    assert "which this plan restores" in problem.message


def test_what_the_app_may_not_read_is_said_once_where_names_are_given():
    """Not as a problem of everybody, and not in a plan that gives no name."""
    blind = evolve(tenant(), unread_addresses=[HolderKind.GROUP, HolderKind.CONTACT])
    said = [each.attribute for each in planned(blind).unsupported if each.attribute.startswith("Addresses")]
    assert said == ["Addresses of groups", "Addresses of contacts"]
    stopped = assigned(somebody(countryCode="US", email=None))
    assert not [each for each in planned(blind, stopped).unsupported if each.attribute.startswith("Addresses")]


@pytest.mark.parametrize(
    ("mail", "gone", "said"),
    [
        ("ann.lee@corp.example", False, False),
        ("old@corp.example", False, True),
        ("ann.lee@corp.example", True, True),
        ("", False, True),
    ],
    ids=["title", "e-mail address", "restored", "username"],
)
def test_what_the_app_may_not_read_is_said_of_addresses_that_come_back_too(mail, gone, said):
    """A new e-mail address, or those of a restored account; not where only a title changes."""
    user, known = provisioned(mail=mail)
    name = {"userPrincipalName": user.id.replace("-", "") + user.username}
    there = {"deleted_users": [evolve(user, properties={**user.properties, **name})]} if gone else {"users": [user]}
    blind = evolve(tenant(), unread_addresses=[HolderKind.CONTACT], **there)
    app = evolve(APP, restore_deleted_users=True)
    people = [assigned(somebody(title="Lead"))]
    if not mail:
        app, people = app.remap(app.mapping.without("email")), [evolve(people[0], username=f"ann.ray@{DOMAIN}")]
    plan = app.plan(people, blind, remembered(known), now=NOW, scope="all")
    rows = [each for each in plan.unsupported if each.attribute.startswith("Addresses")]
    assert bool(rows) is said
    assert all("OrgContact.Read.All" in each.instead and each.people == 0 for each in rows)


def test_before_an_account_is_to_be_made_by_hand_one_under_another_name_is_named():
    """Create Users is off: the account with the person's e-mail address or anchor may be theirs already."""
    ann = from_directory(somebody("Ann Lee"))
    by_mail = account(f"a.lee@{DOMAIN}", displayName="A. Lee", mail="Ann.Lee@corp.example")
    by_anchor = account(f"lee@{DOMAIN}", onPremisesImmutableId=ann.directory_accounts[0].anchor)
    for user, types in ((by_mail, (LicenseOnly(), UserSync(create_users=False))), (by_anchor, (LicenseOnly(),))):
        for provisioning in types:
            app = APP.with_provisioning(provisioning).remap()
            [problem] = planned(tenant(user), assigned(ann), app=app).problems
            assert problem.code == "create_users_is_off"
            assert f"({user.username}, object id {user.id})" in problem.message
            assert f"transfers={{'{ann.id}': '{user.id}'}}" in problem.remedy


def test_an_account_without_an_anchor_is_not_adopted_silently_where_none_is_written():
    """License Only links it and says that nobody signs in to it, in every plan."""
    user = account(f"ann.lee@{DOMAIN}", usageLocation="US")
    app = APP.with_provisioning(LicenseOnly()).remap()
    plan = planned(tenant(user), app=app)
    assert [(each.kind) for each in plan] == ["link_user"]
    assert [(each.code, each.stops) for each in plan.problems] == [("no_anchor", False)]
    assert plan.problems[0].remedy == "Set its onPremisesImmutableId in Entra to what sign-in sends"
    assert planned(tenant(user), known=[linked(ANN.person, user)], app=app).problems == plan.problems


def test_an_anchor_unlike_the_directorys_is_said_where_none_is_written():
    """License Only can't know what sign-in sends, and names both."""
    ann = from_directory(somebody("Ann Lee"))
    user = account(f"ann.lee@{DOMAIN}", onPremisesImmutableId="other")
    app = APP.with_provisioning(LicenseOnly()).remap()
    [problem] = planned(tenant(user), assigned(ann), app=app).problems
    assert (problem.code, problem.stops) == ("anchor_differs", False)
    assert ann.directory_accounts[0].anchor in problem.message
    assert planned(tenant(user), assigned(ann), known=[linked(ann, user)], app=app).problems == (problem,)
