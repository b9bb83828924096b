"""What Okta's API answers, read into people, accounts, groups and assignments."""

import base64
import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from attrs import evolve

from o365prov.errors import SourceError
from o365prov.people import Grants, GroupAssignment, LicenseGrant, UserStatus
from o365prov.sources import okta_json

DATA = Path(__file__).parents[2] / "examples" / "data"
GUID = UUID("8e81973e-0bec-47b0-b898-d190f9ebdacc")
ANCHOR = "PpeBjuwLsEe4mNGQ+evazA=="


def user(person_id="00u1", **changes):
    """A user as Okta lists them; a change to `...` takes the member away."""
    record = {
        "id": person_id,
        "status": "ACTIVE",
        "passwordChanged": "2025-02-04T22:44:22.000Z",
        "profile": {"login": f"{person_id}@corp.example", "firstName": "Ann", "lastName": None},
        "credentials": {"provider": {"type": "OKTA", "name": "OKTA"}},
    }
    return {key: value for key, value in {**record, **changes}.items() if value is not ...}


def ad_user(person_id="00u1", *, external_id=ANCHOR, **profile):
    """A user of the Active Directory app."""
    return {
        "id": person_id,
        "externalId": external_id,
        "profile": {"dn": "CN=Ann,OU=Staff,DC=corp,DC=example", "pwdLastSet": "133831826620000000", **profile},
    }


def group(group_id="00g1", **changes):
    """A group with its members' ids."""
    record = {"id": group_id, "type": "OKTA_GROUP", "profile": {"name": "E3"}, "members": ["00u1"]}
    return {key: value for key, value in {**record, **changes}.items() if value is not ...}


@pytest.fixture
def write(tmp_path):
    """Writes a file and gives its path: text and bytes as they are, anything else as JSON."""

    def _write(content, name="export.json"):
        if not isinstance(content, bytes):
            content = (content if isinstance(content, str) else json.dumps(content)).encode()
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return _write


def problems(read, path):
    """What a reader finds wrong, without the path that every line begins with."""
    with pytest.raises(SourceError) as raised:
        read(path)
    assert all(line.startswith(f"{path}: ") for line in map(str, raised.value.issues))
    assert all("\n" not in line for line in map(str, raised.value.issues))
    return [line.removeprefix(f"{path}: ") for line in map(str, raised.value.issues)]


