"""Expressions inside Terraform's files and Okta's JSON: each is found, and what is wrong has its place there."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o365prov import SourceError
from o365prov.expressions import Dialect, check_text, find_expressions
from o365prov.expressions.checker.contexts import CONTEXTS
from o365prov.expressions.embedded.document import Computed, Record, Series
from o365prov.expressions.embedded.json_reader import read_json
from o365prov.expressions.embedded.places import OKTA_JSON, TERRAFORM


def rule(value, more=""):
    """A Terraform file with one group rule."""
    return f'resource "okta_group_rule" "sales" {{\n  expression_value = {value}\n{more}}}\n'


def only(text, form="terraform"):
    """The only expression of a file."""
    (found,) = find_expressions(text, form)
    return found


def said(text, form="terraform"):
    """What is said of the expressions of a file: the code, the marked part of the file, and its line."""
    diagnostics = [each for found in find_expressions(text, form) for each in found.check()]
    return [(each.code, text[each.start : each.end], each.line) for each in diagnostics]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (r'"user.a == \"x\""', 'user.a == "x"'),
        (r'"user.a == \"\u00e9\t\\\" /* no comment */"', 'user.a == "é\t\\" /* no comment */'),
        ("\"user.a == '$${x} %%{y}'\" # a comment", "user.a == '${x} %{y}'"),
        ('("user.a == 1")', "user.a == 1"),
        ('chomp("user.a == 1")', "user.a == 1"),
        ('trimspace(<<EOT\nuser.a == "x"\nEOT\n)', 'user.a == "x"\n'),
        ('<<EOT\nuser.a == "\\d" OR\n  user.b\nEOT', 'user.a == "\\d" OR\n  user.b\n'),
        ('<<-EOT\n    user.a == "x" OR\n\n      user.b\n  EOT', 'user.a == "x" OR\n\n  user.b\n'),
        ("<<EOT\nuser.a == '$${x}'\nEOT", "user.a == '${x}'\n"),
    ],
)
def test_strings_of_terraform_are_read_as_terraform_reads_them(value, expected):
    """Escapes, here documents with and without indentation, parentheses, and functions that only take off blanks."""
    found = only(rule(value))
    assert (found.text, found.not_checked) == (expected, "")
    assert found.place == "okta_group_rule.sales.expression_value"
    assert found.context == "group_rule"


@pytest.mark.parametrize(
    ("value", "marked", "line"),
    [
        (r'"user.a == \"x\" AND user.b = 1"', "=", 2),
        (r'"user.a == \"x\\\\y\" AND string.len(user.b) == 1"', "string.len", 2),
        ('<<EOT\nuser.a == "x"\n  AND string.len(user.b) == 1\nEOT', "string.len", 4),
        ('<<-EOT\n\t\tuser.a == "x"\n\t\tAND string.len(user.b) == 1\n\tEOT', "string.len", 4),
    ],
)
def test_what_is_wrong_has_its_place_in_the_file(value, marked, line):
    """Behind escapes, and in the lines of a here document whose indentation Terraform takes away."""
    text = rule(value)
    ((_, part, where),) = [each for each in said(text) if each[0] != "not-a-string"]
    assert (part, where) == (marked, line)


def test_a_fix_is_written_as_the_file_needs_it():
    """With its escapes; where indentation lies between, it is not known how it would be written."""
    text = rule(r'"user.city == \"Bonn\" OR user.city == \"Berlin\" OR user.city == \"Basel\""')
    (diagnostic,) = only(text).check()
    assert diagnostic.fixed() == rule(r'"Arrays.contains({\"Bonn\", \"Berlin\", \"Basel\"}, user.city)"')
    text = rule("<<-EOT\n  user.city == 'Bonn' OR\n  user.city == 'Berlin' OR user.city == 'Basel'\n  EOT")
    (diagnostic,) = only(text).check()
    assert (diagnostic.code, diagnostic.fix) == ("set-of-values", None)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ('"isMemberOfGroup(\\"${okta_group.x["a}"].id}\\")"', 'Terraform computes ${okta_group.x["a}"].id}'),
        ('"%{ if var.x }user.a%{ endif }"', "Terraform computes %{ if var.x }, %{ endif }"),
        ("<<EOT\nuser.a == '${var.x}'\nEOT", "Terraform computes ${var.x}"),
        ("var.rule", "Terraform computes it"),
        ('join(" OR ", [for x in var.all : "user.a == \\"${x}\\""])', "Terraform computes it"),
        ('var.x ? "user.a" : "user.b"', "Terraform computes it"),
        ('replace(<<EOT\nuser.a\nEOT\n, "\\n", " ")', "Terraform computes it"),
        ("local.elsewhere", "Terraform computes it"),
        ('"${local.elsewhere}"', "Terraform computes ${local.elsewhere}"),
    ],
)
def test_what_terraform_computes_is_said_as_not_checked(value, reason):
    """It is never passed over in silence, and nothing is guessed about it."""
    found = only(rule(value, '  name = "after"\n'))
    assert found.not_checked == reason
    (diagnostic,) = found.check()
    assert (diagnostic.code, diagnostic.severity, diagnostic.line) == ("not-checked", "warning", 2)
    assert reason in diagnostic.message


LOCALS = """locals {
  rule = "user.a = 1"
  rules = { "of-sales" = "user.a = 1",
    "of é.1" = "user.a = 1",
    2026 = "user.a = 1" }
  list = ["user.b",  "user.a = 1"]
}
"""


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("local.rule", 5),
        ('"${local.rule}"', 5),
        ('"${ local.rule }"', 5),
        ("local.rules.of-sales", 6),
        ('local.rules["of-sales"]', 6),
        ("local.rule # a comment", 5),
        ("local.rule // a comment", 5),
        ("(local.rule)", 5),
        ("trimspace(local.rule)", 5),
        ('local.rules["of é.1"]', 7),
        ("local.rules[2026]", 8),
        ("local.list[1]", 9),
        ('"${local.list.1}"', 9),
    ],
)
def test_a_local_value_of_the_same_file_is_known(value, line):
    """What is wrong with it is said where it is written."""
    text = rule(value) + LOCALS
    assert said(text) == [("assignment", "=", line)]


@pytest.mark.parametrize(
    ("for_each", "value", "expected"),
    [
        ('{ a = "user.x == 1", b = "user.y == 2" }', "each.value", {"a": "user.x == 1", "b": "user.y == 2"}),
        ('tomap({ "a b" = "user.x == 1" })', '"${each.value}"', {"a b": "user.x == 1"}),
        ('{ a = { rule = "user.x == 1" } }', 'each.value["rule"]', {"a": "user.x == 1"}),
        (
            'toset(["HR", "IT"])',
            "\"user.dept == '${each.key}'\"",
            {"HR": "user.dept == 'HR'", "IT": "user.dept == 'IT'"},
        ),
        ("{ a = local.rule }", "each.value", {"a": "user.a == 7"}),
        ("local.rules", "each.value.rule", {"of-sales": "user.a == 7"}),
        ("{ a = 5, b = true }", '"user.a == ${each.value}"', {"a": "user.a == 5", "b": "user.a == true"}),
    ],
)
def test_what_for_each_goes_over_is_known(for_each, value, expected):
    """Each turn has an expression of its own, which is shown as Terraform addresses it."""
    known = (
        'locals {\n  rule = "user.a == ${local.most}"\n  most = 7\n  rules = { of-sales = { rule = local.rule } }\n}\n'
    )
    found = find_expressions(rule(value, f"  for_each = {for_each}\n") + known, "terraform")
    assert {each.place: each.text for each in found} == {
        f'okta_group_rule.sales["{key}"].expression_value': text for key, text in expected.items()
    }
    assert all(each.not_checked == "" for each in found)


def test_what_a_block_repeats_is_known():
    """Also where it goes over what the resource is repeated for, and calls it by another name."""
    text = """
    resource "okta_profile_mapping" "hr" {
      for_each = { one = { city = "appuser.city =" }, two = { zip = "appuser.zip" } }
      dynamic "mappings" {
        for_each = each.value
        iterator = part
        content {
          id         = part.key
          expression = part.value
        }
      }
    }
    """
    found = find_expressions(text, "terraform")
    assert [(each.place, each.text) for each in found] == [
        ('okta_profile_mapping.hr["one"].dynamic.mappings["city"].content.expression', "appuser.city ="),
        ('okta_profile_mapping.hr["two"].dynamic.mappings["zip"].content.expression', "appuser.zip"),
    ]
    assert said(text) == [("assignment", "=", 3)]


def test_what_is_filled_in_counts_as_written_where_it_is_used():
    """A diagnostic marks the hole, and offers a fix only where the hole is all that it would change."""
    text = rule("\"user.a == 'x' ${each.key} user.b\"", '  for_each = toset(["and", "nor"])\n')
    assert said(text) == [("missing-operator", "${each.key}", 2)]
    for written, fix in (("=", "=="), ("= 1 or user.b =", None)):
        wrong = rule('"user.a ${local.is} 1"') + f'locals {{ is = "{written}" }}\n'
        found = only(wrong).check()
        assert {(each.code, wrong[each.start : each.end], each.fix) for each in found} == {
            ("assignment", "${local.is}", fix)
        }


@pytest.mark.parametrize(
    ("text", "form"),
    [
        (rule("\"user.x == '${each.key}'\"", '  for_each = { "${var.x}-a" = 1, b = 2 }\n'), "terraform"),
        (rule("\"user.x == '${each.key}'\"", "  for_each = { (var.x) = 1 }\n"), "terraform"),
        (rule('local.all["-a"]') + 'locals { all = { "${var.x}-a" = "user.a =" } }\n', "terraform"),
        (
            '{"resource": {"okta_group_rule":{"r":{"for_each": {"${var.x}-a": 1}, "expression_value":"${each.key}"}}}}',
            "json",
        ),
    ],
)
def test_keys_that_are_computed_are_not_guessed(text, form):
    """A part of a key is not the key."""
    assert {code for code, _, _ in said(text, form)} == {"not-checked"}


def test_a_block_within_what_is_repeated_may_make_its_own_list_of_it():
    """Whose turn it is outside counts where an object of the block names it; in JSON, an iterator is a string."""
    block = {"for_each": {"city": "${each.value.rule}"}, "iterator": "it", "content": {"expression": "${it.value}"}}
    resource = {"for_each": {"one": {"rule": "appuser.a ="}}, "dynamic": {"mappings": block}}
    text = json.dumps({"resource": {"okta_profile_mapping": {"hr": resource}}})
    (found,) = find_expressions(text, "json")
    place = 'okta_profile_mapping.hr["one"].dynamic.mappings["city"].content.expression'
    assert (found.place, found.text) == (place, "appuser.a =")


@pytest.mark.parametrize("value", ["null", "null # none", "(null)"])
def test_null_is_no_expression(value):
    """Also with a comment behind it."""
    assert find_expressions(rule(value), "terraform") == ()


@pytest.mark.parametrize("for_each", ["var.rules", "{ for each in var.rules : each.name => each }", "[var.rule]"])
def test_what_for_each_does_not_say_is_said_as_not_checked(for_each):
    """Once, at the place that holds it."""
    (found,) = find_expressions(rule("each.value", f"  for_each = {for_each}\n"), "terraform")
    assert found.not_checked == "Terraform computes it"


@pytest.mark.parametrize(
    "values",
    [
        "a0 = local.a1\n a1 = local.a0\n",
        'a0 = "${local.a0} or user.b"\n',
        "".join(f'a{each} = "${{local.a{each + 1}}}${{local.a{each + 1}}}"\n' for each in range(60))
        + 'a60 = "user.b"\n',
        "".join(f"a{each} = local.a{each + 1}\n" for each in range(3000)) + 'a3000 = "user.b"\n',
    ],
    ids=["circle", "itself", "doubling", "chain"],
)
def test_values_without_an_end_are_not_followed(values):
    """What stands for itself, or would fill the memory, is not checked, and that is said."""
    found = only(rule("local.a0") + f"locals {{\n{values}}}\n")
    assert found.not_checked


def test_many_resources_may_go_over_many_values():
    """Up to a limit, they are followed; beyond it each is said once, as not checked."""
    values = ", ".join(f'k{each} = "user.a"' for each in range(400))
    repeated = "".join(
        f'resource "okta_group_rule" "r{each}" {{\n  for_each = local.all\n  expression_value = each.value\n}}\n'
        for each in range(30)
    )
    found = find_expressions(f"locals {{ all = {{ {values} }} }}\n{repeated}", "terraform")
    assert len([each for each in found if not each.not_checked]) == 10_000
    assert len([each for each in found if each.not_checked]) == 5


def test_a_long_value_is_not_followed_without_end():
    """Few characters of a file may stand for very many; what is more than can be checked is said."""
    keys = ", ".join(f'"k{each}"' for each in range(70))
    text = rule('"${local.long} OR user.${each.key}"', f"  for_each = toset([{keys}])\n")
    long = "user.a OR " * 900 + "user.b"
    found = find_expressions(f'{text}locals {{ long = "{long}" }}\n', "terraform")
    reasons = [each.not_checked for each in found]
    assert len(reasons) == 70
    assert {*reasons} == {"", "Terraform computes ${local.long}, ${each.key}"}


def test_whether_a_value_is_an_expression_may_stand_beside_it():
    """A claim of groups is none; where Terraform computes the kind, that is said."""

    def claim(kind):
        return f'resource "okta_auth_server_claim" "c" {{\n  {kind}\n  value = "string.len("\n}}\n'

    assert [code for code, _, _ in said(claim(""))] == ["bracket"]
    assert [code for code, _, _ in said(claim('value_type = "EXPRESSION"'))] == ["bracket"]
    assert said(claim('value_type = "GROUPS"')) == []
    assert [code for code, _, _ in said(claim("value_type = var.kind"))] == ["not-checked"]


TERRAFORM_FILE = r"""
# a comment with a "quote, and a { bracket
terraform { required_providers { okta = { source = "okta/okta", version = "~> 6.0" } } }
resource "okta_profile_mapping" "hr" {
  source_id = data.okta_app.hr.id /* not { closed
  */
  mappings {
    id         = "city"
    expression = "appuser.city"
  }
  dynamic "mappings" {
    for_each = { for key, value in var.more : key => value }
    content {
      id         = mappings.key
      expression = "appuser.${mappings.value}"
    }
  }
}
resource "okta_app_saml" "crm" {
  user_name_template       = "$${source.login}"
  subject_name_id_template = "${user.userName}"
  attribute_statements {
    type   = "GROUP"
    values = ["not an expression ("]
  }
  attribute_statements {
    name   = "names"
    values = [
      "user.firstName",
      "string.len(user.x)",
    ]
  }
}
resource "okta_app_oauth" "web" { groups_claim = { type = "EXPRESSION", value = "user.x =", name = "g" } }
resource "okta_app_signon_policy_rule" "high" { custom_expression = "security.risk.level == 'HIHG'" }
resource "okta_app_signon_policy_rule" "none" { custom_expression = null }
resource "okta_idp_oidc" "idp" { username_template = "idpuser.email" }
resource "okta_policy_rule_idp_discovery" "d" { provider_expression = "login.identifier.substringAfter('@')" }
resource "okta_realm_assignment" "r" { condition_expression = "user.profile.login" }
resource "aws_iam_role" "other" { expression_value = "user.a =" }
"""


def test_each_resource_of_okta_has_its_places():
    """Blocks, those that are repeated, objects and lists; other providers' resources hold none."""
    found = find_expressions(TERRAFORM_FILE, "terraform")
    assert [(each.place, each.context, each.not_checked != "") for each in found] == [
        ("okta_profile_mapping.hr.mappings.expression", "profile_mapping", False),
        ("okta_profile_mapping.hr.dynamic.mappings.content.expression", "profile_mapping", True),
        ("okta_app_saml.crm.user_name_template", "username", False),
        ("okta_app_saml.crm.subject_name_id_template", "saml_attribute", True),
        ("okta_app_saml.crm.attribute_statements.values[0]", "saml_attribute", False),
        ("okta_app_saml.crm.attribute_statements.values[1]", "saml_attribute", False),
        ("okta_app_oauth.web.groups_claim.value", "oidc_claim", False),
        ("okta_app_signon_policy_rule.high.custom_expression", "identity_engine_policy", False),
        ("okta_idp_oidc.idp.username_template", "identity_provider_username", False),
        ("okta_policy_rule_idp_discovery.d.provider_expression", "identity_provider_routing", False),
        ("okta_realm_assignment.r.condition_expression", "realm_assignment", False),
    ]
    assert [(code, marked) for code, marked, _ in said(TERRAFORM_FILE)] == [
        ("not-checked", '"appuser.${mappings.value}"'),
        ("not-checked", '"${user.userName}"'),
        ("unknown-function", "string.len"),
        ("assignment", "="),
        ("unknown-value", "'HIHG'"),
    ]


