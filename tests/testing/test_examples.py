"""Examples and strategies: whatever they make, the tenant takes; and the coverage page is up to date."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given, settings

from o365prov.testing import FakeTenant
from o365prov.testing.coverage import page
from o365prov.testing.examples import group_bodies, principal_names, user_bodies, user_body, user_changes
from o365prov.testing.fake_tenant.rules.user_rules import check_principal_name

BASE = "https://graph.microsoft.com/v1.0"


def _ask(fake, method, path, body):
    headers = {"Authorization": "Bearer x", "Content-Type": "application/json"}
    status, _, answer = fake.handle(method, f"{BASE}{path}", headers, json.dumps(body).encode())
    return status, answer


@settings(deadline=None)
@given(user_bodies())
def test_every_body_is_a_user(body):
    """A POST of it is 201, and what it set can be read again."""
    fake = FakeTenant(seed=1)
    status, answer = _ask(fake, "POST", "/users", body)
    assert status == 201, answer
    held = fake.user(body["userPrincipalName"])
    plain = {name: value for name, value in body.items() if isinstance(value, str | bool)}
    assert {name: held[name] for name in plain} == plain


@given(group_bodies())
def test_every_group_body_is_a_group(body):
    """A POST of it is 201, and what it set can be read again."""
    fake = FakeTenant(seed=1)
    status, answer = _ask(fake, "POST", "/groups", body)
    assert status == 201, answer
    (held,) = fake.groups
    assert {name: held[name] for name in body} == body


@settings(deadline=None)
@given(user_changes(), user_changes())
def test_every_change_is_taken(first, second):
    """A PATCH of it is 204, whatever was written before."""
    fake = FakeTenant(seed=1)
    user = fake.add_user()
    for changes in (first, second):
        status, answer = _ask(fake, "PATCH", f"/users/{user['id']}", changes)
        assert status == 204, answer


@given(principal_names())
def test_every_name_is_one(name):
    """It passes the tenant's own check."""
    assert check_principal_name(FakeTenant(seed=1)._directory, name) is None


def test_the_plain_body_is_a_user(graph):
    """Without hypothesis, one body that always works."""
    assert graph("POST", "/users", user_body()).status == 201


def test_the_coverage_page_is_what_the_tables_say():
    """docs/fake-tenant-coverage.md is the output of python -m o365prov.testing.coverage."""
    kept = Path(__file__).parents[2] / "docs" / "fake-tenant-coverage.md"
    assert kept.read_text(encoding="utf-8") == page()
