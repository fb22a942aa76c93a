"""Looks at every activity once a second while things break: what a person would see must always add up."""

import threading
import time
from collections.abc import Callable

from soak.ledger import Ledger, Progress

SECONDS = 1.0
SAID_EVERY = 10.0


class Sampler:
    """`wrong` collects what did not add up; `samples` counts the looks."""

    def __init__(self, ledger: Ledger, say: Callable[[str], None]) -> None:
        self.ledger = ledger
        self.say = say
        self.samples = 0
        self.wrong: list[str] = []
        self.seen: dict[int, Progress] = {}
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self._run, name="sampler", daemon=True)

    def start(self) -> None:
        self.thread.start()

    def stop(self) -> None:
        self.stopping.set()
        self.thread.join(90)

    def _run(self) -> None:
        said = 0.0
        while not self.stopping.wait(SECONDS):
            try:
                found = self.ledger.progress()
            except LookupError:  # before the store exists
                continue
            self.samples += 1
            for one in found:
                self._compare(one)
            if time.monotonic() - said > SAID_EVERY:
                said = time.monotonic()
                for one in found:
                    if one.is_open:
                        self.say(f"  {one.kind}: " + ", ".join(f"{n:,} {name}" for name, n in one.counts.items() if n))

    def _compare(self, now: Progress) -> None:
        self.wrong += now.wrong
        before = self.seen.get(now.id)
        if before is not None:
            if now.units_done < before.units_done:
                self.wrong.append(f"activity {now.id}: the bar went back, {before.units_done} to {now.units_done}")
            for name in ("done", "refused", "failed", "skipped"):
                if now.counts[name] < before.counts[name]:
                    self.wrong.append(f"activity {now.id}: {name} fell, {before.counts[name]} to {now.counts[name]}")
            if not before.is_open and now.is_open:
                self.wrong.append(f"activity {now.id} was over and is open again")
        self.seen[now.id] = now
