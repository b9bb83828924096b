"""An organisation that does not fit into memory: the files of its export give what they give as a whole."""

import asyncio
import json
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from amount import CI
from attrs import evolve
from fake_okta import APP, TOKEN, FakeOkta, later
from hypothesis import given, settings
from hypothesis import strategies as st
from organisation import NOW, remembered, tenant, user_sync_app

from o365prov.errors import SourceError
from o365prov.people import Related
from o365prov.sources import AssignmentDates, OktaApi, okta_json
from o365prov.sources.okta import okta_stream

DATA = Path(__file__).parents[2] / "examples" / "data"
NOTHING = Related()


def comparable(assignments):
    """What plans look at, by person: of a group not who else is in it, and nothing that other people would say."""
    return {
        each.person_id: (
            evolve(each, groups=(), related=NOTHING),
            [group.name for group in each.groups],
            each.related.app_user,
        )
        for each in assignments
    }


def lists(folder, users, groups, app_groups, app_users, accounts=()):
    """The files of an export."""
    files = {
        okta_json.USERS: users,
        okta_json.GROUPS: groups,
        okta_json.APP_GROUPS: app_groups,
        okta_json.APP_USERS: app_users,
        okta_json.AD_APP_USERS: accounts,
    }
    for name, records in files.items():
        (folder / name).write_text(json.dumps(list(records)))
    return folder


def user(key, source="OKTA", **profile):
    """A user."""
    profile = {"login": f"{key}@corp.example", **profile}
    return {"id": key, "status": "ACTIVE", "profile": profile, "credentials": {"provider": {"type": source}}}


@pytest.fixture(params=[1, 7])
def parts(request, monkeypatch):
    """One part, and many."""
    monkeypatch.setattr(okta_stream, "_PART", 2**30 if request.param == 1 else 1)
    monkeypatch.setattr(okta_stream, "_MOST_PARTS", request.param)


@pytest.mark.usefixtures("parts")
def test_the_examples_give_the_same_people():
    """With accounts of Active Directory, groups, and one file of assignments."""
    streamed = list(okta_json.stream_assigned(DATA))
    whole = okta_json.read_organization(DATA).assignments
    assert len(streamed) == len(whole) == 44
    assert comparable(streamed) == comparable(whole)


@pytest.mark.usefixtures("parts")
def test_the_plan_is_the_same():
    """The streaming planner takes what is streamed, as often as it asks."""
    app = user_sync_app()
    planner = app.streaming_planner(lambda: okta_json.stream_assigned(DATA), remembered(), now=NOW)
    whole = app.plan(okta_json.read_organization(DATA).assignments, tenant(), remembered(), now=NOW)
    plan = planner.plan(tenant())
    assert len(plan.changes) > 44
    assert (plan.changes, plan.problems, plan.unsupported) == (whole.changes, whole.problems, whole.unsupported)


NAMES = [f"00u{number}" for number in range(8)]
MEMBERS = st.lists(st.sampled_from(NAMES), unique=True)


@settings(deadline=None)
@given(
    st.lists(st.tuples(MEMBERS, st.booleans()), max_size=4),
    st.dictionaries(st.sampled_from(NAMES), st.sampled_from(["USER", "GROUP"])),
    st.booleans(),
    st.booleans(),
    st.integers(1, 5),
)
def test_whoever_is_assigned_how(tmp_path_factory, groups, app_users, combine_licenses, combine_roles, count):
    """Groups, priorities, combined grants, individual assignments: in any number of parts as in one."""
    folder = lists(
        tmp_path_factory.mktemp("export"),
        map(user, NAMES),
        [{"id": f"g{n}", "profile": {"name": f"G{n}"}, "members": each} for n, (each, _) in enumerate(groups)],
        [
            {"id": f"g{n}", "priority": n, "profile": {"licenses": [f"SKU{n}"], "roles": [f"R{n}"]}}
            for n, (_, has_app) in enumerate(groups)
            if has_app
        ],
        [
            {"id": key, "scope": scope, "profile": {"licenses": ["OWN"], "nick": key}, "credentials": {"userName": key}}
            for key, scope in app_users.items()
        ],
    )
    combine = {"combine_licenses": combine_licenses, "combine_roles": combine_roles}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(okta_stream, "_PART", 1)
        patch.setattr(okta_stream, "_MOST_PARTS", count)
        streamed = list(okta_json.stream_assigned(folder, **combine))
    whole = evolve(okta_json.read_organization(folder), **combine).assignments
    assert comparable(streamed) == comparable(whole)
    assert len(streamed) == len(whole)


