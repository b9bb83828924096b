"""``python -m o365prov.testing``: a fake tenant on loopback."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from o365prov.errors import ConfigurationError, O365ProvError
from o365prov.testing import FakeTenant, Server
from o365prov.testing.fake_tenant.schema.value_types import is_guid
from o365prov.testing.serving.callers import is_loopback
from o365prov.testing.serving.server import LAST_PORT

P = TypeVar("P")


def main(arguments: Sequence[str] | None = None, *, program: str = "python -m o365prov.testing") -> int:
    """Run ``python -m o365prov.testing``: serve until SIGINT or SIGTERM, then keep the state if told to."""
    parser = _parser(program)
    options = parser.parse_args(arguments)
    if not (options.expose or is_loopback(options.host)):
        parser.error(f"--host {options.host}: this is not a loopback address; say --expose to let other machines in")
    state: Path | None = options.state
    if state is not None and not state.absolute().parent.is_dir():
        parser.exit(1, f"fake tenant: {state}: the folder {state.parent} is missing, to save it in\n")
    try:
        fake = (
            FakeTenant.load(state, seed=options.seed)
            if state is not None and state.exists()
            else FakeTenant(domains=dict(options.domain), licenses=dict(options.sku), seed=options.seed)
        )
        for key, secret in options.application:
            fake.applications.add(client_id=key, secret=secret)
        server = Server(fake, host=options.host, port=options.port, tls=options.tls is not None, exposed=options.expose)
        if options.tls is not None:
            options.tls.write_text(Path(server.certificate or "").read_text("utf-8"), "utf-8")
    except (O365ProvError, OSError, UnicodeDecodeError) as error:
        where = "" if state is None or str(error).startswith(str(state)) else f"{state}: "
        parser.exit(1, f"fake tenant: {where}{error}\n")
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with server:
        print(f"fake tenant ready at {server.url}", flush=True)  # noqa: T201 - the one line this command is for
        stop.wait()
    if state is not None:
        try:
            fake.save(state)
        except O365ProvError as error:
            parser.exit(1, f"fake tenant: {error}\n")
    return 0


def _parser(program: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=program,
        description="Serve a fake Office 365 tenant that speaks Microsoft Graph v1.0, on loopback.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--expose", action="store_true", help="let other machines in: --host may be any address")
    parser.add_argument("--port", type=_port, default=8080, help="port; 0 picks a free one (default: %(default)s)")
    parser.add_argument(
        "--state", type=Path, metavar="FILE", help="load the tenant from here if it exists, and save it here on stop"
    )
    parser.add_argument(
        "--domain",
        type=_domain,
        action="append",
        default=[],
        metavar="NAME[=KIND]",
        help="a domain, and whether it is Managed (default), Federated or Unverified; for a new tenant, repeatable",
    )
    parser.add_argument(
        "--sku",
        type=_sku,
        action="append",
        default=[],
        metavar="NAME=SEATS",
        help="a product that the tenant has, such as SPE_E3=25; for a new tenant, repeatable",
    )
    parser.add_argument(
        "--application",
        type=_application,
        action="append",
        default=[],
        metavar="ID=SECRET",
        help="an application that can get tokens with this client id and secret; repeatable",
    )
    parser.add_argument(
        "--tls", type=Path, metavar="FILE", help="speak TLS, and write the certificate that clients must trust there"
    )
    parser.add_argument("--seed", type=int, help="make ids the same on every run")
    return parser


def _port(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or len(text) > 9 or int(text) > LAST_PORT:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: give a number from 0 to {LAST_PORT}")
    return int(text)


def _domain(text: str) -> tuple[str, str]:
    name, _, kind = text.partition("=")
    pair = name, kind.capitalize() or "Managed"
    return _checked(pair, lambda: FakeTenant(domains=dict([pair])))


def _application(text: str) -> tuple[str, str]:
    name, equals, secret = text.partition("=")
    if not name or not equals or not secret:
        raise argparse.ArgumentTypeError("it is not of the form ID=SECRET")
    if not is_guid(name):
        raise argparse.ArgumentTypeError(f"{name!r} is not the id of an application: it is a GUID")
    return name, secret


def _sku(text: str) -> tuple[str, int]:
    name, equals, seats = text.partition("=")
    if not name or not equals or not (seats.isascii() and seats.isdecimal()) or len(seats) > 9:
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form SPE_E3=25")
    pair = name, int(seats)
    return _checked(pair, lambda: FakeTenant(licenses=dict([pair])))


def _checked(pair: P, make: Callable[[], object]) -> P:
    """The pair, if a tenant can be made with it; else what the tenant says is an error of usage."""
    try:
        make()
    except ConfigurationError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return pair


if __name__ == "__main__":
    sys.exit(main() if Path(sys.argv[0]).name == "__main__.py" else main(program=sys.argv[0]))
