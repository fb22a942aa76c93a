"""What a kind of activity must say about itself, and how one unit of work can end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from clients.errors import Refused as PlatformRefused
from models import Activity
from services.activities import NewItem


@dataclass(frozen=True, slots=True)
class Item:
    """A claimed unit of work as plain data. `attempt` is the fencing number; `was_sent` means an earlier call may have
    taken effect."""

    id: int
    activity_id: int
    store_id: int
    subject_id: int | None
    label: str
    args: Mapping[str, Any]
    attempt: int
    tries: int
    was_sent: bool
    crashes: int = 0  # times a worker died or our code broke on it


@dataclass(frozen=True, slots=True)
class Done:
    message: str = ""
    units: int = 1
    notes: Mapping[str, int] = field(default_factory=dict)  # added to the activity's sums
    more: Sequence[NewItem] = ()  # items that this one found (a walk that goes on)


@dataclass(frozen=True, slots=True)
class Refused:
    """The platform, or our own check, said no. The rest goes on."""

    code: str
    message: str
    units: int = 1


@dataclass(frozen=True, slots=True)
class Skipped:
    message: str
    units: int = 1


@dataclass(frozen=True, slots=True)
class Later:
    """Not applied; try again at that moment. With `everything` the whole activity waits and says why."""

    due_at: datetime
    message: str = ""
    everything: bool = False


Outcome = Done | Refused | Skipped | Later


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one call: an answer, or the refusal that came instead."""

    item: Item
    step: Any
    answer: Any = None
    error: PlatformRefused | None = None


class Handler:
    """One kind of activity. `prepare` and `record` run in a short transaction; `call` and `look_up` in a pool thread,
    on plain data, and never touch the database."""

    kind: ClassVar[str]
    threads: ClassVar[int] = 16  # calls in flight, those that wait for their slot of the rate included
    has_effects: ClassVar[bool] = True  # False: it only reads, so an answer that never came left nothing behind
    of_listings: ClassVar[bool] = True  # an item's subject is a listing, whose page shows the evidence
    gather: ClassVar[float] = 0.05  # seconds that a call which is back waits for others, to be recorded with them

    def prepare(self, activity: Activity, items: Sequence[Item]) -> Mapping[int, Any]:
        """Item id -> a step (plain data for `call`) or an Outcome that needs no call."""
        raise NotImplementedError

    def call(self, step: Any) -> Any:
        """One unit of outside work. Raises ClientError."""
        raise NotImplementedError

    def look_up(self, step: Any) -> Any | None:
        """For an item whose earlier call may have taken effect: its answer when it did, None when it surely did not."""
        return None

    def rule_version(self, step: Any) -> str:
        """The rule pack that shaped the step, kept with its evidence."""
        return ""

    def record(self, activity: Activity, results: Sequence[Result]) -> Mapping[int, Outcome]:
        """Writes what came back: answers and refusals. Other errors are the engine's business and never get here."""
        raise NotImplementedError

    def finished(self, activity: Activity) -> None:
        """The closing message and what follows; runs once, in the transaction that finishes the activity."""
