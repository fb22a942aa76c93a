"""An activity as a page shows it: one face, its words, its bar. Templates call `face(activity)`."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import g

from models import Activity
from services import activities, canary, clock
from services.activities import OPEN, Wait

SLOW = 15.0  # seconds in the queue after which a person is told why nothing moves
STEADY = 5.0  # seconds after which a rate means something


@dataclass(frozen=True, slots=True)
class Face:
    """`name`: waiting, moving, paused, stopping, finished, refusals, cancelled or broken. `tone` as of a badge."""

    name: str
    word: str
    tone: str
    open: bool
    text: str
    value: int
    maximum: int
    why: str = ""
    action: tuple[str, str] | None = None  # the one thing to press: label, address below the store
    until: datetime | None = None
    pace: str = ""
    rest: tuple[int, int, str] = (0, 0, "")  # what the fragment shows besides: refused, set aside, message


def face(activity: Activity) -> Face:
    """The face that fits now."""
    wait = _wait(activity)
    name, word, tone = _name(activity, wait)
    why, action = _why(activity, wait)
    moving = name == "moving"
    return Face(
        name,
        word,
        tone,
        activity.state in OPEN,
        progress(activity),
        activity.units_done,
        activity.units,
        why,
        action,
        wait.until if wait else None,
        pace(activity) if moving else "",
        (activity.refused, activity.failed, activity.message),
    )


def _wait(activity: Activity) -> Wait | None:
    """Why it does not move. What was read when the request was admitted is not asked again: this is polled."""
    admitted = g.get("admitted")
    if activity.state not in OPEN:
        return None
    known = admitted is not None and admitted.store.state == "installed"
    if not known or (activity.shop_id and admitted.grants.get(activity.shop_id) != "active"):
        return activities.why_waiting([activity]).get(activity.id)
    if activity.resumes_at is None or activity.resumes_at <= clock.now():
        return None
    return Wait("resumes", "", activity.resumes_at)


def seen(faces: Sequence[Face]) -> str:
    """Names what is shown, so that a page which shows it already is not sent it again. How fast it goes is left out: it
    changes with every second, and is told anew with the next item."""
    shown = [(one.name, one.text, one.value, one.maximum, one.why, one.word, one.rest) for one in faces]
    return hashlib.blake2b(repr(shown).encode(), digest_size=6).hexdigest()


def _name(activity: Activity, wait: Wait | None) -> tuple[str, str, str]:
    no = activity.refused + activity.failed
    if activity.state == "cancelling":
        return "stopping", "Stopping", "warning"
    if activity.state in OPEN and (wait is not None or canary.state(activity) in canary.WAITS):
        return "paused", "Waiting", "warning"
    if activity.state == "finished" and no:
        return "refusals", f"Done, {no:,} refused" if not activity.failed else f"Done, {no:,} not", "warning"
    return {
        "queued": ("waiting", "Queued", "secondary"),
        "running": ("moving", "Running", "primary"),
        "finished": ("finished", "Done", "success"),
        "cancelled": ("cancelled", "Cancelled", "secondary"),
        "broken": ("broken", "Failed", "danger"),
    }[activity.state]


def _why(activity: Activity, wait: Wait | None) -> tuple[str, tuple[str, str] | None]:
    if wait is not None and wait.reason == "reinstall":
        return (
            "Waits because BigCommerce no longer accepts the app's access to this store. Open the app from the control "
            "panel again; it goes on by itself then."
        ), None
    if wait is not None and wait.reason == "reauthorise":
        text = f"Waits until “{wait.shop}” is connected again: TikTok Shop no longer accepts its connection."
        return text, ("Reconnect", "/settings/authorization")
    if wait is not None and wait.reason == "disconnected":
        return f"Waits because “{wait.shop}” is disconnected.", ("See connected shops", "/settings/authorization")
    if wait is not None:
        return activity.message or "Waits for its next try and goes on by itself.", None
    if activity.state in OPEN and canary.state(activity) in canary.WAITS:
        return _trial(activity), None
    if activity.state == "queued" and (clock.now() - activity.created_at).total_seconds() > SLOW:
        return "No worker has taken it yet. It begins by itself as soon as one is free.", None
    return "", None


def _trial(activity: Activity) -> str:
    rest = int(activity.details["canary"]["rest"])
    listed = f"{rest:,} {'listing' if rest == 1 else 'listings'}"
    if canary.state(activity) == canary.ASKS:
        return f"Not all of the first listings passed. The other {listed} wait for your decision."
    count = len(activity.details["canary"]["ids"])
    return f"The first {count} are sent alone. The other {listed} wait until TikTok's review has let them pass."


def progress(activity: Activity) -> str:
    """ "32,300 of 56,690 · 56.8 %"; what is counted is known only once the size was read."""
    if not activity.units:
        return "Reading how much there is" if activity.state in OPEN else ""
    share = 100 * min(activity.units_done, activity.units) / activity.units
    percent = "100" if share >= 100 else f"{int(share * 10) / 10:.1f}"  # never 100.0 before the end
    return f"{activity.units_done:,} of {activity.units:,} · {percent} %"


def pace(activity: Activity) -> str:
    """How fast, and how long it will still take at this rate; empty until that can be said."""
    if activity.started_at is None or not activity.units_done or activity.units_done >= activity.units:
        return ""
    seconds = (clock.now() - activity.started_at).total_seconds()
    if seconds < STEADY:
        return ""
    rate = activity.units_done / seconds
    speed = f"{rate:,.0f} a second" if rate >= 2 else f"{rate * 60:,.0f} a minute"
    return f"{speed}, about {duration((activity.units - activity.units_done) / rate)} left"


def duration(seconds: float) -> str:
    """ "40 s", "12 min", "3 h 5 min": as exact as a person wants it."""
    whole = max(1, round(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes = round(whole / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
