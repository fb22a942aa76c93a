"""Requests of a time that a person chose, and Sync returns (features S3-110, S5-44)."""

from datetime import datetime, timedelta

from domain.roles import CHANGE, Page
from models import Shop
from services import activities, clock
from services.activities import NewItem, Started
from services.actor import Actor
from services.errors import Invalid
from services.people.access import asks

KIND = "sync_returns"
LONGEST, WINDOW, RECENT = timedelta(days=366), timedelta(days=30), timedelta(days=14)


@asks(Page.RETURNS, CHANGE)
def start(actor: Actor, shop: Shop, since: datetime, until: datetime) -> Started:
    """Reads every request that changed in this time."""
    now = clock.now()
    if since >= until or since > now:
        raise Invalid("The first day must come before the last.", "Choose the days", "/returns/import")
    if until - since > LONGEST:
        raise Invalid("Read a year at most at a time.", "Choose the days", "/returns/import")
    until, items, begin = min(until, now + timedelta(minutes=1)), [], since
    while begin < until:
        end = min(begin + WINDOW, until)
        args = {"ge": int(begin.timestamp()), "lt": int(end.timestamp()) + 1, "token": ""}
        items += [
            NewItem(f"{words} of {begin:%Y-%m-%d}", args=args | {"what": what})
            for what, words in (("returns", "Returns"), ("cancellations", "Cancellations"))
        ]
        begin = end
    title = f"Read returns and cancellations of {since:%Y-%m-%d} to {until:%Y-%m-%d}"
    return activities.start(
        actor, KIND, title, items, shop_id=shop.id, queue="live", open_key=f"{KIND}:{shop.id}", units=0, priority=60
    )


@asks(Page.RETURNS, CHANGE)
def recent(actor: Actor, shop: Shop) -> Started:
    now = clock.now()
    return start(actor, shop, now - RECENT, now)
