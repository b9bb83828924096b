"""From a tree to Python code, one module a kind of node; :mod:`o365prov.expressions.compiler` is the way in."""
