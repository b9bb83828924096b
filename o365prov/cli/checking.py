"""What ``o365prov check`` finds in a file: what is wrong, what is doubtful, what could be better, how tests ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Literal

from attrs import evolve, frozen

from o365prov.cli.running import run
from o365prov.cli.showing import issues_of
from o365prov.configuration import AppFile, AppTestResult, AppTests
from o365prov.errors import ConfigurationError, Issue, O365ProvError, SourceError
from o365prov.expressions import Diagnostic, find_expressions
from o365prov.rendering import printable


@frozen
class CheckedFile:
    """What was found in one file.

    Args:
        path: the file.
        issues: what is wrong, and with severity ``warning`` or ``hint`` what is doubtful, or could be better.
        tests: how the tests beside it ended.
        expressions: how many expressions it holds, if it is a file of another program that holds some.
        diagnostics: what is said of these expressions, at their places in the file.

    """

    path: Path
    issues: tuple[Issue, ...] = ()
    tests: tuple[AppTestResult, ...] = ()
    expressions: int | None = None
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong and every test passed."""
        return not any(issue.stops for issue in self.issues) and all(each.passed for each in self.tests)

    def lines(self) -> list[str]:
        """What is shown: each issue, each test that failed, and a summary."""
        passed = sum(each.passed for each in self.tests)
        failed = [line for each in self.tests if not each.passed for line in str(each).splitlines()]
        issues = [f"{each.severity}: {each}" for each in self.issues]
        tests = f", {passed} of {len(self.tests)} tests passed" if self.tests else ""
        many = "" if self.expressions == 1 else "s"
        count = "" if self.expressions is None else f", {self.expressions} expression{many}"
        return [*map(printable, (*issues, *failed)), f"{self.path}: {'ok' if self.ok else 'not ok'}{tests}{count}"]

    def to_dict(self) -> dict[str, Any]:
        """The same as JSON values."""
        issues = [
            {
                "severity": each.severity,
                "code": each.code,
                "place": each.place,
                "message": each.message,
                "remedy": each.remedy,
            }
            for each in self.issues
        ]
        tests = [{"name": each.name, "passed": each.passed, "failures": list(each.failures)} for each in self.tests]
        diagnostics = [each.to_lsp() for each in self.diagnostics]
        return {"path": str(self.path), "ok": self.ok, "issues": issues, "tests": tests, "diagnostics": diagnostics}


def checked(path: Path) -> CheckedFile:
    """What is found in a file, which is checked as its name ends."""
    check = CHECKS.get(path.suffix)
    if check is None:
        known = ", ".join(CHECKS)
        issue = Issue("unknown_file", "is not a kind of file that is checked", f"known: {known}", str(path))
        return CheckedFile(path, (issue,))
    return check(path)


def _checked_app(path: Path) -> CheckedFile:
    try:
        file = AppFile.load(path)
    except (ConfigurationError, SourceError) as error:
        return CheckedFile(path, _issues(error, path))
    found = list(_doubts(file, path))
    beside = AppTests.beside(path)
    results: tuple[AppTestResult, ...] = ()
    if beside.exists():
        try:
            tests = AppTests.load(beside)
            results = tests.run(file.app, *([run(file.read_people())] if tests.needs_source else []))
        except O365ProvError as error:
            found += _issues(error, beside)
    return CheckedFile(path, tuple(found), results)


def _checked_expressions(form: Literal["terraform", "json"], path: Path) -> CheckedFile:
    try:
        found = find_expressions(path.read_text("utf-8"), form)
    except SourceError as error:
        return CheckedFile(path, tuple(evolve(each, place=f"{path}: {each.place}") for each in error.issues))
    except (OSError, UnicodeDecodeError) as error:
        reason = "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else error.strerror or str(error)
        return CheckedFile(path, (Issue("not-readable", f"can't be read: {reason}", place=str(path)),))
    said = [(each.place, diagnostic) for each in found for diagnostic in each.check()]
    issues = tuple(_placed(diagnostic, f"{path}: {place}") for place, diagnostic in said)
    return CheckedFile(path, issues, expressions=len(found), diagnostics=tuple(each for _, each in said))


CHECKS: Mapping[str, Callable[[Path], CheckedFile]] = {
    ".toml": _checked_app,
    ".tf": partial(_checked_expressions, "terraform"),
    ".json": partial(_checked_expressions, "json"),
}
"""How a file is checked, by how its name ends."""


def _issues(error: O365ProvError, path: Path) -> tuple[Issue, ...]:
    return issues_of(error) or (Issue("wrong", str(error), place=str(path)),)


def _doubts(file: AppFile, path: Path) -> list[Issue]:
    """What the checker warns of; everything worse has kept the file from being read."""
    expressions = {f"mapping.attributes.{name}": found for name, found in file.app.mapping.check().items()}
    first, *others = file.app.username.expressions
    expressions["username"] = first.check(context="username")
    expressions |= {f"username.alternatives[{n}]": each.check(context="username") for n, each in enumerate(others)}
    return [_placed(each, f"{path}: {place}") for place, found in expressions.items() for each in found]


def _placed(diagnostic: Diagnostic, place: str) -> Issue:
    """What is said of an expression, with its line and column."""
    return evolve(diagnostic.issue, place=f"{place}: line {diagnostic.line}, column {diagnostic.column}")