class TestUsers:
    """read_users."""

    def test_user_becomes_person(self, write):
        """Id, status, profile, source and the instant of the password change are what Okta says."""
        [person] = okta_json.read_users(write([user(status="SUSPENDED")]))
        assert (person.id, person.status, person.source) == ("00u1", UserStatus.SUSPENDED, "OKTA")
        assert person.password_changed == datetime(2025, 2, 4, 22, 44, 22, tzinfo=UTC)
        assert dict(person.profile) == {"login": "00u1@corp.example", "firstName": "Ann", "lastName": None}

    def test_password_never_changed(self, write):
        """A null passwordChanged is no instant."""
        [person] = okta_json.read_users(write([user(passwordChanged=None)]))
        assert person.password_changed is None

    def test_source_without_credentials_is_okta(self, write):
        """Where the export leaves the credentials out, Okta itself is the source."""
        [person] = okta_json.read_users(write([user(credentials=...)]))
        assert person.source == "OKTA"

    def test_an_empty_list_is_read(self, write):
        """An empty list is a legal answer of Okta's."""
        assert okta_json.read_users(write([])) == ()

    def test_byte_order_mark_is_not_a_content(self, write):
        """A UTF-8 byte order mark, as editors on Windows write it, is skipped."""
        [person] = okta_json.read_users(write(b"\xef\xbb\xbf" + json.dumps([user()]).encode()))
        assert person.id == "00u1"

    @pytest.mark.parametrize(
        ("record", "problem"),
        [
            (user(id=...), "$[0].id: is missing"),
            (user(id=""), "$[0].id: is empty"),
            (user(id=7), "$[0].id: should be a string, not a number"),
            (user(profile=...), "$[0].profile: is missing"),
            (user(profile=None), "$[0].profile: is missing"),
            (user(profile=["x"]), "$[0].profile: should be an object, not a list"),
            (user(profile={}), "$[0].profile.login: is missing"),
            (user(status=...), "$[0].status: is missing"),
            (user(status="ENABLED"), "$[0].status: is not one of Okta's user statuses (STAGED, "),
            (user(passwordChanged="yesterday"), "$[0].passwordChanged: is not an instant such as 2025-"),
            (user(passwordChanged="2025-02-04T22:44:22"), "$[0].passwordChanged: is not an instant such as 2025-"),
            (user(passwordChanged=1738709062), "$[0].passwordChanged: should be a string, not a number"),
            (user(credentials="OKTA"), "$[0].credentials: should be an object, not a string"),
            ("00u1", "$[0]: should be an object, not a string"),
            (None, "$[0]: should be an object, not null"),
        ],
    )
    def test_bad_user_is_named_by_path(self, write, record, problem):
        """Each thing that Okta would not send is one line: path, what, what to do."""
        [found] = problems(okta_json.read_users, write([record]))
        assert found.startswith(problem)

    def test_all_problems_are_found_at_once(self, write):
        """A reader goes on after a problem, also within one user."""
        found = problems(okta_json.read_users, write([user(id=..., status="?"), user(), user("00u2", profile=...)]))
        assert [line.split(":")[0] for line in found] == ["$[0].id", "$[0].status", "$[2].profile"]

    def test_long_lists_of_problems_are_cut(self, write):
        """Twenty problems are shown, and how many more there are."""
        found = problems(okta_json.read_users, write([user(id=...) for _ in range(1000)]))
        assert (len(found), found[-1]) == (21, "... and 980 more")

    def test_id_comes_once(self, write):
        """Two users with one id are a broken export; both places are named."""
        assert problems(okta_json.read_users, write([user(), user("00u2"), user()])) == [
            "$[2].id: is the same as in $[0]: keep one of them"
        ]

    def test_messages_hold_no_personal_values(self, write):
        """What is wrong with a person is said without what their profile holds."""
        broken = user(profile={"login": "", "email": "secret@corp.example"}, status="secret", passwordChanged="secret")
        assert "secret" not in " ".join(problems(okta_json.read_users, write([broken])))


