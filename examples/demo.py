"""Provision people from exports of Okta and Active Directory into an Office 365 tenant, on two days.

The tenant is a fake one, but the client is the real msgraph-sdk: with a credential of azure-identity instead of
``Tenant.over(fake)`` the same code reaches Microsoft.

    python examples/demo.py [--data FOLDER] [--domain DOMAIN] [--license SPE_E3=40 ...]
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from overnight import is_known, overnight
from rich.console import Console
from rich.table import Table
from rich.text import Text

from o365prov import (
    O365ProvError,
    Office365App,
    Plan,
    Report,
    SourceError,
    Tenant,
    UsernameFormat,
    UserSync,
    progress,
)
from o365prov.rendering import printable
from o365prov.sources import OktaExport, ldif, okta_json
from o365prov.testing import FakeClock, FakeTenant

DATA = Path(__file__).parent / "data"
MONDAY, TUESDAY = datetime(2026, 6, 1, 8, tzinfo=UTC), datetime(2026, 6, 2, 8, tzinfo=UTC)
PREVIEWED = (
    "00uQy6nB3Wwd25rq4f5z",  # Kateryna: from Active Directory
    "00uQHb6BAEcn6zJ4A3Dd",  # Noor: another domain, the same username as Kateryna
    "00uvUlKsiC47wqaMl9Xv",  # Yusuf: an e-mail without @
    "00uhJqmHUoZe95b9eGe0",  # Oluwaseun: no first name
    "00u2ZUjdmb0lo5uhwFcf",  # Inés: UK where ISO says GB
)


def read(folder: Path) -> OktaExport:
    """Okta's exports, updated from the directory itself."""
    organization = okta_json.read_organization(folder)
    return organization.with_directory(ldif.read_accounts(folder / "active-directory.ldif"))


def office365(domain: str) -> Office365App:
    """User Sync: usernames in the federated domain, the e-mail mapped likewise, and one role that may be granted."""
    username = f'String.substringBefore(user.email, "@") + "@{domain}"'
    provisioning = UserSync(create_users=True, update_attributes=True, deactivate_users=True)
    return Office365App(
        domains=(domain,),
        provisioning=provisioning,
        username=UsernameFormat.custom(username),
        mapping=provisioning.default_mapping().with_expression("email", username),
        grantable_roles=("Helpdesk Administrator",),
    )


def show_previews(console: Console, app: Office365App, organization: OktaExport) -> None:
    """The previews of five people."""
    people = {person.id: person for person in organization.people}
    previews = [app.preview(people[person_id]) for person_id in PREVIEWED if person_id in people]
    usernames = Counter(preview.username for preview in previews if preview.username)
    table = Table("Person", "Source", "Username", "Location", "What is wrong", title="Preview", title_justify="left")
    for preview in previews:
        wrong = [f"{issue.message}: {issue.remedy}" for issue in preview.issues]
        if usernames[preview.username] > 1:
            wrong.append("another person would get this username too: the one who is assigned second is stopped")
        username, location = preview.username or "-", preview.value("usageLocation") or "-"
        person = preview.person
        cells = map(Text, (printable(person.name), person.source, username, str(location)))
        table.add_row(*cells, Text("\n".join(wrong), "red"))
    console.print(table)


async def apply(console: Console, tenant: Tenant, plan: Plan) -> Report:
    """Apply the plan under a progress bar.

    On Monday people get privileged roles, which is a hazard. Here the plan that was just shown counts as reviewed; a
    job that nobody watches would stop instead.
    """
    with progress(console) as on_event:
        return await tenant.apply(plan, confirm=plan.fingerprint if plan.hazards else None, on_event=on_event)


async def one_day(
    console: Console, tenant: Tenant, app: Office365App, organization: OktaExport, now: datetime
) -> Report:
    """Read the tenant, plan, show, apply, report; then plan again and show that nothing is left to do."""
    assignments = organization.assignments
    snapshot = await tenant.read(app.needs(assignments))
    plan = app.plan(assignments, snapshot, tenant.state.app_users(snapshot.tenant_id, app.name), now=now)
    console.print(plan)
    report = await apply(console, tenant, plan)
    console.print(report)
    known = tenant.state.app_users(snapshot.tenant_id, app.name)
    again = app.plan(assignments, await tenant.read(app.needs(assignments)), known, now=now)
    console.print(Text(f"Planned again: {'nothing is left to do' if again.is_empty else again}.", "bold"))
    return report


async def two_days(console: Console, data: Path, domain: str, licenses: dict[str, int]) -> bool:
    """Monday: everyone is new. Tuesday: what changed overnight. Returns whether every change was done."""
    organization = read(data)
    app = office365(domain)
    clock = FakeClock(at=MONDAY)
    fake = FakeTenant(domains={"yourfederated.domain": "Federated"}, licenses=licenses, clock=clock)
    async with Tenant.over(fake) as tenant:
        console.rule("Monday: everyone is new")
        console.print(f"{organization}, {len(organization.assignments)} of them assigned Office 365")
        show_previews(console, app, organization)
        monday = await one_day(console, tenant, app, organization, clock.now())

        if not is_known(data):
            console.print("Tuesday is left out: it changes people of the demo's own exports.")
            return monday.ok
        console.rule("Tuesday: a new password, a rename, a second licence group, a leaver, a person hired again")
        clock.advance(days=1)
        with tempfile.TemporaryDirectory() as folder:
            organization = read(overnight(data, Path(folder)))
        tuesday = await one_day(console, tenant, app, organization, clock.now())
    return monday.ok and tuesday.ok


def seats(text: str) -> tuple[str, int]:
    """NAME=SEATS, as the command line gives it."""
    name, _, number = text.partition("=")
    if not name or not (number.isascii() and number.isdecimal() and len(number) <= 9):
        raise argparse.ArgumentTypeError(f"{text!r} is not a licence with its seats: write SPE_E3=40")
    return name, int(number)


def main() -> int:
    """Run the demo: 0 if everything was done, 1 if a change failed, 2 if the job could not run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA, help="the folder with the exports")
    parser.add_argument("--domain", default="yourfederated.domain", help="the domain of the usernames")
    parser.add_argument("--license", type=seats, action="append", metavar="SKU=SEATS", help="a licence of the tenant")
    options = parser.parse_args()
    licenses = dict(options.license or [("SPE_E3", 40), ("SPE_F1", 20)])
    try:
        done = asyncio.run(two_days(Console(), options.data, options.domain, licenses))
    except SourceError as error:
        for issue in error.issues:
            print(f"demo: {printable(str(issue))}", file=sys.stderr)
        return 2
    except O365ProvError as error:
        print(f"demo: {printable(str(error))}", file=sys.stderr)
        return 2
    except (OSError, UnicodeEncodeError) as error:
        print(f"demo: {printable(str(error).partition(chr(10))[0])}: check where the output goes", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("demo: interrupted", file=sys.stderr)
        return 130
    return 0 if done else 1


if __name__ == "__main__":
    sys.exit(main())
