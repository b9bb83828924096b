"""A nightly job: read the exports, plan for everybody, apply, and say what somebody has to look at.

    python examples/nightly_job.py exports/ --state corp.db --plan plan.json

The state keeps what was read of the tenant, so only what changed since the night before is read again. The credential
is azure-identity's, from the environment (``AZURE_TENANT_ID``, ``AZURE_CLIENT_ID``, ``AZURE_CLIENT_SECRET``). The exit
code is 0 where all was done; 3 where nothing was written because a hazard needs an answer: look at the page, and run it
again with ``--confirm`` and the fingerprint that it names, which applies the very plan on the page, or leave it, and
tomorrow makes a new one; 1 for everything else that has to be looked at.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from azure.identity.aio import EnvironmentCredential

from o365prov import BlockingTenant, O365ProvError, Office365App, Plan, SQLiteState, UsernameFormat, UserSync
from o365prov.sources import ldif, okta_json

APP = Office365App(
    domains=("yourfederated.domain",),
    provisioning=UserSync(create_users=True, update_attributes=True, deactivate_users=True),
    username=UsernameFormat.custom('String.substringBefore(user.email, "@") + "@yourfederated.domain"'),
)
DONE, LOOK, CONFIRM = 0, 1, 3


def run(tenant: BlockingTenant, exports: Path, kept: Path, confirm: str | None) -> int:
    """One night; gives the exit code. The plan is kept in a file, and shown on a page beside it."""
    plan = Plan.load(kept) if confirm else planned(tenant, exports)
    page = kept.with_suffix(".html")
    page.touch(mode=0o600)  # it names people
    page.write_text(plan.to_html(), encoding="utf-8")
    if plan.hazards and not confirm:
        plan.save(kept)
        print(f"{len(plan.hazards)} hazards: look at {page}, then run it again with --confirm {plan.fingerprint}")
        return CONFIRM
    report = tenant.apply(plan, confirm=confirm)
    page.write_text(report.to_html(), encoding="utf-8")
    print(str(report).splitlines()[0])
    print(f"{len(plan.problems)} problems: see {page}" if plan.problems else "no problems")
    return DONE if report.ok else LOOK


def planned(tenant: BlockingTenant, exports: Path) -> Plan:
    """The plan for everybody in the exports."""
    organization = okta_json.read_organization(exports)
    if (accounts := exports / "active-directory.ldif").exists():
        organization = organization.with_directory(ldif.read_accounts(accounts))
    snapshot = tenant.read(APP.needs(organization.assignments))
    known = tenant.state.app_users(snapshot.tenant_id, APP.name)
    return APP.plan(organization.assignments, snapshot, known, now=datetime.now(UTC), made_by="nightly job")


def main(arguments: Sequence[str], tenant: BlockingTenant | None = None) -> int:
    """Run the job with these arguments, in a tenant that is given, or in the one of the environment's credential."""
    parser = argparse.ArgumentParser(description="Provision everybody in Okta's exports.")
    parser.add_argument("exports", type=Path, help="the folder of Okta's exports")
    parser.add_argument("--state", type=Path, default=Path("corp.db"), help="the file of the state")
    parser.add_argument("--plan", type=Path, default=Path("plan.json"), help="where a plan is kept; its page is beside")
    parser.add_argument("--confirm", help="the fingerprint of the kept plan that somebody has looked at")
    given = parser.parse_args(arguments)
    try:
        if tenant is not None:
            return run(tenant, given.exports, given.plan, given.confirm)
        with (
            SQLiteState(given.state) as state,
            BlockingTenant(EnvironmentCredential(), state=state) as real,
        ):
            return run(real, given.exports, given.plan, given.confirm)
    except O365ProvError as error:
        print(f"nightly job: {error}", file=sys.stderr)
        return LOOK


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
