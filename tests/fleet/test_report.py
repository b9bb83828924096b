"""One report over all tenants: as text, table, HTML and JSON."""

import json

from organisation import NOW

from o365prov.fleet import Confirmation, FleetReport, Hold, Stage, TenantRound

WAITING = Confirmation("fabrikam", "f1" * 32, ["many leave"], ["ann@corp.example"], NOW)
ROUNDS = [
    TenantRound("contoso", 3, Stage.VERIFIED, NOW, writes=10, written=10, problems={"no_seat": 2, "no_name": 1}),
    TenantRound("fabrikam", 1, Stage.PLANNED, NOW, fingerprint="f1" * 32, hazards=["many leave"], writes=4),
    TenantRound("tailspin", 2, Stage.FAILED, NOW, error="no token", problems={"no_seat": 3}),
    TenantRound("litware", 2, Stage.VERIFIED, NOW, writes=9, written=7, failed=2, incomplete=1),
    TenantRound("wingtip", 2, Stage.PLANNED, NOW, writes=1, tries=2, error="no answer"),
]
REPORT = FleetReport(NOW, ROUNDS, [WAITING], {"": Hold.DRAINING, "contoso": Hold.PAUSED})


def test_it_counts_tenants_writes_and_problems():
    """Of all of them together."""
    assert REPORT.stages == {"verified": 2, "waiting": 1, "failed": 1, "planned": 1}
    assert (REPORT.written, REPORT.problems) == (17, {"no_seat": 5, "no_name": 1})


def test_it_says_who_needs_somebody_and_why():
    """To confirm, to correct a credential, to look at what failed; whoever goes on by himself is not there."""
    assert REPORT.needing_somebody == {
        "fabrikam": "ann@corp.example must confirm f1f1f1f1f1f1: many leave",
        "tailspin": "failed: no token",
        "litware": "2 changes failed; something is missing of 1 person",
        "wingtip": "tried 2 times: no answer",
    }
    assert not REPORT.ok
    assert FleetReport(NOW, ROUNDS[:1]).ok


def test_every_form_has_the_same_facts():
    """Text, Markdown and HTML; with a limit, what is left out is counted."""
    for form in (REPORT.to_text(), REPORT.to_markdown(), REPORT.to_html()):
        for fact in ("17 writes", "no token", "contoso", "wingtip", "the whole fleet is draining"):
            assert fact in form
    assert "... and 3 more tenants" in REPORT.to_text(limit=1)


def test_names_and_errors_do_not_steer_a_page():
    """They come from elsewhere."""
    page = FleetReport(NOW, [TenantRound("<b>x", 1, Stage.FAILED, error="<script>")]).to_html()
    assert "<b>x" not in page
    assert "<script>" not in page


def test_as_json_it_reads_back_and_as_rows_it_is_flat():
    """For other programs, and for a data frame."""
    assert FleetReport.from_json(REPORT.to_json()) == REPORT
    assert len(json.loads(REPORT.to_json())["rounds"]) == 5
    row = REPORT.to_dicts()[3]
    assert (row["tenant"], row["written"], row["failed"]) == ("litware", 7, 2)
    assert row["needs"] == REPORT.needing_somebody["litware"]
    assert all(not isinstance(value, dict | list | tuple) for row in REPORT.to_dicts() for value in row.values())
