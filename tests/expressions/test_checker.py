"""The checker: everything that is wrong or doubtful at once, with place, code and fix."""

import pytest

from o365prov import UsageError
from o365prov.expressions import Dialect, Expression, Semantics, check_text
from o365prov.expressions.checker.attributes import ATTRIBUTES
from o365prov.expressions.checker.contexts import CONTEXTS
from o365prov.expressions.checker.idioms import IDIOMS
from o365prov.expressions.values.types import ValueType

SCHEMA = {"user": {"email": "string", "age": "integer", "tags": "array", "active": "boolean", "nick": "string"}}


def found(text, schema=None, context=None, **settings):
    """Codes with the marked text, in order."""
    return [(d.code, text[d.start : d.end]) for d in check_text(text, schema, context=context, **settings)]


def only(text, code, schema=None, context=None, **settings):
    """The one diagnostic of a code."""
    (diagnostic,) = [d for d in check_text(text, schema, context=context, **settings) if d.code == code]
    return diagnostic


@pytest.mark.parametrize(
    ("text", "name", "fixed"),
    [
        ("string.toLowercase(user.email)", "string.toLowercase", "String.toLowerCase(user.email)"),
        ("String.toUpper(user.email)", "String.toUpper", "String.toUpperCase(user.email)"),
        ("ismemberofgroupname('x')", "ismemberofgroupname", "isMemberOfGroupName('x')"),
        ("Array.contains(user.tags, 'x')", "Array.contains", "Arrays.contains(user.tags, 'x')"),
        ("len(user.email)", "len", "String.len(user.email)"),
        ("NonExistentFunction(1)", "NonExistentFunction", "NonExistentFunction(1)"),
    ],
)
def test_unknown_functions_come_with_a_suggestion(text, name, fixed):
    """The name is marked, and the fix is the nearest name, where one is near."""
    diagnostic = only(text, "unknown-function")
    assert text[diagnostic.start : diagnostic.end] == name
    assert diagnostic.fixed() == fixed


def test_unknown_methods_of_identity_engine_come_with_a_suggestion():
    """Methods are suggested among methods."""
    diagnostic = only("user.profile.email.toUppercase()", "unknown-function", dialect=Dialect.IDENTITY_ENGINE)
    assert diagnostic.fixed() == "user.profile.email.toUpperCase()"


@pytest.mark.parametrize(
    ("text", "dialect", "remedy"),
    [
        ("user.email.toUpperCase()", Dialect.CLASSIC, "String.toUpperCase(...)"),
        ("user.created.plusDays(1)", Dialect.CLASSIC, "Identity Engine"),
        ("String.replace(user.profile.email, 'a', 'b')", Dialect.IDENTITY_ENGINE, "x.replace(...)"),
        ("hasDirectoryUser()", Dialect.IDENTITY_ENGINE, "classic"),
    ],
)
def test_functions_of_the_other_dialect_are_recognised(text, dialect, remedy):
    """The remedy says how this dialect writes it, or whose it is."""
    assert remedy in only(text, "unknown-function", dialect=dialect).remedy


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("user.age > 'x'", "user.age > 'x'"),
        ("!user.age", "user.age"),
        ("user.age AND true", "user.age"),
        ("user.tags < 1", "user.tags"),
        ("String.substring(user.email, 'a', 1)", "'a'"),
        ("-user.email", "user.email"),
        ("user.active * 2", "user.active * 2"),
        ("1 ? 2 : 3", "1"),
        ("'a' matches 5", "5"),
        ("user.active OR ''", "''"),
    ],
)
def test_wrong_types_are_found_where_they_are_certain(text, marked):
    """Literals, results of functions, and attributes whose type the schema knows."""
    wrong = [place for code, place in found(text, SCHEMA) if code == "wrong-type"]
    assert wrong
    assert wrong[0] in (marked, marked.split(" ")[0])


@pytest.mark.parametrize(
    "text", ["String.len()", "String.len('a', 'b')", "String.substring('a', 1)", "hasDirectoryUser(1)"]
)
def test_wrong_numbers_of_arguments(text):
    """The whole call is marked, and the signature shown."""
    assert (only(text, "wrong-arity").remedy) != ""


