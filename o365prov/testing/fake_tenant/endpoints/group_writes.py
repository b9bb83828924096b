"""Creating, updating and deleting groups, and who is in them.

Sources: Graph "Create group", "Update group", "Add members", "Groups overview" for the kinds that Graph can't write.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from o365prov.testing.fake_tenant.endpoints.relations.references import reference_key, referenced_object
from o365prov.testing.fake_tenant.protocol.errors import Detail, GraphErrorResponse
from o365prov.testing.fake_tenant.rules.licensing import inherit
from o365prov.testing.fake_tenant.rules.user_rules import is_nickname
from o365prov.testing.fake_tenant.rules.values import check_values, merged, raise_first
from o365prov.testing.fake_tenant.schema.object_types import GROUP
from o365prov.testing.fake_tenant.store.directory import Directory
from o365prov.testing.fake_tenant.store.links import Links
from o365prov.testing.fake_tenant.store.table import Record

MOST_REFERENCES = 20
"""``members@odata.bind`` and ``owners@odata.bind`` take this many references a request."""
_REQUIRED = ("displayName", "mailEnabled", "mailNickname", "securityEnabled")


def create_group(directory: Directory, body: Mapping[str, Any]) -> Record:
    """Make a group of a request body, its bound members and owners included, or refuse the whole of it."""
    values, bound = bound_references(body)
    raise_first(_problems_of_create(directory, values))
    record = {
        "id": directory.new_id(),
        "createdDateTime": directory.now,
        "renewedDateTime": directory.now,
        **merged(directory.extended(GROUP), {}, values),
        "groupTypes": values.get("groupTypes") or [],
    }
    if "Unified" in record["groupTypes"]:
        default = next(name for name, domain in directory.domains.items() if domain["isDefault"])
        mail = f"{record['mailNickname']}@{default}"
        record |= {"mail": mail, "proxyAddresses": [f"SMTP:{mail}"]}
        record.setdefault("visibility", "Public")
    targets = {name: _targets(directory, record, name, keys) for name, keys in bound.items()}
    directory.create("group", record)
    for name, keys in targets.items():
        for key in keys:
            _link(directory, record, name, key)
    return record


def update_group(directory: Directory, record: Record, body: Mapping[str, Any]) -> None:
    """Write a request body into a group, and add the members and owners that it binds, all or nothing."""
    _check_writable(record)
    values, bound = bound_references(body)
    raise_first(_problems_of_values(directory, values, creating=False))
    targets = {name: _targets(directory, record, name, keys) for name, keys in bound.items()}
    directory.update("group", merged(directory.extended(GROUP), record, values))
    for name, keys in targets.items():
        for key in keys:
            _link(directory, record, name, key)


def delete_group(directory: Directory, record: Record) -> None:
    """Delete a group: a Microsoft 365 group can be restored for 30 days, any other is gone at once."""
    members = directory.members.targets(record["id"])
    if "Unified" in record["groupTypes"]:
        directory.soft_delete("group", record, {**record, "deletedDateTime": directory.now})
    else:
        directory.purge("group", record)
    if record.get("assignedLicenses"):
        for member in members:
            inherit(directory, member)


def links_of(directory: Directory, name: str) -> Links:
    """The references of this name: members or owners."""
    return directory.members if name == "members" else directory.owners


def add_references(directory: Directory, record: Record, name: str, keys: list[str]) -> None:
    """Add members or owners, all or none of them."""
    _check_writable(record)
    for target in _targets(directory, record, name, keys):
        _link(directory, record, name, target)


def remove_reference(directory: Directory, record: Record, name: str, key: str) -> None:
    """Take one member or owner out; 404 when it is none."""
    _check_writable(record)
    if name == "members":
        _check_not_dynamic(record)
    links = links_of(directory, name)
    if not links.has(record["id"], key.lower()):
        raise GraphErrorResponse.not_found(key)
    if name == "owners" and "Unified" in record["groupTypes"] and len(links.targets(record["id"])) == 1:
        raise GraphErrorResponse.bad_request(
            "The group must have at least one owner, hence this owner cannot be removed."
        )
    links.remove(record["id"], key.lower())
    directory.log_link("group", record["id"], name, key.lower(), added=False)
    if name == "members" and record.get("assignedLicenses"):
        inherit(directory, key.lower())


def bound_references(body: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """The body without its bindings, and the keys that it binds by name."""
    values = {name: value for name, value in body.items() if not name.endswith("@odata.bind")}
    bound: dict[str, list[str]] = {}
    for name in body.keys() - values.keys():
        bare = name.removesuffix("@odata.bind")
        if bare not in {"members", "owners"}:
            raise GraphErrorResponse.unsupported(
                f"the fake tenant does not support '{name}'; it supports members and owners"
            )
        addresses = body[name]
        if not isinstance(addresses, list) or not all(isinstance(item, str) for item in addresses):
            raise GraphErrorResponse.malformed(f"'{name}' must be a list of addresses of objects.")
        if len(addresses) > MOST_REFERENCES:
            raise GraphErrorResponse.bad_request(
                f"The number of references in '{name}' exceeds the limit: at most {MOST_REFERENCES} a request."
            )
        bound[bare] = [reference_key(address) for address in addresses]
    return values, bound


def _targets(directory: Directory, record: Record, name: str, keys: list[str]) -> list[str]:
    """The ids behind references, checked: they exist, are of a kind that fits, and are not there yet."""
    if name == "members" and keys:
        _check_not_dynamic(record)
    ids = []
    for key in keys:
        kind, target = referenced_object(directory, key)
        if kind != "user" and (name == "owners" or "Unified" in record["groupTypes"]):
            raise GraphErrorResponse.bad_request(
                f"A {kind} can't be among the {name} of this kind of group: users can."
            )
        if target["id"] == record["id"]:
            raise GraphErrorResponse.bad_request("A group can't be a member of itself.")
        if links_of(directory, name).has(record["id"], target["id"]) or target["id"] in ids:
            raise GraphErrorResponse.already_there(name)
        ids.append(str(target["id"]))
    return ids


def _link(directory: Directory, record: Record, name: str, target: str) -> None:
    links_of(directory, name).add(record["id"], target)
    directory.log_link("group", record["id"], name, target, added=True)
    if name == "members" and record.get("assignedLicenses"):
        inherit(directory, target)


def _problems_of_create(directory: Directory, body: Mapping[str, Any]) -> Iterator[GraphErrorResponse]:
    for name in _REQUIRED:
        if body.get(name) is None:
            message = f"A value is required for property '{name}' of resource 'Group'."
            yield GraphErrorResponse.bad_request(message, Detail("MissingProperty", name, message))
    yield from _problems_of_values(directory, body, creating=True)
    kinds = body.get("groupTypes") or []
    unified = "Unified" in kinds
    if body.get("mailEnabled") is True and not unified:
        yield GraphErrorResponse.bad_request(
            "The service does not currently support writes of mail-enabled groups. Please ensure that the"
            " mail-enablement property is unset and the security-enablement property is set."
        )
    if body.get("mailEnabled") is False and (unified or body.get("securityEnabled") is False):
        yield GraphErrorResponse.bad_request(
            "A Microsoft 365 group must be mail-enabled, and any other group must be security-enabled."
        )
    if "DynamicMembership" in kinds and not body.get("membershipRule"):
        yield GraphErrorResponse.bad_request("A value is required for property 'membershipRule' of resource 'Group'.")
    if body.get("isAssignableToRole") and ("DynamicMembership" in kinds or body.get("securityEnabled") is not True):
        yield GraphErrorResponse.bad_request("A role-assignable group must be security-enabled and can't be dynamic.")


def _problems_of_values(
    directory: Directory, body: Mapping[str, Any], *, creating: bool
) -> Iterator[GraphErrorResponse]:
    yield from check_values(directory.extended(GROUP), body, creating=creating)
    nickname = body.get("mailNickname")
    if isinstance(nickname, str) and nickname and not is_nickname(nickname):
        yield GraphErrorResponse.invalid_value(
            "mailNickname", "Group", 'ASCII only, and none of @ ( ) \\ [ ] " ; : < > , or a space'
        )


def _check_writable(record: Record) -> None:
    if record.get("onPremisesSyncEnabled"):
        raise GraphErrorResponse.mastered_on_premises()
    if record.get("mailEnabled") and "Unified" not in record["groupTypes"]:
        raise GraphErrorResponse.bad_request("Cannot Update a mail-enabled security groups and or distribution list.")


def _check_not_dynamic(record: Record) -> None:
    if "DynamicMembership" in record["groupTypes"]:
        raise GraphErrorResponse(
            403, "Forbidden", "Insufficient privileges: the members of a dynamic group follow from its rule."
        )
