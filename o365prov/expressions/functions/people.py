"""``user.getInternalProperty`` and ``user.getLinkedObject``.

Source: Okta Expression Language overview, "Linked Object function".
"""

from __future__ import annotations

from o365prov.expressions.bindings import Bindings, Values
from o365prov.expressions.functions.function import REFUSED, Function, Parameter
from o365prov.expressions.semantics import Dialect
from o365prov.expressions.values.failures import EvaluationFailure
from o365prov.expressions.values.types import ValueType

_BOTH = frozenset(Dialect)


def _internal_property(bindings: Bindings, name: str) -> object:
    if name not in ("id", "status"):
        raise EvaluationFailure("user.getInternalProperty knows only id and status", remedy='write "id" or "status"')
    user = bindings.roots.get("user")
    return None if user is None else user.get(name)


def _linked_object(bindings: Bindings, name: str) -> Values | None:
    if bindings.linked is None:
        raise EvaluationFailure(
            "the source of this person does not give linked objects", remedy="write an expression without them"
        )
    linked: Values | None = bindings.linked.get(name)
    return linked


FUNCTIONS = (
    Function(
        "user.getInternalProperty",
        (Parameter("name", ValueType.STRING),),
        ValueType.STRING,
        _internal_property,
        "The user's id or status in Okta, which are not part of the profile.",
        (('user.getInternalProperty("status")', None),),
        null=REFUSED,
        by_bindings=True,
        reads=("user",),
    ),
    Function(
        "user.getLinkedObject",
        (Parameter("primary name", ValueType.STRING),),
        ValueType.USER,
        _linked_object,
        "The user linked under this primary name, such as the manager; null without one.",
        (('user.getLinkedObject("manager")', None),),
        null=REFUSED,
        dialects=_BOTH,
        by_bindings=True,
        reads=("user.getLinkedObject()",),
    ),
)
