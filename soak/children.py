"""Processes that are started again when they die, as a process manager does, and what the system tells about them."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

RESTART_SECONDS = 0.5
MARK = "CAUSEWAY_SOAK"  # in the environment of every process of a stack, so that its orphans can be found


@dataclass
class Child:
    """One line of the Procfile. `deaths` holds (moment, return code) of those that nobody here asked for."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    cwd: Path
    ready: Callable[[], bool] = lambda: True
    process: subprocess.Popen[bytes] | None = None
    died_at: float = 0.0
    held: bool = False  # not started again for now
    killed: bool = False  # by us
    deaths: list[tuple[float, int]] = field(default_factory=list)
    starts: int = 0

    @property
    def pid(self) -> int:
        return self.process.pid if self.process is not None and self.process.poll() is None else 0

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd=self.cwd, env=dict(self.environment), stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        self.starts += 1
        self.killed = False
        self.died_at = 0.0

    def watch(self) -> None:
        """Notes a death and starts the process again half a second later."""
        if self.process is None or self.held or self.process.poll() is None:
            return
        if not self.died_at:
            self.died_at = time.monotonic()
            if not self.killed:
                self.deaths.append((time.time(), self.process.returncode))
        elif time.monotonic() - self.died_at >= RESTART_SECONDS:
            self.start()

    def signal(self, number: int, *, whole: bool = False) -> bool:
        """Sends a signal to the process, or to its whole group; False when there is none. Descendants that made a group
        of their own (a worker's job) stay alive: see `below`."""
        pid = self.pid
        if not pid:
            return False
        if number == signal.SIGKILL:
            self.killed = True
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, number) if whole else os.kill(pid, number)
            return True
        return False

    def kill(self, *, whole: bool = False) -> bool:
        return self.signal(signal.SIGKILL, whole=whole)

    def stop(self, seconds: float = 5.0) -> None:
        """Asks it to end; after `seconds` it has no choice."""
        self.held = True
        if self.process is None:
            return
        self.signal(signal.SIGTERM)
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill(whole=True)
            self.process.wait()


def below(pid: int) -> list[int]:
    """The process's descendants, parents first."""
    parents: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, ValueError):
            fields = path.read_text().rpartition(")")[2].split()
            if fields[0] not in "ZX":
                parents.setdefault(int(fields[1]), []).append(int(path.parent.name))
    found = list(parents.get(pid, ()))
    for one in found:
        found += parents.get(one, ())
    return found


def marked(mark: str) -> list[int]:
    """Every process whose environment carries this stack's mark, orphans included."""
    word = f"{MARK}={mark}".encode()
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if word in path.read_bytes().split(b"\0"):
                found.append(int(path.parent.name))
    return [pid for pid in found if pid != os.getpid()]


def memory(pid: int) -> int:
    """Resident bytes; 0 when the process is gone."""
    with contextlib.suppress(OSError, IndexError, ValueError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return 0
