"""Okta over its API, with Okta's own SDK against a small organisation: everything, and what changed since."""

import asyncio
import json
import logging
import pickle
import ssl
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from aiohttp import web
from attrs import evolve
from fake_okta import APP, DIRECTORY, NOT_FOUND, TOKEN, FakeOkta, later
from hypothesis import given, settings
from hypothesis import strategies as st
from jwcrypto.jwk import JWK

from o365prov.errors import ConfigurationError, SourceError, UsageError
from o365prov.expressions import Expression
from o365prov.people import UserStatus
from o365prov.profiles import make_bindings
from o365prov.sources import OktaApi, OktaRead
from o365prov.testing.serving.tls import make_certificate

ANCHOR = "PpeBjuwLsEe4mNGQ+evazA=="
E3 = "SPE_E3"


@pytest.fixture
def fake():
    """Ann has Office 365 by a group of three, Bo of his own under another name; Eve has left, and Kim has no app."""
    fake = FakeOkta(page_size=2)
    for user_id in ("ann", "bo", "kim", "lee"):
        fake.add_user(user_id)
    fake.add_user("eve", "DEPROVISIONED")
    fake.add_group("staff", "ann", "lee", "eve")
    fake.assign_group("staff", 0, E3)
    fake.assign_user("bo", "SPE_F1", username="bo.ross@corp.example")
    fake.assign_user("ann", scope="GROUP")
    fake.add_account("ann", ANCHOR, title="Head", pwdLastSet="133831826620000000")
    later(fake)
    return fake


def over(fake, use, **settings):
    """What *use* gives of the organisation while it is served."""

    async def main():
        async with fake.served() as url:
            return await use(OktaApi(url, APP, **{"token": TOKEN, **settings}))

    return asyncio.run(main())


def read(fake, since=None, **settings):
    """A read; an earlier one may have been of the same organisation under another port, which a cursor begins with."""

    async def use(api):
        earlier = since and evolve(since, cursor=f"{api.url} {since.cursor.partition(' ')[2]}")
        return await api.read(since=earlier)

    return over(fake, use, **settings)


def said(fake, use=None, **settings):
    """What is wrong, on one line, and that no secret is in it."""
    with pytest.raises(SourceError) as raised:
        over(fake, use or OktaApi.read, **settings)
    error = raised.value
    assert TOKEN not in f"{error!r}{error}{error.__cause__}{error.issues}"
    assert "\n" not in str(error)
    return str(error)


def assigned(read):
    """Who has which licences and which own username, and by what."""
    return {
        each.person_id: (each.via, [grant.sku for grant in each.grants.licenses], each.username)
        for each in read.assignments
    }


