"""The command ``o365prov``: it parses arguments, calls public functions, and shows what they give."""

from o365prov.cli.entry import main

__all__ = ["main"]
