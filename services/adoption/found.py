"""Products that a shop holds and no listing knows: the walk that finds them, and what is kept of each."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, select, update

from clients.tiktok.models import Product, Sku
from models import Activity, FoundProduct, Listing, Shop, db
from models.present import has_table
from services import activities, clock, twin_matching
from services.activities import NewItem, Started
from services.actor import Actor
from services.errors import NotFound, ServiceError
from services.twin_matching import MARGIN
from services.twin_walk import BEGIN

KIND = "listing_import"
CERTAIN, PROPOSED, NONE = "certain", "proposed", "none"
WHERE = "/listings/adoption/"
UNREADABLE = frozenset({"FREEZE", "DELETED"})  # Get Product refuses them (reference 4.11)


class NotMigrated(ServiceError):
    """The tables come with a migration that has not run yet."""

    status = 503


def ready() -> bool:
    """Whether the migration that brings the tables has run."""
    return has_table(FoundProduct)


def demand() -> None:
    if not ready():
        text = "The database is being brought up to date; listings can be imported when that is done."
        raise NotMigrated(text, "See listings", "/listings/")


def start(actor: Actor, shop: Shop) -> Started:
    """An activity that walks through what the shop holds, reads what no listing knows, and matches it."""
    demand()
    span = {"low": BEGIN, "high": int((clock.now() + MARGIN).timestamp())}
    key = f"{KIND}:{shop.id}"
    items = [NewItem("Products of the shop", args=span)]
    return activities.start(actor, KIND, f"Import listings from {shop.name}", items, shop_id=shop.id, open_key=key,
                            units=0, details={"open_key": key})  # fmt: skip


def last_import(shop_id: int) -> Activity | None:
    query = select(Activity).where(Activity.kind == KIND, Activity.shop_id == shop_id)
    return db.session.scalars(query.order_by(Activity.id.desc()).limit(1)).first()


# -- what is kept -----------------------------------------------------------------------------------------------------


def sort_out(shop: Shop, products: Sequence[Product]) -> tuple[list[str], list[int]]:
    """Of a page as the search shows it: ids to be read whole, and rows that are read already and unchanged since.
    What cannot be read is kept as it is shown."""
    strange = twin_matching.unknown(shop, products)
    there = _rows(shop, [product.id for product in strange])
    to_read: list[str] = []
    unchanged: list[int] = []
    for product in strange:
        row = there.get(product.id)
        if product.status in UNREADABLE:
            unchanged.append(keep(shop, product, row, whole=False).id)
        elif row is not None and row.whole and row.updated_at == moment(product.update_time):
            row.seen_at = clock.now()
            unchanged.append(row.id)
        else:
            to_read.append(product.id)
    db.session.flush()
    return to_read, unchanged


def keep_all(shop: Shop, products: Sequence[Product]) -> list[FoundProduct]:
    """The rows of products that were read whole."""
    strange = twin_matching.unknown(shop, products)
    there = _rows(shop, [product.id for product in strange])
    return [keep(shop, product, there.get(product.id)) for product in strange]


def keep(shop: Shop, product: Product, row: FoundProduct | None, *, whole: bool = True) -> FoundProduct:
    if row is None:
        row = FoundProduct(shop_id=shop.id, tiktok_id=product.id, found_at=clock.now())
        db.session.add(row)
    row.title, row.status = product.title[:300], product.status[:24]
    row.audit = (product.audit.status if product.audit else "")[:24]
    row.skus = [_sku(sku) for sku in product.skus]
    if whole:
        row.whole = product.model_dump(mode="json")
        pictures = [url for image in product.main_images[:1] for url in image.thumb_urls or image.urls]
        row.image_url = pictures[0] if pictures else ""
    row.created_at, row.updated_at, row.seen_at = moment(product.create_time), moment(product.update_time), clock.now()
    if row.state in ("gone", "adopted"):  # its listing does not know it any more
        row.state = "open"
    db.session.flush()
    return row


def _sku(sku: Sku) -> dict[str, Any]:
    price = shown_price(sku)
    return {
        "id": sku.id,
        "seller_sku": sku.seller_sku,
        "options": " / ".join(one.value_name for one in sku.sales_attributes if one.value_name),
        "price": format(price, "f") if price is not None else "",
        "currency": sku.price.currency if sku.price else "",
        "identifier": sku.identifier_code.code if sku.identifier_code else "",
        "quantity": sum(one.quantity for one in sku.inventory),
    }


def shown_price(sku: Sku) -> Any:
    """What a buyer is asked before promotions, in the form in which prices are sent."""
    return sku.price.tax_exclusive_price or sku.price.sale_price or sku.price.amount if sku.price else None


def moment(seconds: int) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def _rows(shop: Shop, ids: Sequence[str]) -> dict[str, FoundProduct]:
    query = select(FoundProduct).where(FoundProduct.shop_id == shop.id, FoundProduct.tiktok_id.in_(ids))
    return {row.tiktok_id: row for row in db.session.scalars(query)}


def conclude(activity: Activity) -> int:
    """After a walk that lost nothing: what it did not meet is not there any more. Answers how many left."""
    if activity.state != "finished" or activity.refused + activity.failed + activity.skipped:
        return 0
    unseen = (
        FoundProduct.shop_id == activity.shop_id, FoundProduct.state == "open",
        FoundProduct.seen_at < activity.created_at,
    )  # fmt: skip
    done = db.session.scalars(select(FoundProduct).where(*unseen)).all()
    for row in done:
        row.state = "gone"
    db.session.flush()
    return len(done)


# -- what waits for a decision ----------------------------------------------------------------------------------------


def waiting() -> list[ColumnElement[bool]]:
    """Nobody decided, and no listing knows it by now."""
    known = exists().where(
        Listing.shop_id == FoundProduct.shop_id, Listing.tiktok_id == FoundProduct.tiktok_id,
        Listing.store_id == FoundProduct.store_id,
    )  # fmt: skip
    return [FoundProduct.state == "open", ~known]


def ids_of(shop_id: int, certainty: str) -> Select[Any]:
    return select(FoundProduct.id).where(
        FoundProduct.shop_id == shop_id, FoundProduct.certainty == certainty, *waiting()
    )


def counts(shop_ids: Iterable[int]) -> dict[str, int]:
    """Waiting ones by certainty."""
    query = (
        select(FoundProduct.certainty, func.count(FoundProduct.id))
        .where(FoundProduct.shop_id.in_(list(shop_ids)), *waiting())
        .group_by(FoundProduct.certainty)
    )
    return {certainty: count for certainty, count in db.session.execute(query)}


def page(shop_ids: Iterable[int], certainty: str, after: int = 0, limit: int = 25) -> Sequence[FoundProduct]:
    """A keyset page, what resembles most first; `after` is the last id of the page before."""
    demand()
    query = select(FoundProduct).where(
        FoundProduct.shop_id.in_(list(shop_ids)), FoundProduct.certainty == certainty, *waiting()
    )
    if after:
        score = db.session.scalar(select(FoundProduct.score).where(FoundProduct.id == after)) or 0
        later = (FoundProduct.score == score) & (FoundProduct.id > after)
        query = query.where((FoundProduct.score < score) | later)
    return db.session.scalars(query.order_by(FoundProduct.score.desc(), FoundProduct.id).limit(limit)).all()


def get(found_id: int) -> FoundProduct:
    demand()
    row = db.session.scalar(select(FoundProduct).where(FoundProduct.id == found_id))
    if row is None:
        raise NotFound("This product was not found on TikTok Shop.", "See what was found", WHERE)
    return row


def hold(found_ids: Sequence[int]) -> Sequence[FoundProduct]:
    """The rows as they are now, locked in one order."""
    query = select(FoundProduct).where(FoundProduct.id.in_(found_ids)).order_by(FoundProduct.id)
    return db.session.scalars(query.with_for_update().execution_options(populate_existing=True)).all()


def dismiss(actor: Actor, row: FoundProduct) -> None:
    """It stays on TikTok Shop and is not shown again."""
    row.state, row.decided_by, row.decided_at = "dismissed", actor.name[:255], clock.now()
    db.session.flush()


def noted(found_id: int, why: str) -> None:
    db.session.execute(update(FoundProduct).where(FoundProduct.id == found_id).values(note=why))