class TestEverything:
    """A first read."""

    def test_people_are_read_with_their_accounts_groups_and_assignments(self, fake):
        """As from the exports; a username of an individual assignment is kept, that of a group's is the format's."""
        found = read(fake)
        assert assigned(found) == {
            "ann": ("STAFF", [E3], None),
            "lee": ("STAFF", [E3], None),
            "eve": ("STAFF", [E3], None),
            "bo": ("individual", ["SPE_F1"], "bo.ross@corp.example"),
        }
        ann, *_ = found.export.people
        [account] = ann.directory_accounts
        assert (account.anchor, account.instance, account.attributes["title"]) == (ANCHOR, "corp.example", "Head")
        assert account.password_last_set == datetime(2025, 2, 4, 22, 44, 22, tzinfo=UTC)
        assert found.changed == set(fake.users)

    def test_who_is_deprovisioned_is_read_too(self, fake):
        """Okta's bare list leaves them out; they are held apart by their status, not by being gone."""
        statuses = {person.id: person.status for person in read(fake).export.people}
        assert statuses["eve"] is UserStatus.DEPROVISIONED

    @pytest.mark.parametrize("status", UserStatus)
    def test_every_status_is_kept(self, fake, status):
        """Who is suspended or staged is somebody for whom plans wait."""
        fake.add_user("ann", status.value)
        assert {person.id: person.status for person in read(fake).export.people}["ann"] is status

    @pytest.mark.parametrize("size", [1, 3, 200])
    def test_pages_of_any_size(self, fake, size):
        """What is read does not depend on how many records come at a time."""
        whole = read(fake)
        fake.page_size = size
        assert read(fake).export == whole.export

    def test_people_come_one_by_one(self, fake):
        """The first is there before the second page is asked for."""

        async def first(api):
            people = api.people()
            person = await anext(people)
            asked = len(fake.asked)
            await people.aclose()
            return person.id, asked

        assert over(fake, first) == ("ann", 1)

        async def everybody(api):
            return [person.id async for person in api.people()]

        assert over(fake, everybody) == list(fake.users)

    def test_who_comes_while_it_is_read_is_asked_for(self, fake):
        """Somebody in a group who was not yet in the list of users is not lost."""
        del fake.users["lee"]

        def now_there(request):
            if "/groups/" in request.path:
                fake.add_user("lee")

        fake.instead = [now_there] * 20
        assert "lee" in assigned(read(fake))

    def test_a_group_that_is_deleted_while_it_is_read_is_left_out(self, fake):
        """It was in the list, and has no members to ask for."""
        fake.add_group("gone", "kim")
        fake.instead = [lambda request: NOT_FOUND if "gone" in request.path else None] * 20
        assert [group.id for group in read(fake).export.groups] == ["staff"]

    def test_a_group_that_is_hidden_is_an_error(self, fake):
        """Its people would look like leavers."""
        fake.assign_group("hidden", 1, E3)
        assert "group hidden: has the app and is not among the groups" in said(fake)

    def test_an_account_that_is_hidden_is_an_error(self, fake):
        """The person's source anchor would be another one."""
        fake.users["kim"]["credentials"]["provider"]["type"] = "ACTIVE_DIRECTORY"
        assert "user kim: comes from Active Directory and has no account there" in said(fake)

    def test_an_export_of_the_same_is_equal(self, fake, tmp_path):
        """Files of the same answers give the same."""
        from o365prov.sources import okta_json  # noqa: PLC0415 - the one test that compares

        files = {
            okta_json.USERS: list(fake.users.values()),
            okta_json.AD_APP_USERS: list(fake.app_users[DIRECTORY].values()),
            okta_json.GROUPS: [{**each, "members": sorted(fake.members[key])} for key, each in fake.groups.items()],
            okta_json.ASSIGNMENTS: {
                "groups": list(fake.app_groups.values()),
                "users": list(fake.app_users[APP].values()),
            },
        }
        for name, content in files.items():
            (tmp_path / name).write_text(json.dumps(content))
        assert evolve(read(fake).export, app=None) == okta_json.read_organization(tmp_path)


CHANGES = {
    "nothing": (lambda _: None, (), ()),
    "a new title": (lambda fake: fake.add_user("ann", title="Boss"), ("ann",), ()),
    "suspended": (lambda fake: fake.add_user("ann", "SUSPENDED"), ("ann",), ()),
    "deprovisioned": (lambda fake: fake.add_user("ann", "DEPROVISIONED"), ("ann",), ()),
    "somebody new": (lambda fake: fake.add_user("new"), ("new",), ()),
    "a member more": (lambda fake: fake.change_members("staff", add=["kim"]), ("kim",), ()),
    "a member less": (lambda fake: fake.change_members("staff", remove=["lee"]), ("lee",), ()),
    "a group renamed": (
        lambda fake: fake.groups["staff"].update(profile={"name": "Everybody"}),
        ("ann", "lee", "eve"),
        (),
    ),
    "a group deleted": (
        lambda fake: fake.groups.pop("staff") and fake.app_groups.pop("staff"),
        ("ann", "lee", "eve"),
        (),
    ),
    "another licence of the group": (lambda fake: fake.assign_group("staff", 0, "SPE_E5"), ("ann", "lee", "eve"), ()),
    "another username": (lambda fake: fake.assign_user("bo", "SPE_F1", username="b@corp.example"), ("bo",), ()),
    "no longer assigned": (lambda fake: fake.app_users[APP].pop("bo"), ("bo",), ()),
    "another attribute in the directory": (lambda fake: fake.add_account("ann", ANCHOR, title="Boss"), ("ann",), ()),
    "deleted for good": (lambda fake: fake.delete_user("bo"), (), ("bo",)),
    "a member deleted for good": (lambda fake: fake.delete_user("lee"), (), ("lee",)),
}


