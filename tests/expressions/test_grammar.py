"""The grammar: what binds to what, which words are names, how literals are written."""

import pytest

from o365prov.expressions import Expression, ExpressionSyntaxError


def value(text, **roots):
    """The value of an expression in the classic dialect."""
    return Expression(text).evaluate(roots)


@pytest.mark.parametrize("word", "and or not div mod lt gt le ge eq ne matches true false null between new".split())
def test_every_word_is_a_name_after_a_dot(word):
    """No word is reserved: attributes may have any name."""
    assert value(f"user.{word}", user={word: 7}) == 7


@pytest.mark.parametrize("word", "and or div mod lt gt le ge eq ne matches between orange android nested".split())
def test_words_and_names_that_begin_with_them_are_names_at_the_start(word):
    """Where an operand is expected, an operator's word is a bare name."""
    assert value(f"{word} == 7", **{word: 7}) is True


@pytest.mark.parametrize("word", ["AND", "And", "and", "&&"])
def test_word_operators_ignore_case(word):
    """AND, And, and && are the same operator."""
    assert value(f"true {word} false") is False


def test_not_binds_tighter_than_equality():
    """``not a == b`` is ``(not a) == b``."""
    assert str(Expression("not user.t == true")) == "!user.t == true"
    assert Expression("not user.t == true") != Expression("not (user.t == true)")


def test_signs_bind_tighter_than_powers():
    """``-2 ^ 2`` is 4."""
    assert value("-2 ^ 2") == 4


def test_methods_bind_tighter_than_signs():
    """``-1.6.toInteger()`` is minus (1.6.toInteger())."""
    assert str(Expression("-(1.6.toInteger())")) == "-1.6.toInteger()"


def test_choices_nest_without_parentheses_on_both_sides():
    """``c ? c2 ? a : b : d`` needs no parentheses."""
    text = "user.a ? user.b ? 1 : 2 : user.b ? 3 : 4"
    results = [value(text, user={"a": a, "b": b}) for a in (True, False) for b in (True, False)]
    assert results == [1, 2, 3, 4]


def test_choice_binds_looser_than_everything():
    """``'a' + c ? x : y`` tests ``'a' + c``."""
    assert Expression("'a' + c ? x : y") == Expression("('a' + c) ? x : y")


def test_no_blank_is_needed_where_tokens_end():
    """``)and(`` and ``5and`` are read as two tokens."""
    assert value("(true)and(user.n==5and true)", user={"n": 5}) is True


def test_a_projection_needs_no_gap():
    """``.! [x]`` is a syntax error, ``.![x]`` a projection."""
    with pytest.raises(ExpressionSyntaxError):
        Expression("user.groups.! [name]")


def test_real_group_rules_parse():
    """A hundred and twenty times two OR with mixed spelling, as tenants have them."""
    rule = " OR ".join(
        f'String.stringContains(user.department,"Dept {n}") or user.costCenter=="{n}"' for n in range(120)
    )
    assert Expression(rule).evaluate({"user": {"costCenter": "119"}}) is True
