"""A fake Office 365 tenant in unittest: one server for the class, a clean tenant for each test.

Run it: ``python -m unittest examples/fake_tenant_in_unittest.py``. It needs the extra ``server``.
"""

import json
import unittest
from urllib.request import Request, urlopen

from o365prov.testing import FakeTenant, Server, Snapshot


def block(base: str, user: str) -> None:
    """What is tested: any program that speaks to Microsoft Graph, with the base address as a setting."""
    headers = {"Authorization": "Bearer stand-in", "Content-Type": "application/json"}
    content = json.dumps({"accountEnabled": False}).encode()
    with urlopen(Request(f"{base}/users/{user}", content, headers, method="PATCH")):  # noqa: S310 - loopback
        pass


class LeaverTest(unittest.TestCase):
    """Leavers are blocked."""

    fake: FakeTenant
    stocked: Snapshot
    server: Server

    @classmethod
    def setUpClass(cls) -> None:
        """Serve one tenant for all tests of this class."""
        cls.fake = FakeTenant(["example.com"], {"SPE_E3": 25}, seed=1)
        cls.fake.add_user("ann@example.com", licenses=["SPE_E3"])
        cls.stocked = cls.fake.snapshot()
        cls.server = cls.enterClassContext(Server(cls.fake))

    def setUp(self) -> None:
        """Go back to how it was."""
        self.fake.restore(self.stocked)

    def test_a_leaver_is_blocked(self) -> None:
        """And keeps their licence."""
        block(self.server.url, "ann@example.com")
        assert not self.fake.user("ann@example.com")["accountEnabled"]
        assert self.fake.seats("SPE_E3") == (1, 25)

    def test_nothing_else_is_asked(self) -> None:
        """One request, and this one."""
        before = len(self.fake.requests)
        block(self.server.url, "ann@example.com")
        asked = self.fake.requests.lines[before:]
        self.assertEqual(asked, ['PATCH /users/ann@example.com {"accountEnabled": false} -> 204'])  # noqa: PT009


if __name__ == "__main__":
    unittest.main()
