"""A push of some: the plan is about these people alone."""

import pytest
from attrs import evolve
from effects import effects
from hypothesis import given
from hypothesis import strategies as st
from organisation import DOMAIN, E3, F1, NOW, assigned, from_directory, remembered, somebody, tenant, user_sync_app

from o365prov import ConfigurationError, UsageError, UsernameFormat
from o365prov.planning import Coverage, Lookup, LookupKind, Needs
from o365prov.profiles import ApplyOn

NAMES = ["Ann Lee", "Bo Ross", "Cy Young", "Di Ng", "Ed Poe", "Flo Day"]
PEOPLE = {name: somebody(name) for name in NAMES}
APP = user_sync_app()
EMPTY = tenant(skus=(evolve(E3, seats=9),))
EVERYBODY = [assigned(each, "SPE_E3") for each in PEOPLE.values()]
SNAPSHOT, KNOWN = effects(APP.plan(EVERYBODY, EMPTY, remembered(), now=NOW), EMPTY)


def titled(name, title):
    """A person with this title."""
    return evolve(PEOPLE[name], profile={**PEOPLE[name].profile, "title": title})


def test_a_push_of_one_person_blocks_nobody_else():
    """Six are linked, one is given: the five others do not exist for this plan."""
    ann = PEOPLE["Ann Lee"]
    changed = evolve(ann, profile={**ann.profile, "title": "Lead"})
    plan = APP.plan([assigned(changed, "SPE_E3")], SNAPSHOT, KNOWN, now=NOW, only={ann.id})
    assert {change.subject.person_id for change in plan} == {ann.id}
    assert (plan.hazards, plan.problems) == ((), ())


def test_a_person_who_is_named_and_not_assigned_has_left():
    """A push after the assignment ended."""
    plan = APP.plan([], SNAPSHOT, KNOWN, now=NOW, only={PEOPLE["Ann Lee"].id})
    assert [change.kind for change in plan] == ["block_sign_in", "revoke_sessions"]


def test_a_person_of_whom_nothing_is_known_is_said():
    """An id that is misspelled, or somebody who had never been provisioned: not passed over in silence."""
    plan = APP.plan(EVERYBODY, SNAPSHOT, KNOWN, now=NOW, only={"00uTypo", PEOPLE["Ann Lee"].id})
    assert plan.changes == ()
    assert [(each.subject.person_id, each.code, each.stops) for each in plan.problems] == [
        ("00uTypo", "never_seen", False)
    ]


def test_a_push_of_nobody_is_empty():
    """An empty set is not everybody."""
    plan = APP.plan([], SNAPSHOT, KNOWN, now=NOW, only=())
    assert (plan.changes, plan.problems, plan.hazards) == ((), (), ())


def test_one_string_is_not_a_set_of_people():
    """It would be taken for its letters."""
    with pytest.raises(ConfigurationError, match="only"):
        APP.plan([], SNAPSHOT, KNOWN, now=NOW, only="00u1")


def test_somebody_elses_account_is_not_free_in_a_push():
    """Who is not named has not left: the account stays the holder's."""
    new = evolve(somebody("Ann Lee"), id="00uNew")
    plan = APP.plan([assigned(new)], SNAPSHOT, KNOWN, now=NOW, only={new.id})
    assert [problem.code for problem in plan.problems] == ["account_of_another_person"]


def unmarked(changes):
    """The changes without a word about a confirmation."""
    return [
        evolve(each, departure=evolve(each.departure, confirmed=False)) if getattr(each, "departure", None) else each
        for each in changes
    ]


@given(
    assigned_names=st.sets(st.sampled_from(NAMES)),
    titles=st.dictionaries(st.sampled_from(NAMES), st.sampled_from(["Lead", "Rep"])),
    only=st.sets(st.sampled_from(NAMES)),
)
def test_a_push_of_some_is_the_whole_plans_part_for_them(assigned_names, titles, only):
    """Whoever is assigned and whatever changed; that many leave has to be confirmed only where they do."""
    people = [
        assigned(
            evolve(PEOPLE[name], profile={**PEOPLE[name].profile, "title": titles.get(name, "Engineer")}), "SPE_E3"
        )
        for name in sorted(assigned_names)
    ]
    ids = {PEOPLE[name].id for name in only}
    whole = APP.plan(people, SNAPSHOT, KNOWN, now=NOW)
    part = APP.plan(people, SNAPSHOT, KNOWN, now=NOW, only=ids)
    assert unmarked(part.changes) == unmarked(each for each in whole.changes if each.subject.person_id in ids)
    assert part.problems == tuple(each for each in whole.problems if each.subject.person_id in ids)


