"""People whose profile comes from directories: whose an account is, and where each attribute comes from."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from organisation import somebody

from o365prov.errors import ConfigurationError
from o365prov.people import DirectoryAccount, Person
from o365prov.profiles import ACTIVE_DIRECTORY_DEFAULTS, InboundMapping
from o365prov.sources import DirectoryEntry, DirectoryRead, OktaExport, PartialMatch, ProfileSource, join_people

CORP, DEV = "corp.example", "dev.example"


def account(number, instance=CORP, **attributes):
    """An account with this number in its objectGUID."""
    name = attributes.get("displayName", number)
    return DirectoryAccount(instance, UUID(int=number), f"CN={name},DC={instance.partition('.')[0]}", None, attributes)


def of(person, number, instance=CORP, **attributes):
    """An account that is a person's by its username."""
    names = {"firstName": person.profile["firstName"], "lastName": person.profile["lastName"]}
    return account(number, instance, userName=person.profile["login"], **{**names, **attributes})


def joined(people, *sources):
    """People with sources of these accounts, the first of which has the highest priority."""
    return join_people(people, [ProfileSource(each[0].instance, each) for each in sources])


ANN = somebody(title="Clerk", nickName="Annie", city="Oslo")


def test_the_directory_gives_the_profile():
    """By Okta's own mapping; what it does not map is as Okta has it."""
    entry = DirectoryEntry(
        "CN=Ann,DC=corp,DC=example",
        {
            "objectGUID": [UUID(int=1).bytes_le], "objectClass": ["user"], "givenName": ["Anna"], "sn": ["Lee"],
            "userPrincipalName": [ANN.profile["login"]], "mail": ["anna@corp.example"], "l": ["Bergen"],
            "st": ["VL"], "postalCode": ["5003"], "c": ["NO"], "countryCode": ["578"], "mobile": ["+47 1"],
            "telephoneNumber": ["+47 2"], "title": ["Head"],
        },
    )  # fmt: skip
    [ann] = join_people([ANN], [ProfileSource(CORP, DirectoryRead(CORP, [entry]).accounts)]).people
    expected = {
        "firstName": "Anna", "lastName": "Lee", "email": "anna@corp.example", "city": "Bergen", "state": "VL",
        "zipCode": "5003", "countryCode": "NO", "mobilePhone": "+47 1", "primaryPhone": "+47 2", "title": "Head",
        "nickName": "Annie", "login": ANN.profile["login"],
    }  # fmt: skip
    assert {name: ann.profile[name] for name in expected} == expected
    assert [each.object_guid for each in ann.directory_accounts] == [UUID(int=1)]


def test_no_address_is_the_user_principal_name():
    """As in Okta, where everybody needs one."""
    [ann] = joined([ANN], [of(ANN, 1)]).people
    assert ann.profile["email"] == ANN.profile["login"]


def test_what_the_source_does_not_have_is_cleared():
    """It masters the attribute; what it does not map, it leaves alone."""
    result = joined([ANN], [of(ANN, 1)])
    assert result.people[0].profile["title"] is None
    assert result.people[0].profile["nickName"] == "Annie"
    assert result.origins[ANN.id]["title"] == CORP
    assert "nickName" not in result.origins[ANN.id]


def test_the_first_source_that_maps_an_attribute_gives_it():
    """Even nothing; the next one gives what the first does not map."""
    first = ProfileSource(DEV, [of(ANN, 1, DEV)], InboundMapping.active_directory().without("city", "department"))
    second = ProfileSource(CORP, [of(ANN, 2, title="Head", city="Bergen", department="Sales")])
    result = join_people([ANN], [first, second])
    [ann] = result.people
    assert [ann.profile[name] for name in ("title", "city", "department")] == [None, "Bergen", "Sales"]
    assert [result.origins[ANN.id][name] for name in ("title", "city", "department")] == [DEV, CORP, CORP]


@given(st.permutations(["a.example", "b.example", "c.example"]), st.data())
def test_each_attribute_comes_from_the_first_source_that_maps_it(order, data):
    """Whatever they are called, and whichever attributes each of them maps."""
    maps = {name: data.draw(st.frozensets(st.sampled_from(["title", "city", "state"]))) for name in order}
    sources = [
        ProfileSource(name, [of(ANN, number, name)], InboundMapping.of({"login": "appuser.userName"} | {
            each: f"'{each} of {name}'" for each in maps[name]
        }))
        for number, name in enumerate(order)
    ]  # fmt: skip
    result = join_people([ANN], sources)
    for attribute in ("title", "city", "state"):
        first = next((name for name in order if attribute in maps[name]), None)
        assert result.origins[ANN.id].get(attribute) == first
        expected = f"{attribute} of {first}" if first else ANN.profile.get(attribute)
        assert result.people[0].profile.get(attribute) == expected


