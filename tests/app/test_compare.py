"""Comparing previews: who would get something else after a change of the mapping or the settings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from organisation import DOMAIN, somebody, user_sync_app

from o365prov import UNSET, ConfigurationError, ProfileMapping, UsernameFormat
from o365prov.previews import ValueChange

APP = user_sync_app().remap(ProfileMapping.of({"title": "source.title", "city": "source.city"}))
SHOUTING = APP.remap(ProfileMapping.of({"title": "String.toUpperCase(source.title)", "city": "source.city"}))
ANN, BO, CY = (
    somebody("Ann Lee", title="Clerk", city="Cork"),
    somebody("Bo Ross", title="CLERK", city="Oslo"),
    somebody("Cy Young", title="Cook", city="Bonn"),
)


def compared(before, after, people=(ANN, BO, CY)):
    """The comparison of two apps' previews of these people."""
    return before.preview(people).compare(after.preview(people))


def test_it_lists_who_would_get_another_value():
    """Ann and Cy shout from now on, and Bo always did."""
    comparison = compared(APP, SHOUTING)
    assert [(each.person, each.changes) for each in comparison] == [
        (ANN, (ValueChange("title", "Clerk", "CLERK"),)),
        (CY, (ValueChange("title", "Cook", "COOK"),)),
    ]
    assert (len(comparison), comparison.count) == (2, 3)
    assert comparison.attributes == {"title": 2}


def test_a_username_counts_as_a_value():
    """It is called userName, and comes first."""
    addresses = UsernameFormat.custom(f'user.firstName + "@{DOMAIN}"')
    [ann] = compared(APP, type(APP)(APP.domains, APP.provisioning, addresses, SHOUTING.mapping), [ANN])
    assert ann.changes == (
        ValueChange("userName", f"ann.lee@{DOMAIN}", f"Ann@{DOMAIN}"),
        ValueChange("title", "Clerk", "CLERK"),
    )


def test_what_is_not_mapped_is_left_alone():
    """An attribute that only one mapping has is compared with being left alone, which is not the same as cleared."""
    shorter = APP.remap(ProfileMapping.of({"title": "source.title"}))
    nobody = somebody("Di Fox", title="Clerk", city=None)
    assert [each.changes for each in compared(APP, shorter, [ANN, nobody])] == [
        (ValueChange("city", "Cork", UNSET),),
        (ValueChange("city", None, UNSET),),
    ]
    assert "city: Cork → (left alone)" in str(compared(APP, shorter, [ANN]))


def test_what_would_be_wrong_is_told():
    """A person without a username then, or no longer, is named with the reason."""
    broken = type(APP)(APP.domains, APP.provisioning, UsernameFormat.custom("user.missing"), APP.mapping)
    [ann] = compared(APP, broken, [ANN])
    assert ann.changes == (ValueChange("userName", f"ann.lee@{DOMAIN}", None),)
    assert [issue.place for issue in ann.new_issues] == ["userName"]
    [back] = compared(broken, APP, [ANN])
    assert back.former_issues == ann.new_issues
    text = str(compared(APP, broken, [ANN]))
    assert f"userName: ann.lee@{DOMAIN} → no username; then {ann.new_issues[0].message}" in text


def test_who_is_in_one_preview_alone_is_said():
    """They are neither compared nor forgotten."""
    comparison = APP.preview([ANN, BO]).compare(APP.preview([BO, CY]))
    assert (comparison.missing, comparison.added, comparison.count) == ((ANN,), (CY,), 1)
    assert "1 person is in the earlier preview alone" in str(comparison)
    assert "1 person is in the later preview alone" in str(comparison)


def test_a_data_frame_gets_a_row_for_each_value():
    """Plain values: what is left alone is None."""
    assert compared(APP, SHOUTING, [ANN]).to_dicts() == [
        {"person_id": ANN.id, "name": "Ann Lee", "attribute": "title", "before": "Clerk", "after": "CLERK"}
    ]


def test_a_preview_of_one_person_is_refused():
    """It says what to pass."""
    with pytest.raises(ConfigurationError, match=r"PopulationPreview.compare.*other"):
        APP.preview([ANN]).compare(APP.preview(ANN))


@given(st.lists(st.tuples(st.text(max_size=3), st.text(max_size=3)), max_size=5))
def test_an_app_equals_itself_and_the_other_way_round_is_the_reverse(values):
    """Nobody gets something else from the same app; backwards, what is before comes after."""
    people = [somebody(f"P{i} Q{i}", title=title, city=city) for i, (title, city) in enumerate(values)]
    assert not compared(APP, APP, people)
    there, back = compared(APP, SHOUTING, people), compared(SHOUTING, APP, people)
    turned = [(each.person, tuple(ValueChange(c.attribute, c.after, c.before) for c in each.changes)) for each in back]
    assert turned == [(each.person, each.changes) for each in there]
