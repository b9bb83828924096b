"""Finding what is wrong with an expression without evaluating it: all of it at once, each with its place."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from o365prov.errors import UsageError
from o365prov.expressions.checker import calls as check_calls
from o365prov.expressions.checker.attributes import (
    ROOTS,
    attribute_at,
    exists,
    names_below,
    written_for_other_dialect,
)
from o365prov.expressions.checker.contexts import find_context
from o365prov.expressions.checker.hints import hints
from o365prov.expressions.checker.nullness import Guarantee, constant_condition, find_guarantees, path_of
from o365prov.expressions.checker.state import Checking, CheckState
from o365prov.expressions.diagnostics import Diagnostic, Schema
from o365prov.expressions.functions.registry import function_of, method
from o365prov.expressions.functions.suggestions import similar_attribute
from o365prov.expressions.semantics import Dialect, EvaluationOptions
from o365prov.expressions.syntax.tree import (
    Arithmetic,
    Call,
    Comparison,
    Conditional,
    Elvis,
    ListLiteral,
    Literal,
    Logic,
    MapLiteral,
    Member,
    MethodCall,
    Name,
    Node,
    Power,
    Projection,
    Selection,
    Unary,
    children,
    fold,
)
from o365prov.expressions.values.conversion import is_truth_word, quote
from o365prov.expressions.values.types import NUMBERS, ValueType, common_kind, in_words, literal_kind
from o365prov.rendering import quoted

_TYPES = {
    "string": ValueType.STRING,
    "integer": ValueType.INTEGER,
    "number": ValueType.NUMBER,
    "boolean": ValueType.BOOLEAN,
    "array": ValueType.LIST,
}
_OPERATORS = frozenset("and or eq ne lt le gt ge div mod matches".split())
_NULLS = frozenset({"None", "nil", "undefined", "NIL", "NONE"})
_CALLED = frozenset({"toUpperCase", "toLowerCase", "removeSpaces"})
_INTERNAL = frozenset({("user", "id"), ("user", "status")})
_NEVER_BOOLEAN = frozenset(
    {ValueType.INTEGER, ValueType.NUMBER, ValueType.LIST, ValueType.MAP, ValueType.TIME, ValueType.NULL}
)


def check(
    tree: Node, text: str, dialect: Dialect, options: EvaluationOptions, schema: Schema | None, context: str | None
) -> tuple[Diagnostic, ...]:
    """See :meth:`Expression.check`."""
    known = _checked_schema(schema)
    checker = Checker(tree, text, dialect, options, known, None if context is None else find_context(context))
    kind = fold(tree, checker.step)
    checker.result(kind)
    found = tuple(checker.diagnostics)
    found += hints(tree, text, dialect, found)
    return tuple(sorted(found, key=lambda diagnostic: (diagnostic.start, diagnostic.end)))


def _checked_schema(schema: Any) -> Schema:
    if schema is None:
        return {}
    if not isinstance(schema, Mapping):
        raise UsageError(f"a schema is a mapping of root names to attributes, not {type(schema).__name__}")
    for root, names in schema.items():
        if not isinstance(root, str) or not isinstance(names, Collection) or isinstance(names, str | bytes):
            raise UsageError(
                f'the schema of {quoted(root)} should be the names of its attributes: give {{"user": ["email"]}}'
            )
    known: Schema = schema
    return known


class Checker(CheckState):
    """The steps of the walk, one for each kind of node."""

    def result(self, kind: ValueType | None) -> None:
        """Whether the whole expression gives what its place needs."""
        context = self.context
        if context is None:
            return
        if context.dialect is not self.dialect:
            remedy = f"pass dialect=Dialect.{context.dialect.name}"
            self.error("wrong-dialect", self.tree, f"{context.with_article} takes another dialect", remedy)
        if context.result is ValueType.BOOLEAN and kind not in (None, ValueType.BOOLEAN, ValueType.ANY):
            self.error("not-boolean", self.tree, f"{context.with_article} must be true or false", "compare the value")
        if context.result is ValueType.STRING and kind in (
            ValueType.LIST,
            ValueType.MAP,
            ValueType.USER,
            ValueType.BOOLEAN,
            ValueType.NULL,
        ):
            self.error("not-a-string", self.tree, f"{context.with_article} must give a string, not {in_words(kind)}")
        if context.result is ValueType.USER and kind in (*_NEVER_BOOLEAN, ValueType.BOOLEAN):
            self.error("not-a-user", self.tree, f"{context.with_article} must give a user, not {in_words(kind)}")

    # --- walking

    def check_under(self, guarantees: frozenset[Guarantee], node: Node) -> Checking:
        """A part that is reached only while these facts hold."""
        self.guarantees.append(self.guarantees[-1] | guarantees)
        kind = yield node
        self.guarantees.pop()
        return kind

    def step(self, node: Node) -> Checking:
        """Check one node; give the kind of its value where it is certain."""
        match node:
            case Literal(value=value):
                return literal_kind(value)
            case Name(name=name):
                return self.root(node, name)
            case Member():
                return (yield from self.member(node))
            case Call():
                return (yield from check_calls.call(self, node, function_of(node, self.dialect), node.arguments))
            case MethodCall():
                self.values_in(node)
                return (yield from check_calls.method_call(self, node))
            case Unary(operator="!", operand=operand):
                self.boolean((yield operand), operand)
                return ValueType.BOOLEAN
            case Unary(operand=operand):
                kind = yield operand
                self.numeric(kind, operand, node.operator)
                return kind if kind in NUMBERS else None
            case Arithmetic():
                return (yield from self.arithmetic(node))
            case Power(base=base, exponent=exponent):
                for part in (base, exponent):
                    self.numeric((yield part), part, "^")
                return None
            case Comparison():
                return (yield from self.comparison(node))
            case Logic():
                return (yield from self.logic(node))
            case Conditional():
                return (yield from self.conditional(node))
            case Elvis(operands=operands):
                return common_kind((yield from self.each(operands)))
            case Projection(target=target, body=inner) | Selection(target=target, criterion=inner):
                yield target
                self.check_projection(node)
                self.elements += 1
                kind = yield inner
                self.elements -= 1
                if isinstance(node, Selection) and kind not in (None, ValueType.BOOLEAN, ValueType.ANY):
                    self.error("not-boolean", inner, "the criterion of a selection must be true or false")
                return None if isinstance(node, Selection) and node.which != "?" else ValueType.LIST
        yield from self.each(children(node))
        return (
            ValueType.LIST if isinstance(node, ListLiteral) else ValueType.MAP if isinstance(node, MapLiteral) else None
        )

    def check_projection(self, node: Node) -> None:
        """Whether the place takes projections."""
        if self.context is not None and not self.context.projections:
            self.error(
                "not-allowed-here", node, f"{self.context.with_article} takes no projections", self.context.reason
            )

    # --- references

    def root(self, node: Name, name: str) -> ValueType | None:
        """Check a bare name."""
        if self.elements:
            return None
        if name in self.schema or self.word(node, name):
            return None
        context = self.context
        if context is not None and (
            name in context.refused_roots or (context.roots is not None and name not in context.roots)
        ):
            fix = "user" if name == "profile" else None
            remedy = "write user" if fix else context.reason
            self.error("not-allowed-here", node, f"{name} does not exist in {context.with_article}", remedy, fix)
        elif self.schema and name not in self.schema:
            similar = similar_attribute(name, self.schema)
            if similar:
                self.warn("unknown-root", node, f"{name} is not a known root", f"write {similar}", similar)
        return None

    def word(self, node: Name, name: str) -> bool:
        """Note a word that can't have been meant as a root: one of an operator, or a string without quotes."""
        if name.lower() in _OPERATORS:
            self.warn("bare-word", node, f"{name} stands where a value is due", "remove it, or add the value")
            return True
        if id(node) not in self.compared or name in ROOTS:
            return False
        meant = "null" if name in _NULLS else quote(name)
        self.warn("bare-word", node, f"{name} without quotes is a name, not a string", f"write {meant}", meant)
        return True

    def member(self, node: Member) -> Checking:
        """Check an attribute against place and schema."""
        kind = yield node.target
        path = path_of(node)
        if path is None or self.elements:
            if kind in (ValueType.STRING, ValueType.INTEGER, ValueType.NUMBER, ValueType.BOOLEAN, ValueType.LIST):
                self.error("no-attributes", node, f"{in_words(kind)} has no attribute {node.name}")
            return None
        root, *steps = path
        if path[-1] in _CALLED and steps and root not in self.schema:
            target = self.text[node.target.start : node.target.end]
            called = method(node.name, self.dialect) is not None
            fix = f"{target}.{node.name}()" if called else f"String.{node.name}({target})"
            self.warn("not-called", node, f"{node.name} is a function, and is not called here", f"write {fix}", fix)
            return None
        if self.context is not None and path in self.context.refused_paths:
            message = f"{'.'.join(path)} does not exist in {self.context.with_article}"
            self.error("not-allowed-here", node, message, self.context.reason)
        if path in _INTERNAL and self.dialect is Dialect.CLASSIC:
            fix = f'user.getInternalProperty("{node.name}")'
            self.warn("internal-property", node, f"user.{node.name} is not part of the profile", f"write {fix}", fix)
        known = self.schema.get(root)
        if known is None and (elsewhere := written_for_other_dialect(path, self.dialect)) is not None:
            message = f"{'.'.join(path)} is how the other dialect names it"
            self.warn("other-dialect", node, message, f"write {elsewhere}", elsewhere)
            return None
        if known is None or not steps:
            return self.tabled(node, path) if self.is_tabled else None
        name = ".".join(steps)
        if name not in known and not any(attribute.startswith(f"{name}.") for attribute in known):
            if not (len(steps) > 1 and ".".join(steps[:-1]) in known):
                similar = similar_attribute(name, known)
                better = f"{root}.{similar}" if similar else None
                remedy = f"write {better}" if better else ""
                self.error("unknown-attribute", node, f"{root} has no attribute {name}", remedy, better)
            return None
        return _TYPES.get(str(known[name]).lower()) if isinstance(known, Mapping) and name in known else None

    @property
    def is_tabled(self) -> bool:
        """Whether the attributes that exist here are known from a table."""
        return self.context is not None and self.dialect is Dialect.IDENTITY_ENGINE

    def tabled(self, node: Member, path: tuple[str, ...]) -> ValueType | None:
        """Check an attribute against the table of Identity Engine."""
        if not exists(path):
            root, *steps = path
            similar = similar_attribute(".".join(steps), names_below(root))
            better = f"{root}.{similar}" if similar else None
            remedy = f"write {better}" if better else f"it has {', '.join(names_below(root))}"
            self.error("unknown-attribute", node, f"{root} has no attribute {'.'.join(steps)}", remedy, better)
            return None
        row = attribute_at(path)
        return None if row is None or row.kind is ValueType.MAP else row.kind

    def values_in(self, node: MethodCall) -> None:
        """Whether the strings of ``{"LOW", "HIGH"}.contains(x)`` are values that the attribute has."""
        match node:
            case MethodCall(target=ListLiteral(items=items), name="contains", arguments=(asked,)) if self.is_tabled:
                for item in items:
                    self.value_of(asked, item)

    def value_of(self, node: Node, other: Node) -> None:
        """Whether a written string is one of the values that an attribute has."""
        row = attribute_at(path_of(node) or ())
        match other:
            case Literal(value=str(value)) if row is not None and row.values and value not in row.values:
                similar = similar_attribute(value, row.values)
                fix = quote(similar) if similar else None
                remedy = f"write {fix}" if fix else f"write one of {', '.join(row.values)}"
                self.error("unknown-value", other, f"{row.name} is never {quoted(value)}", remedy, fix)

    # --- operators

    def boolean(self, kind: ValueType | None, node: Node) -> None:
        """Whether a part can decide."""
        if isinstance(node, Literal) and isinstance(node.value, str) and not is_truth_word(node.value):
            self.error("wrong-type", node, "this string is neither true nor false", 'compare it, or write x ?: "other"')
        if kind in _NEVER_BOOLEAN:
            self.error("wrong-type", node, f"{in_words(kind)} is neither true nor false", "compare it with something")

    def numeric(self, kind: ValueType | None, node: Node, operator: str) -> None:
        """Whether a part can be computed with."""
        if kind is not None and kind not in NUMBERS and kind is not ValueType.ANY:
            self.error("wrong-type", node, f"{operator} needs numbers, not {in_words(kind)}")

    def arithmetic(self, node: Arithmetic) -> Checking:
        """Check a chain of ``+ -`` or ``* / %``."""
        kinds = yield from self.each(node.operands)
        if node.operators[0] not in "+-":
            if kinds[0] is not ValueType.STRING:
                self.numeric(kinds[0], node.operands[0], node.operators[0])
            for part, kind, operator in zip(node.operands[1:], kinds[1:], node.operators, strict=True):
                if not (operator == "*" and kinds[0] is ValueType.STRING):
                    self.numeric(kind, part, operator)
            return common_kind(kinds) if set(kinds) <= NUMBERS else None
        if "+" in node.operators and not set(kinds) <= NUMBERS:
            for part in node.operands:
                self.may_be_null(part)
            return ValueType.STRING if ValueType.STRING in kinds else None
        return (
            ValueType.INTEGER
            if set(kinds) == {ValueType.INTEGER}
            else ValueType.NUMBER
            if set(kinds) <= NUMBERS
            else None
        )

    def may_be_null(self, part: Node) -> None:
        """Warn of a part of a string that may be null."""
        if self.is_never_null(part):
            return
        becomes = {"word": 'the word "null"', "empty": "nothing", "refuse": "an error"}[self.semantics.null_text]
        shown = " ".join(self.text[part.start : part.end].split())
        remedy = f'test it first: {shown} != null ? {shown} : ""' if len(shown) < 40 else "test it for null first"
        self.warn("null-in-string", part, f"{shown} may be null, which becomes {becomes} in a string", remedy)

    def comparison(self, node: Comparison) -> Checking:
        """Check a comparison."""
        for side, other in ((node.left, node.right), (node.right, node.left)):
            if isinstance(side, Name) and isinstance(other, Member | Call | MethodCall):
                self.compared.add(id(side))
        left = yield node.left
        right = yield node.right
        if self.is_tabled and node.operator in ("==", "!="):
            self.value_of(node.left, node.right)
            self.value_of(node.right, node.left)
        if node.operator in ("==", "!="):
            known = {left, right} - {None, ValueType.NULL, ValueType.ANY}
            if len(known) == 2 and not known <= NUMBERS and None not in (left, right):
                always = "false" if node.operator == "==" else "true"
                self.warn("constant", node, f"{in_words(left)} never equals {in_words(right)}: always {always}")
        elif node.operator == "matches":
            self.pattern(node, left, right)
        else:
            for kind, part in ((left, node.left), (right, node.right)):
                if kind in (ValueType.LIST, ValueType.MAP, ValueType.USER):
                    self.error("wrong-type", part, f"{in_words(kind)} has no order")
            if {left, right} & NUMBERS and {left, right} & {ValueType.STRING, ValueType.BOOLEAN}:
                message = f"{in_words(left)} can't be compared with {in_words(right)}"
                self.error("wrong-type", node, message, "both sides must be numbers, or both strings")
        return ValueType.BOOLEAN

    def pattern(self, node: Comparison, left: ValueType | None, right: ValueType | None) -> None:
        """Check ``matches``."""
        from o365prov.expressions.patterns import PatternError, WrittenPatterns  # noqa: PLC0415 - patterns load when used

        self.warn("deprecated", node, "matches is deprecated", "write String.stringContains(...) or ==")
        if left is ValueType.NULL:
            self.error("wrong-type", node.left, "null can't be matched")
        if right not in (None, ValueType.STRING, ValueType.ANY):
            self.error("wrong-type", node.right, f"a pattern is a string, not {in_words(right)}")
        match node.right:
            case Literal(value=str(pattern)):
                self.patterns = self.patterns or WrittenPatterns(self.limits)
                try:
                    self.patterns.compile(pattern)
                except PatternError as error:
                    self.error("bad-pattern", node.right, f"the pattern {error}", error.remedy)

    def logic(self, node: Logic) -> Checking:
        """Check AND or OR; later parts know what earlier ones tested."""
        guarantees: frozenset[Guarantee] = frozenset()
        for part in node.operands:
            kind = yield from self.check_under(guarantees, part)
            self.boolean(kind, part)
            guarantees |= find_guarantees(part, self.dialect, when=node.operator == "and")
        always = constant_condition(node, self.dialect)
        if always is not None:
            remedy = "write AND to exclude both null and the empty string" if always else "write OR to find both"
            self.warn(
                "constant", node, f"this is always {str(always).lower()}: a value can't be both null and empty", remedy
            )
        return ValueType.BOOLEAN

    def conditional(self, node: Conditional) -> Checking:
        """Check ``? :``; each value knows its condition."""
        kinds, against = [], frozenset[Guarantee]()
        for condition, value in node.branches:
            self.boolean((yield from self.check_under(against, condition)), condition)
            kinds.append(
                (yield from self.check_under(against | find_guarantees(condition, self.dialect, when=True), value))
            )
            against |= find_guarantees(condition, self.dialect, when=False)
        kinds.append((yield from self.check_under(against, node.otherwise)))
        return common_kind(kinds)
