"""What there is to run here: `nox -l` lists it, CONTRIBUTING.md says when.

Most sessions share one environment for each Python, `.nox/shared-3.x`, because the Graph SDK takes 400 MB on disk. It
is made at the first use and again when pyproject.toml changes. uv makes and fills it where it is installed, else pip.
"""

from __future__ import annotations

import hashlib
import json
import operator
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nox

nox.needs_version = ">=2024.10.9"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.sessions = ["tests", "lint", "types", "docs", "demo"]

HERE = Path(__file__).parent
PYPROJECT = nox.project.load_toml("pyproject.toml")
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
WORKERS = ("-n", "2")
PROCESSES = ("-n", "3", "--dist", "worksteal")
"""For all tests: some that only CI runs wait for processes of their own, and a third worker goes on meanwhile."""
EVERYTHING = ("--doctest-modules", "o365prov", "tests", "--ignore=tests/typing")
COVERED = 97
"""Per cent of lines and branches that the tests reach, at least."""
RUNNING = f"{sys.version_info.major}.{sys.version_info.minor}"


@nox.session(venv_backend="none")
def tests(session: nox.Session) -> None:
    """Test with the running Python: tests and the docstrings' examples, or what stands after --."""
    pytest(session, shared(session, sys.executable, RUNNING))


@nox.session(venv_backend="none")
def tests_all(session: nox.Session) -> None:
    """Test with every supported Python that this machine has."""
    for version in PYTHONS:
        if interpreter := find_python(version):
            pytest(session, shared(session, interpreter, version))
        else:
            session.warn(f"Python {version} is not here: skipped")


@nox.session(venv_backend="none")
def chaos(session: nox.Session) -> None:
    """Kill real processes and damage files, look for planted faults, and simulate 10,000 organisations.

    ``CHAOS`` in the environment gives another number than 100: so often processes are killed, paused and cut off, and
    a hundred times as many organisations are simulated. What they met, and what they never met, is on a page.
    """
    python = shared(session, sys.executable, RUNNING)
    often = os.environ.get("CHAOS", "100")
    tests = ("-m", "pytest", "-q", "tests/chaos", "tests/simulation", *session.posargs)
    session.run(str(python), *tests, external=True, env={"CHAOS": often})
    page = HERE / "docs" / "_build" / "simulation.html"
    page.parent.mkdir(exist_ok=True)
    many = ("--count", str(100 * int(often)), "--workers", "2", "--coverage", str(page))
    run(session, python, "-m", "o365prov.simulation", "1", *many)


@nox.session(venv_backend="none")
def simulate(session: nox.Session) -> None:
    """Tell the story of one seed, `nox -s simulate -- SEED`; where it breaks a law, the shortest one that does."""
    run(session, shared(session, sys.executable, RUNNING), "-m", "o365prov.simulation", *(session.posargs or ("1",)))


@nox.session(venv_backend="none")
def coverage(session: nox.Session) -> None:
    """Test with the running Python, and measure which lines and branches the tests reach."""
    measure = ("--cov", "--cov-report=term:skip-covered", f"--cov-fail-under={COVERED}")
    python = shared(session, sys.executable, RUNNING)
    run(session, python, "-m", "pytest", "-q", *PROCESSES, *measure, *(session.posargs or EVERYTHING))


@nox.session(venv_backend="none")
def lowest(session: nox.Session) -> None:
    """Test with the oldest versions of all dependencies that pyproject.toml admits; needs uv."""
    if not (uv := find_uv()):
        session.error("uv resolves the lowest versions: install it with `pip install uv`")
    python = make(session, sys.executable, HERE / ".nox" / "lowest")
    groups = nox.project.dependency_groups(PYPROJECT, "tests")
    lowest_direct = ("pip", "install", "--quiet", "--python", str(python), "--resolution", "lowest-direct")
    session.run(uv, *lowest_direct, "--editable", ".[cli,re2]", *groups, external=True)
    run(session, python, "-m", "pytest", "-q", *WORKERS, *(session.posargs or EVERYTHING))


MUTATED = ("o365prov/planning", "o365prov/provisioning", "o365prov/profiles")
DECIDED = ("tests/planning", "tests/provisioning", "tests/profiles", "tests/people", "tests/app", "tests/rendering")
"""Where most of what these packages do is said; `tests/graph` and others run them too, and take longer."""


