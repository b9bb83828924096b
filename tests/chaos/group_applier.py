"""One day of Group Push in a process of its own: read, plan and apply.

    python group_applier.py URL STATE joins|leaves

It prints ``begins`` when writing begins. Its exit code says how the day ended: 0 for done, 3 for a report that says
otherwise, 4 for an error of the package.
"""

import asyncio
import sys
import time
from datetime import UTC, datetime

from applier import Loopback, opened

from o365prov import AppUser, AppUsers, GroupPush, O365ProvError, PushedGroup
from o365prov.errors import LeaseLostError
from o365prov.graph import Tenant
from o365prov.planning import GroupKind

PUSH = GroupPush(delete_groups=True)
PEOPLE = [f"p{number:02}" for number in range(45)]


def groups(*, leaving):
    """What is pushed: a day on which everything is made, and one that renames, empties and deletes."""
    everybody = PushedGroup("00g0", "Everybody", PEOPLE)
    team = PushedGroup("00g1", "Team", PEOPLE[:5], GroupKind.MICROSOFT_365)
    if not leaving:
        return [
            everybody,
            team,
            PushedGroup("00g2", "Project", PEOPLE[5:9]),
            PushedGroup("00g3", "Sales", PEOPLE[9:12]),
        ]
    return [PushedGroup("00g0", "All", PEOPLE[:20]), team, PushedGroup("00g3", "Sales", PEOPLE[20:30])]


async def day(url, state, *, leaving):
    """The report of the day."""
    transport = Loopback(url)
    async with transport.client, Tenant.over(transport, state=state) as tenant:
        while True:
            snapshot = await tenant.read(PUSH.needs())
            users = [AppUser(each.username.partition("@")[0], each.id, each.username) for each in snapshot.users]
            known = state.app_groups(snapshot.tenant_id, PUSH.app_name)
            app_users = AppUsers(snapshot.tenant_id, PUSH.app_name, users)
            plan = PUSH.plan(groups(leaving=leaving), snapshot, app_users, known, now=datetime.now(UTC))
            print("begins", flush=True)  # noqa: T201 - the test listens
            try:
                return await tenant.apply_groups(plan, confirm=plan.fingerprint)
            except LeaseLostError:  # of a process that died, until it ends
                time.sleep(0.1)  # noqa: ASYNC251 - nothing else happens


def main():
    """Live through the day."""
    url, where, which = sys.argv[1:]
    try:
        with opened(where) as state:
            report = asyncio.run(day(url, state, leaving=which == "leaves"))
    except O365ProvError as error:
        print(type(error).__name__, error)  # noqa: T201 - the test listens
        return 4
    print(report)  # noqa: T201 - the test listens
    return 0 if report.ok else 3


if __name__ == "__main__":
    sys.exit(main())
