"""What needs no tenant: a new app file, what is wrong with one, expressions, and what people would get."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from o365prov.cli.checking import checked
from o365prov.cli.new_app import new_app_text, with_app
from o365prov.cli.running import Named, app_option, connected, now, opened_state, read_tenant, run
from o365prov.cli.showing import Form, form_options, print_csv, print_json, show, show_lines, tell
from o365prov.configuration import AppFile, app_from_okta
from o365prov.errors import ConfigurationError, Issue, SourceError
from o365prov.expressions import Bindings, Dialect, Expression
from o365prov.people import Assignment
from o365prov.previews import PopulationPreview, Preview
from o365prov.profiles import UNSET, make_bindings
from o365prov.sources import OktaExport
from o365prov.structuring import write_text

_TYPES = ("license_only", "profile_sync", "user_sync", "universal_sync")


@click.command()
@click.argument("path", type=click.Path(path_type=Path), default=Path("o365prov.toml"))
@click.option("--domain", "domains", multiple=True, metavar="NAME", help="A domain of usernames; repeatable.")
@click.option("--type", "kind", type=click.Choice(_TYPES), help="The provisioning type.")
@click.option("--okta-app", type=click.Path(path_type=Path), help="What Okta's API gives at /api/v1/apps/{id}.")
@click.option("--okta-features", type=click.Path(path_type=Path), help="The same at /api/v1/apps/{id}/features.")
@click.option("--okta-mapping", type=click.Path(path_type=Path), help="The mapping from the Okta user to the app.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
def init(
    path: Path,
    domains: tuple[str, ...],
    kind: str | None,
    okta_app: Path | None,
    okta_features: Path | None,
    okta_mapping: Path | None,
    force: bool,
) -> None:
    """Write an app file with comments, at PATH.

    With --okta-app it gets the settings of Okta's own app. A file that is there is then updated, and its comments,
    source, state and tenant stay as they are.
    """
    if okta_app is None and (okta_features or okta_mapping):
        raise click.UsageError("--okta-features and --okta-mapping need --okta-app FILE")
    if path.exists() and not (force or okta_app):
        raise ConfigurationError(f"{path} is there already: give another path, or --force to write over it")
    text = path.read_text("utf-8") if path.exists() and not force else new_app_text(domains, kind or "user_sync")
    if okta_app is not None:
        app = app_from_okta(
            _answer(okta_app, dict),
            features=None if okta_features is None else _answer(okta_features, list),
            mapping=None if okta_mapping is None else _answer(okta_mapping, dict),
            type=kind,
            domains=domains,
        )
        text = with_app(text, AppFile(app))
    AppFile.from_toml(text, where=str(path))
    write_text(path, text)
    tell(f"{path} is written: adapt it, then run `o365prov check --app {path}`")


def _answer(path: Path, kind: type[dict[str, Any] | list[Any]]) -> Any:
    """What Okta's API answered, as it was saved."""
    answer = _json(path)
    if not isinstance(answer, kind):
        wanted = "object" if kind is dict else "array"
        raise ConfigurationError(
            f"{path} is not a JSON {wanted}: save the whole answer of Okta's API, and nothing else"
        )
    return answer


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text("utf-8-sig"))
    except ValueError as error:
        raise ConfigurationError(f"{path} is not JSON ({error}): correct it, or save it again") from None


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@app_option
@form_options
def check(paths: tuple[Path, ...], app_path: Path, form: Form | None) -> int:
    """Check app files, their expressions and their tests.

    PATHS stand in place of --app; the tests of corp.toml are in corp.tests.toml beside it.
    """
    results = [checked(path) for path in paths or (app_path,)]
    failed = any(not each.ok for each in results)
    lines = [line for each in results for line in each.lines()]
    found = [each.to_dict() for each in results]
    show_lines("o365prov check", lines, form, _check_rows(found), data=found)
    return 1 if failed else 0