@nox.session(venv_backend="none")
def mutation(session: nox.Session) -> None:
    """Change the deciding code in small ways; fail where no test notices and `equivalent.toml` does not say why.

    Hours for all of it; `nox -s mutation -- o365prov/planning/hazards tests/planning/test_safeguards.py` holds some
    modules to some tests, in minutes. With `MUTANT_SECONDS=60` the tests of one change may take a minute, not four
    seconds: they begin with one for each way through the module.
    """
    modules = [each for each in session.posargs if each.startswith("o365prov")] or MUTATED
    tests = [each for each in session.posargs if each.startswith("tests")] or DECIDED
    run(session, shared(session, sys.executable, RUNNING), "tests/mutation/run_mutants.py", *modules, *tests)


@nox.session(reuse_venv=True)
def lint(session: nox.Session) -> None:
    """Check style and format; mend with `ruff check --fix` and `ruff format`."""
    session.install(*nox.project.dependency_groups(PYPROJECT, "lint"))
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session(venv_backend="none")
def types(session: nox.Session) -> None:
    """Check types with mypy and pyright: the package, and programs that use it: the README's, the pages', examples."""
    python = shared(session, sys.executable, RUNNING)
    run(session, python, "-m", "mypy")
    with TemporaryDirectory() as pages:
        run(session, python, "docs/programs.py", pages)
        run(session, python, "-m", "mypy", *map(str, programs("tests/typing", pages, "examples", "examples/fleet")))
        checked = ("o365prov", "tests/typing", "examples", pages)
        run(session, python, "-m", "pyright", "--pythonpath", str(python), *checked)


@nox.session(venv_backend="none")
def docs(session: nox.Session) -> None:
    """Build the documentation, warnings being errors, and run the examples in its pages."""
    python = shared(session, sys.executable, RUNNING)
    for builder in ("html", "doctest"):
        sphinx = ("-m", "sphinx", "-E", "-W", "--keep-going", "-n", "-q", "-b", builder)
        run(session, python, *sphinx, "docs", f"docs/_build/{builder}")
    session.log(f"open {HERE / 'docs' / '_build' / 'html' / 'index.html'}")


@nox.session(venv_backend="none")
def demo(session: nox.Session) -> None:
    """Do the main job on the example data, in a tenant in memory; only what that takes is installed."""
    run(session, with_rich(session), "examples/demo.py", *session.posargs)


@nox.session(venv_backend="none")
def notebooks(session: nox.Session) -> None:
    """Execute the notebooks in examples/notebooks, each in a kernel of its own; an error in a cell is a failure."""
    python = shared(session, sys.executable, RUNNING)
    own = beside(session, python, set(nox.project.dependency_groups(PYPROJECT, "notebooks")))
    for notebook in sorted((HERE / "examples" / "notebooks").glob("*.ipynb")):
        with TemporaryDirectory() as folder:
            seen = Path(folder) / notebook.name
            run(session, own, "-m", "jupyter", "execute", "--output", str(seen), str(notebook))


@nox.session(venv_backend="none")
def bench(session: nox.Session) -> None:
    """Measure, as ratios with their budgets, write docs/benchmarks.md, and fail where one is over its budget.

    A benchmark names its peers in its inline script metadata, and prints a line for each ratio: name, measured, budget.
    What is over its budget is measured once more: what else a machine does makes a figure worse by chance, once.
    `nox -s bench -- --against REV` measures the code of that revision too, each benchmark right after the other.
    `nox -s bench -- --short` runs what has a short form, in less than a minute. Neither of these writes the page.
    """
    python = shared(session, sys.executable, RUNNING)
    scripts = sorted((HERE / "benchmarks").glob("bench_*.py"))
    short = ["--short"] if "--short" in session.posargs else []
    if short:
        scripts = [script for script in scripts if '"--short"' in script.read_text()]
    scripted = [script for script in scripts if "# /// script" in script.read_text()]
    peers = {peer for script in scripted for peer in nox.project.load_toml(script).get("dependencies", ())}
    python = beside(session, python, peers)
    over: list[str] = []
    with checked_out(session) as before, TemporaryDirectory() as results:
        for script in scripts:
            name = script.relative_to(HERE)
            session.log(f"{name} now")
            printed = measure(session, python, name, *short)
            if found := over_budget(printed):
                session.log(f"{name} once more, for what was over its budget")
                again = measure(session, python, name, *short)
                over += [line for what, line in over_budget(again).items() if what in found]
                printed = "\n".join({**ratios(printed), **{what: ratios(again)[what] for what in found}}.values())
            (Path(results) / script.name).with_suffix(".txt").write_text(printed)
            if before and (before / name).exists():
                session.log(f"{name} before")
                session.run(str(python), str(before / name), *short, external=True, env={"PYTHONPATH": str(before)})
        if not session.posargs:
            session.run(str(python), "benchmarks/page.py", results, external=True)
    if over:
        session.error("over budget:\n" + "\n".join(over))


