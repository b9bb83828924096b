"""Managers, assistants and apps around a person, and what expressions see of them."""

from uuid import UUID

import pytest
from attrs import evolve

from o365prov import Office365App, Person, UsernameFormat
from o365prov.errors import ConfigurationError, EvaluationError
from o365prov.expressions import Expression
from o365prov.people import Assignment, DirectoryAccount, Related, managers_and_assistants
from o365prov.profiles import ProfileMapping, make_bindings
from o365prov.provisioning import Evaluation, UserSync
from o365prov.sources import OktaExport


def person(person_id, number, **attributes):
    """Somebody with an account."""
    account = DirectoryAccount("corp.example", UUID(int=number), f"CN={person_id},DC=corp", attributes=attributes)
    profile = {"login": f"{person_id}@corp.example", "email": f"{person_id}@corp.example"}
    return Person(person_id, "ACTIVE", profile, directory_accounts=[account])


def found(people):
    """The ids of managers and assistants, by person."""
    return {
        key: tuple([each.id for each in some] for some in both) for key, both in managers_and_assistants(people).items()
    }


BO = person("bo", 1, userName="bo@corp.example")
KIM = person("kim", 2)


@pytest.mark.parametrize(
    "names",
    [
        {"managerDn": "CN=bo,DC=corp"},
        {"managerDn": "cn=BO, dc=corp"},
        {"managerUpn": "Bo@Corp.example"},
        {"managerDn": "CN=gone,DC=corp", "managerUpn": "bo@corp.example"},
    ],
)
def test_a_manager_is_found_by_either_name(names):
    """However it is written; the other name where one leads to nobody."""
    assert found([BO, KIM, person("ann", 3, **names, assistant="CN=kim,DC=corp")])["ann"] == (["bo"], ["kim"])


def test_a_name_of_two_is_nobody_s():
    """Somebody else's manager would be worse than none."""
    twin = person("twin", 4, userName="bo@corp.example")
    assert found([BO, twin, person("ann", 3, managerUpn="bo@corp.example")])["ann"] == ([], [])


def test_managers_in_a_circle():
    """Each is the other's, and nobody is looked at twice."""
    first, second = person("first", 5, managerDn="CN=second,DC=corp"), person("second", 6, managerDn="CN=first,DC=corp")
    assert found([first, second]) == {"first": (["second"], []), "second": (["first"], [])}


@pytest.mark.parametrize("name", ["", None, 7, [], "\0", "x" * 100_000, "CN=" * 1_000])
def test_names_of_any_kind(name):
    """They lead to nobody."""
    assert found([BO, person("ann", 3, managerDn=name)])["ann"] == ([], [])


def assigned(people, **fields):
    """The assignment of the last of the people, from an export."""
    export = OktaExport(people, **fields)
    return Assignment(people[-1], related=export._related[people[-1].id])


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ('getManagerUser("active_directory").email', "bo@corp.example"),
        ('getManagerUser("active_directory").displayName', None),
        ('getManagerAppUser("active_directory", "active_directory").dn', "CN=bo,DC=corp"),
        ('getAssistantUser("active_directory") == null', True),
        ("appuser.nickName", "Annie"),
        ("app.msftTenant", "corp"),
    ],
)
def test_expressions_see_it(expression, value):
    """As Okta names it."""
    people = [BO, person("ann", 3, managerDn="CN=bo,DC=corp")]
    ann = assigned(people, app_users={"ann": {"nickName": "Annie"}}, app={"msftTenant": "corp"})
    assert Expression(expression).evaluate(make_bindings(ann)) == value


def test_other_apps_are_seen_under_their_names():
    """Workday's by its functions too."""
    bindings = make_bindings(Assignment(BO, related=Related(app_users={"workday": {"site": "Oslo"}})))
    expression = 'hasWorkdayUser() ? findWorkdayUser().site + workday.site : "none"'
    assert Expression(expression).evaluate(bindings) == "OsloOslo"


@pytest.mark.parametrize(
    "expression",
    ['getManagerUser("active_directory")', 'getAssistantUser("active_directory")', 'user.getLinkedObject("manager")'],
)
def test_what_is_not_known_is_not_null(expression):
    """Null would clear an attribute, without a word."""
    with pytest.raises(EvaluationError, match="the source of this person does not give"):
        Expression(f"{expression} == null").evaluate(make_bindings(Assignment(BO)))


def test_a_locale_that_was_never_set():
    """An expression reads Okta's default, of a manager too; one that is set is as it is."""
    bindings = make_bindings(Assignment(evolve(KIM, profile={"locale": "nb_NO"}), related=Related((BO,), ())))
    expression = Expression('user.locale + " " + getManagerUser("active_directory").locale')
    assert expression.evaluate(bindings) == "nb_NO en_US"


def app(expression):
    """An app that maps the title so."""
    mapping = ProfileMapping.of({"title": expression})
    return Office365App(("corp.example",), UserSync(), UsernameFormat.email(), mapping)


@pytest.mark.parametrize(
    ("expression", "name"),
    [
        ('getManagerUser("active_directory").email', "getManagerUser()"),
        ('hasWorkdayUser() ? "x" : "y"', "hasWorkdayUser()"),
        ("appuser.nickName", "appuser"),
        ("org.name", "org"),
        ('user.getLinkedObject("manager").email', "user.getLinkedObject()"),
    ],
)
def test_a_preview_says_once_what_is_not_given(expression, name):
    """For everybody, and for one person."""
    note = f"the source of people does not give {name}: use another, or write the expression without it"
    assert app(expression).preview([BO, KIM]).warnings == (note,)
    assert app(expression).preview(BO).warnings == (note,)


def test_a_preview_says_nothing_of_what_is_given():
    """Also where somebody has no manager."""
    given = assigned([BO, KIM])
    assert app('getManagerUser("active_directory") == null ? "none" : "some"').preview(given).warnings == ()


def test_another_manager_is_another_source():
    """Whoever's manager changed is evaluated again."""
    evaluation = Evaluation(
        UserSync(),
        UsernameFormat.email(),
        ProfileMapping.of({"title": 'getManagerUser("active_directory").email'}),
        ("a",),
    )
    before = Assignment(KIM, related=Related((BO,), ()))
    renamed = evolve(BO, profile={**BO.profile, "email": "new@corp.example"})
    after = [Related((renamed,), ()), Related((), ()), Related(None, ()), Related((BO,), (KIM,))]
    after += [evolve(before.related, **each) for each in ({"org": {}}, {"linked": {"a": BO}}, {"linked": {"b": BO}})]
    sources = {evaluation.source(before), *(evaluation.source(evolve(before, related=each)) for each in after)}
    assert len(sources) == 8
    plain = evolve(evaluation, mapping=ProfileMapping.of({"title": "user.title"}))
    assert plain.source(before) == plain.source(evolve(before, related=after[0]))


def test_one_manager_at_most():
    """Okta has no more."""
    with pytest.raises(ConfigurationError, match="at most one person"):
        Related((BO, KIM))


def test_a_repr_shows_what_is_given_and_no_value():
    """Values are personal."""
    assert repr(Related(app_user={"title": "secret"})) == "Related(appuser)"
    assert repr(Related()) == "Related(nothing)"
