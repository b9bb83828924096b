"""The command as people use it: plan, look, apply; what a pipe, a job and a pull request get; and what is wrong."""

import csv
import io
import json
import os
import pty
import shlex
import sys
import tomllib
from contextlib import ExitStack
from functools import partial

import pytest
from command_folder import APP, NAMES, people

from o365prov import Plan, SQLiteState
from o365prov.cli import main
from o365prov.cli.fitting import fitting_markdown
from o365prov.configuration import AppFile


def saved(run, *options):
    """Plan, and save the plan."""
    code, output, errors = run("plan", "--out", "plan.json", "--detailed-exitcode", *options)
    return code, output, errors, Plan.load("plan.json")


def test_a_day_and_the_day_when_everybody_leaves(run, fake, folder):
    """The exit codes say what there is to do; without a confirmation nobody loses anything."""
    code, output, errors, plan = saved(run)
    assert (code, len(fake.users)) == (2, 0)
    assert f"Plan {plan.fingerprint}: 6 to create" in output
    assert "the plan is saved: o365prov apply plan.json" in errors
    code, output, _ = run("apply", "plan.json", "--detailed-exitcode")
    assert (code, len(fake.users), fake.seats("SPE_E3")) == (2, 6, (6, 25))
    assert output.startswith("12 changes done, 0 failed")
    assert saved(run)[0] == 0
    assert run("apply", "plan.json", "--detailed-exitcode")[0] == 0

    (folder / "assignments.csv").write_text("group,person,priority,licenses,roles\n")
    code, _, errors, plan = saved(run)
    assert code == 3
    assert f"--confirm {plan.fingerprint}" in errors
    code, output, errors = run("apply", "plan.json", "--detailed-exitcode")
    assert (code, output) == (3, "")
    assert "the plan needs a confirmation" in errors
    assert run("apply", "plan.json")[0] == 1
    assert all(user["accountEnabled"] for user in fake.users)
    code, _, errors = run("apply", "plan.json", "--confirm", "f" * 64)
    assert code == 1
    assert "this is not the plan that was reviewed" in errors
    assert run("apply", "plan.json", "--confirm", plan.fingerprint, "--confirmed-by", "ann@corp.example")[0] == 0
    assert not any(user["accountEnabled"] for user in fake.users)

    code, output, _ = run("audit", "--json")
    records = json.loads(output)
    assert {each["initiatedBy"]["displayName"] for each in records[-3:]} == {"ann@corp.example"}
    assert "block_sign_in Ann Lee <ann.lee@corp.example>" in run("audit", "--person", "00u1")[1]


def test_a_run_is_taken_back(run, fake):
    """By a plan of its own, which is looked at and applied like any other; not before it has ended."""
    saved(run)
    code, _, errors = run("undo", "plan.json")
    assert code == 1
    assert "there is nothing to take back yet" in errors
    run("apply", "plan.json")
    code, output, errors = run("undo", "plan.json", "--out", "undo.json")
    assert (code, len(fake.users)) == (0, 6)
    assert "6 to delete" in output
    undoing = Plan.load("undo.json")
    assert run("apply", "undo.json", "--confirm", undoing.fingerprint)[0] == 0
    assert len(fake.users) == 0


def test_strays_and_the_days_to_come(run, fake, folder):
    """Accounts that nobody is assigned to, and who leaves when."""
    fake.add_user("kiosk@corp.example", displayName="Kiosk", licenses=["SPE_E3"])
    assert "1 account that nobody is assigned to, with 1 SPE_E3" in run("strays")[1]
    [kiosk] = json.loads(run("strays", "--json")[1])
    assert kiosk["username"] == "kiosk@corp.example"
    assert json.loads(run("calendar", "--json")[1]) == []
    assert run("hand-overs")[1].strip() == "0 people who left"


def test_a_push_of_some(run, fake):
    """--only is about these people, for plan, apply and verify."""
    *_, plan = saved(run, "--only", "00u1")
    assert {change.subject.person_id for change in plan} == {"00u1"}
    assert run("apply", "plan.json")[0] == 0
    code, output, _ = run("verify", "plan.json", "--timeout", "0")
    assert (code, len(fake.users)) == (0, 1)
    assert "1 ready" in output


