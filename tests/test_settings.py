"""Every field of every public value is checked when the value is made, and every value crosses processes whole."""

import copy
import pickle
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, tzinfo
from enum import Enum
from itertools import product
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import attrs
import pytest
from organisation import NOW
from public_values import examples, made_values, public_classes

from o365prov import (
    Assignment,
    ConfigurationError,
    Deprovisioning,
    DirectoryAccount,
    Domain,
    ExpressionSyntaxError,
    Grants,
    GroupAssignment,
    LicenseGrant,
    O365ProvError,
    Office365App,
    Person,
    PopulationPreview,
    Safeguards,
    TenantSnapshot,
    UsernameFormat,
    UserSync,
)
from o365prov.people import AppUsers
from o365prov.sources import ActiveDirectory, OktaApi

EXCUSED = {
    "o365prov.previews": "made by the library only",
    "o365prov.profiles.mapping": "takes its rows in several forms; tests/profiles/test_fields.py checks it",
    "o365prov.testing.fake_tenant.store.persistence": "made by FakeTenant.snapshot alone",
    "o365prov.testing.fake_tenant.gateway.sessions": "made by FakeTenant.requests alone",
    "o365prov.testing.fake_tenant.identity": "made by FakeTenant.applications alone",
    "o365prov.simulation.coverage": "made by the library only",
    "o365prov.simulation.violations": "made by the library only",
    "o365prov.simulation.simulate": "made by the library only",
    "o365prov.structuring": "made by the library only",
    "o365prov.people.app_users": "replaced together with the stores",
    "o365prov.group_push.app_groups": "takes its groups as a mapping, or one after the other",
    "o365prov.errors": "made by the library only",
    "o365prov.planning.matching": "made by the library only",
    "o365prov.planning.model.explanation": "made by the library only",
    "o365prov.planning.transitions.matched_user": "made by the library only",
    "o365prov.planning.model.comparing": "made by the library only",
    "o365prov.planning.model.outcomes": "made by the library only",
    "o365prov.planning.model.plan": "made by the library only",
    "o365prov.planning.reports": "made by the library only",
    "o365prov.planning.assigned": "made by the app only",
    "o365prov.planning.streaming": "made by the app only",
}
CHECKED = [each for each in public_classes() if not any(each.__module__.startswith(name) for name in EXCUSED)]
ODD_VALUES = (
    *(None, True, False, -1, 0, 1, 7, 366, 500, 0.5, 1.0, 1e308, float("inf"), float("nan")),
    *("", "x", "no", "ACTIVE", "changed", "delete", b"x", object(), object, len, UUID(int=1)),
    *(datetime(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC)),  # noqa: DTZ001 - without a time zone on purpose
    *((), [], {}, set(), ("x",), ["x"], [5], [None], [{}], [("x", "y")], [b"x"]),
    *({"x": 5}, {"x": "y"}, {5: "x"}, UserSync(), LicenseGrant("SPE_E3")),
)


def fits(value: object, annotation: Any) -> bool:
    """Whether the annotation allows the value, or a converter makes one of it, such as a tuple of a list."""
    origin, args = get_origin(annotation), get_args(annotation)
    if annotation in (Any, object):
        return True
    if origin in (Union, UnionType):
        return any(fits(value, each) for each in args)
    if origin is Literal:
        return value in args
    if origin in (tuple, frozenset):
        members = isinstance(value, Iterable) and not isinstance(value, str | bytes)
        return members and all(fits(each, args[0]) for each in value)
    if origin is not None and issubclass(origin, Mapping):
        return isinstance(value, Mapping) and all(fits(key, args[0]) and fits(value[key], args[1]) for key in value)
    if origin is Callable or origin is not None:
        return callable(value)
    if annotation is NoneType:
        return value is None
    if annotation in (int, float):
        return isinstance(value, (int, annotation)) and not isinstance(value, bool)
    if annotation is datetime:
        return isinstance(value, datetime) and isinstance(value.tzinfo, tzinfo)
    if issubclass(annotation, Enum):
        return isinstance(value, annotation) or value in [each.value for each in annotation]
    if getattr(annotation, "_is_protocol", False):
        return isinstance(value, UserSync)
    return isinstance(value, annotation)


def test_there_is_a_value_of_each_class_that_is_checked():
    """Otherwise the next test would leave it out in silence."""
    assert [each.__name__ for each in CHECKED if each not in examples()] == []


@pytest.mark.parametrize("kind", CHECKED, ids=lambda each: each.__name__)
def test_a_wrong_value_is_refused_with_the_name_of_its_field(kind):
    """What the annotation does not allow is a ConfigurationError; so is a value out of range; the rest is taken."""
    hints = get_type_hints(kind)
    for chosen, value in product([each for each in attrs.fields(kind) if each.init], ODD_VALUES):
        allowed = fits(value, hints[chosen.name])
        try:
            attrs.evolve(examples()[kind], **{chosen.alias: value})
        except (ConfigurationError, ExpressionSyntaxError) as error:
            if not allowed:
                assert f"{kind.__name__}.{chosen.alias} " in str(error)  # noqa: PT017 - many values are taken
        else:
            assert allowed, f"{kind.__name__}.{chosen.alias} took {value!r}"


