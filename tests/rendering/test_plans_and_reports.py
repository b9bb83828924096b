"""How plans, reports and previews read: as text, as tables, in notebooks, as a page, as rows, person by person."""

import csv
import io
import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from amount import examples
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from organisation import DOMAIN, NOW, assigned, remembered, somebody, tenant, user_sync_app
from rich.console import Console

from o365prov import Departure, LicenseGrant, Plan, Report
from o365prov.errors import ConfigurationError, Issue
from o365prov.planning import Outcome, Problem, Result, Subject, Unsupported
from o365prov.planning.model.change_parts import LicenseAddition, LicenseRemoval, PropertyChange
from o365prov.planning.model.changes import (
    AssignLicenses,
    BlockSignIn,
    CreateUser,
    DeleteUser,
    GrantRole,
    LinkUser,
    RemoveLicenses,
    RemoveManager,
    RemoveRole,
    RestoreUser,
    UpdateUser,
)
from o365prov.planning.model.explanation import ExplainedPerson, PersonExplanation
from o365prov.planning.model.throttle_limits import WRITES, Quota


def subject(name, number=0):
    """A person; another *number* is another person of the same name."""
    mark = f"{name}{number or ''}".replace(" ", "")
    return Subject(f"00u{mark}", name, f"{mark.lower()}@{DOMAIN}")


def created(who):
    """A new account."""
    return CreateUser(who, "assigned through O365 E3", {"displayName": who.name, "city": "Oslo"}, "f")


def updated(who, *properties, reason="the profile changed"):
    """An account with other properties: name, before, after."""
    return UpdateUser(who, reason, f"id-{who.person_id}", tuple(PropertyChange(*each) for each in properties), "f")


def blocked(who):
    """A leaver."""
    return BlockSignIn(who, "not assigned any more", f"id-{who.person_id}", Departure(NOW))


def licensed(who, *skus, without=()):
    """Licences given and taken."""
    add = tuple(LicenseAddition(f"id-{sku}", sku) for sku in skus)
    remove = tuple(LicenseRemoval(f"id-{sku}", sku) for sku in without)
    grants = tuple(LicenseGrant(sku) for sku in skus)
    return AssignLicenses(who, "assigned through O365 E3", f"id-{who.person_id}", add, remove, grants)


def plan_of(*changes, **fields):
    """A plan with these changes."""
    return Plan("tenant-1", NOW, changes, **fields)


def crowd(count):
    """So many people with names of their own."""
    return [subject(f"Person {number:05}") for number in range(count)]


def wrong(who, message="the username is empty", remedy="Fill it in", *, stops=True):
    """A problem."""
    return Problem(who, Issue("code", message, remedy, place="userName", severity="error" if stops else "warning"))


def starts(text):
    """The first characters of every line but the first."""
    return [line[0] for line in text.splitlines()[1:]]


ANN, BO, CY, DI = (subject(name) for name in ("Ann Lee", "Bo Ross", "Cy Young", "Di Ng"))


# Text


def test_the_gravest_comes_first():
    """Deleted, deactivated, changed, created, linked: what must not be missed comes first."""
    plan = plan_of(
        created(ANN), updated(BO, ("city", "Oslo", "Bergen")), blocked(CY), DeleteUser(DI, "due", "id-di"),
        LinkUser(subject("Ed Poe"), "same username", "id-ed", "f"),
    )  # fmt: skip
    assert [line.partition(" <")[0] for line in str(plan).splitlines()[1:]] == [
        "- Di Ng", "- Cy Young", "~ Bo Ross", "+ Ann Lee", "= Ed Poe",
    ]  # fmt: skip


def test_the_summary_counts_people_by_what_happens_to_them():
    """A restored account is not called a created one, nor a deleted one deactivated."""
    plan = plan_of(created(ANN), RestoreUser(BO, "assigned again", "id-bo"), blocked(CY), DeleteUser(DI, "due", "id"))
    assert "1 to create, 1 to restore, 1 to deactivate, 1 to delete (4 writes)" in str(plan)


def test_a_person_is_counted_once_for_the_gravest():
    """Losing a role and then sign-in is leaving; an account that is created and licensed is created."""
    leaving = RemoveRole(BO, "not assigned any more", "id-bo", "User Administrator", "role", "assignment", leaving=True)
    plan = plan_of(created(ANN), licensed(ANN, "SPE_E3"), leaving, blocked(BO))
    assert str(plan).startswith(f"Plan {plan.fingerprint}: 1 to create, 1 to deactivate (4 writes)")


def test_losing_a_manager_is_not_leaving():
    """Who only loses a reference is changed."""
    assert "1 to change" in str(plan_of(RemoveManager(ANN, "the source names no manager", "id-ann")))


