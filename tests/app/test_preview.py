"""Previews: what username and mapping give for one person or for many, and what a tenant would make of it."""

import pickle
from io import StringIO

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from organisation import DOMAIN, NOW, account, assigned, dn, from_directory, remembered, somebody, tenant, user_sync_app
from rich.console import Console

from o365prov import UNSET, LicenseOnly, Office365App, ProfileMapping, ProfileSync, UserSync
from o365prov.errors import ConfigurationError
from o365prov.people import AppUser
from o365prov.planning import Domain, TenantSnapshot
from o365prov.planning.model.changes import CreateUser, LinkUser, UpdateUser
from o365prov.previews import PopulationPreview
from o365prov.previews.account import AccountOutcome, UsernameHolder

APP = user_sync_app()
SMALL = APP.remap(ProfileMapping.of({"title": "source.title", "city": "source.city"}))


def username_of(person):
    return f"{person.profile['email'].partition('@')[0]}@{DOMAIN}"


def held(person, **properties):
    """The person's account as an earlier plan left it, and more."""
    body = {"displayName": person.name, "onPremisesImmutableId": person.id, **properties}
    return account(username_of(person), **body)


def linked(*pairs):
    return remembered(*[AppUser(person.id, user.id, user.username, user.anchor) for person, user in pairs])


# --- one person: value, expression, explanation, error


def test_each_attribute_shows_value_expression_and_explanation():
    """What Okta's Preview box shows, and how it came about."""
    title = APP.preview(somebody(title="Singer")).attribute("title")
    assert (title.value, title.given, str(title.expression)) == ("Singer", "Singer", "source.title")
    assert 'source.title => "Singer"' in str(title.explanation)
    assert title.error is None
    assert title.issue is None


def test_the_username_is_explained_like_an_attribute():
    """By the name that Okta gives it."""
    username = APP.preview(somebody("Isaac Brock")).attribute("userName")
    assert username.value == f"isaac.brock@{DOMAIN}"
    assert "substringBefore" in str(username.explanation)


def test_a_username_of_the_assignments_own_is_explained_as_such():
    """The username format has nothing to do with it, neither in the explanation nor in any form of the preview."""
    preview = APP.preview(evolve(assigned(somebody()), username=f"boss@{DOMAIN}"))
    username = preview.attribute("userName")
    assert (username.value, username.given, preview.override) == (f"boss@{DOMAIN}", f"boss@{DOMAIN}", f"boss@{DOMAIN}")
    assert str(username.expression) == f'"boss@{DOMAIN}"'
    assert "the username is set in the assignment" in str(preview)
    assert "set in the assignment" in preview.to_markdown()
    assert "substringBefore" not in preview.to_markdown().partition("First name")[0]


def test_a_wrong_username_of_the_assignments_own_shows_what_was_given():
    """No username is left of it; the issue says why, and the explanation what it was."""
    username = APP.preview(evolve(assigned(somebody()), username='an"n')).attribute("userName")
    assert (username.value, username.given) == (UNSET, 'an"n')
    assert username.issue.code == "username_no_domain"


def test_without_one_of_its_own_the_format_explains_the_username():
    """The row shows the format's expression, as ever."""
    preview = APP.preview(somebody())
    assert preview.override is None
    assert "set in the assignment" not in str(preview)
    assert "substringBefore" in preview.to_markdown()


def test_a_failed_expression_shows_its_error_and_the_part_that_failed():
    """The error knows the place; the value is left alone; the issue says what to do."""
    app = APP.remap(ProfileMapping.of({"title": 'source.title + " " + source.nothing'}))
    title = app.preview(somebody(title="Singer")).attribute("title")
    assert title.value is UNSET
    assert title.error is not None
    assert "source.nothing" in str(title.error)
    assert title.issue.code == "mapping_failed"


def test_a_value_that_graph_does_not_take_shows_what_the_expression_gave():
    """UK is the given value; nothing is sent."""
    location = APP.preview(somebody(countryCode="UK")).attribute("usageLocation")
    assert location.given == "UK"
    assert location.value is UNSET
    assert "GB" in location.issue.remedy


