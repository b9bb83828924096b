"""Small changes of a module's functions, each of which some test should notice.

A mutant is one changed place: a comparison turned round, a condition fixed, an operand, an element, an argument, a case
or a statement left out, a number moved by one. The words of messages are left as they are, and so is what only tells a
type checker what holds.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from types import CodeType
from typing import Any

from attrs import frozen

TURNED = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
OTHER_NAMES = {"any": "all", "all": "any", "min": "max", "max": "min", "sorted": "list"}
CONDITIONS = {"test": (True, False), "guard": (True, False), "ifs": (True,)}
NOT_DECIDING = {"annotation", "returns", "decorator_list", "exc", "cause", "msg"}
"""Fields of nodes that are types, or words of messages."""
SAID_TO_CHECKERS = {"assert_never", "cast", "check_call"}
Node = Any
"""A node of a tree, of which there are sixty kinds; None where there is nothing."""


@frozen
class Mutant:
    """One small change of one function.

    Args:
        function: Its qualified name.
        lines: The first and the last line of the statement, or of its head.
        before: How the place reads.
        after: How it reads in the mutant; empty where it is left out.
        code: The module with the change, compiled.
    """

    function: str
    lines: tuple[int, int]
    before: str
    after: str
    code: CodeType

    def __str__(self) -> str:
        """What names the mutant, also when lines move."""
        return f"{self.function}: {self.before} → {self.after or '(left out)'}"


@frozen
class _Place:
    """A node of a module, or one among the nodes of a field, and where it stands."""

    node: Node
    around: Node
    field: str
    index: int | None
    function: str
    lines: tuple[int, int]

    def with_node(self, node: Node) -> Node:
        """What the field holds with this node in the place; with None it is left out."""
        whole = getattr(self.around, self.field)
        if self.index is None:
            return node
        rest = [*whole[: self.index], *([] if node is None else [node]), *whole[self.index + 1 :]]
        return rest or ([ast.Pass()] if self.field == "body" else rest)


def mutants(path: Path) -> Iterator[Mutant]:
    """All mutants of a module's functions, in the order of its lines."""
    tree = ast.parse(path.read_text("utf-8"))
    for place in list(_places(tree, "", False, (0, 0))):
        whole = getattr(place.around, place.field)
        for node, left_out in _changes(place):
            before, after = (_text(left_out), "") if left_out else (_text(place.node), _text(node))
            setattr(place.around, place.field, place.with_node(node))
            code = compile(ast.fix_missing_locations(tree), str(path), "exec", dont_inherit=True)
            setattr(place.around, place.field, whole)
            yield Mutant(place.function, place.lines, before, after, code)


