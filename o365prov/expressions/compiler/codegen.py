"""Writing Python functions as syntax trees, statement by statement.

No text of an expression ever becomes Python source: names are our own, constants are ``ast.Constant`` or cells of the
namespace. The line number of a statement is the number of a :class:`Place`, so that a traceback says which part of
the expression failed, at no cost while nothing fails.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType
from typing import Any

from attrs import frozen

from o365prov.expressions.compiler.places import FILE, Place
from o365prov.expressions.syntax.tree import Node
from o365prov.expressions.values.types import ValueType


@frozen
class Operand:
    """A value that compiled code holds: a local name or a constant.

    *kind* is given where it is known, and then the value is never null; *or_null* where it is that or null.
    """

    name: str
    kind: ValueType | None = None
    value: Any = None
    or_null: ValueType | None = None

    @property
    def is_constant(self) -> bool:
        """Whether the value is written in the expression."""
        return not self.name

    def test(self, kind: ValueType, python: str) -> ast.expr:
        """The test that the value is of this kind, whose Python type is named *python*."""
        if self.or_null is kind:
            return ast.Compare(self.load(), [ast.IsNot()], [constant(None)])
        return ast.Compare(call_of("type", self.load()), [ast.Is()], [load_name(python)])

    @property
    def is_null(self) -> bool:
        """Whether it is the literal null."""
        return not self.name and self.value is None

    def load(self) -> ast.expr:
        """The Python expression that gives the value."""
        return load_name(self.name) if self.name else constant(self.value)


def load_name(name: str) -> ast.expr:
    """A name to read."""
    return ast.Name(name, ast.Load())


def constant(value: str | float | bool | None) -> ast.expr:
    """A constant."""
    return ast.Constant(value)


def call_of(function: str, *arguments: ast.expr) -> ast.expr:
    """A call of a name."""
    return ast.Call(load_name(function), list(arguments), [])


def call_method(target: ast.expr, method: str, *arguments: ast.expr) -> ast.expr:
    """A call of a method that the target is known to have."""
    return ast.Call(ast.Attribute(target, method, ast.Load()), list(arguments), [])


def is_type(value: ast.expr, python: str) -> ast.expr:
    """The test that a value has exactly the Python type of this name."""
    return ast.Compare(call_of("type", value), [ast.Is()], [load_name(python)])


class CodeWriter:
    """Statements in blocks, temporary names, and the parts of the expression that they come from."""

    def __init__(self, parameters: tuple[str, ...]) -> None:
        self.namespace: dict[str, Any] = {
            "__builtins__": {},
            "type": type,
            "len": len,
            "str": str,
            "dict": dict,
            "bool": bool,
        }
        self.places: list[Place] = []
        self.depth = 0
        self._parameters = parameters
        self._block: list[ast.stmt] = []
        self._functions: list[ast.stmt] = []
        self._names = 0
        self._known: list[dict[tuple[Any, ...], Operand]] = [{}]

    @property
    def is_divided(self) -> bool:
        """Whether some parts became functions of their own."""
        return bool(self._functions)

    def temporary(self) -> str:
        """A new local name."""
        self._names += 1
        return f"t{self._names}"

    def cell(self, prefix: str, value: object) -> str:
        """A name in the function's namespace for a value that is not a constant."""
        self._names += 1
        name = f"{prefix}{self._names}"
        self.namespace[name] = value
        return name

    def shared(self, name: str, value: object) -> str:
        """A name in the function's namespace that always means the same."""
        self.namespace[name] = value
        return name

    def place(self, node: Node, *operands: Node, end: int | None = None) -> int:
        """The line number for a part of the expression; *end* where only a first piece of it is meant."""
        self.places.append(Place(node, operands, node.start, node.end if end is None else end))
        return len(self.places)

    def add(self, statement: ast.stmt, line: int) -> None:
        """Append a statement to the current block."""
        statement.lineno = statement.end_lineno = line
        self._block.append(statement)

    def set(self, name: str, value: ast.expr, line: int) -> None:
        """``name = value``."""
        self.add(ast.Assign([ast.Name(name, ast.Store())], value), line)

    @contextmanager
    def block(self) -> Iterator[list[ast.stmt]]:
        """Write into a block of its own; what becomes known inside is forgotten after it."""
        outer, self._block = self._block, []
        self._known.append({})
        self.depth += 1
        yield self._block
        self.depth -= 1
        self._known.pop()
        self._block = outer

    @contextmanager
    def when(self, test: ast.expr, line: int) -> Iterator[None]:
        """``if test:``."""
        with self.block() as body:
            yield
        self.add(ast.If(test, body or [ast.Pass(lineno=line, end_lineno=line)], []), line)

    @contextmanager
    def otherwise(self) -> Iterator[None]:
        """``else:`` of the ``if`` just written."""
        condition = self._block[-1]
        with self.block() as body:
            yield
        if isinstance(condition, ast.If):
            condition.orelse = body

    @contextmanager
    def once(self, line: int) -> Iterator[None]:
        """A block that ``break`` leaves: flat code for long chains."""
        with self.block() as body:
            yield
            self.add(ast.Break(), line)
        self.add(ast.While(constant(True), body, []), line)

    @contextmanager
    def guarded(self, errors: str, handler: str, noted: str, name: str, line: int) -> Iterator[list[ast.stmt]]:
        """``try:``; when one of *errors* comes, *name* becomes what *handler* makes of it and of what is *noted*."""
        with self.block() as body:
            yield body
        failed = ast.Assign([ast.Name(name, ast.Store())], call_of(handler, load_name("stopped"), load_name(noted)))
        failed.lineno = failed.end_lineno = line
        caught = ast.ExceptHandler(load_name(errors), "stopped", [failed])
        caught.lineno = caught.end_lineno = line
        self.add(ast.Try(body, [caught], [], []), line)

    @contextmanager
    def each(self, item: str, values: ast.expr, line: int) -> Iterator[None]:
        """``for item in values:``."""
        with self.block() as body:
            yield
        self.add(
            ast.For(ast.Name(item, ast.Store()), values, body or [ast.Pass(lineno=line, end_lineno=line)], []), line
        )

    def leave(self, line: int) -> None:
        """``break``."""
        self.add(ast.Break(), line)

    def recall(self, key: tuple[Any, ...]) -> Operand | None:
        """A value that was computed before, on every way that leads here."""
        for values in reversed(self._known):
            operand: Operand | None = values.get(key)
            if operand is not None:
                return operand
        return None

    def remember(self, key: tuple[Any, ...], operand: Operand) -> Operand:
        """Keep a computed value for the rest of the block."""
        self._known[-1][key] = operand
        return operand

    def open_function(self) -> tuple[Any, ...]:
        """Begin a function of its own, for parts that lie too deep for one; give what :meth:`close_function` needs."""
        state = self._block, self._known, self.depth
        self._block, self._known, self.depth = [], [{}], 0
        return state

    def close_function(self, state: tuple[Any, ...], result: Operand, extra: tuple[str, ...], line: int) -> ast.expr:
        """End it with its result; give the call of it."""
        self.add(ast.Return(result.load()), line)
        self._names += 1
        name = f"part{self._names}"
        parameters = (*self._parameters, *extra)
        self._functions.append(_function(name, parameters, self._block, line))
        self._block, self._known, self.depth = state
        return call_of(name, *map(load_name, parameters))

    def finish(self, prologue: list[ast.stmt], parameters: tuple[str, ...]) -> CodeType:
        """The code of a module that defines ``run`` with these parameters; all but the first may be left out."""
        run = _function("run", parameters, [*prologue, *self._block], 1, optional=len(parameters) - 1)
        module = ast.Module([*self._functions, run], [])
        _locate(module)
        return compile(module, FILE, "exec", dont_inherit=True)


