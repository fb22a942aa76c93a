"""`make audit`: asks the public databases of holes about every pinned package, Python and front end.

Answers 0 when nothing is known, 1 when something is, 3 when nobody could be asked (no network): never "clean" unasked.
pip-audit is not a dependency of the project; it is run from a throw-away environment.
"""

import json
import re
import subprocess
import sys
import tempfile
import venv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.lock", "requirements-dev.lock")
NOT_ASKED = 3
SECONDS = 300


@dataclass(frozen=True, slots=True)
class Finding:
    """`state`: clean, holes or unknown (nobody answered)."""

    state: str
    lines: tuple[str, ...] = ()


def locked(path: Path) -> dict[str, str]:
    """Package to version, of one lock file."""
    return dict(re.findall(r"^([A-Za-z0-9._-]+)(?:\[[a-z,]+\])?==([^\s;\\]+)", path.read_text(), re.MULTILINE))


def read_python(code: int, out: str, err: str) -> Finding:
    """What pip-audit said."""
    try:
        packages = json.loads(out)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return Finding("unknown", (_last(err) or "pip-audit gave no report",))
    if code not in (0, 1):
        return Finding("unknown", (_last(err),))
    lines = [
        f"{package['name']} {package['version']}: {_named(hole)}"
        for package in packages
        for hole in package.get("vulns", [])
    ]
    if lines:
        return Finding("holes", tuple(lines))
    return Finding("clean") if code == 0 else Finding("unknown", (_last(err),))


def _named(hole: dict[str, Any]) -> str:
    return f"{hole['id']}, fixed in {', '.join(hole['fix_versions']) or 'no version yet'}"


def read_npm(code: int, out: str) -> Finding:
    """What npm said."""
    try:
        told = json.loads(out)
    except ValueError:
        return Finding("unknown", ("npm gave no report",))
    try:
        total = int(told["metadata"]["vulnerabilities"]["total"])
    except (ValueError, KeyError, TypeError):
        return Finding("unknown", (str(told.get("message", "npm gave no report"))[:60],))
    if total:
        holes = told.get("vulnerabilities", {})
        return Finding("holes", tuple(f"{name} {hole['range']}: {hole['severity']}" for name, hole in holes.items()))
    return Finding("clean") if code == 0 else Finding("unknown")


def python() -> Finding:
    """Both lock files, by pip-audit in an environment of its own; the hashes say exactly which files are meant."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        own = str(Path(folder) / "bin" / "python")
        made = _run([own, "-m", "pip", "install", "--quiet", "pip-audit"])
        if made.returncode:
            return Finding("unknown", (_last(made.stderr),))
        files = [word for name in LOCKS for word in ("--requirement", str(ROOT / name))]
        told = _run([own, "-m", "pip_audit", "--disable-pip", "--require-hashes", "--format", "json", *files])
        return read_python(told.returncode, told.stdout, told.stderr)


def front_end() -> Finding:
    npm = Path(sys.executable).parent / "npm"
    told = _run([str(npm), "audit", "--json", "--package-lock-only"])
    return read_npm(told.returncode, told.stdout)


def conclude(found: dict[str, Finding]) -> int:
    """Prints what was found and answers the exit code."""
    for name, finding in found.items():
        word = {"clean": "no known holes", "holes": "known holes", "unknown": "could not be asked"}[finding.state]
        print(f"{name}: {word}")
        for line in finding.lines:
            print(f"  {line}")
    states = {finding.state for finding in found.values()}
    return 1 if "holes" in states else NOT_ASKED if "unknown" in states else 0


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=SECONDS, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired) as away:
        return subprocess.CompletedProcess(command, 2, "", str(away))


def _last(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:200] if lines else ""


if __name__ == "__main__":
    sys.exit(conclude({"Python": python(), "front end": front_end()}))
