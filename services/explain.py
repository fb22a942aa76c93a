"""Why a value is what it is: for each field of a listing the chain of facts, the first that is set wins (features
I-02). The facts are read from the rows; the value is that of the draft; a test proves that they agree."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import nh3
from sqlalchemy import select

from domain import units
from domain.attributes import AttributeMapping
from domain.description import ALLOWED_TAGS
from domain.draft import AttributeNeed, AttributeValue, Dimensions, Weight
from models import Category, Listing, Product, Profile, Store, db
from services import draft_sources, sources
from services.drafts import Prepared

LONG = 160  # characters of a fact that are shown
PROFILE_PAGE = "/settings/profile"
SIDES = {"weight": ("weight",), "dimensions": ("length", "width", "height")}
BEFORE = {*ALLOWED_TAGS, "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "td", "th", "div", "span",
          "blockquote", "hr"} - {"img"}  # fmt: skip
MEASURED = frozenset({"weight", "width", "height", "depth"})


@dataclass(frozen=True, slots=True)
class Fact:
    """One place a value can come from. `says`: what stands there; `means`: what the listing makes of it; `url`: where
    it is changed, below the store's own pages."""

    source: str
    says: str
    means: str
    is_set: bool
    url: str


@dataclass(frozen=True, slots=True)
class Chain:
    """The facts of one field in the order they count; `value`: what the listing has in effect."""

    value: str
    facts: tuple[Fact, ...]

    @property
    def winner(self) -> Fact | None:
        """The fact that gives the value; None while none of them is set."""
        return next((fact for fact in self.facts if fact.is_set), None)


def before_html(text: str) -> str:
    """A description as the merchant has it, tables and headings included, safe to show: no address of somebody else."""
    return str(nh3.clean(text, tags=BEFORE, attributes={}))


def recompute(facts: Sequence[Fact]) -> str:
    """The value that follows from what is shown: the first fact that is set."""
    return next((fact.means for fact in facts if fact.is_set), "")


def chains(listing: Listing, one: Prepared) -> dict[str, Chain]:
    """By field as in `Problem.field`: title, description, category, brand, weight, dimensions, attributes.<id>."""
    product, own, here = listing.product, listing.fields, f"/listings/{listing.id}"
    profiles = _profiles(listing, one)
    draft = one.draft
    told = {
        "title": _chain(draft.title, _own(own, "title", str, here), _product(product, "title")),
        "description": _chain(draft.description, _own(own, "description", str, here), _product(product, "description")),
        "category": _chain(
            category_name(listing, draft.category_id),
            _own(own, "category", lambda key: category_name(listing, str(key)), here),
            *[_category(listing, profile) for profile in profiles],
        ),
        "brand": _chain(
            draft.brand_name,
            _own(own, "brand", lambda brand: str(brand.get("name", "")), here),
            *_brand(product, profiles),
        ),
    }
    if one.needs is not None:
        for need in one.needs.attributes:
            if need.kind == "product":
                told[f"attributes.{need.id}"] = _attribute(need, listing, one, profiles, here)
    for name in SIDES:
        told[name] = _package(name, listing, one, profiles, here)
    return told


def _chain(value: str, *facts: Fact | None) -> Chain:
    return Chain(value, tuple(fact for fact in facts if fact is not None))


def short(text: str) -> str:
    """As a fact is shown."""
    return text if len(text) <= LONG else f"{text[: LONG - 1]}…"


def _own(own: Mapping[str, Any], name: str, read: Any, here: str) -> Fact:
    """Set on the listing; also an empty text, set on purpose, counts."""
    is_set = name in own
    text = read(own[name]) if is_set else ""
    return Fact("Set here", text if is_set else "nothing", text, is_set, f"{here}#field-{name.partition('.')[0]}")


def _product(product: Product | None, name: str) -> Fact | None:
    if product is None:
        return None
    text = str(getattr(product, name) or "")
    return Fact("BigCommerce", text or "nothing", text, bool(text), f"/products/{product.id}")


def _profiles(listing: Listing, one: Prepared) -> list[Profile]:
    """The profile in force, then the default one."""
    found = db.session.scalars(
        select(Profile)
        .where(Profile.shop_id == listing.shop_id, (Profile.name == one.profile_name) | Profile.is_default)
        .order_by(Profile.is_default, Profile.id)
    )
    return list(found)


def _named(profile: Profile) -> str:
    return f"Profile “{profile.name}”"


def category_name(listing: Listing, category_id: str) -> str:
    """The category's own name, else its id."""
    if not category_id:
        return ""
    query = select(Category.name).where(Category.shop_id == listing.shop_id, Category.tiktok_id == category_id)
    return db.session.scalar(query) or category_id


def _category(listing: Listing, profile: Profile) -> Fact:
    name = category_name(listing, profile.category_id)
    return Fact(_named(profile), name or "nothing", name, bool(name), PROFILE_PAGE)


