"""A second writer: values of our listings that somebody else changed on TikTok Shop (a colleague in Seller Center,
another app). Each is kept until a person decides; until then nothing of ours overwrites it.

How it is known. Of each listing two sets of digests are kept, by field: what we sent last and what TikTok had when we
looked last. While a review goes on nothing is concluded. At the first look after our own write, what is not as it was
sent is somebody else's, the description excepted, which TikTok may write anew. From then on everything that moved is.
A price is compared with the price that was sent last (`ListingSku.sent_price`). Quantities are stock's business.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, select

from clients.tiktok.models import Product
from models import KnownValues, Listing, ListingSku, OutsideChange, Shop, db
from models.present import has_table
from services import clock, current_requests, notices
from services.adoption import found, values
from services.adoption.found import WHERE
from services.errors import NotFound
from services.listing_diff import Change
from services.publish_requests import Request

REWRITTEN = frozenset({"description"})  # what TikTok may store in its own words
LONG = 2000
CODE = "changed_outside"
TEXT = "Somebody changed it on TikTok Shop. Decide which values hold, then send."


def ready() -> bool:
    """Whether the migration that brings the tables has run."""
    return has_table(KnownValues) and has_table(OutsideChange)


# -- what is known ----------------------------------------------------------------------------------------------------


def begin(listing: Listing, product: Product) -> None:
    """From here on: what TikTok has now is what is expected."""
    if not ready():
        return
    known = _known([listing.id]).get(listing.id) or KnownValues(listing_id=listing.id)
    known.sent, known.seen, known.is_settling, known.seen_at = {}, digests(product), False, clock.now()
    db.session.add(known)
    for change in db.session.scalars(open_ones().where(OutsideChange.listing_id == listing.id)):
        change.state = "gone"
    db.session.flush()


def sent(taken: Sequence[tuple[Listing, Request]]) -> None:
    """TikTok took these whole edits of ours."""
    if not taken or not ready():
        return
    known = _known([listing.id for listing, _ in taken])
    for listing, request in taken:
        row = known.get(listing.id)
        if row is None:
            row = KnownValues(listing_id=listing.id, seen={}, seen_at=None)
            db.session.add(row)
        row.sent, row.is_settling = _sent(request), True
    db.session.flush()


def _known(listing_ids: Sequence[int]) -> dict[int, KnownValues]:
    query = select(KnownValues).where(KnownValues.listing_id.in_(listing_ids))
    return {row.listing_id: row for row in db.session.scalars(query)}


def digests(product: Product) -> dict[str, str]:
    """What TikTok has, by field, in the form in which `_sent` puts what we send."""
    theirs = values.fields_of(product)
    told: dict[str, Any] = {
        "title": theirs["title"], "description": theirs["description"], "category": theirs.get("category", ""),
        "brand": theirs["brand"]["id"], "images": [image.uri for image in product.main_images],
        "weight": _package(theirs.get("weight")), "dimensions": _package(theirs.get("dimensions")),
    }  # fmt: skip
    for one in product.product_attributes:
        told[f"attributes.{one.id}"] = sorted(value.id or value.name for value in one.values)
    for sku in product.skus:
        told[f"skus.{sku.id}.sku"] = sku.seller_sku
        told[f"skus.{sku.id}.identifier"] = sku.identifier_code.code if sku.identifier_code else ""
    return {name: _digest(value) for name, value in told.items()}


def _sent(request: Request) -> dict[str, str]:
    """The same of what we sent; pictures and free attribute values get their ids at TikTok, so they are left out."""
    body = request.body
    told: dict[str, Any] = {
        "title": body.get("title", ""), "description": body.get("description", ""),
        "category": body.get("category_id", ""), "brand": body.get("brand_id", ""),
        "weight": _package(body.get("package_weight")), "dimensions": _package(body.get("package_dimensions")),
    }  # fmt: skip
    for one in body.get("product_attributes", ()):
        if all(value.get("id") for value in one["values"]):
            told[f"attributes.{one['id']}"] = sorted(value["id"] for value in one["values"])
    for sku in body.get("skus", ()):
        if sku.get("id"):
            told[f"skus.{sku['id']}.sku"] = sku["seller_sku"]
            told[f"skus.{sku['id']}.identifier"] = sku.get("identifier_code", {}).get("code", "")
    return {name: _digest(value) for name, value in told.items()}


def _package(value: Mapping[str, Any] | None) -> list[str]:
    if not value:
        return []
    return [value[name] if name == "unit" else number(value[name]) for name in sorted(value)]


def number(value: Any) -> str:
    """5, 5.0 and "5.00" are the same."""
    return format(Decimal(str(value)).normalize(), "f")


def _digest(value: Any) -> str:
    text = " ".join(value.split()) if isinstance(value, str) else repr(value)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


# -- looking ----------------------------------------------------------------------------------------------------------


def look(shop: Shop, products: Mapping[int, Product]) -> int:
    """Compares products as read (by listing) with what is known; answers how many changes are new. A change that was
    taken back, or that came to be what we would send, leaves by itself."""
    if not products or not ready():
        return 0
    ids = sorted(products)
    listings = {row.id: row for row in db.session.scalars(select(Listing).where(Listing.id.in_(ids)))}
    settled: dict[int, Product] = {}
    known = _known(list(listings))
    for listing_id, listing in listings.items():
        if not listing.intent and _is_settled(products[listing_id]):
            settled[listing_id] = products[listing_id]
        elif listing_id in known:
            known[listing_id].updated_at = _moment(products[listing_id])
    moved: dict[int, set[str]] = {}
    for listing_id, product in settled.items():
        row, now = known.get(listing_id), digests(product)
        fields = _moved(row, now) if row is not None else set()
        fields |= _prices(listing_id, product)
        if row is None:
            row = KnownValues(listing_id=listing_id, sent={})
            db.session.add(row)
        row.seen, row.is_settling, row.seen_at, row.updated_at = now, False, clock.now(), _moment(product)
        moved[listing_id] = fields
    watched = sorted({one for one in settled if moved[one]} | set(_flagged(list(settled))))
    requests = current_requests.requests(shop, watched) if watched else {}
    fresh = 0
    for listing_id in watched:
        differ = {one.field: one for one in values.differences(requests[listing_id], settled[listing_id])}
        fresh += _flag(listings[listing_id], settled[listing_id], moved[listing_id], differ)
    db.session.flush()
    tell(shop)
    return fresh


def _is_settled(product: Product) -> bool:
    audit = product.audit.status if product.audit else ""
    return audit not in ("AUDITING", "PRE_APPROVED") and product.status not in ("PENDING", "DRAFT", "DELETED", "FREEZE")


def _moved(row: KnownValues, now: Mapping[str, str]) -> set[str]:
    """Fields that are neither as they were seen nor as we sent them."""
    names = set(now) | set(row.seen) if row.seen else set(now)
    before = {**row.seen, **{name: row.sent[name] for name in row.sent if row.is_settling}}
    found = set()
    for name in names:
        if row.is_settling and (name not in row.sent or name in REWRITTEN):
            continue
        if name in before and now.get(name, "") not in (before[name], row.sent.get(name)):
            found.add(name)
        elif name not in before and row.seen and not row.is_settling:
            found.add(name)  # an attribute or a variant that was not there
    return found


def _prices(listing_id: int, product: Product) -> set[str]:
    """Lines whose price on TikTok is not the one that was sent last."""
    by_id = {sku.id: sku for sku in product.skus}
    query = select(ListingSku).where(ListingSku.listing_id == listing_id, ListingSku.sent_price.is_not(None))
    return {
        f"skus.{line.id}.price"
        for line in db.session.scalars(query)
        if (sku := by_id.get(line.tiktok_id)) is not None
        and (price := found.shown_price(sku)) is not None
        and price != line.sent_price
    }


def _flagged(listing_ids: Sequence[int]) -> list[int]:
    return list(
        db.session.scalars(open_ones(OutsideChange.listing_id).where(OutsideChange.listing_id.in_(listing_ids)))
    )


def _flag(listing: Listing, product: Product, moved: set[str], differ: Mapping[str, Change]) -> int:
    """Keeps what moved and differs from what we would send; drops what does not differ any more."""
    there = {one.field: one for one in db.session.scalars(open_ones().where(OutsideChange.listing_id == listing.id))}
    for name, change in there.items():
        if name not in differ:
            change.state = "gone"
    lines = {line.tiktok_id: line.id for line in values.lines(listing) if line.tiktok_id}
    wanted = {_our_name(name, lines) for name in moved}
    fresh = 0
    for name, one in differ.items():
        if name not in wanted and name not in there:
            continue
        row = there.get(name)
        if row is None:
            row = OutsideChange(shop_id=listing.shop_id, listing_id=listing.id, field=name[:80], noticed_at=clock.now())
            db.session.add(row)
            fresh += 1
        row.kind, row.label = one.kind, _label(one, product, lines)[:120]
        row.ours, row.theirs = one.ours[:LONG], _shown(one, product)[:LONG]
        row.value = {"value": _value(name, product, lines)}
        row.changed_at = _moment(product)
    return fresh


def _label(one: Change, product: Product, lines: Mapping[str, int]) -> str:
    """A variant by all its options, as TikTok shows them."""
    if not one.field.startswith("skus."):
        return one.label
    line = one.field.split(".")[1]
    sku = next((sku for sku in product.skus if str(lines.get(sku.id, "")) == line), None)
    words = " / ".join(option.value_name for option in sku.sales_attributes if option.value_name) if sku else ""
    return f"{words}:{one.label.rpartition(':')[2]}" if words else one.label


def _shown(one: Change, product: Product) -> str:
    if one.kind != "price" or not one.theirs:
        return one.theirs
    return f"{one.theirs} {next((sku.price.currency for sku in product.skus if sku.price), '')}".strip()


def _our_name(name: str, lines: Mapping[str, int]) -> str:
    """`skus.<TikTok's id>.sku` as the comparison names it: `skus.<line>.sku`."""
    if not name.startswith("skus."):
        return name
    _, sku, part = name.split(".", 2)
    return f"skus.{lines.get(sku, sku)}.{part}"


def _value(name: str, product: Product, lines: Mapping[str, int]) -> Any:
    """Theirs as a listing's or a variant's field takes it; None where it cannot be taken."""
    if not name.startswith("skus."):
        return values.fields_of(product).get(name)
    _, line, part = (*name.split(".", 2), "")[:3]
    sku = next((one for one in product.skus if str(lines.get(one.id, "")) == line), None)
    return values.sku_fields_of(sku).get(part) if sku is not None else None


def _moment(product: Product) -> datetime | None:
    return found.moment(product.update_time)


# -- what waits -------------------------------------------------------------------------------------------------------


def open_ones(what: Any = OutsideChange) -> Select[Any]:
    return select(what).where(OutsideChange.state == "open")


def undecided(listing_ids: Iterable[int], kinds: Sequence[str] = ("content", "price", "variants")) -> set[int]:
    """Listings with changes of these kinds that nobody decided about: sending them would overwrite somebody's work."""
    ids = [listing_id for listing_id in listing_ids if listing_id]
    if not ids or not ready():
        return set()
    query = open_ones(OutsideChange.listing_id).where(OutsideChange.listing_id.in_(ids), OutsideChange.kind.in_(kinds))
    return set(db.session.scalars(query))