def test_json_is_for_programs(run):
    """Each command has it, with keys that stay."""
    plan = json.loads(run("plan", "--json", "--out", "plan.json")[1])
    assert plan["fingerprint"] == Plan.load("plan.json").fingerprint
    assert (plan["writes"], plan["hazards"], len(plan["changes"])) == (12, [], 12)
    report = json.loads(run("apply", "plan.json", "--json")[1])
    assert (report["ok"], report["done"], len(report["outcomes"])) == (True, 12, 12)
    assert {row["username"] for row in json.loads(run("preview", "--json")[1])} >= {"ann.lee@corp.example"}
    [ann] = json.loads(run("preview", "00u1", "--json")[1])
    assert (ann["username"], ann["values"]["usageLocation"]) == ("ann.lee@corp.example", "DE")
    state = json.loads(run("state", "show", "--json")[1])
    assert (state["remembered"], len(state["runs"]), state["lease"]) == ({"active": 6}, 1, None)
    assert all(each["problems"] == [] for each in json.loads(run("doctor", "--json")[1]))
    assert json.loads(run("check", "--json")[1])[0]["ok"]
    assert len(json.loads(run("import", "--json")[1])) == 6
    assert json.loads(run("verify", "plan.json", "--timeout", "0", "--json")[1])[0]["person_id"]


def test_csv_is_for_spreadsheets(run, folder):
    """Each command has it, with a row for each thing that the other forms list, problems too; nothing is executed."""
    people = (folder / "people.csv").read_text()
    (folder / "people.csv").write_text(people.replace(",Ann Lee,DE", ",=HYPERLINK(1),Nowhere"))
    rows = {
        command: list(csv.DictReader(io.StringIO(run(*command.split(), "--csv")[1])))
        for command in ("plan --out plan.json", "apply plan.json", "preview", "preview 00u1", "state show", "check")
    }
    plan = Plan.load("plan.json")
    assert plan.problems
    assert len(rows["plan --out plan.json"]) == len(plan) + len(plan.problems) + len(plan.unsupported)
    assert {row["result"] for row in rows["apply plan.json"]} == {"done"}
    assert len(rows["preview"]) == 6
    values = {row["attribute"]: row["value"] for row in rows["preview 00u1"]}
    assert values["userName"] == "ann.lee@corp.example"
    assert [row["fingerprint"] for row in rows["state show"]] == [plan.fingerprint]
    for command in ("strays", "calendar", "audit", "import", "verify plan.json --timeout 0", "doctor", "expr 1+1"):
        assert list(csv.reader(io.StringIO(run(*command.split(), "--csv")[1]))), command
    cells = [cell for each in rows.values() for row in each for cell in row.values()]
    assert [cell for cell in cells if cell.startswith(("=", "+", "@"))] == []
    assert any(cell.startswith("'=HYPERLINK(1)") for cell in cells)


def test_markdown_is_for_pull_requests(run):
    """The plan as GitHub shows it."""
    text = run("plan", "--markdown")[1]
    assert "| Who | What |" in text
    assert "Ann Lee" in text
    for command in ("doctor", "check", "preview"):
        assert "**" in run(command, "--markdown")[1]


def test_markdown_fits_into_a_comment(run):
    """With fewer rows of a kind, and in the end cut at a line; what is worst stays at the top."""
    *_, plan = saved(run)
    whole = plan.to_markdown()
    shorter = fitting_markdown(plan, len(whole) - 1)
    assert len(shorter) < len(whole)
    assert plan.fingerprint in shorter
    shortest = fitting_markdown(plan, 300)
    assert len(shortest) <= 300
    assert shortest.endswith("too long for a comment\n")


def test_init_writes_a_file_that_works(run, folder):
    """With comments; it is not written over unasked."""
    assert run("init", "new.toml", "--domain", "b.example", "--type", "profile_sync")[0] == 0
    text = (folder / "new.toml").read_text()
    app = AppFile.load("new.toml").app
    assert (app.domains, app.provisioning.name) == (("b.example",), "profile_sync")
    assert text.count("\n#") > 10
    assert "yourfederated" not in text
    assert run("check", "new.toml")[0] == 0
    code, _, errors = run("init", "new.toml")
    assert code == 1
    assert "is there already" in errors


def test_init_takes_oktas_settings_and_keeps_comments(run, folder):
    """A file that is there gets Okta's settings; its comments, source, state and tenant stay."""
    app = {
        "name": "office365",
        "label": "Microsoft Office 365",
        "features": ["PUSH_NEW_USERS"],
        "credentials": {"userNameTemplate": {"template": "${source.email}", "type": "BUILT_IN"}},
        "settings": {"app": {"domain": "corp.example"}},
    }
    (folder / "app.json").write_text(json.dumps(app))
    (folder / "corp.toml").write_text(f"# ours\n{APP}")
    code, _, errors = run("init", "corp.toml", "--okta-app", "app.json", "--type", "user_sync")
    assert (code, errors.startswith("corp.toml is written")) == (0, True)
    text = (folder / "corp.toml").read_text()
    assert text.startswith("# ours\n")
    document = tomllib.loads(text)
    assert document["state"]["path"] == "corp.db"
    assert (document["name"], document["provisioning"]["deactivate_users"]) == ("Microsoft Office 365", False)
    assert AppFile.load("corp.toml").source is not None


