"""The values of this package as values: what their fields refuse, and that they can be copied."""

import copy
import pickle

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from organisation import assigned, somebody

from o365prov import Expression, ProfileMapping, UsernameFormat
from o365prov.errors import ConfigurationError, Issue
from o365prov.profiles import (
    ATTRIBUTES,
    UNSET,
    ApplyOn,
    Attribute,
    AttributeKind,
    AttributeMapping,
    MappedProfile,
    Unset,
    make_bindings,
)
from o365prov.provisioning import UniversalSync, UserSync

TITLE = AttributeMapping(ATTRIBUTES["title"], Expression("source.title"))
CITY = AttributeMapping(ATTRIBUTES["city"], Expression("source.city"), ApplyOn.CREATE)
MAPPING = ProfileMapping([TITLE, CITY], "fingerprint")
PROFILE = MAPPING.evaluate(make_bindings(assigned(somebody(title="Engineer", city="x" * 200))))
VALUES = [
    ATTRIBUTES["usageLocation"],
    TITLE,
    CITY,
    UsernameFormat.email(),
    UsernameFormat.custom('source.login + "@corp.example"'),
    UsernameFormat.candidates("source.login", "source.email"),
    ProfileMapping(),
    MAPPING,
    UniversalSync().default_mapping(),
    PROFILE,
]

ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 200),
    st.floats(),
    st.text(max_size=5),
    st.binary(max_size=3),
    st.lists(st.integers(), max_size=2),
    st.tuples(st.text(max_size=2)),
    st.dictionaries(st.text(max_size=2), st.integers(), max_size=2),
    st.sampled_from([object(), str, TITLE, MAPPING, UNSET, ATTRIBUTES["city"], Expression("1"), Issue("a", "b")]),
)
RIGHT = {
    "str": lambda value: isinstance(value, str),
    "str | None": lambda value: value is None or isinstance(value, str),
    "bool": lambda value: isinstance(value, bool),
    "int | None": lambda value: value is None or (type(value) is int and value >= 1),
    "AttributeKind": lambda value: isinstance(value, AttributeKind),
    "Attribute": lambda value: isinstance(value, Attribute),
    "Expression": lambda value: isinstance(value, Expression),
    "tuple[Expression, ...]": lambda value: value in ((), []),
    "ApplyOn": lambda value: value in tuple(ApplyOn),
    "ProfileMapping": lambda value: isinstance(value, ProfileMapping) and len(value) == len(MAPPING),
    "Mapping[str, AttributeMapping]": lambda value: isinstance(value, ProfileMapping) or value in ([], (), {}),
    "tuple[object | Unset, ...]": lambda value: isinstance(value, tuple) and len(value) == len(MAPPING),
    "tuple[Issue, ...]": lambda value: value == (),
    "tuple[str, ...]": lambda value: isinstance(value, tuple) and all(isinstance(each, str) for each in value),
}


@pytest.mark.parametrize(
    ("value", "field"),
    [
        pytest.param(value, field, id=f"{type(value).__name__}.{field.alias}")
        for value in (ATTRIBUTES["city"], TITLE, UsernameFormat.email(), MAPPING, PROFILE)
        for field in attrs.fields(type(value))
        if field.alias != "types"
    ],
)
@given(wrong=ANYTHING)
def test_a_wrong_value_is_refused_with_the_name_of_its_field(value, field, wrong):
    """Whatever it is: it is a ConfigurationError, before anything is done with it."""
    if RIGHT[field.type](wrong):
        attrs.evolve(value, **{field.alias: wrong})
        return
    with pytest.raises(ConfigurationError, match=rf"^{type(value).__name__}\.{field.alias} "):
        attrs.evolve(value, **{field.alias: wrong})


def test_a_string_is_not_yet_an_expression():
    """The message shows how one is written."""
    with pytest.raises(ConfigurationError, match=r"Expression\('source\.email'\), not a str"):
        UsernameFormat("Custom", "source.email")
    with pytest.raises(ConfigurationError, match=r"Expression\('source\.title'\), not a str"):
        AttributeMapping(ATTRIBUTES["title"], "source.title")


