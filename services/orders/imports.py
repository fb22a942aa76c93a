"""Orders of a time that a person chose, as an activity; and the numbers that say whether all are here."""

from datetime import datetime, timedelta

from models import Activity, Shop
from services import activities, clock
from services.activities import NewItem, Started
from services.actor import Actor
from services.errors import Invalid

KIND = "order_import"
LONGEST = timedelta(days=366)
WINDOW = timedelta(days=1)
RECENT = timedelta(days=3)


def start(actor: Actor, shop: Shop, since: datetime, until: datetime) -> Started:
    """Imports every order that was placed in this time, also what was before the connection (features S5-21, S5-22)."""
    now = clock.now()
    if since >= until or since > now:
        raise Invalid("The first day must come before the last.", "Choose the days", "/orders/import")
    if until - since > LONGEST:
        raise Invalid("Import a year at most at a time.", "Choose the days", "/orders/import")
    until = min(until, now + timedelta(minutes=1))
    items, start_at = [], since
    while start_at < until:
        end = min(start_at + WINDOW, until)
        items.append(window(start_at, end))
        start_at = end
    title = f"Import orders of {since:%Y-%m-%d} to {until - timedelta(seconds=1):%Y-%m-%d}"
    return activities.start(
        actor, KIND, title, items, shop_id=shop.id, queue="live", open_key=f"{KIND}:{shop.id}", units=0, priority=60
    )


def recent(actor: Actor, shop: Shop) -> Started:
    """Sync Orders: whatever was placed in the last days (feature S3-105)."""
    now = clock.now()
    return start(actor, shop, now - RECENT, now)


def window(since: datetime, until: datetime, token: str = "") -> NewItem:
    args = {
        "ge": int(since.timestamp()),
        "lt": int(until.timestamp()) + (1 if until.microsecond else 0),
        "token": token,
    }
    return NewItem(f"{since:%Y-%m-%d %H:%M}" + (", more" if token else ""), args=args)


def closing(activity: Activity) -> str:
    notes = activity.notes
    new, changed, same = (notes.get(name, 0) for name in ("new", "changed", "unchanged"))
    skipped = notes.get("skipped", 0)
    text = f"{new:,} orders imported, {changed:,} brought up to date, {same:,} were here as they are"
    return f"{text}, {skipped:,} not wanted by the settings or never paid." if skipped else f"{text}."
