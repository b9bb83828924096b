"""pytest fixtures that hand a fake Office 365 tenant to any project's tests.

Installing o365prov is enough: ``fake_tenant``, ``fake_tenant_factory`` and ``graph_client`` are there, and nothing
happens to tests that do not ask for them. This module is imported in every run of pytest, so it loads the tenant only
when a test wants it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from o365prov.testing import FakeTenant


_MARKER = (
    "fake_tenant(users=0, allow_unsupported=False, **options): how the fake_tenant fixture is made: 'users' ready-made"
    " users, and the options of o365prov.testing.FakeTenant; closer markers win over farther ones"
)


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known, so that --strict-markers takes it."""
    config.addinivalue_line("markers", _MARKER)


@pytest.fixture
def fake_tenant_options() -> Mapping[str, Any]:
    """Options for every tenant of these tests; override it in a conftest.py, a module or a class."""
    return {}


@pytest.fixture
def fake_tenant_factory(fake_tenant_options: Mapping[str, Any]) -> Iterator[Callable[..., FakeTenant]]:
    """Makes tenants, as many as a test needs: ``fake_tenant_factory(users=3, licenses={"SPE_E3": 5})``.

    When the test is over it fails if something was asked that a tenant does not support, since a client that takes
    such an answer for an ordinary error would hide it; ``allow_unsupported=True`` is for tests of just that.
    """
    strict: list[FakeTenant] = []

    def make(*, users: int = 0, allow_unsupported: bool = False, **options: Any) -> FakeTenant:
        from o365prov.testing import FakeTenant  # noqa: PLC0415 - see above

        fake = FakeTenant(**{**fake_tenant_options, **options})
        for _ in range(users):
            fake.add_user()
        if not allow_unsupported:
            strict.append(fake)
        return fake

    yield make
    _fail_for_unsupported(*strict)


@pytest.fixture(scope="session")
def session_fake_tenant_options() -> Mapping[str, Any]:
    """Options for ``session_fake_tenant``; override it in the conftest.py at the top."""
    return {}


@pytest.fixture(scope="session")
def session_fake_tenant(session_fake_tenant_options: Mapping[str, Any]) -> Iterator[FakeTenant]:
    """One tenant for the whole run, where making it takes long: what a test wants undone, it undoes with ``restore``.

    When the run is over it fails if something was asked that the tenant does not support.
    """
    from o365prov.testing import FakeTenant  # noqa: PLC0415 - see above

    fake = FakeTenant(**session_fake_tenant_options)
    yield fake
    _fail_for_unsupported(fake)


@pytest.fixture
def fake_tenant(request: pytest.FixtureRequest, fake_tenant_factory: Callable[..., FakeTenant]) -> FakeTenant:
    """A fresh tenant for this test, as its ``fake_tenant`` markers say."""
    options: dict[str, Any] = {}
    for marker in reversed(list(request.node.iter_markers("fake_tenant"))):
        if marker.args:
            pytest.fail("the fake_tenant marker takes options by name, such as fake_tenant(users=3)", pytrace=False)
        options |= marker.kwargs
    try:
        return fake_tenant_factory(**options)
    except (TypeError, ValueError) as error:
        pytest.fail(f"the options of the fake_tenant marker do not fit: {error}", pytrace=False)


def _fail_for_unsupported(*tenants: FakeTenant) -> None:
    lines = [line for fake in tenants for line in fake.unsupported]
    if lines:
        pytest.fail("requests that the fake tenant does not support:\n" + "\n".join(lines), pytrace=False)


@pytest.fixture
def graph_client(fake_tenant: FakeTenant) -> Any:
    """A real GraphServiceClient of msgraph-sdk on the test's tenant."""
    from o365prov.testing import graph_client as make  # noqa: PLC0415 - loads msgraph

    return make(fake_tenant)