def test_attributes_that_the_schema_lacks():
    """Names are case-sensitive; the nearest is suggested; roots without schema are not checked."""
    assert only("user.Email == 'x'", "unknown-attribute", SCHEMA).fix == "user.email"
    assert found("source.whatever == 'x'", SCHEMA) == []
    assert only("usr.email == 'x'", "unknown-root", SCHEMA).fix == "user"
    nested = {"user": ["profile.email", "profile"]}
    assert found("user.profile.email == 'x' && user.profile.anything == 'x'", nested) == []


@pytest.mark.parametrize(
    ("text", "always"),
    [
        ("user.a != null or user.a != ''", "true"),
        ("user.b == 1 OR user.a != '' OR user.a != null", "true"),
        ("user.a == null and user.a == ''", "false"),
    ],
)
def test_conditions_that_are_always_the_same_are_found(text, always):
    """A support article warns of a mass assignment by the first of these."""
    assert f"always {always}" in only(text, "constant").message


@pytest.mark.parametrize(
    "text", ["user.a == null or user.a == ''", "user.a != null and user.a != ''", "user.a != null or user.b != ''"]
)
def test_conditions_that_may_differ_are_not_reported(text):
    """The idioms that find both, and tests of two attributes, are fine."""
    assert found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "'a' + user.nick",
        "user.nick + '@x'",
        "user.first + user.last",
        "user.nick != '' ? 'a' + user.nick : ''",
        "user.nick == null ? 'a' + user.nick : ''",
        "String.toUpperCase(user.nick) + 'x'",
        "String.len(user.nick) == 5 ? '' : user.nick + 'x'",
    ],
)
def test_null_that_may_reach_a_string(text):
    """An attribute that may be null, unguarded, beside +."""
    assert "null-in-string" in [code for code, _ in found(text)]


@pytest.mark.parametrize(
    "text",
    [
        "user.login + '@x'",
        "user.nick != null ? 'a' + user.nick : ''",
        "user.nick == null ? '' : 'a' + user.nick",
        "user.x == 1 AND user.nick != null ? user.nick + 'x' : ''",
        "(user.nick ?: '') + 'x'",
        "(user.nick != null ? user.nick : '') + 'x'",
        "String.len(user.nick) > 0 ? user.nick + 'x' : ''",
        "String.len(user.nick) == 0 ? '' : user.nick + 'x'",
        "String.len(user.nick) + 1",
        "String.stringContains(user.nick, '@') ? String.substringBefore(user.nick, '@') + 'x' : ''",
        "'a' + 1 + true",
    ],
)
def test_null_that_can_not_reach_a_string(text):
    """Guarded references, defaults, functions that never give null, and what Okta requires of every user."""
    assert "null-in-string" not in [code for code, _ in found(text)]


def test_open_questions_are_named_where_they_matter():
    """What no page of Okta settles, with the field that decides; a guard settles it."""
    text = "String.substringBefore(user.email, '@') == 'x'"
    assert (
        "substring_before_without_hit='whole'"
        in only(text, "open-question", semantics=Semantics(substring_before_without_hit="whole")).message
    )
    assert found(f"String.stringContains(user.email, '@') AND {text}") == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("isMemberOfAnyGroup('Sales')", "name-for-id"),
        ("isMemberOfGroupNameRegex('(')", "bad-pattern"),
        ("'a' matches '(?=x)'", "bad-pattern"),
        ("'a' matches 'x'", "deprecated"),
        ("toUpperCase('x') == 'X'", "deprecated"),
        ("user.status == 'ACTIVE'", "internal-property"),
        ("user.isMemberOf({'group.name': 'x'})", "bad-criterion"),
        ("user.isMemberOf({'group.id': 'x', 'operator': 'LIKE'})", "bad-criterion"),
        ("Arrays.isEmpty(getFilteredGroups({'00g'}, 'group.', 10))", "bad-group-expression"),
        ("Arrays.isEmpty(getFilteredGroups({'00g'}, 'group.name', 101))", "bad-limit"),
        ("getManagerUser('workday').id == 'x'", "unknown-source"),
        ("true == 'true'", "constant"),
        ("{1}.x == 1", "no-attributes"),
        ("user.l.?[1] == {}", "not-boolean"),
        ("String.replace('a', null, 'b') == 'a'", "null-argument"),
    ],
)
def test_other_problems_are_found(text, code):
    """Each has a code of its own."""
    assert code in [name for name, _ in found(text)]


