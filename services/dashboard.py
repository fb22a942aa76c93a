"""Is everything all right, and if not, what first? What needs a person, the counts, and how fresh they are."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import redis
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased

from domain.tabs import ProductStatus, Tab
from models import Activity, InboxEvent, Listing, ListingProblem, Notice, Shop, Store, db
from services import activities, catalog, clock, counters, dashboard_orders, notices, setup, shops, tabs
from services.counters import PRODUCT_STATUS
from services.dashboard_orders import Trouble

RECENT = timedelta(days=7)
TOLD_OTHERWISE = ("authorization:", "daily-limit:")  # notices whose matter has a line of its own


@dataclass(frozen=True, slots=True)
class Need:
    """One line of the list: what and why, and the one thing to press (an address below the store's own pages)."""

    tone: str  # danger, warning or info
    text: str
    action: str
    url: str


@dataclass(frozen=True, slots=True)
class Health:
    """How fresh everything is. None where nothing has happened yet."""

    imported_at: datetime | None
    import_message: str
    verdict_at: datetime | None
    oldest_event: datetime | None  # the oldest message of a platform that is not applied yet
    events: int
    redis_away: bool


def needs(chosen: Sequence[Shop], label: Callable[[str], str]) -> list[Need]:
    """What waits for a person, in the order of what waiting costs. `label` words a problem's code."""
    told = [one for one in notices.open_notices(20) if not one.key.startswith(TOLD_OTHERWISE)]
    return [
        *_cut_off(chosen),
        *[_of_notice(one) for one in told if one.level == "danger"],
        *_of_orders(dashboard_orders.urgent(chosen)),
        *_failed(chosen),
        *_broken(),
        *_checks(chosen),
        *_of_orders(dashboard_orders.soon(chosen)),
        *_waiting_for_tomorrow(),
        *[_of_notice(one) for one in told if one.level == "warning"],
        *_incomplete(chosen, label),
        *_ready(chosen),
        *[_of_notice(one) for one in told if one.level == "info"],
    ]


def _of_orders(found: Sequence[Trouble]) -> list[Need]:
    return [Need(one.tone, one.text, one.action, one.url) for one in found]


def _of_notice(notice: Notice) -> Need:
    return Need(notice.level, notice.text, notice.action or "See notices", notice.url or "/notices/")


def _cut_off(chosen: Sequence[Shop]) -> list[Need]:
    """Nothing moves for these shops."""
    text = "“{}” must be connected again: TikTok Shop no longer accepts its connection, so all its work waits."
    return [
        Need("danger", text.format(shop.name), "Reconnect", "/settings/authorization")
        for shop in chosen
        if shop.authorization.state != "active"
    ]


def _failed(chosen: Sequence[Shop]) -> list[Need]:
    count = _in_tab(chosen, Tab.FAILED)
    if not count:
        return []
    text = f"{_listings(count)} failed on TikTok Shop and cannot be bought."
    return [Need("danger", text, "See the reasons", f"/listings/?tab={Tab.FAILED.value}")]


def _broken() -> list[Need]:
    """Work of the last days that did not get to its end and was not done by a later one."""
    later = aliased(Activity)
    made_good: ColumnElement[bool] = (
        select(later.id)
        .where(later.kind == Activity.kind, later.id > Activity.id, later.state == "finished", later.failed == 0)
        .exists()
    )
    found = db.session.scalars(
        select(Activity)
        .where(Activity.state == "broken", Activity.finished_at > clock.now() - RECENT, ~made_good)
        .order_by(Activity.id.desc())
        .limit(3)
    )
    return [
        Need("danger", f"“{one.title}” did not get to its end. {one.message}", "See it", f"/activities/{one.id}")
        for one in found
    ]


def _checks(chosen: Sequence[Shop]) -> list[Need]:
    """The platform's own prerequisites: what such a shop lists will be refused."""
    text, action = "“{}” does not meet a condition of TikTok Shop: {}. {}", "See the checks"
    return [
        Need("warning", text.format(shop.name, check.label.lower(), check.fix), action, "/settings/authorization")
        for shop in chosen
        for check in shops.checks(shop)
        if not check.ok
    ]


def _waiting_for_tomorrow() -> list[Need]:
    found = []
    for activity in activities.running():
        if activity.resumes_at is not None and activity.waiting and activity.resumes_at > clock.now():
            text = f"{activity.waiting:,} of “{activity.title}” wait: {activity.message}"
            found.append(Need("info", text, "See the activity", f"/activities/{activity.id}"))
    return found


def _incomplete(chosen: Sequence[Shop], label: Callable[[str], str]) -> list[Need]:
    count = _in_tab(chosen, Tab.INCOMPLETE)
    if not count:
        return []
    by_code: dict[str, int] = {}
    for shop in chosen:
        for code, number in tabs.chips(shop.id, Tab.INCOMPLETE.value):
            by_code[code] = by_code.get(code, 0) + number
    url = f"/listings/?tab={Tab.INCOMPLETE.value}"
    text = f"{_listings(count)} cannot be published yet."
    often = sorted(by_code, key=lambda one: (-by_code[one], one))
    code = next((one for one in often if _keeps_back(one, chosen)), "")
    if not code:
        return [Need("warning", text, "Complete them", url)]
    text = f"{text} Most often: {label(code)} · {by_code[code]:,}."
    return [Need("warning", text, f"Fix these {by_code[code]:,}", f"{url}&problem={code}")]


def _keeps_back(code: str, chosen: Sequence[Shop]) -> bool:
    """Whether a problem blocks any listing now; the counters hold advice too."""
    query = select(ListingProblem.id).where(
        ListingProblem.shop_id.in_([shop.id for shop in chosen]),
        ListingProblem.code == code,
        ListingProblem.is_blocking,
    )
    return db.session.scalar(query.limit(1)) is not None


def _ready(chosen: Sequence[Shop]) -> list[Need]:
    count = _in_tab(chosen, Tab.READY)
    if not count:
        return []
    text = f"{_listings(count)} {'is' if count == 1 else 'are'} ready to be published."
    return [Need("info", text, "Publish", f"/listings/?tab={Tab.READY.value}")]


def _in_tab(chosen: Sequence[Shop], tab: Tab) -> int:
    return sum(max(0, tabs.counts(shop.id).get(tab.value, 0)) for shop in chosen)


def _listings(count: int) -> str:
    return "1 listing" if count == 1 else f"{count:,} listings"


def product_counts() -> Mapping[ProductStatus, int]:
    """Products by status, every status named (features S3-37)."""
    read = counters.read(PRODUCT_STATUS)
    return {status: max(0, read.get(status.value, 0)) for status in ProductStatus}


def listing_counts(shop_id: int | None) -> Mapping[Tab, int]:
    """Listings by tab, every tab named."""
    read = tabs.counts(shop_id)
    return {tab: max(0, read.get(tab.value, 0)) for tab in Tab}


def health(store: Store, chosen: Sequence[Shop]) -> Health:
    """The last news from both sides, and what lies between them and us."""
    last = catalog.last()
    verdict = db.session.scalar(
        select(func.max(Listing.verdict_at)).where(Listing.shop_id.in_([shop.id for shop in chosen]))
    )
    senders = [store.hash, *(shop.tiktok_id for shop in chosen)]
    oldest, events = db.session.execute(
        select(func.min(InboxEvent.received_at), func.count()).where(
            InboxEvent.state == "new", InboxEvent.account.in_(senders)
        )
    ).one()
    return Health(
        last.finished_at if last else None,
        last.message if last else "",
        verdict,
        oldest,
        events,
        redis_away(),
    )


def redis_away() -> bool:
    """Without Redis nothing is lost, but nothing begins."""
    try:
        with redis.Redis.from_url(setup.config().redis_url, socket_timeout=1, socket_connect_timeout=1) as connection:
            connection.ping()
    except (redis.RedisError, OSError):
        return True
    return False
