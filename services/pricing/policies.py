"""Price rules as they stand: the listing's own, its profile's, the shop's, the store's; the first that says something
decides, part by part."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from domain.capabilities import Capability, allowed
from domain.price import PriceRule
from domain.pricing import velocity
from domain.pricing.rules import EXPIRED, Basis, Follow, Offered, Rate, Recipe, make
from domain.pricing.velocity import Velocity
from domain.settings import InvalidSetting, price_rule_from_json
from models import (
    Listing,
    ListingSku,
    PricePolicy,
    PriceStep,
    PriceTold,
    Shop,
    Store,
    Variant,
    VariantPrices,
    db,
)
from models.present import has_table
from services import clock, settings

Values = Mapping[str, Any]
"""Columns of a price policy."""
COLUMNS = ("is_on", "follow", "source_shop_id", "kind", "amount", "ending", "floor", "ceiling", "rate", "rate_on",
           "compare_at", "velocity")  # fmt: skip
PART = 2000  # values in one IN list


def ready() -> bool:
    """Whether the migration that brings the tables has run."""
    return has_table(PricePolicy) and has_table(VariantPrices)


@dataclass(slots=True)
class Pricing:
    """What makes the prices of one shop, for a batch of its listings."""

    store_currency: str
    currency: str
    general: PriceRule
    policies: Mapping[int, Values] = field(default_factory=dict)  # by listing; 0: the shop's
    sales: Mapping[int, Decimal] = field(default_factory=dict)  # BigCommerce's variant -> sale price
    theirs: Mapping[int, Decimal] = field(default_factory=dict)  # our variant -> price in the shop that is followed
    percents: Mapping[int, Decimal] = field(default_factory=dict)  # by listing: where sales moved it
    names: Mapping[int, str] = field(default_factory=dict)  # of shops

    @property
    def converts(self) -> bool:
        """Prices come out in the shop's currency."""
        shop = self.policies.get(0, {})
        return self.store_currency == self.currency or _rate(shop) is not None or shop.get("follow") == "shop"

    def recipe(self, listing_id: int, profile_rule: Mapping[str, Any] | None = None) -> Recipe:
        """What makes the price of this listing, with the place where each part was decided."""
        own, shop = self.policies.get(listing_id, {}), self.policies.get(0, {})
        origins: dict[str, str] = {}

        def said(name: str) -> Any:
            for place, values in (("listing", own), ("shop", shop)):
                if values.get(name) not in (None, "", {}):
                    origins[name] = place
                    return values[name]
            return None

        moves = _velocity(said("velocity"))
        follow: Follow = said("follow") or "regular"
        source = (own if own.get("follow") else shop).get("source_shop_id") or 0
        return Recipe(
            follow=follow,
            rule=self._rule(own, profile_rule, shop, origins),
            ending=said("ending") or "none",
            floor=said("floor"),
            ceiling=said("ceiling"),
            rate=_rate(shop),
            compare_at=bool(said("compare_at")),
            velocity=moves,
            percent=self.percents.get(listing_id, Decimal(0)) if moves else Decimal(0),
            source_name=self.names.get(source, ""),
            origins=origins,
        )

    def _rule(
        self, own: Values, profile_rule: Mapping[str, Any] | None, shop: Values, origins: dict[str, str]
    ) -> PriceRule:
        if own.get("kind"):
            origins["rule"] = "listing"
            return PriceRule(own["kind"], own.get("amount") or Decimal(0))
        if profile_rule:
            try:
                found = price_rule_from_json(profile_rule)
            except InvalidSetting:
                found = None
            if found is not None:
                origins["rule"] = "profile"
                return found
        if shop.get("kind"):
            origins["rule"] = "shop"
            return PriceRule(shop["kind"], shop.get("amount") or Decimal(0))
        origins["rule"] = "store"
        return self.general

    def offer(
        self, listing_id: int, variant_id: int, number: int | None, regular: Decimal | None,
        profile_rule: Mapping[str, Any] | None = None,
    ) -> Offered:  # fmt: skip
        """The price of one variant (`number`: BigCommerce's) in a listing."""
        basis = Basis(regular, self.sales.get(number or 0), self.theirs.get(variant_id))
        return make(basis, self.recipe(listing_id, profile_rule), self.store_currency, self.currency)


def _rate(values: Values) -> Rate | None:
    if not values.get("rate"):
        return None
    return Rate(Decimal(values["rate"]), date.fromisoformat(values["rate_on"]))


def _velocity(stored: Any) -> Velocity | None:
    try:
        return velocity.read(stored or {})
    except velocity.InvalidVelocity:
        return None


def values_of(row: PricePolicy) -> dict[str, Any]:
    return {name: getattr(row, name) for name in COLUMNS}


def row(shop_id: int, listing_id: int = 0) -> PricePolicy | None:
    """The saved rule of a shop, or of one of its listings."""
    if not ready():
        return None
    here = (PricePolicy.shop_id == shop_id, PricePolicy.listing_id == listing_id)
    return db.session.scalar(select(PricePolicy).where(*here))


