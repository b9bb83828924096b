"""Syntax errors: where they are, what they are called, and what to do."""

import pytest

from o365prov.expressions import Expression, ExpressionSyntaxError


def syntax_error(text):
    """The error of a string."""
    with pytest.raises(ExpressionSyntaxError) as caught:
        Expression(text)
    return caught.value


@pytest.mark.parametrize(
    ("text", "message", "marked", "remedy"),
    [
        ('user.x = "a"', "= assigns", "=", "write =="),
        ('if (user.x) { "a" } else { "b" }', "if begins a statement", "if", "condition ? value : otherwise"),
        ("if {user.x} else {user.y}", "if begins a statement", "if", "condition ? value : otherwise"),
        ("IF user.x THEN 'a' ELSE 'b'", "IF begins a statement", "IF", "condition ? value : otherwise"),
        ("if (user.x) 'a' else 'b'", "if begins a statement", "if", "condition ? value : otherwise"),
        ("case when user.x then 1 end", "case begins a statement", "case", "condition ? value : otherwise"),
        ("return user.x", "return begins a statement", "return", "write the value alone"),
        ("let x = user.x", "let begins a statement", "let", "write the value alone"),
        ("if (user.x) 'a", "never ends", "'", "close it with '"),
        ('user.x === "a"', "=== is not an operator", "===", "write =="),
        ('user.x ==> "a"', "==> is not an operator", "==>", "write =="),
        ('user.x !== "a"', "!== is not an operator", "!==", "write !="),
        ("user.x ?? 'a'", "?? is not an operator", "??", "write ?:"),
        ("user.x ? : 'a'", "without a gap", ":", "write ?:"),
        ("user.x & user.y", "& is not an operator", "&", "write AND"),
        ("user.x == “a”", "curly quote", "“", 'write "'),
        ("user.x\u00a0== 'a'", "unusual blank", "\u00a0", "plain blank"),
        ("\ufeffuser.x", "invisible character", "\ufeff", "remove it"),
        ("${user.email}", "legacy template", "${", "UsernameFormat.from_okta"),
        ("f('a',)", "a value is missing between , and )", ")", "remove the comma"),
        ("(user.x", "( is never closed", "(", "close it"),
        ("user.x)", ") closes nothing", ")", "remove it"),
        ("f(user.x]", "] does not close the ( of column 2", "]", "close the inner bracket"),
        ("user.x AND", "a value is missing after AND", "AND", "add it"),
        ("user.x y", "y follows a complete expression", "y", "put an operator"),
        ('"a\\"b"', "b follows a complete expression", "b", "write it twice"),
        ("'abc", "never ends", "'", "close it with '"),
        ("user..x", "a name is needed after .", ".", "names are ASCII letters"),
        ("user.é", "a name is needed after .", "é", "names are ASCII letters"),
        ("1 < 2 < 3", "comparisons do not chain", "<", "AND"),
        ("user.x; 1", "; has no meaning", ";", "remove it"),
        ("T(java.lang.Runtime)", "types", "T(java.lang.Runtime)", "Okta's functions"),
        ("{user.a: 2}", "key of a map", "user.a", "quotes"),
        ("2147483648", "does not fit a 32-bit integer", "2147483648", "write 2147483648L"),
        ("user.a ? 1", "ends too early", "1", "condition ? value : otherwise"),
        ("1 in {1}", "in is not an operator", "in", "Arrays.contains"),
        ("user.a // b", "no comments", "/", "leave it out"),
    ],
)
def test_common_syntax_errors_have_names(text, message, marked, remedy):
    """The message says what was done, the mark shows where, the remedy says what to do."""
    error = syntax_error(text)
    assert message in error.message
    assert text[error.start : error.end] in (marked, marked[:1], f"{marked}{text[error.end - 1]}")
    assert remedy in error.remedy


def test_an_error_is_one_line_with_its_place():
    """``str(error)`` fits a log."""
    error = syntax_error("user.a ==\nuser.b = 3")
    assert (error.line, error.column) == (2, 8)
    assert str(error) == "= assigns, which Okta refuses (line 2, column 8); write == to compare"


def test_the_caret_shows_the_line_and_the_place():
    """For people: the line of the expression, and a mark below the place."""
    assert syntax_error("user.a ==\nuser.b === 3").caret().splitlines()[1:] == ["  user.b === 3", "         ^~~"]


def test_the_caret_of_a_long_line_shows_the_neighbourhood():
    """A rule of a thousand characters shows what is around the error."""
    lines = syntax_error("user.department == 'x' OR " * 40 + "user.a = 1").caret().splitlines()
    assert len(lines[1]) < 130
    assert lines[1][lines[2].index("^")] == "="


@pytest.mark.parametrize("text", ["", " ", "\t\r\n"])
def test_an_empty_string_is_not_an_expression(text):
    """The empty string is an error of its own."""
    assert syntax_error(text).message == "the expression is empty"
