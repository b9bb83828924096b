"""An expression: a string that was parsed, and can be checked, evaluated and explained."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import tee
from typing import Any

from attrs import field, frozen

from o365prov._fields import member, typed
from o365prov.errors import UsageError
from o365prov.expressions.bindings import Bindings
from o365prov.expressions.compiler.places import Places, evaluation_error
from o365prov.expressions.diagnostics import Diagnostic, Schema
from o365prov.expressions.equivalence import Equivalence, compare
from o365prov.expressions.explanation import Explanation
from o365prov.expressions.limits import LIMITS, Limits
from o365prov.expressions.semantics import Dialect, EvaluationOptions, Semantics
from o365prov.expressions.values.budget import Budget
from o365prov.expressions.values.failures import STOPPING, as_failure


def _to_dialect(value: Dialect | str) -> Dialect:
    return value if type(value) is Dialect else member(Dialect, value)


@frozen(eq=False, repr=False, field_transformer=typed)
class Expression:
    """One expression of the Okta Expression Language.

    It is parsed when made, compiled when first evaluated, and immutable: threads may share it. Two expressions are
    equal when their canonical text, dialect and semantics are.

    Args:
        text: the expression, at most ``limits.text_length`` characters.
        dialect: the language of profile mappings and group rules, or that of Identity Engine.
        semantics: answers to the questions that Okta's pages leave open.
        limits: how large the expression and its results may be.

    Raises:
        ExpressionSyntaxError: the text is not an expression; the error knows line, column and what to do, and its
            ``caret()`` shows the place.
        ConfigurationError: the text is not a string, or an option is of a wrong type.

    Source: Okta developer documentation, "Okta Expression Language overview".

    Example:
        >>> from o365prov.expressions import Expression
        >>> username = Expression('String.substringBefore(user.email, "@") + "@yourfederated.domain"')
        >>> username.evaluate({"user": {"email": "isaac.brock@example.com"}})
        'isaac.brock@yourfederated.domain'

    """

    text: str
    dialect: Dialect = field(default=Dialect.CLASSIC, kw_only=True, converter=_to_dialect)
    semantics: Semantics = field(default=Semantics(), kw_only=True)
    limits: Limits = field(default=LIMITS, kw_only=True)
    _tree: Any = field(init=False)  # a Node: the tree loads with the first expression
    _canonical: str = field(init=False)
    _run: Callable[..., object] | None = field(init=False, default=None)
    _places: Places = field(init=False, factory=Places)

    def __attrs_post_init__(self) -> None:
        from o365prov.expressions.syntax.parser import parse  # noqa: PLC0415 - importing stays cheap
        from o365prov.expressions.syntax.unparser import unparse  # noqa: PLC0415 - importing stays cheap

        tree = parse(self.text, self.limits)
        object.__setattr__(self, "_tree", tree)
        object.__setattr__(self, "_canonical", unparse(tree, self.dialect))

    def evaluate(self, values: Mapping[str, Any] | Bindings) -> Any:
        """The value for these roots.

        Args:
            values: root names to their values (``{"user": {"email": ...}}``), or Bindings when functions need more.

        Returns:
            str, int, float, bool, None, list, dict, or an aware datetime.

        Raises:
            EvaluationError: the expression failed for these values; it knows the part that failed.

        Example:
            >>> Expression('user.firstName + "!"').evaluate({"user": {"firstName": "Ada"}})
            'Ada!'

        """
        run = self._run or self._compile()
        try:
            return run(values)
        except STOPPING as stopped:
            raise evaluation_error(as_failure(stopped), self.text, self._places) from None

    def evaluate_many(self, people: Iterable[Mapping[str, Any] | Bindings]) -> Iterator[Any]:
        """The value for each person, one after the other, as they come: nobody is kept.

        Args:
            people: for each person what :meth:`evaluate` takes.

        Returns:
            For each person, in the same order, what :meth:`evaluate` returns, or the
            :class:`~o365prov.errors.EvaluationError` that it would raise: one who fails does not stop the others.

        Raises:
            UsageError: these are not people, or, while going over them, one is not a mapping or Bindings.

        Example:
            >>> people = [{"user": {"age": 20}}, {"user": {"age": "old"}}]
            >>> for value in Expression("user.age + 1").evaluate_many(people):
            ...     print(value)
            21
            old1

        """
        if isinstance(people, Mapping) or not isinstance(people, Iterable):
            kind = type(people).__name__
            raise UsageError(f"evaluate_many takes people, each a mapping of root names or Bindings, not a {kind}")
        return self._evaluate_each(people)

    def _evaluate_each(self, people: Iterable[Mapping[str, Any] | Bindings]) -> Iterator[Any]:
        run = self._run or self._compile()
        for values in people:
            try:
                value = run(values)
            except STOPPING as stopped:
                value = evaluation_error(as_failure(stopped), self.text, self._places)
            yield value

    def equivalent(self, other: Expression, people: Iterable[Mapping[str, Any] | Bindings]) -> Equivalence:
        """Whether another expression gives everybody the same, and who would get something else.

        Values are the same that are of one kind and equal: ``1`` and ``"1"`` are not. Two failures are the same.

        Args:
            other: the other expression.
            people: for each person what :meth:`evaluate` takes; only those who differ are kept.

        Raises:
            UsageError: *other* is not an expression, or *people* are none.

        Example:
            >>> people = [{"user": {"email": "Ada@example.com"}}, {"user": {"email": "bo@example.com"}}]
            >>> print(Expression("user.email").equivalent(Expression("String.toLowerCase(user.email)"), people))
            1 of 2 people would get something else
            0: "Ada@example.com" → "ada@example.com"

        """
        if not isinstance(other, Expression):
            raise UsageError(f"equivalent compares with an Expression, not a {type(other).__name__}")
        if isinstance(people, Mapping) or not isinstance(people, Iterable):
            kind = type(people).__name__
            raise UsageError(f"equivalent takes people, each a mapping of root names or Bindings, not a {kind}")
        given, first, second = tee(people, 3)
        return compare(zip(given, self.evaluate_many(first), other.evaluate_many(second), strict=True))

    def _compile(self) -> Callable[..., object]:
        from o365prov.expressions.compiler.compiler import compile_tree  # noqa: PLC0415 - some are only parsed

        run, places = compile_tree(self._tree, self.dialect, self._options)
        object.__setattr__(self, "_places", places)  # a cache: the same value whichever thread comes first
        object.__setattr__(self, "_run", run)
        return run

    @property
    def _options(self) -> EvaluationOptions:
        """What it is evaluated under."""
        return EvaluationOptions(self.semantics, self.limits, compile_text)

    @property
    def references(self) -> frozenset[tuple[str, ...]]:
        """Every path that evaluation may read: both branches of a choice, arguments, criteria of groups.

        What functions find has the function's name first, with parentheses: ``("findDirectoryUser()", "managerUpn")``.

        Example:
            >>> sorted(Expression("user.email != null ? user.email : source.login").references)
            [('source', 'login'), ('user', 'email')]

        """
        from o365prov.expressions.references import references  # noqa: PLC0415 - importing stays cheap

        return references(self._tree, self.dialect)

    def check(
        self, schema: Schema | None = None, *, context: str | None = None, not_given: Iterable[str] = ()
    ) -> tuple[Diagnostic, ...]:
        """Everything that is wrong or doubtful about the expression, without evaluating it.

        Args:
            schema: root names to the attributes that exist, as names or as a mapping of names to types (``"string"``,
                ``"integer"``, ``"number"``, ``"boolean"``, ``"array"``); roots that it does not name are not checked.
            context: where the expression is to be used, such as ``"username"`` or ``"group_rule"``; see
                :data:`o365prov.expressions.checker.contexts.CONTEXTS`.
            not_given: the roots and functions that the source of people does not give, such as
                ``NOT_ALWAYS_GIVEN - assignment.related.given``: what asks for one of them is a warning.

        Returns:
            Diagnostics in the order of the text; empty if nothing was found.

        Raises:
            UsageError: the schema is not a mapping, there is no such context, or *not_given* are not names.

        Example:
            >>> for diagnostic in Expression("string.len(user.mail)").check({"user": ["email"]}):
            ...     print(diagnostic)
            error: there is no function string.len (line 1, column 1); write String.len
            error: user has no attribute mail (line 1, column 12); write user.email

        """
        from o365prov.expressions.checker.checker import check  # noqa: PLC0415 - importing stays cheap

        found = check(self._tree, self.text, self.dialect, self._options, schema, context)
        if not_given == ():
            return found
        from o365prov.expressions.checker import not_given as asked  # noqa: PLC0415 - importing stays cheap

        names = asked.names_of(not_given)
        missing = asked.not_given(self._tree, self.text, self.dialect, names)
        return tuple(sorted((*found, *missing), key=lambda each: (each.start, each.end)))

    def explain(self, values: Mapping[str, Any] | Bindings) -> Explanation:
        """The value, and what every part of the expression gave; failures and parts not reached are told apart.

        Args:
            values: as for :meth:`evaluate`.

        Returns:
            The explanation. A failure does not raise: it is part of the explanation.

        Example:
            >>> print(Expression("user.age > 17 ? 'adult' : 'minor'").explain({"user": {"age": 20}}))
            user.age > 17 ? 'adult' : 'minor' => "adult"
              user.age > 17 => true
                user.age => 20
                  user => {"age": 20}
              'minor' => not reached

        """
        from o365prov.expressions.explain import explain  # noqa: PLC0415 - importing stays cheap

        return explain(self._tree, self.text, self.dialect, self._options, values)

    def __str__(self) -> str:
        """The canonical text."""
        return self._canonical

    def __repr__(self) -> str:
        dialect = "" if self.dialect is Dialect.CLASSIC else ", dialect=Dialect.IDENTITY_ENGINE"
        return f"Expression({self.text!r}{dialect})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Expression):
            return NotImplemented
        return (self._canonical, self.dialect, self.semantics) == (other._canonical, other.dialect, other.semantics)

    def __hash__(self) -> int:
        return hash((self._canonical, self.dialect, self.semantics))

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle the text; the copy compiles it again."""
        return _rebuild, (self.text, self.dialect, self.semantics, self.limits)


def _rebuild(text: str, dialect: Dialect, semantics: Semantics, limits: Limits) -> Expression:
    return Expression(text, dialect=dialect, semantics=semantics, limits=limits)


def compile_text(text: str, options: EvaluationOptions) -> Callable[[Budget, Mapping[str, Any]], Any]:
    """The function that evaluates an expression in a string within a budget, as functions over groups take one."""
    from o365prov.expressions.compiler.compiler import compile_tree  # noqa: PLC0415 - importing stays cheap
    from o365prov.expressions.syntax.parser import parse  # noqa: PLC0415 - importing stays cheap

    run, places = compile_tree(parse(text, options.limits), Dialect.CLASSIC, options)

    def evaluate(budget: Budget, values: Mapping[str, Any]) -> Any:
        try:
            return run(values, budget)
        except STOPPING as stopped:
            raise evaluation_error(as_failure(stopped), text, places) from None

    return evaluate