@pytest.mark.usefixtures("parts")
def test_dates_come_along(tmp_path):
    """By attributes of the user and of the user in the app."""
    folder = lists(
        tmp_path,
        [user("ann", last="2026-06-30"), user("bo")],
        [],
        [],
        [{"id": key, "scope": "USER", "profile": {"first": "2026-06-01"}} for key in ("ann", "bo")],
    )
    dates = AssignmentDates(starts="appuser.first", ends="user.last")
    found = {each.person_id: (each.starts, each.ends) for each in okta_json.stream_assigned(folder, dates=dates)}
    june, july = datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)
    assert found == {"ann": (june, july), "bo": (june, None)}
    whole = okta_json.read_organization(folder, dates=dates).assignments
    assert {each.person_id: (each.starts, each.ends) for each in whole} == found


GUID = "PpeBjuwLsEe4mNGQ+evazA=="


@pytest.mark.usefixtures("parts")
@pytest.mark.parametrize(
    "changes",
    [
        {"users": [user("ann"), user("ann")]},
        {"users": [user("ann"), {"id": 5}, {"status": "ACTIVE"}]},
        {"users": [user("ann", "ACTIVE_DIRECTORY")]},
        {"accounts": [{"id": key, "externalId": GUID, "profile": {}} for key in ("ann", "bo")]},
        {"accounts": [{"id": "cy", "externalId": GUID, "profile": {}}]},
        {"groups": [{"id": "g", "profile": {"name": "G"}, "members": ["ann", "cy"]}]},
        {"groups": [{"id": "g", "profile": {"name": "G"}}]},
        {"app_groups": [{"id": "g", "priority": 0}]},
        {"app_groups": [{"id": "g", "priority": None}]},
        {"app_users": [{"id": "cy", "scope": "USER"}]},
        {"app_users": [{"id": "ann", "scope": "NONE"}, {"id": "bo", "scope": "NONE"}]},
    ],
)
def test_what_is_wrong_is_said_as_of_the_whole(tmp_path, changes):
    """After the last person: what one file lacks must not look like somebody who left."""
    right = {"users": [user("ann"), user("bo")], "groups": [], "app_groups": [], "app_users": []}
    folder = lists(tmp_path, **{**right, **changes})
    found = []
    for read in (okta_json.read_organization, lambda folder: list(okta_json.stream_assigned(folder))):
        with pytest.raises(SourceError) as raised:
            read(folder)
        found.append(Counter(map(str, raised.value.issues)))
    assert found[0] == found[1]


def test_a_folder_that_is_not_there(tmp_path):
    """Misses each file by name."""
    with pytest.raises(SourceError) as raised:
        list(okta_json.stream_assigned(tmp_path / "nowhere"))
    assert [each.code for each in raised.value.issues] == ["file_missing"] * 3


@pytest.fixture
def fake():
    """Ann has Office 365 by a group, Bo of his own under another name; Eve has left, and nobody knows of Kim."""
    fake = FakeOkta(page_size=2)
    for user_id in ("ann", "bo", "kim"):
        fake.add_user(user_id)
    fake.add_user("eve", "DEPROVISIONED")
    fake.users["ann"]["credentials"] = {"provider": {"type": "ACTIVE_DIRECTORY", "name": "corp.example"}}
    fake.add_group("staff", "ann", "eve")
    fake.assign_group("staff", 0, "SPE_E3")
    fake.assign_user("bo", "SPE_F1", username="bo.ross@corp.example")
    fake.assign_user("ann", scope="GROUP")
    fake.add_account("ann", GUID, title="Head")
    later(fake)
    return fake


def saved(fake, folder):
    """The organisation as files, and as a read."""

    async def main():
        async with fake.served() as url:
            api = OktaApi(url, APP, token=TOKEN)
            await api.save_export(folder)
            return await api.read()

    return asyncio.run(main())