def page(shop_ids: Iterable[int], after: int = 0, limit: int = 50) -> Sequence[OutsideChange]:
    query = open_ones().where(OutsideChange.shop_id.in_(list(shop_ids)), OutsideChange.id > after)
    return db.session.scalars(query.order_by(OutsideChange.id).limit(limit)).all()


def of_listing(listing_id: int) -> Sequence[OutsideChange]:
    if not ready():
        return []
    return db.session.scalars(
        open_ones().where(OutsideChange.listing_id == listing_id).order_by(OutsideChange.id)
    ).all()


def count(shop_ids: Iterable[int]) -> int:
    if not ready():
        return 0
    query = open_ones(func.count(OutsideChange.id)).where(OutsideChange.shop_id.in_(list(shop_ids)))
    return db.session.scalar(query) or 0


def get(change_id: int) -> OutsideChange:
    found.demand()
    change = db.session.scalar(select(OutsideChange).where(OutsideChange.id == change_id))
    if change is None:
        raise NotFound("This change does not wait for a decision.", "See all", f"{WHERE}outside")
    return change


def tell(shop: Shop) -> int:
    """Raises or settles the shop's notice; answers how many changes wait."""
    waiting, key = count([shop.id]), f"second_writer:{shop.id}"
    if not waiting:
        notices.resolve(key)
        return 0
    values_ = "1 value was" if waiting == 1 else f"{waiting:,} values were"
    notices.raise_notice(
        key,
        "warning",
        f"{values_} changed on TikTok Shop by somebody else ({shop.name}). Nothing overwrites them until you decide.",
        "Look at them",
        f"{WHERE}outside?shop={shop.id}",
    )
    return waiting
