"""A plan as JSON: it comes back as it was, or not at all, with everything that is wrong with it."""

import copy
import json
import pickle
import stat
import string
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from enum import Enum
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

import attrs
import pytest
from amount import examples
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from organisation import NOW, assigned, from_directory, remembered, somebody, tenant, user_sync_app

from o365prov import AppUser, AppUsers, AppUserStatus, Departure, LicenseGrant, Missing, Plan, Report
from o365prov.errors import ConfigurationError, SourceError, UsageError
from o365prov.people import LeaverSteps
from o365prov.planning import Outcome, Result, Subject
from o365prov.planning.model.change_parts import PropertyChange
from o365prov.planning.model.changes import Change, CreateUser, UpdateUser
from o365prov.planning.model.explanation import PersonExplanation

ANN = Subject("00uAnn", "Ann Lee", "ann.lee@yourfederated.domain")
BOSS = from_directory(somebody("Bo Ross"))
PLAN = evolve(
    user_sync_app().plan(
        [
            assigned(from_directory(somebody("Ann Lee", middleName="Q"), manager=BOSS), "SPE_E3"),
            assigned(BOSS, LicenseGrant("SPE_E3", ("TEAMS",))),
            assigned(somebody("Cy Young", countryCode="UK"), "SPE_F1"),
        ],
        tenant(),
        remembered().with_user(AppUser("00uGone", "id-gone", "gone@yourfederated.domain", departure=Departure(NOW))),
        now=NOW,
    ),
    hazards=("no one is assigned, but 3 accounts are linked: check that the source was read completely",),
    explanations={
        "00uAnn": PersonExplanation("no account yet", ("Engineer", "", None)),
    },
    attributes=("Title", "City", "State"),
)

TEXT = st.text(string.ascii_letters + "é€😀<>&\"'\\ \n", max_size=6)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXT, inner, max_size=2),
    max_leaves=4,
)
ZONES = st.sampled_from([UTC, timezone(timedelta(hours=2)), timezone(-timedelta(hours=3, minutes=30))])
SIMPLE = {
    Any: JSON,
    str: TEXT,
    int: st.integers(),
    bool: st.booleans(),
    NoneType: st.none(),
    None: st.none(),
    datetime: st.datetimes(timezones=ZONES).filter(lambda instant: 1 < instant.year < 9999),
    LeaverSteps: st.sampled_from([LeaverSteps(), LeaverSteps(groups=3, licenses=9)]),
}


def values_of(annotation):
    """Values of a type, made by its annotations alone: a new kind of change is tried without being named here."""
    if annotation in SIMPLE:
        return SIMPLE[annotation]
    if annotation is AppUsers:
        return st.builds(
            AppUsers,
            tenant_id=TEXT,
            app_name=TEXT,
            users=st.lists(values_of(AppUser), max_size=2, unique_by=lambda each: each.person_id),
            lineage=TEXT,
            serial=st.integers(0),
            linked_elsewhere=st.dictionaries(TEXT, TEXT, max_size=2),
            left_elsewhere=st.dictionaries(TEXT, TEXT, max_size=2),
        )
    if attrs.has(annotation):
        hints = get_type_hints(annotation)
        fields = {each.alias: values_of(hints[each.name]) for each in attrs.fields(annotation)}
        if annotation is AppUser:  # who is deactivated has a departure
            fields["status"] = st.sampled_from([AppUserStatus.ACTIVE, AppUserStatus.DELETED])
            left = fields | {"status": st.just(AppUserStatus.DEACTIVATED), "departure": values_of(Departure)}
            return st.builds(AppUser, **fields) | st.builds(AppUser, **left)
        if "turn" in fields:
            fields["turn"] = st.integers(0, 9)
        if annotation is Missing:
            fields["reads"] = st.integers(1, 100)
        if annotation is Departure:
            fields["grace_days"] = st.none() | st.integers(1, 365)
        if annotation is PersonExplanation:  # a value for each attribute
            fields["values"] = st.just(()) | st.tuples(TEXT, st.none() | TEXT)
        if annotation is Plan:
            fields["attributes"] = st.tuples(TEXT, TEXT)
        return st.builds(annotation, **fields)
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return st.sampled_from(annotation)
    arguments = get_args(annotation)
    if get_origin(annotation) is tuple:
        if arguments[-1] is Ellipsis:
            return st.lists(values_of(arguments[0]), max_size=2).map(tuple)
        return st.tuples(*map(values_of, arguments))
    if get_origin(annotation) is Mapping:
        return st.dictionaries(TEXT, values_of(arguments[1]), max_size=2)
    return st.one_of(*map(values_of, arguments))


