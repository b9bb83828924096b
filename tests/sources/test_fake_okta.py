"""Requests and answers of the tests are those of Okta's OpenAPI document, by the SDK that Okta generates from it."""

import asyncio
import inspect
import re
from functools import cache
from importlib import import_module

import pytest
from fake_okta import APP, TOKEN, FakeOkta
from pydantic import TypeAdapter
from yarl import URL

from o365prov.sources import OktaApi

OPERATIONS = {
    "list_users": ("user_api", "UserApi", "User"),
    "get_user": ("user_api", "UserApi", "User"),
    "list_user_groups": ("user_resources_api", "UserResourcesApi", "Group"),
    "list_groups": ("group_api", "GroupApi", "Group"),
    "list_group_users": ("group_api", "GroupApi", "User"),
    "list_applications": ("application_api", "ApplicationApi", None),
    "get_application": ("application_api", "ApplicationApi", None),
    "list_application_users": ("application_users_api", "ApplicationUsersApi", "AppUser"),
    "get_application_user": ("application_users_api", "ApplicationUsersApi", "AppUser"),
    "list_application_group_assignments": (
        "application_groups_api",
        "ApplicationGroupsApi",
        "ApplicationGroupAssignment",
    ),
    "list_linked_objects_for_user": ("user_linked_object_api", "UserLinkedObjectApi", None),
    "get_org_settings": ("org_setting_general_api", "OrgSettingGeneralApi", "OrgSetting"),
    "list_profile_mappings": ("profile_mapping_api", "ProfileMappingApi", "ListProfileMappings"),
    "get_profile_mapping": ("profile_mapping_api", "ProfileMappingApi", "ProfileMapping"),
}
"""The operations that are used, with the classes that have them, and the models of what they give.

Okta's apps are a union of many models, of which none is asked for more than an id, a name and credentials.
"""


@cache
def operation(name):
    """The path of an operation as a pattern, and its parameters."""
    module, kind, _ = OPERATIONS[name]
    api = getattr(import_module(f"okta.api.{module}"), kind)
    [path] = re.findall(r'resource_path="([^"]+)"', inspect.getsource(getattr(api, f"_{name}_serialize")))
    return re.sub(r"\{\w+\}", "[A-Za-z0-9]+", path), inspect.signature(getattr(api, name)).parameters


def operation_of(url):
    """The operation that a request asks for."""
    [name] = [each for each in OPERATIONS if re.fullmatch(operation(each)[0], url.path)]
    return name


def python_name(parameter):
    """How the SDK spells a parameter."""
    return re.sub(r"([A-Z])", r"_\1", parameter).lower()


@pytest.fixture(scope="module")
def exchanged():
    """What was asked, with what was answered to it."""
    fake = FakeOkta(page_size=1)
    fake.add_user("ann")
    fake.add_user("bo", "DEPROVISIONED")
    fake.add_group("staff", "ann", "bo")
    fake.assign_group("staff", 0, "SPE_E3")
    fake.assign_user("ann", "SPE_E3")
    fake.add_account("ann", "PpeBjuwLsEe4mNGQ+evazA==")
    fake.mappings["prm1"] = {
        "id": "prm1",
        "source": {"id": "oty1", "name": "user", "type": "user"},
        "target": {"id": APP, "name": "office365", "type": "appuser"},
        "properties": {"title": {"expression": "user.title", "pushStatus": "PUSH"}},
    }

    async def main():
        async with fake.served() as url:
            api = OktaApi(url, APP, token=TOKEN, reads_org=True, linked_objects=["manager"])
            await api.read()
            await api.read_people(["ann"])
            await api.mapping()
            await api.username_format()

    asyncio.run(main())
    return [(URL(path), status, body) for path, status, body in fake.exchanged]


def test_every_operation_is_tried(exchanged):
    """So that what follows looks at all of them."""
    assert {operation_of(url) for url, *_ in exchanged} == set(OPERATIONS)


def test_requests_are_okta_s(exchanged):
    """Each has the path of one operation, and parameters that it has, within their limits."""
    for url, *_ in exchanged:
        _, parameters = operation(operation_of(url))
        for name, value in url.query.items():
            given = int(value) if name == "limit" else value
            assert TypeAdapter(parameters[python_name(name)].annotation).validate_python(given) == given


def test_answers_are_okta_s(exchanged):
    """Each record fits the model that Okta has for it, and has no member that the model does not know."""
    for url, status, body in exchanged:
        *_, model = OPERATIONS[operation_of(url)]
        if model is None or status != 200:
            continue
        kind = getattr(import_module("okta.models"), model)
        known = {each.alias or name for name, each in kind.model_fields.items()}
        for record in body if isinstance(body, list) else [body]:
            assert kind.from_dict(record).id == record["id"]
            assert record.keys() <= known