@nox.session(reuse_venv=True)
def release(session: nox.Session) -> None:
    """Build what is published, check it, and run the tests against the installed wheel, or those that stand after --.

    The sdist is made from the tree, and the wheel from the sdist; both are made twice, and are equal to the byte. They
    are in ``dist/``. The version is that of the tag ``vX.Y.Z``, else a development version of the next one.
    """
    session.install("build>=1.2", "twine>=6.1", "check-wheel-contents>=0.6")
    made = HERE / "dist"
    shutil.rmtree(made, ignore_errors=True)
    session.run("python", "-m", "build", "--outdir", str(made))
    with TemporaryDirectory() as folder:
        session.run("python", "-m", "build", "--outdir", folder, silent=True)
        if hashes(made) != hashes(Path(folder)):
            session.error("two builds of one tree differ")
    files = [str(made / name) for name in hashes(made)]
    session.run("twine", "check", "--strict", *files)
    [sdist], [wheel] = made.glob("*.tar.gz"), made.glob("*.whl")
    session.run("check-wheel-contents", str(wheel))
    python = make(session, sys.executable, HERE / ".nox" / "release")
    install(session, python, f"{wheel}[rich,re2,docs]", *nox.project.dependency_groups(PYPROJECT, "tests"))
    install(session, python, "--force-reinstall", "--no-deps", str(wheel))
    with TemporaryDirectory() as folder, session.chdir(folder):
        shutil.unpack_archive(sdist, folder, filter="data")
        with session.chdir(Path(folder) / sdist.name.removesuffix(".tar.gz")):
            command = ("-m", "pytest", "-q", *WORKERS, *(session.posargs or EVERYTHING[2:]))
            # The folder that a Python starts in is not on its path, so it is the installed package that is tested.
            session.run(str(python), *command, external=True, env={"PYTHONSAFEPATH": "1"})


@nox.session(venv_backend="none")
def sbom(session: nox.Session) -> None:
    """Write what the package needs, and in which versions it was tested, as CycloneDX; after uv.lock changed."""
    if not (uv := find_uv()):
        session.error("uv reads its lock: install it with `pip install uv`")
    page = HERE / "o365prov.cdx.json"
    export = ("export", "--quiet", "--format", "cyclonedx1.5", "--no-dev", "--frozen", "--output-file", str(page))
    session.run(uv, *export, external=True, silent=True)
    page.write_text(json.dumps(bill(json.loads(page.read_text())), indent=1) + "\n")


def bill(exported: dict[str, Any]) -> dict[str, Any]:
    """The bill of materials without what differs from run to run, and without each file that a package has."""
    component = {"type": "library", "bom-ref": "o365prov", "name": "o365prov"}
    named = {exported["metadata"]["component"]["bom-ref"]: "o365prov"}
    return {
        **{name: exported[name] for name in ("bomFormat", "specVersion", "version")},
        "metadata": {"component": component},
        "components": [{k: v for k, v in each.items() if k != "externalReferences"} for each in exported["components"]],
        "dependencies": [{**each, "ref": named.get(each["ref"], each["ref"])} for each in exported["dependencies"]],
    }


def hashes(folder: Path) -> dict[str, str]:
    """The SHA-256 of each file in a folder, by its name."""
    return {each.name: hashlib.sha256(each.read_bytes()).hexdigest() for each in sorted(folder.iterdir())}


def measure(session: nox.Session, python: Path, script: Path, *options: str) -> str:
    """Run a benchmark and show what it prints."""
    printed = str(session.run(str(python), str(script), *options, external=True, silent=True))
    sys.stdout.write(printed)
    return printed


def ratios(printed: str) -> dict[str, str]:
    """The lines with a ratio, by what they measure."""
    return {what: line for line, what in re.findall(r"^((.+?)  [\d.]+  .+)$", printed, re.MULTILINE)}


def over_budget(printed: str) -> dict[str, str]:
    """The lines that are not within their budgets, by their names: at most so much, unless it says >= or >."""
    within = {"<=": operator.le, ">=": operator.ge, ">": operator.gt}
    lines = re.findall(r"^((.+?)  ([\d.]+)  (<=|>=|>|) ?([\d.]+))$", printed, re.MULTILINE)
    return {what: line for line, what, found, how, most in lines if not within[how or "<="](float(found), float(most))}


@contextmanager
def checked_out(session: nox.Session) -> Iterator[Path | None]:
    """A work tree of the revision that stands after --against; None where there is none."""
    if "--against" not in session.posargs:
        yield None
        return
    revision = session.posargs[session.posargs.index("--against") + 1]
    with TemporaryDirectory() as folder:
        tree = Path(folder) / "before"
        session.run("git", "worktree", "add", "--quiet", "--detach", str(tree), revision, external=True)
        try:
            yield tree
        finally:
            session.run("git", "worktree", "remove", "--force", str(tree), external=True)