def test_values_before_and_after_are_shown():
    """Set, changed and cleared, lists and booleans as people write them."""
    plan = plan_of(
        updated(
            ANN,
            ("city", None, "Oslo"),
            ("department", "Sales", "Revenue"),
            ("jobTitle", "Rep", None),
            ("businessPhones", [], ["+47 1", "+47 2"]),
            ("accountEnabled", False, True),
        )
    )
    said = "city: Oslo; department: Sales → Revenue; jobTitle: Rep → cleared; businessPhones: +47 1, +47 2"
    assert f"{said}; accountEnabled: no → yes" in str(plan)


def test_a_first_run_prints_in_a_few_lines():
    """Of 10,000 new accounts fifty are shown and the rest is counted."""
    text = str(plan_of(*map(created, crowd(10_000))))
    assert starts(text) == ["+"] * 51
    assert text.endswith("+ ... and 9,950 more to create")


def test_everyone_is_in_the_full_text():
    """Nothing is left out of what is asked for in full."""
    people = crowd(60)
    text = plan_of(*map(created, people)).to_text()
    assert all(each.username in text for each in people)
    assert "more" not in text


@pytest.mark.parametrize(("kind", "words"), [("user_sync", "user sync"), ("", "unknown")])
def test_the_full_text_says_what_the_plan_is_for(kind, words):
    """Which tenant, made when, with which type, and the id by which it is applied once."""
    plan = plan_of(provisioning_type=kind)
    assert plan.to_text().splitlines()[1:] == [
        "  Tenant: tenant-1",
        "  Made: 2026-06-01 08:00:00 UTC",
        f"  Provisioning type: {words}",
        f"  Plan id: {plan.id}",
    ]


def test_alike_changes_share_a_line():
    """A department renamed for 3,000 people is one line, with the first of them."""
    text = str(plan_of(*(updated(each, ("department", "Sales", "Revenue")) for each in crowd(3_000))))
    [line] = text.splitlines()[1:]
    assert line.startswith("~ 3,000 people: Person 00000 <")
    assert "and 2,995 more: department: Sales → Revenue  (the profile changed)" in line
    page = plan_of(*(updated(each, ("department", "Sales", "Revenue")) for each in crowd(3_000)))._repr_html_()
    assert f"<strong>3,000 people</strong><br>person00000@{DOMAIN}, " in page


def test_ten_alike_changes_do_not():
    """A small plan is read person by person."""
    assert starts(str(plan_of(*map(blocked, crowd(10))))) == ["-"] * 10
    assert starts(str(plan_of(*map(blocked, crowd(11))))) == ["-"]


def test_alike_changes_for_another_reason_do_not_share_a_line():
    """The line would give one reason for all of them."""
    people = [updated(each, ("city", "Oslo", "Bergen"), reason=f"for {n % 2}") for n, each in enumerate(crowd(22))]
    first, second = str(plan_of(*people)).splitlines()[1:]
    assert (first[-7:], second[-7:]) == ("(for 0)", "(for 1)")


def test_alike_changes_stand_where_the_first_of_them_would():
    """The others come after it."""
    people = crowd(13)
    others = [updated(people[1], ("city", "Oslo", "Rome"))]
    alike = [updated(each, ("city", "Oslo", "Bergen")) for each in (people[0], *people[2:])]
    first, second = str(plan_of(*others, *alike)).splitlines()[1:]
    assert first.startswith("~ 12 people: Person 00000 ")
    assert second.startswith("~ Person 00001 ")


def test_the_full_text_shares_no_lines():
    """In full everyone has a line."""
    assert [start for start in starts(plan_of(*map(blocked, crowd(11))).to_text()) if start != " "] == ["-"] * 11


def test_each_effect_has_room_of_its_own():
    """10,000 new accounts do not push the few that are blocked out of sight."""
    leavers = [subject(f"Leaver {number}") for number in range(5)]
    text = str(plan_of(*map(created, crowd(10_000)), *map(blocked, leavers)))
    assert all(each.username in text for each in leavers)


def test_licences_and_roles_are_totalled():
    """What a reviewer would otherwise add up: seats given and taken."""
    plan = plan_of(
        *(licensed(each, "SPE_E3", without=("SPE_F1",)) for each in crowd(1_200)),
        RemoveLicenses(ANN, "due", "id-ann", (LicenseRemoval("id-SPE_F1", "SPE_F1"),)),
        GrantRole(BO, "assigned", "id-bo", "User Administrator", "role"),
    )
    assert "Licences and roles: +1,200 SPE_E3, -1,201 SPE_F1, +1 User Administrator" in str(plan)


