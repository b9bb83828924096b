"""JSON in and out: every fault of one input at once, with its place."""

from o365prov.structuring.fault_list import FaultList, Unreadable, read_all
from o365prov.structuring.files import StrPath, looks_wide, read_text, why_unreadable
from o365prov.structuring.foreign_json import JsonObject, parse_instant, read_object, read_objects

__all__ = [
    "FaultList",
    "JsonObject",
    "StrPath",
    "Unreadable",
    "looks_wide",
    "parse_instant",
    "read_all",
    "read_object",
    "read_objects",
    "read_text",
    "why_unreadable",
]