OKTA = [
    {
        "type": "group_rule",
        "conditions": {"expression": {"type": "urn:okta:expression:1.0", "value": 'user.a == "é" AND user.b = 1'}},
    },
    {"conditions": {"profileSourceId": "0oa", "expression": {"value": "user.profile.x.nope()"}}},
    {"credentials": {"userNameTemplate": {"template": "${source.login}", "type": "BUILT_IN"}}},
    {"policy": {"subject": {"userNameTemplate": {"template": "${fn:nope(x)}"}}}},
    {"conditions": {"elCondition": {"condition": "security.risk.level == 'HIGH'"}}},
    {"properties": {"city": {"expression": "string.len(user.city)", "pushStatus": "PUSH"}}},
    {"name": "c", "valueType": "EXPRESSION", "value": "user.x AND"},
    {"name": "g", "valueType": "GROUPS", "value": "(", "group_filter_type": "REGEX"},
    {"settings": {"signOn": {"attributeStatements": [{"type": "EXPRESSION", "values": ["user.a +"]}]}}},
    {"actions": {"idp": {"matchCriteria": [{"providerExpression": "login.identifier.substringAfter('@')"}]}}},
    {"name": "value", "value": "( not one"},
]


@pytest.mark.parametrize("written", [json.dumps(OKTA), json.dumps(OKTA, indent=2, ensure_ascii=False)])
def test_each_document_of_okta_has_its_places(written):
    """Rules, realms, apps, identity providers, policies, mappings and claims, however the JSON is written."""
    assert [(code, marked) for code, marked, _ in said(written, "json")] == [
        ("assignment", "="),
        ("unknown-function", "nope"),
        ("bad-template", "nope"),
        ("unknown-function", "string.len"),
        ("missing-operand", "AND"),
        ("missing-operand", "+"),
    ]
    assert len(find_expressions(written, "json")) == 9