def test_namesakes_are_told_apart():
    """Two people of one name have their usernames in the problems; who has none is told by the id."""
    namesake, nameless = subject("Ann Lee", 2), evolve(subject("Ann Lee", 3), username="")
    text = str(plan_of(created(ANN), problems=[wrong(namesake), wrong(nameless), wrong(BO)]))
    assert (
        f"? Ann Lee <annlee2@{DOMAIN}>, Ann Lee <00uAnnLee3>, Bo Ross: the username is empty. Fill it in. [code]"
        in text
    )
    assert f"? Ann Lee <annlee2@{DOMAIN}>: the" in str(plan_of(created(ANN), problems=[wrong(namesake)]))


def test_alike_problems_share_a_line():
    """2,000 people without a country are one line, those whom it stops first."""
    people = crowd(2_000)
    problems = [*(wrong(each, "no country", "Map one", stops=False) for each in people), wrong(ANN)]
    first, second = str(plan_of(problems=problems)).splitlines()[1:]
    assert first == "? Ann Lee: the username is empty. Fill it in. [code]"
    assert second.endswith("Person 00004 and 1,995 more: no country. Map one. [code]")


def test_unlike_problems_are_capped():
    """A mapping that fails differently for everyone does not flood the screen."""
    text = str(plan_of(problems=[wrong(each, f"bad {each.name}") for each in crowd(70)]))
    assert text.endswith("? ... and 20 more problems")


def test_a_stopped_person_is_not_counted_with_gaps_too():
    """Each person is counted once, by the worst that is wrong."""
    plan = plan_of(problems=[wrong(ANN), wrong(ANN, "no country", stops=False), wrong(BO, "no city", stops=False)])
    assert str(plan).splitlines()[0].endswith("nothing to do, 1 person stopped, 1 person with gaps")


def test_a_hazard_says_how_to_confirm():
    """The line can be copied."""
    plan = plan_of(blocked(ANN), hazards=("1 of 2 accounts is lost",))
    assert f"! 1 of 2 accounts is lost: review the plan, then apply it with confirm='{plan.fingerprint}'" in str(plan)


def test_reprs_are_one_line():
    """In a list, or at a prompt, values stay small."""
    plan = plan_of(created(ANN), problems=[wrong(BO)])
    assert repr(plan) == f"Plan(1 changes, 1 problems, {plan.fingerprint})"
    assert repr(plan.explain(ANN.person_id)) == "ExplainedPerson(00uAnnLee, 1 change, 0 problems)"


# Duration


@pytest.mark.parametrize(("writes", "seconds"), [(0, 0), (3_000, 0), (3_001, 0.05), (6_000, 150), (100_000, 4_850)])
def test_the_first_3000_writes_wait_for_nothing(writes, seconds):
    """Then Graph lets 20 through a second."""
    assert WRITES.duration(writes) == timedelta(seconds=seconds)


def test_a_share_of_the_quota_takes_longer():
    """Taking 80 %, as a tenant does unless told otherwise: 2,400 at once, then 16 a second."""
    assert WRITES.part(0.8).duration(4_000) == timedelta(seconds=100)


def test_a_plan_knows_how_long_it_takes():
    """Its writes at the quota; linking costs none."""
    plan = plan_of(*map(created, crowd(50)), LinkUser(ANN, "same username", "id-ann", "f"))
    assert plan.duration() == timedelta(0)
    assert plan.duration(Quota(amount=10, seconds=1)) == timedelta(seconds=4)


def test_the_summary_says_how_long_where_it_matters():
    """50,000 writes are 39 minutes; 50 are not worth a word."""
    assert "(13,000 writes, at least 8 min 20 s)" in str(plan_of(*map(created, crowd(13_000))))
    assert "(50 writes)" in str(plan_of(*map(created, crowd(50))))


@pytest.mark.parametrize(("amount", "seconds"), [(0, 150), (-1, 150), (3_000, 0), (3_000, -1)])
def test_an_impossible_quota_is_refused(amount, seconds):
    """Nothing is ever done at a quota of nothing."""
    with pytest.raises(ConfigurationError, match=r"Quota\.(amount|seconds) should be a number above 0"):
        Quota(amount, seconds)


@pytest.mark.parametrize("share", [0, -0.5, 1.1])
def test_an_impossible_share_of_a_quota_is_refused(share):
    """Nothing at all can't be taken, nor more than there is."""
    with pytest.raises(ConfigurationError, match="above 0 and at most 1"):
        WRITES.part(share)


# Rows and people


def test_changes_as_rows():
    """One flat dict a change, for a data frame."""
    plan = plan_of(created(ANN), licensed(BO, "SPE_E3"))
    assert plan.to_dicts()[1] == {
        "person_id": "00uBoRoss",
        "name": "Bo Ross",
        "username": f"boross@{DOMAIN}",
        "kind": "assign_licenses",
        "symbol": "~",
        "what": "licences +SPE_E3",
        "why": "assigned through O365 E3",
        "object_id": "id-00uBoRoss",
        "writes": 1,
    }