def _locate(module: ast.Module) -> None:
    """Give each node of a statement the statement's line, as Python's compiler wants it.

    ``ast.fix_missing_locations`` does so for any tree, and takes longer than the compiler itself.
    """
    waiting: list[tuple[ast.AST, int]] = [(statement, 1) for statement in module.body]
    while waiting:
        node, line = waiting.pop()
        line = getattr(node, "lineno", line)
        if isinstance(node, ast.stmt | ast.expr | ast.arg | ast.excepthandler):
            node.lineno = node.end_lineno = line
            node.col_offset = node.end_col_offset = 0
        for value in node.__dict__.values():
            if isinstance(value, list):
                waiting.extend((part, line) for part in value if isinstance(part, ast.AST))
            elif isinstance(value, ast.AST) and not isinstance(value, ast.expr_context):
                waiting.append((value, line))


def _function(
    name: str, parameters: tuple[str, ...], body: list[ast.stmt], line: int, *, optional: int = 0
) -> ast.stmt:
    arguments = ast.arguments(
        posonlyargs=[],
        args=[ast.arg(parameter) for parameter in parameters],
        vararg=None,
        kwonlyargs=[],
        kw_defaults=[],
        kwarg=None,
        defaults=[constant(None)] * optional,
    )
    function = ast.FunctionDef(name, arguments, body, [], None)
    if "type_params" in ast.FunctionDef._fields:  # Python 3.12 and newer
        setattr(function, "type_params", [])  # noqa: B010 - older Pythons do not know the name
    function.lineno = function.end_lineno = line
    return function