class TestFiles:
    """What a file can be that is not the export."""

    def test_missing_file(self, tmp_path):
        """A file that is not there is named."""
        assert problems(okta_json.read_users, tmp_path / "users.json") == ["no such file: check the path"]

    def test_folder(self, tmp_path):
        """A folder in place of the file is told as such."""
        assert problems(okta_json.read_users, tmp_path) == ["is a folder, not a file: name the file in it"]

    @pytest.mark.parametrize("content", [b"", b" \n"])
    def test_empty_file(self, write, content):
        """An empty file is no empty list."""
        assert problems(okta_json.read_users, write(content)) == ["is empty: export it again"]

    @pytest.mark.parametrize("cut", [1, 40, 200, -1])
    def test_cut_file(self, write, cut):
        """An export that was cut is named with the line and column where it ends."""
        text = json.dumps([user(), user("00u2")], indent=1)[:cut]
        [found] = problems(okta_json.read_users, write(text))
        assert found.startswith(f"line {text.count(chr(10)) + 1}, column ")

    @pytest.mark.parametrize(
        "content", ["<html>", "id,login\n", '[{"id": NaN}]', "[" * 100_000, "[" + "9" * 5000 + "]"]
    )
    def test_not_json(self, write, content):
        """What is not JSON as Okta writes it is refused, however it fails."""
        [found] = problems(okta_json.read_users, write(content))
        assert "not JSON" in found

    @pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
    def test_utf_16(self, write, encoding):
        """A UTF-16 file, as PowerShell's redirection writes it, is told as such."""
        content = json.dumps([user()]).encode(encoding)
        assert problems(okta_json.read_users, write(content)) == ["is UTF-16: save it as UTF-8"]

    def test_latin_1(self, write):
        """Another encoding than UTF-8 is named with the line of the first such character."""
        content = json.dumps([user(), user("00u2", profile={"login": "é"})], ensure_ascii=False, indent=1)
        [found] = problems(okta_json.read_users, write(content.encode("latin-1")))
        assert found == f"line {content[: content.index('é')].count(chr(10)) + 1}: is not UTF-8: save the file as UTF-8"

    def test_half_a_character(self, write):
        """A lone surrogate is legal JSON but no text; it is found where it stands and not when Graph is called."""
        [found] = problems(okta_json.read_users, write('[{"id": "00u1", "profile": {"nick": ["\\ud83d"]}}]'))[:1]
        assert found.startswith("$[0].profile.nick[0]: has half a character")

    def test_escaped_emoji_is_a_character(self, write):
        """A whole surrogate pair is one character."""
        text = json.dumps([user(profile={"login": "a", "nickName": "😀"})])
        [person] = okta_json.read_users(write(text))
        assert "\\ud83d" in text
        assert person.profile["nickName"] == "😀"

    @pytest.mark.parametrize(
        ("code", "meaning"), [("E0000011", "the API token is not valid"), ("E9999999", "see Okta's list")]
    )
    def test_okta_error_instead_of_a_list(self, write, code, meaning):
        """An error that Okta answered is told as such, not as a list that is missing."""
        error = {"errorCode": code, "errorSummary": "Invalid token provided", "errorLink": code, "errorCauses": []}
        for read in (okta_json.read_users, okta_json.read_groups, okta_json.read_assignments):
            [found] = problems(read, write(error))
            assert found.startswith(f"$: is Okta's error {code} ({meaning}")

    @pytest.mark.parametrize(
        ("document", "problem"),
        [
            (user(), "$: should be a list, not an object: put the one that it holds into [ ]"),
            ({"users": []}, "$: should be a list, not an object: is this the right file?"),
            ("users", "$: should be a list, not a string: is this the right file?"),
            (None, "$: should be a list, not null: is this the right file?"),
            (True, "$: should be a list, not true or false: is this the right file?"),
        ],
    )
    def test_not_a_list(self, write, document, problem):
        """A document of another shape says what it should be."""
        assert problems(okta_json.read_users, write(json.dumps(document))) == [problem]


