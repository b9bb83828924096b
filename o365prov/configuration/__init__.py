"""The app as code: settings, mapping, sources and state in one TOML file, and its tests beside it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from o365prov.configuration.app_file import AppFile, json_schema
    from o365prov.configuration.app_tests import AppTestResult, AppTests, ExpectedPerson, GrantRule
    from o365prov.configuration.okta_settings import app_from_okta
    from o365prov.configuration.place_settings import PostgresPlace, SQLitePlace, TenantPlace
    from o365prov.configuration.source_settings import (
        CsvFiles,
        DirectoryPlace,
        LdifPlace,
        OktaFiles,
        OktaOrganization,
    )
else:
    from o365prov._first_use import on_first_use

    __getattr__ = on_first_use(
        __name__,
        (
            "app_file",
            "app_tests",
            "source_settings",
            "place_settings",
            "okta_settings",
        ),
    )

__all__ = [
    "AppFile",
    "AppTestResult",
    "AppTests",
    "CsvFiles",
    "DirectoryPlace",
    "ExpectedPerson",
    "GrantRule",
    "LdifPlace",
    "OktaFiles",
    "OktaOrganization",
    "PostgresPlace",
    "SQLitePlace",
    "TenantPlace",
    "app_from_okta",
    "json_schema",
]