def _check_rows(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A row for each issue and each test of the files."""
    rows: list[dict[str, Any]] = []
    for file in found:
        rows += [{"path": file["path"], **issue} for issue in file["issues"]]
        rows += [
            {
                "path": file["path"],
                "severity": "passed" if test["passed"] else "failed",
                "code": "test",
                "place": test["name"],
                "message": "; ".join(test["failures"]),
                "remedy": "",
            }
            for test in file["tests"]
        ]
    return rows


@click.command()
@click.argument("text", metavar="EXPRESSION")
@click.option(
    "--user", type=click.Path(path_type=Path), help="JSON: the roots (user, source, ...), or a user's profile."
)
@click.option("--person", type=Named(), metavar="ID", help="Somebody of the app file's source, by id or login.")
@click.option("--explain", is_flag=True, help="Show what every part gave.")
@click.option("--dialect", type=click.Choice([each.value for each in Dialect]), default=Dialect.CLASSIC.value)
@app_option
@form_options
def expr(
    text: str, user: Path | None, person: str | None, explain: bool, dialect: str, app_path: Path, form: Form | None
) -> int:
    """Check an Okta expression, and evaluate it for one person."""
    expression = Expression(text, dialect=Dialect(dialect))
    diagnostics = expression.check()
    for each in diagnostics:
        tell(str(each))
    if any(each.severity == "error" for each in diagnostics):
        return 1
    if person is not None:
        (assignment,) = _named(run(AppFile.load(app_path).read_people()), (person,))
        bindings = make_bindings(assignment, now=now())
    else:
        bindings = _bindings(user)
    explanation = expression.explain(bindings)
    if explanation.error is not None and not explain:
        tell(explanation.error.caret())
        return 1
    if form is Form.CSV:
        print_csv([{"value": explanation.value}])
    elif explain and form is not Form.JSON:
        click.echo(str(explanation))
    else:
        print_json(explanation.value)
    return 0 if explanation.error is None else 1


def _bindings(path: Path | None) -> Bindings:
    document = {} if path is None else _json(path)
    if not isinstance(document, dict):
        raise ConfigurationError(f"{path} is not a JSON object: give the roots, or a user's profile")
    profile = document.get("profile", document)
    is_profile = not ({"user", "source"} & document.keys()) and isinstance(profile, dict)
    return Bindings({"user": profile, "source": profile} if is_profile else document, now=now())


def _named(organization: OktaExport, names: tuple[str, ...]) -> list[Assignment]:
    """The people with these ids or logins, as they are assigned; who is not assigned has no grants."""
    known = {str(each.profile.get("login")).lower(): each for each in organization.people}
    known |= {each.id.lower(): each for each in organization.people}
    missing = [name for name in names if name.lower() not in known]
    if missing:
        remedy = "write an id or a login as the source has it"
        raise SourceError(
            *(Issue("nobody", f"the source has nobody with the id or login {name}", remedy) for name in missing)
        )
    assigned = {each.person.id: each for each in organization.assignments}
    return [assigned.get(person.id, Assignment(person)) for person in (known[name.lower()] for name in names)]


@click.command()
@click.argument("people", nargs=-1, type=Named(), metavar="[PERSON]...")
@click.option("--tenant", "with_tenant", is_flag=True, help="Also say what would happen to the accounts of the tenant.")
@app_option
@form_options
def preview(people: tuple[str, ...], with_tenant: bool, app_path: Path, form: Form | None) -> int:
    """Show what people would get.

    That is everybody who is assigned, or one PERSON after the other, by id or login.
    """
    file = AppFile.load(app_path)
    organization = run(file.read_people())
    assignments = _named(organization, people) if people else list(organization.assignments)
    seen = run(_seen(file, assignments)) if with_tenant else {}
    population: PopulationPreview = file.app.preview(assignments, now=now(), **seen)
    if not people:
        show(population, form, population.to_dicts)
        return 0
    previews = [population[each.person.id] for each in assignments]
    values = [_values(each) for each in previews]
    match form:
        case Form.JSON:
            print_json(values)
        case Form.CSV:
            print_csv(row for each in values for row in _value_rows(each))
        case _:
            for each in previews:
                show(each, form, list)
    return 0


def _values(preview: Preview) -> dict[str, Any]:
    """What JSON has of a person: null clears an attribute, and what is left alone has no key."""
    values = {row.name: row.value for row in preview.attributes() if row.value is not UNSET}
    issues = [
        {"code": issue.code, "attribute": issue.place, "message": issue.message, "remedy": issue.remedy}
        for issue in preview.issues
    ]
    return {"person_id": preview.person.id, "username": preview.username, "values": values, "issues": issues}


def _value_rows(found: dict[str, Any]) -> list[dict[str, Any]]:
    """What CSV has of a person: a row for each attribute, then for each issue."""
    who = {"person_id": found["person_id"], "username": found["username"]}
    rows = [{**who, "attribute": name, "value": value} for name, value in found["values"].items()]
    return [*rows, *({**who, **issue} for issue in found["issues"])]


async def _seen(file: AppFile, assignments: list[Assignment]) -> dict[str, Any]:
    with opened_state(file) as state:
        async with connected(file, state) as tenant:
            snapshot = await read_tenant(file, tenant, file.app.needs(assignments))
            return {"snapshot": snapshot, "app_users": state.app_users(snapshot.tenant_id, file.app.name)}