PLANS = st.deferred(lambda: values_of(Plan))


def document():
    """The plan's JSON, to be damaged."""
    return json.loads(PLAN.to_json())


def problems_of(text):
    """What reading *text* complains about."""
    with pytest.raises(SourceError) as caught:
        Plan.from_json(text, where="monday.json")
    return [str(each) for each in caught.value.issues]


@settings(max_examples=examples(40), suppress_health_check=[HealthCheck.too_slow])
@given(PLANS)
def test_any_plan_comes_back_as_it_was(plan):
    """Whatever a plan may hold comes back equal, with the same fingerprint and id."""
    again = Plan.from_json(plan.to_json())
    assert again == plan
    assert (again.fingerprint, again.id) == (plan.fingerprint, plan.id)


@pytest.mark.parametrize("kind", get_args(Change), ids=lambda kind: kind.kind)
@settings(max_examples=5, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_every_kind_of_change_comes_back(kind, data):
    """Each change is told by its kind, to the type of every value."""
    change = data.draw(values_of(kind))
    [again] = Plan.from_json(Plan("tenant", NOW, (change,)).to_json()).changes
    assert type(again) is kind
    assert again == change


def test_the_kinds_of_changes_keep_their_names():
    """Saved plans, journals and data frames of programs hold them; each has its symbol and its number of writes."""
    assert {kind.kind: (kind.symbol, kind.writes) for kind in get_args(Change)} == {
        "create_user": ("+", 1),
        "restore_user": ("+", 1),
        "link_user": ("=", 0),
        "update_user": ("~", 1),
        "enable_sign_in": ("+", 1),
        "assign_licenses": ("~", 1),
        "grant_role": ("~", 1),
        "remove_role": ("-", 1),
        "set_manager": ("~", 1),
        "remove_manager": ("-", 1),
        "revoke_sessions": ("~", 1),
        "block_sign_in": ("-", 1),
        "remember": ("=", 0),
        "remove_licenses": ("-", 1),
        "delete_user": ("-", 1),
    }


def test_a_made_plan_comes_back_as_it_was():
    """Changes, problems, unsupported, memory, hazards, explanations, watermark and the moment with its zone."""
    again = Plan.from_json(PLAN.to_json())
    assert again == PLAN
    assert again.made_at.utcoffset() == PLAN.made_at.utcoffset()
    assert (again.app_users, again.hazards, again.explanations) == (PLAN.app_users, PLAN.hazards, PLAN.explanations)


def test_values_that_come_back_cannot_be_changed():
    """A read plan is as frozen as a drawn one."""
    [created, *_] = Plan.from_json(PLAN.to_json()).changes
    with pytest.raises(TypeError, match="belongs to a frozen value"):
        created.properties["displayName"] = "Mallory"


def test_the_text_begins_with_what_it_is():
    """Format and version, then the fingerprint that a reviewer confirms; the digest of all that ends it."""
    assert list(document())[:3] == ["format", "fingerprint", "id"]
    assert list(document())[-1] == "digest"
    assert document()["format"] == "o365prov.plan/1"
    assert document()["fingerprint"] == PLAN.fingerprint


def test_each_change_has_a_line_of_its_own():
    """Two plans can be compared line by line."""
    lines = PLAN.to_json().splitlines()
    assert sum(line.startswith("{") and '"kind": ' in line for line in lines) == len(PLAN)


def test_a_text_may_be_laid_out_otherwise():
    """What an editor or jq makes of it is the same document."""
    assert Plan.from_json(json.dumps(document(), indent=4, sort_keys=True)) == PLAN


def test_a_saved_plan_is_loaded(tmp_path):
    """A plan goes through a file that is its owner's alone, and nothing else is left beside it."""
    PLAN.save(tmp_path / "monday.json")
    assert stat.S_IMODE((tmp_path / "monday.json").stat().st_mode) == 0o600
    assert Plan.load(tmp_path / "monday.json") == PLAN
    assert [path.name for path in tmp_path.iterdir()] == ["monday.json"]


def test_a_missing_file_is_said(tmp_path):
    """The path, and what to do."""
    with pytest.raises(SourceError, match=r"nowhere\.json: can't be read .*: name the file that plan\.save\(\) wrote"):
        Plan.load(tmp_path / "nowhere.json")


def test_a_file_that_is_not_utf_8_is_refused(tmp_path):
    """Bytes that are no UTF-8 are the same kind of error."""
    (tmp_path / "plan.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SourceError, match="can't be read"):
        Plan.load(tmp_path / "plan.json")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1, column 1: is not JSON, or is incomplete"),
        ("{", "is not JSON, or is incomplete"),
        ("<html>", "is not JSON, or is incomplete"),
        ("[]", "not a plan (o365prov.plan/1)"),
        ("null", "not a plan"),
        ("{}", "not a plan"),
        ('{"format": "o365prov.app-users/1", "users": []}', "not a plan"),
        ('{"format": "o365prov.plan/2"}', "$.format: is 'o365prov.plan/2', and this version of o365prov reads"),
        ("[" * 100_000, "is nested too deeply"),
        ('{"format": NaN}', "a value that is not a number (NaN)"),
        ("1" * 5_000, "a value that is not a number"),
    ],
)
def test_what_is_not_a_plan_is_refused(text, said):
    """One line: where, what, and what to do."""
    [problem] = problems_of(text)
    assert problem.startswith("monday.json: ")
    assert said in problem
    assert problem.count(": ") >= 2