class TestDirectoryAccounts:
    """read_directory_accounts."""

    def test_account_is_known_by_its_guid(self, write):
        """The app user's externalId holds objectGUID's bytes: the account's GUID and, unchanged, its anchor."""
        account = okta_json.read_directory_accounts(write([ad_user()]))["00u1"]
        assert (account.object_guid, account.anchor, account.attributes["externalId"]) == (GUID, ANCHOR, ANCHOR)

    def test_profile_keeps_oktas_spelling(self, write):
        """Mappings find the app user's attributes as Okta spells them, and null as null."""
        account = okta_json.read_directory_accounts(write([ad_user(managerDn=None, proxyAddresses=["SMTP:a@b.c"])]))[
            "00u1"
        ]
        assert (account.attributes["managerDn"], account.attributes["proxyAddresses"]) == (None, ["SMTP:a@b.c"])

    def test_instance_is_the_domain_of_the_name(self, write):
        """Okta names an instance after its domain, and so does a dn end."""
        assert okta_json.read_directory_accounts(write([ad_user()]))["00u1"].instance == "corp.example"

    def test_instance_can_be_given(self, write):
        """The caller may know better."""
        accounts = okta_json.read_directory_accounts(write([ad_user()]), instance="ad2")
        assert accounts["00u1"].instance == "ad2"

    def test_instance_without_a_name(self, write):
        """An account without a dn belongs to active_directory."""
        assert okta_json.read_directory_accounts(write([ad_user(dn=None)]))["00u1"].instance == "active_directory"

    def test_password_instant_is_aware(self, write):
        """The profile's pwdLastSet is a FILETIME and becomes an aware instant."""
        account = okta_json.read_directory_accounts(write([ad_user()]))["00u1"]
        assert account.password_last_set == datetime(2025, 2, 4, 22, 44, 22, tzinfo=UTC)

    @pytest.mark.parametrize("filetime", ["0", "9223372036854775807", "-1", None, ""])
    def test_no_password_instant(self, write, filetime):
        """0, "never", -1, null and empty give no instant."""
        account = okta_json.read_directory_accounts(write([ad_user(pwdLastSet=filetime)]))["00u1"]
        assert account.password_last_set is None

    @pytest.mark.parametrize(
        ("record", "problem"),
        [
            (ad_user(external_id=None), "$[0].externalId: is missing"),
            (ad_user(external_id="###"), "$[0].externalId: is not the base64 of an objectGUID's 16 bytes"),
            (ad_user(external_id="Ä" * 24), "$[0].externalId: is not the base64 of an objectGUID's 16 bytes"),
            (ad_user(external_id=ANCHOR[:-4]), "$[0].externalId: is not the base64 of an objectGUID's 16 bytes"),
            (ad_user(external_id=str(GUID)), "$[0].externalId: is not the base64 of an objectGUID's 16 bytes"),
            (
                ad_user(externalID=str(UUID(bytes=GUID.bytes_le))),
                "$[0].profile.externalID: is another GUID than the bytes",
            ),
            (ad_user(externalID=16), "$[0].profile.externalID: should be a string, not a number"),
            (ad_user(pwdLastSet="2025-02-04"), "$[0].profile.pwdLastSet: is not a FILETIME"),
            (ad_user(pwdLastSet="-2"), "$[0].profile.pwdLastSet: is not a FILETIME"),
            (ad_user(pwdLastSet="9223372036854775806"), "$[0].profile.pwdLastSet: is not a FILETIME"),
            (ad_user(pwdLastSet="1" * 5000), "$[0].profile.pwdLastSet: is not a FILETIME"),
            ({**ad_user(), "profile": None}, "$[0].profile: is missing"),
            (ad_user(person_id=None), "$[0].id: is missing"),
        ],
    )
    def test_bad_account_is_named_by_path(self, write, record, problem):
        """A wrong anchor is worse than none, so every doubt about it is a problem."""
        [found] = problems(okta_json.read_directory_accounts, write([record]))
        assert found.startswith(problem)

    @pytest.mark.parametrize("spelled", [str(GUID), str(GUID).upper(), f"{{{GUID}}}"])
    def test_guid_in_any_spelling_agrees(self, write, spelled):
        """profile.externalID may come in capitals or braces."""
        account = okta_json.read_directory_accounts(write([ad_user(externalID=spelled)]))["00u1"]
        assert account.object_guid == GUID

    def test_account_belongs_to_one_person(self, write):
        """Two people with one objectGUID would share an anchor."""
        assert problems(okta_json.read_directory_accounts, write([ad_user(), ad_user("00u2")])) == [
            "$[1].externalId: is the same as in $[0]: keep one of them"
        ]


PAGES = [[user("00u1"), user("00u2")], [user("00u3")], []]


@pytest.mark.parametrize(
    "written",
    [
        json.dumps([each for page in PAGES for each in page]),
        json.dumps(PAGES),
        "".join(map(json.dumps, PAGES)),
        "\n".join(json.dumps(page, indent=1) for page in PAGES),
        "\r\n".join(json.dumps(each) for page in PAGES for each in page) + "\r\n",
    ],
    ids=["one list", "a list of pages", "pages without anything between", "pages on lines", "one object a line"],
)
def test_pages_are_read_however_they_were_saved(write, written):
    """Okta answers in pages, and people save them in many ways."""
    assert [person.id for person in okta_json.read_users(write(written))] == ["00u1", "00u2", "00u3"]


