"""What every check stands on: a folder for packages from outside, free ports, and a sandbox of its own."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import requests

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".data" / "conformance"  # git-ignored: nothing of what is fetched is ever committed
START_SECONDS = 60
CLIENT_ID, CLIENT_SECRET = "conformance-client", "conformance-client-secret-0123456789"
APP_KEY, APP_SECRET = "sandboxkey01", "sandboxsecret0123456789"


class Missing(Exception):
    """Something from outside is not here; the text says what it is and where it comes from."""


@dataclass
class Report:
    """One line per call; remembers what was wrong."""

    name: str
    checked: int = 0
    faults: list[str] = field(default_factory=list)

    def passed(self, text: str) -> None:
        self.checked += 1
        print(f"  ok    {text}", flush=True)

    def failed(self, text: str) -> None:
        self.checked += 1
        self.faults.append(text)
        print(f"  WRONG {text}", flush=True)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def program(name: str) -> str:
    """A program beside this interpreter, else on the path."""
    found = shutil.which(name, path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]))
    if found is None:
        raise Missing(f"{name} was not found.")
    return found


def npm_folder(*packages: str) -> Path:
    """A folder in which these packages (`name@version`) are installed; kept between runs."""
    names = [package.rpartition("@")[0] for package in packages]
    folder = FOLDER / names[0].strip("@").replace("/", "-")
    stamp = folder / "installed"
    if not stamp.exists() or stamp.read_text() != " ".join(packages):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text("{}")
        print(f"Installing {', '.join(packages)} ...", flush=True)
        done = subprocess.run(  # noqa: S603
            [program("npm"), "install", "--ignore-scripts", "--no-audit", "--no-fund", "--save-exact", *packages],
            cwd=folder, capture_output=True, text=True, check=False, env=with_our_programs(),
        )  # fmt: skip
        if done.returncode:
            raise Missing(f"{', '.join(packages)} could not be installed:\n{done.stderr[-800:]}")
        stamp.write_text(" ".join(packages))
    return folder


def with_our_programs(**more: str) -> dict[str, str]:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    return {**os.environ, "PATH": path, **more}


@contextlib.contextmanager
def running(command: list[str], address: str, log: Path, more: Mapping[str, str] | None = None) -> Iterator[None]:
    """A server as a process of its own, from its first answer at `address` until the block ends."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as file:
        # A session of its own: node may be a launcher's child, and the whole group has to end.
        process = subprocess.Popen(  # noqa: S603
            command, cwd=ROOT, env=with_our_programs(**(more or {})), stdout=file, stderr=subprocess.STDOUT,
            start_new_session=True,
        )  # fmt: skip
    try:
        until = time.monotonic() + START_SECONDS
        while not _answers(address):
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"{Path(command[0]).name} did not start:\n{log.read_text(errors='replace')[-1500:]}")
            time.sleep(0.1)
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)


def _answers(address: str) -> bool:
    try:
        with requests.Session() as session:
            session.trust_env = False
            session.get(address, timeout=2, allow_redirects=False)
        return True
    except requests.RequestException:
        return False


@contextlib.contextmanager
def sandbox(name: str, app_url: str, **settings: str) -> Iterator[str]:
    """A sandbox in memory, served as in development; yields the address of both APIs."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    own = {
        name: value for name, value in os.environ.items() if name.startswith(("SANDBOX_", "TIKTOK_", "BIGCOMMERCE_"))
    }
    values = {
        **dict.fromkeys(own, ""), "SANDBOX_PORT": str(port), "SANDBOX_SEED": "7", "SANDBOX_PRODUCTS": "120",
        "SANDBOX_REVIEW_SECONDS": "1", "APP_URL": app_url, "BIGCOMMERCE_CLIENT_ID": CLIENT_ID,
        "BIGCOMMERCE_CLIENT_SECRET": CLIENT_SECRET, "TIKTOK_APP_KEY": APP_KEY, "TIKTOK_APP_SECRET": APP_SECRET,
        "TIKTOK_SERVICE_ID": "7000000000000000009", "SANDBOX_CONTROL_PANEL_URL": f"http://localhost:{port}",
        "SANDBOX_TIKTOK_URL": f"http://tiktok.localhost:{port}", "SANDBOX_API_URL": address, **settings,
    }  # fmt: skip
    command = [
        program("gunicorn"), "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread", "--workers", "1",
        "--threads", "16", "--no-control-socket", "--log-level", "warning", "sandbox:create_app()",
    ]  # fmt: skip
    with running(command, f"{address}/control/", FOLDER / f"sandbox-{name}.log", values):
        yield address