def test_a_link_of_okta_is_kept():
    """By objectGUID, whatever the account is called now; attributes that only Okta has stay, and so does its name."""
    okta = DirectoryAccount("Corp AD", UUID(int=1), attributes={"title": "Clerk", "onlyOkta": "x"})
    linked = Person(ANN.id, "ACTIVE", ANN.profile, directory_accounts=[okta])
    [ann] = joined([linked], [account(1, userName="renamed@corp.example", title="Head")]).people
    [own] = ann.directory_accounts
    assert (own.instance, own.attributes["title"], own.attributes["onlyOkta"]) == ("Corp AD", "Head", "x")
    assert ann.profile["login"] == "renamed@corp.example"


def test_records_join_by_the_stated_key():
    """All of its attributes have to be equal, upper and lower case included."""
    numbered = somebody("Bo Ross", employeeNumber="7", department="IT")

    def people(number, department):
        source = ProfileSource(
            CORP, [account(1, employeeNumber=number, department=department)], key=("employeeNumber", "department")
        )
        return join_people([ANN, numbered], [source])

    assert numbered.id in people("7", "IT").origins
    assert people("7", "it").unmatched == people("8", "IT").unmatched == {UUID(int=1)}


def test_people_of_one_name_are_partial_matches():
    """Which are told and not joined, until somebody confirms them."""
    other = account(1, userName="x@corp.example", firstName="Ann", lastName="Lee", title="Head")
    result = joined([ANN], [other])
    assert result.partial_matches == (PartialMatch(CORP, UUID(int=1), (ANN.id,)),)
    assert result.people == (ANN,)
    confirmed = join_people([ANN], [ProfileSource(CORP, [other], confirmed={UUID(int=1): ANN.id})])
    assert confirmed.people[0].profile["title"] == "Head"
    assert not confirmed.partial_matches
    assert join_people([ANN], [ProfileSource(CORP, [other], partial=False)]).unmatched == {UUID(int=1)}


def test_two_accounts_of_one_person_are_named():
    """Neither is joined: nobody can say whose attributes they should get."""
    result = joined([ANN], [of(ANN, 1, displayName="A"), of(ANN, 2, displayName="B")])
    [issue] = result.issues
    assert str(issue).startswith("CN=A,DC=corp and CN=B,DC=corp: are accounts of one person: correct what joins them")
    assert result.people == (ANN,)


def test_two_people_of_one_account_are_named():
    """The same, the other way round."""
    twin = Person("00uTwin", "ACTIVE", ANN.profile)
    result = joined([ANN, twin], [of(ANN, 1, displayName="A")])
    assert [each.place for each in result.issues] == ["CN=A,DC=corp"]
    assert f"is as well of person {ANN.id} as of person 00uTwin" in result.issues[0].message
    assert result.people == (ANN, twin)


def test_accounts_of_nobody_become_people_where_that_is_wanted():
    """With objectGUID as id; a disabled one has left; one without a name, and the system's own, are none."""
    accounts = [
        account(1, userName="bo@corp.example", firstName="Bo", lastName="Ross", userAccountControl="512"),
        account(2, userName="cy@corp.example", firstName="Cy", lastName="Ray", userAccountControl="514"),
        account(3, userName="service@corp.example"),
        account(4, userName="adm@corp.example", firstName="A", lastName="D", isCriticalSystemObject="TRUE"),
    ]
    result = join_people([], [ProfileSource(CORP, accounts, new_people=True)])
    assert [(each.id, each.status.value) for each in result.people] == [
        (str(UUID(int=1)), "ACTIVE"),
        (str(UUID(int=2)), "DEPROVISIONED"),
    ]
    assert result.unmatched == {UUID(int=3), UUID(int=4)}
    assert joined([], accounts).unmatched == {UUID(int=number) for number in range(1, 5)}


def test_two_new_people_of_one_key_are_named():
    """They would have one username."""
    accounts = [account(n, userName="x@corp.example", firstName="X", lastName="Y", displayName=n) for n in (1, 2)]
    result = join_people([], [ProfileSource(CORP, accounts, new_people=True)])
    assert not result.people
    assert [each.place for each in result.issues] == ["CN=1,DC=corp and CN=2,DC=corp"]


def test_an_expression_that_fails_leaves_the_attribute_as_it_is():
    """And is said, with whose it is."""
    mapping = InboundMapping.of({"login": "appuser.userName", "title": "String.substring(appuser.title, 5, 2)"})
    result = join_people([ANN], [ProfileSource(CORP, [of(ANN, 1, title="Head")], mapping)])
    assert result.people[0].profile["title"] == "Clerk"
    assert [each.place for each in result.issues] == ["CN=1,DC=corp: title"]


