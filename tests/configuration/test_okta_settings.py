"""Okta's own settings of its app, as its API gives them."""

import pytest

from o365prov import ConfigurationError, LicenseOnly, UniversalSync
from o365prov.configuration import AppFile, app_from_okta

APP = {
    "id": "0oa1gjh63g214q0Hq0g4",
    "name": "office365",
    "label": "Microsoft Office 365",
    "features": ["PUSH_NEW_USERS", "PUSH_PROFILE_UPDATES", "GROUP_PUSH"],
    "credentials": {"userNameTemplate": {"template": "${source.email}", "type": "BUILT_IN"}},
    "settings": {
        "app": {"domain": "Corp.example", "domains": ["b.example", {"name": "corp.example"}], "msftTenant": "corp"}
    },
}
MAPPING = {
    "source": {"name": "user", "type": "user"},
    "target": {"name": "office365", "type": "appuser"},
    "properties": {"firstName": {"expression": "user.firstName", "pushStatus": "DONT_PUSH"}},
}


def capabilities(**on):
    """The feature of provisioning with these capabilities switched on."""
    state = {name: {"status": "ENABLED" if enabled else "DISABLED"} for name, enabled in on.items()}
    create = {"lifecycleCreate": state.get("create", {})}
    update = {"profile": state.get("update", {}), "lifecycleDeactivate": state.get("deactivate", {})}
    return {"name": "USER_PROVISIONING", "status": "ENABLED", "capabilities": {"create": create, "update": update}}


def test_the_app_has_oktas_settings():
    """Name, domains, username format, what is pushed, and the mapping; and it can be saved."""
    app = app_from_okta(APP, mapping=MAPPING, type="universal_sync")
    assert (app.name, app.domains) == ("Microsoft Office 365", ("corp.example", "b.example"))
    assert app.username.label == "Email"
    assert isinstance(app.provisioning, UniversalSync)
    assert (app.provisioning.create_users, app.provisioning.update_attributes) == (True, True)
    assert (app.provisioning.deactivate_users, app.provisioning.sync_password) == (False, False)
    assert [(row.attribute.name, row.apply_on) for row in app.mapping] == [("firstName", "create")]
    assert AppFile.from_toml(AppFile(app).to_toml()).app == app


def test_what_is_pushed_is_taken_from_the_features_where_they_are_given():
    """Each capability has a status of its own."""
    app = app_from_okta(APP, features=[capabilities(create=False, update=True, deactivate=True)], type="user_sync")
    provisioning = app.provisioning
    assert (provisioning.create_users, provisioning.update_attributes, provisioning.deactivate_users) == (
        False,
        True,
        True,
    )


@pytest.mark.parametrize("word", ["LICENSE_ONLY", "licenseOnly", "Licenses/Roles Management Only"])
def test_the_type_is_read_where_its_letters_are_known(word):
    """No page of Okta's says how the API writes it."""
    settings = {**APP["settings"]["app"], "office365ProvisioningType": word}
    assert isinstance(app_from_okta({**APP, "settings": {"app": settings}}).provisioning, LicenseOnly)


def test_everything_that_is_wrong_comes_at_once():
    """Each with its JSON path."""
    template = {"template": "user.email +", "type": "CUSTOM"}
    app = {"name": "salesforce", "credentials": {"userNameTemplate": template}, "settings": {"app": {}}}
    with pytest.raises(ConfigurationError) as caught:
        app_from_okta(app, mapping={**MAPPING, "properties": {"x": {}}})
    places = [issue.place.removeprefix("the app: ") for issue in caught.value.issues]
    assert places == [
        "$.name",
        "$.settings.app.domain",
        "$.settings.app.office365ProvisioningType",
        "$.credentials.userNameTemplate.template",
        "the mapping: $.properties.x",
        "the mapping: $.properties.x.expression",
        "the mapping: $.properties.x.pushStatus",
    ]
    with pytest.raises(ConfigurationError, match=r"has no type 'user_snc'"):
        app_from_okta(APP, type="user_snc")
    with pytest.raises(ConfigurationError, match=r"features: has no USER_PROVISIONING"):
        app_from_okta(APP, type="user_sync", features=[])
