"""The one thing that can be changed in a semi-consignment store: the stock, by hand, for many at once, or by a file
(features S1-40, S1-44, S1-46)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select

from clients.tiktok.models import ProductInventory
from domain.capabilities import Capability, allowed
from domain.roles import CHANGE, SEND, Page
from domain.semi import STOCK_TAKEN, SemiStatus
from models import Listing, ListingSku, PushRule, Shop, Store, db
from models.present import has_table
from services import activities
from services.activities import NewItem, Started
from services.actor import Actor
from services.errors import Forbidden, Invalid, ServiceError
from services.people.access import asks
from services.semi import products
from services.stock import confirmations, rules
from services.stock.confirmations import Told

KIND, SYNC = "stock_semi", "sync_semi"
MOST = 99_999
UNREAD = "Its stock was not read yet. Sync the product first."
SET, ADD, SUBTRACT = "set", "add", "subtract"
WAYS = {SET: "Set to", ADD: "Add", SUBTRACT: "Take away"}
Numbers = Mapping[int, Mapping[str, int]]
"""SKU line -> TikTok warehouse -> pieces."""


class NothingToSend(ServiceError):
    """No number differs."""


@dataclass(frozen=True, slots=True)
class Change:
    """One number of a preview."""

    title: str
    line_id: int
    sku: str
    place: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What a change of many would send. `closed`: products whose stock TikTok does not take now."""

    products: int
    changes: Sequence[Change]
    closed: int
    unread: int  # products of which no stock is known yet: sync them first
    pushed: int  # products whose stock follows push rules


def pushed(shop: Shop) -> bool:
    """Whether push rules tell this store its stock; a number typed by hand would not last."""
    return rules.standing(shop, db.session.get_one(Store, shop.store_id)).on


def _left_alone(shop: Shop) -> set[int]:
    """Products that push rules leave alone."""
    if not has_table(PushRule):
        return set()
    query = select(PushRule.product_id).where(PushRule.shop_id == shop.id, PushRule.product_id != 0)
    return set(db.session.scalars(query.where(PushRule.is_on.is_(False))))


def judge(shop: Shop) -> Callable[[SemiStatus, int | None], str]:
    """Answers of a product's state and number why its stock cannot be typed; empty when it can."""
    follows, alone = pushed(shop), _left_alone(shop)

    def why(status: SemiStatus, product_id: int | None) -> str:
        if status not in STOCK_TAKEN:
            return "TikTok takes no stock for a product in this state."
        if follows and (product_id or 0) not in alone:
            return "Push rules tell this store its stock. Leave the product alone there to type it here."
        return ""

    return why


def why_closed(shop: Shop, row: products.Row) -> str:
    """Why the stock of one product cannot be typed here; empty when it can."""
    if said := judge(shop)(row.status, row.product_id):
        return said
    return UNREAD if _unread(row) else ""


def _unread(row: products.Row) -> bool:
    return not row.tiktok_id or not row.lines or any(not line.places for line in row.lines)


def plan(shop: Shop, listings: Select[Any], way: str, count: int, place: str = "") -> Plan:
    """Previews the same change for many; `place`: one warehouse, else every one that the SKU has."""
    if way not in WAYS:
        raise Invalid("Choose whether to set, add or take away.")
    if not 0 <= count <= MOST:
        raise Invalid(f"A quantity is between 0 and {MOST:,}.")
    found = products.rows(list(db.session.scalars(listings.where(Listing.shop_id == shop.id).order_by(Listing.id))))
    why, follows = judge(shop), pushed(shop)
    changes: list[Change] = []
    closed = unread = told = 0
    for row in found:
        if row.status not in STOCK_TAKEN:
            closed += 1
        elif follows and why(row.status, row.product_id):
            told += 1
        elif _unread(row):
            unread += 1
        else:
            changes += _changes(row, way, count, place)
    return Plan(len(found), changes, closed, unread, told)


