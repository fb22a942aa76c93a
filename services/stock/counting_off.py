"""One relative adjustment from its first look at BigCommerce's number to its end; what a person decides about those
that did not end well."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from clients.errors import Refused
from models import Location, MerchantSku, Order, Product, StockAdjustment, StockOrder, Variant, db
from models.present import has_table
from services import clock, notices
from services.actor import Actor
from services.errors import NotFound, ServiceError
from services.orders import timeline
from services.stock import adjustments, ledger
from services.stock.levels import GRACE

NOTICE = "stock.adjustments"


@dataclass(frozen=True, slots=True)
class Move:
    """`location_id` is BigCommerce's; `by_product`: it counts the product, not its variants. `before`: read already."""

    adjustment_id: int
    product_id: int
    variant_id: int
    by_product: bool
    location_id: int
    delta: int
    before: int | None
    reason: str


def move(adjustment_id: int, was_sent: bool) -> Move | datetime | str:
    """What is to be sent; a moment to wait for, or a text when nothing is to be sent."""
    row = _locked(adjustment_id)
    if row is None or row.state not in ("due", "looked"):
        return "Nothing has to be counted any more."
    # BigCommerce's number may be the old one for a while after it took an adjustment (reference 4.1).
    if was_sent and row.looked_at is not None and row.looked_at + GRACE > clock.now():
        return row.looked_at + GRACE
    others = select(StockAdjustment.id).where(
        StockAdjustment.state == "looked",
        StockAdjustment.merchant_sku_id == row.merchant_sku_id,
        StockAdjustment.location_id == row.location_id,
        StockAdjustment.id != row.id,
    )
    if row.state == "due" and db.session.scalar(others.limit(1)) is not None:
        return clock.now() + GRACE / 60  # its number would not be the one before ours
    query = (
        select(Variant.bigcommerce_id, Product.bigcommerce_id.label("product"), Product.inventory_tracking)
        .join(Product, Product.id == Variant.product_id)
        .where(Variant.merchant_sku_id == row.merchant_sku_id, Product.deleted_at.is_(None))
        .order_by(Variant.id)
    )
    found = next((one for one in db.session.execute(query) if one.bigcommerce_id and one.product), None)
    if found is None:
        row.state, row.why = "left", "BigCommerce does not have this product any more."
        return row.why
    places = select(Location.bigcommerce_id).order_by(Location.is_enabled.desc(), Location.bigcommerce_id)
    if row.location_id:
        places = places.where(Location.id == row.location_id)
    place = db.session.scalar(places.limit(1)) or 1  # the default location has id 1 (reference 4.1)
    number = row.order_ref.removeprefix("tiktok:")
    return Move(
        row.id,
        found.product,
        found.bigcommerce_id,
        found.inventory_tracking == "product",
        place,
        row.delta,
        row.before if row.state == "looked" else None,
        f"TikTok Shop order {number}",
    )


def looked(adjustment_id: int, before: int) -> bool:
    """What BigCommerce had right before; False when it was withdrawn meanwhile."""
    row = _locked(adjustment_id)
    if row is None or row.state not in ("due", "looked"):
        return False
    row.state, row.before, row.looked_at = "looked", before, clock.now()
    db.session.flush()
    return True


def done(adjustment_id: int, item_id: int) -> tuple[str, list[int]]:
    """(what to say, adjustments that the order needs now)."""
    row = db.session.get_one(StockAdjustment, adjustment_id)
    row.state, row.why, row.done_at = "done", "", clock.now()
    text = _said(row)
    _note(row, text, item_id)
    return text, _settle(row)


def unclear(adjustment_id: int, found: int) -> tuple[str, str]:
    """No answer came, and others moved the number meanwhile."""
    row = db.session.get_one(StockAdjustment, adjustment_id)
    row.state = "unclear"
    row.why = (
        f"BigCommerce did not answer. It had {row.before} pieces before and has {found} now, so it cannot be seen "
        "whether they were counted. Look there, then decide here."
    )
    tell()
    return "stock.adjustment_unclear", row.why