def test_ids_of_groups_raise_no_warning():
    """Twenty characters that begin with 00g."""
    assert found('isMemberOfAnyGroup("00garwpuyxHaWOkdV0g4", "00gak46y5hydV6NdM0g4")') == []


@pytest.mark.parametrize(
    ("context", "text"),
    [
        ("group_rule", 'Convert.toInt("2018") == user.yearJoined'),
        ("group_rule", "Time.now() == 'x'"),
        ("group_rule", "appuser.a == 'x'"),
        ("group_rule", "Arrays.contains(user.g.![name], 'x')"),
        ("profile_mapping", "Groups.contains('OKTA', 'a', 10)"),
        ("username", "Groups.contains('OKTA', 'a', 10)[0]"),
        ("saml_attribute", "access.scope"),
        ("oidc_claim", "active_directory.managerUpn"),
    ],
)
def test_contexts_refuse_what_okta_refuses_there(context, text):
    """Functions, roots and projections that a place does not allow."""
    assert only(text, "not-allowed-here", context=context).severity == "error"


@pytest.mark.parametrize(
    ("context", "text"),
    [
        ("group_rule", 'String.stringContains(user.department, "Sales") OR isMemberOfGroupName("a")'),
        ("group_rule", 'Arrays.contains(user.favoriteColors, "blue")'),
        ("group-rule", 'hasDirectoryUser() AND findDirectoryUser().managerUpn == "a"'),
        ("group_rule", "toUpperCase(user.firstName) == 'X'"),
        ("profile mapping", "hasDirectoryUser() ? findDirectoryUser().managerUpn : null"),
        ("username", "idpuser.subjectAltNameUpn"),
        ("oidc_claim", "access.scope"),
        ("saml_attribute", "session.amr"),
    ],
)
def test_contexts_take_what_okta_documents(context, text):
    """Samples of Okta's pages in their places."""
    assert [d for d in Expression(text).check(context=context) if d.severity == "error"] == []


@pytest.mark.parametrize("text", ["user.email + 'x'", "toUpperCase(user.firstName)", "5", "user.a ? 'x' : 'y'"])
def test_a_group_rule_must_be_boolean(text):
    """A string or number decides nothing."""
    assert only(text, "not-boolean", context="group_rule")


@pytest.mark.parametrize("text", ["user.profile.a == 'x'", "user.profile.a.contains('x')", "user.status == 'ACTIVE'"])
def test_where_another_dialect_is_due_nothing_is_said_of_this_one(text):
    """To write it as this dialect has it, and to take the other one, would contradict each other."""
    (diagnostic,) = check_text(text, context="identity_engine_policy")
    assert (diagnostic.code, diagnostic.remedy) == ("wrong-dialect", "pass dialect=Dialect.IDENTITY_ENGINE")
    assert check_text(text, context="identity_engine_policy", dialect=Dialect.IDENTITY_ENGINE) == ()


def test_a_policy_takes_the_other_dialect():
    """Identity Engine's places and the classic ones do not mix."""
    assert only("user.status == 'ACTIVE'", "wrong-dialect", context="identity_engine_policy")
    text = "user.status == 'ACTIVE' && device.profile.managed"
    assert Expression(text, dialect=Dialect.IDENTITY_ENGINE).check(context="identity_engine_policy") == ()


def test_a_federated_claim_sees_the_profile_of_a_device_only():
    """Not its providers."""
    claim = {"dialect": Dialect.IDENTITY_ENGINE, "context": "federated_claim"}
    assert found("device.profile.platform", **claim) == []
    assert found("device.provider.zta.overall", **claim) == [("not-allowed-here", "device.provider")]


IDENTITY_ENGINE = [name for name, row in CONTEXTS.items() if row.dialect is Dialect.IDENTITY_ENGINE]


def sample_of(row):
    """An expression that gives what a place wants."""
    user = {ValueType.BOOLEAN: "user.status == 'ACTIVE'", ValueType.USER: "user.getLinkedObject('manager')"}
    plain = {ValueType.BOOLEAN: "user.city == 'Bonn'"}
    root = min(row.roots or {"user"})
    if row.dialect is Dialect.IDENTITY_ENGINE:
        return user.get(row.result, "login.identifier.substringAfter('@')" if "login" in row.roots else "user.id")
    return plain.get(row.result, f"String.toUpperCase({root}.x)")


