"""Canaries: a few listings go first, and the rest only when TikTok's review has let all of them pass or a person says
so. State lies in the activity: trial, asks, passed, continued, stopped."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from domain.roles import SEND, Page
from domain.tabs import Tab
from models import Activity, ActivityItem, Listing, ListingProblem, Shop, db
from models.tenancy import scoped
from services import activities, clock, notices
from services.activities import OPEN, NewItem
from services.actor import Actor
from services.bulk import table_of
from services.errors import ServiceError
from services.people.access import asks

FEW, MOST = 3, 20
HELD = timedelta(days=3650)  # so far away is the moment at which a held item would be due
TRIAL, ASKS, PASSED, CONTINUED, STOPPED = "trial", "asks", "passed", "continued", "stopped"
WAITS = (TRIAL, ASKS)


def key(shop: Shop) -> str:
    return f"canary:{shop.id}"


def state(activity: Activity) -> str:
    """Of an activity that began with canaries; empty for others, and once it has ended."""
    return str(activity.details.get("canary", {}).get("state", ""))


def hold_back(items: Sequence[NewItem], count: int) -> list[NewItem]:
    """All but the first `count` wait."""
    far = clock.now() + HELD
    return [
        item if place < count else NewItem(item.label, item.subject_id, item.args, far, item.sent_at)
        for place, item in enumerate(items)
    ]


def details(items: Sequence[NewItem], count: int) -> dict[str, Any]:
    return {"canary": {"state": TRIAL, "ids": [item.subject_id for item in items[:count]], "rest": len(items) - count}}


def refuse_second(shop: Shop) -> None:
    running = activities.opened(key(shop))
    if running is not None:
        text = f"“{running.title}” still waits for the review of its first listings. Decide there first."
        raise ServiceError(text, "See it", f"/activities/{running.id}")


@dataclass(frozen=True, slots=True)
class Bird:
    """One listing of the trial. `fate`: waits, passed or refused; `why`: what TikTok said."""

    listing_id: int
    title: str
    fate: str
    why: str = ""


def birds(activity: Activity) -> list[Bird]:
    """The listings that went first, in their order."""
    ids = list(activity.details.get("canary", {}).get("ids", ()))
    rows = {row.id: row for row in db.session.scalars(select(Listing).where(Listing.id.in_(ids)))}
    said: dict[int, str] = {}
    query = select(ListingProblem.listing_id, ListingProblem.text).where(
        ListingProblem.listing_id.in_(ids), ListingProblem.source != "rules"
    )
    for listing_id, text in db.session.execute(query.order_by(ListingProblem.position.desc())):
        said[listing_id] = text
    return [Bird(number, rows[number].title, _fate(rows[number], activity), said.get(number, ""))
            for number in ids if number in rows]  # fmt: skip


def _fate(listing: Listing, activity: Activity) -> str:
    if listing.platform_status == "ACTIVATE":
        return "passed"
    if listing.intent or listing.tab in (Tab.PUBLISHING, Tab.IN_REVIEW, Tab.SCHEDULED):
        return "waits"
    return "refused"


def watch(shop_id: int) -> None:
    """Looks at the shop's trial, if there is one; call after anything that may have decided a listing."""
    activity = activities.opened(f"canary:{shop_id}")
    if activity is not None and state(activity) == TRIAL:
        look(activity)


def look(activity: Activity) -> None:
    """All passed: the rest goes. One refused: nothing more is sent until a person decides."""
    found = birds(activity)
    refused = [bird for bird in found if bird.fate == "refused"]
    if refused:
        _set(activity, ASKS, "")
        first = refused[0].why or "TikTok Shop did not take it."
        text = (
            f"{len(refused)} of the first {len(found)} listings of “{activity.title}” did not pass: {first} "
            f"The other {activity.waiting:,} wait for your decision."
        )
        notices.raise_notice(f"canary:{activity.id}", "warning", text, "Decide", f"/activities/{activity.id}")
    elif all(bird.fate == "passed" for bird in found):
        _release(activity, PASSED, f"The first {len(found)} passed TikTok's review; the rest follows.")


@asks(Page.LISTINGS, SEND)
def go_on(actor: Actor, activity: Activity) -> None:
    """The rest goes although the trial is not over, or did not go well. Launch the activity then."""
    _demand_waiting(activity)
    _release(activity, CONTINUED, f"{actor.name} let the rest follow.")


@asks(Page.LISTINGS, SEND)
def stop(actor: Actor, activity: Activity) -> None:
    """The rest is not sent. The caller lets the listings go (`publishing.after_cancel`) and launches."""
    _demand_waiting(activity)
    _set(activity, STOPPED, "")
    activities.cancel(actor, activity)
    notices.resolve(f"canary:{activity.id}")


def _demand_waiting(activity: Activity) -> None:
    if activity.state not in OPEN or state(activity) not in WAITS:
        raise ServiceError("This is decided already.", "See it", f"/activities/{activity.id}")


def _release(activity: Activity, to: str, message: str) -> None:
    activities.hold(activity.id)
    db.session.refresh(activity)
    if state(activity) not in WAITS:
        return
    table = table_of(ActivityItem)
    far = clock.now() + HELD / 2
    here = (table.c.store_id == activity.store_id, table.c.activity_id == activity.id, table.c.state == "waiting")
    free = update(table).where(*here, table.c.due_at > far).values(due_at=activity.resumes_at or clock.now())
    db.session.execute(scoped(free))
    activity.open_key = None  # another trial may begin
    _set(activity, to, message)
    notices.resolve(f"canary:{activity.id}")


def _set(activity: Activity, to: str, message: str) -> None:
    activity.details = {**activity.details, "canary": {**activity.details["canary"], "state": to}}
    if message:
        activity.message = message
    db.session.flush()