def test_all_rows_have_the_same_columns():
    """Whatever the change, so that a table needs no care."""
    rows = plan_of(created(ANN), licensed(BO, "SPE_E3"), blocked(CY), DeleteUser(DI, "due", "id-di")).to_dicts()
    sheet = io.StringIO()
    table = csv.DictWriter(sheet, rows[0])
    table.writerows(rows)
    assert len({tuple(row) for row in rows}) == 1
    assert sheet.getvalue().count("\n") == 4


def test_one_persons_changes():
    """In the order in which they happen."""
    plan = plan_of(licensed(ANN, "SPE_E3"), created(ANN), created(BO))
    assert [change.kind for change in plan.for_person(ANN.person_id)] == ["create_user", "assign_licenses"]


EXPLAINED = plan_of(
    updated(ANN, ("city", "Oslo", "Bergen")),
    problems=[
        Problem(
            ANN, Issue("bad_country", "UsageLocation is no code", "Use GB", place="usageLocation", severity="warning")
        )
    ],
    explanations={ANN.person_id: PersonExplanation("linked before", ("Engineer", "Bergen", ""))},
    attributes=("Title", "City", "State"),
)


def test_a_person_is_explained():
    """Which account and why, what changes and why, what is wrong and what to do, what the mapping gave."""
    assert str(EXPLAINED.explain("00uAnnLee")).splitlines() == [
        f"Ann Lee <annlee@{DOMAIN}>, person 00uAnnLee",
        "Account: linked before",
        "What changes, and why:",
        "  ~ city: Oslo → Bergen  (the profile changed)",
        "What is wrong, and what to do:",
        "  ? UsageLocation is no code: usageLocation is left alone. Use GB.",
        "Mapped values:",
        "  Title  Engineer",
        "  City   Bergen",
        "  empty: State",
    ]


def test_a_stopped_person_is_explained():
    """A problem that stops says that nothing happens; there is no part about changes."""
    text = str(plan_of(problems=[wrong(evolve(ANN, username=""))]).explain("00uAnnLee"))
    assert text.splitlines() == [
        "Ann Lee, person 00uAnnLee",
        "What is wrong, and what to do:",
        "  ? the username is empty: nothing is changed for this person. Fill it in.",
    ]


def test_a_person_with_changes_alone_is_explained():
    """There is no part about problems, nor about values that are not known."""
    assert str(plan_of(blocked(ANN)).explain("00uAnnLee")).splitlines() == [
        f"Ann Lee <annlee@{DOMAIN}>, person 00uAnnLee",
        "What changes, and why:",
        "  - block sign-in  (not assigned any more)",
    ]


def test_an_account_is_explained_without_values_too():
    """A mapping may give none."""
    plan = plan_of(blocked(ANN), explanations={ANN.person_id: PersonExplanation("linked before")})
    assert str(plan.explain("00uAnnLee")).splitlines() == [
        f"Ann Lee <annlee@{DOMAIN}>, person 00uAnnLee",
        "Account: linked before",
        "What changes, and why:",
        "  - block sign-in  (not assigned any more)",
    ]


@pytest.mark.parametrize(
    ("mapped", "lines"),
    [
        ((("Title", "Engineer"),), ["  Title  Engineer"]),
        ((("City", "Bergen"), ("Extension", "")), ["  City  Bergen", "  empty: Extension"]),
        ((("State", ""), ("City", "")), ["  empty: State, City"]),
    ],
    ids=["all have values", "some", "none"],
)
def test_mapped_values_stand_in_one_column(mapped, lines):
    """As wide as the labels that have values need; the empty ones share a line."""
    attributes, values = zip(*mapped, strict=True)
    explained = {ANN.person_id: PersonExplanation("linked before", values)}
    plan = plan_of(blocked(ANN), explanations=explained, attributes=attributes)
    assert str(plan.explain("00uAnnLee")).partition("Mapped values:\n")[2].splitlines() == lines


def test_a_new_account_is_explained_with_all_of_its_values():
    """One person is short."""
    text = str(plan_of(created(ANN)).explain("00uAnnLee"))
    assert all(value in text for value in (f"create annlee@{DOMAIN}", "displayName: Ann Lee", "city: Oslo"))


def test_a_warning_that_is_about_no_attribute_leaves_the_rest_as_it_is():
    """Everything else is changed."""
    doubt = Problem(ANN, Issue("code", "the licence has no seats", "Buy some", severity="warning"))
    assert "the licence has no seats: everything else is changed. Buy some." in str(
        plan_of(problems=[doubt]).explain("00uAnnLee")
    )


def test_an_explanation_in_markdown_has_columns():
    """For changes, problems and mapped values."""
    text = EXPLAINED.explain("00uAnnLee").to_markdown()
    for columns in ("|  | What | Why |", "| What is wrong | Effect | What to do |", "| Attribute | Value |"):
        assert columns in text