class TestChanges:
    """Reads after an earlier one."""

    @pytest.mark.parametrize("change", CHANGES)
    def test_a_change_comes_back_as_exactly_that(self, fake, change):
        """Whoever is concerned, and nobody else; what is then known is what a whole read gives."""
        before = read(fake)
        make, changed, deleted = CHANGES[change]
        later(fake)
        make(fake)
        if change == "a member deleted for good":
            fake.change_members("staff")
        after = read(fake, since=before)
        whole = read(fake)
        assert {each.id: each for each in after.export.people} == {each.id: each for each in whole.export.people}
        assert (assigned(after), after.export.groups) == (assigned(whole), whole.export.groups)
        assert (after.changed, after.deleted) == (set(changed), set(deleted))
        later(fake)
        again = read(fake, since=after)
        assert (again.changed, again.deleted) == (frozenset(), frozenset())

    def test_only_what_changed_is_read(self, fake):
        """Of the users, one page, and of groups that did not change, no members."""
        before = read(fake)
        later(fake)
        fake.add_user("ann", title="Boss")
        fake.asked.clear()
        read(fake, since=before)
        assert [path for path in fake.asked if path.startswith(("/api/v1/users", "/api/v1/groups/"))] == [
            "/api/v1/users?limit=200&filter=lastUpdated%20ge%20%222026-06-01T08:55:00.000Z%22"
        ]

    def test_who_was_in_no_list_and_is_deleted_is_found_by_a_whole_read(self, fake):
        """Nothing that Okta gives names them; a whole read after an earlier one says that they are gone."""
        before = read(fake)
        later(fake)
        fake.delete_user("kim")
        assert "kim" in {person.id for person in read(fake, since=before).export.people}
        assert read(fake, since=evolve(before, cursor="")).deleted == {"kim"}

    def test_many_who_are_unsure_are_read_as_a_whole(self, fake):
        """Rather than one by one."""
        for number in range(501):
            fake.add_user(f"p{number}")
            fake.assign_user(f"p{number}", E3)
        fake.page_size = 500
        later(fake)
        before = read(fake)
        later(fake)
        for number in range(501):
            fake.delete_user(f"p{number}")
        fake.asked.clear()
        assert len(read(fake, since=before).deleted) == 501
        assert len(fake.asked) < 20

    @pytest.mark.parametrize("cursor", ["", "https://other.okta.com 0oa1office 2026-06-01T08:00:00+00:00"])
    def test_what_was_read_elsewhere_is_read_anew(self, fake, cursor):
        """Changes since another organisation's time say nothing; what is other than before is still said."""
        before = read(fake)
        elsewhere = evolve(before, cursor=cursor, export=evolve(before.export, people=before.export.people[1:]))
        after = over(fake, lambda api: api.read(since=elsewhere))
        assert after.changed == {"ann"}
        assert after.export == before.export

    def test_a_read_is_saved_and_loaded(self, fake, tmp_path):
        """For the next process; what was edited is refused."""
        fake.linked["ann", "manager"] = "kim"
        before = read(fake, reads_org=True, linked_objects=["manager"])
        path = tmp_path / "okta.json"
        before.save(path)
        assert OktaRead.load(path) == before
        path.write_text(path.read_text().replace(E3, "SPE_E5"))
        with pytest.raises(SourceError, match="damaged or edited"):
            OktaRead.load(path)

    @settings(max_examples=8)
    @given(st.lists(st.sampled_from(sorted(CHANGES)), max_size=5))
    def test_any_changes_come_back(self, changes):
        """However many, a read of what changed gives what a whole read gives."""
        fake = FakeOkta()
        for user_id in ("ann", "bo", "kim", "lee", "eve"):
            fake.add_user(user_id)
        fake.add_group("staff", "ann", "lee", "eve")
        fake.assign_user("bo", "SPE_F1")
        later(fake)
        before = read(fake)
        later(fake)
        for change in changes:
            if change.startswith(("a group", "no longer", "deleted")):
                continue
            if change.startswith("a member deleted") and "lee" not in fake.users:
                continue
            CHANGES[change][0](fake)
            fake.change_members("staff")
        after, whole = read(fake, since=before), read(fake)
        assert {each.id: each for each in after.export.people} == {each.id: each for each in whole.export.people}
        assert (assigned(after), after.export.groups) == (assigned(whole), whole.export.groups)


