"""Where Okta's resources hold expressions: tables, for Terraform's provider and for the JSON of Okta's API.

Source: the documentation of the provider okta/okta (https://registry.terraform.io/providers/okta/okta), 6.x, and the
reference of Okta's Management API.
"""

from __future__ import annotations

from attrs import field, frozen


def _names(path: str) -> tuple[str, ...]:
    return tuple(path.split("."))


@frozen
class ExpressionPlace:
    """One place that holds an expression.

    Args:
        path: the names that lead to it, from the end: those before them don't count.
        context: which expressions it takes, as ``check(context=...)`` names them.
        beside: another name of the same record that decides whether it holds an expression.
        values: the values of *beside* with which it does; None where it is left out.
        legacy: whether it may hold a template in the form ``${source.login}``.

    """

    path: tuple[str, ...] = field(converter=_names)
    context: str
    beside: str = ""
    values: tuple[str | None, ...] = ()
    legacy: bool = False


_ANY_APP = "okta_app_"

TERRAFORM: dict[str, tuple[ExpressionPlace, ...]] = {
    "okta_group_rule": (
        ExpressionPlace("expression_value", "group_rule", "expression_type", ("urn:okta:expression:1.0", None)),
    ),
    "okta_profile_mapping": (ExpressionPlace("mappings.expression", "profile_mapping"),),
    "okta_auth_server_claim": (ExpressionPlace("value", "oidc_claim", "value_type", ("EXPRESSION", None)),),
    "okta_app_federated_claim": (ExpressionPlace("expression", "federated_claim"),),
    "okta_app_signon_policy_rule": (ExpressionPlace("custom_expression", "identity_engine_policy"),),
    "okta_app_signon_policy_rules": (ExpressionPlace("custom_expression", "identity_engine_policy"),),
    "okta_policy_rule_idp_discovery": (ExpressionPlace("provider_expression", "identity_provider_routing"),),
    "okta_realm_assignment": (ExpressionPlace("condition_expression", "realm_assignment"),),
    "okta_campaign": (
        ExpressionPlace("reviewer_scope_expression", "certification_reviewer"),
        ExpressionPlace("user_scope_expression", "access_certification"),
    ),
    "okta_idp_": (ExpressionPlace("username_template", "identity_provider_username", legacy=True),),
    _ANY_APP: (
        ExpressionPlace("user_name_template", "username", legacy=True),
        ExpressionPlace("subject_name_id_template", "saml_attribute", legacy=True),
        ExpressionPlace("username_expression", "username"),
        ExpressionPlace("groups_claim.value", "oidc_claim", "type", ("EXPRESSION",)),
        ExpressionPlace("attribute_statements.values", "saml_attribute", "type", ("EXPRESSION", None)),
    ),
}
"""Resource, or with _ at its end what resources begin with, to the places within it."""

OKTA_JSON = (
    ExpressionPlace("conditions.expression.value", "group_rule", "type", ("urn:okta:expression:1.0",)),
    ExpressionPlace("conditions.expression.value", "realm_assignment", "type", (None,)),
    ExpressionPlace("elCondition.condition", "identity_engine_policy"),
    ExpressionPlace("matchCriteria.providerExpression", "identity_provider_routing"),
    ExpressionPlace("properties.*.expression", "profile_mapping"),
    ExpressionPlace("value", "oidc_claim", "valueType", ("EXPRESSION",)),
    ExpressionPlace("subject.userNameTemplate.template", "identity_provider_username", legacy=True),
    ExpressionPlace("credentials.userNameTemplate.template", "username", legacy=True),
    ExpressionPlace("signOn.subjectNameIdTemplate", "saml_attribute", legacy=True),
    ExpressionPlace("attributeStatements.values", "saml_attribute", "type", ("EXPRESSION",)),
    ExpressionPlace("reviewerScopeExpression", "certification_reviewer"),
    ExpressionPlace("userScopeExpression", "access_certification"),
)
"""The places within any document of Okta's API: group rules, realms, policies, mappings, claims, apps, campaigns."""


def places_of_resource(kind: str) -> tuple[ExpressionPlace, ...]:
    """The places of a Terraform resource, such as ``okta_group_rule``."""
    beginnings = (places for name, places in TERRAFORM.items() if name.endswith("_") and kind.startswith(name))
    return (*TERRAFORM.get(kind, ()), *(place for places in beginnings for place in places))


def leads_to(path: tuple[str, ...], place: ExpressionPlace) -> bool:
    """Whether a path ends as a place says; ``*`` stands for any name."""
    if len(path) < len(place.path):
        return False
    return all(want in ("*", name) for want, name in zip(place.path[::-1], path[::-1], strict=False))
