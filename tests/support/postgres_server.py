"""A real PostgreSQL server in a temporary folder, on loopback, as Debian's package has it."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def programs() -> Path | None:
    """Where the newest server's programs are; None if it is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    here = shutil.which("initdb")
    return Path(here).parent if here else None


@contextmanager
def postgres_server() -> Iterator[str]:
    """A server; gives the address of its database. Root may not start one, so the user ``postgres`` does."""
    folder = Path(tempfile.mkdtemp(prefix="o365prov-postgres-"))
    as_postgres = {}
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        as_postgres = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    where, data = programs(), folder / "data"
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"

    def run(program: str, *arguments: str) -> None:
        log = (folder / "log").open("ab") if os.geteuid() != 0 else subprocess.DEVNULL
        subprocess.run(  # noqa: S603 - programs of Debian's package
            [str(where / program), "-D", str(data), *arguments],
            check=True,
            stdout=log,
            stderr=log,
            cwd=folder,
            **as_postgres,
        )

    try:
        run("initdb", "-A", "trust", "-U", "o365prov", "-E", "UTF8", "--no-sync")
        run("pg_ctl", "-o", options, "-w", "start")
        try:
            yield f"postgresql://o365prov@127.0.0.1:{port}/postgres"
        finally:
            run("pg_ctl", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
