"""What happens in the directories between the two days of the demo: the same exports, a night later.

A password is changed in Active Directory, one person marries and is renamed in Okta, one joins a second licence group,
one leaves, and one who left long ago is hired again, with an address that gives a username in use.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

NEW_PASSWORD = "00uQy6nB3Wwd25rq4f5z"  # noqa: S105 - an Okta id: Kateryna Okafor, from Active Directory
RENAMED = "00uKMCWPEYY41Qe6uJZt"  # Ximena Smith
PROMOTED = "00uuIG43KIjFAHQsiJoU"  # Priya Cohen, from F3 to E3
LEAVER = "00uAUmqq1TNPnFcpKpdY"  # Vikram Tanaka
REHIRED = "00uQHb6BAEcn6zJ4A3Dd"  # Noor Okafor, whose address begins like Kateryna's

_PASSWORD_SET = "134248507200000000"  # noqa: S105 - 2026-06-02 05:12 UTC in 100 ns since 1601


def is_known(exports: Path) -> bool:
    """Whether these exports hold the people whom these changes are about: exports of another organisation do not."""
    try:
        users = {user["id"] for user in _read(exports / "okta-users.json")}
        accounts = {account["id"] for account in _read(exports / "okta-ad-app-users.json")}
        groups = {group["profile"]["name"] for group in _read(exports / "okta-groups.json")}
    except FileNotFoundError:
        return False
    return (
        users >= {RENAMED, LEAVER, REHIRED, PROMOTED} and NEW_PASSWORD in accounts and groups >= {"O365 E3", "O365 F3"}
    )


def overnight(exports: Path, into: Path) -> Path:
    """Write the next day's exports of *exports* into the folder *into*, and return it."""
    for name in ("okta-ad-app-users.json", "okta-office365-assignments.json"):
        shutil.copy(exports / name, into / name)
    _change_users(exports, into)
    _change_groups(exports, into)
    _change_directory(exports, into)
    return into


def _change_users(exports: Path, into: Path) -> None:
    users = _read(exports / "okta-users.json")
    by_id = {user["id"]: user for user in users}
    by_id[RENAMED]["profile"] |= {
        "login": "ximena.brandt@corp.example",
        "email": "ximena.brandt@corp.example",
        "lastName": "Brandt",
        "displayName": "Ximena Brandt",
    }
    by_id[LEAVER]["status"] = "DEPROVISIONED"
    by_id[REHIRED]["status"] = "ACTIVE"
    (into / "okta-users.json").write_text(json.dumps(users), encoding="utf-8")


def _change_groups(exports: Path, into: Path) -> None:
    groups = _read(exports / "okta-groups.json")
    by_name = {group["profile"]["name"]: group for group in groups}
    by_name["O365 E3"]["members"].append(PROMOTED)
    by_name["O365 F3"]["members"].append(REHIRED)
    (into / "okta-groups.json").write_text(json.dumps(groups), encoding="utf-8")


def _change_directory(exports: Path, into: Path) -> None:
    accounts = _read(exports / "okta-ad-app-users.json")
    before = next(each["profile"]["pwdLastSet"] for each in accounts if each["id"] == NEW_PASSWORD)
    ldif = (exports / "active-directory.ldif").read_text(encoding="utf-8")
    changed = ldif.replace(f"pwdLastSet: {before}", f"pwdLastSet: {_PASSWORD_SET}", 1)
    (into / "active-directory.ldif").write_text(changed, encoding="utf-8")


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