class TestSomePeople:
    """A push."""

    def test_some_people_are_read_in_a_few_requests(self, fake):
        """With what a whole read knows of them, apart from who else is in their groups."""
        found = over(fake, lambda api: api.read_people(["ann", "bo", "gone"]))
        whole = read(fake)
        assert found.people == tuple(each for each in whole.export.people if each.id in {"ann", "bo"})
        assert [(each.person_id, each.grants, each.via, each.username) for each in found.assignments] == [
            (each.person_id, each.grants, each.via, each.username)
            for each in whole.assignments
            if each.person_id in {"ann", "bo"}
        ]

    def test_who_is_not_there_is_left_out(self, fake):
        """So that a plan about them takes them for somebody who left."""
        found = over(fake, lambda api: api.read_people(["gone"]))
        assert (found.people, found.assignments) == ((), ())

    @pytest.mark.parametrize("bad", ["", "a/b", "../apps", "ann?x", "a b", "ä"])
    def test_what_is_not_an_id_is_refused(self, fake, bad):
        """It could be another request."""
        with pytest.raises(ConfigurationError, match="ids of users in Okta"):
            over(fake, lambda api: api.read_people([bad]))

    def test_the_manager_is_found_for_expressions(self, fake):
        """By the user principal name that the account has of them; without an assignment of their own."""
        bo = "AAECAwQFBgcICQoLDA0ODw=="
        fake.add_account("bo", bo, userName="bo+x@corp.example")
        fake.add_account("ann", ANCHOR, managerUpn="Bo+X@corp.example", managerDn="CN=bo,DC=corp,DC=example")
        for export in (over(fake, lambda api: api.read_people(["ann"])), read(fake).export):
            [ann] = [each for each in export.assignments if each.person_id == "ann"]
            assert [each.id for each in ann.related.managers] == ["bo"]
        assert [each.person_id for each in over(fake, lambda api: api.read_people(["ann"])).assignments] == ["ann"]

    def test_a_manager_who_is_not_found_is_not_nobody(self, fake):
        """In a read of everybody that is what they are; of some people it is not known."""
        fake.add_account("ann", ANCHOR, managerDn="CN=bo,DC=elsewhere,DC=example")
        exports = over(fake, lambda api: api.read_people(["ann"])), read(fake).export
        assert [export.assignments[0].related.managers for export in exports] == [None, ()]

    @pytest.mark.parametrize("use", [lambda api: api.read_people(["ann"]), OktaApi.read], ids=["some", "everybody"])
    def test_the_organisation_and_linked_objects_are_read_where_asked_for(self, fake, use):
        """Whom a link leads to is there for expressions, in a push too."""
        fake.linked["ann", "manager"] = "kim"
        found = over(fake, use, reads_org=True, linked_objects=["manager"])
        [ann] = [each for each in found.assignments if each.person_id == "ann"]
        bindings = make_bindings(ann)
        expression = 'user.getLinkedObject("manager").login + " " + org.name + " " + org.subDomain'
        assert Expression(expression).evaluate(bindings) == "kim@corp.example Corp corp"
        assert Expression("app.domain + ' ' + office365_app.msftTenant").evaluate(bindings) == "corp.example corp"
        assert Expression("appuser.userName == office365.userName").evaluate(bindings) is True

    def test_a_link_that_leads_elsewhere(self, fake):
        """It is named."""
        fake.users["kim"]["_links"]["self"]["href"] = "https://corp.okta.com/api/v1/groups/../x"
        fake.linked["ann", "manager"] = "kim"
        text = said(fake, linked_objects=["manager"])
        assert "/users/ann/linkedObjects/manager page 1: $[0]._links: does not lead to a user" in text