def test_every_mapped_attribute_is_there_after_the_username():
    """In the order of the mapping."""
    assert [each.name for each in SMALL.preview(somebody()).attributes()] == ["userName", "title", "city"]


def test_an_attribute_that_is_not_mapped_has_no_preview():
    """Asking for its value gives UNSET, asking for its expression is a mistake."""
    preview = SMALL.preview(somebody())
    assert preview.value("department") is UNSET
    with pytest.raises(ConfigurationError, match="department"):
        preview.attribute("department")


def test_a_preview_knows_the_groups_of_an_assignment():
    """What an expression may ask for is the same as in a plan."""
    app = APP.remap(ProfileMapping.of({"title": 'isMemberOfGroupName("nobody") ? "in" : "out"'}))
    assert app.preview(assigned(somebody())).value("title") == "out"


def test_the_time_is_given_and_never_read():
    """Expressions that ask for the time take the caller's; without one they fail, and that is shown."""
    app = APP.remap(ProfileMapping.of({"title": "Time.now()"}))
    assert "2026-06-01" in app.preview(somebody(), now=NOW).value("title")
    assert app.preview(somebody()).attribute("title").error is not None
    with pytest.raises(ConfigurationError, match="no time zone"):
        app.preview(somebody(), now=NOW.replace(tzinfo=None))


def test_without_a_snapshot_no_tenant_is_spoken_of():
    """The preview ends with the values."""
    assert APP.preview(somebody()).account is None


# --- one person and a tenant: does the username exist, is it this person, is it another's


def test_a_username_that_no_one_has_would_be_created():
    """Neither the username nor the source anchor is there."""
    found = APP.preview(somebody(), snapshot=tenant()).account
    assert (found.outcome, found.username_holder, found.object_id) == (
        AccountOutcome.CREATED,
        UsernameHolder.FREE,
        None,
    )
    assert "no account has the username" in str(found)


def test_a_username_that_exists_would_be_matched():
    """Okta looks for the username first."""
    ann = somebody(title="Singer")
    user = account(username_of(ann), jobTitle="Guitarist", city="Oslo")
    found = SMALL.preview(ann, snapshot=tenant(user)).account
    assert (found.outcome, found.username_holder, found.object_id) == (
        AccountOutcome.MATCHED,
        UsernameHolder.SELF,
        user.id,
    )
    assert ("title", "Guitarist", "Singer") in [(each.attribute, each.before, each.after) for each in found.changes]
    assert "this username already" in found.message


def test_a_source_anchor_that_exists_would_be_matched_and_renamed():
    """The account of a person whose address changed."""
    ann = from_directory(somebody())
    user = account(f"old@{DOMAIN}", onPremisesImmutableId=ann.directory_accounts[0].anchor)
    found = APP.preview(ann, snapshot=tenant(user)).account
    assert (found.outcome, found.username_holder) == (AccountOutcome.MATCHED, UsernameHolder.FREE)
    assert found.held_username == f"old@{DOMAIN}"
    assert found.renamed
    assert "source anchor" in found.message


def test_a_preview_names_what_has_no_value_on_one_line():
    """Universal Sync maps a hundred attributes that hardly anybody has."""
    app = APP.remap(ProfileMapping.of({"city": "user.city", "title": "user.title", "department": "user.department.x"}))
    lines = str(app.preview(somebody(city="Oslo"))).splitlines()
    assert lines[1:4] == ["  City: Oslo", "  (empty): Title", "  (left alone): Department"]


def test_a_username_with_another_anchor_is_another_persons():
    """Said in words and as data, and nothing would be done."""
    ann = from_directory(somebody())
    user = account(username_of(ann), onPremisesImmutableId="c29tZWJvZHkgZWxzZQ==")
    preview = APP.preview(ann, snapshot=tenant(user))
    assert (preview.account.outcome, preview.account.username_holder) == (AccountOutcome.STOPPED, UsernameHolder.OTHER)
    assert preview.account.object_id is None
    assert "other_anchor" in [issue.code for issue in preview.issues]
    assert "belongs to another person" in str(preview)


