"""The error dictionary: every code of TikTok that we know with its cause, where it is cured and how; and what this
store has met of it (features I-43, U-13, S2-65, S2-66)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import and_, select

from clients.errors import ClientError, Throttled, Unauthorised, Unreachable
from clients.tiktok.codes import BRANCHES
from models import Activity, ActivityItem, Listing, db
from services.error_causes import cause
from services.order_refusals import ENTRIES
from services.platform_errors import TABLE

LOOK_BACK = 30  # activities whose refusals are read; the newest
KINDS = ("publish", "ship_orders", "pack_orders", "answer_returns", "start_returns")
MOST = 200  # refusals that are read of a code
_CONNECTION: dict[type[ClientError], tuple[str, str]] = {
    Unauthorised: ("connection", "Connect the shop again under Settings → Authorization."),
    Throttled: ("connection", "Nothing to do: Causeway waits and goes on by itself."),
    Unreachable: ("connection", "Nothing to do: Causeway looks up what became of it and tries again by itself."),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """`field`: the part of a listing that cures it, as in `platform_errors.TABLE`; what of an order it is about, as in
    `order_refusals.ENTRIES`; or "connection"."""

    code: str
    cause: str
    field: str
    fix: str


@dataclass(frozen=True, slots=True)
class Met:
    """A refusal of this store. `listing_id` is 0 where it was about an order."""

    code: str
    text: str
    label: str
    listing_id: int
    activity_id: int
    when: datetime | None
    is_live: bool  # what was refused then is on sale now


@dataclass(frozen=True, slots=True)
class Past:
    """By how many listings or orders a code was met lately in this store, and how it ended."""

    count: int
    live: int
    example: Met  # one that was cured where there is one, else the newest


@cache
def entries() -> dict[str, Entry]:
    """All we know by code: what keeps a listing out first, then orders, then what concerns the connection."""
    found = {code: Entry(code, cause(code), field, fix) for codes, field, fix in TABLE for code in sorted(codes)}
    for code, said in ENTRIES.items():
        found.setdefault(code, Entry(code, said.cause, said.about, said.fix))
    for code, branch in BRANCHES.items():
        field, fix = _CONNECTION[branch]
        found.setdefault(code, Entry(code, cause(code), field, fix))
    return found


def search(text: str) -> list[Entry]:
    """Those whose code, cause or fix holds all words of the text."""
    words = text.casefold().split()
    return [one for one in entries().values() if all(word in _words(one) for word in words)]


def _words(entry: Entry) -> str:
    return f"{entry.code} {entry.cause} {entry.field} {entry.fix}".casefold()


def met(code: str = "") -> list[Met]:
    """The newest refusals of this store by TikTok, of one code or all."""
    recent = db.session.scalars(
        select(Activity.id).where(Activity.kind.in_(KINDS), Activity.refused > 0).order_by(Activity.id.desc())
        .limit(LOOK_BACK)
    ).all()  # fmt: skip
    query = (
        select(ActivityItem, Listing.id, Listing.platform_status)
        .join(Activity, Activity.id == ActivityItem.activity_id)
        .outerjoin(Listing, and_(Listing.id == ActivityItem.subject_id, Activity.kind == "publish"))
        .where(ActivityItem.activity_id.in_(recent), ActivityItem.state == "refused", ActivityItem.code != "")
    )
    if code:
        query = query.where(ActivityItem.code.in_((code, f"tiktok.{code}", f"ship.{code}")))
    rows = db.session.execute(query.order_by(ActivityItem.id.desc()).limit(MOST))
    return [
        Met(
            item.code.removeprefix("tiktok.").removeprefix("ship."),
            item.message,
            item.label,
            listing_id or 0,
            item.activity_id,
            item.finished_at,
            status == "ACTIVATE",
        )
        for item, listing_id, status in rows
    ]


def past(found: Sequence[Met]) -> dict[str, Past]:
    """By code: how many listings or orders met it and how many of those listings are live now."""
    by_code: dict[str, dict[int | str, Met]] = {}
    for one in found:
        by_code.setdefault(one.code, {}).setdefault(one.listing_id or one.label, one)
    told = {}
    for code, listings in by_code.items():
        each = list(listings.values())
        cured = [one for one in each if one.is_live]
        told[code] = Past(len(each), len(cured), (cured or each)[0])
    return told


def unknown(found: Sequence[Met]) -> list[Met]:
    """Met with a code that nobody has described yet: kept with its text, object and time."""
    return [one for one in found if one.code.isdigit() and one.code not in entries()]
