"""Provision people from exports of Okta and Active Directory into an Office 365 tenant, on two days.

The tenant is a fake one, but the client is the real msgraph-sdk: with a credential of azure-identity instead of
``Tenant.over(fake)`` the same code reaches Microsoft.

    python examples/demo.py [--data FOLDER] [--domain DOMAIN] [--license SPE_E3=40 ...] [--details]
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

from o365prov import (
    O365ProvError,
    Office365App,
    Plan,
    PopulationPreview,
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


class Screen:
    """Where the demo prints: tables on a terminal, lines without boxes and with whole names in a pipe."""

    def __init__(self, *, details: bool) -> None:
        self.details = details
        self.console = Console() if sys.stdout.isatty() else None
        self.stopped: set[str] = set()

    def say(self, text: str = "") -> None:
        """A line of the first screen, which is always there."""
        print(printable(text))

    def show(self, value: Plan | Report | PopulationPreview) -> None:
        """A plan, a report or a preview, for those who asked for details."""
        if not self.details:
            return
        if self.console is not None:
            self.console.print(value)
        else:
            print(value)

    def title(self, text: str) -> None:
        """What the details below are about."""
        if self.details:
            print(f"\n{text}\n{'-' * len(text)}")


def show_previews(screen: Screen, app: Office365App, organization: OktaExport) -> None:
    """What five people would get, and what is wrong with them."""
    people = {person.id: person for person in organization.people}
    previews = [app.preview(people[person_id]) for person_id in PREVIEWED if person_id in people]
    usernames = Counter(preview.username for preview in previews if preview.username)
    for preview in previews if screen.details else ():
        location = preview.value("usageLocation") or "nowhere"
        screen.say(f"{preview.person.name} ({preview.person.source}): {preview.username or 'no username'}, {location}")
        for issue in preview.issues:
            screen.say(f"  ? {issue.message}: {issue.remedy}")
        if preview.username and usernames[preview.username] > 1:
            screen.say("  ? another person would get this username too: the one who is assigned second is stopped")


async def apply(screen: Screen, tenant: Tenant, plan: Plan) -> Report:
    """Apply the plan, under a progress bar on a terminal.

    On Monday people get privileged roles, which is a hazard. Here the plan that was just shown counts as reviewed; a
    job that nobody watches would stop instead.
    """
    confirm = plan.fingerprint if plan.hazards else None
    if screen.console is None:
        return await tenant.apply(plan, confirm=confirm)
    with progress(screen.console) as on_event:
        return await tenant.apply(plan, confirm=confirm, on_event=on_event)


async def one_day(screen: Screen, tenant: Tenant, app: Office365App, organization: OktaExport, now: datetime) -> Report:
    """Read the tenant, plan, show, apply, report; then plan again and show that nothing is left to do."""
    assignments = organization.assignments
    snapshot = await tenant.read(app.needs(assignments))
    plan = app.plan(assignments, snapshot, tenant.state.app_users(snapshot.tenant_id, app.name), now=now)
    screen.show(plan)
    report = await apply(screen, tenant, plan)
    screen.show(report)
    known = tenant.state.app_users(snapshot.tenant_id, app.name)
    again = app.plan(assignments, await tenant.read(app.needs(assignments)), known, now=now)
    kinds = Counter(change.kind.replace("_", " ") for change in plan)
    done = ", ".join(f"{count} {kind}" for kind, count in kinds.items())
    left = "nothing is left to do" if again.is_empty else str(again)
    screen.say(f"{now:%A}: {len(report.done)} changes done, {len(report.failed)} failed ({done or 'nothing to do'}).")
    screen.say(f"  Planned again: {left}.")
    stopped = {each.subject.person_id: each for each in plan.problems if each.stops}
    new = [problem for person_id, problem in stopped.items() if person_id not in screen.stopped]
    if new:
        people = "1 person," if len(new) == 1 else f"{len(new)} people, such as"
        screen.say(f"  Stopped: {people} {new[0].subject.name}: {new[0].message}.")
    screen.stopped |= stopped.keys()
    return report


async def two_days(screen: Screen, data: Path, domain: str, licenses: dict[str, int]) -> bool:
    """Monday: everyone is new. Tuesday: what changed overnight. Returns whether every change was done."""
    organization = read(data)
    app = office365(domain)
    clock = FakeClock(at=MONDAY)
    fake = FakeTenant(domains={"yourfederated.domain": "Federated"}, licenses=licenses, clock=clock)
    async with Tenant.over(fake) as tenant:
        assigned = len(organization.assignments)
        more = "" if screen.details else " (--details shows previews, plans and reports)"
        screen.say(
            f"{len(organization.people)} people from Okta and Active Directory, {assigned} of them assigned{more}."
        )
        screen.title("Monday: everyone is new")
        show_previews(screen, app, organization)
        monday = await one_day(screen, tenant, app, organization, clock.now())
        if not is_known(data):
            screen.say("Tuesday is left out: it changes people of the demo's own exports.")
            show_tenant(screen, fake, licenses)
            return monday.ok
        screen.title("Tuesday: a new password, a rename, a second licence group, a leaver, a person hired again")
        clock.advance(days=1)
        with tempfile.TemporaryDirectory() as folder:
            organization = read(overnight(data, Path(folder)))
        tuesday = await one_day(screen, tenant, app, organization, clock.now())
        show_tenant(screen, fake, licenses)
    return monday.ok and tuesday.ok


def show_tenant(screen: Screen, fake: FakeTenant, licenses: dict[str, int]) -> None:
    """What the tenant holds in the end."""
    users = fake.users
    blocked = [user["displayName"] for user in users if not user["accountEnabled"]]
    seats = ", ".join(f"{fake.seats(name)[0]} of {number} {name}" for name, number in licenses.items())
    screen.title("The tenant")
    screen.say(
        f"The tenant holds {len(users)} accounts, {len(users) - len(blocked)} can sign in; seats taken: {seats}."
    )
    for user in users[:1]:
        licensed = f"{len(user['assignedLicenses'])} licence" if user["assignedLicenses"] else "no licence"
        screen.say(f"  {user['displayName']} <{user['userPrincipalName']}>, {user['jobTitle']}, {licensed}, ...")
    if blocked:
        screen.say(f"  Blocked, because they left: {', '.join(blocked)}.")


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
    parser.add_argument("--details", action="store_true", help="also show previews, plans and reports")
    options = parser.parse_args()
    licenses: dict[str, int] = dict(options.license or [("SPE_E3", 40), ("SPE_F1", 20)])
    try:
        done = asyncio.run(two_days(Screen(details=options.details), options.data, options.domain, licenses))
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
