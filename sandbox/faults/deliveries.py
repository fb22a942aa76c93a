"""What goes wrong with webhooks on their way: none comes, two come, late, out of order, or one that nobody signed."""

import random
from dataclasses import dataclass

from sandbox.faults.values import known, number
from sandbox.state import Document, State

COLLECTION = "faults_webhooks"
QUIET: Document = {"duplicate": 0.0, "reorder": 0.0, "delay": 0.0, "drop": 0.0, "forge": 0.0}
MOST = {"duplicate": 1, "drop": 1, "forge": 1, "reorder": 86_400, "delay": 86_400}


@dataclass(frozen=True)
class Sending:
    """One time that an event is sent: after how many seconds, as a copy, or with a signature that is not ours."""

    after: float
    copy: bool = False
    forged: bool = False


class WebhookFaults:
    """The faults of one platform's webhooks."""

    def __init__(self, state: State, platform: str) -> None:
        self.rows = state.collection(COLLECTION)
        self.platform = platform
        self.dice = random.Random(platform)

    @property
    def chosen(self) -> Document:
        return self.rows.get(self.platform, QUIET)

    def set(self, given: Document) -> Document:
        """Replace the faults: shares `duplicate`, `drop`, `forge` (0 to 1), seconds `reorder`, `delay`."""
        known(given, tuple(QUIET))
        self.rows[self.platform] = {name: number(given, name, 0, MOST[name], 0.0) for name in QUIET}
        return self.chosen

    def sendings(self) -> list[Sending]:
        """How one event goes out: once at once, when nothing is set; not at all, when it is lost."""
        chosen = self.chosen
        found: list[Sending] = []
        if self.dice.random() >= chosen["drop"]:
            found.append(Sending(self._after(chosen)))
            if self.dice.random() < chosen["duplicate"]:
                found.append(Sending(self._after(chosen), copy=True))
        if self.dice.random() < chosen["forge"]:
            found.append(Sending(self._after(chosen), copy=True, forged=True))
        return found

    def _after(self, chosen: Document) -> float:
        return float(chosen["delay"]) + self.dice.random() * float(chosen["reorder"])
