"""``python -m o365prov.expressions``."""

import io
import json

import pytest

from o365prov.expressions.__main__ import main


@pytest.fixture
def run(tmp_path):
    """Run the command with a person's file; give exit code, output and error output."""

    def call(*arguments, person=None):
        if person is not None:
            path = tmp_path / "person.json"
            path.write_text(person if isinstance(person, str) else json.dumps(person), "utf-8")
            arguments = (*arguments, "--user", str(path))
        out, err = io.StringIO(), io.StringIO()
        return main(arguments, out, err), out.getvalue(), err.getvalue()

    return call


def test_the_value_is_json(run):
    """Roots come from the file."""
    assert run("user.a + 1", person={"user": {"a": "ä"}}) == (0, '"ä1"\n', "")
    assert run("{1, null}", person={}) == (0, "[1, null]\n", "")


def test_a_user_of_oktas_api_is_a_person(run):
    """The profile becomes user and source; id and status stay within reach."""
    user = {"id": "00u1", "status": "ACTIVE", "profile": {"login": "a@example.com"}}
    text = 'user.login + user.getInternalProperty("status") + source.login'
    assert run(text, person=user)[1] == '"a@example.comACTIVEa@example.com"\n'
    assert run("user.profile.login", "--dialect", "ie", person=user)[1] == '"a@example.com"\n'


def test_lookups_are_next_to_the_roots(run):
    """Groups, directory users and the clock."""
    person = {"groups": [{"id": "1", "name": "A"}], "directoryUsers": [{"dn": "x"}], "now": "2024-01-01T00:00:00Z"}
    text = "isMemberOfGroup('1') ? findDirectoryUser().dn + Time.now() : ''"
    assert run(text, person=person)[1] == '"x2024-01-01T00:00:00.000Z"\n'


def test_a_time_is_written_with_its_zone(run):
    """As java.time writes it."""
    code, out, _ = run("DateTime.now().toZone('Asia/Tokyo')", "--dialect", "ie", person={"now": "2024-01-01T00:00:00Z"})
    assert (code, out) == (0, '"2024-01-01T09:00:00.000+09:00[Asia/Tokyo]"\n')


def test_a_syntax_error_is_exit_2_with_a_caret(run):
    """On the error output, with the line and the place."""
    code, out, err = run("user.a = 1")
    assert (code, out) == (2, "")
    assert err.splitlines()[1:] == ["  user.a = 1", "         ^"]


def test_a_failed_evaluation_is_exit_3(run):
    """On the error output, with the part that failed."""
    code, out, err = run("1 + user.a.b", person={"user": {}})
    assert (code, out) == (3, "")
    assert "user.a is null" in err


def test_explain_shows_the_parts(run):
    """Exit 3 if the whole could not be evaluated."""
    assert run("user.a > 1", "--explain", person={"user": {"a": 2}})[1].startswith("user.a > 1 => true\n")
    assert run("user.a.b", "--explain", person={"user": {}})[0] == 3


def test_check_works_without_a_person(run):
    """Errors are exit 1; without them, and with a person, the value follows."""
    code, out, _ = run("toUpperCase(user.x)", "--check", "group_rule")
    assert code == 1
    assert "must be true or false" in out
    assert run("user.email", "--check", "username") == (0, "", "")
    assert run("user.email", "--check", "username", person={"user": {"email": "a"}}) == (0, '"a"\n', "")


@pytest.mark.parametrize("person", ["", "[]", "{", '{"now": "never"}', '"x"'])
def test_a_file_that_is_not_a_person_is_exit_1(run, person):
    """One line that says what to do."""
    code, out, err = run("1", person=person)
    assert (code, out) == (1, "")
    assert len(err.splitlines()) == 1


def test_a_missing_file_is_exit_1(run):
    """With its name."""
    code, _, err = run("1", "--user", "nowhere.json")
    assert code == 1
    assert "nowhere.json" in err


@pytest.mark.parametrize(
    "person", [{"groups": [1]}, {"groups": {"id": "00g1"}}, {"directoryUsers": "a"}, {"managers": 5}, {"linked": []}]
)
def test_lookups_of_the_wrong_shape_are_refused(run, person):
    """One line says what shape they have, whichever function would have met them."""
    code, _, errors = run("hasDirectoryUser()", person=person)
    assert code == 1
    assert "Bindings" in errors
    assert errors.count("\n") == 1


@pytest.mark.parametrize(
    ("text", "dialect", "remedy"),
    [("user.firstName.length()", "classic", "String.len"), ("String.toUpperCase(user.a)", "ie", "x.toUpperCase(...)")],
)
def test_names_are_checked_before_anything_is_evaluated(run, text, dialect, remedy):
    """A function that does not exist is named at once, even where evaluation would not reach it."""
    code, _, errors = run(f"true ? 1 : {text}", "--dialect", dialect, person={"user": {}})
    assert code == 1
    assert remedy in errors
