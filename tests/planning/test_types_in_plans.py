"""What each provisioning type makes of the same people."""

from datetime import timedelta

import pytest
from attrs import evolve
from organisation import (
    DOMAIN,
    E3,
    NOW,
    account,
    app_with,
    assigned,
    from_directory,
    remembered,
    somebody,
    tenant,
)

from o365prov import AppUser, LicenseOnly, ProfileMapping, ProfileSync, UniversalSync, UserSync
from o365prov.errors import ConfigurationError
from o365prov.profiles import ATTRIBUTES


def known(person, there, **memory):
    """A memory in which *person* is linked to the account *there*."""
    return remembered().with_user(AppUser(person.id, there.id, there.username, **memory))


def test_license_only_never_creates():
    """A person without an account is a problem that says why."""
    plan = app_with(LicenseOnly()).plan([assigned(somebody(), "SPE_E3")], tenant(), remembered(), now=NOW)
    assert plan.is_empty
    assert "Licenses/Roles Management Only does not create accounts" in plan.problems[0].message


def test_license_only_sends_licences_and_nothing_of_the_profile():
    """An account found by its username is linked and licensed; its profile stays as it is."""
    there = account(f"ann.lee@{DOMAIN}", displayName="Somebody else's words", usageLocation="US")
    plan = app_with(LicenseOnly()).plan([assigned(somebody(), "SPE_E3")], tenant(there), remembered(), now=NOW)
    assert [change.kind for change in plan] == ["link_user", "assign_licenses"]
    assert plan.writes == 1


@pytest.mark.parametrize(
    ("provisioning", "taken"),
    [(LicenseOnly(), True), (ProfileSync(), False), (UserSync(), False), (UniversalSync(), False)],
)
def test_only_license_only_works_beside_entra_connect(provisioning, taken):
    """An account that Entra Connect masters is left to it, except for licences and roles."""
    there = account(f"ann.lee@{DOMAIN}", onPremisesSyncEnabled=True, usageLocation="US")
    plan = app_with(provisioning).plan([assigned(somebody(), "SPE_E3")], tenant(there), remembered(), now=NOW)
    assert ("assign_licenses" in [change.kind for change in plan]) is taken
    assert ("synced_account" in [problem.code for problem in plan.problems]) is not taken


def test_profile_sync_sends_its_base_attributes():
    """Names, usageLocation and the anchor; no title, no mail."""
    [create] = app_with(ProfileSync()).plan([assigned(somebody(title="Engineer"))], tenant(), remembered(), now=NOW)
    assert {"givenName", "surname", "displayName", "usageLocation"} <= create.properties.keys()
    assert not {"jobTitle", "mail"} & create.properties.keys()


def test_profile_sync_sends_a_custom_attribute_once_it_is_mapped():
    """The opt-in attributes of the current list."""
    app = app_with(ProfileSync())
    app = app.remap(app.mapping.with_expression("employeeId", "source.employeeNumber"))
    [create] = app.plan([assigned(somebody(employeeNumber="100017"))], tenant(), remembered(), now=NOW)
    assert create.properties["employeeId"] == "100017"


def test_profile_sync_never_renames_and_says_so():
    """Footnote 6: the account keeps its username, the rest is sent."""
    person = somebody("Ann Ross")
    there = account(f"ann.lee@{DOMAIN}", displayName="Ann Lee", givenName="Ann", surname="Lee", usageLocation="US")
    plan = app_with(ProfileSync()).plan([assigned(person)], tenant(there), known(person, there), now=NOW)
    [update] = plan.changes
    assert {each.name for each in update.properties} == {"displayName", "surname", "onPremisesImmutableId"}
    assert update.subject.username == there.username
    assert [problem.code for problem in plan.problems] == ["username_not_changed"]
    assert plan.problems[0].message.endswith(": Profile Sync does not rename")


def test_profile_sync_refers_to_a_manager_by_username():
    """The custom attribute Manager takes a user principal name or an object id."""
    app = app_with(ProfileSync())
    app = app.remap(app.mapping.with_expression("manager", "source.managerId"))
    boss = account(f"boss@{DOMAIN}")
    plan = app.plan([assigned(somebody(managerId=boss.username))], tenant(boss), remembered(), now=NOW)
    assert plan.changes[-1].manager_id == boss.id


