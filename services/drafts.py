"""Effective drafts of listings in bulk: listing, else profile, else default profile, else product, each value with its
origin."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import select

from domain.attributes import sendable
from domain.draft import CategoryNeeds, Draft, ImageDraft, Origin
from domain.limits import RulePack
from domain.policy import Policy
from models import Listing, ListingSku, Shop, db
from services import categories, draft_skus, draft_sources
from services.draft_facts import Facts, main_hash, read
from services.media import plan


@dataclass(frozen=True, slots=True)
class Prepared:
    """A draft and what publishing needs besides: stock per warehouse, steps of price and stock, the rules used."""

    listing_id: int
    draft: Draft
    needs: CategoryNeeds | None
    pack: RulePack
    stock: Mapping[str, Mapping[str, int]]  # SKU key -> TikTok warehouse id -> quantity
    price_steps: Mapping[str, tuple[str, ...]]
    stock_steps: Mapping[str, tuple[str, ...]]
    profile_name: str

    policy: Policy

    @property
    def hash(self) -> str:
        """Changes with anything that is sent or that it is checked against. Its first half changes with nothing but
        what TikTok would show: not with quantities of variants that TikTok has, and not with what a rule pack, a
        category read again or a picture measured since then have to say about the same content."""
        demands, variations = _demands(self.needs)
        chosen = sendable(self.draft.attributes, self.needs) if self.needs else {}
        # A variant without stock stays behind at first (reference 4.8); once it has some, there is something to send.
        going = [sku.key for sku in self.draft.skus if sku.is_known or (sku.quantity or 0) > 0]
        content = f"{_still(self.draft)}{going}{chosen!r}{variations}{self.policy.sending!r}{plan.content(self.draft)}"
        moving = [sku.quantity for sku in self.draft.skus], sorted(self.stock.items()), self.draft.is_live
        return _digest(content) + _digest(f"{content}{moving!r}{demands}{self._judged()}")

    def _judged(self) -> str:
        """What the draft is checked against, and what is known of it without being sent; sets are sorted, because each
        process walks a set in its own order."""
        draft = self.draft
        known = sorted(draft.certifications), sorted(draft.duplicate_identifiers), list(draft.origins.items())
        seen = draft.images, [sku.image for sku in draft.skus], draft.store_currency, draft.brand_authorised
        against = f"{self.pack.version}{self.policy!r}{draft.identifier_required}"
        return f"{known!r}{seen!r}{draft.has_conversion_rule}{against}{plan.judged(draft)}"


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _still(draft: Draft) -> str:
    """What is sent of a draft, without quantities, as text."""
    skus = tuple(replace(sku, quantity=None, image=sku.image and _plain(sku.image)) for sku in draft.skus)
    plain = replace(
        draft,
        skus=skus,
        images=tuple(_plain(image) for image in draft.images),
        is_live=False,
        certifications=frozenset(),
        duplicate_identifiers=frozenset(),
        origins={},
        store_currency="",
        brand_authorised=draft.brand_authorised is False,  # only a brand known to be refused is left out
        identifier_required=False,
        has_conversion_rule=False,
        attributes={},  # those that go along are named beside
    )
    return repr(plain)


def _plain(image: ImageDraft) -> ImageDraft:
    """The picture before it was measured: the same picture is sent."""
    return ImageDraft(image.key, image.url)


@lru_cache(maxsize=64)
def _demands(needs: CategoryNeeds | None) -> tuple[str, str]:
    """All that the category demands, and its variations alone: their ids stand in what is sent."""
    if needs is None:
        return "", ""
    whole = f"{replace(needs, permissions=frozenset())!r}{sorted(needs.permissions)}"
    return whole, repr([need for need in needs.attributes if need.kind == "sales"])


def same_content(one: str, other: str) -> bool:
    """Two hashes of drafts of which TikTok would show the same but for quantities."""
    return one[:16] == other[:16]


def prepare(
    shop: Shop,
    listing_ids: Sequence[int],
    warehouse_ids: Sequence[str] = (),
    members: Mapping[int, int] | None = None,
) -> dict[int, Prepared]:
    """Drafts of these listings of one shop, by listing id. `warehouse_ids` narrows the stock to chosen warehouses;
    `members` (product -> profile) stands in for what is kept, to see what another order of profiles would do."""
    listings = db.session.scalars(select(Listing).where(Listing.id.in_(listing_ids), Listing.shop_id == shop.id)).all()
    facts = read(shop, listings, set(warehouse_ids), members)
    return {listing.id: _draft(listing, facts) for listing in listings}


def foresee(shop: Shop, listings: Sequence[Listing], lines: Mapping[int, list[ListingSku]]) -> dict[int, Prepared]:
    """The drafts that listings would have which are not stored (yet), by their made-up ids; `lines` by the same ids."""
    facts = read(shop, listings, set())
    facts.skus.update(lines)
    return {listing.id: _draft(listing, facts) for listing in listings}


def _draft(listing: Listing, facts: Facts) -> Prepared:
    product = facts.products.get(listing.product_id or 0)
    profile, own = facts.profile(listing.product_id), listing.fields
    settings = facts.settings_of(profile)
    origins: dict[str, Origin] = {}

    def pick(name: str, fallback: Any, origin: Origin) -> Any:
        if name in own:
            origins[name] = "listing"
            return own[name]
        origins[name] = origin if fallback else "none"
        return fallback

    title = pick("title", product.title if product else "", "product")
    description = pick("description", product.description if product else "", "product")
    category_id = pick(
        "category", profile.category_id if profile else "", profile.origin("category") if profile else "none"
    )
    if category_id not in facts.needs:
        facts.needs[category_id] = categories.needs(facts.shop, category_id) if category_id else None
    needs = facts.needs[category_id]
    brand = pick(
        "brand",
        draft_sources.brand(product, profile),
        profile.origin("brand") if profile and "brand" in profile.mapping else "product",
    )
    known = draft_sources.known_brand(brand.get("name", ""), category_id, facts)
    images = draft_sources.images(own.get("images"), product, facts)
    images = plan.seen(images, facts.media, main_hash(listing, product), settings.image_ratio)
    going = plan.going(listing.id, facts.media, needs)
    origins["images"] = "listing" if "images" in own else "product" if images else "none"
    attributes = draft_sources.attributes(own, product, profile, needs, origins)
    lines = facts.skus.get(listing.id, [])
    built = [draft_skus.sku(line, facts, product, profile, own) for line in lines if line.fields.get("included", True)]
    draft = Draft(
        market=facts.shop.market,
        currency=facts.shop.currency or facts.pack.currency,
        store_currency=facts.store.currency,
        title=title,
        description=description,
        category_id=category_id,
        brand_id=brand.get("id") or (known.id if known else ""),
        brand_name=brand.get("name", ""),
        brand_authorised=known.authorised if known else None,
        attributes=attributes,
        weight=draft_sources.weight(own, product, profile, facts, origins),
        dimensions=draft_sources.dimensions(own, product, profile, facts, origins),
        images=images,
        skus=tuple(row[0] for row in built),
        cross_border=facts.shop.seller_type == "CROSS_BORDER",
        identifier_required=settings.identifier_required,
        # A price that the merchant set here is meant in the shop's currency.
        has_conversion_rule=facts.pricing.converts or (bool(built) and all("price" in line.fields for line in lines)),
        is_live=listing.platform_status == "ACTIVATE",
        duplicate_identifiers=facts.doubles & {row[0].identifier.code for row in built if row[0].identifier},
        origins=origins,
        certifications=going.certifications,
        has_size_chart=going.size_chart is not None,
        documents=going.documents,
        size_chart=going.size_chart,
        video=going.video,
    )
    return Prepared(
        listing.id,
        draft,
        needs,
        facts.pack,
        {row[0].key: row[1] for row in built},
        {row[0].key: row[2] for row in built},
        {row[0].key: row[3] for row in built},
        profile.name if profile else "",
        settings.policy(),
    )
