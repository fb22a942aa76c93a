"""The product as processes on loopback: database, Redis, sandbox, web, workers, clocks, each started again when it
dies. Every process may be killed at any time; the data lies in one folder.

    with Stack(folder, engine="postgresql", webs=2, live=3, bulk=3, clocks=2, products=120) as stack:
        stack.kill("bulk1"); stack.web_urls; stack.sandbox_url; stack.environment
"""

import base64
import contextlib
import os
import random
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from uuid import uuid4

import requests

import launcher
from soak.children import MARK, Child, below, marked
from soak.databases import Cluster, File

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 60.0
CLEAN = ("BIGCOMMERCE_", "TIKTOK_", "SANDBOX_", "CAUSEWAY_")  # of the caller's environment nothing of this goes along
QUIET_NAMES = (
    "APP_URL", "DATABASE_URL", "ENCRYPTION_KEYS", "FRAME_ANCESTORS", "HOOKS_URL", "KILL_POINT", "REDIS_URL",
    "SECRET_KEY", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy",
)  # fmt: skip


def free_port() -> int:
    """A loopback port below the range from which the system takes its own, so that it is still free after a kill."""
    while True:
        port = random.randrange(20_000, 32_000)
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port


def made_up_secrets() -> dict[str, str]:
    """Credentials of one run; the report searches every log for them."""
    return {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "ENCRYPTION_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "BIGCOMMERCE_CLIENT_SECRET": secrets.token_hex(32),
        "TIKTOK_APP_SECRET": secrets.token_hex(20),
    }