@pytest.mark.parametrize("kind", CHECKED, ids=lambda each: each.__name__)
def test_no_message_is_as_long_as_the_value(kind):
    """A wrong value of any length is told in a few lines of a terminal."""
    values = ("x" * 5_000, "' \"" * 5_000, b"x" * 5_000, 10**4_000, ["x" * 5_000] * 50, {"x" * 5_000: ["x" * 5_000]})
    for chosen, value in product([each for each in attrs.fields(kind) if each.init], values):
        try:
            attrs.evolve(examples()[kind], **{chosen.alias: value})
        except O365ProvError as error:
            assert len(str(error)) < 600, chosen.name  # noqa: PT017 - many values are taken


@pytest.mark.parametrize(
    ("make", "named"),
    [
        (lambda: Safeguards(share=20), "Safeguards.share should be a share from 0 to 1"),
        (lambda: UserSync(create_users="no"), "UserSync.create_users should be True or False, not a string"),
        (lambda: Grants(roles="Helpdesk Administrator"), r"Grants.roles is one string: write roles=\('Helpdesk Adm"),
        (lambda: Grants(["SPE_E3"]), r"Grants.licenses should be a tuple of LicenseGrant values, such as Lic"),
        (lambda: LicenseGrant(5), "LicenseGrant.sku should be a string, not 5"),
        (lambda: Deprovisioning.block_and_remove_licenses(grace_days=0), "Deprovisioning.grace_days .* from 1 to 365"),
        (lambda: Person("1", "NOPE", {}), r"Person.status should be one of 'STAGED'.*\('NOPE'\)"),
        (lambda: Person(5, "ACTIVE", {}), "Person.id should be a string, not 5"),
        (lambda: DirectoryAccount("corp.example", "8e81"), "DirectoryAccount.object_guid should be a UUID"),
        (lambda: GroupAssignment("00g1", "1"), "GroupAssignment.priority should be a whole number, not a string"),
        (lambda: Assignment(None), "Assignment.person should be a Person, not None"),
        (
            lambda: Office365App(5, UserSync(), UsernameFormat.email()),
            "Office365App.domains should be a tuple of strings",
        ),
        (lambda: Office365App([5], UserSync(), UsernameFormat.email()), "Office365App.domains should be a tuple of"),
        (
            lambda: Office365App(["corp.example"], UserSync(), UsernameFormat.email(), mapping={"title": "x"}),
            r"Office365App.mapping should be a ProfileMapping, such as app\.mapping\.with_expression\(.*\), not a dict",
        ),
        (lambda: Office365App(["corp.example"], 5, UsernameFormat.email()), "Office365App.provisioning should be a"),
    ],
)
def test_what_people_really_write_wrong(make, named):
    """Each was accepted once, or failed far away from where it was written."""
    with pytest.raises(ConfigurationError, match=named):
        make()


EMPTY = TenantSnapshot("t", domains=[Domain("corp.example")])
FIRST = AppUsers.empty("t", "Office 365")
APP = Office365App(["corp.example"], UserSync(), UsernameFormat.email())


@pytest.mark.parametrize("junk", [5, None, "x", [5], object()], ids=["number", "None", "string", "list", "object"])
@pytest.mark.parametrize(
    "call",
    [
        lambda junk: APP.plan(junk, EMPTY, FIRST, now=NOW),
        lambda junk: APP.plan([], junk, FIRST, now=NOW),
        lambda junk: APP.plan([], EMPTY, FIRST, now=junk),
        lambda junk: APP.plan(
            [],
            TenantSnapshot("t", domains=[Domain("corp.example")]),
            AppUsers.empty("t", "Office 365"),
            now=NOW,
            scope=junk,
        ),
        APP.preview,
        lambda junk: APP.preview([junk]),
        APP.with_provisioning,
    ],
)
def test_calls_with_junk_raise_errors_of_the_tree(call, junk):
    """So that catching O365ProvError is enough."""
    with pytest.raises(O365ProvError):
        call(junk)


@pytest.mark.parametrize(
    "index", [number for number, value in enumerate(made_values()) if not isinstance(value, ActiveDirectory | OktaApi)]
)
def test_values_cross_processes_whole(index):
    """They pickle and copy to equal values, as they were really made."""
    value = made_values()[index]
    for twin in (pickle.loads(pickle.dumps(value)), copy.deepcopy(value)):  # noqa: S301 - our own
        assert type(twin) is type(value)
        assert repr(twin) == repr(value)
        if not isinstance(value, PopulationPreview):  # which holds what made it, and that is not compared
            assert twin == value
