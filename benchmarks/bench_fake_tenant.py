"""What the fake tenant costs: a page against its JSON, a request against the SDK's own work, a user in memory.

Each is the smallest processor time of several rounds, all sides in turns, so that they meet the same machine.
"""

import asyncio
import json
import tracemalloc
from time import process_time

import httpx
from msgraph.generated.models.user import User

from o365prov.testing import FakeTenant, graph_client
from o365prov.testing.fake_tenant.schema.skus import PRODUCTS

BASE = "https://graph.microsoft.com/v1.0"
HEADERS = {"Authorization": "Bearer x", "Content-Type": "application/json"}
ROUNDS = 15
MANY = 100_000
E3 = PRODUCTS["SPE_E3"].id
SELECTED = (
    "id,userPrincipalName,displayName,accountEnabled,department,usageLocation,assignedLicenses,onPremisesImmutableId"
)


def body(number):
    """A user as a provisioner creates it."""
    return {
        "accountEnabled": True,
        "displayName": f"Firstname{number} Lastname{number}",
        "givenName": f"Firstname{number}",
        "surname": f"Lastname{number}",
        "mailNickname": f"first.last{number}",
        "userPrincipalName": f"first.last{number}@contoso.onmicrosoft.com",
        "mail": f"first.last{number}@contoso.onmicrosoft.com",
        "usageLocation": "US",
        "department": f"Department {number % 40}",
        "jobTitle": f"Title {number % 100}",
        "city": "Portland",
        "companyName": "Contoso",
        "employeeId": str(number),
        "onPremisesImmutableId": f"{number:024d}",
        "businessPhones": [f"+1 555 {number:07d}"],
        "passwordProfile": {"password": "Correct-Horse-7"},
    }


def ask(fake, method, path, content=None):
    """One request and its answer's body."""
    raw = b"" if content is None else json.dumps(content).encode()
    status, _, answer = fake.handle(method, f"{BASE}{path}", HEADERS, raw)
    assert status < 300, answer
    return answer


def fill(number):
    """A tenant with so many licensed users, made over the wire."""
    fake = FakeTenant(licenses={"SPE_E3": number}, seed=1, keep_requests=0)
    for index in range(number):
        created = json.loads(ask(fake, "POST", "/users", body(index)))
        assign = {"addLicenses": [{"skuId": E3, "disabledPlans": []}], "removeLicenses": []}
        ask(fake, "POST", f"/users/{created['id']}/assignLicense", assign)
    return fake


def least(*works):
    """The smallest time of each work."""
    best = [float("inf")] * len(works)
    for _ in range(ROUNDS):
        for index, work in enumerate(works):
            begin = process_time()
            work()
            best[index] = min(best[index], process_time() - begin)
    return best


def pages(fake):
    """A page of 999 users against json.dumps of the same page."""
    for name, path in (("default set", "/users?$top=999"), ("$select of 8", f"/users?$top=999&$select={SELECTED}")):
        page = json.loads(ask(fake, "GET", path))
        ours, peer = least(lambda path=path: ask(fake, "GET", path), lambda page=page: json.dumps(page))
        print(f"page of 999, {name} / json.dumps  {ours / peer:.2f}  3.00")


def requests(fake):
    """One request in process against what msgraph-sdk spends on the same one."""
    key = fake.users[0]["id"]
    canned = {
        "GET": httpx.Response(
            200, content=ask(fake, "GET", f"/users/{key}"), headers={"Content-Type": "application/json"}
        ),
        "PATCH": httpx.Response(204),
    }
    client = graph_client(fake)
    one = client.users.by_user_id(key)
    adapter = client.request_adapter
    loop = asyncio.new_event_loop()

    def answer_at_once(request):
        found = canned[request.method]
        return httpx.Response(found.status_code, content=found.content, headers=found.headers, request=request)

    adapter._http_client = httpx.AsyncClient(transport=httpx.MockTransport(answer_at_once))  # noqa: SLF001

    def repeat(call, times=20):
        for _ in range(times):
            call()

    for method, budget, ours, peer in (
        ("GET", 0.013, lambda: ask(fake, "GET", f"/users/{key}"), lambda: loop.run_until_complete(one.get())),
        (
            "PATCH",
            0.13,
            lambda: ask(fake, "PATCH", f"/users/{key}", {"jobTitle": "Singer"}),
            lambda: loop.run_until_complete(one.patch(User(job_title="Singer"))),
        ),
    ):
        peer()
        mine, sdk = least(lambda ours=ours: repeat(ours), lambda peer=peer: repeat(peer))
        print(f"{method} of a user / msgraph-sdk's own work  {mine / sdk:.3f}  {budget}")
    loop.close()


def memory():
    """Megabytes of a large tenant, from a tenth of it, in shares of the budget."""
    tracemalloc.start()
    fake = fill(MANY // 10)
    used, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(fake.users) == MANY // 10
    print(f"{MANY} licensed users / 300 MiB  {used * 10 / (300 * 2**20):.2f}  1.00")
    return fake


def saving(fake):
    """What it takes to write a large tenant and to read it again, against Python's own JSON of the same text."""
    text = fake.to_json()
    state = json.loads(text)
    begin = process_time()
    json.dumps(state, ensure_ascii=False)
    json.loads(text)
    plain, begin = process_time() - begin, process_time()
    again = FakeTenant.from_json(fake.to_json())
    taken = process_time() - begin
    print(f"{len(again.users)} users saved and loaded / json.dumps and loads  {taken / plain:.2f}  8.00")
    assert len(again.users) == len(fake.users)


def main():
    """Print a line for each ratio: name, measured, budget."""
    fake = fill(1_200)
    pages(fake)
    requests(fake)
    saving(memory())


if __name__ == "__main__":
    main()