def programs(*folders: str) -> Iterator[Path]:
    """The Python files in these folders."""
    for folder in folders:
        yield from sorted(Path(folder).glob("*.py"))


def pytest(session: nox.Session, python: Path) -> None:
    """Run all tests and the docstrings' examples, or those that the session's arguments name."""
    run(session, python, "-m", "pytest", *(session.posargs or (*WORKERS, *EVERYTHING)))


def run(session: nox.Session, python: Path, *command: str) -> None:
    """Run Python with this command."""
    session.run(str(python), *command, external=True)


def shared(session: nox.Session, interpreter: str, version: str) -> Path:
    """The Python of the shared environment, which is made if it is missing or of another pyproject.toml."""
    folder = HERE / ".nox" / f"shared-{version}"
    python = make(session, interpreter, folder)
    groups = nox.project.dependency_groups(PYPROJECT, "tests", "types", "schemas")
    fingerprint = hashlib.sha256(Path("pyproject.toml").read_bytes() + str(python).encode()).hexdigest()
    stamp = folder / "o365prov-installed"
    if not stamp.exists() or stamp.read_text() != fingerprint:
        install(session, python, "--editable", ".[cli,re2,docs]", *groups)
        stamp.write_text(fingerprint)
    return python


def with_rich(session: nox.Session) -> Path:
    """The Python of an environment with the package and rich; that of the other sessions if it is there already."""
    others = HERE / ".nox" / f"shared-{RUNNING}"
    if (others / "o365prov-installed").exists():
        return shared(session, sys.executable, RUNNING)
    folder = HERE / ".nox" / "demo"
    python = make(session, sys.executable, folder)
    stamp = folder / "o365prov-installed"
    fingerprint = hashlib.sha256(Path("pyproject.toml").read_bytes()).hexdigest()
    if not stamp.exists() or stamp.read_text() != fingerprint:
        install(session, python, "--editable", ".[rich]")
        stamp.write_text(fingerprint)
    return python


def beside(session: nox.Session, python: Path, packages: set[str]) -> Path:
    """The Python of an environment that sees all of *python*'s packages, and these."""
    own = make(session, str(python), HERE / ".nox" / "bench")
    # A line that begins with import is run, and so the editable install over there is seen, too.
    link = f"import site; site.addsitedir({site_packages(session, python)!r})\n"
    (Path(site_packages(session, own)) / "shared.pth").write_text(link)
    if packages:
        install(session, own, *sorted(packages))
    return own


def site_packages(session: nox.Session, python: Path) -> str:
    """Where the environment of *python* keeps its packages."""
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    return str(session.run(str(python), "-c", code, silent=True, external=True)).strip()


def make(session: nox.Session, interpreter: str, folder: Path) -> Path:
    """The Python of a virtual environment, which is made if it is missing."""
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        if uv := find_uv():
            session.run(uv, "venv", "--quiet", "--python", interpreter, str(folder), external=True)
        else:
            session.run(interpreter, "-m", "venv", "--clear", str(folder), external=True)
    return python


def install(session: nox.Session, python: Path, *packages: str) -> None:
    """Install into the environment of *python*."""
    if uv := find_uv():
        session.run(uv, "pip", "install", "--quiet", "--python", str(python), *packages, external=True)
    else:
        # Compiling 16,000 modules of the SDK, of which a few hundred are ever imported, takes longer than all tests.
        session.run(str(python), "-m", "pip", "install", "--quiet", "--no-compile", *packages, external=True)


def find_uv() -> str | None:
    """The uv on the path, or beside the Python that runs nox."""
    return shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))


def find_python(version: str) -> str | None:
    """An interpreter of this version: the running one, one on the path, or one that pyenv installed."""
    return next((candidate for candidate in candidates(version) if is_python(candidate, version)), None)


def candidates(version: str) -> Iterator[str]:
    """Where an interpreter of this version could be."""
    yield sys.executable
    if on_path := shutil.which(f"python{version}"):
        yield on_path
    yield from map(str, sorted(Path.home().glob(f".pyenv/versions/{version}*/bin/python")))


def is_python(candidate: str, version: str) -> bool:
    """Whether this runs, and is of this version: a shim of pyenv may be neither."""
    asked = [candidate, "-c", "import sys; print(*sys.version_info[:2], sep='.')"]
    answer = subprocess.run(asked, capture_output=True, text=True, check=False)  # noqa: S603 - names from above
    return answer.stdout.strip() == version
