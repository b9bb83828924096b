"""What starting costs, against importing lark and attrs, which nothing here can do without.

- *names*: the imports of the README's program, without those of azure-identity, which is the caller's.
- *first expression*: a program that evaluates one expression.
- *tenant*: a program that opens a connection to a tenant, against ``import msgraph`` with its client made.

Each program runs in fresh interpreters, all kinds in turns, so that they meet the same machine. The smallest processor
time of each counts, less that of an interpreter that imports nothing. Python keeps compiled modules, as it does where
nobody turned that off.
"""

import os
import resource
import subprocess
import sys

ROUNDS = 10 if "--short" in sys.argv else 20
USERNAME = 'String.substringBefore(user.email, "@") + "@yourfederated.domain"'
PROGRAMS = {
    "nothing": "pass",
    "peers": "import lark, attrs",
    "package": "import o365prov",
    "names": (
        "from o365prov import Office365App, SQLiteState, Tenant, UsernameFormat, UserSync\n"
        "from o365prov.sources import okta_json"
    ),
    "expression": f"from o365prov import Expression\nExpression({USERNAME!r}).evaluate({{'user': {{'email': 'a@b'}}}})",
    "msgraph": "import msgraph",
    "tenant": (
        "import asyncio\n"
        "from azure.core.credentials import AccessToken\n"
        "from o365prov import MemoryState, Tenant\n"
        "class Credential:\n"
        "    async def get_token(self, *scopes, **options):\n"
        "        return AccessToken('token', 4_000_000_000)\n"
        "async def main():\n"
        "    async with Tenant(Credential(), state=MemoryState()) as tenant:\n"
        "        tenant.sdk\n"
        "asyncio.run(main())"
    ),
}
ROWS = (
    ("import o365prov, against lark and attrs", "package", "peers", 0.30),
    ("the README's names, against lark and attrs", "names", "peers", 3.70),
    ("the first expression, against lark and attrs", "expression", "peers", 2.80),
    ("a tenant that is ready, against import msgraph", "tenant", "msgraph", 2.95),
)
"""What is measured, the programs compared, and the budget: a quarter above what the slower of two machines reached."""


def seconds(code: str) -> float:
    """The processor time of a fresh interpreter that runs this."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)  # noqa: S603 - the code stands above
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print a line for each ratio: name, measured, budget."""
    best = {name: float("inf") for name in PROGRAMS}
    for code in PROGRAMS.values():
        seconds(code)  # compiles
    for _ in range(ROUNDS):
        for name, code in PROGRAMS.items():
            best[name] = min(best[name], seconds(code))
    taken = {name: each - best["nothing"] for name, each in best.items()}
    for label, ours, theirs, budget in ROWS:
        print(f"{label}  {taken[ours] / taken[theirs]:.2f}  {budget:.2f}")


if __name__ == "__main__":
    main()