def test_places_name_the_page(write):
    """Where a page is damaged, holds something else, or Okta's error, or was saved twice."""
    pages = [[user("00u1")], [user(status="GONE")], {"errorCode": "E0000047"}]
    wrong, *_, found = problems(okta_json.read_users, write("\n".join(map(json.dumps, pages))))
    assert wrong.startswith("value 2: $[0].")
    assert found.startswith("value 3: $: is Okta's error E0000047")
    twice = problems(okta_json.read_users, write([[user("00u1")], [user("00u1"), 7]]))
    assert twice == [
        "$[1][0].id: is the same as in $[0][0]: keep one of them",
        "$[1][1]: should be an object, not a number",
    ]
    [found] = problems(okta_json.read_users, write(json.dumps([user("00u1")]) + '\n[{"id": '))
    assert found.startswith("line 2, column 9: is not JSON")
    [found] = problems(okta_json.read_users, write("[] 7"))
    assert found.startswith("value 2: $: should be a list, not a number")


class TestGroups:
    """read_groups."""

    def test_members_in_files_of_their_own(self, write, tmp_path):
        """Okta's answer to a question about one group, in a file that has its id as its name."""
        (tmp_path / "members").mkdir()
        write([[{"id": "00u1"}], [{"id": "00u2"}]], "members/00g1.json")
        path = write([group(members=...), group("00g2", members=["00u3"])])
        first, second = okta_json.read_groups(path, members=tmp_path / "members")
        assert (first.members, second.members) == ({"00u1", "00u2"}, {"00u3"})

    def test_members_that_are_nowhere(self, write, tmp_path):
        """A group without people looks as if all of them had left, so each is named, and every damaged file too."""
        (tmp_path / "members").mkdir()
        bad = write([{"name": "Ann"}], "members/00g1.json")
        path = write([group(members=...), group("00g2", members=...), group("../00g1", members=...)])
        with pytest.raises(SourceError) as raised:
            okta_json.read_groups(path, members=tmp_path / "members")
        remedy = "add the ids of the group's people, or save Okta's list of them as okta-group-members/{the id}.json"
        assert [str(each) for each in raised.value.issues] == [
            f"{path}: $[1].members: is missing: {remedy}",
            f"{path}: $[2].members: is missing: {remedy}",
            f"{bad}: $[0].id: is missing: export it again with all of its attributes",
        ]

    def test_group_knows_name_type_and_members(self, write):
        """A group keeps its profile, and its members as a set of ids."""
        [read] = okta_json.read_groups(write([group(members=["00u2", "00u1"])]))
        assert (read.id, read.name, read.type, read.members) == ("00g1", "E3", "OKTA_GROUP", {"00u1", "00u2"})

    def test_group_of_an_app_knows_its_source(self, write):
        """A group that an app brought in names the app's instance."""
        [read] = okta_json.read_groups(write([group(type="APP_GROUP", source={"id": "0oa1"})]))
        assert (read.type, read.source_id) == ("APP_GROUP", "0oa1")

    @pytest.mark.parametrize(
        ("record", "problem"),
        [
            (group(id=...), "$[0].id: is missing"),
            (group(profile=...), "$[0].profile: is missing"),
            (group(profile={}), "$[0].profile.name: is missing"),
            (group(members=...), "$[0].members: is missing: add the ids"),
            (group(members="00u1"), "$[0].members: should be a list, not a string"),
            (group(members=["00u1", {"id": "00u2"}]), "$[0].members[1]: should be a string, not an object"),
            (group(members=[""]), "$[0].members[0]: should be a string, not an empty string"),
        ],
    )
    def test_bad_group_is_named_by_path(self, write, record, problem):
        """Without members a group would seem empty, and everyone in it a leaver."""
        [found] = problems(okta_json.read_groups, write([record]))
        assert found.startswith(problem)

    def test_id_comes_once(self, write):
        """Two groups with one id are a broken export."""
        assert problems(okta_json.read_groups, write([group(), group()])) == [
            "$[1].id: is the same as in $[0]: keep one of them"
        ]


