"""``python -m o365prov.testing.conformance``: check a tenant from the command line."""

from __future__ import annotations

import argparse
import ipaddress
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from o365prov.testing.conformance import CHECKS, Grade, Probe, run_check
from o365prov.testing.conformance.probe import STAND_IN


def main(arguments: Sequence[str] | None = None) -> int:
    """Check the tenant at an address; 0 when nothing failed."""
    parser = _parser()
    options = parser.parse_args(arguments)
    checks = [check for check in CHECKS if not options.tag or set(options.tag) & check.tags]
    if options.list:
        for check in checks:
            print(f"{check.name} ({', '.join(sorted(check.tags))}; {check.force.value}: {check.source})")  # noqa: T201
        return 0
    is_real = not _is_loopback(options.base)
    if is_real and not options.write_to_this_tenant:
        parser.error(
            "not a loopback address: the checks create and delete users and groups there; if that tenant is for"
            " tests, add --write-to-this-tenant"
        )
    token = os.environ.get(options.token_variable, "") if options.token_variable else ""
    if is_real and not token:
        parser.error(
            "a real tenant needs a token: put one into an environment variable, and name it with --token-variable"
        )
    patience = 60.0 if is_real else 0.0
    counts = dict.fromkeys(Grade, 0)
    for check in checks:
        try:
            outcome = run_check(check, Probe(_send, base=options.base, token=token or STAND_IN, patience=patience))
        except OSError as error:
            parser.exit(2, f"no answer from {options.base}: {error}\n")
        counts[outcome.grade] += 1
        print(outcome, flush=True)  # noqa: T201
    print(", ".join(f"{count} {grade.value}" for grade, count in counts.items() if count))  # noqa: T201
    return 1 if counts[Grade.FAILED] else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m o365prov.testing.conformance",
        description="Ask a tenant whether it answers as Microsoft Graph is documented to; removes what it creates.",
    )
    parser.add_argument(
        "base", nargs="?", default="http://127.0.0.1:8080/v1.0", help="base address (default: %(default)s)"
    )
    parser.add_argument("--tag", action="append", default=[], help="only checks with this tag; repeatable")
    parser.add_argument("--list", action="store_true", help="list the checks and stop")
    parser.add_argument("--token-variable", metavar="NAME", help="environment variable that holds an access token")
    parser.add_argument(
        "--write-to-this-tenant", action="store_true", help="yes, create and delete objects in a real tenant"
    )
    return parser


def _is_loopback(base: str) -> bool:
    host = urlsplit(base).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _send(method: str, url: str, headers: Mapping[str, str], body: bytes) -> tuple[int, Mapping[str, str], bytes]:
    request = urllib.request.Request(url, data=body or None, headers=dict(headers), method=method)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - the address is the caller's
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, dict(error.headers), error.read()


if __name__ == "__main__":
    sys.exit(main())