def test_terraforms_json_is_known_by_its_resources():
    """Its strings are templates as well."""
    rules = {"a": {"expression_value": 'user.a = "$${x}"'}, "b": {"expression_value": "${var.x}"}}
    text = json.dumps({"resource": {"okta_group_rule": rules}})
    assert [each.text for each in find_expressions(text, "json")] == ['user.a = "${x}"', ""]
    assert [(code, marked) for code, marked, _ in said(text, "json")] == [
        ("assignment", "="),
        ("not-checked", '"${var.x}"'),
    ]


@pytest.mark.parametrize("place", [*OKTA_JSON, *(each for places in TERRAFORM.values() for each in places)], ids=str)
def test_every_place_has_a_context(place):
    """Of which the dialect comes that the expression is checked in."""
    assert isinstance(CONTEXTS[place.context].dialect, Dialect)


@pytest.mark.parametrize(
    ("text", "form", "reason"),
    [
        ('resource "a" "b" {', "terraform", "} is missing"),
        (rule('"user.a'), "terraform", "a string never ends"),
        (rule('"user.a \\q"'), "terraform", "unknown escape"),
        (rule("<<EOT\nuser.a"), "terraform", "<<EOT is never ended"),
        (rule("null") + "/* " * 10_000, "terraform", "a comment is never closed"),
        (rule("f(" + "/* " * 10_000), "terraform", "a comment is never closed"),
        (rule('"${var.x"'), "terraform", "never"),
        ("x = f(1", "terraform", "a bracket is never closed"),
        (rule("1)"), "terraform", ") closes nothing"),
        ("= 5", "terraform", "a name is missing"),
        ("a {" * 200, "terraform", "nested more than 100 levels"),
        (rule('"${' * 200), "terraform", "more than 100 levels"),
        ("x = " + "[" * 200, "terraform", "nested more than 100 levels"),
        ('{"a": 1', "json", "} is missing"),
        ('{"a" 1}', "json", ": is missing"),
        ("{a: 1}", "json", "a name in quotes is missing"),
        ('["a\\q"]', "json", "unknown escape"),
        ("[1] 2", "json", "something follows"),
        ("[" * 200, "json", "nested more than 100 levels"),
        ("", "json", "a value is missing"),
    ],
)
def test_a_file_that_can_not_be_read_is_an_error_with_its_place(text, form, reason):
    """It is not taken for a file without expressions."""
    with pytest.raises(SourceError, match=r"line \d+, column \d+") as raised:
        find_expressions(text, form)
    assert reason in str(raised.value)


