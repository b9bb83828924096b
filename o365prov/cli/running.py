"""What a command runs on: the app file, its state and its tenant, with the credential that the environment names."""

from __future__ import annotations

import asyncio
import os
import shlex
import signal
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from o365prov.cli.showing import tell
from o365prov.configuration import AppFile
from o365prov.errors import ConfigurationError
from o365prov.graph import RateLimits, Tenant, environment_credential
from o365prov.planning import TenantSnapshot
from o365prov.state import State

T = TypeVar("T")

FAKE_TENANT = "O365PROV_FAKE_TENANT"
"""The variable with the address of a fake tenant on this computer, which is used in place of Microsoft Graph."""

app_option = click.option(
    "--app",
    "-a",
    "app_path",
    type=click.Path(path_type=Path),
    default=Path("o365prov.toml"),
    envvar="O365PROV_APP",
    show_default=True,
    show_envvar=True,
    help="The app file.",
)


class Named(click.ParamType[str]):
    """An id or a name, which is never empty: a variable of a script that is not set names nobody."""

    name = "id"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The same string."""
        if not value.strip():
            self.fail("it is empty: is a variable not set?", param, ctx)
        return str(value)


only_option = click.option(
    "--only", type=Named(), multiple=True, metavar="ID", help="The people whom it is about; repeatable."
)


def apply_command(plan: Path, app_path: Path, confirm: str = "") -> str:
    """What has to be typed to apply a plan.

    Args:
        plan: where it is saved.
        app_path: the app file; it is named where the command would not find it by itself.
        confirm: the fingerprint, if the plan needs a confirmation.

    """
    words = ["o365prov", "apply", str(plan)]
    if str(app_path) != os.environ.get("O365PROV_APP", "o365prov.toml"):
        words += ["--app", str(app_path)]
    return shlex.join([*words, *(["--confirm", confirm] if confirm else [])])


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run asynchronous work to its end."""
    return asyncio.run(work)


def now() -> datetime:
    """The time."""
    return datetime.now(UTC)


@contextmanager
def opened_state(file: AppFile) -> Iterator[State]:
    """The state that the file names, closed at the end."""
    state = file.open_state()
    try:
        yield state
    finally:
        state.close()


@asynccontextmanager
async def connected(file: AppFile, state: State) -> AsyncIterator[Tenant]:
    """The tenant, with the credential that the environment names; a fake one if the environment says so."""
    limits = RateLimits(share=file.tenant.rate_share)
    fake = os.environ.get(FAKE_TENANT)
    if fake is None:
        credential = environment_credential(file.tenant.graph)
        try:
            async with Tenant(credential, file.tenant.graph, state=state, rate_limits=limits) as tenant:
                yield tenant
        finally:
            _close(credential)
        return
    from o365prov.testing import ServedTenant  # noqa: PLC0415 - for trials alone

    try:
        served = ServedTenant(fake)
    except ConfigurationError as error:
        raise ConfigurationError(f"{FAKE_TENANT}={fake} is not an address of this computer: {error}") from None
    tell(f"a fake tenant stands in for Microsoft Graph ({FAKE_TENANT}={fake})")
    given = environment_credential(file.tenant.graph) if os.environ.get("AZURE_CLIENT_ID") else None
    try:
        async with Tenant.over(served, credential=given, state=state, rate_limits=limits) as tenant:
            yield tenant
    finally:
        await served.close()
        if given is not None:
            _close(given)


def _close(credential: Any) -> None:
    with suppress(AttributeError):
        credential.close()


def check_tenant(file: AppFile, tenant_id: str) -> None:
    """Refuse a tenant that is not the one of the app file."""
    if file.tenant.id is not None and file.tenant.id.lower() != tenant_id.lower():
        raise ConfigurationError(
            f"the credential is for tenant {tenant_id}, and the app file says tenant.id = {file.tenant.id!r}: "
            "check AZURE_TENANT_ID, or the app file"
        )


async def tenant_id_of(file: AppFile, tenant: Tenant) -> str:
    """The tenant's id, which is the one of the app file if that says one."""
    tested = await tenant.test_connection()
    check_tenant(file, tested.tenant_id)
    return tested.tenant_id


async def read_tenant(file: AppFile, tenant: Tenant, needs: Any) -> TenantSnapshot:
    """What the tenant holds, which is the one of the app file if that says one."""
    snapshot = await tenant.read(needs)
    check_tenant(file, snapshot.tenant_id)
    return snapshot


@contextmanager
def stopping(stop: Callable[[str], None]) -> Iterator[None]:
    """Have the first Ctrl-C end an apply in order, as a SIGTERM does; a second one ends the process."""

    def ask(*_: object) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        tell("stopping: what was sent is finished and noted; press Ctrl-C again to end at once")
        stop("interrupted by Ctrl-C")

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