def of(
    shop: Shop,
    listing_ids: Iterable[int],
    variants: Mapping[int, int | None],
    *,
    store: Store | None = None,
    currency: str = "",
    instead: Mapping[int, Values] | None = None,
) -> Pricing:
    """For these listings and variants (ours -> BigCommerce's number). `instead` puts values in the place of saved
    ones, by listing (0: the shop's): a look at what a change would do."""
    store = store or db.session.get_one(Store, shop.store_id)
    ids = set(listing_ids)
    found = Pricing(
        store.currency or "", currency or shop.currency or "", settings.of(store).price_rule, dict(instead or {})
    )
    if not ready():
        return found
    kept = select(PricePolicy).where(PricePolicy.shop_id == shop.id)
    kept = kept.where(PricePolicy.listing_id.in_({0, *ids})) if len(ids) <= PART else kept
    found.policies = {one.listing_id: values_of(one) for one in db.session.scalars(kept)} | dict(instead or {})
    said = list(found.policies.values())
    if any(one.get("follow") == "sale" for one in said):
        found.sales = _sales({number for number in variants.values() if number})
    sources = {one["source_shop_id"] for one in said if one.get("follow") == "shop" and one.get("source_shop_id")}
    for source in sources:
        found.theirs = {**found.theirs, **prices_in(source, variants)}
    if sources:
        names = select(Shop.id, Shop.name).where(Shop.id.in_(sources))
        found.names = {shop_id: name for shop_id, name in db.session.execute(names)}
    if any(one.get("velocity") for one in said):
        found.percents = percents(ids)
    return found


def _parts(values: Iterable[int]) -> Iterable[Sequence[int]]:
    every = list(values)
    return (every[start : start + PART] for start in range(0, len(every), PART))


def _sales(numbers: Iterable[int]) -> dict[int, Decimal]:
    found: dict[int, Decimal] = {}
    for part in _parts(numbers):
        query = select(VariantPrices.variant_id, VariantPrices.sale).where(VariantPrices.variant_id.in_(part))
        found |= {number: sale for number, sale in db.session.execute(query) if sale}
    return found


def prices_in(shop_id: int, variant_ids: Iterable[int]) -> dict[int, Decimal]:
    """The price of these variants in another shop, as it was last confirmed or sent there; the lowest of several."""
    found: dict[int, Decimal] = {}
    for part in _parts(variant_ids):
        query = (
            select(ListingSku.variant_id, func.min(func.coalesce(PriceTold.confirmed, ListingSku.sent_price)))
            .join(Listing, Listing.id == ListingSku.listing_id)
            .outerjoin(
                PriceTold,
                (PriceTold.listing_sku_id == ListingSku.id) & (PriceTold.store_id == ListingSku.store_id),
            )
            .where(Listing.shop_id == shop_id, ListingSku.variant_id.in_(part), Listing.tiktok_id != "")
            .group_by(ListingSku.variant_id)
        )
        found |= {variant_id: price for variant_id, price in db.session.execute(query) if variant_id and price}
    return found


def percents(listing_ids: Iterable[int]) -> dict[int, Decimal]:
    """Where sales have moved the price of these listings by now."""
    found: dict[int, Decimal] = {}
    for part in _parts(listing_ids):
        newest = select(func.max(PriceStep.id)).where(PriceStep.listing_id.in_(part)).group_by(PriceStep.listing_id)
        query = select(PriceStep.listing_id, PriceStep.percent).where(PriceStep.id.in_(newest))
        found |= {listing_id: percent for listing_id, percent in db.session.execute(query)}
    return found


def numbers_of(variant_ids: Iterable[int]) -> dict[int, int | None]:
    """Our variant -> BigCommerce's number."""
    found: dict[int, int | None] = {}
    for part in _parts(variant_ids):
        query = select(Variant.id, Variant.bigcommerce_id).where(Variant.id.in_(part))
        found |= {ours: number for ours, number in db.session.execute(query)}
    return found


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether changed prices are sent to a shop by themselves, and if not, why and what to press. `able`: they could be
    sent by hand."""

    on: bool
    why: str = ""
    action: str = ""
    url: str = ""
    able: bool = True


def standing(shop: Shop, store: Store) -> Standing:
    """Every condition of an automatic change of price that the shop must meet."""
    verdict = allowed(shop.kind, Capability.EDIT_PRICE)
    if not verdict:
        return Standing(False, verdict.reason, able=False)
    if not shop.is_active:
        return Standing(False, f"“{shop.name}” is not connected.", "Connect it", "/settings/", able=False)
    if shop.authorization.state != "active":
        text = f"TikTok no longer accepts the permission of “{shop.name}”."
        return Standing(False, text, "Authorize it again", "/settings/", able=False)
    mine = row(shop.id)
    if mine is None:
        return Standing(False, "Not switched on yet. Look at what the shop would be told, then switch it on.")
    if not settings.of(store).sync_price:
        text = "“Keep prices equal” is switched off for the store."
        return Standing(False, text, "Settings", "/settings/configuration")
    rate = _rate(values_of(mine))
    foreign = bool(store.currency) and store.currency != shop.currency and mine.follow != "shop"
    if foreign and rate is None:
        text = f"The store has prices in {store.currency}, the shop sells in {shop.currency}, and no rate is entered."
        return Standing(False, text)
    if foreign and rate is not None and rate.age(clock.now().date()) > EXPIRED:
        return Standing(False, f"The rate is of {rate.day.isoformat()}, too old to send prices by. Enter today's.")
    return Standing(mine.is_on, "" if mine.is_on else "Switched off in the price rule of this shop.")


def rate_of(row: PricePolicy | None) -> Rate | None:
    """The rate that a shop's rule names."""
    return None if row is None else _rate(values_of(row))
