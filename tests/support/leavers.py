"""Ann, who leaves, and Bo, who stays, for tests about what becomes of her account."""

from __future__ import annotations

from datetime import timedelta

from organisation import DOMAIN, account, assigned, somebody

from o365prov import AppUser, LicenseGrant

ANN, BO = somebody("Ann Lee"), assigned(somebody("Bo Ross"))
NAME = f"ann.lee@{DOMAIN}"
DAY = timedelta(days=1)
ACTIVE = AppUser(ANN.id, account(NAME).id, NAME, ANN.id, licenses=(LicenseGrant("SPE_E3"),))