MAPPING = {
    "id": "prm1",
    "source": {"id": "otyuser", "name": "user", "type": "user"},
    "target": {"id": APP, "name": "office365", "type": "appuser"},
    "properties": {"title": {"expression": "user.title", "pushStatus": "PUSH"}},
    "_links": {"self": {"href": "https://corp.okta.com/api/v1/mappings/prm1"}},
}


class TestSettings:
    """The app's mapping and username format."""

    def test_the_mapping_is_read(self, fake):
        """That from Okta's users; the other direction is another one."""
        back = {**MAPPING, "id": "prm2", "source": {**MAPPING["target"], "id": "0oaX"}}
        fake.mappings = {"prm1": MAPPING, "prm2": back}
        [row] = over(fake, OktaApi.mapping)
        assert (row.attribute.name, str(row.expression)) == ("title", "user.title")

    def test_no_mapping(self, fake):
        """The id of another app has none."""
        assert said(fake, OktaApi.mapping).endswith("has no mapping from Okta's users: check the id of the app")

    def test_the_username_format_is_read(self, fake):
        """As Okta's list of formats calls it."""
        assert over(fake, OktaApi.username_format).label == "Okta username"

    def test_no_app(self, fake):
        """It is said, and not taken for an app without anybody."""
        fake.instead = [NOT_FOUND]
        assert "is not an app: check the id of the app" in said(fake, OktaApi.username_format)
        fake.instead = [NOT_FOUND]
        assert "answered 404 E0000007 (it was not found), request req-1: check the id of the app" in said(fake)


def limited(fake, seconds=-1):
    """That the limit of the rate was hit, until some seconds from now."""
    reset = str(int(fake.now.timestamp()) + seconds)
    return 429, {"errorCode": "E0000047", "errorSummary": "API call exceeded rate limit"}, {"X-Rate-Limit-Reset": reset}


