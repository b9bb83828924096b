"""What `import o365prov` costs, against importing lark and attrs, which it can't do without.

Each import is timed in fresh interpreters, all kinds in turns, so that they meet the same machine; the smallest time of
each counts, less the start of an interpreter that imports nothing.
"""

import subprocess
import sys
from time import perf_counter

ROUNDS = 12
BUDGET = 1.2
IMPORTS = {
    "nothing": "pass",
    "peers": "import lark, attrs",
    "ours": "import o365prov",
    "language": "import o365prov.expressions",
}


def seconds(code: str) -> float:
    """How long a fresh interpreter takes to run this."""
    begin = perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603 - the code stands above
    return perf_counter() - begin


def main() -> None:
    """Print a line for each ratio: name, measured, budget."""
    best = {name: float("inf") for name in IMPORTS}
    for _ in range(ROUNDS):
        for name, code in IMPORTS.items():
            best[name] = min(best[name], seconds(code))
    peers = best["peers"] - best["nothing"]
    for name in ("ours", "language"):
        ratio = (best[name] - best["nothing"]) / peers
        budget = f"{BUDGET:.2f}" if name == "ours" else "-"
        print(f"{IMPORTS[name]}  {ratio:.2f}  {budget}")


if __name__ == "__main__":
    main()
