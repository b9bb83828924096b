"""What is known of one function of the language: its row drives dispatch, checker, documentation page and tests."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum
from typing import Any, TypeAlias

from attrs import field, frozen

from o365prov.expressions.semantics import Dialect
from o365prov.expressions.syntax.tree import Node
from o365prov.expressions.values.types import ValueType


class _Null(Enum):
    ACCEPTED = "the function itself decides"
    REFUSED = "an error"


Remark: TypeAlias = tuple[str, str, Node, str, str]
"""Code, severity, the argument, message and remedy."""

ReferencesOf: TypeAlias = Callable[[str], Iterable[tuple[str, ...]]]
"""The references of the expression that a string holds; it raises ExpressionError where it holds none."""

ACCEPTED = _Null.ACCEPTED
"""The null rule of a function that looks at null itself."""
REFUSED = _Null.REFUSED
"""The null rule of a function that fails on null."""


@frozen
class Parameter:
    """One parameter: its name, what it takes, and whether it may be left out, repeated or null."""

    name: str
    kind: ValueType
    optional: bool = field(default=False, kw_only=True)
    repeated: bool = field(default=False, kw_only=True)
    nullable: bool = field(default=False, kw_only=True)

    def __str__(self) -> str:
        """``name: ValueType``, in brackets when it may be left out."""
        text = f"{self.name}: {self.kind.value}{'...' if self.repeated else ''}"
        return f"[{text}]" if self.optional else text


@frozen
class FromBindings:
    """The implementation of a function that only gives an attribute of the bindings, or says whether it is there."""

    attribute: str
    present: bool = False

    def __call__(self, bindings: object) -> Any:
        """The attribute's value, or whether there is one."""
        value = getattr(bindings, self.attribute)
        return value is not None if self.present else value


@frozen
class Function:
    """One function, or one method of Identity Engine.

    Args:
        name: as written, with its namespace; a method has its receivers' kinds in *receivers* and the bare name here.
        parameters: in order; a method's receiver is not among them.
        result: what it gives.
        implementation: the one implementation, taking converted arguments. It takes the bindings first if
            *by_bindings*, then the budget of the evaluation if *by_budget*; if *by_options*, it is a factory that takes
            the options and returns the implementation.
        doc: one line.
        examples: expressions and their values, all of which a test holds.
        null: what a null first argument (or receiver) gives: a value, :data:`ACCEPTED` or :data:`REFUSED`.
        dialects: where the name exists.
        deprecated: what to write instead.
        question: the field of Semantics that decides an open question about it.
        reads: the reference it stands for, such as ``("findDirectoryUser()",)``; constant arguments extend it.
        review: what the checker should say about constant arguments.
        criteria: for functions over groups, which attributes of groups the arguments ask for; it takes the arguments,
            and what gives the references of an expression in a string.

    """

    name: str
    parameters: tuple[Parameter, ...]
    result: ValueType
    implementation: Callable[..., Any]
    doc: str
    examples: tuple[tuple[str, Any], ...] = ()
    null: Any = field(default=None, kw_only=True)
    receivers: tuple[ValueType, ...] = field(default=(), kw_only=True)
    dialects: frozenset[Dialect] = field(default=frozenset({Dialect.CLASSIC}), kw_only=True)
    deprecated: str = field(default="", kw_only=True)
    question: str = field(default="", kw_only=True)
    reads: tuple[str, ...] = field(default=(), kw_only=True)
    review: Callable[[tuple[Node, ...]], Iterable[Remark]] | None = field(default=None, kw_only=True)
    criteria: Callable[[tuple[Node, ...], ReferencesOf], Iterable[tuple[str, ...]]] | None = field(
        default=None, kw_only=True
    )
    by_bindings: bool = field(default=False, kw_only=True)
    by_budget: bool = field(default=False, kw_only=True)
    by_options: bool = field(default=False, kw_only=True)

    @property
    def least(self) -> int:
        """The smallest number of arguments."""
        return sum(not (parameter.optional or parameter.repeated) for parameter in self.parameters)

    @property
    def most(self) -> int | None:
        """The largest number of arguments; None without limit."""
        if self.parameters and self.parameters[-1].repeated:
            return None
        return len(self.parameters)

    @property
    def arity(self) -> str:
        """How many arguments it takes, in words."""
        if self.most is None:
            return f"{self.least} or more arguments"
        if self.least == self.most:
            return f"{self.least} argument{'s' if self.least != 1 else ''}"
        return f"{self.least} to {self.most} arguments"

    def accepts(self, count: int) -> bool:
        """Whether it can be called with so many arguments."""
        return count >= self.least and (self.most is None or count <= self.most)

    def parameter(self, position: int) -> Parameter:
        """The parameter that the argument at this position goes to."""
        return self.parameters[min(position, len(self.parameters) - 1)]

    @property
    def signature(self) -> str:
        """As documentation shows it."""
        owner = f"{'|'.join(kind.value for kind in self.receivers)}." if self.receivers else ""
        return f"{owner}{self.name}({', '.join(map(str, self.parameters))}): {self.result.value}"