def test_a_person_without_changes_and_problems_is_explained_too():
    """Up to date, not assigned and unknown are the same to a plan, and the explanation says so."""
    assert str(EXPLAINED.explain("00uNobody")).splitlines() == [
        "00uNobody: this plan has no changes and no problems for this person.",
        "The account is up to date, or the person is not assigned, or the id is unknown.",
    ]


def test_an_explanation_is_made_from_a_mapped_profile():
    """Labels and values as people read them; what is left alone is not among them."""
    preview = user_sync_app().preview(somebody("Ann Lee", city="Oslo", title="", countryCode="UK"))
    explanation = PersonExplanation.of("linked before", preview.profile)
    mapped = dict(ExplainedPerson(ANN.person_id, explanation, attributes=preview.profile.mapping.labels).mapped)
    assert mapped["City"] == "Oslo"
    assert mapped["Title"] == ""
    assert "UsageLocation" not in mapped


# HTML


class Reader(HTMLParser):
    """What a browser makes of a page: elements with their attributes, and the text."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.attributes, self.texts = set(), [], []
        self.feed(page)
        self.text = " ".join(self.texts)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.texts.append(data)


OURS = set(
    "html head meta title style body h1 h2 dl div dt dd nav a span section ul li p code strong em small br wbr".split()
)
OURS |= set("table caption thead tbody tr th td ins del".split())
EVIL = "<script>alert(1)</script>"


@settings(max_examples=examples(30))
@given(st.text(max_size=30) | st.sampled_from([EVIL, '" onload="x', "</style><img src=x>", "&lt;", "a@<b>@c"]))
def test_no_value_becomes_markup(text):
    """Whatever a person is called, or has in a profile, is text in every form that browsers read."""
    who = Subject(text, text, text)
    plan = plan_of(
        created(who),
        updated(ANN, (text, text, text), reason=text),
        problems=[wrong(who, text, text)],
        unsupported=(Unsupported(text, text, text, 1),),
        hazards=(text,),
    )
    report = Report("plan-1", (Outcome(created(who), Result.FAILED, message=text),))
    for page in (plan.to_html(), plan._repr_html_(), report.to_html(), report._repr_html_()):
        read = Reader(page)
        assert read.tags <= OURS
        assert {name for name, _ in read.attributes} <= {"class", "id", "scope", "href", "lang", *META}


META = {"charset", "http-equiv", "content", "name"}


def test_a_persons_name_is_still_readable():
    """Escaped, not dropped."""
    assert EVIL in Reader(plan_of(created(evolve(ANN, name=EVIL))).to_html()).text


def test_the_page_needs_nothing_from_elsewhere():
    """No scripts, no pictures, no links out; a browser is told so, too."""
    page = EXPLAINED.to_html()
    links = [value for name, value in Reader(page).attributes if name in ("href", "src")]
    assert all(link.startswith("#") for link in links)
    assert "default-src &#x27;none&#x27;" in page
    assert not any(word in page for word in ("<script", "http://", "https://", "@import", "url("))


def test_the_page_holds_everything():
    """No one is left out of what is reviewed."""
    people = crowd(120)
    text = Reader(plan_of(*map(created, people)).to_html()).text
    assert all(each.person_id in text for each in people)


def test_the_page_shows_values_before_and_after():
    """Old ones struck out, new ones marked, cleared ones named; a new account with all that it gets."""
    page = plan_of(created(BO), updated(ANN, ("city", "Oslo", "Bergen"), ("state", "X", None))).to_html()
    assert "<del>Oslo</del> → <ins>Bergen</ins>" in page
    assert "<del>X</del> → <em>cleared</em>" in page
    assert '<span class="name">city:</span> <ins>Oslo</ins>' in page


def test_the_page_puts_hazards_first_with_what_to_confirm():
    """A plan that needs a second look says so before anything else."""
    plan = plan_of(blocked(ANN), hazards=("no one is assigned",))
    text = Reader(plan.to_html()).text
    assert text.index("no one is assigned") < text.index(f"confirm='{plan.fingerprint}'") < text.index("Ann Lee")


def test_the_page_says_what_is_wrong_and_what_to_do():
    """All people of a problem, its remedy, and what Graph can't take."""
    people = crowd(7)
    plan = plan_of(
        problems=[wrong(each) for each in people],
        unsupported=(Unsupported("Middle name", "Graph has no such property", "put it into the display name", 3),),
    )
    text = Reader(plan.to_html()).text
    assert all(each.name in text for each in people)
    assert all(said in text for said in ("Fill it in.", "Middle name", "put it into the display name"))