class Unread(dict):
    """Accounts by object id, where nobody asks for those of some people."""

    def __init__(self, accounts, unread):
        super().__init__(accounts)
        self.unread = unread

    def get(self, key, default=None):
        """The account, if it may be asked for."""
        assert key not in self.unread, key
        return super().get(key, default)

    def __contains__(self, key):
        """Whether there is one, if it may be asked for."""
        assert key not in self.unread, key
        return super().__contains__(key)


def test_a_push_of_one_person_looks_at_nobody_elses_account():
    """However many people are assigned: what it costs does not depend on them."""
    ann = PEOPLE["Ann Lee"]
    others = {known.object_id for known in KNOWN if known.person_id != ann.id}
    snapshot = evolve(SNAPSHOT)
    snapshot.__dict__["by_id"] = Unread(SNAPSHOT.by_id, others)
    plan = APP.plan(
        [assigned(titled("Ann Lee", "Lead"), "SPE_E3"), *EVERYBODY[1:]], snapshot, KNOWN, now=NOW, only={ann.id}
    )
    assert [change.kind for change in plan] == ["update_user"]


@pytest.mark.parametrize(
    ("wants", "others", "seats"),
    [("SPE_E3", "SPE_E3", 6), ("SPE_F1", "SPE_E3", 1)],
    ids=["seats for everybody", "no seats of something else"],
)
def test_whoever_asks_for_seats_is_looked_at_only_where_they_are_scarce(wants, others, seats):
    """Six people ask, and the one who is pushed gets a seat whatever becomes of the others."""
    people = [assigned(each, wants if name == "Ann Lee" else others) for name, each in PEOPLE.items()]
    known = remembered(*(evolve(each, licenses=()) for each in KNOWN))
    users = [evolve(each, licenses=()) for each in SNAPSHOT.users]
    snapshot = evolve(SNAPSHOT, users=users, skus=(evolve(E3, seats=seats, used=0), evolve(F1, seats=1, used=0)))
    ann = PEOPLE["Ann Lee"].id
    others = {each.object_id for each in known if each.person_id != ann}
    snapshot.__dict__["by_id"] = Unread(snapshot.by_id, others)
    plan = APP.plan(people, snapshot, known, now=NOW, only={ann})
    assert [change.kind for change in plan] == ["assign_licenses"]


@pytest.mark.parametrize("when", [ApplyOn.CREATE, ApplyOn.CREATE_AND_UPDATE])
def test_a_push_knows_who_else_would_newly_get_an_address(when):
    """Neither of two people gets it, as in a plan for everybody, though nothing else has to do with the other one."""
    app = APP.remap(APP.mapping.with_expression("email", "source.shared", apply_on=when))
    people = [assigned(somebody(name, shared="team@corp.example")) for name in ("Ann Lee", "Bo Ross")]
    for each in people:
        [problem] = app.plan(people, tenant(), remembered(), now=NOW, only={each.person_id}).problems
        assert (problem.code, problem.subject.person_id) == ("mail_taken", each.person_id)


@pytest.mark.parametrize("handed", [False, True], ids=["the same source anchor", "handed over"])
def test_a_push_of_who_left_forgets_no_account_that_another_gets(handed):
    """It is deleted, and the plan of everybody restores it for the person under a new id."""
    known = evolve(KNOWN.get("00uAnnLee"), anchor="ANCHOR==")
    [user] = [each for each in SNAPSHOT.users if each.id == known.object_id]
    name = {"userPrincipalName": user.id.replace("-", "") + user.username, "onPremisesImmutableId": "ANCHOR=="}
    gone = evolve(user, properties={**user.properties, **name})
    app = evolve(APP, restore_deleted_users=True)
    app = app.remap(app.mapping.with_expression("immutableId", "user.employeeNumber"))
    again = somebody("Ann Lee" if handed else "Ann Ray", employeeNumber="17" if handed else "ANCHOR==")
    again = evolve(again, id="00uAgain")
    options = {"transfers": {again.id: gone.id}} if handed else {}
    snapshot = tenant(deleted=(gone,))
    whole = app.plan([assigned(again)], snapshot, remembered(known), now=NOW, **options)
    assert [each.kind for each in whole][:1] == ["restore_user"]
    plan = app.plan([assigned(again)], snapshot, remembered(known), now=NOW, only={"00uAnnLee"}, **options)
    assert plan.changes == ()


