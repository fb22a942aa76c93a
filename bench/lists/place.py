"""An empty database, and servers on loopback as the Procfile starts them, for the time of a benchmark."""

import http.client
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = {
    "CAUSEWAY_ENV": "development", "SECRET_KEY": "x" * 40, "APP_URL": "http://127.0.0.1:8000", "RATE_LIMITS": "0",
    "ENCRYPTION_KEYS": "dGVzdC1lbmNyeXB0aW9uLWtleS0wMTIzNDU2Nzg5MDE=", "BIGCOMMERCE_CLIENT_ID": "bench",
    "BIGCOMMERCE_CLIENT_SECRET": "x" * 40, "TIKTOK_APP_KEY": "bench", "TIKTOK_APP_SECRET": "x" * 40,
    "TIKTOK_SERVICE_ID": "bench",
}  # fmt: skip


@contextmanager
def database(engine: str) -> Iterator[str]:
    """The address of an empty database: a file, or a PostgreSQL of our own."""
    folder = Path(tempfile.mkdtemp(prefix="cwbench"))
    try:
        if engine == "sqlite":
            yield f"sqlite:///{folder / 'bench.db'}"
            return
        from tests.postgresql import Server

        server = Server()
        try:
            yield server.create("bench")
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@dataclass
class Served:
    """A gunicorn; `pid` is its master."""

    port: int
    pid: int

    def cpu_seconds(self) -> float:
        """What its workers have used so far."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        used = [Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split() for child in children]
        return sum(int(fields[11]) + int(fields[12]) for fields in used) / os.sysconf("SC_CLK_TCK")


@contextmanager
def serving(
    target: str, environment: Mapping[str, str], probe: str, threads: int = 4, workers: int = 1
) -> Iterator[Served]:
    """`target` under gunicorn as in the Procfile until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    command = [
        str(Path(sys.executable).parent / "gunicorn"), "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread",
        "--workers", str(workers), "--threads", str(threads), "--keep-alive", "60", "--no-control-socket",
        "--log-level", "warning", target,
    ]  # fmt: skip
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment}, start_new_session=True)
    try:
        until = time.monotonic() + 120
        while True:
            try:
                Visitor(port).get(probe)
                break
            except OSError as silent:
                if process.poll() is not None or time.monotonic() > until:
                    raise RuntimeError(f"{target} did not start") from silent
                time.sleep(0.1)
        yield Served(port, process.pid)
    finally:
        process.terminate()
        process.wait(20)


class Visitor:
    """One kept connection; `get` answers the body and how long it took."""

    def __init__(self, port: int, cookie: str = "") -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.headers = {"Cookie": cookie} if cookie else {}

    def get(self, path: str, **headers: str) -> tuple[bytes, float]:
        began = time.perf_counter()
        self.connection.request("GET", path, headers={**self.headers, **headers})
        answer = self.connection.getresponse()
        body = answer.read()
        took = time.perf_counter() - began
        if answer.status not in (200, 204):
            raise RuntimeError(f"{path}: {answer.status}")
        return body, took


def middle(times: list[float]) -> float:
    """The median in milliseconds."""
    return statistics.median(times) * 1000


def late(times: list[float]) -> float:
    """The 95th percentile in milliseconds."""
    return sorted(times)[int(len(times) * 0.95)] * 1000
