"""Deciding about many people, against what nobody can do without.

- *mapping*: User Sync's default mapping for everybody, against the same mapping written by hand in Python to the same
  result object; and a mapping with an attribute that fails for everybody, against the same without.
- *page*: the users of one Graph page of 999, with ``json.loads`` of it, against that alone.
- *planning*: a plan against a tenant that already agrees, against ``json.loads`` of the Graph pages that the snapshot
  was read from. The decoding of the pages into a snapshot is not part of either.
- *first load*: a plan that creates accounts for the same people in a tenant without any, and gives each a licence,
  against ``json.loads`` of what there is to read: the people themselves, and the pages of their accounts as they are
  afterwards.
- *saving*: the first load's plan as JSON, against ``json.dumps`` of what is in it.
- *memory*: the peak of this process with people, snapshot, memory and plan in it, before and after the first load is
  planned and saved.
- *growth*: planning ten times as many people, per person.
- *streaming planner*: a million people, one after the other, against a hundred thousand: processor time and memory,
  each in a process of its own. People and accounts are made on the way, as a reader would. Once with nothing to change,
  and once as a first load.

The sides take turns, and the smallest processor time of each counts. ``PEOPLE=10000`` makes it quicker, and takes the
streaming planner at ten times that. ``--short`` measures the ratios alone, for 10,000 people.
"""

import gc
import json
import os
import re
import resource
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from time import process_time
from uuid import UUID

from attrs import evolve

from o365prov import (
    AppUser,
    AppUsers,
    Assignment,
    DirectoryAccount,
    LicenseGrant,
    Office365App,
    Person,
    TenantSnapshot,
    UsernameFormat,
    UserSync,
)
from o365prov.graph.read import decode
from o365prov.people import Grants
from o365prov.planning import Domain, Sku, TenantUser, fingerprint, reference_digest
from o365prov.profiles import ALPHA_2, UNSET, MappedProfile, make_bindings
from o365prov.provisioning import Evaluation, make_desired_user

SHORT = "--short" in sys.argv
PEOPLE = int(os.environ.get("PEOPLE", "10000" if SHORT else "100000"))
ROUNDS = 5 if SHORT else 3
MAPPING, FAILING, PLANNING, FIRST_LOAD, SAVING, SAVING_SECONDS = 2.70, 2.10, 3.40, 11.50, 4.90, 8.00
"""Budgets: a quarter above what was reached on the slower of two machines."""
STREAMED = (("--streaming", "streaming planner", 3.00), ("--first-load", "first load by the streaming planner", 6.20))
"""What is measured of the streaming planner, and how many GiB it may take."""
NOW = datetime(2026, 6, 1, 8, tzinfo=UTC)
DOMAIN = "yourfederated.domain"
SKU = "05e9a617-0261-4cee-bb44-138d3ef5d965"
MAIL = re.compile(r"[!-~]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+\Z")
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?\Z")
GRANTS = Grants([LicenseGrant("SPE_E3")])


def app() -> Office365App:
    """User Sync as Okta ships it."""
    username = UsernameFormat.custom(f'String.substringBefore(user.email, "@") + "@{DOMAIN}"')
    return Office365App(domains=(DOMAIN,), provisioning=UserSync(), username=username)