def test_an_empty_plan_is_a_page_too():
    """A reviewer sees that nothing is to be done."""
    assert "nothing to do" in Reader(plan_of().to_html()).text


def test_every_link_of_the_page_leads_somewhere():
    """The contents at the top lead to what is there."""
    plan = plan_of(created(ANN), blocked(BO), problems=[wrong(CY)])
    attributes = Reader(plan.to_html()).attributes
    places = {value for name, value in attributes if name == "id"}
    assert {value.removeprefix("#") for name, value in attributes if name == "href"} == places


def test_a_notebook_shows_a_part():
    """Fifty rows of a kind, and how many more there are."""
    fragment = plan_of(*map(created, crowd(60)))._repr_html_()
    assert fragment.count("<tr>") == 1 + 50 + 1
    assert "... and 10 more to create" in fragment


def test_a_notebook_says_what_text_says():
    """The same facts in both forms."""
    plan = evolve(EXPLAINED, hazards=("too much",), unsupported=(Unsupported("X", "why", "instead", 2),))
    text = Reader(plan._repr_html_()).text
    for fact in (plan.fingerprint, "too much", "Ann Lee", "Oslo", "Bergen", "the profile changed", "Use GB", "instead"):
        assert fact in text
        assert fact in str(plan)


def test_a_preview_in_a_notebook():
    """Values, expressions and issues, escaped."""
    preview = user_sync_app().preview(somebody("Ann Lee", city=EVIL, countryCode="UK"))
    read = Reader(preview._repr_html_())
    assert EVIL in read.text
    assert "Use GB" in read.text
    assert "source.city" in read.text
    assert read.tags <= OURS


KEPT = (LicenseRemoval("e5", "SPE_E5", through_group=True), LicenseRemoval("f1", "SPE_F1"))
MIXED = plan_of(
    updated(ANN, ("city", "Oslo", "Bergen")),
    RemoveRole(CY, "not assigned", "id", "Reports Reader", "role", "assignment"),
    evolve(licensed(DI, "SPE_E3"), remove=KEPT),
    RemoveLicenses(subject("Ed Poe"), "left", "id", KEPT),
    problems=[wrong(ANN, "no seat is left", "Buy one", stops=False), wrong(BO)],
    unsupported=(Unsupported("Pager", "Graph has none", "Exchange", 2), Unsupported("Rooms", "no", "Exchange", 0)),
)


def rows(markdown):
    """The cells of all tables of a page, row by row."""
    lines = [each.replace("\\", "") for each in markdown.splitlines() if each.startswith("|") and "---" not in each]
    return [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines]


def whole(who):
    """How a person is named in a table: name, username and id."""
    return f"**{who.name}**<br>{who.username}<br>{who.person_id}"


def marked(page):
    """The places of a page, and what is marked with a colour in each."""
    parts = page.split('<section id="')[1:]
    return {part.partition('"')[0]: re.findall(r'<td class="([^"]*)">([^<]*)', part) for part in parts}


def test_the_tables_of_a_plan_have_heads_and_a_row_each():
    """Who, what and why; what is wrong, and what to do; what is not sent, of how many people."""
    heads = ("", "Who", "What", "Why")
    taken = "-SPE_E5 (kept through a group), -SPE_F1"
    assert rows(MIXED.to_markdown()) == [
        heads,
        ("-", whole(subject("Ed Poe")), f"licences {taken}", "left"),
        heads,
        ("~", whole(ANN), "city: ~~Oslo~~ → **Bergen**", "the profile changed"),
        ("~", whole(DI), f"licences +SPE_E3, {taken}", "assigned through O365 E3"),
        ("~", whole(CY), "role -Reports Reader", "not assigned"),
        ("", "Who", "What is wrong", "What to do"),
        ("stopped", "Bo Ross", "the username is empty.", "Fill it in.<br>code"),
        ("left out", "Ann Lee", "no seat is left.", "Buy one.<br>code"),
        ("Attribute", "People", "Why", "Instead"),
        ("Pager", "2", "Graph has none", "Exchange"),
        ("Rooms", "-", "no", "Exchange"),
    ]
    text = MIXED.to_text()
    assert "Not supported: Pager (2 people): Graph has none; Exchange." in text
    assert "Not supported: Rooms: no; Exchange." in text


def test_what_a_group_keeps_is_not_totalled_as_taken():
    """Nor is a role counted twice."""
    assert "  Licences and roles: -1 Reports Reader, +1 SPE_E3, -2 SPE_F1" in MIXED.to_text().splitlines()


def test_a_licence_that_is_there_already_is_not_totalled_as_given():
    """Directly, where service plans are switched, or through a group."""
    added = (
        LicenseAddition("e1", "E1"),
        LicenseAddition("e3", "E3", held=True),
        LicenseAddition("e5", "E5", group_plans=()),
    )
    assert "Licences and roles: +1 E1" in plan_of(evolve(licensed(ANN), add=added)).to_text()
    assert "Licences and roles" not in plan_of(evolve(licensed(ANN), add=added[1:])).to_text()


