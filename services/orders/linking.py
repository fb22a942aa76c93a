"""Which variant a line of an order is: by the listing that sells it, by a person's word, by the seller's SKU."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from sqlalchemy import func, select

from models import Listing, ListingSku, Order, OrderLine, Product, Shop, SkuLink, Variant, db
from services import clock
from services.actor import Actor
from services.errors import Invalid, NotFound
from services.orders import timeline


def link(shop_id: int, lines: Sequence[OrderLine]) -> int:
    """Links what can be linked of lines that are not linked yet; answers how many. What a person said wins."""
    open_lines = [line for line in lines if line.variant_id is None]
    if not open_lines:
        return 0
    skus = {line.sku_id for line in open_lines if line.sku_id}
    by_hand = _by_hand(shop_id, skus)
    by_listing = _by_listing(shop_id, skus)
    by_code = _by_code({line.seller_sku for line in open_lines if line.seller_sku})
    linked = 0
    for line in open_lines:
        for how, found in (
            ("hand", by_hand.get(line.sku_id)),
            ("listing", by_listing.get(line.sku_id)),
            ("sku", by_code.get(line.seller_sku)),
        ):
            if found is not None:
                line.variant_id, line.linked_by = found, how
                linked += 1
                break
    return linked


def _by_hand(shop_id: int, skus: Collection[str]) -> dict[str, int]:
    query = select(SkuLink.sku_id, SkuLink.variant_id).where(SkuLink.shop_id == shop_id, SkuLink.sku_id.in_(skus))
    return {sku_id: variant_id for sku_id, variant_id in db.session.execute(query)}


def _by_listing(shop_id: int, skus: Collection[str]) -> dict[str, int]:
    query = (
        select(ListingSku.tiktok_id, ListingSku.variant_id)
        .join(Listing, Listing.id == ListingSku.listing_id)
        .where(Listing.shop_id == shop_id, ListingSku.tiktok_id.in_(skus), ListingSku.variant_id.is_not(None))
    )
    return {sku_id: variant_id for sku_id, variant_id in db.session.execute(query) if variant_id is not None}


def _by_code(codes: Collection[str]) -> dict[str, int]:
    """A SKU that several variants carry names none of them."""
    found: dict[str, list[int]] = defaultdict(list)
    query = (
        select(Variant.sku, Variant.id)
        .join(Product, Product.id == Variant.product_id)
        .where(Variant.sku.in_(codes), Product.deleted_at.is_(None))
    )
    for code, variant_id in db.session.execute(query):
        found[code].append(variant_id)
    return {code: ids[0] for code, ids in found.items() if len(ids) == 1}


def by_person(actor: Actor, order: Order, sku_id: str, variant_id: int) -> int:
    """Links a TikTok SKU to a variant, now and for all orders to come; answers how many lines of orders that wait it
    cures."""
    line = db.session.scalar(select(OrderLine).where(OrderLine.order_id == order.id, OrderLine.sku_id == sku_id))
    variant = db.session.scalar(select(Variant).where(Variant.id == variant_id))
    if line is None or not sku_id:
        raise NotFound("This order has no such item.", "See the order", f"/orders/{order.id}")
    if variant is None:
        raise Invalid("Choose the product that was sold.", "See the order", f"/orders/{order.id}")
    kept = db.session.scalar(select(SkuLink).where(SkuLink.shop_id == order.shop_id, SkuLink.sku_id == sku_id))
    if kept is None:
        kept = SkuLink(store_id=actor.store_id, shop_id=order.shop_id, sku_id=sku_id, variant_id=variant_id,
                       actor=actor.name[:255], created_at=clock.now())  # fmt: skip
        db.session.add(kept)
    kept.variant_id, kept.actor = variant_id, actor.name[:255]
    query = (
        select(OrderLine)
        .join(Order, Order.id == OrderLine.order_id)
        .where(Order.shop_id == order.shop_id, OrderLine.sku_id == sku_id, OrderLine.copy_id.is_(None))
        .order_by(OrderLine.id)
        .limit(10_000)
    )
    lines = db.session.scalars(query).all()
    for one in lines:
        one.variant_id, one.linked_by = variant_id, "hand"
    name = variant.sku or f"variant {variant.id}"
    for order_id in {one.order_id for one in lines}:
        timeline.add(order_id, "linked", f"{line.sku_name or line.product_name or sku_id} is {name}.", actor.name)
    db.session.flush()
    return len(lines)


def search(term: str, limit: int = 20) -> list[tuple[Variant, Product]]:
    """Variants to choose from, by SKU or title."""
    from services import product_search

    term = term.strip()
    query = select(Variant, Product).join(Product, Product.id == Variant.product_id)
    query = query.where(Product.deleted_at.is_(None))
    if term:
        query = query.where(product_search.matching(term))
    rows = db.session.execute(query.order_by(Product.title, Variant.position).limit(limit)).all()
    return [(variant, product) for variant, product in rows]


def shop_of(order: Order) -> Shop:
    return db.session.scalars(select(Shop).where(Shop.id == order.shop_id)).one()


def unlinked(order_ids: Collection[int]) -> dict[int, int]:
    """How many lines of these orders know no variant."""
    query = (
        select(OrderLine.order_id, func.count())
        .where(OrderLine.order_id.in_(order_ids), OrderLine.variant_id.is_(None))
        .group_by(OrderLine.order_id)
    )
    return {order_id: count for order_id, count in db.session.execute(query)}
