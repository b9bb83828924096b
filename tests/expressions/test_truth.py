"""The words that count as true or false where a condition is needed."""

import pytest

from o365prov.expressions import Expression


@pytest.mark.parametrize(
    ("word", "value"),
    [
        *((word, True) for word in ("true", "on", "yes", "1", " TRUE ")),
        *((word, False) for word in ("false", "off", "no", "0", " No ")),
    ],
)
def test_words_for_true_and_false_decide_a_condition(word, value):
    """Each word of Spring's list decides, in any case and between blanks."""
    assert Expression("user.flag ? 'yes' : 'no'").evaluate({"user": {"flag": word}}) == ("yes" if value else "no")