def test_check_finds_expressions_in_files_of_terraform_and_okta(run, folder):
    """What is wrong has its line and column in the file, and in JSON the shape that editors take."""
    rule = r'resource "okta_group_rule" "sales" {{ expression_value = "user.a {} \"x\"" }}'
    (folder / "rules.tf").write_text(rule.format("=="))
    (folder / "hints.tf").write_text(rule.format('== \\"y\\" AND user.a =='))
    (folder / "claims.json").write_text('{"valueType": "EXPRESSION",\n "value": "string.len(user.a)"}')
    assert run("check", "rules.tf") == (0, "rules.tf: ok, 1 expression\n", "")
    code, output, _ = run("check", "hints.tf")
    assert code == 0
    assert output.startswith(
        "hint: hints.tf: okta_group_rule.sales.expression_value: line 1, column 58: this is always"
    )
    code, output, _ = run("check", "rules.tf", "claims.json")
    assert code == 1
    assert "error: claims.json: $.value: line 2, column 12: there is no function string.len: write String.len" in output
    assert output.endswith("claims.json: not ok, 1 expression\n")
    code, output, _ = run("check", "claims.json", "--json")
    [found] = json.loads(output)
    assert found["diagnostics"][0]["range"]["start"] == {"line": 1, "character": 11}
    assert found["issues"][0]["code"] == "unknown-function"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "line 1, column 2: this is not JSON: a name in quotes is missing"),
        (b"\xff", "can't be read: it is not UTF-8"),
        (None, "can't be read: No such file or directory"),
    ],
)
def test_check_says_which_file_it_can_not_read(run, folder, content, said):
    """The others are checked all the same."""
    if content is not None:
        (folder / "broken.json").write_bytes(content)
    (folder / "fine.json").write_text("{}")
    code, output, _ = run("check", "broken.json", "fine.json")
    assert code == 1
    assert f"error: broken.json: {said}" in output
    assert "fine.json: ok, 0 expressions" in output


def test_check_runs_the_tests_beside_the_file(run, folder):
    """A test that fails, or a fault of a file, is exit code 1."""
    beside = folder / "corp.tests.toml"
    beside.write_text('[[rules]]\nname = "E3 for staff"\nnobody_outside = "Staff"\ngets = "SPE_E3"\n')
    assert run("check") == (0, "corp.toml: ok, 1 of 1 tests passed\n", "")
    beside.write_text('[[people]]\nname = "Ann"\nid = "00u1"\nusername = "bo@corp.example"\n')
    code, output, _ = run("check")
    assert code == 1
    assert "username: 'bo@corp.example' is expected, and is 'ann.lee@corp.example'" in output
    beside.write_text("[[peple]]")
    assert "peple: is not known: write people" in run("check")[1]
    (folder / "corp.toml").write_text('domians = ["a"]')
    code, output, _ = run("check")
    assert code == 1
    assert "error: corp.toml: domians: is not known: write domains" in output
    assert "is not a kind of file that is checked" in run("check", "people.csv")[1]


def test_expressions_are_tried(run, folder):
    """For a person of the source, for a file, or for nobody; with what every part gave."""
    (folder / "ann.json").write_text('{"profile": {"email": "ann@example.com"}}')
    assert run("expr", "String.toUpperCase(user.email)", "--user", "ann.json") == (0, '"ANN@EXAMPLE.COM"\n', "")
    assert run("expr", "user.lastName", "--person", "BO.FOX@corp.example")[1] == '"Fox"\n'
    assert "user.lastName" in run("expr", "user.lastName", "--person", "00u2", "--explain")[1]
    code, output, errors = run("expr", "string.len(user.email)")
    assert (code, output) == (1, "")
    assert "write String.len" in errors
    code, _, errors = run("expr", "user.email +")
    assert code == 1
    assert "a value is missing after +" in errors
    assert "nobody with the id or login 00u9" in run("expr", "user.email", "--person", "00u9")[2]