def test_what_is_not_sent_is_counted_of_those_who_are_pushed():
    """Others are looked at because they have something in common with them, here the e-mail address."""
    app = APP.remap(APP.mapping.with_expression("middleName", "source.middleName"))
    people = [
        evolve(assigned(somebody(name, email="team@corp.example", middleName="Q")), username=f"{name[:2]}@{DOMAIN}")
        for name in ("Ann Lee", "Bo Ross")
    ]
    plan = app.plan(people, EMPTY, remembered(), now=NOW, only={"00uAnnLee"})
    assert [each.code for each in plan.problems] == ["mail_taken"]
    assert [each.people for each in plan.unsupported] == [1, 1]


def test_a_manager_whom_another_plan_is_to_create_is_not_set():
    """Nothing creates the account before the manager is set: the push after that of the manager sets it."""
    boss, report = from_directory(somebody("Bo Ross")), from_directory(somebody("Ann Lee"), manager=somebody("Bo Ross"))
    people = [assigned(boss), assigned(report)]
    alone = APP.plan(people, EMPTY, remembered(), now=NOW, only={report.id})
    assert [change.kind for change in alone] == ["create_user"]
    assert [problem.code for problem in alone.problems] == ["manager_not_provisioned"]
    both = APP.plan(people, EMPTY, remembered(), now=NOW, only={boss.id, report.id})
    assert [change.kind for change in both] == ["create_user", "create_user", "set_manager"]


# --- what must be read


def found(needs, snapshot, known):
    """What is looked up for some people, round after round, by kind."""
    coverage, asked_of = Coverage(needs.only), needs.lookups(known, NOW)
    while missing := asked_of(evolve(snapshot, users=(), coverage=coverage)):
        coverage = evolve(coverage, lookups=coverage.lookups | missing)
    kinds = {each.kind for each in coverage.lookups}
    return {kind.value: {each.key for each in coverage.lookups if each.kind is kind} for kind in kinds}


def test_the_same_properties_are_read_for_some_people_as_for_everybody():
    """And beside them it is noted whom they are read for, and for which app."""
    everybody, some = APP.needs(EVERYBODY), APP.needs(EVERYBODY, only=["00uAnnLee"])
    assert (everybody.only, some.only, some.app_name) == (None, {"00uAnnLee"}, "Office 365")
    assert evolve(some, only=None, lookups=None, app_name="") == everybody


def test_a_person_is_looked_up_by_every_name():
    """By what is remembered, and by what the account should have; nobody else is."""
    known = KNOWN.get("00uAnnLee")
    assert found(APP.needs(EVERYBODY, only=["00uAnnLee"]), SNAPSHOT, KNOWN) == {
        "object id": {known.object_id},
        "username": {known.username},
        "source anchor": {known.anchor},
        "address": {known.username, "ann.lee@corp.example"},
    }


def test_only_addresses_are_looked_up_as_such():
    """A login need not be one, and an e-mail address need not be given."""
    ann = evolve(PEOPLE["Ann Lee"], profile={**PEOPLE["Ann Lee"].profile, "login": "ann", "email": None})
    app = evolve(APP, username=UsernameFormat.custom(f'"ann.lee@{DOMAIN}"'), mapping=APP.mapping.without("email"))
    asked = found(app.needs([assigned(ann)], only=[ann.id]), SNAPSHOT, KNOWN)
    assert asked["address"] == {f"ann.lee@{DOMAIN}"}


def test_a_username_is_looked_up_in_lower_case_and_only_where_there_is_one():
    """A format may give capital letters, or nothing: then the person is stopped, and known by what is remembered."""
    ann = PEOPLE["Ann Lee"]
    for format_, username in ((f'"ANN.LEE@{DOMAIN}"', {f"ann.lee@{DOMAIN}"}), ("user.nickName", set())):
        app = evolve(APP, username=UsernameFormat.custom(format_))
        asked = found(app.needs([assigned(ann)], only=[ann.id]), SNAPSHOT, KNOWN)
        assert asked.get("username", set()) == username
        assert asked["object id"] == {KNOWN.get(ann.id).object_id}