def _mapping_words(stored: Mapping[str, Any]) -> str:
    return sources.label(AttributeMapping(stored.get("kind", "fixed"), str(stored.get("source", ""))))


def _brand(product: Product | None, profiles: Sequence[Profile]) -> list[Fact | None]:
    """A mapping of the profile replaces the product's own brand, also when it reads nothing."""
    for profile in profiles:
        stored = profile.mapping.get("brand")
        if stored:
            name = str(stored["source"]) if stored["kind"] == "fixed" else draft_sources.source_text(product, stored)
            says = f"maps {_mapping_words(stored)} → {name or 'nothing'}"
            return [Fact(_named(profile), says, name, True, PROFILE_PAGE)]
    return [_product(product, "brand")]


def _values(values: Sequence[AttributeValue]) -> str:
    return ", ".join(value.text or value.id for value in values)


def _attribute(need: AttributeNeed, listing: Listing, one: Prepared, profiles: Sequence[Profile], here: str) -> Chain:
    name = f"attributes.{need.id}"
    names = dict(need.values)

    def read(chosen: Any) -> str:
        return _values([AttributeValue(item.get("id", ""), item.get("text", "")) for item in chosen])

    facts: list[Fact | None] = [_own(listing.fields, name, read, here)]
    for profile in profiles:
        stored = profile.mapping.get(need.id)
        if not stored:
            continue
        if (profile.category_id or profiles[-1].category_id) != one.draft.category_id:
            says = f"maps {_mapping_words(stored)}, but for another category"
            facts.append(Fact(_named(profile), says, "", False, PROFILE_PAGE))
            continue
        values = draft_sources.mapped_values(need, listing.product, stored)
        text = draft_sources.source_text(listing.product, stored)
        says = f"maps {_mapping_words(stored)} → {text or 'nothing'}"
        if values and any(value.id in names for value in values) and _values(values) != text:
            says += f", which TikTok calls {_values(values)}"
        facts.append(Fact(_named(profile), says, _values(values), True, PROFILE_PAGE))
        break
    if len(facts) == 1:
        facts.append(Fact("Profile", "maps nothing to this attribute", "", False, PROFILE_PAGE))
    return _chain(_values(one.draft.attributes.get(need.id, ())), *facts)


def _weight(found: Weight | None) -> str:
    return f"{found.value.normalize():f} {found.unit.lower()}" if found else ""


def _dimensions(found: Dimensions | None) -> str:
    if found is None:
        return ""
    sides = " × ".join(f"{side.normalize():f}" for side in (found.length, found.width, found.height))
    return f"{sides} {found.unit.lower()}"


def _package(name: str, listing: Listing, one: Prepared, profiles: Sequence[Profile], here: str) -> Chain:
    """A product's measures are in the store's units; what they mean is in those that TikTok takes."""
    own, product = listing.fields, listing.product
    read = [_measure(side, product, profiles) for side in SIDES[name]]
    store = db.session.get_one(Store, listing.store_id)
    weights, lengths = store.weight_units or "KGS", store.dimension_units or "Centimeters"
    sizes = [size for _, size, _ in read]
    try:
        if name == "weight":
            value, means = _weight(one.draft.weight), _weight(units.weight(sizes[0], weights, one.pack))
        else:
            found = units.dimensions(sizes[0], sizes[1], sizes[2], lengths, one.pack, like=weights)
            value, means = _dimensions(one.draft.dimensions), _dimensions(found)
    except units.UnknownUnit:
        means = ""
    by = next((profile for _, _, profile in read if profile is not None), None)
    url = PROFILE_PAGE if by is not None else f"/products/{product.id}" if product else here
    set_here = Fact("Set here", value if name in own else "nothing", value, name in own, f"{here}#field-{name}")
    says = "; ".join(words for words, _, _ in read)
    source = _named(by) if by is not None else "BigCommerce"
    return _chain(value, set_here, Fact(source, says, means, bool(means), url))


def _measure(
    side: str, product: Product | None, profiles: Sequence[Profile]
) -> tuple[str, Decimal | None, Profile | None]:
    """(in words, the number, the profile that maps it). A measure that the product lacks is that of its largest
    variant."""
    by = next((profile for profile in profiles if side in profile.mapping), None)
    mapping = by.mapping[side] if by is not None else {"kind": "field", "source": draft_sources.PACKAGE[side]}
    words = _mapping_words(mapping) if by is not None else _mapping_words(mapping).removeprefix("BigCommerce ")
    text = draft_sources.source_text(product, mapping).strip()
    try:
        size = Decimal(text) if text else None
    except ArithmeticError:
        return f"{words}: “{text}”, which is no number", None, by
    column = draft_sources.FIELDS.get(str(mapping.get("source")), "")
    if not size and product is not None and mapping.get("kind") == "field" and column in MEASURED:
        size = max((one for variant in product.variants if (one := getattr(variant, column))), default=None)
        return f"{words} of the largest variant: {size.normalize():f}" if size else f"{words}: nothing", size, by
    return f"{words}: {text or 'nothing'}", size, by