class TestErrors:
    """What Okta, or somebody in between, may answer."""

    def test_a_limit_of_the_rate_is_waited_for(self, fake):
        """Until the time that Okta names."""
        fake.instead = [limited(fake), None, limited(fake), limited(fake)]
        whole = read(fake)
        assert whole.export == read(fake).export

    def test_a_limit_that_stays(self, fake):
        """After five times it is an error."""
        fake.instead = [limited(fake)] * 6
        assert "answered 429 E0000047 (the rate limit was hit)" in said(fake)

    @pytest.mark.parametrize("reset", ["9" * 12, "soon", "", "-1"])
    def test_a_limit_without_an_end(self, fake, reset):
        """Nobody waits for years."""
        status, body, _ = limited(fake)
        fake.instead = [(status, body, {"X-Rate-Limit-Reset": reset})]
        assert "limits the rate, and does not say for how long, or for too long" in said(fake)

    @pytest.mark.parametrize("status", [503, 504])
    def test_an_answer_in_between_is_tried_again(self, fake, status):
        """Where Okta says when."""
        fake.instead = [(status, {}, limited(fake)[2])]
        assert read(fake).export == read(fake).export

    @pytest.mark.parametrize(
        ("answer", "what"),
        [
            (
                (401, {"errorCode": "E0000011"}),
                "answered 401 E0000011 (the API token is not valid), request",
            ),
            (
                (403, {"errorCode": "E0000006"}),
                "answered 403 E0000006 (the token's administrator lacks",
            ),
            ((500, {"errorCode": "E0000009"}), "answered 500 E0000009 (see Okta's list of error codes)"),
            ((503, "<html>"), "answered 503"),
            ((302, "", {"Location": "https://elsewhere.example"}), "answered 302"),
            ((200, "<html>"), "/groups: line 1, column 1: is not JSON"),
            ((200, ""), "is 0 JSON values, not one"),
            ((200, {}), "gave an object, not a list"),
            ((200, "[NaN]"), "is not JSON as Okta writes it"),
            ((200, "[" * 100_000), "is not JSON as Okta writes it"),
            ((200, '["\\ud800"]'), "has half a character"),
            ((200, [7]), "/groups page 1: $[0]: should be an object, not a number"),
            ((200, [{}]), "/groups page 1: $[0].id: is missing"),
            ((200, [{"id": 7, "priority": "x"}]), "$[0].id: should be a string, not a number"),
        ],
    )
    def test_an_answer_that_is_something_else(self, fake, answer, what):
        """It is one error with the place and what to do."""
        fake.instead = [answer]
        assert what in said(fake)

    def test_every_bad_record_is_named(self, fake):
        """All at once, each with its page."""
        fake.users["bo"]["status"] = "GONE"
        fake.users["lee"]["profile"] = {}
        fake.app_users[DIRECTORY]["ann"]["externalId"] = "###"
        text = said(fake)
        assert "/api/v1/users page 1: $[1].status" in text
        assert "/api/v1/users page 2: $[1].profile.login" in text
        assert f"/apps/{DIRECTORY}/users page 1: $[0].externalId" in text

    @pytest.mark.parametrize("bad", ["../../oauth2", "a/b", "x\0y", "é", "x" * 200])
    def test_an_id_that_could_be_another_request(self, fake, bad):
        """It is named, and not asked for."""
        fake.groups["staff"]["id"] = bad
        assert "/groups page 1: $[0].id: is not one of Okta's ids" in said(fake)

    def test_a_null_character_is_read(self, fake):
        """JSON may hold it; what it may be used for is decided where it is used."""
        fake.add_user("ann", title="a\0b")
        assert read(fake).export.people[0].profile["title"] == "a\0b"

    def test_pages_without_an_end(self, fake):
        """A page that is its own successor."""

        def round_and_round(request):
            return 200, [], {"Link": f'<{request.url}>; rel="next"'}

        fake.instead = [round_and_round] * 3
        assert "gave pages without an end" in said(fake)

    def test_the_token_goes_nowhere_else(self, fake):
        """A page of another server is not asked for."""
        fake.instead = [(200, [], {"Link": f'<http://evil.example/?{"x"}>; rel="next"'})]
        assert "gave a page of another server" in said(fake)

    def test_an_answer_of_any_size(self, fake, monkeypatch):
        """It is not read to its end."""
        monkeypatch.setattr("o365prov.sources.okta.okta_connection._MOST_BYTES", 2**20)
        fake.instead = [(200, "[" + " " * 2**21 + "]")]
        assert "gave an answer of more than 1 MiB" in said(fake)

    def test_bytes_that_are_not_utf_8(self, fake):
        """They are not read."""
        fake.instead = [lambda _: web.Response(body=b'["\xff"]', content_type="application/json")]
        assert "can't be reached (UnicodeDecodeError)" in said(fake)

    @pytest.mark.parametrize(
        ("environment", "message"),
        [
            ({}, "the certificate of the server is not trusted"),
            ({"https_proxy": "http://127.0.0.1:1", "no_proxy": "127.0.0.1"}, "the certificate of the server"),
            ({"https_proxy": "http://127.0.0.1:1"}, "can't be reached"),
        ],
    )
    def test_a_certificate_of_nobody(self, fake, tmp_path, monkeypatch, environment, message):
        """It is checked, and the token is not sent; the proxy of the environment is on the way, or is not."""
        for name in ("HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)
            monkeypatch.delenv(name.lower(), raising=False)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*make_certificate(tmp_path))

        async def main():
            async with fake.served(context) as url:
                assert url.startswith("https://")
                await OktaApi(url, APP, token=TOKEN).read()

        with pytest.raises(SourceError, match=message):
            asyncio.run(main())
        assert fake.asked == []

    def test_nobody_is_there(self):
        """The address is said."""
        api = OktaApi("http://127.0.0.1:1", APP, token=TOKEN)
        with pytest.raises(SourceError, match=r"http://127.0.0.1:1/api/v1/apps/0oa1office/groups: can't be reached \("):
            asyncio.run(api.read())

    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(),
            lambda each: st.lists(each) | st.dictionaries(st.sampled_from(["id", "status", "profile", "login"]), each),
            max_leaves=8,
        ),
        st.integers(0, 8),
    )
    def test_any_json_is_read_or_refused(self, body, position):
        """An answer of any shape, at any time."""
        fake = FakeOkta()
        fake.add_user("ann")
        fake.add_group("staff", "ann")
        fake.assign_group("staff", 0, E3)
        fake.instead = [None] * position + [(200, body)]
        with suppress(SourceError):
            assert read(fake).export.people[0].id == "ann"