def test_doctor_says_what_is_not_ready(run, folder, environment, monkeypatch):
    """Each part, whether or not the others work."""
    monkeypatch.setenv("AZURE_CLIENT_SECRET", "wrong")
    (folder / "people.csv").unlink()
    code, output, _ = run("doctor")
    assert code == 1
    assert "ok app file" in output
    assert "!! source" in output
    assert "   people.csv: no such file: check the path\n" in output
    assert "ok state" in output
    assert "AADSTS7000215" in output
    assert "wrong" not in output.replace("the client secret is wrong", "")


def test_another_tenant_than_the_files_is_refused(run, folder):
    """Before anything is written."""
    (folder / "corp.toml").write_text(APP + '[tenant]\nid = "00000000-0000-0000-0000-000000000000"\n')
    code, _, errors = run("plan")
    assert code == 1
    assert "check AZURE_TENANT_ID, or the app file" in errors


def test_the_state_is_shown_saved_and_rebuilt(run, fake):
    """A memory that was forgotten is found again in the tenant: the next plan links what is there."""
    saved(run)
    run("apply", "plan.json")
    assert "remembered: 6 active" in run("state", "show")[1]
    assert run("state", "save", "memory.json")[0] == 0
    assert run("state", "rebuild", "--yes")[0] == 0
    assert "remembered: nobody" in run("state", "show")[1]
    code, output, _, _ = saved(run)
    assert code == 2
    assert "6 to link" in output
    assert run("state", "rebuild", "--from", "memory.json", "--yes")[0] == 0
    assert "remembered: 6 active" in run("state", "show")[1]
    assert "nobody had the lease" in run("state", "unlock")[2]


def test_a_quarantined_app_is_shown_and_let_go_on(run, folder):
    """`apply` refuses it, `state show` says why and what to do, and after `state allow` the same plan is applied."""
    saved(run)
    plan = Plan.load(folder / "plan.json")
    with SQLiteState(folder / "corp.db") as state:
        lease = state.acquire(plan.tenant_id)
        state.end_run(lease, state.begin_run(lease, plan), "too much failed", quarantine="20 of 20 writes failed")
        state.release(lease)
    code, _, errors = run("apply", "plan.json")
    assert (code, "quarantined" in errors) == (1, True)
    assert "because 20 of 20 writes failed; to let it go on: o365prov state allow" in run("state", "show")[1]
    assert json.loads(run("state", "show", "--json")[1])["quarantine"]["reason"] == "20 of 20 writes failed"
    assert "may write again" in run("state", "allow", "--allowed-by", "ann@corp.example")[2]
    assert "not quarantined" in run("state", "allow")[2]
    assert run("apply", "plan.json")[0] == 0


def test_an_import_is_remembered_where_it_is_said(run, folder):
    """Whose the accounts are; what is confirmed is kept in a file."""
    saved(run)
    run("apply", "plan.json")
    assert run("import", "--memory", "memory.json", "--accept")[0] == 0
    assert (folder / "memory.json").exists()
    code, _, errors = run("import", "--accept")
    assert code == 1
    assert "--accept needs --memory" in errors


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--app", "missing.toml", "plan"], "No such option"),
        (["plan", "--app", "missing.toml"], "o365prov: missing.toml: no such file: check the path"),
        (["apply", "missing.json"], "o365prov: missing.json: can't be read"),
        (["apply", "corp.toml"], "o365prov: corp.toml: line"),
        (["plan", "--only"], "requires an argument"),
        (["plan", "--scope", "everything"], "is not one of"),
        (["audit", "--since", "yesterday"], "is not an instant such as"),
        (["nonsense"], "No such command"),
        (["expr", "user.email", "--user", "people.csv"], "is not JSON"),
        (["plan", "--only", ""], "it is empty: is a variable not set?"),
        (["preview", "00u1", ""], "it is empty: is a variable not set?"),
        (["audit", "--person", " "], "it is empty: is a variable not set?"),
        (["init", "new.toml", "--okta-mapping", "mapping.json"], "need --okta-app FILE"),
        (
            ["init", "new.toml", "--okta-app", "list.json"],
            "o365prov: list.json is not a JSON object: save the whole answer",
        ),
    ],
)
def test_what_is_wrong_is_said_in_a_line(run, folder, arguments, said):
    """On the standard error, with exit code 1: 2 means that there are changes."""
    (folder / "list.json").write_text("[]")
    code, output, errors = run(*arguments)
    assert (code, output) == (1, "")
    assert said in errors
    assert "Traceback" not in errors