def refused(adjustment_id: int, refusal: Refused) -> tuple[str, str]:
    row = db.session.get_one(StockAdjustment, adjustment_id)
    details = "; ".join(one.message for one in refusal.details[:3])
    row.state, row.why = "refused", f"BigCommerce did not take it: {details or refusal.text}"
    tell()
    return (refusal.code or f"bigcommerce.{refusal.status}")[:60], row.why


def decide(actor: Actor, adjustment_id: int, send: bool) -> list[int]:
    """A person's word: send it (again), or it is counted there already. Answers what is to be sent."""
    row = _locked(adjustment_id)
    if row is None:
        raise NotFound("This adjustment does not exist.", "See stock", "/stock/lag")
    if row.state not in ("unclear", "refused"):
        raise ServiceError("This was decided already.", "See stock", "/stock/lag")
    row.decided_by = actor.name[:255]
    if send:
        row.state, row.why, row.before, row.looked_at = "due", "", None, None
        found = adjustments.plan([row.order_ref])
    else:
        row.state, row.done_at, row.why = "left", clock.now(), f"{actor.name} counted it in BigCommerce."
        _note(row, f"{_said(row)} By hand: {actor.name}.", None)
        found = _settle(row)
    db.session.flush()
    tell()
    return found


def tell() -> None:
    """One notice for all that wait for a person."""
    waiting = len(questions())
    if not waiting:
        notices.resolve(NOTICE)
        return
    words = "adjustment waits" if waiting == 1 else "adjustments wait"
    text = f"{waiting:,} {words} for you: BigCommerce did not take or did not answer pieces of TikTok orders."
    notices.raise_notice(NOTICE, "warning", text, "See stock", "/stock/lag")


def questions(limit: int = 100) -> Sequence[StockAdjustment]:
    """Those that wait for a person, oldest first."""
    if not has_table(StockAdjustment):
        return []
    query = select(StockAdjustment).where(StockAdjustment.state.in_(("refused", "unclear")))
    return db.session.scalars(query.order_by(StockAdjustment.id).limit(limit)).all()


def codes(rows: Sequence[StockAdjustment]) -> dict[int, str]:
    query = select(MerchantSku.id, MerchantSku.code).where(MerchantSku.id.in_({row.merchant_sku_id for row in rows}))
    return {sku_id: code for sku_id, code in db.session.execute(query)}


def _settle(row: StockAdjustment) -> list[int]:
    """BigCommerce's own number counts it from here on."""
    if row.delta < 0:
        ledger.counted_off(row.order_ref, row.merchant_sku_id, row.location_id, row.turn)
    db.session.flush()
    return adjustments.plan([row.order_ref])


def _said(row: StockAdjustment) -> str:
    count = abs(row.delta)
    code = codes([row]).get(row.merchant_sku_id, "a SKU")
    pieces = f"{count} {'piece' if count == 1 else 'pieces'} of {code}"
    return f"{pieces} {'counted off' if row.delta < 0 else 'put back'} in BigCommerce."


def _note(row: StockAdjustment, text: str, item_id: int | None) -> None:
    number = row.order_ref.removeprefix("tiktok:")
    order_id = db.session.scalar(select(Order.id).where(Order.tiktok_id == number))
    if order_id is not None:
        timeline.add(order_id, "stock", text, "BigCommerce", item_id=item_id)


def _locked(adjustment_id: int) -> StockAdjustment | None:
    """Held after its order, as `adjustments.plan` holds both."""
    ref = db.session.scalar(select(StockAdjustment.order_ref).where(StockAdjustment.id == adjustment_id))
    db.session.scalars(select(StockOrder.id).where(StockOrder.order_ref == ref).with_for_update()).all()
    return db.session.scalar(
        select(StockAdjustment).where(StockAdjustment.id == adjustment_id),
        execution_options={"populate_existing": True},
    )