@pytest.mark.parametrize("types", ["X", "PQ", None, 5, ["P"]])
def test_an_unknown_letter_of_a_type_is_refused(types):
    """P, c, U and V are those that there are."""
    with pytest.raises(ConfigurationError, match=r"^Attribute\.types should be letters of P, c, U and V"):
        attrs.evolve(ATTRIBUTES["city"], types=types)


def test_a_moment_may_be_given_by_its_name():
    """It becomes the moment itself, so that comparisons by identity hold."""
    assert AttributeMapping(TITLE.attribute, TITLE.expression, "create").apply_on is ApplyOn.CREATE


def test_an_attribute_is_mapped_once():
    """Of two rows it would not be clear which one counts."""
    with pytest.raises(ConfigurationError, match=r"ProfileMapping\.rows maps title twice: keep one of the rows"):
        ProfileMapping([TITLE, CITY, TITLE])


def test_a_mapping_of_names_to_strings_is_for_of():
    """The message says so."""
    with pytest.raises(ConfigurationError, match=r"type str: ProfileMapping\.of takes names and expressions"):
        ProfileMapping({"title": "source.title"})


@pytest.mark.parametrize("expressions", [None, "title", ["title"], 5])
def test_expressions_come_with_the_names_of_attributes(expressions):
    """Anything else is refused with an example."""
    with pytest.raises(ConfigurationError, match=r"such as \{'title': 'source\.title'\}"):
        ProfileMapping.of(expressions)


def test_an_expression_that_can_not_work_is_refused_in_a_row():
    """The message names the attribute."""
    with pytest.raises(ConfigurationError, match=r"^AttributeMapping\.expression of title: there is no function nix "):
        AttributeMapping(ATTRIBUTES["title"], Expression("nix()"))


@given(st.sampled_from([UsernameFormat.custom, lambda string: ProfileMapping.of({"title": string})]), st.text())
def test_any_string_is_an_expression_or_refused_with_one_line(make, string):
    """Nothing but a ConfigurationError comes out, and what steers a terminal is escaped in it."""
    try:
        make(string)
    except ConfigurationError as error:
        assert str(error).isprintable()  # noqa: PT017 - either outcome is right


def test_a_profile_has_a_value_for_each_row():
    """Otherwise a value would go to another attribute."""
    with pytest.raises(ConfigurationError, match=r"MappedProfile\.values should be .* one value for each row"):
        MappedProfile(MAPPING, ("Engineer",))


def test_one_wrong_issue_among_others_is_refused():
    """What is shown to people is made of each."""
    with pytest.raises(ConfigurationError, match=r"MappedProfile\.issues should be a tuple of Issue values"):
        MappedProfile(ProfileMapping(), (), (Issue("code", "message"), "message"))


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_value_pickles(value):
    """It crosses to another process whole."""
    assert pickle.loads(pickle.dumps(value)) == value  # noqa: S301 - our own bytes


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_value_can_be_copied_deeply(value):
    """The copy is equal."""
    assert copy.deepcopy(value) == value


def test_unset_stays_itself():
    """So that ``is UNSET`` holds after pickling and copying, and after nothing else."""
    assert pickle.loads(pickle.dumps(UNSET)) is UNSET  # noqa: S301 - our own bytes
    assert copy.deepcopy(UNSET) is UNSET
    assert (repr(UNSET), bool(UNSET), list(Unset)) == ("UNSET", False, [UNSET])


def test_a_mapping_that_was_used_pickles_and_still_works():
    """What it keeps for speed is no obstacle."""
    mapping = UserSync().default_mapping()
    bindings = make_bindings(assigned(somebody()))
    before = mapping.evaluate(bindings)
    again = pickle.loads(pickle.dumps(mapping))  # noqa: S301 - our own bytes
    assert again.evaluate(bindings) == before
    assert copy.deepcopy(mapping).evaluate(bindings) == before


def test_equal_values_have_equal_hashes():
    """They can be members of sets."""
    assert len({ProfileMapping([TITLE, CITY], "fingerprint"), MAPPING}) == 1
    assert len({UsernameFormat.email(), UsernameFormat.built_in("Email")}) == 1
