"""What a listing of one shop would be in another: the values it has here of its own, where they fit there, and each
difference in words. Reads only; nothing is staged yet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from domain import readiness, units
from domain.copying import Difference, Exchange, exchange, fitting, lacking
from domain.draft import AttributeValue, CategoryNeeds, Dimensions, Problem, Weight
from models import Listing, ListingSku, Shop, Store, Variant, db
from services import categories, clock, drafts
from services.drafts import Prepared
from services.pricing import policies

PLAIN = ("title", "description", "images", "variant_images")  # taken over as they stand
LINE = ("sku", "identifier", "included", "quantity")
TRADE = {"POUND": "LBS", "KILOGRAM": "KGS", "GRAM": "Grams", "INCH": "Inches", "CENTIMETER": "Centimeters"}

Choice = Mapping[str, str]
"""Category here -> category there; empty: as the other shop's profile says."""


@dataclass(slots=True)
class Carried:
    """`fields` and `lines` (by variant) are what the new listing gets of its own."""

    source: Listing
    fields: dict[str, Any]
    lines: dict[int, dict[str, Any]]
    differences: list[Difference]
    problems: Sequence[Problem] = ()

    @property
    def blocking(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.blocking]


@dataclass(frozen=True, slots=True)
class Road:
    """From one shop to another: how money is exchanged, and what is chosen for each category."""

    source: Shop
    target: Shop
    exchange: Exchange
    choice: Choice


def road(source: Shop, target: Shop, choice: Choice) -> Road:
    store = db.session.get_one(Store, source.store_id)
    mine, theirs = (policies.rate_of(policies.row(shop.id)) for shop in (source, target))
    money = exchange(source.currency, target.currency, store.currency or "", mine, theirs, clock.now().date())
    return Road(source, target, money, choice)


def carry(way: Road, listing_ids: Sequence[int]) -> list[Carried]:
    """For listings of the source that have a product, in the order of their ids."""
    query = select(Listing).where(
        Listing.id.in_(listing_ids), Listing.shop_id == way.source.id, Listing.product_id.is_not(None)
    )
    sources = db.session.scalars(query.order_by(Listing.id)).all()
    here = drafts.prepare(way.source, [listing.id for listing in sources])
    own = _own_lines([listing.id for listing in sources])
    blanks, lines = _blanks(way.target, sources)
    plain = drafts.foresee(way.target, list(blanks.values()), lines)
    found = []
    for listing in sources:
        one = Carried(listing, {}, {}, [])
        _category(way, one, here[listing.id], plain[blanks[listing.id].id])
        found.append(one)
    # The category decides which attributes there are, so it is set before they are looked at.
    _fill(blanks, lines, found)
    plain = drafts.foresee(way.target, list(blanks.values()), lines)
    for one in found:
        _values(way, one, here[one.source.id], plain[blanks[one.source.id].id], own.get(one.source.id, {}))
    _fill(blanks, lines, found)
    done = drafts.foresee(way.target, list(blanks.values()), lines)
    for one in found:
        there = done[blanks[one.source.id].id]
        _prices(way, one, here[one.source.id], there)
        one.problems = readiness.check(there.draft, there.needs, there.pack, there.policy)
        _lacking(one, there)
    return found


def _own_lines(listing_ids: Sequence[int]) -> dict[int, dict[int, dict[str, Any]]]:
    """Listing -> variant -> the fields its line has of its own."""
    found: dict[int, dict[int, dict[str, Any]]] = {}
    query = select(ListingSku.listing_id, ListingSku.variant_id, ListingSku.fields)
    for listing_id, variant_id, fields in db.session.execute(query.where(ListingSku.listing_id.in_(listing_ids))):
        if variant_id and fields:
            found.setdefault(listing_id, {})[variant_id] = fields
    return found


