"""Checks of $batch."""

from __future__ import annotations

from typing import Any

from o365prov.testing.conformance.probe import Check, Probe

_SOURCE = "Microsoft Graph: Combine multiple HTTP requests using JSON batching"


def _item(key: str, url: str = "/organization", **more: Any) -> dict[str, Any]:
    return {"id": key, "method": "GET", "url": url, **more}


def _batch(probe: Probe, *items: dict[str, Any]) -> dict[str, dict[str, Any]]:
    answer = probe.expect(probe.ask("POST", "/$batch", {"requests": list(items)}), 200)
    return {item["id"]: item for item in answer.body["responses"]}


def _twenty_requests(probe: Probe) -> None:
    answers = _batch(probe, *(_item(str(number)) for number in range(20)))
    probe.that({item["status"] for item in answers.values()} == {200}, "not all of 20 were answered 200")
    many = {"requests": [_item(str(number)) for number in range(21)]}
    probe.expect(probe.ask("POST", "/$batch", many), 400)


def _inner_failures_stay_inside(probe: Probe) -> None:
    answers = _batch(probe, _item("a", f"/users/{probe.new_name()}"), _item("b"))
    probe.that((answers["a"]["status"], answers["b"]["status"]) == (404, 200), f"got {answers}")
    probe.that("error" in answers["a"]["body"], "the inner 404 has no error body")


def _failed_parents_fail_children(probe: Probe) -> None:
    answers = _batch(probe, _item("a", f"/users/{probe.new_name()}"), _item("b", dependsOn=["a"]))
    probe.that(answers["b"]["status"] == 424, f"got {answers['b']['status']}")


def _bodies_need_a_type(probe: Probe) -> None:
    user = probe.new_user()
    item = {"id": "a", "method": "PATCH", "url": f"/users/{user['id']}", "body": {"city": "Portland"}}
    probe.expect(probe.ask("POST", "/$batch", {"requests": [item]}), 400)


_TAGS = frozenset({"batch"})

CHECKS: tuple[Check, ...] = (
    Check("20 requests and no more", _twenty_requests, _TAGS, _SOURCE),
    Check("inner failures stay inside", _inner_failures_stay_inside, _TAGS, _SOURCE),
    Check("a failed parent is 424 for its children", _failed_parents_fail_children, _TAGS, _SOURCE),
    Check("a body needs its content type", _bodies_need_a_type, _TAGS, _SOURCE),
)