def quoted(text):
    """A string as Terraform's files have it in quotes."""
    return '"' + json.dumps(text, ensure_ascii=False)[1:-1].replace("${", "$${").replace("%{", "%%{") + '"'


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t\"'\\${%}"), max_size=20)
PIECES = st.sampled_from(['user.a == "x"', " AND ", " = ", "string.len(", "user.b", ")", "\n  ", "'${x}'", "é😀", "\\"])
EXPRESSIONS = st.lists(PIECES, min_size=1, max_size=6).map("".join).filter(str.strip)


def in_json(text):
    """A group rule of Okta's API."""
    return json.dumps({"conditions": {"expression": {"type": "urn:okta:expression:1.0", "value": text}}}), "json"


def in_terraforms_json(text):
    """A group rule in Terraform's JSON."""
    template = text.replace("${", "$${")
    return json.dumps(
        {"resource": {"okta_group_rule": {"r": {"expression_value": template}}}}, ensure_ascii=False
    ), "json"


def in_quotes(text):
    """A group rule of Terraform."""
    return rule(quoted(text)), "terraform"


def in_here_document(text):
    """A group rule of Terraform, in lines of its own."""
    return rule(f"<<-END\n{text.replace('${', '$${')}\n  END"), "terraform"


@given(EXPRESSIONS, st.sampled_from([in_json, in_terraforms_json, in_quotes, in_here_document]))
def test_the_same_is_said_as_of_the_expression_alone(text, write):
    """At the places in the file that hold the same characters; and a fix of the file is the fix of the expression."""
    file, form = write(text)
    found = only(file, form)
    expected = check_text(found.text, context="group_rule")
    diagnostics = found.check()
    assert [(each.code, each.message) for each in diagnostics] == [(each.code, each.message) for each in expected]
    for ours, alone in zip(diagnostics, expected, strict=True):
        if "\\" not in (marked := file[ours.start : ours.end]) and "$$" not in marked and "\n" not in marked:
            assert marked == found.text[alone.start : alone.end]
        if ours.fix is not None:
            assert only(ours.fixed(), form).text == alone.fixed()