def test_a_username_linked_to_another_person_names_them():
    """The memory knows whose account it is."""
    ann, bo = somebody("Ann Lee"), somebody("Bo Ross")
    user = account(username_of(ann))
    preview = APP.preview(ann, snapshot=tenant(user), app_users=linked((bo, user)))
    assert preview.account.outcome is AccountOutcome.STOPPED
    assert "account_of_another_person" in [issue.code for issue in preview.issues]


def test_a_linked_account_is_the_persons_whatever_its_name():
    """With the memory of earlier runs a rename is seen as one."""
    ann = somebody()
    user = account(f"maiden.name@{DOMAIN}", onPremisesImmutableId=ann.id)
    found = APP.preview(ann, snapshot=tenant(user), app_users=linked((ann, user))).account
    assert found.outcome is AccountOutcome.LINKED
    assert [each.after for each in found.changes if each.attribute == "userName"] == [username_of(ann)]


def test_a_new_name_that_another_account_has_is_said():
    """The rename would fail: the message names the username."""
    ann = somebody()
    user, other = account(f"maiden.name@{DOMAIN}", onPremisesImmutableId=ann.id), account(username_of(ann))
    found = APP.preview(ann, snapshot=tenant(user, other), app_users=linked((ann, user))).account
    assert found.username_holder is UsernameHolder.OTHER
    assert found.outcome is AccountOutcome.STOPPED
    holder = f"the account ({username_of(ann)}, object id {other.id})"
    assert f"renamed to {username_of(ann)}, which is the username of {holder}" in found.message


def test_a_username_and_an_anchor_of_two_accounts_stop():
    """No one can say which."""
    ann = from_directory(somebody())
    anchor = ann.directory_accounts[0].anchor
    snapshot = tenant(account(username_of(ann)), account(f"x@{DOMAIN}", onPremisesImmutableId=anchor))
    preview = APP.preview(ann, snapshot=snapshot)
    assert "ambiguous_account" in [issue.code for issue in preview.issues]
    assert preview.account.outcome is AccountOutcome.STOPPED


def test_a_person_without_a_username_is_stopped_with_the_reason():
    """What is wrong with the person is what the account's line says."""
    found = APP.preview(somebody(email=""), snapshot=tenant()).account
    assert (found.outcome, found.username_holder) == (AccountOutcome.STOPPED, None)
    assert "nothing before its @" in found.message


def test_without_create_users_no_one_new_would_be_created():
    """The setting is named."""
    app = user_sync_app(create_users=False)
    assert "Create Users is off" in app.preview(somebody(), snapshot=tenant()).account.message


@pytest.mark.parametrize(("status", "outcome"), [("SUSPENDED", "held"), ("DEPROVISIONED", "unassigned")])
def test_a_status_that_provisions_no_one_is_named(status, outcome):
    """The values are shown, and that nothing is done with them."""
    preview = APP.preview(somebody(status=status, title="Singer"), snapshot=tenant())
    assert preview.account.outcome == outcome
    assert status in preview.account.message
    assert preview.value("title") == "Singer"


def test_profile_sync_says_that_it_renames_no_one():
    """The account keeps its username, and the issue says so."""
    ann = somebody()
    user = account(f"maiden.name@{DOMAIN}", onPremisesImmutableId=ann.id)
    app = Office365App((DOMAIN,), ProfileSync(), APP.username)
    preview = app.preview(ann, snapshot=tenant(user))
    assert not preview.account.renamed
    assert "username_not_changed" in [issue.code for issue in preview.issues]


def test_license_only_changes_no_profile():
    """It sends nothing of it."""
    ann = somebody(title="Singer")
    app = Office365App((DOMAIN,), LicenseOnly(), APP.username)
    assert app.preview(ann, snapshot=tenant(account(username_of(ann)))).account.changes == ()


