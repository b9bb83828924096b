"""The values of Okta's records that are in more than one file, or need more than a look."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Hashable
from datetime import datetime
from uuid import UUID

from o365prov.people import Grants, LicenseGrant
from o365prov.sources.directory.filetime import read_filetime
from o365prov.structuring import JsonObject


class UniqueValues:
    """The ids of one list, or other values that must be unique in it."""

    def __init__(self) -> None:
        self._places: dict[Hashable, str] = {}

    def enter(self, record: JsonObject, key: str, value: Hashable) -> None:
        """Note an issue if another record has the same value."""
        if value is None or value == "":
            return  # it is missing, which was noted
        first = self._places.setdefault(value, record.path)
        if first != record.path:
            record.note(key, f"is the same as in {first}", "keep one of them", code="duplicate")


def read_object_guid(record: JsonObject, profile: JsonObject) -> UUID | None:
    """The GUID whose bytes ``externalId`` holds, if ``profile.externalID`` does not say otherwise."""
    text = record.string("externalId")
    if not text:
        return None
    try:
        octets = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        octets = b""
    if len(octets) != 16:
        record.note(
            "externalId",
            "is not the base64 of an objectGUID's 16 bytes",
            "is this the Active Directory app?",
            code="wrong_value",
        )
        return None
    guid = UUID(bytes_le=octets)
    dashed = profile.optional_string("externalID")
    if dashed and dashed.strip("{}").lower() != str(guid):
        profile.note(
            "externalID",
            f"is another GUID than the bytes in {record.path}.externalId",
            "import the user again",
            code="contradiction",
        )
    return guid


def read_password_last_set(profile: JsonObject) -> datetime | None:
    """When the password was set; None where the directory gives no instant, or what is wrong is noted."""
    text = profile.optional_string("pwdLastSet")
    try:
        return read_filetime(text) if text else None
    except ValueError:
        profile.note(
            "pwdLastSet",
            "is not a FILETIME (units of 100 ns since 1601)",
            "import the user again",
            code="not_an_instant",
        )
        return None


def read_grants(record: JsonObject) -> Grants:
    """The licences and roles of an assignment: part numbers, or objects with some of the service plans."""
    profile = record.optional_child("profile")
    licenses = []
    for place, element in profile.items("licenses"):
        match element:
            case str() if element:
                licenses.append(LicenseGrant(element))
            case {"sku": str(sku), **rest} if sku and not rest:
                licenses.append(LicenseGrant(sku))
            case {"sku": str(sku), "servicePlans": [*plans], **rest} if sku and not rest and all(map(_is_name, plans)):
                licenses.append(LicenseGrant(sku, plans))
            case _:
                profile.note_at(
                    place,
                    'is neither a part number nor {"sku", "servicePlans": [names]}',
                    "use one of them",
                    code="wrong_value",
                )
    return Grants(licenses, profile.strings("roles"))


def _is_name(value: object) -> bool:
    return isinstance(value, str) and value != ""
