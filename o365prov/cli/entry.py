"""Where the command begins and ends: what is installed, and how every error reaches the person who typed it."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence
from importlib.util import find_spec

from o365prov._annotations import check_call
from o365prov.errors import O365ProvError, one_line

_NEEDED = ("click", "rich", "tomlkit")
FAILED = 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command ``o365prov``.

    Args:
        arguments: what stands after its name; by default what the process was started with.

    Returns:
        The exit code: 0, or 1 if anything is wrong. With ``--detailed-exitcode`` plans and applies give 2 and 3, too.

    """
    check_call(main, locals())
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        _say(f"the command needs {', '.join(missing)}: pip install 'o365prov[cli]'")
        return FAILED
    if sys.stdout is None:
        _say("the standard output is closed: send it to a file, or to /dev/null")
        return FAILED
    import click  # noqa: PLC0415 - an extra

    from o365prov.cli.commands import command  # noqa: PLC0415 - needs click
    from o365prov.cli.showing import fault_lines  # noqa: PLC0415 - needs click

    _quiet_azure()
    try:
        result = command.main(arguments, prog_name="o365prov", standalone_mode=False)
        sys.stdout.flush()
    except O365ProvError as error:
        for line in fault_lines(error):
            _say(line)
        return FAILED
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return FAILED
    except click.ClickException as error:
        error.show()
        return FAILED
    except (click.Abort, KeyboardInterrupt):
        _say("interrupted")
        return FAILED
    except BrokenPipeError:
        # Whoever read the output has gone; Python would complain once more when it closes it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        _say(f"{where}{error.strerror or error}: check the file and its permissions")
        return FAILED
    return result if isinstance(result, int) else 0


def _quiet_azure() -> None:
    """Keep azure-identity from logging in 16 lines what the error says in one, unless somebody asks for logs."""
    logging.getLogger("azure").addHandler(logging.NullHandler())


def _say(text: str) -> None:
    """One line to whoever typed the command, whatever a name or an answer in it holds."""
    sys.stderr.write(f"o365prov: {one_line(text)}\n")
