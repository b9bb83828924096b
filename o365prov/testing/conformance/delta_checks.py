"""Checks of delta queries."""

from __future__ import annotations

from typing import Any

from o365prov.testing.conformance.probe import Check, Deviation, Probe

_SOURCE = "Microsoft Graph: Use delta query to track changes"


def _drain(probe: Probe, address: str) -> tuple[list[dict[str, Any]], str]:
    found: list[dict[str, Any]] = []
    for _ in range(10_000):
        answer = probe.get(address)
        found += answer.value
        following, last = answer.body.get("@odata.nextLink"), answer.body.get("@odata.deltaLink")
        probe.that((following is None) != (last is None), "a page has both links, or none")
        if last:
            return found, str(last)
        address = str(following)
    raise Deviation("the round has no end")


def _wait_for(probe: Probe, link: str, key: str) -> tuple[dict[str, Any], str]:
    """Follow delta links until an object is told of; it may take several rounds in a real tenant."""

    def follow() -> dict[str, Any] | None:
        nonlocal link
        found, link = _drain(probe, link)
        return next((item for item in found if item["id"] == key), None)

    item = probe.until(follow, lambda found: found is not None)
    return item or {}, link


def _latest_starts_now(probe: Probe) -> None:
    nobody, link = _drain(probe, "/users/delta?$deltatoken=latest&$select=displayName")
    probe.that(nobody == [], "users came with $deltatoken=latest")
    user = probe.new_user()
    item, _ = _wait_for(probe, link, user["id"])
    probe.that(item.get("displayName") == user["displayName"], "the new user came without its selected property")


def _deleted_is_changed(probe: Probe) -> None:
    user = probe.new_user()
    _, link = _drain(probe, "/users/delta?$deltatoken=latest&$select=displayName")
    probe.expect(probe.ask("DELETE", f"/users/{user['id']}"), 204)
    item, _ = _wait_for(probe, link, user["id"])
    probe.that(item.get("@removed") == {"reason": "changed"}, f"got {item.get('@removed')}")


def _managers_are_told(probe: Probe) -> None:
    user, boss = probe.new_user(), probe.new_user()
    _, link = _drain(probe, "/users/delta?$deltatoken=latest&$select=manager")
    body = {"@odata.id": f"{probe.base}/users/{boss['id']}"}
    probe.expect(probe.ask("PUT", f"/users/{user['id']}/manager/$ref", body), 204)
    item, _ = _wait_for(probe, link, user["id"])
    probe.that([entry["id"] for entry in item.get("manager@delta", ())] == [boss["id"]], f"got {item}")


def _both_spellings_work(probe: Probe) -> None:
    for path in ("/users/delta", "/users/delta()"):
        probe.expect(probe.ask("GET", f"{path}?$deltatoken=latest"), 200)


_TAGS = frozenset({"delta"})

CHECKS: tuple[Check, ...] = (
    Check("$deltatoken=latest starts now", _latest_starts_now, _TAGS, _SOURCE),
    Check("a deleted user is @removed changed", _deleted_is_changed, _TAGS, _SOURCE),
    Check("a selected manager is followed", _managers_are_told, _TAGS, _SOURCE),
    Check("delta and delta() are the same", _both_spellings_work, _TAGS, _SOURCE),
)
