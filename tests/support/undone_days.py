"""A tenant and a memory in a file, one day after the other; and runs that are taken back."""

import json

from organisation import DOMAIN, NOW, user_sync_app

from o365prov import BlockingTenant, SQLiteState
from o365prov.testing import FakeClock, FakeTenant

SEEN = ("userPrincipalName", "displayName", "jobTitle", "accountEnabled", "city")


class Days:
    """A tenant and a state in a file, on one day after the other; each day opens the state again."""

    def __init__(self, path, app=None):
        self.path = path
        self.app = app or user_sync_app()
        self.clock = FakeClock(at=NOW)
        self.fake = FakeTenant({DOMAIN: "Federated"}, {"SPE_E3": 3}, clock=self.clock)

    def day(self, work, *, app=None):
        """What the work gives on a new day."""
        self.clock.advance(days=1)
        with SQLiteState(self.path) as state, BlockingTenant.over(self.fake, state=state) as tenant:
            snapshot = tenant.read((app or self.app).needs())
            return work(tenant, snapshot, state.app_users(snapshot.tenant_id, self.app.name))

    def plan(self, *people, app=None):
        """The plan for these people on a new day."""
        app = app or self.app
        return self.day(
            lambda tenant, snapshot, known: app.plan(people, snapshot, known, now=self.clock.now()), app=app
        )

    def run(self, *people, app=None):
        """Apply the plan for these people on a new day; gives the report."""
        app = app or self.app

        def work(tenant, snapshot, known):
            plan = app.plan(people, snapshot, known, now=self.clock.now())
            return tenant.apply(plan, confirm=plan.fingerprint)

        return self.day(work, app=app)

    def inverse(self, report, **settings):
        """The inverse of a report, on a new day."""
        return self.day(lambda tenant, snapshot, known: report.inverse(snapshot, known, **settings))

    def undo(self, report, **settings):
        """Apply the inverse; gives its plan."""

        def work(tenant, snapshot, known):
            plan = report.inverse(snapshot, known, **settings)
            assert tenant.apply(plan, confirm=plan.fingerprint).ok
            return plan

        return self.day(work)

    def edit(self, **properties):
        """Somebody changes Ann's account in Office 365."""
        url = f"https://graph.microsoft.com/v1.0/users/ann.lee@{DOMAIN}"
        headers = {"Authorization": "Bearer x", "Content-Type": "application/json"}
        assert self.fake.handle("PATCH", url, headers, json.dumps(properties).encode())[0] == 204

    def remembered(self, person):
        """What another process remembers of a person."""
        return self.day(lambda tenant, snapshot, known: known.get(person.id))

    def users(self):
        """What the tenant holds of its users."""
        return [
            ({name: each.get(name) for name in SEEN}, each.get("assignedLicenses") or [])
            for each in sorted(self.fake.users, key=lambda each: each["id"])
        ]


def kinds(plan):
    """What a plan does to whom."""
    return [(each.kind, each.subject.name) for each in plan]


def codes(plan):
    """What it says of whom."""
    return [(each.subject.name, each.code) for each in plan.problems]
