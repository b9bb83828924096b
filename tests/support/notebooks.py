"""What the notebooks show: each runs in this process, and what a cell ends with is shown as Jupyter shows it."""

import ast
import asyncio
import inspect
import json
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "examples" / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))

JUPYTER = """
:root { --paper: #fff; --ink: rgba(0, 0, 0, 0.87); --band: #f5f5f5; }
@media (prefers-color-scheme: dark) { :root { --paper: #111; --ink: #fff; --band: #212121; } }
body { margin: 0; background: var(--paper); }
.jp-RenderedHTMLCommon { color: var(--ink); font: 14px/1.6 sans-serif; padding-right: 20px; overflow: auto; }
.jp-RenderedHTMLCommon table {
  border-collapse: collapse; border: none; color: var(--ink); font-size: 13px; table-layout: fixed;
}
.jp-RenderedHTMLCommon td, .jp-RenderedHTMLCommon th, .jp-RenderedHTMLCommon tr {
  vertical-align: middle; padding: 0.5em; line-height: normal; white-space: normal; max-width: none; border: none;
}
:not(.jp-RenderedMarkdown).jp-RenderedHTMLCommon :is(td, th, tr) { text-align: right; }
.jp-RenderedHTMLCommon tbody tr:nth-child(odd) { background: var(--paper); }
.jp-RenderedHTMLCommon tbody tr:nth-child(even) { background: var(--band); }
"""
"""The rules of JupyterLab for what cells show, in its two themes.

Source: JupyterLab 4, rendermime/style/base.css, and the variables of theme-light-extension and theme-dark-extension.
"""


def in_jupyter(fragment):
    """A page with what a cell shows."""
    output = f'<div class="jp-RenderedHTMLCommon jp-RenderedHTML">{fragment}</div>'
    return f"<!DOCTYPE html><html><head><style>{JUPYTER}</style></head><body>{output}</body></html>"


def fragments(notebook):
    """The HTML of each cell that shows some, by the notebook's name and the cell's number."""
    names = {"__name__": "__main__"}
    found = {}
    with asyncio.Runner() as runner:
        for number, cell in enumerate(json.loads(notebook.read_text("utf-8"))["cells"]):
            if cell["cell_type"] == "code":
                shown = _last_value("".join(cell["source"]), names, runner)
                if hasattr(shown, "_repr_html_") and type(shown).__module__.startswith("o365prov"):
                    found[f"{notebook.stem} {number} {type(shown).__name__}"] = shown._repr_html_()
    return found


def _last_value(source, names, runner):
    """The value of a cell's last line; None if that is no expression."""
    tree = ast.parse(source)
    if isinstance(tree.body[-1], ast.Expr):
        value = tree.body.pop().value
        tree.body.append(ast.Assign([ast.Name("_shown", ast.Store())], value))
        ast.fix_missing_locations(tree)
    code = compile(tree, "cell", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    names["_shown"] = None
    running = eval(code, names)  # noqa: S307 - our own notebooks
    if inspect.iscoroutine(running):
        runner.run(running)
    return names["_shown"]
