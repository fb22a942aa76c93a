"""A seeded schedule of blows. A deck holds every kind, is shuffled, dealt out at random moments, and begun anew."""

import contextlib
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable

import redis

from soak.control import Control
from soak.stack import Stack

Blow = Callable[[], bool]
FROZEN_SECONDS = 22.0  # longer than a lease, so that somebody else takes over from the frozen one


class Nemesis:
    """Strikes until told to stop. `struck` counts what really hit something."""

    def __init__(
        self, stack: Stack, control: Control, seed: int, pause: tuple[float, float], say: Callable[[str], None]
    ) -> None:
        self.stack = stack
        self.control = control
        self.dice = random.Random(seed)
        self.pause = pause
        self.say = say
        self.struck: Counter[str] = Counter()
        self.decks_dealt = 0
        self.last = 0.0
        self.stopping = threading.Event()
        self.thread: threading.Thread | None = None
        self.frozen: list[threading.Timer] = []
        self.blows: dict[str, Blow] = {
            "worker": lambda: self._child("bulk", whole=False),  # its job lives on without it
            "worker and job": lambda: self._child("bulk"),
            "job": self._job,
            "live worker": lambda: self._child("live"),
            "frozen worker": self._freeze,
            "web": lambda: self._child("web"),
            "clock": lambda: self._child("clock"),
            "Redis": lambda: self._child("redis"),
            "Redis emptied": self._flush,
            "sandbox": lambda: self._child("sandbox"),
            "tokens end": self._tokens,
        }
        if stack.engine == "postgresql":
            self.blows |= {"PostgreSQL": lambda: stack.kill("database"), "PostgreSQL connection": self._backend}

    def start(self, *, leave_out: tuple[str, ...] = (), often: tuple[str, ...] = ("job", "worker and job")) -> None:
        """Begin to strike in a thread. `often` are in each deck twice."""
        self.stopping.clear()
        self.decks_dealt = 0
        names = [name for name in self.blows if name not in leave_out]
        names += [name for name in often if name in names]
        self.thread = threading.Thread(target=self._run, args=(names,), name="nemesis", daemon=True)
        self.thread.start()

    def stop(self) -> None:
        """No more blows; whoever is frozen thaws now."""
        self.stopping.set()
        if self.thread is not None:
            self.thread.join(60)
        for timer in self.frozen:
            timer.cancel()
            timer.function()
        self.frozen.clear()

    def decks(self, names: list[str]) -> list[str]:
        deck = list(names)
        self.dice.shuffle(deck)
        return deck

    def _run(self, names: list[str]) -> None:
        while not self.stopping.is_set():
            for name in self.decks(names):
                if self.stopping.wait(self.dice.uniform(*self.pause)):
                    return
                self.strike(name)
            self.decks_dealt += 1

    def strike(self, name: str) -> bool:
        """One blow now; False when there was nothing to hit."""
        try:
            hit = self.blows[name]()
        except Exception as failure:
            self.say(f"the blow “{name}” failed: {failure!r}")
            return False
        if hit:
            self.struck[name] += 1
            self.last = time.monotonic()
            self.say(f"✗ {name}")
        return hit

    def _pick(self, kind: str) -> str:
        return self.dice.choice(self.stack.names(kind))

    def _child(self, kind: str, *, whole: bool = True) -> bool:
        return bool(self.stack.names(kind)) and self.stack.kill(self._pick(kind), whole=whole)

    def _job(self) -> bool:
        """A worker's job in hand; waits a moment for one."""
        for _ in range(50):
            for name in self.dice.sample(self.stack.names("bulk"), len(self.stack.names("bulk"))):
                for pid in self.stack.jobs_of(name):
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                        return True
            if self.stopping.wait(0.1):
                break
        return False

    def _freeze(self) -> bool:
        """A worker and its job stand still for longer than a lease, then go on as if nothing had been."""
        name = self._pick("bulk")
        pids = [self.stack.children[name].pid, *self.stack.jobs_of(name)]
        if not pids[0]:
            return False
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)

        def thaw() -> None:
            for pid in pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)

        timer = threading.Timer(FROZEN_SECONDS, thaw)
        timer.daemon = True
        timer.start()
        self.frozen.append(timer)
        return True

    def _flush(self) -> bool:
        with redis.Redis.from_url(self.stack.redis_url, socket_timeout=5) as client:
            return bool(client.flushall())

    def _backend(self) -> bool:
        from soak.databases import Cluster

        return isinstance(self.stack.database, Cluster) and self.stack.database.kill_backend()

    def _tokens(self) -> bool:
        """Every access token of the seller ends in the middle of whatever goes on."""
        self.control.post("faults", kind="token_expired", platform="tiktok", count=1)
        return True
