"""Planning groups of whose 100,000 memberships none changed, against ``json.loads`` of the pages that have them.

The sides take turns, and the smallest processor time of each counts. ``--short`` changes nothing: it is quick enough.
"""

import gc
import json
from collections.abc import Callable
from datetime import UTC, datetime
from time import process_time
from uuid import UUID

from o365prov import AppGroups, AppUser, AppUsers, GroupPush, PushedGroup, TenantSnapshot
from o365prov.group_push import AppGroup
from o365prov.planning import TenantGroup

PEOPLE, GROUPS, MEMBERS, ROUNDS = 10_000, 100, 1_000, 5
NOW = datetime(2026, 6, 1, 8, tzinfo=UTC)


def seconds(job: Callable[[], object]) -> float:
    """The processor time that it takes, with nothing else's garbage to collect."""
    gc.collect()
    begin = process_time()
    job()
    return process_time() - begin


def main() -> None:
    """Print the line: name, measured, budget."""
    ids = [str(UUID(int=number + 1)) for number in range(PEOPLE)]
    users = [AppUser(f"00u{number}", ids[number], f"p{number}@corp.example") for number in range(PEOPLE)]
    app_users = AppUsers("tenant", "Office 365", users)
    people = [[(group * 97 + number) % PEOPLE for number in range(MEMBERS)] for group in range(GROUPS)]
    members = [[ids[number] for number in of_group] for of_group in people]
    pushed = [PushedGroup(f"00g{n}", f"Group {n}", [f"00u{one}" for one in people[n]]) for n in range(GROUPS)]
    known = [AppGroup(f"00g{n}", f"id{n}", f"Group {n}", created=True, members=members[n]) for n in range(GROUPS)]
    app_groups = AppGroups("tenant", "Office 365", known)
    there = [TenantGroup(f"id{n}", f"Group {n}", members=members[n]) for n in range(GROUPS)]
    snapshot = TenantSnapshot("tenant", groups=there)
    user = "#microsoft.graph.user"
    pages = [json.dumps({"value": [{"@odata.type": user, "id": each} for each in one]}) for one in members]
    push = GroupPush()

    def planned() -> None:
        if len(push.plan(pushed, snapshot, app_users, app_groups, now=NOW)):
            raise SystemExit("the tenant does not agree with the source")

    def loaded() -> None:
        for page in pages:
            json.loads(page)

    measured = [(seconds(planned), seconds(loaded)) for _ in range(ROUNDS)]
    ours, theirs = (min(times) for times in zip(*measured, strict=True))
    what = f"planning {GROUPS * MEMBERS} memberships, against json.loads of their pages"
    print(f"{what}  {ours / theirs:.2f}  2.70")


if __name__ == "__main__":
    main()
