"""What schemathesis finds: requests made from Microsoft's schema, over loopback; in CI, or where FUZZ is set."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from o365prov.testing import FakeTenant, Server

pytestmark = pytest.mark.skipif(
    not {"CI", "FUZZ"} & os.environ.keys(), reason="takes minutes: in CI, or with FUZZ=1 and the group schemas"
)
EXAMPLES = int(os.environ.get("FUZZ", "3"))


def test_no_request_of_microsofts_schema_breaks_the_tenant():
    """Every answer is one: never 500, and in the shape of Graph's errors where it is one."""
    schemathesis = pytest.importorskip("schemathesis")
    schema = schemathesis.openapi.from_path(Path(__file__).with_name("graph-slice.openapi.yaml"))
    fake = FakeTenant(["managed.example"], {"SPE_E3": 5}, seed=1)
    headers = {"Authorization": "Bearer stand-in"}
    with Server(fake) as server:
        for result in schema.get_all_operations():
            operation = result.ok()

            @settings(
                max_examples=EXAMPLES, deadline=None, database=None, phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )  # fmt: skip
            @given(case=operation.as_strategy())
            def ask(case):
                answer = case.call(base_url=server.url, headers=headers)
                assert answer.status_code < 500 or answer.status_code == 501, case.as_curl_command()
                if answer.status_code >= 400 and answer.headers.get("content-type", [""])[0].startswith("application"):
                    assert set(answer.json()["error"]) >= {"code", "message", "innerError"}

            ask()
    assert len(fake.requests) > 0