class TestAssignments:
    """read_assignments."""

    def test_licences_and_roles(self, write):
        """A licence is a part number, or a SKU with the plans to enable."""
        licenses = ["SPE_E3", {"sku": "SPE_E5"}, {"sku": "SPE_F1", "servicePlans": ["B", "A"]}]
        path = write(
            {"groups": [{"id": "00g1", "priority": 0, "profile": {"licenses": licenses, "roles": ["Reader"]}}]}
        )
        [assignment] = okta_json.read_assignments(path).groups
        grants = Grants(
            [LicenseGrant("SPE_E3"), LicenseGrant("SPE_E5"), LicenseGrant("SPE_F1", ["A", "B"])], ["Reader"]
        )
        assert assignment == GroupAssignment("00g1", 0, grants)

    @pytest.mark.parametrize("profile", [None, {}, {"licenses": None, "roles": None}, {"licenses": [], "roles": []}])
    def test_blank_assignment_grants_nothing(self, write, profile):
        """An assignment without licences and roles is one, and grants none."""
        [assignment] = okta_json.read_assignments(
            write({"groups": [{"id": "g", "priority": 0, "profile": profile}]})
        ).groups
        assert assignment.grants == Grants()

    def test_scope_tells_individual_from_inherited(self, write):
        """Users whom a group brings (scope GROUP) are no individual assignments."""
        users = [{"id": "00u1", "scope": "USER", "profile": {"roles": ["Reader"]}}, {"id": "00u2", "scope": "GROUP"}]
        assigned = okta_json.read_assignments(write({"users": users}))
        assert dict(assigned.individual) == {"00u1": Grants(roles=["Reader"])}

    @pytest.mark.parametrize(
        ("document", "problem"),
        [
            ({"groups": [{"priority": 0}]}, "$.groups[0].id: is missing"),
            ({"groups": [{"id": "g"}]}, "$.groups[0].priority: should be a whole number, not nothing"),
            ({"groups": [{"id": "g", "priority": True}]}, "$.groups[0].priority: should be a whole number, not true"),
            (
                {"groups": [{"id": "g", "priority": 1.5}]},
                "$.groups[0].priority: should be a whole number, not a number",
            ),
            ({"groups": {}}, "$.groups: should be a list, not an object"),
            ({"groups": ["g"]}, "$.groups[0]: should be an object, not a string"),
            ({"users": [{"id": "u"}]}, "$.users[0].scope: is missing"),
            ({"users": [{"id": "u", "scope": "ORG"}]}, "$.users[0].scope: is neither USER nor GROUP"),
            ({}, "$: has neither groups nor users"),
            ([], "$: should be an object, not a list"),
            ([{"id": "g", "priority": 0}], "$: should be an object, not a list"),
        ],
    )
    def test_bad_assignments_are_named_by_path(self, write, document, problem):
        """Each thing that is wrong is one line."""
        [found] = problems(okta_json.read_assignments, write(document))
        assert found.startswith(problem)

    @pytest.mark.parametrize(
        "licence",
        [
            "",
            7,
            None,
            {},
            {"sku": ""},
            {"skuId": "SPE_E3"},
            {"sku": "SPE_E3", "servicePlans": None},
            {"sku": "SPE_E3", "servicePlans": "EXCHANGE"},
            {"sku": "SPE_E3", "servicePlans": [7]},
            {"sku": "SPE_E3", "disabledPlans": ["X"]},
        ],
    )
    def test_unclear_licence_is_refused(self, write, licence):
        """A licence that could be read in two ways is not guessed: "no plans" and "all plans" are far apart."""
        groups = [{"id": "g", "priority": 0, "profile": {"licenses": ["SPE_E3", licence]}}]
        [found] = problems(okta_json.read_assignments, write({"groups": groups}))
        assert found.startswith("$.groups[0].profile.licenses[1]: is neither a part number nor")

    def test_priority_is_given_once(self, write):
        """Two groups of one priority leave open who wins."""
        groups = [{"id": "00g1", "priority": 3}, {"id": "00g2", "priority": 3}]
        assert problems(okta_json.read_assignments, write({"groups": groups})) == [
            "$.groups[1].priority: is the same as in $.groups[0]: keep one of them"
        ]

    def test_zero_is_a_priority_like_any_other(self, write):
        """Priority 0 can be given twice by mistake, too."""
        groups = [{"id": "00g1", "priority": 0}, {"id": "00g2", "priority": 0}]
        assert len(problems(okta_json.read_assignments, write({"groups": groups}))) == 1


