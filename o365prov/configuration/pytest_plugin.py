"""pytest runs the tests that stand beside app files: each file ``corp.tests.toml`` that has a ``corp.toml`` beside it.

Installing o365prov is enough. This module is imported in every run of pytest, so it loads the rest only when there is
such a file.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from o365prov.configuration import AppTestResult

_SUFFIX = ".tests.toml"


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect a file of tests that has its app file beside it."""
    if file_path.name.endswith(_SUFFIX) and _app_file(file_path).is_file():
        collector: pytest.Collector = AppTestsFile.from_parent(parent, path=file_path)
        return collector
    return None


def _app_file(tests: Path) -> Path:
    return tests.with_name(f"{tests.name.removesuffix(_SUFFIX)}.toml")


class AppTestsFile(pytest.File):
    """A file of tests; the app, and the people of its source, are read once."""

    @cached_property
    def results(self) -> dict[str, AppTestResult]:
        """How each test ended, by its name."""
        import asyncio  # noqa: PLC0415 - see above

        from o365prov.configuration import AppFile, AppTests  # noqa: PLC0415 - see above

        file, tests = AppFile.load(_app_file(self.path)), AppTests.load(self.path)
        run = tests.run(file.app, *([asyncio.run(file.read_people())] if tests.needs_source else []))
        return {result.name: result for result in run}

    def collect(self) -> Iterator[pytest.Item]:
        """An item for each test."""
        from o365prov.configuration import AppTests  # noqa: PLC0415 - see above
        from o365prov.errors import O365ProvError  # noqa: PLC0415 - see above

        try:
            tests = AppTests.load(self.path)
        except O365ProvError as error:
            raise self.CollectError(str(error)) from None
        for each in tests.all:
            yield AppTestItem.from_parent(self, name=each.name)


class AppTestItem(pytest.Item):
    """One test of an app."""

    def runtest(self) -> None:
        """Fail with what is other than expected."""
        from o365prov.errors import O365ProvError  # noqa: PLC0415 - see above

        assert isinstance(self.parent, AppTestsFile)  # noqa: S101 - collect() made it
        try:
            failures = self.parent.results[self.name].failures
        except O365ProvError as error:
            failures = (str(error),)
        if failures:
            pytest.fail("\n".join(failures), pytrace=False)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """The file and the test."""
        return self.path, None, f"{self.path.name}: {self.name}"