def test_a_create_only_attribute_changes_no_account_that_exists():
    """It is sent to new ones alone."""
    app = APP.remap(ProfileMapping.of({"title": "source.title", "city": "source.city"}).applied_on("create", "title"))
    ann = somebody(title="Singer", city="Oslo")
    changes = app.preview(ann, snapshot=tenant(held(ann))).account.changes
    assert [each.attribute for each in changes] == ["city"]


def test_a_tenant_that_a_plan_would_refuse_is_a_warning():
    """A preview shows what it can."""
    snapshot = TenantSnapshot("t", domains=(Domain("other.example"),), name="Contoso")
    preview = APP.preview(somebody(), snapshot=snapshot)
    assert any(f"{DOMAIN} not in the tenant" in warning for warning in preview.warnings)


# --- many people


def test_people_are_previewed_in_the_order_in_which_they_come():
    """One row a person."""
    people = [somebody("Bo Ross"), somebody("Ann Lee")]
    population = APP.preview(people)
    assert [row.person.name for row in population] == ["Bo Ross", "Ann Lee"]
    assert [row.username for row in population] == [f"bo.ross@{DOMAIN}", f"ann.lee@{DOMAIN}"]


@pytest.mark.parametrize("several", [tuple, list, iter, lambda people: (each for each in people)])
def test_any_iterable_is_people(several):
    """Assignments and persons alike, once through."""
    assert len(APP.preview(several([somebody("Bo Ross"), assigned(somebody("Ann Lee"))]))) == 2


def test_an_empty_list_has_a_preview():
    """An empty source shows as such."""
    assert str(APP.preview([])) == "Preview of 0 people: 0 with a username, 0 without"


@pytest.mark.parametrize("what", ["Ann Lee", [None], [{"id": "00u1"}], [somebody(), "Bo"], {"00u1": somebody()}])
def test_what_are_no_people_is_refused(what):
    """Strings and dicts are iterables as well."""
    with pytest.raises(ConfigurationError, match="can't preview a"):
        APP.preview(what)


def test_a_person_who_is_there_twice_is_refused():
    """They would collide with themselves."""
    with pytest.raises(ConfigurationError, match="more than once"):
        APP.preview([somebody(), assigned(somebody())])


def test_one_person_of_many_has_the_whole_preview():
    """The same as by themselves, with what only shows among others."""
    ann, anna = somebody("Ann Lee", title="Singer"), somebody("Anna Lee", email="ann.lee@corp.example")
    population = APP.preview([ann, anna])
    assert population[ann.id].value("title") == "Singer"
    assert [issue.code for issue in population[ann.id].issues] == ["collision"]
    assert population[ann.id].attribute("title").explanation.value == "Singer"
    assert ann.id in population
    with pytest.raises(KeyError):
        population["00u-nobody"]


def test_usernames_that_collide_are_named_with_both_people():
    """Capitals make no difference."""
    people = [somebody("Ann Lee"), somebody("Anna Lee", email="ANN.LEE@corp.example"), somebody("Bo Ross")]
    [collision] = APP.preview(people).collisions
    assert (collision.name, [row.person.name for row in collision.people]) == ("userName", ["Ann Lee", "Anna Lee"])
    assert f"ann.lee@{DOMAIN} is the same for 2 people (Ann Lee, Anna Lee)" in str(collision)


def test_source_anchors_that_collide_are_named_too():
    """Two people linked to one directory account."""
    ann = from_directory(somebody("Ann Lee"))
    bo = evolve(somebody("Bo Ross"), directory_accounts=ann.directory_accounts)
    [collision] = APP.preview([ann, bo]).collisions
    assert collision.name == "immutableId"


