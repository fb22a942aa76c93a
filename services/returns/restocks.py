"""Pieces that go on sale again in BigCommerce. An addition cannot be repeated blindly, so the number there is read and
kept first; after an answer that never came it tells whether the addition took effect."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from clients.errors import Refused
from domain.roles import SEND, Page
from models import AfterSale, Location, MerchantSku, Order, Product, Restock, Variant, db
from models.present import has_table
from services import clock
from services.actor import Actor
from services.errors import NotFound, ServiceError
from services.orders import stock
from services.people.access import asks
from services.returns import events, following
from services.stock import ledger


@dataclass(frozen=True, slots=True)
class Addition:
    """`location_id` is BigCommerce's; `by_product`: it counts the product, not its variants. `before`: read already."""

    restock_id: int
    product_id: int
    variant_id: int
    by_product: bool
    location_id: int
    quantity: int
    before: int | None
    reason: str


def addition(restock_id: int) -> Addition | str:
    """What is to be added; a text when nothing is."""
    restock = db.session.scalar(select(Restock).where(Restock.id == restock_id).with_for_update())
    if restock is None or restock.state != "due":
        return "Nothing has to be put back any more."
    query = select(Variant, Product).join(Product, Product.id == Variant.product_id)
    row = db.session.execute(query.where(Variant.id == restock.variant_id)).first()
    variant_number, product_number = (row[0].bigcommerce_id, row[1].bigcommerce_id) if row is not None else (None, None)
    if row is None or variant_number is None or product_number is None:
        restock.state, restock.why = "untracked", "BigCommerce does not have this product any more."
        return restock.why
    query_place = select(Location.bigcommerce_id).order_by(Location.is_enabled.desc(), Location.bigcommerce_id)
    if restock.location_id:
        query_place = query_place.where(Location.id == restock.location_id)
    place = db.session.scalar(query_place.limit(1)) or 1  # the default location has id 1 (reference 4.1)
    return Addition(
        restock.id,
        product_number,
        variant_number,
        row[1].inventory_tracking == "product",
        place,
        restock.quantity,
        restock.before,
        f"TikTok Shop {_request(restock).tiktok_id}",
    )


def looked(restock_id: int, before: int) -> None:
    """What BigCommerce had right before."""
    db.session.scalars(select(Restock).where(Restock.id == restock_id)).one().before = before


def done(restock_id: int, item_id: int) -> str:
    restock = db.session.scalars(select(Restock).where(Restock.id == restock_id).with_for_update()).one()
    request = _request(restock)
    restock.state, restock.done_at = "done", clock.now()
    variant = db.session.get_one(Variant, restock.variant_id)
    text = f"{restock.quantity} × {variant.sku or 'the product'} back on sale in BigCommerce."
    events.add(request, text, "BigCommerce", item_id=item_id)
    if request.order_id is not None and variant.merchant_sku_id is not None and has_table(MerchantSku):
        order = db.session.get_one(Order, request.order_id)
        lines = [(variant.merchant_sku_id, restock.location_id or None, restock.quantity)]
        ledger.returned(stock.reference(order), lines, f"{request.tiktok_id}-{variant.id}", shop_id=order.shop_id)
    return text


def unclear(restock_id: int, found: int) -> tuple[str, str]:
    """No answer came, and others moved the number meanwhile."""
    restock = db.session.scalars(select(Restock).where(Restock.id == restock_id)).one()
    restock.state = "unclear"
    restock.why = (
        f"BigCommerce did not answer. It had {restock.before} pieces before and has {found} now, so it cannot be seen "
        "whether they were added. Look there, then decide here."
    )
    events.add(_request(restock), restock.why, "BigCommerce")
    return "restock.unclear", restock.why


def refused(restock_id: int, refusal: Refused, item_id: int) -> tuple[str, str]:
    restock = db.session.scalars(select(Restock).where(Restock.id == restock_id)).one()
    details: Any = "; ".join(one.message for one in refusal.details[:3])
    restock.state, restock.why = "refused", f"BigCommerce did not take the pieces: {details or refusal.text}"
    events.add(_request(restock), restock.why, "BigCommerce", item_id=item_id)
    return (refusal.code or f"bigcommerce.{refusal.status}")[:60], restock.why


@asks(Page.RETURNS, SEND)
def decide(actor: Actor, restock_id: int, put_back: bool) -> AfterSale:
    """A person's word on pieces that came back, or on those about which BigCommerce did not answer."""
    restock = db.session.scalar(select(Restock).where(Restock.id == restock_id).with_for_update())
    if restock is None:
        raise NotFound("These pieces do not exist.", "See returns", "/returns/")
    request = _request(restock)
    if restock.state in ("due", "done", "untracked"):
        raise ServiceError("This was decided already.", "See the request", f"/returns/{request.id}")
    restock.before = None
    following.decide(request, restock, put_back, actor.name)
    return request


def _request(restock: Restock) -> AfterSale:
    return db.session.scalars(select(AfterSale).where(AfterSale.id == restock.after_sale_id)).one()