@pytest.mark.parametrize("name", CONTEXTS)
def test_every_context_takes_an_expression_of_its_dialect_roots_and_result(name):
    """Each row of the table is a place where one can be written."""
    row = CONTEXTS[name]
    diagnostics = Expression(sample_of(row), dialect=row.dialect).check(context=name)
    assert [each for each in diagnostics if each.severity == "error"] == []


@pytest.mark.parametrize("name", [name for name, row in CONTEXTS.items() if row.roots is not None])
def test_every_context_refuses_a_root_that_it_does_not_list(name):
    """The error names the root and the place."""
    row = CONTEXTS[name]
    diagnostics = Expression("nowhere.x == 'a'", dialect=row.dialect).check(context=name)
    assert f"nowhere does not exist in {row.with_article}" in [each.message for each in diagnostics]


@pytest.mark.parametrize("attribute", ATTRIBUTES, ids=lambda attribute: attribute.name)
def test_an_attribute_that_the_table_lacks_is_an_error_in_identity_engine(attribute):
    """The name with a letter more is refused, and the right one suggested; below a map, any name is right."""
    place = {"dialect": Dialect.IDENTITY_ENGINE, "context": "identity_engine_policy"}
    assert "unknown-attribute" not in [code for code, _ in found(f"{attribute.name} != null", **place)]
    if attribute.kind is ValueType.MAP:
        assert "unknown-attribute" not in [code for code, _ in found(f"{attribute.name}.x != null", **place)]
    elif len(attribute.path) > 1:
        assert only(f"{attribute.name}x != null", "unknown-attribute", **place).fix == attribute.name


@pytest.mark.parametrize("attribute", [row for row in ATTRIBUTES if row.values], ids=lambda attribute: attribute.name)
def test_a_value_that_an_attribute_never_has_is_an_error(attribute):
    """On either side of a comparison, and in a list; another case is corrected."""
    place = {"dialect": Dialect.IDENTITY_ENGINE, "context": "sign_in_policy"}
    for value in attribute.values:
        assert found(f"{attribute.name} == '{value}'", **place) == []
        assert only(f"'{value.lower()}' != {attribute.name}", "unknown-value", **place).fix == f'"{value}"'
        assert only(f"{{'{value.lower()}'}}.contains({attribute.name})", "unknown-value", **place).fix == f'"{value}"'


@pytest.mark.parametrize(
    ("dialect", "text", "fix"),
    [
        (Dialect.CLASSIC, "user.profile.costCenter == 'a'", "user.costCenter"),
        (Dialect.IDENTITY_ENGINE, "user.email == 'a'", "user.profile.email"),
    ],
)
def test_an_attribute_of_the_other_dialect_is_named_as_here(dialect, text, fix):
    """With or without a place."""
    assert only(text, "other-dialect", dialect=dialect).fix == fix


def test_a_place_that_wants_a_user_takes_no_boolean():
    """A certification reviewer is a user, or a string that names one."""
    place = {"dialect": Dialect.IDENTITY_ENGINE, "context": "certification_reviewer"}
    assert only("user.status == 'ACTIVE'", "not-a-user", **place)
    assert found("user.profile.managerId", **place) == []


def test_the_article_fits_the_title():
    """An OpenID claim, an identity provider, a SAML statement."""
    assert CONTEXTS["oidc_claim"].with_article == "an OpenID Connect claim"
    assert CONTEXTS["identity_provider_routing"].with_article == "an identity provider routing rule"
    assert CONTEXTS["saml_attribute"].with_article == "a SAML attribute statement"
    assert CONTEXTS["username"].with_article == "a username format"


def test_an_unknown_context_is_refused():
    """The error lists the places."""
    with pytest.raises(UsageError, match="group_rule"):
        Expression("a").check(context="somewhere")


@pytest.mark.parametrize("name", CONTEXTS)
def test_every_context_says_why(name):
    """What a place refuses comes with a reason."""
    assert CONTEXTS[name].reason


def test_syntax_errors_are_diagnostics_too():
    """Every pasted character at once, each with its fix."""
    text = "user.city == “Bonn” OR user.city == \u2018Köln\u2019"
    assert [d.fix for d in check_text(text)] == ['"', '"', "'", "'"]
    assert only("user.a = 'x'", "assignment").fixed() == "user.a == 'x'"