def _changes(row: products.Row, way: str, count: int, place: str) -> list[Change]:
    found = []
    for line in row.lines:
        for number, before in line.places.items():
            if place and number != place:
                continue
            after = {SET: count, ADD: before + count, SUBTRACT: max(0, before - count)}[way]
            if min(after, MOST) != before:
                found.append(Change(row.title, line.id, line.sku, number, before, min(after, MOST)))
    return found


def numbers(changes: Sequence[Change]) -> dict[int, dict[str, int]]:
    """The changes as `start` takes them."""
    found: dict[int, dict[str, int]] = {}
    for one in changes:
        found.setdefault(one.line_id, {})[one.place] = one.after
    return found


@asks(Page.SEMI_CONSIGNMENT, SEND)
def start(actor: Actor, shop: Shop, wanted: Numbers) -> Started:
    """An activity that tells the store these numbers; those that it has already are left out."""
    verdict = allowed(shop.kind, Capability.EDIT_STOCK)
    if not verdict:
        raise Forbidden(verdict.reason)
    if any(not 0 <= count <= MOST for places in wanted.values() for count in places.values()):
        raise Invalid(f"A quantity is between 0 and {MOST:,}.")
    owners = {
        line_id: listing_id
        for line_id, listing_id in db.session.execute(
            select(ListingSku.id, ListingSku.listing_id)
            .join(Listing, Listing.id == ListingSku.listing_id)
            .where(ListingSku.id.in_(wanted), Listing.shop_id == shop.id)
        )
    }
    items, refused = [], ""
    for row in products.rows(sorted(set(owners.values()))):
        differ = {
            str(line.id): {place: count for place, count in wanted[line.id].items() if line.places.get(place) != count}
            for line in row.lines
            if line.id in wanted and dict(line.places) | dict(wanted[line.id]) != dict(line.places)
        }
        if not differ:
            continue
        if why := why_closed(shop, row):
            refused = f"“{row.title}”: {why}"
            continue
        items.append(NewItem(row.title, row.id, {"skus": differ}))
    if not items:
        raise NothingToSend(
            refused or "TikTok has these numbers already.", "Back", f"/semi-consignment/?shop={shop.id}"
        )
    listed = f"{len(items):,} {'product' if len(items) == 1 else 'products'}"
    return activities.start(
        actor, KIND, f"Set the stock of {listed} in {shop.name}", items, shop_id=shop.id, queue="live"
    )


@asks(Page.SEMI_CONSIGNMENT, CHANGE)
def sync(actor: Actor, shop: Shop, listings: Select[Any]) -> Started:
    """An activity that reads state and stock of these products from TikTok (features S1-42)."""
    query = select(Listing.id, Listing.title, Listing.tiktok_id).where(
        Listing.id.in_(listings), Listing.shop_id == shop.id, Listing.tiktok_id != ""
    )
    items = [NewItem(row.title or row.tiktok_id, row.id) for row in db.session.execute(query.order_by(Listing.id))]
    if not items:
        raise activities.NothingToDo("None of these products is in the store yet.", "Back", "/semi-consignment/")
    listed = f"{len(items):,} {'product' if len(items) == 1 else 'products'}"
    return activities.start(actor, SYNC, f"Sync {listed} of {shop.name}", items, shop_id=shop.id)


def keep(listing: Listing, inventory: Sequence[ProductInventory]) -> None:
    """The stock as TikTok shows it, for every SKU that we know."""
    mine = {
        tiktok_id: line_id
        for line_id, tiktok_id in db.session.execute(
            select(ListingSku.id, ListingSku.tiktok_id).where(
                ListingSku.listing_id == listing.id, ListingSku.tiktok_id != ""
            )
        )
    }
    db.session.flush()
    rows = [
        Told(mine[sku.id], place.warehouse_id, place.available_quantity, place.available_quantity,
             place.committed_quantity, None, None)
        for product in inventory
        if product.product_id == listing.tiktok_id
        for sku in product.skus
        if sku.id in mine
        for place in sku.warehouse_inventory
    ]  # fmt: skip
    if rows:
        confirmations.keep(listing.shop_id, listing.id, rows)
