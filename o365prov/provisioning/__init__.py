"""The provisioning types as strategies: what each may send, create, rename and deactivate."""

from o365prov.provisioning.desired import DesiredUser, desired_user
from o365prov.provisioning.lifecycle import STANDINGS, Standing
from o365prov.provisioning.strategy import ProvisioningType, describe_settings, settings_fingerprint
from o365prov.provisioning.user_sync import UserSync

__all__ = [
    "STANDINGS",
    "DesiredUser",
    "ProvisioningType",
    "Standing",
    "UserSync",
    "describe_settings",
    "desired_user",
    "settings_fingerprint",
]