def test_all_diagnostics_come_at_once_in_order():
    """One run shows everything."""
    text = "string.len(user.Email) == 'x' OR user.a != null OR user.a != ''"
    assert [code for code, _ in found(text, SCHEMA)] == [
        "unknown-function",
        "constant",
        "unknown-attribute",
        "unknown-attribute",
        "unknown-attribute",
    ]


def test_the_default_mappings_of_office_365_raise_no_error():
    """Okta ships these."""
    usage = (
        "hasDirectoryUser()?(findDirectoryUser().msExchUsageLocation!=null?findDirectoryUser().msExchUsageLocation:"
        "(source.countryCode!=null? source.countryCode : 'US')):(source.countryCode!=null? source.countryCode : 'US')"
    )
    for text in (
        usage,
        "hasDirectoryUser()?findDirectoryUser().externalId:null",
        "hasDirectoryUser()?findDirectoryUser().managerDn:null",
    ):
        assert Expression(text).check(context="profile_mapping") == ()


def test_the_repr_of_a_diagnostic_is_one_short_line():
    """Ten thousand curly quotes give ten thousand diagnostics, each of which names its own place alone."""
    found = check_text("\u201c" * 10_000)
    assert len(found) == 10_000
    assert "column 10000" in repr(found[-1])
    assert max(len(repr(each)) for each in found[::1000]) <= 300
    long = check_text("user." + "x" * 5_000 + "\n(1)")[0]
    assert len(repr(long)) <= 300
    assert "\n" not in repr(long)


@pytest.mark.parametrize("dialect", Dialect)
@pytest.mark.parametrize("name", [name for idiom in IDIOMS for name in idiom.names])
def test_a_function_of_another_language_comes_with_what_to_write(name, dialect):
    """Bare, of a namespace, or as a method; unless Okta has a function of that very name."""
    for text in (f"{name}(user.a)", f"String.{name}(user.a)", f"user.a.{name}('x')"):
        for each in check_text(text, dialect=dialect):
            if each.code == "unknown-function":
                assert each.remedy.startswith("write "), text
                assert each.fix is None or each.fix.lower().endswith(name), text


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("String.endsWith(user.a, 'x')", "matches"),
        ("user.a.endsWith('x')", "matches"),
        ("concat(user.a, user.b)", "x + y"),
        ("if(user.a == 'x', 1, 2)", "condition ? value : otherwise"),
        ("user.a.equalsIgnoreCase('x')", "String.toLowerCase(x) =="),
        ("user.a is null", "== null"),
        ("user.a IS NOT NULL", "!= null"),
        ("user.a contains 'x'", "String.stringContains"),
        ("user.a =~ 'x'", "matches"),
        ("user.a starts with 'x'", "String.startsWith"),
        ("1 if user.a else 2", "condition ? value : otherwise"),
        ("user.email.toUpperCase", "String.toUpperCase(user.email)"),
        ("user.department == Sales", '"Sales"'),
        ("user.a == None", "null"),
        ("user.a == AND", "add the value"),
        ("user.a AND OR user.b", "remove OR"),
        ("workday_aaa.hasWorkdayUser()", "hasWorkdayUser"),
        ("user.hasWorkdayUser()", "hasWorkdayUser"),
    ],
)
def test_an_idiom_of_another_language_gets_one_diagnostic_with_the_way_here(text, remedy):
    """Nothing contradicts it: it is the only one."""
    (diagnostic,) = check_text(text)
    assert remedy in diagnostic.remedy


def test_a_word_without_quotes_is_told_so_in_a_group_rule_too():
    """And not that such a root does not exist there."""
    assert found("user.department eq Sales", context="group_rule") == [("bare-word", "Sales")]


def test_what_the_source_does_not_give_is_a_warning_at_its_place():
    """A root or a function that is fed by some sources alone; what is given is not said."""
    expression = Expression('appuser.nickName != null ? org.name : getManagerUser("active_directory").email')
    asked = ["appuser", "org", "getManagerUser()", "app"]
    found = [each for each in expression.check(not_given=asked) if each.code == "not-given"]
    assert [(each.severity, each.text[each.start : each.end]) for each in found] == [
        ("warning", "appuser"),
        ("warning", "org"),
        ("warning", 'getManagerUser("active_directory")'),
    ]
    assert [each for each in expression.check(not_given=["app"]) if each.code == "not-given"] == []