class Stack:
    """Starts on entering, waits until everything answers, and takes everything down on leaving."""

    def __init__(
        self,
        folder: Path,
        *,
        engine: str = "sqlite",
        webs: int = 1,
        live: int = 1,
        bulk: int = 1,
        clocks: int = 1,
        products: int = 120,
        seed: int = 7,
        settings: Mapping[str, str] | None = None,
        review_seconds: float = 0.5,
        web_options: Sequence[str] = ("--workers", "1", "--threads", "8"),
        sandbox: str = "sandbox:create_app()",
    ) -> None:
        self.sandbox_app = sandbox
        self.folder = folder
        self.engine = engine
        self.mark = uuid4().hex
        self.logs = folder / "logs"
        self.secrets = made_up_secrets()
        self.counts = {"web": webs, "live": live, "bulk": bulk, "clock": clocks}
        self.web_ports = [free_port() for _ in range(max(webs, 1))]
        self.box_port = free_port()
        self.web_options = list(web_options)
        self.children: dict[str, Child] = {}
        self.database: File | Cluster | None = None
        # Short, because a socket's path may have 107 bytes.
        self.socket_folder = Path(tempfile.mkdtemp(prefix="cwsoak", dir=tempfile.gettempdir()))
        self.sandbox_settings = {"SANDBOX_PRODUCTS": str(products), "SANDBOX_SEED": str(seed),
                                 "SANDBOX_REVIEW_SECONDS": str(review_seconds)}  # fmt: skip
        self.settings = dict(settings or {})
        self.stopping = threading.Event()
        self.watcher: threading.Thread | None = None

    # Where things are

    @property
    def web_urls(self) -> list[str]:
        return [f"http://127.0.0.1:{port}" for port in self.web_ports]

    @property
    def app_url(self) -> str:
        return self.web_urls[0]

    @property
    def sandbox_url(self) -> str:
        return f"http://127.0.0.1:{self.box_port}"

    @property
    def control_panel_url(self) -> str:
        return f"http://localhost:{self.box_port}"

    @property
    def redis_url(self) -> str:
        return f"unix://{self.socket_folder / 'redis.sock'}"

    @property
    def database_url(self) -> str:
        if self.database is None:
            raise RuntimeError("The stack has not been started.")
        return self.database.url

    @property
    def environment(self) -> dict[str, str]:
        """Every setting of the app by name; `create_app(stack.environment)` is the same app in this process."""
        return {
            **self.secrets,
            "CAUSEWAY_ENV": "development",
            "APP_URL": self.app_url,
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "DATA_FOLDER": str(self.folder / "data"),
            "FRAME_ANCESTORS": self.control_panel_url,
            "BIGCOMMERCE_CLIENT_ID": "soak-client-id",
            "BIGCOMMERCE_API_URL": self.sandbox_url,
            "BIGCOMMERCE_LOGIN_URL": self.sandbox_url,
            "TIKTOK_APP_KEY": "soakkey00001",
            "TIKTOK_SERVICE_ID": "7000000000000000009",
            "TIKTOK_API_URL": self.sandbox_url,
            "TIKTOK_AUTH_URL": self.sandbox_url,
            "TIKTOK_CONSENT_URL": f"http://tiktok.localhost:{self.box_port}",
            "SANDBOX_URL": self.sandbox_url,
            **self.settings,
        }

    def process_environment(self) -> dict[str, str]:
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(CLEAN) and name not in QUIET_NAMES
        }
        path = os.pathsep.join([str(Path(sys.executable).parent), kept.get("PATH", os.defpath)])
        return {
            **kept, **self.environment, **self.sandbox_settings, "SANDBOX_PORT": str(self.box_port),
            "SANDBOX_PATH": str(self.folder / "sandbox.db"), "PATH": path, "PYTHONUNBUFFERED": "1", MARK: self.mark,
        }  # fmt: skip

    # Starting and stopping

    def __enter__(self) -> "Stack":
        self.folder.mkdir(parents=True, exist_ok=True)
        self.logs.mkdir(exist_ok=True)
        try:
            self.database = Cluster() if self.engine == "postgresql" else File(self.folder)
            self.migrate()
            self._plan()
            for child in self.children.values():
                child.start()
            self.watcher = threading.Thread(target=self._watch, name="supervisor", daemon=True)
            self.watcher.start()
            self.wait_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def migrate(self) -> None:
        command = [sys.executable, "-m", "flask", "--app", "app", "db", "upgrade"]
        done = subprocess.run(command, cwd=ROOT, env=self.process_environment(), capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"The database could not be migrated: {done.stderr[-2000:]}")

    def _plan(self) -> None:
        redis = launcher.redis_command(self.socket_folder / "redis.sock", self.socket_folder, keep=False)
        self._add("redis", redis)
        gunicorn = [sys.executable, "-m", "gunicorn", "--worker-class", "gthread", "--no-control-socket",
                    "--log-level", "warning"]  # fmt: skip
        self._add("sandbox", [*gunicorn, "--bind", f"127.0.0.1:{self.box_port}", "--workers", "1", "--threads", "32",
                              self.sandbox_app])  # fmt: skip
        for number in range(1, self.counts["web"] + 1):
            bind = f"127.0.0.1:{self.web_ports[number - 1]}"
            self._add(f"web{number}", [*gunicorn, "--bind", bind, *self.web_options, "app:create_app()"])
        for queue in ("live", "bulk"):
            for number in range(1, self.counts[queue] + 1):
                self._add(f"{queue}{number}", [sys.executable, "-m", "jobs.worker", queue])
        for number in range(1, self.counts["clock"] + 1):
            self._add(f"clock{number}", [sys.executable, "-m", "jobs.clock"])

    def _add(self, name: str, command: Sequence[str]) -> None:
        self.children[name] = Child(name, command, self.process_environment(), self.logs / f"{name}.log", ROOT)

    def add(self, kind: str) -> str:
        """One more of `live`, `bulk` or `clock`, as on another host; its name."""
        self.counts[kind] += 1
        name = f"{kind}{self.counts[kind]}"
        self._add(name, [sys.executable, "-m", *(["jobs.clock"] if kind == "clock" else ["jobs.worker", kind])])
        self.children[name].start()
        return name

    def wait_ready(self, seconds: float = START_SECONDS) -> None:
        """Until Redis, the sandbox and every web process answer."""
        until = time.monotonic() + seconds
        waiting = {"redis", "sandbox", *(name for name in self.children if name.startswith("web"))}
        while waiting:
            waiting = {name for name in waiting if not self.answers(name)}
            if waiting and time.monotonic() > until:
                raise RuntimeError(f"No answer from {', '.join(sorted(waiting))} after {seconds:g} s; see {self.logs}.")
            if waiting:
                time.sleep(0.1)

    def answers(self, name: str) -> bool:
        if name == "redis":
            return launcher.answers(self.redis_url)
        path = "/control/api/clock" if name == "sandbox" else "/healthz"
        url = self.sandbox_url if name == "sandbox" else self.web_urls[int(name.removeprefix("web")) - 1]
        with contextlib.suppress(requests.RequestException):
            return requests.get(url + path, timeout=2).status_code < 500
        return False

    def _watch(self) -> None:
        while not self.stopping.wait(0.1):
            try:
                if self.database is not None:
                    self.database.watch()
                for child in list(self.children.values()):
                    child.watch()
            except Exception as failure:
                (self.logs / "supervisor.log").open("a").write(f"{failure!r}\n")

    def stop(self) -> None:
        self.stopping.set()
        if self.watcher is not None:
            self.watcher.join(30)
        for child in self.children.values():
            child.held = True
            if child.name not in ("redis", "sandbox"):
                child.signal(signal.SIGTERM)
        last = ("redis", "sandbox")
        for child in sorted(self.children.values(), key=lambda one: one.name in last):
            child.stop()
        for pid in marked(self.mark):  # orphans: jobs whose worker was killed, web workers without a master
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        if self.database is not None:
            self.database.stop()
        shutil.rmtree(self.socket_folder, ignore_errors=True)

    # Breaking things

    def names(self, kind: str) -> list[str]:
        """The children of a kind: web, live, bulk, clock, redis, sandbox."""
        return [name for name in self.children if name.rstrip("0123456789") == kind]

    def jobs_of(self, name: str) -> list[int]:
        """The processes below a child: a worker's job in hand, a web server's workers."""
        pid = self.children[name].pid
        return below(pid) if pid else []

    def kill(self, name: str, *, whole: bool = True) -> bool:
        """kill -9 of a child; `whole` with everything below it (as when the host vanishes). `database`: the server."""
        if name == "database":
            return self.database is not None and self.database.kill()
        child = self.children[name]
        jobs = self.jobs_of(name) if whole else []
        done = child.kill(whole=whole)
        for pid in jobs:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return done

    def output(self, name: str = "") -> str:
        """What the processes wrote."""
        paths = [self.logs / f"{name}.log"] if name else sorted(self.logs.glob("*.log"))
        return "\n".join(f"--- {path.stem}\n{path.read_text(errors='replace')}" for path in paths if path.exists())