def test_a_plan_that_was_cut_off_is_refused():
    """Half a file names the place at which it ends."""
    text = PLAN.to_json()
    [problem] = problems_of(text[: len(text) // 2])
    assert "is not JSON, or is incomplete" in problem


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda it: it.pop("made_at"), "$.made_at: is missing"),
        (lambda it: it.update(made_at="2026-06-01T08:00:00"), "$.made_at: should be an instant with its time zone"),
        (lambda it: it.update(made_at="Monday"), "$.made_at: should be an instant with its time zone"),
        (lambda it: it.update(changes={}), "$.changes: should be a list, not an object"),
        (lambda it: it.update(colour="red"), "$.colour: is not known here"),
        (lambda it: it["changes"].append(7), "should be an object, not a number"),
        (lambda it: it["changes"][0].update(kind="paint_user"), "$.changes[0].kind: should be one of create_user, "),
        (lambda it: it["changes"][0].update(kind=["create_user"]), "should be one of create_user, "),
        (lambda it: it["changes"][0].pop("reason"), "$.changes[0].reason: is missing"),
        (lambda it: it["changes"][1].update(object_id="id-7"), "$.changes[1].object_id: should be null, not a string"),
        (lambda it: it["changes"][0]["properties"].update(city="\ud800"), "$.changes[0].properties.city: has half a"),
        (
            lambda it: it["problems"][0]["issue"].update(severity="grave"),
            "$.problems[0].issue.severity: should be one of error, warning",
        ),
        (lambda it: it["unsupported"][0].update(people=True), "should be a whole number, not true or false"),
        (
            lambda it: it["app_users"]["users"][0].update(status="lost"),
            "$.app_users.users[0].status: should be one of active, ",
        ),
        (
            lambda it: it["explanations"]["00uAnn"]["values"].pop(),
            "Plan.explanations should have a value for each attribute: 3 attributes have 2 values",
        ),
    ],
)
def test_damage_is_named_with_its_place(damage, said):
    """The JSON path leads to it."""
    broken = document()
    damage(broken)
    [problem] = problems_of(json.dumps(broken))
    assert problem.startswith("monday.json: $")
    assert said in problem
    assert problem.endswith(": save the plan again, or make it again")


