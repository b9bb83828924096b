"""``o365prov fake-tenant``: an Office 365 tenant in memory, on loopback."""

from __future__ import annotations

import runpy
import sys

import click


@click.command(
    "fake-tenant",
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []},
    add_help_option=False,
)
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def fake_tenant(options: tuple[str, ...]) -> int:
    """Serve a fake tenant on this computer, for trials.

    The options are those of ``python -m o365prov.testing``; --help shows them. Other commands use the tenant where the
    environment has O365PROV_FAKE_TENANT=http://127.0.0.1:8080/v1.0, which is the address that it says.
    """
    before = sys.argv
    sys.argv = ["o365prov fake-tenant", *options]
    try:
        runpy.run_module("o365prov.testing", run_name="__main__")
    except SystemExit as ended:
        return 1 if ended.code else 0  # argparse ends with 2, which means something else here
    finally:
        sys.argv = before
    return 0