class TestOrganization:
    """read_organization."""

    @pytest.fixture
    def folder(self, write, tmp_path):
        """A folder with two people, one of them from Active Directory."""
        provider = {"provider": {"type": "ACTIVE_DIRECTORY", "name": "corp.example"}}
        write([user(credentials=provider), user("00u2")], okta_json.USERS)
        write([ad_user()], okta_json.AD_APP_USERS)
        write([group(members=["00u1", "00u2"])], okta_json.GROUPS)
        write({"groups": [{"id": "00g1", "priority": 0}]}, okta_json.ASSIGNMENTS)
        return tmp_path

    def test_people_have_their_accounts(self, folder):
        """The Active Directory app's users are joined to people by id."""
        organization = okta_json.read_organization(folder)
        assert [[account.object_guid for account in person.directory_accounts] for person in organization.people] == [
            [GUID],
            [],
        ]

    def test_assignments_come_out(self, folder):
        """Everyone in the assigned group is assigned through it."""
        assigned = okta_json.read_organization(folder).assignments
        assert [(assignment.person_id, assignment.via) for assignment in assigned] == [("00u1", "E3"), ("00u2", "E3")]

    def test_members_of_groups_in_a_folder(self, folder, write):
        """Beside the four files."""
        (folder / okta_json.GROUP_MEMBERS).mkdir()
        write([group(members=...)], okta_json.GROUPS)
        write([user("00u1"), user("00u2")], f"{okta_json.GROUP_MEMBERS}/00g1.json")
        assert len(okta_json.read_organization(folder).assignments) == 2

    def test_individual_usernames(self, folder, write):
        """Who is assigned individually keeps the username in the app; through a group everybody has the format's."""
        assigned = [
            {"id": "00u1", "scope": "USER", "credentials": {"userName": "boss@corp.example"}},
            {"id": "00u2", "scope": "GROUP", "credentials": {"userName": "other@corp.example"}},
        ]
        write({"groups": [{"id": "00g1", "priority": 0}], "users": assigned}, okta_json.ASSIGNMENTS)
        organization = okta_json.read_organization(folder)
        assert [each.username for each in organization.assignments] == ["boss@corp.example", None]
        assert [each.username for each in evolve(organization, usernames={}).assignments] == [None, None]

    def test_no_active_directory(self, folder, write):
        """Where no one comes from Active Directory, there need be no file of its app."""
        write([user(), user("00u2")], okta_json.USERS)
        (folder / okta_json.AD_APP_USERS).unlink()
        assert len(okta_json.read_organization(folder).people) == 2

    def test_active_directory_file_is_missed(self, folder):
        """Without the directory's file its people would get another anchor, so it has to be there."""
        (folder / okta_json.AD_APP_USERS).unlink()
        assert problems_of(folder) == [f"{folder / okta_json.AD_APP_USERS}: no such file: check the path"]

    def test_all_files_are_looked_at(self, folder, write):
        """The problems of all files come at once."""
        (folder / okta_json.USERS).unlink()
        write([group(id=...)], okta_json.GROUPS)
        write("{", okta_json.ASSIGNMENTS)
        write([ad_user(external_id="x")], okta_json.AD_APP_USERS)
        names = [line.split(": ")[0] for line in problems_of(folder)]
        assert names == [
            str(folder / name)
            for name in (okta_json.USERS, okta_json.GROUPS, okta_json.ASSIGNMENTS, okta_json.AD_APP_USERS)
        ]

    def test_missing_folder(self, tmp_path):
        """A folder that is not there misses each file by name."""
        assert len(problems_of(tmp_path / "nowhere")) == 3

    def test_users_cut_after_a_page_are_no_leavers(self, folder, write):
        """A user whom groups, assignments or the directory know and the list lacks: the list was cut, no one left."""
        write([user("00u2")], okta_json.USERS)
        write({"users": [{"id": "00u9", "scope": "USER"}]}, okta_json.ASSIGNMENTS)
        assert [line.removeprefix(f"{folder}/").split(": is not a user of")[0] for line in problems_of(folder)] == [
            "okta-ad-app-users.json: user 00u1",
            "okta-groups.json: group 00g1, member 00u1",
            "okta-office365-assignments.json: user 00u9",
        ]

    def test_assignment_to_an_unknown_group(self, folder, write):
        """An assigned group that is not in the list of groups is named."""
        write({"groups": [{"id": "00g9", "priority": 0}]}, okta_json.ASSIGNMENTS)
        [found] = problems_of(folder)
        assert "okta-office365-assignments.json: group 00g9: is not a group of okta-groups.json" in found

    def test_person_of_the_directory_without_an_account(self, folder, write):
        """Who is mastered by the directory and in use must be in its app's list."""
        write([], okta_json.AD_APP_USERS)
        [found] = problems_of(folder)
        assert "user 00u1: comes from Active Directory and is not in okta-ad-app-users.json" in found

    def test_deprovisioned_person_without_an_account(self, folder, write):
        """Who is deprovisioned in Okta has lost the directory's app, and that is in order."""
        provider = {"provider": {"type": "ACTIVE_DIRECTORY", "name": "corp.example"}}
        write([user(credentials=provider, status="DEPROVISIONED"), user("00u2")], okta_json.USERS)
        write([], okta_json.AD_APP_USERS)
        assert okta_json.read_organization(folder).people[0].directory_accounts == ()