def test_all_damage_is_named_at_once():
    """Three mistakes, three lines."""
    broken = document()
    broken["tenant_id"] = None
    broken["changes"][0]["kind"] = "paint_user"
    del broken["changes"][1]["subject"]["name"]
    assert [problem.split(": ")[1] for problem in problems_of(json.dumps(broken))] == [
        "$.tenant_id",
        "$.changes[0].kind",
        "$.changes[1].subject.name",
    ]


def test_each_element_of_a_list_is_named():
    """What is wrong in a list has its index, and the second is read after the first was wrong."""
    broken = document()
    broken["explanations"]["00uAnn"]["values"][:2] = [1, []]
    assert [problem.split(": ")[1] for problem in problems_of(json.dumps(broken))] == [
        "$.explanations['00uAnn'].values[0]",
        "$.explanations['00uAnn'].values[1]",
    ]


def test_much_damage_is_counted():
    """Twenty lines are listed, the rest is counted."""
    broken = document()
    broken["changes"] = [{"kind": "paint_user"}] * 1_020
    *listed, more = problems_of(json.dumps(broken))
    assert len(listed) == 20
    assert more == "monday.json: ... and 1,000 more"


@pytest.mark.parametrize(
    "edit",
    [
        lambda it: it["changes"][0]["subject"].update(name="Mallory"),
        lambda it: it["changes"].pop(),
        lambda it: it.update(hazards=[]),
        lambda it: it.update(watermark=None),
        lambda it: it["app_users"].update(users=[]),
        lambda it: it.pop("digest"),
    ],
    ids=["a name", "a change less", "no hazards", "no watermark", "no memory", "no digest"],
)
def test_an_edited_plan_is_refused(edit):
    """What is applied is what was reviewed, hazards, memory and all."""
    edited = document()
    edit(edited)
    [problem] = problems_of(json.dumps(edited))
    assert "$.digest: does not fit the content, which was damaged or edited" in problem


@pytest.mark.parametrize("name", ["fingerprint", "id"])
def test_a_foreign_fingerprint_is_refused(name):
    """A fingerprint that was confirmed is the one that applying asks for."""
    [problem] = problems_of(json.dumps({**document(), name: "0123456789abcdef"}))
    assert f"$.{name}: does not fit the content in this version of o365prov" in problem


def places_in(value):
    """Every place in a document, as the keys that lead there."""
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield (key,)
        yield from ((key, *rest) for rest in places_in(child))


PLACES = sorted(places_in(document()), key=str)


@settings(max_examples=examples(100))
@given(st.sampled_from(PLACES), JSON)
def test_whatever_stands_wherever_it_is_a_plan_or_an_error_in_words(place, value):
    """No document, however odd, fails in another way than by one-line problems; harmless changes read back equal."""
    odd = copy.deepcopy(document())
    inner = odd
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    try:
        found, problems = Plan.from_json(json.dumps(odd), where="monday.json"), ()
    except SourceError as error:
        found, problems = PLAN, tuple(map(str, error.issues))
    assert found == PLAN
    assert all(each.startswith("monday.json: ") and each.isprintable() for each in problems)


def test_a_plan_has_no_place_for_a_secret():
    """No field of any change is named like one, besides the one that says who gives the password."""
    names = {field.name for kind in get_args(Change) for field in attrs.fields(kind)}
    assert {name for name in names if "password" in name.lower() or "secret" in name.lower()} == {"password_given"}


def test_no_password_is_in_the_text():
    """The body of a create comes without its password profile; of passwords only two settings speak."""
    text = PLAN.to_json().lower()
    named = ('"password_given": false', '"password_instant": null', '"gives_passwords": "', '.sync_password": "')
    assert text.count("password") == sum(map(text.count, named))


@pytest.mark.parametrize("value", [NOW, ("a", "b"), float("inf"), {1: "one"}, {"since": NOW}])
def test_what_json_cannot_hold_is_refused_when_writing(value):
    """A value that would come back as another one is named before anything is saved."""
    change = UpdateUser(ANN, "the profile changed", "id-ann", (PropertyChange("city", None, value),), "f")
    with pytest.raises(UsageError, match="can't be saved as JSON: use the string, number or list that Graph takes"):
        Plan("tenant", NOW, (change,)).to_json()


