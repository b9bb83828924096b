"""JSON in and out: every issue of one input at once, with its place."""

from o365prov.structuring.files import StrPath, load_text, looks_wide, note_unreadable, read_text, write_text
from o365prov.structuring.issue_list import IssueList, UnreadableError, read_all, shortened_path
from o365prov.structuring.json_stream import read_objects
from o365prov.structuring.reader import (
    JsonObject,
    kind_of,
    member_path,
    okta_error,
    parse_instant,
    parse_json,
    read_object,
    shown,
)
from o365prov.structuring.saved import (
    Saved,
    SavedFormat,
    brief_json_values,
    from_json_text,
    json_text,
    to_json_text,
    to_json_value,
)

__all__ = [
    "IssueList",
    "JsonObject",
    "Saved",
    "SavedFormat",
    "StrPath",
    "UnreadableError",
    "brief_json_values",
    "from_json_text",
    "json_text",
    "kind_of",
    "load_text",
    "looks_wide",
    "member_path",
    "note_unreadable",
    "okta_error",
    "parse_instant",
    "parse_json",
    "read_all",
    "read_object",
    "read_objects",
    "read_text",
    "shortened_path",
    "shown",
    "to_json_text",
    "to_json_value",
    "write_text",
]
