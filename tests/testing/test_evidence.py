"""Evidence: what real tenants were seen to answer, asked of the fake tenant. ``capture_evidence`` adds more."""

from __future__ import annotations

import json

import pytest
from capture_evidence import NOBODY, answer_to, capture, manifest


@pytest.fixture
def asking(fake):
    """A way to ask the fake tenant."""

    def ask(path, headers):
        sent = {name: value.replace("token", "Bearer stand-in") for name, value in headers.items()}
        status, _, body = fake.handle("GET", f"https://graph.microsoft.com/v1.0{path}", sent, b"")
        return status, json.loads(body)

    return ask


@pytest.mark.parametrize("line", manifest(), ids=lambda line: f"{line['path']}-{line['answer']['status']}")
def test_the_fake_answers_as_a_real_tenant_did(fake, asking, line):
    """As far as the line says: status, code and message, or the names of what is in the answer."""
    names = {"user": fake.add_user()["id"], "group": fake.add_group("Sales")["id"], "nobody": NOBODY}
    answered = answer_to(line, asking, names)
    assert {name: answered.get(name) for name in line["answer"]} == line["answer"]


def test_what_is_captured_names_nobody(fake, asking):
    """No id and no name of the tenant is in its lines, which say the same as the manifest's."""
    user = fake.add_user("ann@managed.example", displayName="Ann")
    fake.add_group("Sales")
    lines = list(capture("a test", asking))
    text = json.dumps(lines)
    assert not any(own in text for own in (user["id"], "Ann", "Sales", "managed.example"))
    for line, known in zip(lines, manifest(), strict=True):
        assert line["answer"].items() >= known["answer"].items()
        assert line["source"] == "a test"
