"""Legacy ``${...}`` username templates, which are another language."""

import pytest

from o365prov.expressions import Expression, ExpressionSyntaxError
from o365prov.expressions.okta_templates import expression_of_template, is_template


@pytest.mark.parametrize(
    ("template", "expression"),
    [
        ("${source.login}", "source.login"),
        ('${fn:substringBefore(source.login, "@")}', 'String.substringBefore(source.login, "@")'),
        (
            '${f:toLowerCase(f:substringAfter(user.email, "@"))}',
            'String.toLowerCase(String.substringAfter(user.email, "@"))',
        ),
        ("${source.firstName}.${source.lastName}@x", 'source.firstName + "." + source.lastName + "@x"'),
        ("a${x ? y : z}", '"a" + (x ? y : z)'),
    ],
)
def test_templates_become_expressions(template, expression):
    """References, functions and the text around them."""
    assert is_template(template)
    assert expression_of_template(template) == expression
    assert str(Expression(expression)) == expression


@pytest.mark.parametrize("template", ["source.login", "${source.login", "${}", "${fn:explode(x)}", "${a ${b}}", "x${"])
def test_what_is_not_a_template_is_refused(template):
    """With the place."""
    with pytest.raises(ExpressionSyntaxError):
        expression_of_template(template)


def test_in_an_expression_a_template_is_refused_by_name():
    """The two must be told apart before parsing."""
    with pytest.raises(ExpressionSyntaxError, match="legacy template"):
        Expression("${source.login}")
