"""One of each thing that is shown, with something of every kind in it."""

from attrs import evolve
from imports import holding, importable, planned
from organisation import NOW, account, assigned, somebody, tenant, user_sync_app
from public_values import examples

from o365prov import (
    AppUsers,
    CheckedPerson,
    ConnectionTest,
    Departure,
    ExpectedState,
    Explanation,
    Office365App,
    Person,
    Plan,
    Report,
    TenantSnapshot,
    TenantUser,
    Verification,
)
from o365prov.errors import Issue
from o365prov.planning import (
    BlockSignIn,
    CreateUser,
    DeleteUser,
    Outcome,
    PersonExplanation,
    Problem,
    PropertyChange,
    Result,
    Subject,
    TenantGroup,
    Unsupported,
    UpdateUser,
)

ANN = Subject("00uAnn", "Ann Lee", "ann.lee@yourfederated.domain")
BO = Subject("00uBo", "Bo Ross", "bo.ross@yourfederated.domain")
PLAN = Plan(
    "tenant-1",
    NOW,
    (
        CreateUser(ANN, "assigned through O365 E3", {"displayName": "Ann Lee", "city": "Oslo"}, "f"),
        UpdateUser(BO, "the profile changed", "id-bo", (PropertyChange("jobTitle", "Rep", "Lead"),), "f"),
        BlockSignIn(Subject("00uCy", "Cy Young", "cy@x.example"), "not assigned any more", "id-cy", Departure(NOW)),
    ),
    problems=[
        Problem(BO, Issue("code", "the country is unknown", "Use GB", place="usageLocation", severity="warning"))
    ],
    unsupported=(Unsupported("Middle name", "Graph has no such property", "put it into the display name", 3),),
    hazards=("1 of 3 accounts is blocked",),
    explanations={BO.person_id: PersonExplanation("linked before", ("Lead", ""))},
    attributes=("Title", "City"),
)
REPORT = Report(
    "plan-1",
    (
        Outcome(PLAN.changes[0], Result.DONE, "id-ann"),
        Outcome(PLAN.changes[1], Result.FAILED, message="403: grant the permission"),
    ),
)
VERIFICATION = Verification(
    "plan-1",
    NOW,
    (
        CheckedPerson(ANN, ExpectedState.IN_USE, "id-ann", ANN.username, enabled=True, apps=("Outlook", "Teams")),
        CheckedPerson(BO, ExpectedState.IN_USE, missing=("there is no account",), pending=True),
    ),
)
APP = user_sync_app()
OTHER = APP.remap(APP.mapping.with_expression("title", "user.city"))
PREVIEW = APP.preview(somebody("Ann Lee", city="Oslo", countryCode="UK"), snapshot=tenant())
POPULATION = APP.preview(
    [assigned(somebody("Ann Lee", countryCode="UK")), assigned(somebody("Bo Ross"))],
    snapshot=tenant(account("bo.ross@yourfederated.domain")),
)
IMPORT = planned(
    [somebody("Ann Lee"), somebody("Bo Ross")],
    holding(
        importable("Ann Lee"),
        importable("Bo Ross", "bo@x.example"),
        importable("Cy Young", licenses=()),
        groups=(TenantGroup("g1", "Staff"), TenantGroup("g2", "Local", synced=True)),
    ),
    confirm_exact=True,
)
SHOWN = {
    "plan": PLAN,
    "report": REPORT,
    "verification": VERIFICATION,
    "explained person": PLAN.explain("00uBo"),
    "person without changes": PLAN.explain("00uNo"),
    "preview": PREVIEW,
    "population": POPULATION,
    "diff": PLAN.diff(
        evolve(
            PLAN,
            changes=(
                UpdateUser(BO, "other", "id-bo", (PropertyChange("jobTitle", "Rep", "Boss"),), "f"),
                DeleteUser(ANN, "left", "id-ann"),
            ),
            problems=(),
            hazards=("2 of 3 accounts are deleted",),
        )
    ),
    "comparison": POPULATION.compare(OTHER.preview([somebody("Ann Lee"), somebody("Bo Ross", city="Oslo")])),
    "import": IMPORT,
}
SNAPSHOT = TenantSnapshot(
    "contoso", [TenantUser(f"id-{number}", {"userPrincipalName": f"p{number}@corp.example"}) for number in range(60)]
)
OVERVIEWS = {
    "explanation": (examples()[Explanation], "user.email"),
    "snapshot": (SNAPSHOT, "p1@corp.example"),
    "app users": (examples()[AppUsers], "Office 365"),
    "person": (examples()[Person], "CN=Ann Lee"),
    "app": (examples()[Office365App], "String.substringBefore"),
    "connection test": (ConnectionTest("t", "Contoso", frozenset({"User.Read.All"}), (), ("grant it",)), "grant it"),
}
"""What notebooks show of values that are no plans or reports, with a word that is shown."""