def test_whoever_has_the_username_keeps_it():
    """Both are named; only the newcomer is stopped."""
    ann, anna = somebody("Ann Lee"), somebody("Anna Lee", email="ann.lee@corp.example")
    user = held(ann)
    population = APP.preview([ann, anna], snapshot=tenant(user), app_users=linked((ann, user)))
    assert len(population.collisions[0]) == 2
    assert [row.account.outcome for row in population] == [AccountOutcome.LINKED, AccountOutcome.STOPPED]


def test_a_person_who_is_not_provisioned_collides_with_no_one():
    """A deactivated namesake does not stop the new one."""
    people = [somebody("Ann Lee"), somebody("Anna Lee", email="ann.lee@corp.example", status="DEPROVISIONED")]
    assert APP.preview(people).collisions == ()


def test_findings_are_counted_by_kind_the_most_frequent_first():
    """How many people have which, and what to do."""
    people = [somebody(f"No Mail{n}", email="") for n in range(3)] + [somebody("Max Muster", countryCode="UK")]
    population = APP.preview(people)
    assert [(each.name, len(each)) for each in population.issues] == [
        ("bad_mail", 3),
        ("username_no_name", 3),
        ("bad_usageLocation", 1),
    ]
    assert len(population.without_username) == 3
    assert "Primary email is empty for 3 people (No Mail0, No Mail1, No Mail2). Fill it in" in str(population)


def test_a_tenant_is_counted_by_what_would_happen():
    """Created, matched, linked, held, stopped; changed by attribute, renamed."""
    new, same, other, moved, off, wrong = (
        somebody("New One"),
        somebody("Same Two", title="Singer"),
        somebody("Other Three", title="Singer"),
        somebody("Moved Four", title="Singer"),
        somebody("Off Five", status="SUSPENDED"),
        somebody("Wrong Six", email=""),
    )
    left = account(f"former@{DOMAIN}", onPremisesImmutableId=moved.id)
    snapshot = tenant(held(same, jobTitle="Singer"), held(other, jobTitle="Guitarist"), left)
    population = SMALL.preview([new, same, other, moved, off, wrong], snapshot=snapshot)
    assert {each.name: len(each) for each in population.outcomes} == {
        "created": 1,
        "matched": 3,
        "held": 1,
        "stopped": 1,
    }
    assert [(each.name, len(each)) for each in population.changes] == [("title", 2), ("userName", 1)]
    assert [row.person.name for row in population.renamed] == ["Moved Four"]
    assert [row.person.name for row in population.changed] == ["Other Three", "Moved Four"]
    text = str(population)
    assert "in Contoso: 1 would be created, 3 would be matched with existing accounts" in text
    assert "2 changed, 1 renamed" in text
    assert "title changes for 2 people (Other Three, Moved Four)" in text


def test_rows_go_into_a_data_frame():
    """Plain values, one dict a person."""
    [row] = SMALL.preview([somebody(title="Singer")], snapshot=tenant(held(somebody(), jobTitle="x"))).to_dicts()
    assert row == {
        "person_id": "00uAnnLee",
        "name": "Ann Lee",
        "username": f"ann.lee@{DOMAIN}",
        "outcome": "matched",
        "message": "an account has this username already",
        "changes": ["title"],
        "issues": [],
    }


def test_a_stale_mapping_warns_about_everyone_once():
    """The warning belongs to the app, not to each person."""
    changed = APP.with_provisioning(UserSync(create_users=False))
    assert str(changed.preview([somebody("Ann Lee"), somebody("Bo Ross")])).count("remap") == 2  # remap() and keep=True


def test_a_large_population_prints_a_few_lines():
    """Names and lines are capped; the counts are not."""
    twins = [somebody(f"{name} Nr{n}", email=f"twin{n}@corp.example") for n in range(300) for name in ("A", "B")]
    text = str(APP.preview(twins))
    assert text.count("\n") < PopulationPreview.rows_shown + 10
    assert "... and 280 more" in text
    assert "for 600 people (A Nr0, B Nr0, A Nr1, B Nr1, A Nr2 and 595 more)" in text


def printed(renderable):
    console = Console(width=120, file=StringIO())
    console.print(renderable)
    return console.file.getvalue()