def test_everybody_who_is_not_found_is_named(run):
    """At once, and the source is read once for all of them."""
    code, output, errors = run("preview", "00u8", "00u1", "nobody@corp.example")
    assert (code, output) == (1, "")
    assert [line.split(":")[1] for line in errors.splitlines()] == [
        " the source has nobody with the id or login 00u8",
        " the source has nobody with the id or login nobody@corp.example",
    ]


def test_what_is_said_to_be_typed_works_as_it_is(run, folder, monkeypatch):
    """With the app file where it is not found by itself, and with the quotes that a shell needs."""
    monkeypatch.delenv("O365PROV_APP")
    errors = run("plan", "--app", "corp.toml", "--out", "my plan.json")[2]
    typed = shlex.split(errors.rpartition("the plan is saved: ")[2])
    assert typed == ["o365prov", "apply", "my plan.json", "--app", "corp.toml"]
    assert run(*typed[1:])[0] == 0


def test_commands_are_listed_with_whole_sentences(run):
    """None is cut where a terminal has 80 columns."""
    commands = run("--help")[1].partition("Commands:\n")[2]
    assert commands
    assert "..." not in commands


def test_a_change_of_settings_has_no_username_in_the_audit(run):
    """Only what is there is shown."""
    saved(run)
    run("apply", "plan.json")
    output = run("audit")[1]
    assert "change_settings" in output
    assert "<>" not in output


def test_an_address_that_is_not_of_this_computer_is_named(run, monkeypatch):
    """With the variable that has it."""
    monkeypatch.setenv("O365PROV_FAKE_TENANT", "https://graph.example/v1.0")
    code, _, errors = run("plan")
    assert code == 1
    assert errors.startswith(
        "o365prov: O365PROV_FAKE_TENANT=https://graph.example/v1.0 is not an address of this computer"
    )


def test_a_mapping_that_is_stale_says_what_to_do_in_the_file(run, folder):
    """The attributes have to be mapped again."""
    text = AppFile.load("corp.toml").to_toml().replace("create_users = true", "create_users = false")
    (folder / "corp.toml").write_text(text)
    code, _, errors = run("plan")
    assert code == 1
    assert "then delete its made_for" in errors


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_complete_it(run, shell):
    """The script of each shell."""
    code, output, _ = run("completion", shell)
    assert code == 0
    assert "_O365PROV_COMPLETE" in output


def test_without_the_extra_one_line_says_what_to_install(monkeypatch, capsys):
    """And no traceback."""
    monkeypatch.setattr("o365prov.cli.entry.find_spec", lambda name: None if name == "click" else object())
    assert main(["plan"]) == 1
    assert capsys.readouterr().err == "o365prov: the command needs click: pip install 'o365prov[cli]'\n"


def answered(run, monkeypatch, answer, *arguments):
    """Run the command at a terminal, where somebody answers the question; exit code and what the terminal shows."""
    terminal, inner = pty.openpty()
    os.write(terminal, f"{answer}\n".encode())
    with ExitStack() as streams, monkeypatch.context() as patched:
        for name in ("stdin", "stdout", "stderr"):
            stream = os.fdopen(os.dup(inner), "r" if name == "stdin" else "w")
            patched.setattr(sys, name, streams.enter_context(stream))
        code = main(arguments)
    os.set_blocking(terminal, False)
    with os.fdopen(terminal, "rb", buffering=0) as shown:
        everything = b"".join(iter(partial(shown.read, 4096), None))  # at most one page is given at a time
    os.close(inner)
    return code, everything.decode()


def test_a_terminal_is_asked(run, fake, monkeypatch):
    """Who says no changes nothing; who says yes confirms the plan that was shown."""
    saved(run)
    code, _ = answered(run, monkeypatch, "n", "apply", "plan.json", "--json")
    assert (code, len(fake.users)) == (1, 0)
    code, shown = answered(run, monkeypatch, "y", "apply", "plan.json", "--json")
    assert (code, len(fake.users)) == (0, 6)
    assert "Make these 12 changes" in shown


def test_nobody_is_named_where_it_is_not_asked_for(run, caplog):
    """Logs and messages beside the result hold no names."""
    with caplog.at_level("DEBUG", "o365prov"):
        _, _, errors, _ = saved(run)
        _, _, later = run("apply", "plan.json", "--json")
    logged = caplog.text + errors + later
    assert [name for name in NAMES if name in logged or name.lower().replace(" ", ".") in logged] == []


def test_the_people_of_these_tests(folder):
    """Who is left out is not in the source any more."""
    assert people(["Ann Lee"]).count("\n") == 2
