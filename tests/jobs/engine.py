"""A fake kind of activity for tests of the engine: its calls answer as the item's arguments say, and an outside ledger
counts effects."""

import os
import signal
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import redis
from sqlalchemy import select

from clients.errors import Refused as PlatformRefused
from clients.errors import Throttled, Unauthorised, Unreachable
from jobs.handling import Done, Handler, Item, Later, Outcome, Refused, Result, Skipped
from models import Activity, ActivityItem, Authorization, Shop, Store, db
from models.tenancy import tenant
from services import activities, clock
from services.activities import NewItem
from services.actor import system

KIND = "fake"


@dataclass(frozen=True, slots=True)
class Step:
    key: str
    behaviour: Sequence[str]


class Shelf:
    """What the platform really did: effects and calls by key. In Redis when processes share it, else in memory."""

    def __init__(self, url: str = "") -> None:
        self.shared = redis.Redis.from_url(url, decode_responses=True) if url else None
        self.memory: dict[str, dict[str, int]] = {"effects": {}, "calls": {}, "looks": {}, "finished": {}}
        self.lock = threading.Lock()

    def add(self, book: str, key: str) -> int:
        if self.shared is not None:
            return int(self.shared.hincrby(f"shelf:{book}", key, 1))
        with self.lock:
            self.memory[book][key] = self.memory[book].get(key, 0) + 1
            return self.memory[book][key]

    def read(self, book: str) -> dict[str, int]:
        if self.shared is not None:
            kept = self.shared.hgetall(f"shelf:{book}")
            return {os.fsdecode(key): int(value) for key, value in kept.items()}
        with self.lock:
            return dict(self.memory[book])


class Fake(Handler):
    """`args["does"]` lists what each call does in turn, the last for ever: ok, refuse, throttle, unreachable, lost
    (applied, answer lost), nothing (not applied, answer lost), expired, rejected, permission, crash, kill, slow,
    ready (decided without a call), tomorrow, poison."""

    kind: ClassVar[str] = KIND

    def __init__(self, shelf: Shelf, seconds: float = 0.0) -> None:
        self.shelf = shelf
        self.seconds = seconds
        self.tomorrow: datetime | None = None
        self.record_breaks: set[str] = set()
        self.finish_breaks = False

    def prepare(self, activity: Activity, items: Sequence[Item]) -> Mapping[int, Any]:
        if any("poison" in item.args["does"] for item in items):
            raise ValueError("this item cannot be prepared")
        if self.tomorrow is not None and clock.now() < self.tomorrow:
            wait = Later(self.tomorrow, "Today's limit is used up.", everything=True)
            return {item.id: wait for item in items}
        return {
            item.id: Done("nothing to send", notes={"made": 1}) if item.args["does"] == ["ready"]
            else Skipped("not wanted") if item.args["does"] == ["skip"] else Step(item.label, tuple(item.args["does"]))
            for item in items
        }  # fmt: skip

    def call(self, step: Step) -> str:
        turn = self.shelf.add("calls", step.key)
        does = step.behaviour[min(turn, len(step.behaviour)) - 1]
        if self.seconds:
            time.sleep(self.seconds)
        match does:
            case "refuse":
                raise PlatformRefused("no", platform="tiktok", code="777")
            case "throttle":
                raise Throttled("slow", retry_after=0.5)
            case "unreachable":
                raise Unreachable("refused", unknown=False)
            case "nothing":
                raise Unreachable("timeout")
            case "expired" | "rejected" | "permission":
                raise Unauthorised("token", expired=does == "expired", permission=does == "permission")
            case "crash":
                raise ZeroDivisionError("our bug")
            case "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            case "slow":
                time.sleep(0.5)
        self.shelf.add("effects", step.key)
        if does == "lost":
            raise Unreachable("reset after the effect")
        return f"made {step.key}"

    def look_up(self, step: Step) -> str | None:
        turn = self.shelf.add("looks", step.key)
        if "busy look" in step.behaviour and turn == 1:
            raise Throttled("slow", retry_after=0.1)
        return f"found {step.key}" if step.key in self.shelf.read("effects") else None

    def rule_version(self, step: Step) -> str:
        return "fake-1"

    def record(self, activity: Activity, results: Sequence[Result]) -> Mapping[int, Outcome]:
        for result in results:
            if result.item.label in self.record_breaks:
                raise RuntimeError("the answer cannot be written down")
        return {
            result.item.id: Refused(result.error.code, result.error.text)
            if result.error is not None
            else Done(
                str(result.answer),
                notes={"made": 1},
                more=[NewItem(**more) for more in result.item.args.get("more", ())],
            )
            for result in results
        }

    def finished(self, activity: Activity) -> None:
        if self.finish_breaks:
            raise RuntimeError("the closing breaks")
        self.shelf.add("finished", str(activity.id))
        activity.message = f"{activity.notes.get('made', 0)} made"


def make_store(store_hash: str = "engine1") -> int:
    store = Store(hash=store_hash, installed_at=datetime.now(UTC), settings={}, wizard={}, token="")
    db.session.add(store)
    db.session.commit()
    return store.id


def make_shop(store_id: int, tiktok_id: str = "7491") -> int:
    """An active shop of the store; its tenant need not be current."""
    late = datetime(2099, 1, 1, tzinfo=UTC)
    with tenant(store_id):
        grant = Authorization(
            open_id=f"open-{tiktok_id}",
            access_expires_at=late,
            refresh_expires_at=late,
            connected_at=datetime(2020, 1, 1, tzinfo=UTC),
            scopes=[],
        )
        db.session.add(grant)
        db.session.flush()
        shop = Shop(
            authorization_id=grant.id, tiktok_id=tiktok_id, name="Shop", market="US", currency="USD", prerequisites=[]
        )
        db.session.add(shop)
        db.session.commit()
        return shop.id


def begin(
    store_id: int, *does: str | Sequence[str], shop_id: int | None = None, prefix: str = "item", **more: Any
) -> int:
    """Starts and commits an activity with an item per behaviour; its id."""
    items = [
        NewItem(f"{prefix}{number}", args={"does": [one] if isinstance(one, str) else list(one)})
        for number, one in enumerate(does)
    ]
    started = activities.start(system(store_id), KIND, "Fake work", items, shop_id=shop_id, **more)
    number = started.activity.id
    db.session.commit()  # and nothing after it: a transaction left open would hold every worker up on SQLite
    return number


def look(activity_id: int) -> Activity:
    """The activity as it is now, its books checked against its items."""
    db.session.rollback()
    activity = db.session.get_one(Activity, activity_id, populate_existing=True)
    assert activities.check_counts(activity) == {}
    kept = activity.waiting + activity.working + activity.done + activity.refused + activity.failed + activity.skipped
    assert kept == activity.total
    return activity


def states(activity_id: int) -> dict[str, str]:
    rows = db.session.execute(
        select(ActivityItem.label, ActivityItem.state).where(ActivityItem.activity_id == activity_id)
    )
    found = {label: state for label, state in rows}
    db.session.rollback()
    return found


def make_due(activity_id: int) -> None:
    """Time passes: everything that waits for its moment may be done now, and the leases of the dead have ended."""
    past = datetime.now(UTC) - timedelta(seconds=60)
    for item in db.session.scalars(select(ActivityItem).where(ActivityItem.activity_id == activity_id)):
        if item.state in ("waiting", "unknown"):
            item.due_at = past
        elif item.state in ("claimed", "sending"):
            item.lease_until = past
    db.session.commit()