def test_the_default_can_be_changed():
    """One attribute at a time."""
    mapping = InboundMapping.active_directory().with_expression("title", 'appuser.title + "!"')
    [ann] = join_people([ANN], [ProfileSource(CORP, [of(ANN, 1, title="Head")], mapping)]).people
    assert ann.profile["title"] == "Head!"
    assert set(mapping) == set(ACTIVE_DIRECTORY_DEFAULTS)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: InboundMapping.of({"title": "appuser.title +"}),
            "InboundMapping.expressions of title: a value is miss",
        ),
        (lambda: InboundMapping.of({"title": "upper(appuser.x)"}), "there is no function upper"),
        (lambda: InboundMapping.active_directory().without("shoeSize"), "shoeSize is not mapped"),
        (lambda: ProfileSource(CORP, [], key=()), r"ProfileSource\.key should be attributes that its mapping gives"),
        (lambda: ProfileSource(CORP, [], key=("shoeSize",)), r"ProfileSource\.key should be attributes"),
    ],
)
def test_settings_that_can_not_work(make, message):
    """Are refused when they are made."""
    with pytest.raises(ConfigurationError, match=message):
        make()


OKTAS = {
    "source": {"name": "active_directory", "type": "appuser"},
    "target": {"name": "user", "type": "user"},
    "properties": {
        "login": {"expression": "appuser.userName", "pushStatus": "DONT_PUSH"},
        "title": {"expression": "String.toUpperCase(appuser.title)", "pushStatus": "PUSH"},
        "firstName": {"expression": "appuser.firstName", "pushStatus": "PUSH"},
        "lastName": {"expression": "appuser.lastName", "pushStatus": "PUSH"},
        "email": {"expression": "appuser.email", "pushStatus": "PUSH"},
        "nickName": None,
    },
}


def test_oktas_own_mapping_is_taken_as_it_is():
    """What is only pushed on create is new people's alone; a property that is null is not mapped."""
    mapping = InboundMapping.from_okta(OKTAS)
    assert (set(mapping), mapping.create_only) == ({"login", "title", "firstName", "lastName", "email"}, {"login"})
    names = {"firstName": "Ann", "lastName": "Lee", "email": "ann@corp.example", "title": "Clerk"}
    ann = DirectoryAccount("corp", UUID(int=1), attributes={**names, "userName": "new@corp.example"})
    bob = DirectoryAccount("corp", UUID(int=2), attributes={**names, "userName": "bob@corp.example"})
    known = Person("00u1", "ACTIVE", {"login": "old@corp.example"}, directory_accounts=[ann])
    joined = join_people([known], [ProfileSource("corp", [ann, bob], mapping, new_people=True)])
    assert [each.profile["login"] for each in joined.people] == ["old@corp.example", "bob@corp.example"]
    assert joined.people[0].profile["title"] == "CLERK"
    assert "login" not in joined.origins["00u1"]
    assert mapping.without("login").create_only == frozenset()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"source": {"name": "user", "type": "user"}}, "maps something else than a directory to Okta"),
        ({"target": {"name": "office365", "type": "appuser"}}, "maps something else than a directory to Okta"),
        ({"source": {"name": "office365", "type": "appuser"}}, "does not give profiles"),
        ({"properties": None}, "get the mapping by its id"),
        ({"properties": {"title": {"expression": "appuser.", "pushStatus": "PUSH"}}}, "properties.title"),
        ({"properties": {"title": {"expression": "appuser.title", "pushStatus": "NO"}}}, "PUSH or DONT_PUSH"),
    ],
)
def test_another_mapping_is_refused(change, message):
    """With why, and its path."""
    with pytest.raises(ConfigurationError, match=message):
        InboundMapping.from_okta({**OKTAS, **change})


def test_the_directorys_number_of_a_country_is_not_oktas_code():
    """Active Directory has 0 for everybody of whom it does not know better; Okta's countryCode is the two letters."""
    entries = [
        DirectoryEntry(
            f"CN={name},DC=corp,DC=example", {"objectClass": ["user"], "objectGUID": [bytes([n] * 16)], **codes}
        )
        for n, (name, codes) in enumerate(
            {"Ann": {"c": ["NO"], "countryCode": ["578"]}, "Bo": {"countryCode": ["0"]}}.items(), 1
        )
    ]
    ann, bo = DirectoryRead("corp.example", entries).accounts
    assert ann.attributes["countryCode"] == ann.attributes["c"] == "NO"
    assert "countryCode" not in bo.attributes
    mapping = InboundMapping.active_directory()
    assert [mapping.evaluate(each)[0]["countryCode"] for each in (ann, bo)] == ["NO", None]
    okta = DirectoryAccount("corp.example", bo.object_guid, attributes={"countryCode": "SE"})
    assert mapping.evaluate(okta)[0]["countryCode"] == "SE"
    [person] = OktaExport([Person("00u1", "ACTIVE", {}, directory_accounts=[okta])]).with_directory([bo]).people
    assert person.directory_accounts[0].attributes["countryCode"] == "SE"