def test_what_is_taken_and_what_stops_people_is_marked():
    """In places that a page can link to."""
    assert marked(MIXED.to_html()) == {
        "deactivate": [("take", "-")],
        "change": [("change", "~")] * 3,
        "problems": [("take", "stopped"), ("change", "left out")],
        "unsupported": [],
    }


def test_a_plan_without_problems_counts_none_and_one_without_changes_is_not_confirmed():
    """What is dangerous is said all the same."""
    head, hazard, *_ = plan_of(hazards=("two accounts are missing",)).to_text().splitlines()
    assert head.endswith(": nothing to do")
    assert hazard == "! two accounts are missing"


# Reports


def failed(who, message="403 Forbidden: grant the permission"):
    """A create that was refused."""
    return Outcome(created(who), Result.FAILED, message=message)


DONE = Outcome(created(ANN), Result.DONE, "id-ann", request_id="request-1")
SKIPPED = Outcome(licensed(BO, "SPE_E3"), Result.SKIPPED, message="the account was not created")


def test_a_report_tells_what_was_done_from_what_was_not():
    """Only where everything was done it is ok, and nothing to do is everything."""
    report = Report("plan-1", (DONE, failed(CY), SKIPPED))
    assert (report.done, report.failed, report.skipped) == ((DONE,), (failed(CY),), (SKIPPED,))
    assert [evolve(report, outcomes=each).ok for each in ((), (DONE,), (DONE, failed(CY)), (DONE, SKIPPED))] == [
        True,
        True,
        False,
        False,
    ]


def test_a_reports_repr_has_its_counts():
    """It is one line, however many outcomes there are."""
    report = Report("plan-1", (DONE, DONE, failed(CY), SKIPPED))
    assert repr(report) == "Report(2 done, 1 failed, 1 skipped)"


def test_a_report_says_what_is_not_known():
    """What may have been done is counted on its own, is not ok, and stands between failures and what was skipped."""
    unknown = Outcome(created(CY), Result.UNKNOWN, message="no answer came")
    report = Report("plan-1", (DONE, SKIPPED, unknown, failed(ANN)))
    head, *lines = str(report).splitlines()
    assert (report.unknown, report.ok, evolve(report, outcomes=(unknown,)).ok) == ((unknown,), False, False)
    assert head == "1 change done, 1 failed, 1 unknown, 1 skipped (plan plan-1)"
    assert [re.search("failed|unknown|skipped", line)[0] for line in lines] == ["failed", "unknown", "skipped"]
    assert repr(report) == "Report(1 done, 1 failed, 1 unknown, 1 skipped)"


def test_a_report_says_why_the_apply_stopped():
    """First of all, and then it is not ok even if everything that it has was done."""
    report = Report("plan-1", (DONE,), stopped="the lease was lost; apply the plan again")
    assert str(report).splitlines()[1] == "! stopped: the lease was lost; apply the plan again"
    assert (report.ok, repr(report)) == (False, "Report(1 done, 0 failed, 0 skipped, stopped)")


def test_a_report_says_that_the_plan_was_applied_before():
    """Nothing was written this time, and that is as good."""
    report = Report("plan-1", (DONE,), replayed=True)
    assert str(report) == "1 change done, 0 failed, 0 skipped (plan plan-1, applied before)"
    assert (report.ok, repr(report)) == (True, "Report(1 done, 0 failed, 0 skipped, replayed)")


def test_a_report_says_what_to_know_of_what_was_done():
    """Such as a first password that may be lost: it is done, and somebody has to look at it."""
    report = Report("plan-1", (evolve(DONE, message="its first password may be lost"),))
    assert report.ok
    assert str(report).splitlines()[1].endswith(": done: its first password may be lost")


def test_outcomes_as_rows():
    """The columns of a change and how it ended; the account is the one that was written, or was to be."""
    plan, report = plan_of(DONE.change), Report("plan-1", (DONE, SKIPPED))
    done, skipped = report.to_dicts()
    ended = {"object_id": "id-ann", "result": "done", "message": "", "request_id": "request-1"}
    ended |= {"written": "", "unwritten": ""}
    assert done == {**plan.to_dicts()[0], **ended}
    assert skipped["object_id"] == "id-00uBoRoss"
    assert (skipped["result"], skipped["message"]) == ("skipped", "the account was not created")


def test_a_report_names_its_plan_as_it_was_confirmed():
    """By the fingerprint, where it is known."""
    report = Report("plan-1", (DONE,), "0123456789abcdef")
    assert str(report).splitlines()[0] == "1 change done, 0 failed, 0 skipped (plan 0123456789abcdef)"


