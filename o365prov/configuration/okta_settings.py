"""Okta's own settings of its Office 365 app, as its API gives them, as an :class:`~o365prov.Office365App`.

Sources: Okta developer pages, "Applications API" (``/api/v1/apps/{id}``), "Application Features API"
(``/api/v1/apps/{id}/features``) and "Mappings API"; examples of ``settings.app`` in Okta's Terraform provider.

Decision where the sources are silent: no page lists the values of ``office365ProvisioningType``, so the type is taken
from there only if its letters are those of one of the four types, and else has to be said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from o365prov._annotations import check_call
from o365prov._fields import as_tuple
from o365prov.app import Office365App
from o365prov.configuration.app_settings import TYPES
from o365prov.errors import ConfigurationError, Issue
from o365prov.profiles import ProfileMapping, UsernameFormat
from o365prov.provisioning import LicenseOnly, ProvisioningType
from o365prov.structuring import IssueList, JsonObject, kind_of

T = TypeVar("T")

_FEATURES = {
    "create_users": "PUSH_NEW_USERS",
    "update_attributes": "PUSH_PROFILE_UPDATES",
    "deactivate_users": "PUSH_USER_DEACTIVATION",
    "sync_password": "PUSH_PASSWORD_UPDATES",
}
"""A setting, and the feature of the app that is there where it is switched on."""

_CAPABILITIES = {
    "create_users": ("create", "lifecycleCreate"),
    "update_attributes": ("update", "profile"),
    "deactivate_users": ("update", "lifecycleDeactivate"),
    "sync_password": ("update", "password"),
}
"""A setting, and the capability of the feature USER_PROVISIONING that has its status."""


def app_from_okta(
    app: Mapping[str, Any],
    *,
    mapping: Mapping[str, Any] | None = None,
    features: Iterable[Mapping[str, Any]] | None = None,
    type: str | None = None,  # noqa: A002 - Okta's word
    domains: Iterable[str] = (),
) -> Office365App:
    """The app with the settings that Okta's API has of it.

    What the API does not give keeps its default: the deprovisioning option and the Active Directory instances of
    Universal Sync. Licences and roles come with the assignments.

    Args:
        app: what ``/api/v1/apps/{id}`` gives.
        mapping: what the Mappings API gives of the mapping from the Okta user to the app; None for Okta's own of the
            type.
        features: what ``/api/v1/apps/{id}/features`` gives; None to take the app's list of ``features``.
        type: the provisioning type, such as ``user_sync``; None where the app's settings name it.
        domains: the domains of usernames; empty for those of the app's settings.

    Raises:
        ConfigurationError: everything that is wrong, each with its JSON path.

    >>> from_okta = app_from_okta(
    ...     {
    ...         "name": "office365",
    ...         "label": "Microsoft Office 365",
    ...         "features": ["PUSH_NEW_USERS", "PUSH_PROFILE_UPDATES"],
    ...         "credentials": {"userNameTemplate": {"template": "${source.login}", "type": "BUILT_IN"}},
    ...         "settings": {"app": {"domain": "corp.example"}},
    ...     },
    ...     type="user_sync",
    ... )
    >>> from_okta.domains, from_okta.provisioning.create_users, from_okta.provisioning.deactivate_users
    (('corp.example',), True, False)

    """
    domains = as_tuple(domains)
    features = None if features is None else as_tuple(features)
    check_call(app_from_okta, locals())
    issues = IssueList("the app")
    root = JsonObject(app, "$", issues, remedy="get the app by its id: /api/v1/apps/{id}")
    _check_name(root)
    settings = root.optional_child("settings").optional_child("app")
    names = domains or _domains(settings)
    if not names:
        settings.note("domain", "names no domain", "say which: domains=['corp.example']", code="missing")
    provisioning = _provisioning(root, settings, features, type)
    template = root.child("credentials").values.get("userNameTemplate")
    username = _read(lambda: UsernameFormat.from_okta(_object(template)), "$.credentials.userNameTemplate", issues)
    rows = None
    if mapping is not None:
        rows = _read(lambda: ProfileMapping.from_okta(mapping), "", issues)
    if issues.count or provisioning is None or username is None:
        raise ConfigurationError("; ".join(map(str, issues.issues)), issues=issues.issues)
    label = root.optional_string("label") or "Office 365"
    options: Any = {} if rows is None else {"mapping": rows}
    return Office365App(names, provisioning, username, name=label, **options)


def _check_name(root: JsonObject) -> None:
    name = re.sub(r"[^a-z0-9]", "", root.string("name").lower())
    if name and "office365" not in name:
        what = f"is {root.values['name']!r}, which is another app"
        root.note("name", what, "get the Office 365 app by its id", code="other_app")


def _domains(settings: JsonObject) -> tuple[str, ...]:
    """Those of the list, which newer apps have, and the one that every app has."""
    listed: list[str] = []
    for _, each in settings.items("domains"):
        name = each.get("name") if isinstance(each, Mapping) else each
        if isinstance(name, str) and name:
            listed.append(name)
    one = settings.optional_string("domain")
    return tuple(dict.fromkeys(each.lower() for each in ([one, *listed] if one else listed)))


def _provisioning(
    root: JsonObject, settings: JsonObject, features: tuple[Mapping[str, Any], ...] | None, named: str | None
) -> ProvisioningType | None:
    kinds = {_letters(kind.name): kind for kind in TYPES}
    found = settings.values.get("office365ProvisioningType")
    kind = kinds.get(_letters(named if named is not None else str(found or "")))
    if kind is None:
        names = ", ".join(each.name for each in TYPES)
        what = (
            f"does not say which provisioning type it is ({names})" if named is None else f"has no type {named[:60]!r}"
        )
        settings.note("office365ProvisioningType", what, f"say it: type='user_sync', or one of {names}", code="missing")
        return None
    switches = _from_features(root) if features is None else _from_capabilities(features, root.issues)
    if kind is LicenseOnly:  # it creates nobody, and has no password to push
        switches = {name: switches[name] for name in ("update_attributes", "deactivate_users")}
    settings_of_type: dict[str, Any] = {**switches}
    return kind(**settings_of_type)


def _letters(name: str) -> str:
    """A type's name without what stands between its words, and without the words that Okta's page adds."""
    plain = re.sub(r"[^a-z]", "", name.lower())
    return {"licensesrolesmanagementonly": "licenseonly", "licenserolesmanagementonly": "licenseonly"}.get(plain, plain)


def _from_features(root: JsonObject) -> dict[str, bool]:
    there = set(root.strings("features"))
    return {setting: feature in there for setting, feature in _FEATURES.items()}


def _from_capabilities(features: tuple[Mapping[str, Any], ...], issues: IssueList) -> dict[str, bool]:
    found = next((each for each in features if each.get("name") == "USER_PROVISIONING"), None)
    if found is None:
        remedy = "switch provisioning on in Okta, or leave features out"
        issues.note("features", "has no USER_PROVISIONING", remedy, code="missing")
        return dict.fromkeys(_CAPABILITIES, False)
    capabilities = JsonObject(found, "features.USER_PROVISIONING", issues).optional_child("capabilities")
    return {
        setting: capabilities.optional_child(part).optional_child(name).values.get("status") == "ENABLED"
        for setting, (part, name) in _CAPABILITIES.items()
    }


def _object(value: object) -> Mapping[str, Any]:
    if isinstance(value, Mapping):
        return value
    message = f"should be an object, not {kind_of(value)}"
    raise ConfigurationError(message, issues=(Issue("missing", message, "get the app by its id", "$"),))


def _read(read: Callable[[], T], path: str, issues: IssueList) -> T | None:
    """What *read* gives; None, and a note of everything that is wrong, at *path* in place of the document's root."""
    try:
        return read()
    except ConfigurationError as error:
        for issue in error.issues:
            place = issue.place.replace("the username template: ", "").replace("$", path, 1) if path else issue.place
            issues.note(place, issue.message, issue.remedy, code=issue.code)
        return None
