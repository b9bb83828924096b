"""What the Okta organisation allows: which provisioning type may follow which, and what a type needs.

Source: Okta, "Provisioning options for Office 365", notes below the matrix.
"""

from __future__ import annotations

from attrs import field, frozen

from o365prov._fields import as_frozenset, typed
from o365prov.errors import ConfigurationError
from o365prov.provisioning.provisioning_type import ProvisioningType
from o365prov.provisioning.types.profile_sync import ProfileSync
from o365prov.provisioning.types.universal_sync import UniversalSync
from o365prov.provisioning.types.user_sync import UserSync

_ONE_WAY = {UserSync.name: UserSync.label, UniversalSync.name: UniversalSync.label}


@frozen(kw_only=True, field_transformer=typed)
class OktaOrg:
    """Features of the Okta organisation that decide which provisioning types it can use.

    Args:
        graph_api: whether it has the Microsoft Graph API feature, which all organisations must have since the end of
            2024. Without it an app can't go back from User Sync or Universal Sync to Profile Sync.
        jit_ad_instances: the Active Directory instances with just-in-time provisioning, which Universal Sync does not
            support.

    """

    graph_api: bool = True
    jit_ad_instances: frozenset[str] = field(default=frozenset(), converter=as_frozenset)

    def why_not(self, before: str, after: ProvisioningType) -> str | None:
        """Why an app can't change from the type named *before* to *after*, or None if it can.

        >>> from o365prov.provisioning import ProfileSync
        >>> print(OktaOrg(graph_api=False).why_not("user_sync", ProfileSync())[:41])
        User Sync can't be left for Profile Sync:
        """
        if self.graph_api or before not in _ONE_WAY or not isinstance(after, ProfileSync):
            return None
        return (
            f"{_ONE_WAY[before]} can't be left for {after.label}: Okta allows it only with the Microsoft Graph API "
            "feature; keep the type, or set org=OktaOrg(graph_api=True) if the organisation has the feature"
        )

    def check(self, provisioning: ProvisioningType) -> None:
        """Refuse a type that this organisation can't use.

        Raises:
            ConfigurationError: Universal Sync with an instance that has just-in-time provisioning.

        """
        if isinstance(provisioning, UniversalSync):
            names = {each.casefold() for each in self.jit_ad_instances}
            jit = sorted(each for each in provisioning.ad_instances if each.casefold() in names)
            if jit:
                raise ConfigurationError(
                    f"Universal Sync does not support JIT-enabled Active Directory instances ({', '.join(jit)}): "
                    "turn off JIT for them, or leave them out of ad_instances"
                )
