"""Adopting: a listing of ours takes a product that TikTok has as its own. Nothing is sent, nothing is made there."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from clients.tiktok.models import Product as Theirs
from clients.tiktok.models import Sku
from models import FoundProduct, Listing, ListingSku, Product, Shop, Variant, db
from services import activities, clock, current_requests
from services.activities import NewItem, Started
from services.actor import Actor
from services.adoption import found, second_writer, values
from services.adoption.found import WHERE
from services.adoption.matching import Candidate
from services.errors import ServiceError
from services.listings import hold, stage
from services.readiness import recheck
from services.tabs import retab

KIND = "adopt_listings"
ADOPTED = "0" * 32
"""As the hash of what was sent: TikTok has something, and it is not what would be sent now."""


class CannotAdopt(ServiceError):
    """The product is decided about, or its listing is on its way."""


@dataclass(frozen=True, slots=True)
class Adopted:
    listing: Listing
    differences: int  # what would change if the listing were sent now
    left: tuple[str, ...] = ()  # fields that could not be taken over


def start(actor: Actor, shop: Shop, found_ids: Sequence[int], choices: Collection[str]) -> Started:
    """An activity that adopts these, each with its own outcome; those that match nothing for certain are refused."""
    rows = db.session.execute(
        select(FoundProduct.id, FoundProduct.title, FoundProduct.tiktok_id)
        .where(FoundProduct.id.in_(found_ids), FoundProduct.shop_id == shop.id, *found.waiting(),
               FoundProduct.product_id.is_not(None))
        .order_by(FoundProduct.id)
    ).all()  # fmt: skip
    if not rows:
        raise activities.NothingToDo("None of these can be adopted.", "See what was found", WHERE)
    items = [NewItem(row.title or row.tiktok_id, args={"found": row.id, "take": sorted(choices)}) for row in rows]
    listed = f"{len(items):,} {'listing' if len(items) == 1 else 'listings'}"
    return activities.start(actor, KIND, f"Adopt {listed} of {shop.name}", items, shop_id=shop.id, priority=50)


def adopt(
    actor: Actor,
    row: FoundProduct,
    choices: Collection[str],
    product_id: int | None = None,
    pairs: Mapping[str, int] | None = None,
) -> Adopted:
    """Links the product to a listing of ours: the one that is staged for the matched product (or `product_id`), or a
    new one. `choices` (values.CHOICES) are taken over from TikTok; other differences wait as unsent changes."""
    row = _free(row)
    shop = db.session.get_one(Shop, row.shop_id)
    chosen = product_id or row.product_id
    product = db.session.scalar(select(Product).where(Product.id == chosen, Product.deleted_at.is_(None)))
    if product is None:
        raise CannotAdopt("Say which product of yours it is.", "See it", f"{WHERE}{row.id}")
    listing = _listing(actor, shop, product)
    theirs = whole(row)
    _link(listing, row, _pairs(row, product, pairs))
    second_writer.begin(listing, theirs)
    left = values.take(shop, listing, theirs, choices).left if choices else ()
    recheck(shop, [listing.id])
    differ = 0
    if row.whole:
        differ = len(values.differences(current_requests.requests(shop, [listing.id])[listing.id], theirs))
    listing.sent_hash = ADOPTED if differ else listing.draft_hash
    _decide(actor, row)
    return Adopted(listing, differ, left)


def whole(row: FoundProduct) -> Theirs:
    """The product as it was read."""
    return Theirs.model_validate(row.whole or {"id": row.tiktok_id, "status": row.status, "title": row.title})


def _free(row: FoundProduct) -> FoundProduct:
    row = found.hold([row.id])[0]
    known = select(Listing.id).where(Listing.shop_id == row.shop_id, Listing.tiktok_id == row.tiktok_id)
    if row.state == "adopted" or db.session.scalar(known.limit(1)) is not None:
        raise CannotAdopt("A listing has this product already.", "See what was found", WHERE)
    if row.state == "gone":
        raise CannotAdopt("It is not on TikTok Shop any more. Import again.", "See what was found", WHERE)
    return row


def _listing(actor: Actor, shop: Shop, product: Product) -> Listing:
    """The product's listing that knows no product on TikTok; a new one where there is none."""
    here = Listing.product_id == product.id, Listing.shop_id == shop.id
    free = list(db.session.scalars(select(Listing.id).where(*here, Listing.tiktok_id == "").order_by(Listing.id)))
    if not free:
        if db.session.scalar(select(Listing.id).where(*here).limit(1)) is None:
            stage(actor, shop, select(Product.id).where(Product.id == product.id))
            free = list(db.session.scalars(select(Listing.id).where(*here)))
        else:
            free = [_second(shop, product)]
    listing = hold(free[:1])[0]
    if listing.intent:
        text = "Its listing is being sent to TikTok Shop. Adopt it when that is done."
        raise CannotAdopt(text, "See activities", "/activities/")
    return listing


