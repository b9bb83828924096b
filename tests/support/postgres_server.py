"""A real PostgreSQL server in a temporary folder, on loopback, as Debian's package has it."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self


def programs() -> Path | None:
    """Where the newest server's programs are; None if it is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    here = shutil.which("initdb")
    return Path(here).parent if here else None


class PostgresServer(str):
    """The address of the database of a server that runs, and may die."""

    __slots__ = ("_data", "_run")

    def __new__(cls, address: str, data: Path, run: Callable[..., None]) -> Self:
        server = super().__new__(cls, address)
        server._data, server._run = data, run
        return server

    def start(self) -> None:
        """Start it again, though nobody may have buried the process that was killed."""
        (self._data / "postmaster.pid").unlink(missing_ok=True)
        self._run("pg_ctl", "-w", "-t", "60", "start")

    def crash(self) -> None:
        """Kill it with all that it began, so that it has to recover."""
        main = int((self._data / "postmaster.pid").read_text().split()[0])
        os.kill(main, signal.SIGKILL)
        while Path(f"/proc/{main}").exists() and "Z" not in Path(f"/proc/{main}/stat").read_text().split()[2]:
            time.sleep(0.02)
        time.sleep(1)  # its children see that it is gone, and end


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """A server, which can crash. Root may not start one, so the user ``postgres`` does."""
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
    options = {"port": port, "listen_addresses": "'127.0.0.1'", "unix_socket_directories": "''", "fsync": "off"}

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
        with (data / "postgresql.conf").open("a") as settings:
            settings.writelines(f"{name} = {value}\n" for name, value in options.items())
        run("pg_ctl", "-w", "start")
        try:
            yield PostgresServer(f"postgresql://o365prov@127.0.0.1:{port}/postgres", data, run)
        finally:
            with suppress(subprocess.CalledProcessError):  # it crashed, and was not started again
                run("pg_ctl", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
