"""Migrate a mapping: who would get another username or another value, before anything is planned.

Run it: ``python examples/compare_mappings.py``. It compares two mappings for the people of ``examples/data``.
"""

from __future__ import annotations

import sys
from pathlib import Path

from o365prov import Office365App, UsernameFormat, UserSync
from o365prov.previews import PreviewComparison
from o365prov.sources import ldif, okta_json

DATA = Path(__file__).parent / "data"
BEFORE = Office365App(
    domains=("yourfederated.domain",),
    provisioning=UserSync(),
    username=UsernameFormat.custom('String.substringBefore(user.email, "@") + "@yourfederated.domain"'),
)
FIRST_LETTER = 'String.substring(user.firstName, 0, 1) + user.lastName + "@yourfederated.domain"'
AFTER = Office365App(
    domains=BEFORE.domains,
    provisioning=BEFORE.provisioning,
    username=UsernameFormat.custom(FIRST_LETTER),
    mapping=BEFORE.mapping.with_expression("department", 'user.department == null ? "Unassigned" : user.department'),
)


def compared(exports: Path) -> PreviewComparison:
    """Who of the people in these exports would get something else."""
    organization = okta_json.read_organization(exports)
    organization = organization.with_directory(ldif.read_accounts(exports / "active-directory.ldif"))
    return BEFORE.preview(organization.assignments).compare(AFTER.preview(organization.assignments))


if __name__ == "__main__":
    comparison = compared(DATA)
    print(comparison)
    sys.exit(1 if any(each.new_issues for each in comparison) else 0)