def test_mapping_the_email_needs_user_or_universal_sync():
    """Okta: the e-mail mapping only with these two."""
    with pytest.raises(ConfigurationError, match="Profile Sync does not send email"):
        app_with(ProfileSync()).remap(ProfileMapping.of({"email": "source.email"}))


def test_universal_sync_sends_the_directorys_extension_attributes():
    """The full profile of people from the chosen AD instances."""
    linked = from_directory(somebody())
    [directory] = linked.directory_accounts
    rich = evolve(directory, attributes={**directory.attributes, "extensionAttribute1": "x1", "company": "Corp"})
    app = app_with(UniversalSync(ad_instances=["corp.example"]))
    [create] = app.plan([assigned(evolve(linked, directory_accounts=[rich]))], tenant(), remembered(), now=NOW)
    assert create.properties["onPremisesExtensionAttributes.extensionAttribute1"] == "x1"
    assert create.properties["companyName"] == "Corp"


def test_universal_sync_says_what_of_the_full_profile_graph_cant_take():
    """Exchange's attributes, aliases, contacts and rooms: each with what to do instead."""
    linked = from_directory(somebody())
    [directory] = linked.directory_accounts
    values = {"proxyAddresses": ["SMTP:ann@corp.example"], "msExchHideFromAddressLists": "TRUE"}
    rich = evolve(directory, attributes={**directory.attributes, **values})
    app = app_with(UniversalSync(ad_instances=["corp.example"]))
    plan = app.plan([assigned(evolve(linked, directory_accounts=[rich]))], tenant(), remembered(), now=NOW)
    said = {each.attribute: each.instead for each in plan.unsupported}
    assert "Exchange Online" in said["MSExchHideFromAddressLists"]
    assert "Exchange Online" in said["ProxyAddresses"]
    assert {"Contacts and distribution lists", "Resource mailboxes"} <= said.keys()


USER_SYNC_PROFILE = dict.fromkeys(
    ["streetAddress", "city", "state", "zipCode", "department", "primaryPhone", "mobilePhone", "title"], "x"
) | {"preferredLanguage": "nb-NO"}


def test_all_attributes_of_universal_sync_flow_from_the_directory_to_the_plan():
    """Each is sent, or is said not to be, with how many people have it, and why; nothing is lost on the way."""
    linked = from_directory(somebody(middleName="M", countryCode="NO"))
    [directory] = linked.directory_accounts
    values = {row.directory: f"x{row.name}"[:16] for row in ATTRIBUTES.values() if row.directory}
    values |= {"proxyAddresses": ["smtp:a@corp.example"], "userCertificate": ["MII="], "mailNickname": "ann", "c": "NO"}
    rich = evolve(linked, directory_accounts=[evolve(directory, attributes={**directory.attributes, **values})])
    mapping = UniversalSync().default_mapping().with_expression("countryCode", "user.countryCode")
    mapping = mapping.with_expression("office", "user.city").with_expression("faxNumber", "user.city")
    app = app_with(UniversalSync(ad_instances=["corp.example"])).remap(mapping)
    person = evolve(rich, profile={**USER_SYNC_PROFILE, **rich.profile})
    plan = app.plan([assigned(person)], tenant(), remembered(), now=NOW)
    create = next(each for each in plan if each.kind == "create_user")
    sent = {name for name, row in ATTRIBUTES.items() if row.graph in create.properties}
    said = {each.attribute for each in plan.unsupported if each.people == 1}
    others = {"immutableId", "manager", "lastPasswordChangeTimestamp"}  # the anchor, a reference, the end of sessions
    assert sent | others | {each for each in ATTRIBUTES if ATTRIBUTES[each].label in said} >= {
        *UniversalSync.attributes
    }
    assert "MSExchArchiveGuid (1), " in str(plan)


@pytest.mark.parametrize("value", [False, 0])
def test_values_that_look_empty_are_counted_where_they_are_not_sent(value):
    """A number is a value: that nobody is hidden from address lists, and that it is not sent."""
    linked = from_directory(somebody())
    [directory] = linked.directory_accounts
    values = {**directory.attributes, "msExchHideFromAddressLists": value, "pager": ""}
    app = app_with(UniversalSync(ad_instances=["corp.example"]))
    person = evolve(linked, directory_accounts=[evolve(directory, attributes=values)])
    plan = app.plan([assigned(person)], tenant(), remembered(), now=NOW)
    assert [each.attribute for each in plan.unsupported if each.reason.startswith("Graph has no")] == [
        "MSExchHideFromAddressLists"
    ]