def test_a_population_prints_as_rich_tables():
    """Markup in names stays text."""
    people = [somebody("[red]Ann Lee", email="ann@corp.example"), somebody("No Mail", email="")]
    text = printed(APP.preview(people, snapshot=tenant()))
    assert "[red]Ann Lee" in text
    assert "What is wrong" in text
    assert "would be created" in text


def test_one_persons_preview_prints_what_the_tenant_says():
    """As text and as a rich table."""
    preview = APP.preview(somebody(), snapshot=tenant())
    assert "created: no account has the username" in str(preview)
    assert "no account has the username" in printed(preview)


def test_previews_are_values():
    """They compare, and go to other processes whole."""
    population = SMALL.preview([somebody(title="Singer")], snapshot=tenant())
    again = pickle.loads(pickle.dumps(population))  # noqa: S301 - our own
    assert again.people == population.people
    assert again["00uAnnLee"] == population["00uAnnLee"]


ODD_PROFILES = st.fixed_dictionaries(
    {
        "email": st.sampled_from(["ann@corp.example", "ANN@corp.example", "bo@corp.example", "x y@z", "", None]),
        "title": st.sampled_from(["Singer", "", None, 7, ["a"]]),
        "countryCode": st.sampled_from(["US", "UK", None]),
    }
)
HELD = st.sampled_from(["ann", "bo", "former"])


@given(
    st.lists(st.tuples(ODD_PROFILES, st.sampled_from(["ACTIVE", "SUSPENDED", "DEPROVISIONED"])), max_size=5),
    st.sets(HELD),
    st.sampled_from([UserSync(), UserSync(create_users=False), ProfileSync(), LicenseOnly()]),
)
def test_a_preview_says_what_the_plan_does(profiles, names, provisioning):
    """For whichever people, tenant and type: created, matched and changed are the plan's creates, links and updates."""
    people = [somebody(f"Person {n}", status=status, **profile) for n, (profile, status) in enumerate(profiles)]
    snapshot = tenant(*(account(f"{name}@{DOMAIN}", jobTitle="Singer") for name in sorted(names)))
    app = Office365App((DOMAIN,), provisioning, APP.username)
    population = app.preview(people, snapshot=snapshot)
    plan = app.plan([assigned(person) for person in people], snapshot, remembered(), now=NOW)
    by_type = {kind: set() for kind in (CreateUser, LinkUser, UpdateUser)}
    for change in plan.changes:
        by_type.setdefault(type(change), set()).add(change.subject.person_id)
    outcomes = {each.name: {row.person.id for row in each.people} for each in population.outcomes}
    assert outcomes.get("created", set()) == by_type[CreateUser]
    assert outcomes.get("matched", set()) == by_type[LinkUser] | by_type[UpdateUser]
    assert {row.person.id for row in population.changed} == by_type[UpdateUser]
    assert {each.subject.person_id for each in plan.problems if each.stops} == outcomes.get(
        "stopped", set()
    ) | outcomes.get("held", set())


@given(st.lists(ODD_PROFILES, max_size=5))
def test_no_person_makes_a_preview_fail(profiles):
    """Whatever the profiles hold, there are values or issues, and the text can be printed."""
    people = [somebody(f"Person {n}", **profile) for n, profile in enumerate(profiles)]
    population = APP.preview(people)
    assert str(population)
    for row in population:
        whole = population[row.person.id]
        assert str(whole)
        assert all(str(each.explanation) for each in whole.attributes())
        assert (row.username is None) <= any(issue.place == "userName" for issue in row.issues)


def test_the_manager_is_a_reference_and_not_compared():
    """Who the manager is depends on other people's accounts: that is the plan's business."""
    boss = somebody("Bo Ross")
    preview = APP.preview(from_directory(somebody(), manager=boss), snapshot=tenant())
    assert preview.value("manager") == dn(boss)
    assert "manager" not in [change.attribute for change in preview.account.changes]
