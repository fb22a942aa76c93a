"""Statements and payouts are read by cursor, once a day or when a person asks (features S5-25, S5-26)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from domain.capabilities import Capability, ShopKind, allowed
from domain.roles import CHANGE, Page
from models import Activity, MoneyCursor, Shop, db
from models.tenancy import tenant_id
from services import activities, clock
from services.activities import NewItem, Started
from services.actor import Actor
from services.bulk import insert_missing
from services.errors import Invalid
from services.people.access import require

KIND = "read_statements"
EVERY = timedelta(hours=20)
OVERLAP = timedelta(days=20)  # a statement's payment comes days after it, and may fail and come again
REACH = timedelta(days=60)  # before the connection: orders of the last weeks are settled after it
NOT_PAID_OUT = frozenset({"ID", "MY", "PH", "SG", "TH", "VN"})  # the payments call answers nothing there (reference 8)


def takes_part(shop: Shop) -> bool:
    """Whether the shop's money is shown: TikTok settles semi-consignment stores elsewhere (features S1-20)."""
    return bool(allowed(ShopKind(shop.kind), Capability.SEE_PROFIT))


def with_money(shops: Sequence[Shop]) -> list[Shop]:
    return [shop for shop in shops if takes_part(shop)]


def cursor(shop: Shop) -> MoneyCursor:
    """How far the shop's statements were read."""
    query = select(MoneyCursor).where(MoneyCursor.shop_id == shop.id)
    found = db.session.scalar(query)
    if found is None:
        since = (shop.authorization.connected_at - REACH).replace(hour=0, minute=0, second=0, microsecond=0)
        row = {"store_id": tenant_id(), "shop_id": shop.id, "since": since, "note": ""}
        insert_missing(MoneyCursor, [row], ("store_id", "shop_id"))
        found = db.session.scalars(query).one()
    return found


def is_due(shop: Shop) -> bool:
    if not takes_part(shop):
        return False
    asked = cursor(shop).asked_at
    return asked is None or clock.now() - asked >= EVERY


def start(actor: Actor, shop: Shop) -> Started:
    """Reads what is new, and again the statements whose payment may have moved."""
    require(actor, Page.FINANCE, CHANGE, shop)
    verdict = allowed(ShopKind(shop.kind), Capability.SEE_PROFIT)
    if not verdict:
        raise Invalid(verdict.reason, "See statements", "/finance/statements")
    here = cursor(shop)
    since = here.since - OVERLAP
    here.asked_at = clock.now()
    items = [statements(since)]
    if shop.market not in NOT_PAID_OUT:
        items.append(payments(since))
    return activities.start(
        actor, KIND, f"Read statements of {shop.name}", items, shop_id=shop.id, open_key=f"{KIND}:{shop.id}"
    )


def again(actor: Actor, shop: Shop, number: str) -> Started:
    """Reads one order anew on both sides and compares it: after somebody mended it in BigCommerce."""
    require(actor, Page.FINANCE, CHANGE, shop)
    key, title = f"{KIND}:{shop.id}:{number}", f"Compare order {number} again"
    return activities.start(
        actor, KIND, title, [orders([number])], shop_id=shop.id, open_key=key, details={"one": True}
    )


def statements(since: datetime, token: str = "") -> NewItem:
    label = f"Statements since {since:%Y-%m-%d}" + (", more" if token else "")
    return NewItem(label, args={"what": "statements", "ge": int(since.timestamp()), "token": token})


def payments(since: datetime, token: str = "") -> NewItem:
    label = f"Payouts since {since:%Y-%m-%d}" + (", more" if token else "")
    return NewItem(label, args={"what": "payments", "ge": int(since.timestamp()), "token": token})


def transactions(number: str, token: str = "", seen: int = 0) -> NewItem:
    """`seen`: how many of the statement's transactions were read before this page."""
    label = f"Statement {number}" + (", more" if token else "")
    return NewItem(label, args={"what": "transactions", "statement": number, "token": token, "seen": seen})


def orders(numbers: Sequence[str]) -> NewItem:
    return NewItem(f"{len(numbers)} orders from {numbers[0]}", args={"what": "orders", "orders": list(numbers)})


def advance(shop: Shop, since: datetime | None, note: str) -> None:
    """After a walk; `since` is the newest statement that was read whole."""
    here = cursor(shop)
    if since is not None:
        here.since = max(here.since, since)
    here.note = note[:500]
    if not note:
        here.answered_at = clock.now()
    db.session.flush()


def closing(activity: Activity) -> str:
    notes = activity.notes
    if activity.details.get("one"):
        looks = "It needs a look." if notes.get("looks") else "Nothing about it needs a look."
        return f"Compared anew. {looks}" if notes.get("orders") else "It could not be read."
    new, orders_read, wrong = (notes.get(name, 0) for name in ("statements", "orders", "incomplete"))
    text = f"{new:,} {'statement' if new == 1 else 'statements'} read and applied to {orders_read:,} "
    text += "order." if orders_read == 1 else "orders."
    if not new:
        text = "Nothing new. TikTok makes a statement of each day after midnight UTC, 3 to 15 days after delivery."
    return (
        f"{text} {wrong:,} of them {'does' if wrong == 1 else 'do'} not close in TikTok's own numbers."
        if wrong
        else text
    )
