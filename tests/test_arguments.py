"""What the annotations of a call do not allow is refused in its first line, with the names of call and argument."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

import pytest
from organisation import somebody, tenant, user_sync_app

from o365prov import ConfigurationError, Group, Quota, TenantUser, assign
from o365prov._annotations import check_after_failure, check_call, check_for, describe_type
from o365prov.planning import Safeguards, harm_hazards
from o365prov.provisioning import UserSync, make_desired_user
from o365prov.testing import FakeTenant


@pytest.mark.parametrize(
    ("annotation", "good", "bad"),
    [
        (Iterable[str], ["a"], [5]),
        (Iterable[str], {"a": 1}, "a"),
        (Collection[int], {1}, iter([1])),
        (Sequence[str], ("a",), {"a"}),
        (list[str], ["a"], ("a",)),
        (Mapping[str, Iterable[str]], {"a": ["b"]}, {"a": "b"}),
        (Iterable[str] | None, None, 5),
        (float, 10**300, 10**400),
    ],
)
def test_members_of_collections_are_looked_at(annotation, good, bad):
    """A string is no collection of strings, and a number has to fit into a float."""
    check = check_for(annotation)
    assert check(good)
    assert not check(bad)


def test_an_iterator_is_not_used_up():
    """What can be read only once is left to the call."""
    people = iter([somebody()])
    assert check_for(Iterable[int])(people)
    assert list(people) == [somebody()]


@pytest.mark.parametrize(
    ("annotation", "words"),
    [
        (Iterable[str], "a collection of strings"),
        (list[Group], "a collection of Group values"),
        (Mapping[str, int], "a mapping of strings to whole numbers"),
        (Mapping[str, object] | None, "a mapping of strings or None"),
    ],
)
def test_collections_have_words(annotation, words):
    """They are what a message says that an argument should be."""
    assert describe_type(annotation) == words


def test_every_argument_of_many_is_checked():
    """Those behind a star too."""

    def join(*names: str) -> None:
        check_call(join, locals())

    join("a", "b")
    with pytest.raises(ConfigurationError, match=r"join\(names=\.\.\.\) should be a tuple of strings, not a tuple of"):
        join("a", 5)


def test_a_failure_of_good_arguments_stays_what_it_is():
    """Only junk is explained by junk."""

    @check_after_failure
    def fail(number: int) -> None:
        raise TypeError(f"a mistake of ours with {number}")

    with pytest.raises(TypeError, match="of ours with 1"):
        fail(1)
    with pytest.raises(ConfigurationError, match=r"fail\(number=\.\.\.\) should be a whole number, not a string"):
        fail("1")


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: assign(5, [], [], {}), r"assign\(people=\.\.\.\) should be a collection of Person values, not 5"),
        (lambda: assign([], [], [], {}, combine_roles="no"), r"assign\(combine_roles=\.\.\.\) should be True or False"),
        (lambda: assign([], [], [], {"1": 5}), r"assign\(individually=\.\.\.\) .* not a dict of str to int"),
        (lambda: FakeTenant(domains=5), r"FakeTenant\(domains=\.\.\.\) should be a mapping of strings to strings or"),
        (lambda: FakeTenant(caller_roles="x"), r"FakeTenant\(caller_roles=\.\.\.\) is one string: write caller_roles="),
        (lambda: Quota(10**400, 1), r"Quota\.amount should be a number above 0, not a number with many digits"),
        (lambda: Quota(1e-300, 1e300).duration(5), r"Quota\.duration\(amount=\.\.\.\)"),
        (lambda: Safeguards().share_of("blocked"), r"Safeguards\.share_of\(harm=\.\.\.\)"),
        (lambda: harm_hazards(5, Safeguards()), r"harm_hazards\(plan=\.\.\.\) should be a Plan, such as .*, not 5"),
        (lambda: TenantUser("id", {"onPremisesImmutableId": []}), r"TenantUser\.properties: onPremisesImmutableId"),
        (
            lambda: tenant().is_federated(5),
            r"TenantSnapshot\.is_federated\(username=\.\.\.\) should be a string",
        ),
        (
            lambda: make_desired_user(5, UserSync(), user_sync_app().username, user_sync_app().mapping, ()),
            r"make_desired_user\(assignment=\.\.\.\) should be an Assignment, such as .*, not 5",
        ),
        (
            lambda: user_sync_app().provisioning.deprovisioning.departure(datetime(2026, 1, 1)),  # noqa: DTZ001
            r"Deprovisioning\.departure\(at=\.\.\.\) has no time zone",
        ),
    ],
)
def test_the_call_and_the_argument_are_named(call, words):
    """So that the mistake is found where it was made."""
    with pytest.raises(ConfigurationError, match=words):
        call()