def _blanks(target: Shop, sources: Sequence[Listing]) -> tuple[dict[int, Listing], dict[int, list[ListingSku]]]:
    """Listings that are never stored: as staging would make them there."""
    blanks = {
        one.id: Listing(id=-one.id, store_id=one.store_id, shop_id=target.id, product_id=one.product_id, fields={},
                        platform_status="", tiktok_id="")
        for one in sources
    }  # fmt: skip
    variants: dict[int, list[Variant]] = {}
    products = [one.product_id for one in sources]
    for row in db.session.scalars(
        select(Variant).where(Variant.product_id.in_(products)).order_by(Variant.position, Variant.id)
    ):
        variants.setdefault(row.product_id, []).append(row)
    lines = {
        -one.id: [
            ListingSku(id=-row.id, store_id=one.store_id, listing_id=-one.id, variant_id=row.id, fields={},
                       merchant_sku_id=row.merchant_sku_id, position=row.position)
            for row in variants.get(one.product_id or 0, ())
        ]
        for one in sources
    }  # fmt: skip
    return blanks, lines


def _fill(blanks: Mapping[int, Listing], lines: Mapping[int, list[ListingSku]], found: Sequence[Carried]) -> None:
    for one in found:
        blank = blanks[one.source.id]
        blank.fields = dict(one.fields)
        for line in lines[blank.id]:
            line.fields = dict(one.lines.get(line.variant_id or 0, {}))


# -- field by field ---------------------------------------------------------------------------------------------------


def _category(way: Road, one: Carried, here: Prepared, there: Prepared) -> None:
    mine, theirs = here.draft.category_id, there.draft.category_id
    wanted = way.choice.get(mine, mine if _leaf(way.target, mine) else "")
    if wanted and wanted != theirs and _leaf(way.target, wanted):
        one.fields["category"] = wanted
    final = str(one.fields.get("category") or theirs)
    words = path(way.source, mine), path(way.target, final)
    if final == mine:
        one.differences.append(Difference("category", *words, "same"))
    elif final:
        why = "chosen" if "category" in one.fields else "from the profile of the other shop"
        one.differences.append(Difference("category", *words, "changed", why))
    else:
        why = "the other market has no such category; choose one" if mine else "no category yet"
        one.differences.append(Difference("category", words[0], "", "missing", why))


def _leaf(shop: Shop, category_id: str) -> bool:
    row = categories.get(shop, category_id) if category_id else None
    return row is not None and row.is_leaf and "PROHIBITED" not in row.permissions


def path(shop: Shop, category_id: str) -> str:
    row = categories.get(shop, category_id) if category_id else None
    return " › ".join(row.path) if row is not None else ""


def _values(
    way: Road, one: Carried, here: Prepared, there: Prepared, own_lines: Mapping[int, Mapping[str, Any]]
) -> None:
    own = one.source.fields
    for name in PLAIN:
        if name in own:
            one.fields[name] = own[name]
    if own.get("brand", {}).get("name"):
        one.fields["brand"] = {"id": "", "name": own["brand"]["name"]}
        if own["brand"].get("id"):
            name = own["brand"]["name"]
            one.differences.append(Difference("brand", name, name, "changed", "looked up there by its name"))
    _measures(one, here, there)
    _attributes(one, here, there)
    for variant_id, fields in own_lines.items():
        kept = {name: fields[name] for name in LINE if name in fields}
        if "price" in fields:
            price = way.exchange.turn(Decimal(fields["price"]), way.target.currency)
            if price is not None:
                kept["price"] = format(price, "f")
        if kept:
            one.lines[variant_id] = kept


