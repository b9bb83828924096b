"""Spans for OpenTelemetry: what a tenant does and how much of it, without a word about people."""

import subprocess
import sys

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from organisation import NOW, assigned, remembered, somebody, tenant, user_sync_app

from o365prov._tracing import span
from o365prov.errors import TenantError


@pytest.fixture
def spans(monkeypatch):
    """What is exported while a test runs, of ours alone."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(trace, "get_tracer", lambda *names, **_: provider.get_tracer(*names))

    def ours():
        found = [each for each in exporter.get_finished_spans() if each.instrumentation_scope.name == "o365prov"]
        return [(each.name, dict(each.attributes)) for each in found]

    return ours


def test_reading_applying_and_batches_are_spans(changes, plan, apply, spans):
    """With counts and ids; the batch is inside of what sent it."""
    changes.staff("bob")
    made = plan(changes.create("ann"), changes.update("bob", jobTitle=(None, "x")))
    assert apply(made).ok
    counts = {"changes": 2, "done": 2, "failed": 0, "skipped": 0, "unknown": 0}
    assert ("read", {"o365prov.users": 1}) in spans()
    assert ("batch", {"o365prov.requests": 1, "o365prov.failed": 0}) in spans()
    name, facts = spans()[-1]
    assert name == "apply"
    assert facts == {"o365prov.plan": made.id, **{f"o365prov.{each}": count for each, count in counts.items()}}


def test_planning_is_a_span(spans):
    """With how many people it was about, and what came of it."""
    plan = user_sync_app().plan([assigned(somebody("Ann Lee"), "SPE_E3")], tenant(), remembered(), now=NOW)
    facts = {"people": 1, "changes": len(plan.changes), "problems": len(plan.problems)}
    assert spans() == [("plan", {f"o365prov.{each}": count for each, count in facts.items()})]


def test_without_opentelemetry_there_are_no_spans():
    """Planning alone does not load it."""
    program = "import sys; from o365prov._tracing import span\nwith span('plan') as note: note('people', 1)"
    loaded = "\nsys.exit('opentelemetry' in str(sys.modules.keys()))"
    subprocess.run([sys.executable, "-c", program + loaded], check=True)  # noqa: S603 - a program of ours


def test_what_fails_says_so_without_its_message(spans):
    """A message may name people."""
    with pytest.raises(TenantError), span("read"):
        raise TenantError("ann@corp.example")
    assert spans() == [("read", {})]
    assert "ann" not in str(spans())
