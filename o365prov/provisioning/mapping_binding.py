"""A mapping belongs to the provisioning settings that it was made for.

Okta requires that attributes are mapped again after any change of the settings. So a mapping is bound to the
fingerprint of the settings when it becomes part of an app, and stays bound to it until it is mapped again.

Source: Okta, "Provision users to Office 365" (map the attributes again after changing provisioning settings).
"""

from __future__ import annotations

import hashlib
from typing import Any

import attrs
from attrs import evolve

from o365prov._annotations import check_call
from o365prov.errors import ConfigurationError
from o365prov.profiles import ProfileMapping
from o365prov.provisioning.provisioning_type import ProvisioningType


def bind(mapping: ProfileMapping, provisioning: ProvisioningType) -> ProfileMapping:
    """The same mapping, bound to these settings.

    >>> from o365prov.provisioning import UserSync
    >>> mapping = bind(UserSync().default_mapping(), UserSync())
    >>> is_stale(mapping, UserSync()), is_stale(mapping, UserSync(deactivate_users=False))
    (False, True)
    """
    check_call(bind, locals())
    return evolve(mapping, bound_to=settings_fingerprint(provisioning))


def is_stale(mapping: ProfileMapping, provisioning: ProvisioningType) -> bool:
    """Whether the mapping is bound to other settings than these."""
    check_call(is_stale, locals())
    return mapping.bound_to != settings_fingerprint(provisioning)


def not_sent(mapping: ProfileMapping, provisioning: ProvisioningType) -> tuple[str, ...]:
    """The mapped attributes that this type does not send, in the order of the mapping."""
    check_call(not_sent, locals())
    sends = {*provisioning.attributes, *provisioning.optional_attributes}
    return tuple(row.attribute.name for row in mapping if row.attribute.name not in sends)


def refuse_foreign(mapping: ProfileMapping, provisioning: ProvisioningType) -> None:
    """Refuse a mapping of attributes that this type does not send; one that is stale is mapped again anyway.

    Raises:
        ConfigurationError: it maps such attributes.

    """
    foreign = not_sent(mapping, provisioning)
    if foreign and not is_stale(mapping, provisioning):
        raise ConfigurationError(
            f"{provisioning.label} does not send {', '.join(foreign)}: take them out of the mapping"
        )


def shipped_mapping(provisioning: object) -> ProfileMapping:
    """The mapping that Okta ships for a type; an empty one for what is not a type, which others refuse."""
    is_settings = hasattr(provisioning, "default_mapping") and not isinstance(provisioning, type)
    mapping = provisioning.default_mapping() if is_settings else None  # type: ignore[attr-defined]
    return mapping if isinstance(mapping, ProfileMapping) else ProfileMapping()


def staleness(mapping: ProfileMapping, provisioning: ProvisioningType) -> str:
    """The message about a stale mapping: the present settings, which attributes differ, and what to do."""
    check_call(staleness, locals())
    mapped = {row.attribute.name for row in mapping}
    differences = [
        f"{label} {', '.join(sorted(names))}"
        for label, names in (
            ("no longer sent:", not_sent(mapping, provisioning)),
            ("not mapped:", set(provisioning.attributes) - mapped),
        )
        if names
    ]
    details = f" ({'; '.join(differences)})" if differences else ""
    return (
        f"the provisioning settings changed to {describe_settings(provisioning)} after the attributes were "
        f"mapped{details}: call app.remap(), or app.remap(keep=True) to keep the expressions"
    )


def settings_fingerprint(provisioning: ProvisioningType) -> str:
    """The type and its settings as a short hash: what a mapping is bound to."""
    check_call(settings_fingerprint, locals())
    text = repr((provisioning.name, sorted(_settings(provisioning).items())))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def describe_settings(provisioning: ProvisioningType) -> str:
    """The type and its settings, for messages.

    >>> from o365prov.provisioning import UserSync
    >>> describe_settings(UserSync(deactivate_users=False))  # doctest: +NORMALIZE_WHITESPACE
    'User Sync (create_users=True, update_attributes=True, deactivate_users=False, sync_password=False,
    user_attributes_only=False; Block sign-in)'
    """
    check_call(describe_settings, locals())
    settings = _settings(provisioning)
    settings.pop("deprovisioning")
    named = ", ".join(f"{name}={value}" for name, value in settings.items())
    return f"{provisioning.label} ({named}; {provisioning.deprovisioning.label})"


def _settings(provisioning: ProvisioningType) -> dict[str, Any]:
    return attrs.asdict(provisioning, recurse=False)  # type: ignore[arg-type]  # each type is an attrs class