def assignment(number: int) -> Assignment:
    """Somebody from Active Directory whose manager is the first of their hundred."""
    first, last = f"First{number}", f"Last{number}"
    address = f"{first}.{last}@corp.example".lower()
    profile = {
        "login": address,
        "email": address,
        "firstName": first,
        "lastName": last,
        "displayName": f"{first} {last}",
        "title": "Engineer",
        "department": "Legal",
        "employeeNumber": str(number),
        "city": "Dublin",
        "state": "L",
        "zipCode": "D02",
        "countryCode": "IE",
        "primaryPhone": f"+1 555 {number:07}",
        "mobilePhone": None,
        "secondEmail": None,
        "streetAddress": f"{number} Example Street",
        "preferredLanguage": "en-US",
        "organization": "Corp Example",
        "costCenter": "CC-100",
        "middleName": None,
    }
    attributes = {"managerDn": dn(number // 100 * 100), "msExchUsageLocation": "IE"}
    account = DirectoryAccount("corp.example", UUID(int=number + 1), dn(number), None, attributes)
    person = Person(f"00u{number:017}", "ACTIVE", profile, "ACTIVE_DIRECTORY", None, [account])
    return Assignment(person, GRANTS, "O365 E3")


def dn(number: int) -> str:
    """The distinguished name of somebody's account."""
    return f"CN=First{number} Last{number},OU=Staff,DC=corp,DC=example"


def object_id(number: int) -> str:
    """The id of somebody's account in the tenant."""
    return str(UUID(int=number + 1_000_000))


def pages(office365: Office365App, assignments: list[Assignment]) -> tuple[list[str], AppUsers]:
    """The tenant's users as Graph pages of 999, and what is remembered of them, after everybody was provisioned."""
    rows, memory = [], []
    evaluation = Evaluation(office365.provisioning, office365.username, office365.mapping, office365.domains)
    for number, each in enumerate(assignments):
        desired = evaluation.evaluate(each, NOW)
        manager = object_id(number // 100 * 100)
        rows.append(
            {
                "id": object_id(number),
                "userPrincipalName": desired.username,
                "accountEnabled": True,
                "onPremisesImmutableId": desired.anchor,
                "onPremisesSyncEnabled": None,
                "signInSessionsValidFromDateTime": "2026-05-01T08:00:00Z",
                **desired.creation_properties(),
                "assignedLicenses": [{"skuId": SKU, "disabledPlans": []}],
                "licenseAssignmentStates": [
                    {"skuId": SKU, "disabledPlans": [], "assignedByGroup": None, "state": "Active", "error": "None"}
                ],
                "manager": {"@odata.type": "#microsoft.graph.user", "id": manager},
            }
        )
        memory.append(
            AppUser(
                each.person.id,
                object_id(number),
                desired.username or "",
                desired.anchor,
                fingerprint(desired, desired.username or "", desired.anchor),
                GRANTS.licenses,
                manager_id=manager,
                manager_reference=reference_digest(dn(number // 100 * 100)),
                provisioning_type="user_sync",
            )
        )
    texts = [json.dumps({"value": rows[start : start + 999]}) for start in range(0, len(rows), 999)]
    return texts, AppUsers("tenant", "Office 365", memory)


def snapshot(texts: list[str]) -> TenantSnapshot:
    """What reading these pages gives."""
    users = [decode.user(row) for text in texts for row in json.loads(text)["value"]]
    sku = Sku(SKU, "SPE_E3", {}, seats=len(users) + 10, used=len(users))
    return TenantSnapshot("tenant", users, [sku], [Domain(DOMAIN, federated=True)], "Contoso", NOW)


def by_hand(office365: Office365App, each: Assignment) -> MappedProfile:
    """The default mapping as a Python programmer would write it, with the same checks and the same result object."""
    person = each.person
    source = person.profile
    account = person.directory_accounts[0] if len(person.directory_accounts) == 1 else None

    def text(value: object, limit: int) -> object:
        if value is None or value == "":
            return None
        value = str(value)
        return value if len(value) <= limit else UNSET

    email = source.get("email")
    location = (account and account.attributes.get("msExchUsageLocation")) or source.get("countryCode") or "US"
    phone = text(source.get("primaryPhone"), 64)
    language = (source.get("preferredLanguage") or "").replace("_", "-")
    return MappedProfile(
        office365.mapping,
        (
            text(source.get("firstName"), 64),
            text(source.get("lastName"), 64),
            text(source.get("displayName"), 256),
            account.anchor if account else UNSET,
            location.upper() if location.upper() in ALPHA_2 else UNSET,
            email if email and MAIL.match(email) else UNSET,
            text(source.get("middleName"), 64),
            text(source.get("streetAddress"), 1024),
            text(source.get("city"), 128),
            text(source.get("state"), 128),
            text(source.get("zipCode"), 40),
            text(source.get("countryCode"), 128),
            text(source.get("department"), 64),
            [phone] if phone else [],
            text(source.get("mobilePhone"), 64),
            text(source.get("title"), 128),
            language if language and LANGUAGE.match(language) else None,
            account.attributes.get("managerDn") if account else UNSET,
        ),
    )


def seconds(job: Callable[[], object]) -> float:
    """The processor time that it takes, with nothing else's garbage to collect."""
    gc.collect()
    begin = process_time()
    job()
    return process_time() - begin


def best(*jobs: Callable[[], object], rounds: int = 0) -> list[float]:
    """The smallest time of each job; they take turns."""
    measured = [[seconds(job) for job in jobs] for _ in range(rounds or ROUNDS)]
    return [min(times) for times in zip(*measured, strict=True)]


def plan_streaming(count: int) -> None:
    """Plan for *count* people of whom nothing changed, and print the seconds and the GiB that it took."""
    office365 = app()
    rows = []
    for number in range(count):
        each = assignment(number)
        desired = make_desired_user(each, office365.provisioning, office365.username, office365.mapping, [DOMAIN])
        reference = reference_digest(dn(number // 100 * 100))
        rows.append(
            AppUser(
                each.person.id,
                object_id(number),
                desired.username or "",
                desired.anchor,
                fingerprint(desired),
                GRANTS.licenses,
                manager_id=object_id(number // 100 * 100),
                manager_reference=reference,
                provisioning_type="user_sync",
            )
        )
    memory = AppUsers("tenant", "Office 365", rows)
    del rows
    begin = process_time()
    planner = office365.streaming_planner(lambda: map(assignment, range(count)), memory, now=NOW)
    kept = [user for user in map(tenant_user, range(count)) if planner.wants(user)]
    tenant = TenantSnapshot("tenant", kept, domains=[Domain(DOMAIN, federated=True)])
    if not planner.plan(tenant).is_empty:
        raise SystemExit("the plan is not empty")
    took = process_time() - begin
    print(took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20)


def first_load_streaming(count: int) -> None:
    """Plan to create accounts for *count* people, and print the seconds and the GiB that it took."""
    begin = process_time()
    nobody = AppUsers.empty("tenant", "Office 365")
    planner = app().streaming_planner(lambda: map(assignment, range(count)), nobody, now=NOW)
    sku = Sku(SKU, "SPE_E3", {}, seats=count)
    tenant = TenantSnapshot("tenant", skus=[sku], domains=[Domain(DOMAIN, federated=True)])
    if planner.plan(tenant).writes < 2 * count:
        raise SystemExit("not everybody gets an account and a licence")
    print(process_time() - begin, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20)


def tenant_user(number: int) -> TenantUser:
    """Somebody's account, as it passes by while the tenant is read."""
    username = f"first{number}.last{number}@{DOMAIN}"
    return TenantUser(object_id(number), {"userPrincipalName": username, "accountEnabled": True})


def measure_streaming(which: str, count: int) -> tuple[float, float]:
    """Seconds and GiB of the streaming planner in a process of its own."""
    command = [sys.executable, __file__, which, str(count)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - this very script
    seconds_taken, gib = answer.stdout.split()
    return float(seconds_taken), float(gib)


def main() -> None:
    """Print a line for each figure: name, measured, budget."""
    office365 = app()
    assignments = [assignment(number) for number in range(PEOPLE)]
    mapping = office365.mapping
    withheld = office365.provisioning.withheld

    def mapped() -> None:
        for each in assignments:
            mapping.evaluate(make_bindings(each), withheld=withheld(each.person))

    def hand_mapped() -> None:
        for each in assignments:
            by_hand(office365, each)

    if mapping.evaluate(make_bindings(assignments[0])).values != by_hand(office365, assignments[0]).values:
        raise SystemExit("the mapping by hand gives something else than the library's")
    ours, theirs = best(mapped, hand_mapped)
    print(f"mapping {PEOPLE} people, against by hand  {ours / theirs:.2f}  {MAPPING:.2f}")
    failing = mapping.with_expression("title", "source.nothing.title")

    def failing_mapped() -> None:
        for each in assignments:
            failing.evaluate(make_bindings(each), withheld=withheld(each.person))

    ours, theirs = best(failing_mapped, mapped)
    print(f"mapping with one attribute that fails, against none  {ours / theirs:.2f}  {FAILING:.2f}")

    texts, memory = pages(office365, assignments)
    page = texts[0]
    ours, theirs = best(lambda: users_of(page), lambda: json.loads(page), rounds=50)
    print(f"a page of 999 users, against json.loads of it  {ours / theirs:.2f}  2.60")
    tenant = snapshot(texts)

    def planned() -> None:
        if not office365.plan(assignments, tenant, memory, now=NOW).is_empty:
            raise SystemExit("the tenant does not agree with the people")

    def loaded() -> None:
        for text in texts:
            json.loads(text)

    nothing, theirs = best(planned, loaded)
    print(f"planning {PEOPLE} people, against json.loads of their pages  {nothing / theirs:.2f}  {PLANNING:.2f}")
    if not SHORT:
        print(f"memory of all that, in GiB  {peak():.2f}  0.81")
    measure_first_load(office365, assignments, tenant, theirs)
    if not SHORT:
        few = assignments[: PEOPLE // 10]
        few_texts, few_memory = pages(office365, few)
        few_tenant = snapshot(few_texts)
        [tenth] = best(lambda: office365.plan(few, few_tenant, few_memory, now=NOW))
        print(f"growth of planning from {len(few)} to {PEOPLE} people, per person  {nothing / tenth / 10:.2f}  -")
        for which, what, most in STREAMED:
            (one, _), (ten, gib) = measure_streaming(which, PEOPLE), measure_streaming(which, 10 * PEOPLE)
            print(f"{what}, {10 * PEOPLE} people, against {PEOPLE}  {ten / one:.2f}  11.00")
            print(f"memory of that {what}, in GiB  {gib:.2f}  {most:.2f}")


def users_of(page: str) -> list[TenantUser]:
    """What reading a page gives."""
    return [decode.user(row) for row in json.loads(page)["value"]]


def measure_first_load(
    office365: Office365App, assignments: list[Assignment], tenant: TenantSnapshot, loading: float
) -> None:
    """Plan for the same people and a tenant without accounts, and save the plan; *loading* is that of the pages."""
    seats = [evolve(sku, used=0) for sku in tenant.skus]
    empty, nobody = evolve(tenant, users=(), skus=seats), AppUsers.empty("tenant", "Office 365")
    source = json.dumps([as_json(each.person) for each in assignments])
    plans = [office365.plan(assignments, empty, nobody, now=NOW)]

    def planned() -> None:
        plans.append(office365.plan(assignments, empty, nobody, now=NOW))
        del plans[: -3 if SHORT else -1]  # of a hundred thousand people one is enough for the memory

    planning, people = best(planned, lambda: json.loads(source), rounds=2)
    read = f"{planning / (loading + people):.2f}"
    print(f"first load of {PEOPLE} people, against json.loads of them and of their pages  {read}  {FIRST_LOAD:.2f}")
    saving = min(seconds(each.to_json) for each in plans)  # with the fingerprint, which is made once a plan
    if not SHORT:
        print(f"saving that plan, in seconds of processor time  {saving:.2f}  {SAVING_SECONDS * PEOPLE / 100_000:.2f}")
        print(f"memory of all that, in GiB  {peak():.2f}  1.58")
    content = json.loads(plans[0].to_json())
    [dumping] = best(lambda: json.dumps(content))
    print(f"saving that plan, against json.dumps of its content  {saving / dumping:.2f}  {SAVING:.2f}")


def as_json(person: Person) -> dict[str, object]:
    """Somebody as an export has them."""
    accounts = [
        {"dn": each.distinguished_name, "objectGUID": str(each.object_guid), **each.attributes}
        for each in person.directory_accounts
    ]
    return {"id": person.id, "status": person.status, "profile": dict(person.profile), "accounts": accounts}


def peak() -> float:
    """The most memory that this process had, in GiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


if __name__ == "__main__":
    if "--streaming" in sys.argv:
        plan_streaming(int(sys.argv[-1]))
    elif "--first-load" in sys.argv:
        first_load_streaming(int(sys.argv[-1]))
    else:
        main()
