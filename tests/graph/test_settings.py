"""A setting of the wrong type or out of range is refused when it is made, by its name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o365prov.errors import ConfigurationError, CredentialError
from o365prov.graph import BlockingTenant, RateLimits, RetryPolicy, Tenant, consent_url, read_consent
from o365prov.graph.client.transport import AnonymousCredential
from o365prov.state import MemoryState
from o365prov.testing import FakeTenant

NOT_A_SETTING = st.one_of(
    st.booleans(), st.integers(), st.floats(), st.text(), st.binary(), st.lists(st.integers()), st.just(object())
)


@pytest.mark.parametrize("kind", [Tenant, BlockingTenant])
@pytest.mark.parametrize("name", ["cloud", "state", "rate_limits", "retry_policy", "safeguards", "circuit_breaker"])
@given(value=NOT_A_SETTING)
def test_a_tenant_refuses_what_is_not_a_setting(kind, name, value):
    """For a real tenant and for one in tests."""
    with pytest.raises(ConfigurationError, match=f"Tenant.{name} should be"):
        kind(AnonymousCredential(), **{"state": MemoryState(), name: value})
    with pytest.raises(ConfigurationError, match=f"Tenant.{name} should be"):
        kind.over(FakeTenant(), **{name: value})


@pytest.mark.parametrize("kind", [Tenant, BlockingTenant])
@pytest.mark.parametrize("name", ["credential", "clock", "random"])
@given(value=NOT_A_SETTING)
def test_a_tenant_refuses_what_has_not_the_methods_that_it_calls(kind, name, value):
    """A credential has get_token, a clock has sleep, randomness can be called."""
    with pytest.raises(ConfigurationError, match=f"Tenant.{name} should be"):
        kind.over(FakeTenant(), **{name: value})


@pytest.mark.parametrize("kind", [Tenant, BlockingTenant])
@given(value=NOT_A_SETTING | st.none())
def test_a_tenant_refuses_what_is_not_a_credential_or_a_transport(kind, value):
    """The two things that it can't do without; a class in place of an object too."""
    with pytest.raises(ConfigurationError, match=r"Tenant\.credential should be a credential of azure-identity"):
        kind(value, state=MemoryState())
    with pytest.raises(ConfigurationError, match=r"Tenant\.transport should be a Transport"):
        kind.over(value)
    with pytest.raises(ConfigurationError, match=r"Tenant\.transport should be a Transport"):
        kind.over(FakeTenant if value is None else value)


@pytest.mark.parametrize(
    "fields",
    [{"share": "half"}, {"share": True}, {"share": None}, {"units": 3500}, {"writes": (3000, 150)}],
)
def test_rate_limits_refuse_wrong_types(fields):
    """By the field's name."""
    [name] = fields
    with pytest.raises(ConfigurationError, match=rf"RateLimits\.{name} should be"):
        RateLimits(**fields)


@pytest.mark.parametrize("name", [field.name for field in RetryPolicy.__attrs_attrs__])
@given(value=st.one_of(st.booleans(), st.text(), st.none(), st.floats(max_value=-0.1), st.lists(st.integers())))
def test_a_retry_policy_refuses_what_is_not_a_number(name, value):
    """Each field by its name."""
    with pytest.raises(ConfigurationError, match=rf"RetryPolicy\.{name} should be"):
        RetryPolicy(**{name: value})


@pytest.mark.parametrize(
    "call",
    [
        lambda tenant: tenant.read("displayName"),
        lambda tenant: tenant.apply("plan"),
        lambda tenant: tenant.test_connection(["read users"]),
    ],
)
def test_a_method_of_the_tenant_says_what_it_takes(call):
    """An argument of the wrong type is refused before anything is sent."""

    class Untouched:
        async def send(self, method, url, headers, body):
            raise AssertionError("nothing should be sent")

    with (
        BlockingTenant.over(Untouched()) as tenant,
        pytest.raises(ConfigurationError, match=r"Tenant\.\w+\(\w+=\.\.\.\) "),
    ):
        call(tenant)


TEXT = st.one_of(
    st.text(), st.characters(), st.sampled_from(["http://[", "https://x", "https://[::1", "\ud800", "a.b"])
)


@given(TEXT, TEXT, TEXT, TEXT)
def test_a_consent_address_of_any_strings_is_made_or_refused(tenant, client_id, redirect_uri, state):
    """Never any other exception."""
    try:
        url = consent_url(tenant=tenant, client_id=client_id, redirect_uri=redirect_uri, state=state)
    except ConfigurationError:
        return
    assert url.startswith("https://login.microsoftonline.com/")


@given(TEXT, TEXT)
def test_a_callback_of_any_string_is_read_or_refused(callback, state):
    """Never any other exception."""
    with pytest.raises(CredentialError):
        read_consent(callback, state=state)


@pytest.mark.parametrize("name", ["tenant", "client_id", "redirect_uri", "state", "cloud"])
def test_a_consent_address_refuses_wrong_types(name):
    """By the argument's name."""
    arguments = {"tenant": "t", "client_id": "c", "redirect_uri": "https://x.example", "state": "s", name: 7}
    with pytest.raises(ConfigurationError, match=f"{name} should be a"):
        consent_url(**arguments)
