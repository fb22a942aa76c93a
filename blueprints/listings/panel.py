"""Why one listing is as it is: each field with its effective value, where that came from, and its problems."""

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from blueprints.listings import papers, wording
from blueprints.listings.pictures import choice, unseen
from blueprints.listings.pictures import shown as shown_images
from blueprints.listings.rows import note, price_range, quantity
from blueprints.words import spoken
from domain import readiness as rules
from domain.attributes import sendable
from domain.description import translate
from domain.draft import AttributeNeed, AttributeValue
from domain.rules.category import holds
from domain.score import score
from domain.tabs import Tab
from domain.variants import grid, picture_conflicts
from models import Listing, ListingProblem, ListingSku, Product, Variant, db
from services import categories, category_reading, drafts, explain, readiness, suggestions
from services import listings as service
from services.drafts import Prepared

SECTIONS, section_of = wording.SECTIONS, wording.section_of


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of the category: what it is now, from where, and how it is edited."""

    need: AttributeNeed
    group: str  # required, conditional, recommended
    values: tuple[AttributeValue, ...]
    origin: str
    control: str  # select, multiple, text
    problems: Sequence[ListingProblem]

    @property
    def text(self) -> str:
        return ", ".join(value.text for value in self.values)

    @property
    def now(self) -> str:
        """What the form was filled with, to tell what a person changed."""
        return "|".join(value.id for value in self.values) if self.control != "text" else self.text

    @property
    def ids(self) -> frozenset[str]:
        return frozenset(value.id for value in self.values)


@dataclass(frozen=True, slots=True)
class Line:
    """One variant."""

    id: int
    options: str
    sku: str
    price: str
    price_steps: Sequence[str]
    quantity: int | None
    stock_steps: Sequence[str]
    identifier: str
    identifier_kind: str
    included: bool
    own: dict[str, Any]  # what is set here
    product_sku: str
    problems: Sequence[ListingProblem]


def data(listing: Listing) -> dict[str, Any]:
    """All that `_listing.html` and its parts show."""
    shop = listing.shop
    one = drafts.prepare(shop, [listing.id])[listing.id]
    problems = readiness.problems([listing.id])[listing.id]
    by_section: dict[str, list[ListingProblem]] = defaultdict(list)
    for problem in problems:
        by_section[section_of(problem.field)].append(problem)
    fresh = rules.check(one.draft, one.needs, one.pack, one.policy)
    rated = score(fresh, one.draft, one.needs)
    tab, product = Tab(listing.tab), listing.product
    found = attributes(one, by_section["attributes"])
    variants = lines(listing, product, one, by_section["skus"])
    told: dict[str, list[ListingProblem]] = defaultdict(list)
    for item in by_section["images"]:
        if item.code != "images.unmeasured":
            told[item.field].append(item)
    pictures = shown_images(listing, product, one, told)
    covered = {f"attributes.{item.need.id}" for item in found} | {f"images.{image.key}" for image in pictures[0]}
    places = {problem.code: section_of(problem.field) for problem in fresh}
    row = categories.get(shop, one.draft.category_id) if one.draft.category_id else None
    return {
        "active": "listings",
        "listing": listing,
        "shop": shop,
        "product": product,
        "draft": one.draft,
        "needs": one.needs,
        "pack": one.pack,
        "slots": slots(by_section, covered, variants),
        "sections": SECTIONS,
        "score": rated.value,
        "units": wording.UNITS,
        "gains": [(wording.label(code), gain, places[code]) for code, gain in rated.gains if gain > 0][:6],
        "word": spoken().of(tab),
        "state_tone": wording.TONES[tab],
        "note": note(listing, tab),
        "blocking": sum(item.is_blocking for item in problems),
        "price": price_range(one.draft),
        "quantity": quantity(one.draft),
        "origins": wording.ORIGINS,
        "profile_name": one.profile_name,
        "chains": explain.chains(listing, one),
        "shorten": explain.short,
        "suggested": suggestions.values(listing, one),
        "grid": grid(one.draft.skus),
        "cells": cell_problems(variants),
        "picture_conflicts": picture_conflicts(one.draft.skus) if "variants.images_left_out" in places else {},
        "category": row,
        "permissions": permissions(row),
        "reading": bool(one.draft.category_id) and one.needs is None,
        "failure": category_reading.failure(shop.id, one.draft.category_id) if one.needs is None else "",
        "asked": 0,
        "before": explain.before_html(one.draft.description),
        "placed": translate(one.draft.description, placed={}),
        "brands": categories.brands(shop, one.draft.category_id, limit=500) if one.needs else [],
        "attributes": found,
        **papers.data(listing, one),
        "images": pictures,
        "unseen": unseen(pictures[0]),
        "looks_asked": 0,
        "variant_choice": choice(listing, product),
        "lines": variants,
        "unmeasured": any(item.code == "images.unmeasured" for item in problems),
        "tracked": product is not None and product.inventory_tracking != "none",
        "history": service.history(listing),
        "platform": wording.PLATFORM.get(listing.platform_status, ""),
        "audit": wording.AUDITS.get(listing.audit_status, ""),
        "unsent": bool(listing.sent_hash) and not drafts.same_content(listing.sent_hash, one.hash),
        "wrong": {},
        "typed": {},
        "edit": 0,
        "weight_units": [unit for unit, _ in one.pack.weight_units],
        "length_units": list(one.pack.length_units),
        "can_publish": listing.is_ready
        and listing.is_enabled
        and not listing.intent
        and tab in (Tab.READY, Tab.FAILED),
    }


def cell_problems(variants: Sequence[Line]) -> dict[str, tuple[Line, bool]]:
    """By SKU key: the variant of a cell in the matrix, and whether something keeps it from being sold."""
    return {str(line.id): (line, any(one.is_blocking for one in line.problems)) for line in variants}


def slots(
    by_section: Mapping[str, Sequence[ListingProblem]], covered: Set[str], variants: Sequence[Line]
) -> dict[str, list[ListingProblem]]:
    """Problems that stand at the head of a part: those that no control inside it shows."""
    inside = {problem.id for line in variants for problem in line.problems}
    return {
        name: [one for one in by_section.get(name, ()) if one.field not in covered and one.id not in inside]
        for name in (*SECTIONS, "general")
    }


def permissions(row: Any) -> list[tuple[str, str]]:
    """What TikTok demands of a shop before it may sell in this category (features I-10)."""
    names = row.permissions if row is not None else ()
    return [categories.PERMISSIONS[name] for name in names if name != "AVAILABLE" and name in categories.PERMISSIONS]


def attributes(one: Prepared, problems: Sequence[ListingProblem]) -> list[Attribute]:
    """Required ones first, then those that the values chosen elsewhere demand, then the rest that apply."""
    if one.needs is None:
        return []
    given, found = one.draft.attributes, []
    sent = sendable(given, one.needs)
    for need in one.needs.attributes:
        applies = not need.conditions or holds(need.conditions, given)
        if need.kind != "product" or not (need.required or applies or (need.id in given and need.id not in sent)):
            continue
        group = "required" if need.required else "conditional" if need.conditions else "recommended"
        mine = [problem for problem in problems if problem.field == f"attributes.{need.id}"]
        origin = one.draft.origins.get(f"attributes.{need.id}", "none")
        found.append(Attribute(need, group, given.get(need.id, ()), origin, control(need), mine))
    rank = {"required": 0, "conditional": 1, "recommended": 2}
    return sorted(found, key=lambda item: rank[item.group])


def control(need: AttributeNeed) -> str:
    if need.custom or not need.values:
        return "text"
    return "multiple" if need.multiple else "select"


def lines(listing: Listing, product: Product | None, one: Prepared, problems: Sequence[ListingProblem]) -> list[Line]:
    """Every variant, the left-out ones too."""
    built = {sku.key: sku for sku in one.draft.skus}
    rows = db.session.scalars(
        select(ListingSku).where(ListingSku.listing_id == listing.id).order_by(ListingSku.position, ListingSku.id)
    ).all()
    wanted = [row.variant_id for row in rows if row.variant_id]
    variants = {row.id: row for row in db.session.scalars(select(Variant).where(Variant.id.in_(wanted)))}
    found = []
    for row in rows:
        sku, variant = built.get(str(row.id)), variants.get(row.variant_id or 0)
        options = (
            " / ".join(value for _, value in sku.options)
            if sku
            else " / ".join(value for _, value in (variant.options if variant else ()))
        )
        identifier = sku.identifier if sku else None
        mine = [item for item in problems if item.field.split(".")[1:2] == [str(row.id)]]
        if len(rows) == 1:
            mine += [item for item in problems if item.field == "identifier"]
        found.append(
            Line(
                row.id,
                options or "The product itself",
                sku.seller_sku if sku else variant.sku if variant else "",
                format(sku.price, "f") if sku and sku.price is not None else "",
                one.price_steps.get(str(row.id), ()),
                sku.quantity if sku else None,
                one.stock_steps.get(str(row.id), ()),
                identifier.code if identifier else "",
                identifier.kind if identifier else "UPC",
                bool(row.fields.get("included", True)),
                row.fields,
                variant.sku if variant else "",
                mine,
            )
        )
    return found