@given(TEXTS)
def test_whatever_is_quoted_is_read_again(text):
    """Each character is where the file has it."""
    file = rule(quoted(f"x{text}"))
    found = only(file)
    assert found.text == f"x{text}"
    written = [file[start:end] for start, end in found.spans[:-1]]
    assert "".join(written) == quoted(f"x{text}")[1:-1]


def plain(value):
    """What the standard library's reader would give."""
    match value:
        case Record():
            return {name: plain(each) for name, each in value.entries}
        case Series():
            return [plain(each) for each in value.items]
        case Computed():
            return json.loads(value.source)
    return value.text


DOCUMENTS = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(), inner, max_size=3)),
    max_leaves=8,
)


@given(DOCUMENTS, st.sampled_from([None, 1]), st.booleans())
def test_json_is_read_as_the_standard_library_reads_it(document, indent, ascii_only):
    """Values, names and escapes."""
    text = json.dumps(document, indent=indent, ensure_ascii=ascii_only)
    assert plain(read_json(text)) == json.loads(text)


@given(
    st.one_of(
        st.text(max_size=30), st.lists(st.sampled_from([*'{}[]()"\\$<=-E\n #/*,:a1', "<<E\n", "${"])).map("".join)
    ),
    st.sampled_from(["terraform", "json"]),
)
def test_any_file_is_read_or_refused(text, form):
    """Nothing else happens, and nothing takes long."""
    for file in (text, rule(text)):
        with suppress(SourceError):
            for found in find_expressions(file, form):
                found.check()
