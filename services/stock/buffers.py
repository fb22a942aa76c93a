"""Low-stock guards by velocity and lag (feature I-22): proposed, looked at, and saved only as any push rule is."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from domain import buffers
from models import Product, PushRule, Shop, Variant, db
from services.actor import Actor
from services.stock import demand, pushes, rule_edits, rules
from services.stock.demand import Demand
from services.stock.pushes import DryRun
from services.stock.rule_edits import Key, Values

SHOWN = 200


@dataclass(frozen=True, slots=True)
class Proposal:
    """For one product: `busiest`: pieces that others sold in their busiest hour, of its fastest SKU; `now`: the guard
    that stands."""

    product_id: int
    title: str
    code: str
    busiest: int
    sold: int
    now: int
    guard: int


def propose(shop: Shop, lag: float, past: Demand | None = None) -> list[Proposal]:
    """Products whose guard would be another one, those that need the most first. A slow mover is proposed 0: all of its
    stock is offered."""
    past = past or demand.of()
    mine = str(shop.id)
    standing = rules.of(shop)
    query = (
        select(Variant.merchant_sku_id, Variant.sku, Product.id, Product.title)
        .join(Product, Product.id == Variant.product_id)
        .where(Variant.merchant_sku_id.in_(past.streams), Product.deleted_at.is_(None))
        .order_by(Variant.id)
    )
    best: dict[int, Proposal] = {}
    for sku_id, code, product_id, title in db.session.execute(query):
        moments = past.moments(sku_id or 0, mine)
        busiest = buffers.busiest(moments)
        own = standing.products.get(product_id)
        now = own.guard if own is not None and own.guard is not None else standing.rule.guard
        one = Proposal(
            product_id,
            title,
            code,
            busiest,
            sum(pieces for _, pieces in moments),
            now,
            buffers.proposal(busiest, lag),
        )
        known = best.get(product_id)
        if known is None or (one.guard, one.busiest) > (known.guard, known.busiest):
            best[product_id] = one
    found = [one for one in best.values() if one.guard != one.now and one.product_id not in standing.left_alone]
    return sorted(found, key=lambda one: (-one.guard, -one.busiest, one.title))[:SHOWN]


def wanted(shop: Shop, guards: Collection[tuple[int, int]]) -> dict[Key, Values]:
    """(product, guard) as rules: the product's other numbers stay."""
    query = select(PushRule).where(
        PushRule.shop_id == shop.id,
        PushRule.warehouse_id == 0,
        PushRule.product_id.in_([product_id for product_id, _ in guards]),
    )
    rows = {row.product_id: row for row in db.session.scalars(query)}
    there = set(db.session.scalars(select(Product.id).where(Product.id.in_([number for number, _ in guards]))))
    found: dict[Key, Values] = {}
    for product_id, guard in guards:
        if product_id in there:
            row = rows.get(product_id)
            kept = {name: getattr(row, name) for name in (*rules.FIELDS, "is_on")} if row is not None else {}
            found[0, product_id] = {**kept, "guard": guard}
    return rule_edits.checked(shop, found)


def look(shop: Shop, values: dict[Key, Values]) -> DryRun:
    """What the shop would be told with them, differences only."""
    return rule_edits.look(shop, values)


def use(actor: Actor, shop: Shop, values: dict[Key, Values], seen: str) -> list[int]:
    """Saves what was looked at; answers the live listings that are to be pushed."""
    rule_edits.save(actor, shop, values, seen)
    return [number for _, product_id in values for number in pushes.listings_of_product(shop.id, product_id)]