def test_a_moment_without_a_zone_is_refused_when_writing():
    """No one could say later when that was."""
    with pytest.raises(ConfigurationError, match=r"Plan\.made_at has no time zone"):
        Plan("tenant", datetime(2026, 6, 1, 8))  # noqa: DTZ001


def test_nested_values_come_back():
    """Graph's complex properties are objects in objects."""
    change = CreateUser(ANN, "new", {"employeeOrgData": {"division": "North", "codes": [1, 2.5, None, True]}}, "f")
    [again] = Plan.from_json(Plan("tenant", NOW, (change,)).to_json()).changes
    assert again.properties == change.properties


# Every class that has JSON

REPORT = Report(
    "plan-1",
    tuple(Outcome(change, Result.FAILED, "id-7", "409 Conflict", "request-1") for change in PLAN.changes),
    PLAN.fingerprint,
)
SAVED = {"plan": PLAN, "report": REPORT, "app users": PLAN.app_users}


def same_to_the_type(one, other):
    """Whether two values are equal and of the same types, down to what they hold."""
    if type(one) is not type(other):
        return False
    if attrs.has(type(one)):
        names = [each.name for each in attrs.fields(type(one))]
        return all(same_to_the_type(getattr(one, name), getattr(other, name)) for name in names)
    if isinstance(one, Mapping):
        return one.keys() == other.keys() and all(same_to_the_type(one[key], other[key]) for key in one)
    if isinstance(one, tuple | list):
        return len(one) == len(other) and all(map(same_to_the_type, one, other))
    return one == other


@pytest.mark.parametrize("kind", [Plan, Report, AppUsers])
@settings(max_examples=examples(25), suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_saved_value_comes_back_to_the_type(kind, data):
    """A whole number is not read as a fraction, nor a string of a choice as a plain one."""
    value = data.draw(values_of(kind))
    again = kind.from_json(value.to_json())
    assert same_to_the_type(again, value)


def test_a_saved_report_is_loaded(tmp_path):
    """A report goes through a file as a plan does."""
    REPORT.save(tmp_path / "report.json")
    assert stat.S_IMODE((tmp_path / "report.json").stat().st_mode) == 0o600
    assert Report.load(tmp_path / "report.json") == REPORT


def test_a_report_is_not_read_as_a_plan():
    """The first member tells which class wrote the document."""
    with pytest.raises(SourceError, match=r"not a plan \(o365prov\.plan/1\)"):
        Plan.from_json(REPORT.to_json())


def test_an_edited_report_is_refused():
    """A failure can't be turned into a success by hand."""
    edited = json.loads(REPORT.to_json())
    edited["outcomes"][0]["result"] = "done"
    with pytest.raises(SourceError, match=r"\$\.digest: does not fit the content"):
        Report.from_json(json.dumps(edited))


def test_an_error_of_reading_can_be_pickled():
    """What a worker process could not read is told to the process that waits for it, with each issue."""
    with pytest.raises(SourceError) as caught:
        Report.from_json('{"format": "o365prov.report/1", "colour": "red"}')
    again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - ours
    assert again.issues == caught.value.issues


@pytest.mark.parametrize("name", SAVED)
@settings(max_examples=examples(60))
@given(st.data())
def test_damage_anywhere_is_one_error_or_none(name, data):
    """A member that is dropped, added or of another type gives issues, or the same value where it does no harm."""
    value = SAVED[name]
    document = json.loads(value.to_json())
    for _ in range(data.draw(st.integers(1, 3))):
        *way, last = data.draw(st.sampled_from(sorted(places_in(document), key=str) or [("format",)]))
        inner = document
        for key in way:
            inner = inner[key]
        match data.draw(st.sampled_from(["drop", "retype", "add"])):
            case "drop":
                inner.pop(last, None) if isinstance(inner, dict) else inner.pop(last)
            case "retype":
                inner[last] = data.draw(JSON)
            case "add" if isinstance(inner, dict):
                inner[data.draw(TEXT)] = data.draw(JSON)
            case _:
                inner.append(data.draw(JSON))
    try:
        again, issues = type(value).from_json(json.dumps(document)), ()
    except SourceError as error:
        again, issues = value, error.issues
    assert again == value
    assert len(issues) <= 21