def problems_of(folder):
    """What is wrong with the files of a folder."""
    with pytest.raises(SourceError) as raised:
        okta_json.read_organization(folder)
    return [str(each) for each in raised.value.issues]


def test_example_organization():
    """The example data reads whole: 48 people, 30 from the directory, 44 in an assigned group."""
    organization = okta_json.read_organization(DATA)
    assert repr(organization) == "OktaExport(48 people, 3 groups)"
    assert sum(len(person.directory_accounts) for person in organization.people) == 30
    assert Counter(assignment.via for assignment in organization.assignments) == {
        "O365 E3": 24, "O365 F3": 13, "O365 Exchange only": 6, "individual": 1,
    }  # fmt: skip
    assert {account.instance for person in organization.people for account in person.directory_accounts} == {
        "corp.example"
    }


def test_example_anchors_are_oktas():
    """For everyone in the example data, the anchor is byte for byte the externalId that Okta has."""
    listed = json.loads((DATA / okta_json.AD_APP_USERS).read_text())
    accounts = okta_json.read_directory_accounts(DATA / okta_json.AD_APP_USERS)
    assert {each["id"]: each["externalId"] for each in listed} == {
        key: account.anchor for key, account in accounts.items()
    }
    assert all(len(base64.b64decode(account.anchor)) == 16 for account in accounts.values())
