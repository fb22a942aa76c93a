"""Which product of a shop is ours, and of which listing.

A product is ours when one of its SKUs carries the key of a listing's line as `external_sku_id` (we send it with every
SKU, reference 4.8), or when all its seller SKUs are those of one listing. Search shows no keys, so what no listing
knows is read whole; what is older than our first call to the shop cannot carry a key and is compared by SKU alone.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from clients.tiktok.models import Product
from models import Activity, Listing, ListingSku, Shop, Store, Twin, Variant, db
from services import clock
from services.twin_walk import DELETED

MARGIN = timedelta(days=2)  # what a search shows late, what two clocks disagree about
BOTH, KEY, SKU = "both", "key", "sku"


@dataclass(frozen=True, slots=True)
class Line:
    """One of our SKUs: its key, its listing, the seller SKU it has now."""

    key: str
    listing_id: int
    seller_sku: str


def unknown(shop: Shop, products: Sequence[Product]) -> list[Product]:
    """Those of a page that no listing of the shop knows, deleted ones left out."""
    ids = [product.id for product in products]
    known = set(
        db.session.scalars(select(Listing.tiktok_id).where(Listing.shop_id == shop.id, Listing.tiktok_id.in_(ids)))
    )
    return [product for product in products if product.id not in known and product.status != DELETED]


def to_read(shop: Shop, products: Sequence[Product]) -> list[str]:
    """Ids of those that may carry our keys, or whose seller SKUs are ours; frozen ones cannot be read."""
    first = int(_first_call(shop).timestamp())
    shared = {line.seller_sku for line in _lines(shop, codes=_codes(products))}
    return [
        product.id
        for product in products
        if product.status != "FREEZE" and (product.create_time >= first or set(_codes([product])) & shared)
    ]


def note(shop: Shop, products: Sequence[Product]) -> int:
    """Keeps those that are ours as findings; answers how many are new."""
    lines = _lines(shop, keys={sku.external_sku_id for product in products for sku in product.skus})
    lines += _lines(shop, codes=_codes(products))
    there = {
        twin.tiktok_id: twin
        for twin in db.session.scalars(
            select(Twin).where(Twin.shop_id == shop.id, Twin.tiktok_id.in_([product.id for product in products]))
        )
    }
    fresh = 0
    for product in unknown(shop, products):
        match = _match(product, lines)
        if match is not None:
            fresh += _keep(shop, product, *match, there.get(product.id))
    db.session.flush()
    return fresh


def seen(shop: Shop, tiktok_id: str, status: str) -> None:
    """An open finding was looked at again; one that is not there any more is closed."""
    twin = db.session.scalar(select(Twin).where(Twin.shop_id == shop.id, Twin.tiktok_id == tiktok_id))
    if twin is not None and twin.state in ("open", "deleting"):
        twin.status, twin.seen_at = status[:24], clock.now()
        if status == DELETED:
            twin.state = "closed"
        db.session.flush()


def _keep(shop: Shop, product: Product, listing_id: int, match: str, twin: Twin | None) -> bool:
    new = twin is None
    if twin is None:
        twin = Twin(shop_id=shop.id, tiktok_id=product.id, found_at=clock.now())
        db.session.add(twin)
    twin.listing_id, twin.match, twin.title = listing_id, match, product.title[:300]
    images = [url for image in product.main_images[:1] for url in image.urls or image.thumb_urls]
    twin.image_url = images[0] if images else ""
    twin.status, twin.audit = product.status[:24], (product.audit.status if product.audit else "")[:24]
    twin.skus = [{"id": sku.id, "seller_sku": sku.seller_sku, "key": sku.external_sku_id} for sku in product.skus]
    twin.created_at = datetime.fromtimestamp(product.create_time, UTC) if product.create_time else None
    twin.seen_at = clock.now()
    if twin.state == "closed":
        twin.state = "open"
    return new


def _match(product: Product, lines: Sequence[Line]) -> tuple[int, str] | None:
    """(listing, how): by the key and the SKU, by the key alone, or by all its seller SKUs alone."""
    by_key: dict[str, Line] = {line.key: line for line in lines}
    keyed = [(by_key[sku.external_sku_id], sku.seller_sku) for sku in product.skus if sku.external_sku_id in by_key]
    if keyed:
        listing_id = Counter(line.listing_id for line, _ in keyed).most_common(1)[0][0]
        agrees = any(line.seller_sku == code for line, code in keyed if line.listing_id == listing_id)
        return listing_id, BOTH if agrees else KEY
    codes = set(_codes([product]))
    of: dict[int, set[str]] = defaultdict(set)
    for line in lines:
        of[line.listing_id].add(line.seller_sku)
    same = sorted(listing_id for listing_id, ours in of.items() if codes and codes <= ours)
    return (same[0], SKU) if same else None


def _lines(shop: Shop, *, keys: Iterable[str] = (), codes: Iterable[str] = ()) -> list[Line]:
    """Our lines with one of these keys, or whose variant has one of these SKUs."""
    numbers = [int(key) for key in keys if key.isascii() and key.isdigit() and len(key) < 19]
    wanted = [code for code in codes if code]
    if not numbers and not wanted:
        return []
    query = (
        select(ListingSku.id, ListingSku.listing_id, ListingSku.fields, Variant.sku)
        .join(Listing, Listing.id == ListingSku.listing_id)
        .outerjoin(Variant, Variant.id == ListingSku.variant_id)
        .where(Listing.shop_id == shop.id, ListingSku.id.in_(numbers) if numbers else Variant.sku.in_(wanted))
        .order_by(ListingSku.id)
    )
    return [Line(str(key), listing_id, fields.get("sku", sku or "")) for key, listing_id, fields, sku in
            db.session.execute(query)]  # fmt: skip


def _codes(products: Iterable[Product]) -> list[str]:
    return list(dict.fromkeys(sku.seller_sku for product in products for sku in product.skus if sku.seller_sku))


def _first_call(shop: Shop) -> datetime:
    """Before this moment we sent nothing to the shop: nothing made earlier can carry our keys."""
    first: datetime | None = db.session.scalar(
        select(func.min(Activity.created_at)).where(Activity.kind == "publish", Activity.shop_id == shop.id)
    )
    installed: datetime = db.session.scalars(select(Store.installed_at).where(Store.id == shop.store_id)).one()
    moments = [installed, shop.authorization.connected_at, *([first] if first is not None else [])]
    return min(moments) - MARGIN
