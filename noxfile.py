"""What there is to run here: `nox -l` lists it, CONTRIBUTING.md says when.

Most sessions share one environment for each Python, `.nox/shared-3.x`, because the Graph SDK takes 400 MB on disk. It
is made at the first use and again when pyproject.toml changes. uv makes and fills it where it is installed, else pip.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nox

nox.needs_version = ">=2024.10.9"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.sessions = ["tests", "lint", "types", "docs", "demo"]

HERE = Path(__file__).parent
PYPROJECT = nox.project.load_toml("pyproject.toml")
PYTHONS = ("3.11", "3.12", "3.13")
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


@nox.session(reuse_venv=True)
def lint(session: nox.Session) -> None:
    """Check style and format; mend with `ruff check --fix` and `ruff format`."""
    session.install(*nox.project.dependency_groups(PYPROJECT, "lint"))
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session(venv_backend="none")
def types(session: nox.Session) -> None:
    """Check types: the package, and a program that uses it."""
    python = shared(session, sys.executable, RUNNING)
    run(session, python, "-m", "mypy")
    run(session, python, "-m", "mypy", "tests/typing/api.py")


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
    """Do the main job on the example data, in a tenant in memory."""
    run(session, shared(session, sys.executable, RUNNING), "examples/demo.py", *session.posargs)


@nox.session(venv_backend="none")
def bench(session: nox.Session) -> None:
    """Measure, as ratios with their budgets; a benchmark names its peers in its inline script metadata."""
    python = shared(session, sys.executable, RUNNING)
    scripts = sorted((HERE / "benchmarks").glob("bench_*.py"))
    scripted = [script for script in scripts if "# /// script" in script.read_text()]
    peers = {peer for script in scripted for peer in nox.project.load_toml(script).get("dependencies", ())}
    python = beside(session, python, peers)
    for script in scripts:
        run(session, python, str(script.relative_to(HERE)))


def pytest(session: nox.Session, python: Path) -> None:
    """Run all tests and the docstrings' examples, or those that the session's arguments name."""
    everything = ("--doctest-modules", "o365prov", "tests", "--ignore=tests/typing")
    run(session, python, "-m", "pytest", *(session.posargs or everything))


def run(session: nox.Session, python: Path, *command: str) -> None:
    """Run Python with this command."""
    session.run(str(python), *command, external=True)


def shared(session: nox.Session, interpreter: str, version: str) -> Path:
    """The Python of the shared environment, which is made if it is missing or of another pyproject.toml."""
    folder = HERE / ".nox" / f"shared-{version}"
    python = make(session, interpreter, folder)
    groups = nox.project.dependency_groups(PYPROJECT, "tests", "types")
    fingerprint = hashlib.sha256(Path("pyproject.toml").read_bytes() + str(python).encode()).hexdigest()
    stamp = folder / "o365prov-installed"
    if not stamp.exists() or stamp.read_text() != fingerprint:
        install(session, python, "--editable", ".[rich,re2,docs]", *groups)
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
        if uv := shutil.which("uv"):
            session.run(uv, "venv", "--quiet", "--python", interpreter, str(folder), external=True)
        else:
            session.run(interpreter, "-m", "venv", "--clear", str(folder), external=True)
    return python


def install(session: nox.Session, python: Path, *packages: str) -> None:
    """Install into the environment of *python*."""
    if uv := shutil.which("uv"):
        session.run(uv, "pip", "install", "--quiet", "--python", str(python), *packages, external=True)
    else:
        # Compiling 16,000 modules of the SDK, of which a few hundred are ever imported, takes longer than all tests.
        session.run(str(python), "-m", "pip", "install", "--quiet", "--no-compile", *packages, external=True)


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