def _second(shop: Shop, product: Product) -> int:
    """One more listing of a product that has one in this shop."""
    listing = Listing(shop_id=shop.id, product_id=product.id, title=product.title[:300], changed_at=clock.now())
    listing.fields = {}
    listing.tab = ""  # `retab` counts it where it goes
    db.session.add(listing)
    db.session.flush()
    for variant in db.session.scalars(select(Variant).where(Variant.product_id == product.id)):
        line = ListingSku(listing_id=listing.id, variant_id=variant.id, merchant_sku_id=variant.merchant_sku_id)
        line.position, line.fields = variant.position, {}
        db.session.add(line)
    db.session.flush()
    retab([listing])
    return listing.id


def _pairs(row: FoundProduct, product: Product, given: Mapping[str, int] | None) -> dict[str, int]:
    """TikTok's SKU -> our variant: as said, as matched, else by options, or because there is one on each side."""
    candidates = [Candidate(one["product"], one["score"], one["reason"], one["pairs"]) for one in row.candidates]
    matched = next((one.pairs for one in candidates if one.product_id == product.id), {})
    pairs = {str(sku): int(variant) for sku, variant in {**matched, **(given or {})}.items()}
    variants = list(db.session.scalars(select(Variant).where(Variant.product_id == product.id)))
    left = [sku for sku in row.skus if sku["id"] not in pairs]
    free = [variant for variant in variants if variant.id not in pairs.values()]
    if len(variants) == 1 and len(row.skus) == 1 and left:
        return {left[0]["id"]: variants[0].id}
    for sku in left:
        wanted = _option_words(sku["options"])
        same = [one for one in free if wanted and {value.casefold() for _, value in one.options} == wanted]
        if len(same) == 1:
            pairs[sku["id"]] = same[0].id
            free.remove(same[0])
    mine = {variant.id for variant in variants}
    return {sku: variant for sku, variant in pairs.items() if variant in mine}


def _option_words(text: str) -> set[str]:
    return {part.strip().casefold() for part in text.split(" / ") if part.strip()}


def _link(listing: Listing, row: FoundProduct, pairs: Mapping[str, int]) -> None:
    """The listing knows this product from now on."""
    listing.tiktok_id, listing.is_refused, listing.sent_hash = row.tiktok_id, False, ADOPTED
    listing.platform_status, listing.audit_status, listing.verdict_at = row.status, row.audit, None
    listing.published_at = row.created_at or clock.now()
    by_variant = {variant: sku for sku, variant in pairs.items()}
    theirs: dict[str, dict[str, Any]] = {sku["id"]: sku for sku in row.skus}
    read = {sku.id: sku for sku in whole(row).skus} if row.whole else {}
    for line in values.lines(listing):
        sku = theirs.get(by_variant.get(line.variant_id or 0, ""))
        fields = {name: value for name, value in line.fields.items() if name != "included"}
        line.sent_quantity = None
        if sku is None:  # TikTok does not sell this variant: it stays out until somebody includes it
            line.tiktok_id, line.fields = "", {**fields, "included": False}
            continue
        line.tiktok_id, line.fields = sku["id"], fields
        line.sent_price = _price(read.get(sku["id"]))
    listing.is_stale = True
    retab([listing])


def _price(sku: Sku | None) -> Any:
    return found.shown_price(sku) if sku is not None else None


def _decide(actor: Actor, row: FoundProduct) -> None:
    row.state, row.note, row.whole = "adopted", "", {}
    row.decided_by, row.decided_at = actor.name[:255], clock.now()
    db.session.flush()
