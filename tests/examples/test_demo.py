"""The demo: the main job on real exports, and what it says when it can't run."""

import re
import runpy
import shutil
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture
def demo(monkeypatch, capsys):
    """Run the demo with some arguments: exit code, output, errors."""

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["demo.py", *arguments])
        monkeypatch.setenv("COLUMNS", "400")
        with monkeypatch.context() as patched:
            patched.syspath_prepend(str(EXAMPLES))
            with pytest.raises(SystemExit) as ended:
                runpy.run_path(str(EXAMPLES / "demo.py"), run_name="__main__")
        output = capsys.readouterr()
        return ended.value.code, output.out, output.err

    return run


@pytest.fixture
def exports(tmp_path):
    """A copy of the exports, to be damaged."""
    return Path(shutil.copytree(EXAMPLES / "data", tmp_path / "exports"))


def test_monday_provisions_everyone_who_can_be(demo):
    """39 people are created; the problem people are shown with what to do, and do not stop others."""
    code, output, _ = demo("--details")
    monday = output.partition("Tuesday")[0]
    assert code == 0
    assert "39 to create" in monday
    assert re.search(r"0 failed, 0 skipped", monday)
    for problem in ("has nothing before its @", "First name is empty", "SUSPENDED in Okta", "Use GB", "contains 'é'"):
        assert problem in monday
    assert "another person would get this username too" in monday


def test_the_first_screen_tells_what_happened(demo):
    """In ten lines: both days, and what the tenant then holds; in a pipe without boxes, and with whole names."""
    code, output, errors = demo()
    assert (code, errors) == (0, "")
    assert len(output.splitlines()) <= 10
    assert "Monday: 93 changes done, 0 failed" in output
    assert "The tenant holds 39 accounts, 38 can sign in; seats taken: 26 of 40 SPE_E3, 9 of 20 SPE_F1." in output
    assert "--details" in output
    assert not set(output) & set("─│┌┃━…")


def test_details_in_a_pipe_have_no_boxes(demo):
    """And every username is whole."""
    _, output, _ = demo("--details")
    assert not set(output) & set("─│┌┃━")
    assert "<ximena.brandt@yourfederated.domain>" in output


def test_a_second_plan_has_nothing_to_do(demo):
    """On both days, planning again right after applying finds nothing."""
    _, output, _ = demo()
    assert output.count("Planned again: nothing is left to do.") == 2


def test_tuesday_changes_just_what_changed(demo):
    """A password, a rename, a licence group and a leaver: four people, and the colliding newcomer is stopped."""
    _, output, _ = demo("--details")
    tuesday = output.partition("Tuesday")[2]
    assert "3 to change, 1 to deactivate (5 writes)" in tuesday
    assert "end all sessions now" in tuesday
    assert "the password changed on 2026-06-02 05:12 UTC" in tuesday
    assert "userPrincipalName: ximena.smith32@yourfederated.domain → ximena.brandt@yourfederated.domain" in tuesday
    assert "licences +SPE_E3, -SPE_F1" in tuesday
    assert "block sign-in" in tuesday
    assert "jane.doe@yourfederated.domain is the same for Kateryna Okafor" in tuesday


def test_a_missing_folder_is_one_line_a_file(demo):
    """What, where, and what to do; exit code 2."""
    code, _, errors = demo("--data", "/nowhere")
    assert code == 2
    assert "demo: /nowhere/okta-users.json: no such file" in errors


def test_json_that_is_not_what_okta_sends(demo, exports):
    """An error object instead of users is recognised as Okta's error."""
    (exports / "okta-users.json").write_text('{"errorCode": "E0000011", "errorSummary": "Invalid token provided"}')
    code, _, errors = demo("--data", str(exports))
    assert code == 2
    assert "okta-users.json" in errors
    assert "API token is not valid" in errors


def test_ldif_that_was_cut_in_the_middle(demo, exports):
    """The line where the file ends is named, and nothing is provisioned from half a directory."""
    ldif = exports / "active-directory.ldif"
    ldif.write_bytes(ldif.read_bytes()[:10_000])
    code, output, errors = demo("--data", str(exports))
    assert code == 2
    assert re.search(r"active-directory\.ldif: line \d+: .*in the middle of a line", errors)
    assert "to create" not in output


def test_an_unverified_domain(demo):
    """The job can't run: which domain, and which would do."""
    code, _, errors = demo("--domain", "elsewhere.example")
    assert code == 2
    assert re.fullmatch(r"demo: domain elsewhere\.example not in the tenant: .*yourfederated\.domain\)\n", errors)


@pytest.mark.parametrize("seats", ["SPE_E3", "SPE_E3=", "SPE_E3=many", "SPE_E3=-4", "=3", "SPE_E3=" + "9" * 5000])
def test_a_licence_without_a_number_of_seats(demo, seats):
    """The command line says how to write it."""
    code, output, errors = demo("--license", seats)
    assert (code, output) == (2, "")
    assert errors.endswith("write SPE_E3=40\n")


def test_names_that_look_like_markup_or_steer_terminals(demo, exports):
    """They are shown as they are, or as escapes; nothing breaks and nothing is coloured by them."""
    path = exports / "okta-users.json"
    users = path.read_text("utf-8").replace('"displayName": "', r'"displayName": "[/] [red]\u001b[31m\u202e')
    path.write_text(users, encoding="utf-8")
    code, output, errors = demo("--details", "--data", str(exports))
    assert (code, errors) == (0, "")
    assert r"[/] [red]\x1b[31m\u202e" in output
    assert "\x1b" not in output


def test_exports_of_another_organisation(demo, tmp_path):
    """Monday is shown; Tuesday tells of people whom they don't have."""
    for name, content in (
        ("okta-users.json", '[{"id": "00u1", "status": "ACTIVE", "profile": {"login": "ann@corp.example"}}]'),
        ("okta-groups.json", "[]"),
        ("okta-office365-assignments.json", '{"users": [{"id": "00u1", "scope": "USER"}]}'),
        ("active-directory.ldif", "version: 1\n"),
    ):
        (tmp_path / name).write_text(content, encoding="utf-8")
    code, output, errors = demo("--data", str(tmp_path))
    assert (code, errors) == (0, "")
    assert "Tuesday is left out" in output


def test_a_licence_that_the_tenant_lacks(demo):
    """The accounts are made; one line says which licence is missing, for whom, and which there are."""
    code, output, _ = demo("--details", "--license", "SPE_F1=20")
    assert code == 0
    assert "the tenant has no licence SPE_E3 (it has SPE_F1)" in output


def test_no_seats_left(demo):
    """Three seats: the plan says who gets no licence, and everyone has an account."""
    code, output, _ = demo("--details", "--license", "SPE_E3=3", "--license", "SPE_F1=20")
    assert code == 0
    assert "39 to create" in output
    assert "no seat of SPE_E3 is left" in output