def test_somebody_who_left_is_looked_up_by_what_is_remembered():
    """The source says nothing of them any more."""
    known = KNOWN.get("00uAnnLee")
    assert found(APP.needs([], only=["00uAnnLee"]), SNAPSHOT, KNOWN) == {
        "object id": {known.object_id},
        "source anchor": {known.anchor},
    }


def test_nothing_is_looked_up_beside_a_snapshot_of_everybody():
    """What it does not have is not in the tenant."""
    needs = APP.needs(EVERYBODY, only=["00uAnnLee"])
    assert needs.lookups(remembered(), NOW)(tenant()) == frozenset()


def test_needs_of_some_people_are_made_by_an_app():
    """Who wants a few accounts has to say how they are found."""
    with pytest.raises(ConfigurationError, match=r"app\.needs"):
        Needs(("jobTitle",), only={"00uAnnLee"})


def of_ann():
    """A snapshot that was read for Ann alone."""
    coverage = Coverage(["00uAnnLee"], frozenset({Lookup(LookupKind.USERNAME, f"ann.lee@{DOMAIN}")}))
    return evolve(SNAPSHOT, users=SNAPSHOT.users[:1], coverage=coverage)


@pytest.mark.parametrize("only", [None, ["00uBoRoss"], ["00uAnnLee", "00uBoRoss"]])
@pytest.mark.parametrize("ask", ["plan", "preview"])
def test_a_snapshot_of_some_people_is_not_taken_for_one_of_others(only, ask):
    """Whoever was not read would look as if they had no account."""
    make = {
        "plan": lambda: APP.plan(EVERYBODY, of_ann(), KNOWN, now=NOW, only=only),
        "preview": lambda: APP.preview(EVERYBODY, snapshot=of_ann(), app_users=KNOWN, only=only),
    }
    others = "everybody" if only is None else "00uBoRoss"
    with pytest.raises(UsageError, match=rf"read for 1 person, and is asked about {others}: .*app\.needs\(assignments"):
        make[ask]()


def test_people_for_whom_a_snapshot_was_not_read_are_named_in_order():
    """The same sentence, however they are given."""
    with pytest.raises(UsageError, match="asked about 00u1, 00u2, 00u3, 00u4, 00u5: "):
        APP.plan(EVERYBODY, of_ann(), KNOWN, now=NOW, only=[f"00u{number}" for number in (3, 1, 5, 2, 4)])


def test_a_snapshot_of_some_people_does_not_serve_a_streaming_planner():
    """Its plan is about everybody."""
    with pytest.raises(UsageError, match="asked about everybody"):
        APP.streaming_planner(lambda: EVERYBODY, KNOWN, now=NOW).plan(of_ann())


def test_what_was_not_looked_up_is_an_error_and_not_an_absence():
    """The person is called otherwise since the tenant was read: whoever has that name was not asked for."""
    ann = evolve(PEOPLE["Ann Lee"], profile={**PEOPLE["Ann Lee"].profile, "email": "ann.day@corp.example"})
    with pytest.raises(UsageError, match=r"another username is asked.*read the tenant again"):
        APP.plan([assigned(ann)], evolve(of_ann(), users=()), remembered(), now=NOW, only=[ann.id])


@pytest.mark.parametrize(
    ("kind", "key"),
    [("username", "CN=Ann Lee,OU=Staff"), ("address", "Ann"), ("object id", "CN=Ann Lee"), ("source anchor", "")],
)
def test_what_no_tenant_can_hold_is_not_looked_up(kind, key):
    """Managers are named by distinguished names, usernames and object ids."""
    Coverage(["00uAnnLee"]).check(LookupKind(kind), key)


def test_needs_do_not_take_one_string_for_a_set_of_people():
    """As a plan does not."""
    with pytest.raises(ConfigurationError, match="only"):
        APP.needs(EVERYBODY, only="00uAnnLee")


# --- previews