def test_the_tables_of_a_report_have_places_of_their_own():
    """A page may link to each of them."""
    noted = evolve(DONE, message="its first password may have been lost")
    page = Report("plan-1", (noted, SKIPPED)).to_html()
    places = re.findall(r'id="([^"]*)"', page)
    assert {"not-done", "to-look-at", "done"} <= set(places)
    assert len(places) == len(set(places))


def test_a_report_groups_what_failed_alike():
    """500 refusals of one kind are one line; a person who failed otherwise has a line of their own."""
    report = Report("plan-1", (*map(failed, crowd(500)), failed(ANN, "409 Conflict: rename")))
    head, first, second = str(report).splitlines()
    assert head == "0 changes done, 501 failed, 0 skipped (plan plan-1)"
    assert first.endswith("Person 00004 and 495 more: create user: failed: 403 Forbidden: grant the permission")
    assert second == f"! Ann Lee: create annlee@{DOMAIN}: failed: 409 Conflict: rename"


def test_the_tables_of_a_report_have_heads_and_a_row_each():
    """What was not done, and with the whole report what was, with all values."""
    report = Report("plan-1", (DONE, failed(CY), SKIPPED))
    create = f"create {ANN.username}"
    assert rows(report.to_markdown()) == [
        ("", "Who", "What", "Why"),
        ("failed", "Cy Young", f"create {CY.username}", "403 Forbidden: grant the permission"),
        ("skipped", "Bo Ross", "licences +SPE_E3", "the account was not created"),
        ("", "Who", "What"),
        ("+", f"**Ann Lee**<br>{ANN.username}", f"{create}<br>displayName: **Ann Lee**<br>city: **Oslo**"),
    ]
    assert report.to_text().splitlines()[-1] == (
        f"+ Ann Lee <{ANN.username}>: {create}; displayName: Ann Lee; city: Oslo"
    )
    assert marked(report.to_html()) == {"not-done": [("take", "failed"), ("change", "skipped")], "done": []}


def test_the_full_report_names_everyone():
    """Nothing is left out of what is asked for in full."""
    people = crowd(60)
    report = Report("plan-1", tuple(failed(each, f"refused {each.name}") for each in people))
    assert all(each.name in report.to_text() for each in people)
    assert str(report).endswith("! ... and 10 more that did not succeed")


def test_a_report_in_a_notebook():
    """The counts, and who did not get what."""
    text = Reader(Report("plan-1", (failed(ANN),))._repr_html_()).text
    assert "0 changes done, 1 failed, 0 skipped" in text
    assert "grant the permission" in text


# Rich


def printed(value, width=200):
    """What a terminal shows."""
    console = Console(width=width, file=io.StringIO(), force_terminal=False)
    console.print(value)
    return console.file.getvalue()


def test_a_table_is_as_short_as_the_text():
    """Rich shows fifty rows of a kind, too, and all of them if asked."""
    plan = plan_of(*map(created, crowd(60)))
    assert "... and 10 more to create" in printed(plan)
    assert "Person 00059" not in printed(plan)
    assert "Person 00059" in printed(plan.to_table())


def test_a_table_takes_names_as_they_are():
    """Square brackets in a name are no markup."""
    plan = plan_of(created(evolve(ANN, name="[red]Ann[/red]")), problems=[wrong(BO, "[x]")])
    assert "[red]Ann[/red]" in printed(plan)
    assert "[x]" in printed(plan)


def test_a_narrow_terminal_cuts_nothing():
    """A username that is longer than its column goes on in the next line."""
    username = f"{'a' * 40}@yourfederated.domain"
    shown = printed(plan_of(created(evolve(ANN, username=username))), width=60)
    assert "\u2026" not in shown
    assert username in "".join(
        re.findall(r"[\w.@]+", "".join(line.split("\u2502")[2] for line in shown.splitlines() if "\u2502" in line))
    )


def test_a_table_folds_alike_changes():
    """One row for 3,000 people."""
    assert "3,000 people" in printed(plan_of(*map(blocked, crowd(3_000))))


def test_a_reports_table():
    """Who did not get what, and why, grouped as in the text."""
    report = Report("plan-1", tuple(map(failed, crowd(60))))
    assert "and 55 more" in printed(report)
    assert "grant the permission" in printed(report)


def test_a_made_plan_reads_in_every_form():
    """From people to print: one plan, all its forms."""
    plan = user_sync_app().plan(
        [assigned(somebody("Ann Lee", middleName="Q"), "SPE_E3")], tenant(), remembered(), now=NOW
    )
    for form in (str(plan), plan.to_text(), plan.to_html(), plan._repr_html_(), printed(plan)):
        assert "Ann Lee" in form
        assert "Middle name" in form
