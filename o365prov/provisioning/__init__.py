"""The provisioning types as strategies: what each may send, create, rename and deactivate."""

from o365prov.provisioning.deprovisioning import Deprovisioning
from o365prov.provisioning.desired_user import DesiredUser, make_desired_user
from o365prov.provisioning.evaluation import Evaluation
from o365prov.provisioning.lifecycle import Lifecycle, Suspended
from o365prov.provisioning.mapping_binding import (
    bind,
    describe_settings,
    is_stale,
    not_sent,
    refuse_foreign,
    settings_fingerprint,
    shipped_mapping,
    staleness,
)
from o365prov.provisioning.okta_org import OktaOrg
from o365prov.provisioning.operations_matrix import operations_matrix
from o365prov.provisioning.provisioning_type import ProvisioningType
from o365prov.provisioning.types.license_only import LicenseOnly
from o365prov.provisioning.types.profile_sync import ProfileSync
from o365prov.provisioning.types.universal_sync import UniversalSync
from o365prov.provisioning.types.user_sync import UserSync
from o365prov.provisioning.user_status import Eligibility

__all__ = [
    "Deprovisioning",
    "DesiredUser",
    "Eligibility",
    "Evaluation",
    "LicenseOnly",
    "Lifecycle",
    "OktaOrg",
    "ProfileSync",
    "ProvisioningType",
    "Suspended",
    "UniversalSync",
    "UserSync",
    "bind",
    "describe_settings",
    "is_stale",
    "make_desired_user",
    "not_sent",
    "operations_matrix",
    "refuse_foreign",
    "settings_fingerprint",
    "shipped_mapping",
    "staleness",
]