def _places(around: Node, function: str, runs: bool, lines: tuple[int, int]) -> Iterator[_Place]:
    """The places inside of a node that run when a function is called."""
    for field, value in ast.iter_fields(around):
        defines = isinstance(around, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        if field in NOT_DECIDING or (defines and field == "args"):
            continue
        for index, node in enumerate(value if isinstance(value, list) else [value]):
            if not isinstance(node, ast.AST) or _is_said(node):
                continue
            named = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            inner = f"{function}.{node.name}".lstrip(".") if named else function
            own = _lines(node) or lines
            if runs or defines:
                yield _Place(node, around, field, index if isinstance(value, list) else None, function, own)
            yield from _places(node, inner, runs or defines, own)


def _is_said(node: Node) -> bool:
    """Whether this is a docstring, the text of a message, or what only says what holds."""
    match node:
        case ast.JoinedStr() | ast.Expr(value=ast.Constant()) | ast.keyword(arg="strict"):
            return True
        case ast.Call(func=ast.Name(id=name)) | ast.Expr(value=ast.Call(func=ast.Name(id=name))):
            return name in SAID_TO_CHECKERS
    return False


def _lines(node: Node) -> tuple[int, int] | None:
    """The lines of a statement, or of the condition at its head; None within one."""
    if isinstance(node, ast.If | ast.While | ast.For | ast.With | ast.Match | ast.match_case):
        head = next(child for name, child in ast.iter_fields(node) if name not in {"body", "orelse", "target"})
        head = head[0].context_expr if isinstance(head, list) else head
        return head.lineno, head.end_lineno
    return (node.lineno, node.end_lineno) if isinstance(node, ast.stmt) else None


def _changes(place: _Place) -> Iterator[tuple[Node, Node]]:
    """What may stand in the place instead, or None where it is left out; and the part of it that is left out."""
    node = place.node
    fixed = place.field in CONDITIONS and not isinstance(node, ast.Constant)
    if fixed:
        loops = isinstance(place.around, ast.While)
        yield from ((ast.Constant(value), None) for value in CONDITIONS[place.field] if not (value and loops))
    match node:
        case ast.Compare(ops=[ast.Eq() | ast.NotEq() | ast.Is() | ast.IsNot() | ast.In() | ast.NotIn()]) if fixed:
            pass  # whoever notices both fixed conditions notices the opposite
        case ast.Compare(left=left, ops=[operator], comparators=right):
            yield ast.Compare(left, [TURNED[type(operator)]()], right), None
        case ast.BoolOp(op=operator, values=values):
            for rest, _ in _one_less(values):
                yield rest[0] if len(rest) == 1 else ast.BoolOp(operator, rest), None
        case ast.UnaryOp(op=ast.Not(), operand=operand) if not fixed:
            yield operand, None
        case ast.BinOp(op=ast.BitOr() | ast.BitAnd() | ast.Add(), left=left, right=right) if not _is_text(left, right):
            yield from ((left, None), (right, None))
        case ast.BinOp(op=ast.Sub() | ast.Mult() | ast.Div(), left=left):
            yield left, None
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value), None
        case ast.Constant(value=int(value)):
            yield ast.Constant(value + 1), None
        case ast.Tuple(elts=elements, ctx=ast.Load()) | ast.List(elts=elements, ctx=ast.Load()):
            for rest, left_out in _one_less(elements):
                yield type(node)(rest, ast.Load()), left_out
        case ast.Set(elts=elements):
            for rest, left_out in _one_less(elements):
                yield ast.Set(rest or [ast.Starred(ast.Tuple([], ast.Load()), ast.Load())]), left_out
        case ast.Dict(keys=keys, values=values):
            for rest, left_out in _one_less(list(zip(keys, values, strict=True))):
                yield ast.Dict([key for key, _ in rest], [value for _, value in rest]), left_out[0] or left_out[1]
        case ast.Call(func=function, args=arguments, keywords=keywords):
            if isinstance(function, ast.Name) and function.id in OTHER_NAMES:
                other = ast.Name(OTHER_NAMES[function.id], ast.Load())
                yield ast.Call(other, arguments, [] if function.id == "sorted" else keywords), None
            for rest, left_out in _one_less(keywords):
                if not _is_said(left_out):
                    yield ast.Call(function, arguments, rest), ast.Call(function, [], [left_out])
        case ast.Return(value=ast.expr() as value) if _text(value) not in {"None", "False"}:
            yield ast.Return(), None
        case ast.Expr() | ast.AugAssign() | ast.Continue():
            yield None, node
        case ast.match_case() if len(place.around.cases) > 1 and not isinstance(node.body[-1], ast.Raise):
            yield None, node.pattern


def _one_less(parts: list[Node]) -> Iterator[tuple[list[Node], Node]]:
    """The parts without one of them, and that one."""
    for index, part in enumerate(parts):
        yield [*parts[:index], *parts[index + 1 :]], part


def _is_text(*nodes: Node) -> bool:
    """Whether one of these is a string that stands there."""
    return any(
        isinstance(each, ast.JoinedStr | ast.Constant) and isinstance(getattr(each, "value", ""), str) for each in nodes
    )


def _text(node: Node) -> str:
    """How a node reads, in one line."""
    return "" if node is None else " ".join(ast.unparse(ast.fix_missing_locations(node)).split())