KEY = JWK.generate(kty="RSA", size=2048)
PEM = KEY.export_to_pem(private_key=True, password=None).decode()


class TestCredentials:
    """Who asks."""

    @pytest.mark.parametrize("key", [PEM, KEY.export_private()], ids=["PEM", "JSON Web Key"])
    def test_a_client_signs_in_with_its_key(self, fake, key):
        """By a JSON Web Token that it signs, for a token that lasts an hour."""
        fake.public_keys["0oaC"] = KEY.export_to_pem()
        found = read(fake, token=None, client_id="0oaC", private_key=key)
        assert found.export == read(fake).export

    def test_an_unknown_client(self, fake):
        """What Okta says of it is not shown, but for the kind of it."""
        text = said(fake, token=None, client_id="0oaC", private_key=PEM)
        assert text.endswith(
            "did not let the client in (invalid_client): check the client's id and that its public key is known to Okta"
        )

    @pytest.mark.parametrize("key", ["x", "{'kty': 'RSA'", '{"kty": "RSA"}', PEM[:300], "\0"])
    def test_a_key_that_can_not_sign(self, fake, key):
        """No part of it is shown."""
        assert said(fake, token=None, client_id="0oaC", private_key=key).endswith(
            "the client's private key can't be used: pass an RSA key in PEM or as a JSON Web Key"
        )

    def test_a_wrong_token(self, fake):
        """Okta's own number says what it is."""
        assert "answered 401 E0000011 (the API token is not valid)" in said(fake, token="another")

    def test_secrets_are_in_no_log(self, fake, caplog):
        """Not even where everything is logged."""
        caplog.set_level(logging.DEBUG)
        fake.public_keys["0oaC"] = KEY.export_to_pem()
        fake.instead = [None, limited(fake)]
        read(fake, token=None, client_id="0oaC", private_key=PEM)
        fake.instead = [(401, {"errorCode": "E0000011"})]
        said(fake)
        assert "Retry request" in caplog.text
        assert TOKEN not in caplog.text
        assert "PRIVATE" not in caplog.text

    @pytest.mark.parametrize(
        "settings",
        [
            {"url": "http://corp.okta.com"},
            {"url": "corp.okta.com"},
            {"url": "https://corp.okta.com/"},
            {"url": "https://user:secret@corp.okta.com"},
            {"url": "http://127.0.0.1.evil.example"},
            {"app": ""},
            {"app": "0oa/../x"},
            {"token": None},
            {"token": ""},
            {"token": "a\r\nX: b"},
            {"client_id": "0oaC", "private_key": "x"},
            {"client_id": "0oaC"},
            {"private_key": "x"},
            {"token": None, "client_id": "0oaC"},
            {"timeout": 0},
            {"linked_objects": ["a/b"]},
        ],
    )
    def test_settings_that_can_not_work(self, settings):
        """Each is refused when it is made."""
        with pytest.raises(ConfigurationError, match="OktaApi"):
            OktaApi(**{"url": "https://corp.okta.com", "app": APP, "token": "x", **settings})

    def test_an_organisation_keeps_its_secrets_to_itself(self):
        """They are not shown, and not pickled."""
        api = OktaApi("https://corp.okta.com", APP, client_id="0oaC", private_key="very-secret")
        assert repr(api) == "OktaApi('https://corp.okta.com', '0oa1office')"
        with pytest.raises(UsageError, match="holds a secret"):
            pickle.dumps(api)