def test_a_preview_of_some_says_of_a_person_who_is_not_assigned_that_they_have_left():
    """A plan with the same people would block the account."""
    preview = APP.preview([], snapshot=SNAPSHOT, app_users=KNOWN, only=["00uAnnLee"])
    assert [user.person_id for user in preview.leavers] == ["00uAnnLee"]
    assert "00uAnnLee (ann.lee@yourfederated.domain) is not assigned, so has left" in str(preview)


def test_a_preview_of_some_names_ids_that_belong_to_nobody():
    """A mistyped id would otherwise look like a person for whom there is nothing to do."""
    preview = APP.preview(EVERYBODY, snapshot=SNAPSHOT, app_users=KNOWN, only=["00uTypo"])
    assert (len(preview), preview.leavers, preview.unknown) == (0, (), ("00uTypo",))
    assert "00uTypo is neither assigned nor in app_users" in str(preview)


def test_a_preview_of_everybody_says_of_nobody_that_they_have_left():
    """It may be given a few people of many."""
    preview = APP.preview(EVERYBODY[:1], snapshot=SNAPSHOT, app_users=KNOWN)
    assert (preview.leavers, preview.unknown) == ((), ())


@pytest.mark.parametrize(
    ("only", "code"),
    [({"00uNew"}, "account_of_another_person"), ({"00uNew", "00uAnnLee"}, "account_of_namesake")],
)
def test_a_preview_of_some_knows_who_has_left_as_the_plan_does(only, code):
    """Ann's namesake is told that the account is Ann's, or was: Ann has left if she is named and not assigned."""
    people = [assigned(evolve(PEOPLE["Ann Lee"], id="00uNew"))]
    [row] = APP.preview(people, snapshot=SNAPSHOT, app_users=KNOWN, only=only)
    plan = APP.plan(people, SNAPSHOT, KNOWN, now=NOW, only=only)
    assert [issue.code for issue in row.issues] == [problem.code for problem in plan.problems] == [code]


def test_nobody_elses_rename_frees_a_username_in_a_preview_of_some():
    """As in a plan of some: Bo's username is still Bo's, for Bo is not renamed by it."""
    renamed = [
        evolve(EVERYBODY[0], username=f"bo.ross@{DOMAIN}"),
        evolve(EVERYBODY[1], username=f"robert.ross@{DOMAIN}"),
    ]
    whole = APP.preview(renamed, snapshot=SNAPSHOT, app_users=KNOWN)
    part = APP.preview(renamed, snapshot=SNAPSHOT, app_users=KNOWN, only=["00uAnnLee"])
    assert [issue.code for issue in whole.people[0].issues if issue.stops] == []
    assert [issue.code for issue in part.people[0].issues if issue.stops] == ["username_taken"]


def test_one_person_is_not_chosen_among_many():
    """A preview of one person is of that person."""
    with pytest.raises(ConfigurationError, match="only="):
        APP.preview(PEOPLE["Ann Lee"], only=["00uAnnLee"])


@given(
    given_names=st.lists(st.sampled_from(NAMES), unique=True),
    titles=st.dictionaries(st.sampled_from(NAMES), st.sampled_from(["Lead", "Rep"])),
    alike=st.sets(st.sampled_from(NAMES)),
    in_tenant=st.booleans(),
    data=st.data(),
)
def test_a_preview_of_some_is_the_whole_previews_part_for_them(given_names, titles, alike, in_tenant, data):
    """Whoever is given, whatever changed, and whoever would get the same username."""
    people = [
        evolve(
            assigned(
                evolve(PEOPLE[name], profile={**PEOPLE[name].profile, "title": titles.get(name, "Engineer")}), "SPE_E3"
            ),
            username=f"same@{DOMAIN}" if name in alike else None,
        )
        for name in given_names
    ]
    only = data.draw(st.sets(st.sampled_from([each.person.id for each in people]))) if people else set()
    known = {"snapshot": SNAPSHOT, "app_users": KNOWN} if in_tenant else {}
    whole, part = APP.preview(people, **known), APP.preview(people, **known, only=only)
    assert part.people == tuple(row for row in whole if row.person.id in only)
    assert part.collisions == tuple(
        group for group in whole.collisions if any(row.person.id in only for row in group.people)
    )
    assert (part.leavers, part.unknown) == ((), ())
