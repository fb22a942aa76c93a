"""Real servers for tests, on loopback and unix sockets: Redis, a WSGI app in a thread, processes of the Procfile."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import launcher

ROOT = Path(__file__).resolve().parent.parent


@contextlib.contextmanager
def redis_server() -> Iterator[str]:
    """A Redis of our own, without saving; yields its address."""
    folder = Path(tempfile.mkdtemp(prefix="cwredis", dir="/tmp"))
    path = folder / "redis.sock"
    server = subprocess.Popen(launcher.redis_command(path, folder, keep=False))
    try:
        until = time.monotonic() + 10
        while not launcher.answers(f"unix://{path}"):
            if server.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"Redis did not start: {(folder / 'redis.log').read_text()[-500:]}")
            time.sleep(0.01)
        yield f"unix://{path}"
    finally:
        server.kill()
        server.wait()
        shutil.rmtree(folder, ignore_errors=True)


@dataclass
class Door:
    """A loopback port that is already ours: bound before anybody is told its number, so no one can take it."""

    bound: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))

    @property
    def port(self) -> int:
        return int(self.bound.getsockname()[1])

    @contextlib.contextmanager
    def serving(self, app: Any) -> Iterator[None]:
        """Serve a WSGI app here, a thread per request, until the block ends."""
        from werkzeug.serving import WSGIRequestHandler, make_server

        class Quiet(WSGIRequestHandler):
            protocol_version = "HTTP/1.1"

            def log(self, type: str, message: str, *args: Any) -> None:
                """Nothing: a test's output is for what went wrong."""

        server = make_server("127.0.0.1", self.port, app, threaded=True, request_handler=Quiet, fd=self.bound.fileno())
        server.daemon_threads = True  # type: ignore[attr-defined]
        server.block_on_close = False  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join(5)
            server.server_close()

    def close(self) -> None:
        self.bound.close()


@dataclass
class Processes:
    """Starts processes like the Procfile does and ends them with the test."""

    environment: Mapping[str, str]
    log: Path
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, *command: str, **more: str) -> subprocess.Popen[bytes]:
        """This interpreter with the test's settings: start("-m", "jobs.worker", "bulk", KILL_POINT="...")."""
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *command], cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
                env={**os.environ, **self.environment, **more, "PYTHONUNBUFFERED": "1"},
            )  # fmt: skip
        self.started.append(process)
        return process

    def output(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def stop(self) -> None:
        for process in self.started:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
        for process in self.started:
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
