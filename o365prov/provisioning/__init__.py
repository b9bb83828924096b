"""The provisioning types as strategies: what each may send, create, rename and deactivate."""

from o365prov.provisioning.binding import bind, describe_settings, is_stale, not_sent, settings_fingerprint, staleness
from o365prov.provisioning.deprovisioning import AfterBlock, Deprovisioning
from o365prov.provisioning.desired import DesiredUser, desired_user
from o365prov.provisioning.license_only import LicenseOnly
from o365prov.provisioning.lifecycle import STANDINGS, Standing
from o365prov.provisioning.matrix import operations_matrix
from o365prov.provisioning.org import OktaOrg
from o365prov.provisioning.profile_sync import ProfileSync
from o365prov.provisioning.strategy import ProvisioningType
from o365prov.provisioning.universal_sync import UniversalSync
from o365prov.provisioning.user_sync import UserSync

__all__ = [
    "STANDINGS",
    "AfterBlock",
    "Deprovisioning",
    "DesiredUser",
    "LicenseOnly",
    "OktaOrg",
    "ProfileSync",
    "ProvisioningType",
    "Standing",
    "UniversalSync",
    "UserSync",
    "bind",
    "describe_settings",
    "desired_user",
    "is_stale",
    "not_sent",
    "operations_matrix",
    "settings_fingerprint",
    "staleness",
]