def test_universal_sync_says_what_else_it_does_not_send():
    """Of the whole plan and not of a number of people, each with why and what to do instead."""
    plan = app_with(UniversalSync(ad_instances=["corp.example"])).plan(
        [assigned(from_directory(somebody()))], tenant(), remembered(), now=NOW
    )
    assert [(each.attribute, each.reason, each.instead, each.people) for each in plan.unsupported[-3:]] == [
        (
            "Contacts and distribution lists",
            "Graph can only read them",
            "create them in Exchange Online, such as with the script of o365prov.delivery",
            0,
        ),
        (
            "Resource mailboxes",
            (
                "Graph makes no equipment; POST /places makes a room on a floor of Places, under an address that Graph "
                "makes up, for an application that has Place.ReadWrite.All and roles of Exchange "
                "(TenantPlacesManagement, MailRecipients)"
            ),
            "create them in Exchange Online, such as with the script of o365prov.delivery",
            0,
        ),
        (
            "Security groups of Active Directory",
            "groups are a plan of their own, which follows that of the people",
            "push them with GroupPush",
            0,
        ),
    ]


@pytest.mark.parametrize("provisioning", [UserSync(), UniversalSync()])
def test_synced_with_active_directory_is_said_once_a_plan(provisioning):
    """OnPremisesSyncEnabled can't be written over Graph: one line, however many people."""
    plan = app_with(provisioning).plan(
        [assigned(somebody("Ann Lee")), assigned(somebody("Bo Ross"))], tenant(), remembered(), now=NOW
    )
    assert [each.attribute for each in plan.unsupported].count("Synced with Active Directory") == 1


@pytest.mark.parametrize("provisioning", [LicenseOnly(), ProfileSync()])
def test_the_other_types_promise_no_sync(provisioning):
    """Nothing is said about a sync that Okta does not show."""
    plan = app_with(provisioning).plan([assigned(somebody(), "SPE_E3")], tenant(), remembered(), now=NOW)
    assert plan.unsupported == ()


def test_passwords_are_said_not_to_be_sent_where_they_should_be():
    """Sync Password is a setting of Okta's that no export can follow."""
    plan = app_with(UserSync(sync_password=True)).plan([assigned(somebody())], tenant(), remembered(), now=NOW)
    [row] = [each for each in plan.unsupported if each.attribute == "Passwords"]
    assert (row.people, row.instead) == (1, "leave Sync Password off")


def test_accounts_that_entra_connect_masters_are_said_of_the_tenant():
    """Not of a number of people; License Only may be used beside it."""
    snapshot = tenant(synced=True)
    plan = app_with(ProfileSync()).plan([assigned(somebody())], snapshot, remembered(), now=NOW)
    assert [(each.attribute, each.people) for each in plan.unsupported] == [("Accounts that Entra Connect masters", 0)]
    assert app_with(LicenseOnly()).plan([assigned(somebody())], snapshot, remembered(), now=NOW).unsupported == ()


def test_what_is_not_sent_is_said_in_the_order_of_its_name_with_the_reason():
    """First what Graph does not have, or this version does not write; then what is left alone."""
    linked = from_directory(somebody())
    app = app_with(UniversalSync(ad_instances=["corp.example"]))
    for name in ("publicDelegates", "manager", "assistant"):
        app = app.remap(app.mapping.with_expression(name, "source.login"))
    app = app.remap(app.mapping.with_expression("pager", '"1"').with_expression("info", '"x"'))
    people = [assigned(linked), assigned(somebody("Bo Ross"))]
    rows = app.plan(people, tenant(), remembered(), now=NOW).unsupported
    beyond = [each for each in rows if each.reason == "Graph has no such property"]
    assert [(each.attribute, each.people) for each in beyond] == [
        ("Assistant", 1),
        ("Info", 1),
        ("Pager", 1),
        ("PublicDelegates", 1),
    ]
    withheld = [each for each in rows if "only for people from Active Directory" in each.reason]
    assert [(each.attribute, each.instead) for each in withheld] == [
        ("Assistant", "set it in Exchange Online, or map it to an extension attribute"),
        ("Manager", "set it in Entra, or link these people from Active Directory"),
        ("PublicDelegates", "set it in Exchange Online"),
    ]


