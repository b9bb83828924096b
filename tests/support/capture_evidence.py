"""Capture what a real tenant answers, without anything that is its own: statuses, codes, messages, names of keys.

Anybody with a tenant adds evidence so; only GET requests are sent, with a token that may read the directory::

    GRAPH_TOKEN=... python tests/support/capture_evidence.py "my tenant, October 2026" > new.jsonl

Look at the lines, put them into ``tests/testing/evidence.jsonl``, and run ``tests/testing/test_evidence.py``: it asks
the fake tenant the same. ``{user}`` and ``{group}`` in a path are the first ones there, ``{nobody}`` is an id of none.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx

FILE = Path(__file__).parents[1] / "testing" / "evidence.jsonl"
BASE = "https://graph.microsoft.com/v1.0"
NOBODY = "00000000-0000-4000-8000-000000000000"
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)

Ask = Callable[[str, dict[str, str]], tuple[int, Any]]
"""Sends a GET: path and headers to status and JSON."""


def manifest() -> list[dict[str, Any]]:
    """The evidence so far: one line each, with what was asked, what came back, from where and when."""
    return [json.loads(line) for line in FILE.read_text("utf-8").splitlines()]


def answer_to(asked: dict[str, Any], ask: Ask, names: dict[str, str]) -> dict[str, Any]:
    """What a tenant answers to one line's request, reduced to what another tenant would answer, too."""
    path = re.sub(r"\{(\w+)\}", lambda found: names[found[1]], asked["path"])
    headers = {name: value for name, value in {"Authorization": "token", **asked["headers"]}.items() if value}
    status, body = ask(path, headers)
    if status >= 400:
        error = body["error"]
        return {"status": status, "code": error["code"], "message": _GUID.sub("{id}", error["message"])}
    shown = body["value"][0] if isinstance(body.get("value"), list) and body["value"] else body
    return {"status": status, "keys": sorted(key for key in shown if "@odata" not in key or shown is body)}


def capture(source: str, ask: Ask) -> Iterator[dict[str, Any]]:
    """Every request of the manifest, asked of another tenant."""
    names = {"nobody": NOBODY}
    for name in ("user", "group"):
        found = ask(f"/{name}s?$top=1", {"Authorization": "token"})[1]["value"]
        names[name] = found[0]["id"] if found else NOBODY
    for line in manifest():
        yield {**line, "answer": answer_to(line, ask, names), "source": source}


def main() -> None:
    """Ask the tenant that the token in GRAPH_TOKEN is of."""
    token = os.environ["GRAPH_TOKEN"]
    with httpx.Client(timeout=30) as client:

        def ask(path: str, headers: dict[str, str]) -> tuple[int, Any]:
            sent = {name: value.replace("token", f"Bearer {token}") for name, value in headers.items()}
            answer = client.get(f"{BASE}{path}", headers=sent)
            return answer.status_code, answer.json()

        for line in capture(" ".join(sys.argv[1:]) or "a tenant", ask):
            sys.stdout.write(f"{json.dumps(line)}\n")


if __name__ == "__main__":
    main()