def _measures(one: Carried, here: Prepared, there: Prepared) -> None:
    """Package values set here, or known here only, in units that the other market takes."""
    mine = here.draft
    if mine.weight and (mine.origins.get("weight") == "listing" or there.draft.weight is None):
        turned = units.weight(mine.weight.value, TRADE[mine.weight.unit], there.pack)
        if turned is not None:
            one.fields["weight"] = {"value": format(turned.value, "f"), "unit": turned.unit}
            _say(one, "weight", _weight(mine.weight), _weight(turned))
    if mine.dimensions and (mine.origins.get("dimensions") == "listing" or there.draft.dimensions is None):
        size = mine.dimensions
        fit = units.dimensions(size.length, size.width, size.height, TRADE[size.unit], there.pack)
        if fit is not None:
            sides = {side: format(getattr(fit, side), "f") for side in ("length", "width", "height")}
            one.fields["dimensions"] = {**sides, "unit": fit.unit}
            _say(one, "dimensions", _size(size), _size(fit))


def _say(one: Carried, name: str, here: str, there: str) -> None:
    if here != there:
        one.differences.append(Difference(name, here, there, "changed", "in units that the other market takes"))


def _weight(weight: Weight) -> str:
    return f"{weight.value.normalize():f} {weight.unit.lower()}"


def _size(size: Dimensions) -> str:
    sides = " × ".join(f"{side.normalize():f}" for side in (size.length, size.width, size.height))
    return f"{sides} {size.unit.lower()}"


def _attributes(one: Carried, here: Prepared, there: Prepared) -> None:
    known = {need.id: need for need in there.needs.attributes if need.kind == "product"} if there.needs else {}
    names = {need.id: need.name for need in here.needs.attributes} if here.needs else {}
    for key, values in here.draft.attributes.items():
        field = f"attributes.{key}"
        if here.draft.origins.get(field) != "listing" and there.draft.attributes.get(key):
            continue  # the other shop's profile says it
        label = known[key].name if key in known else names.get(key, key)
        if there.needs is None:
            one.differences.append(
                Difference(label, _texts(values), "", "left", "what the category there demands is not read yet")
            )
            continue
        kept, lost = fitting(values, known.get(key))
        if kept:
            one.fields[field] = [{"id": value.id, "text": value.text} for value in kept]
        if lost:
            why = "not one of the values there" if key in known else "the category there does not have it"
            one.differences.append(Difference(label, _texts(values), _texts(kept), "left", why))


def _texts(values: Sequence[AttributeValue]) -> str:
    return ", ".join(value.text or value.id for value in values)


def _prices(way: Road, one: Carried, here: Prepared, there: Prepared) -> None:
    mine, theirs = ((_range(prepared, shop.currency)) for prepared, shop in ((here, way.source), (there, way.target)))
    if mine == theirs:
        return
    if not there.draft.has_conversion_rule:
        why = way.exchange.why_not or f"{way.target.name} has no rule that makes prices in {way.target.currency}"
        one.differences.append(Difference("price", mine, "", "missing", why))
        return
    if way.source.currency == way.target.currency:
        why = "by the price rule of the other shop"
    elif way.exchange.rate is not None and way.exchange.day is not None:
        why = f"{way.source.currency} to {way.target.currency} at {way.exchange.rate:.6g} of {way.exchange.day}"
    else:
        why = f"by the price rule of {way.target.name}"
    one.differences.append(Difference("price", mine, theirs, "changed" if theirs else "missing", why))


def _range(prepared: Prepared, currency: str) -> str:
    prices = sorted(sku.price for sku in prepared.draft.skus if sku.price is not None)
    if not prices:
        return ""
    low, high = (f"{price.normalize():f}" for price in (prices[0], prices[-1]))
    return f"{low}–{high} {currency}" if low != high else f"{low} {currency}"


def _lacking(one: Carried, there: Prepared) -> None:
    needs: CategoryNeeds | None = there.needs
    for need in lacking(needs.attributes if needs else (), there.draft.attributes):
        one.differences.append(Difference(need.name, "", "", "missing", "the other market demands it"))
    if there.draft.skus and all(not places for places in there.stock.values()):
        why = "no warehouse of the other shop is mapped, or nothing is tracked"
        one.differences.append(Difference("stock", "", "", "missing", why))