def test_stopped_and_held_people_are_not_counted():
    """A count says for how many accounts a value is not sent: nobody is provisioned whose username is refused."""
    app = app_with(UserSync())
    app = app.remap(app.mapping.with_expression("middleName", "source.middleName"))
    people = [somebody("Ann Lee", middleName="Q"), somebody("Bo Ross", middleName="Q", email="no-address")]
    people.append(somebody("Cy Young", middleName="Q", status="SUSPENDED"))
    plan = app.plan([assigned(each) for each in people], tenant(), remembered(), now=NOW)
    assert {each.attribute: each.people for each in plan.unsupported} == {
        "Middle name": 1,
        "Synced with Active Directory": 1,
    }


def test_nothing_is_said_where_nobody_is_provisioned():
    """One person, and that one is stopped."""
    plan = app_with(UserSync()).plan([assigned(somebody(email="no-address"))], tenant(), remembered(), now=NOW)
    assert plan.unsupported == ()


@pytest.mark.parametrize("provisioning", [UserSync(), UniversalSync(ad_instances=["corp.example"])])
def test_a_manager_that_is_mapped_for_people_without_active_directory_is_said(provisioning):
    """Okta's asterisk: their value is left alone, and the plan says for how many."""
    app = app_with(provisioning)
    app = app.remap(app.mapping.with_expression("manager", "source.managerId"))
    people = [somebody("Ann Lee", managerId="x"), somebody("Bo Ross"), from_directory(somebody("Cy Young"))]
    plan = app.plan([assigned(each) for each in people], tenant(), remembered(), now=NOW)
    [row] = [each for each in plan.unsupported if each.attribute == "Manager"]
    assert row.people == 1
    assert "only for people from Active Directory" in row.reason


def test_oktas_own_mapping_withholds_no_manager():
    """It gives none for people without Active Directory, so there is nothing to say."""
    plan = app_with(UserSync()).plan([assigned(somebody(managerId="x"))], tenant(), remembered(), now=NOW)
    assert "Manager" not in [each.attribute for each in plan.unsupported]


def test_license_only_advises_to_set_the_usage_location_in_entra():
    """It sends no attribute, so there is nothing to map; the other types say what to correct."""
    there = account(f"ann.lee@{DOMAIN}")
    for provisioning, words in ((LicenseOnly(), "in Entra"), (UserSync(), "Correct the UsageLocation")):
        people = [assigned(somebody(countryCode="Nowhere"), "SPE_E3")]
        plan = app_with(provisioning).plan(people, tenant(there), remembered(), now=NOW)
        [problem] = [each for each in plan.problems if each.code == "no_usage_location"]
        assert words in problem.remedy


def test_sessions_are_said_to_end_now_because_of_the_instant():
    """Graph can only set the present; the instant of the password is the reason."""
    person = evolve(somebody(), password_changed=NOW - timedelta(hours=1))
    there = account(f"ann.lee@{DOMAIN}", sessions_valid_from=NOW - timedelta(days=1))
    plan = app_with(LicenseOnly()).plan([assigned(person)], tenant(there), known(person, there), now=NOW)
    [row] = [each for each in plan.to_dicts() if each["kind"] == "revoke_sessions"]
    assert (row["what"], row["why"]) == ("end all sessions now", "the password changed on 2026-06-01 07:00 UTC")


def test_license_only_ends_sessions_when_the_password_changes_in_okta():
    """Even for AD-linked people it is Okta's instant that counts."""
    changed = NOW - timedelta(hours=1)
    person = evolve(from_directory(somebody(), password_last_set=NOW - timedelta(minutes=1)), password_changed=changed)
    there = account(f"ann.lee@{DOMAIN}", sessions_valid_from=NOW - timedelta(days=1), licenses=[E3.id])
    app_users = known(person, there, fingerprint="")
    plan = app_with(LicenseOnly()).plan([assigned(person)], tenant(there), app_users, now=NOW)
    assert [change.desired for change in plan if change.kind == "revoke_sessions"] == [changed]


def test_sponsors_are_said_not_to_be_sent():
    """Profile Sync's custom attribute Sponsors is a link that is not written: nothing mapped is dropped in silence."""
    app = app_with(ProfileSync())
    app = app.remap(app.mapping.with_expression("sponsors", "source.sponsor"))
    plan = app.plan([assigned(somebody(sponsor="boss@corp.example"))], tenant(), remembered(), now=NOW)
    [row] = plan.unsupported
    assert (row.attribute, row.instead) == ("Sponsors", "set them in Entra")
    assert row.reason == "this version does not write it"
