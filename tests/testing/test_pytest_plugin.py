"""The pytest plugin, as other projects' suites meet it."""

from __future__ import annotations

import sys
from textwrap import dedent

import pytest

pytest_plugins = "pytester"


@pytest.fixture
def run(pytester, monkeypatch):
    """Run a test file with the plugin and no other."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    def run_with(text, *, conftest=""):
        pytester.makepyfile(text)
        if conftest:
            pytester.makeconftest(conftest)
        return pytester.runpytest_inprocess("-p", "o365prov.testing.pytest_plugin", "--strict-markers", "-q")

    return run_with


def test_a_fresh_tenant_for_each_test(run):
    """What one test does, the next does not see."""
    run(
        """
        def test_one(fake_tenant):
            fake_tenant.add_user()
            assert len(fake_tenant.users) == 1

        def test_two(fake_tenant):
            assert len(fake_tenant.users) == 0
        """
    ).assert_outcomes(passed=2)


def test_the_marker_says_how_it_is_made(run):
    """Options of the class and of the test are merged, and the closer wins."""
    run(
        """
        import pytest

        @pytest.mark.fake_tenant(users=2, licenses={"SPE_E3": 5}, seed=1)
        class TestIt:
            def test_far(self, fake_tenant):
                assert len(fake_tenant.users) == 2

            @pytest.mark.fake_tenant(users=3)
            def test_close(self, fake_tenant):
                assert len(fake_tenant.users) == 3
                assert fake_tenant.seats("SPE_E3") == (0, 5)
        """
    ).assert_outcomes(passed=2)


def test_options_for_all_tests_are_a_fixture_to_override(run):
    """In a conftest.py, once."""
    conftest = """
        import pytest

        @pytest.fixture
        def fake_tenant_options():
            return {"domains": ["mine.example"]}
        """
    run(
        """
        def test_it(fake_tenant, fake_tenant_factory):
            assert fake_tenant.add_user("a@mine.example")
            assert fake_tenant_factory(users=1).add_user("a@mine.example")
        """,
        conftest=conftest,
    ).assert_outcomes(passed=1)


def test_one_tenant_can_be_for_the_whole_run(run):
    """With options of its own; what a test does is there for the next one, unless it is undone."""
    conftest = """
        import pytest

        @pytest.fixture(scope="session")
        def session_fake_tenant_options():
            return {"domains": ["mine.example"]}
        """
    run(
        """
        def test_one(session_fake_tenant):
            before = session_fake_tenant.snapshot()
            session_fake_tenant.add_user("a@mine.example")
            session_fake_tenant.restore(before)

        def test_two(session_fake_tenant):
            assert session_fake_tenant.users == ()
            session_fake_tenant.add_user("a@mine.example")

        def test_three(session_fake_tenant):
            assert len(session_fake_tenant.users) == 1
        """,
        conftest=conftest,
    ).assert_outcomes(passed=3)


def test_what_the_run_asked_in_vain_fails_it(run):
    """At its end, for the tenant that is for all of it."""
    result = run(
        """
        def test_it(session_fake_tenant):
            headers = {"Authorization": "Bearer x"}
            session_fake_tenant.handle("GET", "https://graph.microsoft.com/v1.0/sites", headers, b"")
        """
    )
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*does not support GET /sites*"])


def test_the_real_client_is_a_fixture(run):
    """graph_client is msgraph-sdk on the test's tenant."""
    run(
        """
        import asyncio

        def test_it(fake_tenant, graph_client):
            user = fake_tenant.add_user(displayName="Isaac")
            assert asyncio.run(graph_client.users.by_user_id(user["id"]).get()).display_name == "Isaac"
        """
    ).assert_outcomes(passed=1)


_UNSUPPORTED = """
    import pytest

    {marker}
    def test_it(fake_tenant):
        fake_tenant.handle("GET", "https://graph.microsoft.com/v1.0/me/messages", {{"Authorization": "Bearer x"}}, b"")
    """


def test_an_unsupported_request_fails_the_test(run):
    """Even when the client swallowed the answer."""
    result = run(_UNSUPPORTED.format(marker=""))
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*does not support GET /users/me/messages*"])


def test_unless_it_is_allowed(run):
    """A test of just that can say so."""
    run(_UNSUPPORTED.format(marker="@pytest.mark.fake_tenant(allow_unsupported=True)")).assert_outcomes(passed=1)


@pytest.mark.parametrize("options", ["nonsense=1", "3", "domains={'x': 'Weird'}"])
def test_a_wrong_option_is_an_error_at_the_test(run, options):
    """With one clear line."""
    result = run(
        f"""
        import pytest

        @pytest.mark.fake_tenant({options})
        def test_it(fake_tenant):
            pass
        """
    )
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*fake_tenant*"])


def test_the_marker_is_listed(pytester, monkeypatch):
    """Pytest --markers explains it."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    result = pytester.runpytest_inprocess("-p", "o365prov.testing.pytest_plugin", "--markers")
    result.stdout.fnmatch_lines(["@pytest.mark.fake_tenant(users=0*"])


def test_loading_the_plugin_is_cheap(pytester):
    """It brings neither the SDK nor httpx nor the tenant into a run that does not use it."""
    pytester.makepyfile(
        loaded="""
        import sys
        import o365prov.testing.pytest_plugin
        heavy = ("msgraph", "azure", "httpx", "kiota_http", "lark", "rich", "o365prov.testing.fake_tenant")
        print([name for name in heavy if name in sys.modules])
        """
    )
    result = pytester.run(sys.executable, "loaded.py")
    assert result.outlines == ["[]"]


ASK = """
    def ask(fake, method, path, body=b""):
        headers = {"Authorization": "Bearer x", "Content-Type": "application/json"}
        return fake.handle(method, f"https://graph.microsoft.com/v1.0{path}", headers, body)
"""
HIDDEN = {
    "in a batch": """
        def test_it(fake_tenant):
            ask(fake_tenant, "POST", "/$batch", b'{"requests":[{"id":"1","method":"GET","url":"/me/photo"}]}')
    """,
    "followed by too many others": """
        import pytest

        @pytest.mark.fake_tenant(keep_requests=2)
        def test_it(fake_tenant):
            ask(fake_tenant, "GET", "/me/photo")
            for _ in range(3):
                ask(fake_tenant, "GET", "/users")
    """,
    "of a tenant that was reset": """
        def test_it(fake_tenant):
            ask(fake_tenant, "GET", "/me/photo")
            fake_tenant.reset()
    """,
    "of one tenant of several": """
        def test_it(fake_tenant_factory):
            first, second = fake_tenant_factory(), fake_tenant_factory()
            ask(second, "GET", "/me/photo")
    """,
}


@pytest.mark.parametrize("hidden", HIDDEN)
def test_nothing_hides_a_request_that_is_not_supported(run, hidden):
    """Neither a batch around it, nor what came later, nor where the tenant came from."""
    result = run(dedent(ASK) + dedent(HIDDEN[hidden]))
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*GET *me/photo: the fake tenant does not support*"])


def test_a_factory_may_allow_it(run):
    """For one of its tenants."""
    run(
        dedent(ASK)
        + dedent("""
            def test_it(fake_tenant_factory):
                ask(fake_tenant_factory(allow_unsupported=True), "GET", "/me/photo")
                fake_tenant_factory()
        """)
    ).assert_outcomes(passed=1)