class TestSavedFromTheApi:
    """OktaApi.save_export."""

    def test_files_give_what_a_read_gives(self, fake, tmp_path):
        """The people, one by one and as a whole; a later export takes the place of an earlier one."""
        folder = tmp_path / "new" / "export"
        saved(fake, folder)
        fake.add_group("guests", "kim", "bo")
        read = saved(fake, folder)
        assert comparable(okta_json.stream_assigned(folder)) == comparable(read.assignments)
        assert comparable(okta_json.read_organization(folder).assignments) == comparable(read.assignments)
        assert [each.id for each in okta_json.read_organization(folder).people] == ["ann", "bo", "kim", "eve"]

    def test_without_a_directory_and_without_anybody(self, tmp_path):
        """An empty organisation has files with empty lists."""
        saved(FakeOkta(), tmp_path)
        assert list(okta_json.stream_assigned(tmp_path)) == []

    def test_files_are_for_their_owner(self, fake, tmp_path):
        """They hold personal data; a file of before has no say in it."""
        (tmp_path / "okta-groups.json").touch(0o644)
        saved(fake, tmp_path)
        assert {path.stat().st_mode & 0o077 for path in tmp_path.rglob("*.json")} == {0}

    def test_who_came_from_the_directory_meanwhile(self, fake, tmp_path):
        """Has the account asked for, because the list of accounts was saved before."""

        def hire(request):
            if request.path == "/api/v1/users" and "new" not in fake.users:
                fake.add_user("new")
                fake.users["new"]["credentials"] = {"provider": {"type": "ACTIVE_DIRECTORY", "name": "corp"}}
                fake.add_account("new", "AAECAwQFBgcICQoLDA0ODw==")
            else:
                fake.instead.append(hire)

        fake.instead = [hire]
        saved(fake, tmp_path)
        new = {each.id: each for each in okta_json.read_organization(tmp_path).people}["new"]
        assert new.directory_accounts[0].anchor == "AAECAwQFBgcICQoLDA0ODw=="

    def test_what_ends_early_is_not_a_whole_export(self, fake, tmp_path):
        """Nor is what an earlier one left there."""
        saved(fake, tmp_path)

        def refuse(request):
            if request.path == "/api/v1/users":
                return 403, {"errorCode": "E0000006"}
            fake.instead.append(refuse)
            return None

        fake.instead = [refuse]
        with pytest.raises(SourceError, match="E0000006"):
            saved(fake, tmp_path)
        with pytest.raises(SourceError):
            list(okta_json.stream_assigned(tmp_path))

    def test_a_folder_that_can_not_be_written(self, fake, tmp_path):
        """Is an error with its name."""
        (tmp_path / "file").touch()
        with pytest.raises(SourceError, match="file: can't be written"):
            saved(fake, tmp_path / "file")


MEASURED = """
import json, sys
from pathlib import Path
from o365prov.sources import okta_json
folder, count = Path(sys.argv[1]), int(sys.argv[2])
for name in ("USERS", "AD_APP_USERS", "APP_USERS"):
    with (folder / getattr(okta_json, name)).open("w") as file:
        for number in range(count):
            profile = {"login": f"p{number}@corp.example", "about": "x" * 500}
            file.write(json.dumps({"id": f"00u{number:017}", "status": "ACTIVE", "scope": "GROUP", "profile": profile,
                                   "externalId": __import__("base64").b64encode(number.to_bytes(16, "big")).decode()}))
            file.write("\\n")
groups = [{"id": each, "profile": {"name": each}} for each in ("g0", "g1")]
(folder / okta_json.GROUPS).write_text(json.dumps(groups))
(folder / okta_json.APP_GROUPS).write_text('[{"id": "g0", "priority": 0}, {"id": "g1", "priority": 1}]')
(folder / okta_json.GROUP_MEMBERS).mkdir()
for each in ("g0", "g1"):
    with (folder / okta_json.GROUP_MEMBERS / f"{each}.json").open("w") as file:
        file.writelines(json.dumps({"id": f"00u{number:017}"}) + "\\n" for number in range(count))
found = sum(1 for _ in okta_json.stream_assigned(folder))
assert found == count, found
print(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])
"""


@pytest.mark.skipif(not CI, reason="takes half a minute: CI measures it")
@pytest.mark.skipif(sys.platform != "linux", reason="the peak of a process is read from /proc")
def test_memory_stays_flat(tmp_path):
    """Ten times the people take the memory of a tenth, in processes of their own."""
    peaks = []
    for count in (5_000, 50_000):
        folder = tmp_path / str(count)
        folder.mkdir()
        command = [sys.executable, "-c", MEASURED, str(folder), str(count)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - ours
        peaks.append(int(done.stdout))
    assert peaks[1] < 1.5 * peaks[0]
