"""Tree to one Python function. ``explain`` is the same lowering with an observer.

The function is straight-line code: each part of the expression becomes an assignment, choices become ``if``. The simple
case is written
out (the attribute of a dict, two texts added), every other case is a call of the one function that holds the rule. What
was computed before on the same way is not computed again: all functions are pure within one evaluation.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Generator
from typing import Any, Final, TypeAlias

from o365prov.expressions import stepping, values
from o365prov.expressions.bindings import Bindings
from o365prov.expressions.catalogue import FromBindings, Function, Kind, method
from o365prov.expressions.functions.instants import to_instant
from o365prov.expressions.limits import LIMITS
from o365prov.expressions.resolving import called_name, function_of
from o365prov.expressions.semantics import Dialect, Semantics
from o365prov.expressions.syntax import (
    Arithmetic,
    Call,
    Comparison,
    Conditional,
    Elvis,
    Index,
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
)
from o365prov.expressions.walking import folded
from o365prov.expressions.writing import Operand, Place, Writer, constant, invoked, loaded, raw

__all__ = ["Lowered", "lowered"]

Step: TypeAlias = Generator[Node, Operand, Operand]
Lowered: TypeAlias = tuple[Callable[..., object], tuple[Place, ...]]

# Beyond this many blocks inside one another, a part becomes a function of its own: Python bounds its blocks.
_DEEPEST: Final = 12
# Chains of more operands than this are written flat, with a way out, instead of nested.
_NESTED: Final = 4
# What Identity Engine knows as times of a user, though exports hold them as texts.
_TIMES: Final = frozenset({"created", "lastUpdated", "passwordChanged", "lastLogin"})
_NULL: Final = Operand("")
_RELATIONS: Final = {
    "<": (ast.Lt, True, False),
    "<=": (ast.LtE, True, True),
    ">": (ast.Gt, False, False),
    ">=": (ast.GtE, False, True),
}
_SIMPLE: Final = {Kind.TEXT: "str", Kind.INTEGER: "int", Kind.NUMBER: "float", Kind.BOOLEAN: "bool", Kind.LIST: "list"}
_RESULTS: Final = {kind: kind for kind in (Kind.TEXT, Kind.BOOLEAN)}
_TYPES: Final = {"int": int, "float": float, "list": list}


def lowered(tree: Node, dialect: Dialect, semantics: Semantics, *, observed: bool = False) -> Lowered:
    """Compile a tree.

    Args:
        tree: what the parser gave.
        dialect: which functions and methods exist.
        semantics: the answers to open questions.
        observed: whether the function takes an observer as second argument, which it calls with each part's node and
        value.

    Returns:
        The function, which takes a mapping of roots or Bindings, and the places that its line numbers stand for.

    """
    lowering = _Lowering(dialect, semantics, observed)
    result = folded(tree, lowering.step)
    return lowering.finish(tree, result), tuple(lowering.writer.places)


class _Lowering:
    """The state of one compilation."""

    def __init__(self, dialect: Dialect, semantics: Semantics, observed: bool) -> None:
        self.dialect = dialect
        self.semantics = semantics
        self.observed = observed
        self.writer = Writer(("roots", "bindings", "seen"))
        self.scopes = ["roots"]
        self.needs_bindings = False

    def finish(self, tree: Node, result: Operand) -> Callable[..., object]:
        writer = self.writer
        line = writer.place(tree)
        if {result.kind, result.or_null} & set(_RESULTS) or (
            result.is_constant and type(result.value) in (str, bool, type(None))
        ):
            writer.add(ast.Return(result.load()), line)
        else:
            writer.shared("plain", values.plain)
            value = result.load()
            writer.add(ast.Return(ast.IfExp(_is_type(value, "str"), value, invoked("plain", value))), line)
        prologue = self._prologue(line)
        parameters = ("values", "seen") if self.observed else ("values",)
        exec(writer.finish(prologue, parameters), writer.namespace)  # noqa: S102  # our own tree, no one's text
        run: Callable[..., object] = writer.namespace["run"]
        return run

    def _prologue(self, line: int) -> list[ast.stmt]:
        writer = self.writer
        given = loaded("values")
        statements: list[ast.stmt] = []

        def set_(name: str, value: ast.expr) -> None:
            statements.append(ast.Assign([ast.Name(name, ast.Store())], value, lineno=line, end_lineno=line))

        if self.needs_bindings:
            writer.shared("Bindings", Bindings)
            writer.shared("bindings_of", stepping.bindings_of)
            set_("bindings", ast.IfExp(_is_type(given, "Bindings"), given, invoked("bindings_of", given)))
            set_("roots", ast.Attribute(loaded("bindings"), "roots", ast.Load()))
        else:
            writer.shared("roots_of", stepping.roots_of)
            set_("roots", ast.IfExp(_is_type(given, "dict"), given, invoked("roots_of", given)))
            if writer.divided:
                set_("bindings", constant(None))
        if writer.divided and not self.observed:
            set_("seen", constant(None))
        return statements

    # --- what every step uses

    def keep(self, value: ast.expr, line: int, kind: Kind | None = None) -> Operand:
        """Compute a value and hold it."""
        name = self.writer.temporary()
        self.writer.set(name, value, line)
        return Operand(name, kind)

    def part(self, node: Node) -> Step:
        """The value of a part; in a function of its own where blocks lie too deep."""
        if self.writer.depth < _DEEPEST:
            return (yield node)
        writer = self.writer
        line = writer.place(node)
        state = writer.open_function()
        inner = yield node
        extra = tuple(dict.fromkeys(scope for scope in self.scopes if scope != "roots"))
        call = writer.close_function(state, inner, extra, line)
        return self.keep(call, line, inner.kind)

    def step(self, node: Node) -> Step:
        """Lower one node; the parts it yields come back as operands."""
        match node:
            case Literal(value=value):
                operand = self._literal(value)
            case Name():
                operand = self._name(node)
            case Member():
                operand = yield from self._member(node)
            case Index():
                operand = yield from self._index(node)
            case Call():
                operand = yield from self._call(node)
            case MethodCall():
                operand = yield from self._method_call(node)
            case Unary():
                operand = yield from self._unary(node)
            case Power(base=base, exponent=exponent):
                left = yield from self.part(base)
                right = yield from self.part(exponent)
                self.writer.shared("raised", stepping.raised)
                raised = invoked("raised", left.load(), right.load())
                operand = self.keep(raised, self.writer.place(node, base, exponent))
            case Arithmetic():
                operand = yield from self._arithmetic(node)
            case Comparison():
                operand = yield from self._comparison(node)
            case Logic():
                operand = yield from self._logic(node)
            case Conditional():
                operand = yield from self._conditional(node)
            case Elvis():
                operand = yield from self._elvis(node)
            case Projection():
                operand = yield from self._projection(node)
            case Selection():
                operand = yield from self._selection(node)
            case ListLiteral(items=items):
                operand = yield from self._list(node, items)
            case MapLiteral(entries=entries):
                operand = yield from self._map(node, entries)
        if self.observed:
            line = self.writer.place(node)
            self.writer.add(ast.Expr(invoked("seen", loaded(self.writer.cell("n", node)), operand.load())), line)
        return operand

    # --- references

    def _literal(self, value: Any) -> Operand:
        kinds = {str: Kind.TEXT, bool: Kind.BOOLEAN, int: Kind.INTEGER, float: Kind.NUMBER}
        if value is None:
            return _NULL
        kind = kinds.get(type(value))
        if kind is None or (type(value) is float and value == float("inf")):
            return Operand(self.writer.cell("k", value))  # a Long or Float is a class of ours
        return Operand("", kind, value)

    def _name(self, node: Name) -> Operand:
        scope = self.scopes[-1]
        key = ("name", scope, node.name)
        return self.writer.known(key) or self.writer.remember(
            key, self._attribute(node, Operand(scope), node.name, None)
        )

    def _attribute(self, node: Node, target: Operand, name: str, target_node: Node | None) -> Operand:
        line = self.writer.place(node, *(() if target_node is None else (target_node,)))
        value = target.load()
        if self.semantics.missing == "error":
            self.writer.shared("strict_member", stepping.strict_member)
            return self.keep(invoked("strict_member", value, constant(name)), line)
        get = raw(value, "get", constant(name))
        if target.name == "roots":
            return self.keep(get, line)
        self.writer.shared("member", stepping.member)
        slow = invoked("member", value, constant(name))
        return self.keep(ast.IfExp(_is_type(value, "dict"), get, slow), line)

    def _member(self, node: Member) -> Step:
        target = yield from self.part(node.target)
        key = ("member", target.name or target.value, node.name, node.safe)
        known = self.writer.known(key) if target.name else None
        if known is not None:
            return known
        if node.safe:
            return (
                yield from self._unless_null(
                    node, target, lambda: self._attribute(node, target, node.name, node.target)
                )
            )
        operand = self._attribute(node, target, node.name, node.target)
        if self.dialect is Dialect.IDENTITY_ENGINE and node.name in _TIMES and node.target == Name("user"):
            self.writer.shared("to_instant", to_instant)
            operand = self.keep(invoked("to_instant", operand.load()), self.writer.place(node, node))
        return self.writer.remember(key, operand) if target.name else operand

    def _unless_null(self, node: Node, target: Operand, then: Callable[[], Operand]) -> Step:
        """Null where the target is null, else what *then* computes: the safe step."""
        line = self.writer.place(node)
        name = self.writer.temporary()
        self.writer.set(name, constant(None), line)
        with self.writer.when(self._is_there(target, line), line):
            self.writer.set(name, then().load(), line)
        return Operand(name)
        yield  # a step like the others, though it wants no parts

    def _is_there(self, target: Operand, line: int) -> ast.expr:
        """The test that a value is not null."""
        held = (
            self.keep(target.load(), line) if target.is_constant else target
        )  # Python warns of literals in such tests
        return ast.Compare(held.load(), [ast.IsNot()], [constant(None)])

    def _index(self, node: Index) -> Step:
        writer = self.writer
        if node.target is None:
            target = Operand(self.scopes[-1])
            if target.name == "roots":
                place = yield from self.part(node.index)
                writer.shared("root", stepping.root)
                return self.keep(invoked("root", loaded("roots"), place.load()), self._index_place(node))
        else:
            target = yield from self.part(node.target)
        writer.shared("index", stepping.index)
        if isinstance(node.index, Name):  # the key of a map may be written bare; elsewhere it is a reference
            line = writer.place(node)
            writer.shared("is_map", stepping.is_map)
            name = writer.temporary()
            with writer.when(invoked("is_map", target.load()), line):
                writer.set(name, raw(target.load(), "get", constant(node.index.name)), line)
            with writer.otherwise():
                place = yield from self._at_roots(node.index)
                line = self._index_place(node)
                writer.set(name, invoked("index", target.load(), place.load()), line)
            return Operand(name)
        place = yield from self._at_roots(node.index)
        line = self._index_place(node)
        return self.keep(invoked("index", target.load(), place.load()), line)

    def _index_place(self, node: Index) -> int:
        return self.writer.place(node, node if node.target is None else node.target, node.index)

    def _at_roots(self, node: Node) -> Step:
        """An index is evaluated where the expression began, even inside a projection."""
        self.scopes.append("roots")
        operand = yield from self.part(node)
        self.scopes.pop()
        return operand

    # --- functions

    def _call(self, node: Call) -> Step:
        arguments = yield from self._all(node.arguments)
        row = function_of(node, self.dialect)
        if row is None:
            return self._unknown(node, node.name)
        return self._invoked(node, row, arguments, node.arguments)

    def _method_call(self, node: MethodCall) -> Step:
        row = function_of(node, self.dialect)
        if row is not None:
            arguments = yield from self._all(node.arguments)
            return self._invoked(node, row, arguments, node.arguments)
        row = method(node.name, self.dialect)
        if row is None:
            arguments = yield from self._all(node.arguments)
            return self._unknown(node, called_name(node))
        target = yield from self.part(node.target)
        if node.safe:
            writer, name = self.writer, self.writer.temporary()
            line = writer.place(node)
            writer.set(name, constant(None), line)
            with writer.when(self._is_there(target, line), line):
                arguments = yield from self._all(node.arguments)
                called = self._invoked(node, row, [target, *arguments], (node.target, *node.arguments))
                writer.set(name, called.load(), line)
            return Operand(name)
        arguments = yield from self._all(node.arguments)
        return self._invoked(node, row, [target, *arguments], (node.target, *node.arguments))

    def _all(self, nodes: tuple[Node, ...]) -> Generator[Node, Operand, list[Operand]]:
        operands: list[Operand] = []
        for node in nodes:
            operand = yield from self.part(node)
            operands.append(operand)
        return operands

    def _unknown(self, node: Node, name: str) -> Operand:
        return self._failing(
            node, f"there is no function {name}", "names are case-sensitive; check() suggests similar ones"
        )

    def _failing(self, node: Node, message: str, hint: str) -> Operand:
        self.writer.shared("fail", stepping.fail)
        return self.keep(invoked("fail", constant(message), constant(hint)), self.writer.place(node))

    def _invoked(self, node: Node, row: Function, arguments: list[Operand], nodes: tuple[Node, ...]) -> Operand:
        receivers = bool(row.receivers)
        if not row.accepts(len(arguments) - receivers):
            return self._failing(
                node, f"{row.name} takes {counted(row)}, not {len(arguments) - receivers}", row.signature
            )
        writer = self.writer
        key = ("call", row.name, *((operand.name, type(operand.value), operand.value) for operand in arguments))
        known = writer.known(key)
        if known is not None:
            return known
        if isinstance(row.implementation, FromBindings):
            return self._bound(node, row.implementation)
        implementation = row.implementation(self.semantics) if row.by_semantics else row.implementation
        loads = [operand.load() for operand in arguments]
        if row.by_bindings:
            self.needs_bindings = True
            loads.insert(0, loaded("bindings"))
        line = writer.place(node, *nodes)
        tests = self._fitting(row, arguments)
        name = writer.temporary()
        if tests is None:
            wrapped = writer.cell("g", stepping.called_with(row, implementation))
            writer.set(name, invoked(wrapped, *loads), line)
        else:
            direct = writer.cell("f", implementation)
            if not tests:
                writer.set(name, invoked(direct, *loads), line)
            else:
                wrapped = writer.cell("g", stepping.called_with(row, implementation))
                test = tests[0] if len(tests) == 1 else ast.BoolOp(ast.And(), tests)
                with writer.when(test, line):
                    writer.set(name, invoked(direct, *loads), line)
                with writer.otherwise():
                    self._carefully(row, arguments, len(tests), Operand(name), invoked(wrapped, *loads), line)
        sure = row.result in (Kind.BOOLEAN, Kind.INTEGER) and row.null is not None
        return writer.remember(key, Operand(name, row.result if sure else None, or_null=_RESULTS.get(row.result)))

    def _carefully(
        self, row: Function, arguments: list[Operand], tests: int, result: Operand, call: ast.expr, line: int
    ) -> None:
        """The call for values that do not fit as they are; null, the commonest of them, is answered on the spot."""
        first = arguments[0]
        answered = tests == 1 and first.kind is None and (row.null is None or row.null is False) and not row.receivers
        if not answered:
            self.writer.set(result.name, call, line)
            return
        with self.writer.when(ast.Compare(first.load(), [ast.Is()], [constant(None)]), line):
            self.writer.set(result.name, constant(row.null), line)
        with self.writer.otherwise():
            self.writer.set(result.name, call, line)

    def _bound(self, node: Node, source: FromBindings) -> Operand:
        """An attribute of the bindings, or whether there is one."""
        self.needs_bindings = True
        line = self.writer.place(node)
        key = ("binding", source.attribute)
        value = self.writer.known(key)
        if value is None:
            attribute = ast.Attribute(loaded("bindings"), source.attribute, ast.Load())
            value = self.writer.remember(key, self.keep(attribute, line))
        if not source.present:
            return value
        return self.keep(ast.Compare(value.load(), [ast.IsNot()], [constant(None)]), line, Kind.BOOLEAN)

    def _fitting(self, row: Function, arguments: list[Operand]) -> list[ast.expr] | None:
        """The tests that must hold for calling the implementation directly; None where only the careful way serves."""
        tests: list[ast.expr] = []
        kinds = [parameter.kind for parameter in row.parameters]
        if row.receivers:
            if len(row.receivers) > 1 or row.receivers[0] not in _SIMPLE:
                return None
            kinds.insert(0, row.receivers[0])
        for position, operand in enumerate(arguments):
            kind = kinds[min(position, len(kinds) - 1)]
            if operand.kind is kind:
                continue
            if kind not in _SIMPLE or operand.is_constant:
                return None
            python = _SIMPLE[kind]
            if python in _TYPES:
                self.writer.shared(python, _TYPES[python])
            tests.append(operand.test(kind, python))
        return tests

    # --- operators

    def _unary(self, node: Unary) -> Step:
        inner = yield from self.part(node.operand)
        if node.operator == "!":
            inner = self._truth(inner, node.operand)
            return self.keep(ast.UnaryOp(ast.Not(), inner.load()), self.writer.place(node), Kind.BOOLEAN)
        sign = self.writer.shared("negated" if node.operator == "-" else "positive", stepping.signed(node.operator))
        return self.keep(invoked(sign, inner.load()), self.writer.place(node, node.operand))

    def _truth(self, operand: Operand, node: Node) -> Operand:
        """An operand as true or false."""
        if operand.kind is Kind.BOOLEAN:
            return operand
        self.writer.shared("truth", values.truth)
        value = operand.load()
        line = self.writer.place(node, node)
        return self.keep(ast.IfExp(_is_type(value, "bool"), value, invoked("truth", value)), line, Kind.BOOLEAN)

    def _arithmetic(self, node: Arithmetic) -> Step:
        writer = self.writer
        total = yield from self.part(node.operands[0])
        before: Node = node.operands[0]
        name = writer.temporary()
        variable = int(
            not total.is_constant
        )  # with one alone, the text grows by no more than the expression's own length
        for position, (operator, operand_node) in enumerate(zip(node.operators, node.operands[1:], strict=True)):
            operand = yield from self.part(operand_node)
            line = writer.place(node, before, operand_node, end=operand_node.end)
            left = total.load()
            if operator == "+":
                function = (
                    writer.shared("add", stepping.adder(self.semantics)) if "add" not in writer.namespace else "add"
                )
                total = self._sum(name, total, operand, function, line)
            else:
                function = f"calculate{'-*/%'.index(operator)}"
                writer.shared(function, stepping.calculated(operator))
                writer.set(name, invoked(function, left, operand.load()), line)
                total = Operand(name)
            variable = variable + (not operand.is_constant)
            if operator == "+" and variable > 1 and (position == len(node.operands) - 2 or position % 16 == 15):
                self._bounded(total, line)
            before = node
        return total

    def _sum(self, name: str, left: Operand, right: Operand, function: str, line: int) -> Operand:
        """``left + right``: texts are joined here, all else in the one function for it."""
        writer = self.writer
        tests = [operand.test(Kind.TEXT, "str") for operand in (left, right) if operand.kind is not Kind.TEXT]
        joined = ast.BinOp(left.load(), ast.Add(), right.load())
        texts = Kind.TEXT in (left.kind, right.kind)
        if any(operand.is_constant and operand.kind is not Kind.TEXT for operand in (left, right)):
            writer.set(name, invoked(function, left.load(), right.load()), line)
        elif not tests:
            writer.set(name, joined, line)
        else:
            with writer.when(tests[0] if len(tests) == 1 else ast.BoolOp(ast.And(), tests), line):
                writer.set(name, joined, line)
            with writer.otherwise():
                writer.set(name, invoked(function, left.load(), right.load()), line)
        return Operand(name, Kind.TEXT if texts else None)

    def _bounded(self, total: Operand, line: int) -> None:
        """Refuse a text that grew too large."""
        self.writer.shared("oversize", stepping.oversize)
        large: ast.expr = ast.Compare(invoked("len", total.load()), [ast.Gt()], [constant(LIMITS.result_size)])
        if total.kind is not Kind.TEXT:
            large = ast.BoolOp(ast.And(), [_is_type(total.load(), "str"), large])
        with self.writer.when(large, line):
            self.writer.add(ast.Expr(invoked("oversize")), line)

    def _comparison(self, node: Comparison) -> Step:
        left = yield from self.part(node.left)
        right = yield from self.part(node.right)
        line = self.writer.place(node, node.left, node.right)
        if node.operator in ("==", "!="):
            return self.keep(self._equality(left, right, node.operator == "=="), line, Kind.BOOLEAN)
        if node.operator == "matches":
            return self._matches(left, right, line)
        compare, less, same = _RELATIONS[node.operator]
        function = self.writer.shared(f"ordered{less:d}{same:d}", values.ordered(less, same))
        slow = invoked(function, left.load(), right.load())
        tests = [_is_type(operand.load(), "int") for operand in (left, right) if operand.kind is not Kind.INTEGER]
        if any(operand.is_constant and operand.kind is not Kind.INTEGER for operand in (left, right)):
            return self.keep(slow, line, Kind.BOOLEAN)
        self.writer.shared("int", int)
        fast: ast.expr = ast.Compare(left.load(), [compare()], [right.load()])
        if tests:
            test = tests[0] if len(tests) == 1 else ast.BoolOp(ast.And(), tests)
            fast = ast.IfExp(test, fast, slow)
        return self.keep(fast, line, Kind.BOOLEAN)

    def _equality(self, left: Operand, right: Operand, same: bool) -> ast.expr:
        if left.is_null or right.is_null:
            other = right if left.is_null else left
            if other.is_constant:
                return constant(other.is_null is same)
            return ast.Compare(other.load(), [ast.Is() if same else ast.IsNot()], [constant(None)])
        compare: ast.cmpop = ast.Eq() if same else ast.NotEq()
        fast = ast.Compare(left.load(), [compare], [right.load()])
        if Kind.TEXT in (left.kind, right.kind):  # a text equals nothing but a text
            return fast
        self.writer.shared("equal", values.equal)
        slow: ast.expr = invoked("equal", left.load(), right.load())
        if not same:
            slow = ast.UnaryOp(ast.Not(), slow)
        if left.is_constant:
            return slow
        return ast.IfExp(_is_type(left.load(), "str"), fast, slow)

    def _matches(self, left: Operand, right: Operand, line: int) -> Operand:
        from o365prov.expressions.patterns import matcher  # noqa: PLC0415  # patterns load when an expression has one

        function = self.writer.cell("m", matcher(right.value if right.is_constant else None))
        return self.keep(invoked(function, left.load(), right.load()), line, Kind.BOOLEAN)

    def _logic(self, node: Logic) -> Step:
        """A chain that stops at the first true (or), or the first false (and)."""
        stop = node.operator == "or"
        name = self.writer.temporary()

        def continues() -> ast.expr:
            return ast.UnaryOp(ast.Not(), loaded(name)) if stop else loaded(name)

        def operand(part: Node) -> Step:
            value = yield from self.part(part)
            value = self._truth(value, part)
            self.writer.set(name, value.load(), self.writer.place(part))
            return value

        yield from self._chain(node, node.operands, operand, continues)
        return Operand(name, Kind.BOOLEAN)

    def _elvis(self, node: Elvis) -> Step:
        name = self.writer.temporary()

        def empty() -> ast.expr:
            null = ast.Compare(loaded(name), [ast.Is()], [constant(None)])
            blank = ast.Compare(loaded(name), [ast.Eq()], [constant("")])
            return ast.BoolOp(ast.Or(), [null, blank])

        def operand(part: Node) -> Step:
            value = yield from self.part(part)
            self.writer.set(name, value.load(), self.writer.place(part))
            return value

        yield from self._chain(node, node.operands, operand, empty)
        return Operand(name)

    def _chain(
        self, node: Node, parts: tuple[Node, ...], write: Callable[[Node], Step], continues: Callable[[], ast.expr]
    ) -> Generator[Node, Operand, None]:
        """Write the parts so that each is reached only while the chain goes on."""
        writer = self.writer
        line = writer.place(node)
        if len(parts) <= _NESTED:
            yield from write(parts[0])
            if len(parts) > 1:
                with writer.when(continues(), line):
                    yield from self._chain(node, parts[1:], write, continues)
            return
        with writer.once(line):
            for part in parts[:-1]:
                yield from write(part)
                with writer.when(ast.UnaryOp(ast.Not(), continues()), line):
                    writer.leave(line)
            yield from write(parts[-1])

    def _conditional(self, node: Conditional) -> Step:
        writer, name, line = self.writer, self.writer.temporary(), self.writer.place(node)
        if len(node.branches) <= _NESTED:
            yield from self._nested(node, node.branches, name, line)
            return Operand(name)
        with writer.once(line):
            for condition, value in node.branches:
                test = yield from self.part(condition)
                with writer.when(self._truth(test, condition).load(), line):
                    yield from self._assigned(name, value, line)
                    writer.leave(line)
            yield from self._assigned(name, node.otherwise, line)
        return Operand(name)

    def _nested(
        self, node: Conditional, branches: tuple[tuple[Node, Node], ...], name: str, line: int
    ) -> Generator[Node, Operand, None]:
        if not branches:
            yield from self._assigned(name, node.otherwise, line)
            return
        (condition, value), *more = branches
        test = yield from self.part(condition)
        with self.writer.when(self._truth(test, condition).load(), line):
            yield from self._assigned(name, value, line)
        with self.writer.otherwise():
            yield from self._nested(node, tuple(more), name, line)

    def _assigned(self, name: str, node: Node, line: int) -> Generator[Node, Operand, None]:
        operand = yield from self.part(node)
        self.writer.set(name, operand.load(), line)

    # --- lists and maps

    def _list(self, node: Node, items: tuple[Node, ...]) -> Step:
        operands = yield from self._all(items)
        value = ast.List([operand.load() for operand in operands], ast.Load())
        return self.keep(value, self.writer.place(node), Kind.LIST)

    def _map(self, node: Node, entries: tuple[tuple[str, Node], ...]) -> Step:
        operands = yield from self._all(tuple(value for _, value in entries))
        keys: list[ast.expr | None] = [constant(key) for key, _ in entries]
        value = ast.Dict(keys, [operand.load() for operand in operands])
        return self.keep(value, self.writer.place(node), Kind.MAP)

    def _projection(self, node: Projection) -> Step:
        target = yield from self.part(node.target)
        writer = self.writer
        line = writer.place(node, node.target)
        out = writer.temporary()

        def over() -> Step:
            elements = self._elements(target, line)
            writer.set(out, ast.List([], ast.Load()), line)
            item = writer.temporary()
            with writer.each(item, elements.load(), line):
                value = yield from self._on(item, node.body)
                writer.add(ast.Expr(raw(loaded(out), "append", value.load())), line)
            return Operand(out)

        yield from self._safely(node.safe, target, out, over, line)
        return Operand(out)

    def _selection(self, node: Selection) -> Step:
        target = yield from self.part(node.target)
        writer = self.writer
        line = writer.place(node, node.target)
        out = writer.temporary()

        def over() -> Step:
            elements = self._elements(target, line)
            kept, item = writer.temporary(), writer.temporary()
            writer.set(kept, ast.List([], ast.Load()), line)
            with writer.each(item, elements.load(), line):
                value = yield from self._on(item, node.criterion)
                if value.kind is not Kind.BOOLEAN:
                    writer.shared("fail", stepping.fail)
                    boolean = ast.UnaryOp(ast.Not(), _is_type(value.load(), "bool"))
                    with writer.when(boolean, line):
                        message = constant("the criterion of a selection must be true or false")
                        call = invoked("fail", message, constant("write a comparison"))
                        writer.add(ast.Expr(call), writer.place(node.criterion))
                with writer.when(value.load(), line):
                    writer.add(ast.Expr(raw(loaded(kept), "append", loaded(item))), line)
                    if node.which == "^":
                        writer.leave(line)
            writer.shared("selected", stepping.selected)
            writer.set(out, invoked("selected", target.load(), loaded(kept), constant(node.which)), line)
            return Operand(out)

        yield from self._safely(node.safe, target, out, over, line)
        return Operand(out)

    def _elements(self, target: Operand, line: int) -> Operand:
        self.writer.shared("elements", stepping.elements)
        return self.keep(invoked("elements", target.load()), line)

    def _on(self, item: str, node: Node) -> Step:
        """A part whose names mean the attributes of an element."""
        self.scopes.append(item)
        operand = yield from self.part(node)
        self.scopes.pop()
        return operand

    def _safely(
        self, safe: bool, target: Operand, out: str, over: Callable[[], Step], line: int
    ) -> Generator[Node, Operand, None]:
        if not safe:
            yield from over()
            return
        self.writer.set(out, constant(None), line)
        with self.writer.when(self._is_there(target, line), line):
            yield from over()


def _is_type(value: ast.expr, name: str) -> ast.expr:
    return ast.Compare(invoked("type", value), [ast.Is()], [loaded(name)])


def counted(row: Function) -> str:
    """How many arguments a function takes, in words."""
    if row.most is None:
        return f"{row.least} or more arguments"
    if row.least == row.most:
        return f"{row.least} argument{'s' if row.least != 1 else ''}"
    return f"{row.least} to {row.most} arguments"
