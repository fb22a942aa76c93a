"""Profiles: the rule that prepares listings of a shop. Category, where each attribute comes from, option names,
price."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, cast

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from domain.attributes import AttributeMapping, MappingKind, Source, propose, resolve_values
from domain.draft import AttributeNeed, CategoryNeeds
from domain.roles import CHANGE, Page
from domain.words import tokens
from models import Listing, Profile, Shop, db
from services import categories, clock, sources
from services.actor import Actor
from services.errors import Invalid, NotFound, Stale
from services.people.access import asks

MEASURES = {
    "weight": "Package weight",
    "length": "Package length",
    "width": "Package width",
    "height": "Package height",
}
LIKE = {"weight": "weight", "length": "depth", "width": "width", "height": "height", "brand": "brand"}  # features S3-18
KINDS: dict[str, str] = {
    "field": "BigCommerce field",
    "option": "Product option",
    "custom_field": "Custom field",
    "fixed": "Fixed value",
}
DEFAULT_NAME = "Default profile"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the mapping: what TikTok wants, where it comes from, and a warning where kinds differ."""

    key: str
    label: str
    group: str  # package, required, recommended
    mapping: AttributeMapping | None
    need: AttributeNeed | None = None
    required: bool = False
    proposed: bool = False
    warning: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class OptionRow:
    """A BigCommerce option and the variant attribute of TikTok it stands for; empty keeps its own name."""

    name: str
    target: str
    proposed: bool


def default(shop: Shop) -> Profile | None:
    """The profile that covers all products of the shop."""
    return db.session.scalar(select(Profile).where(Profile.shop_id == shop.id, Profile.is_default))


@asks(Page.PROFILES, CHANGE)
def choose_category(actor: Actor, shop: Shop, category_id: str) -> Profile:
    """Sets the default profile's category. What was mapped to package fields and to attributes that both categories
    have stays."""
    row = categories.leaf(shop, category_id)
    if "PROHIBITED" in row.permissions:
        raise Invalid(f"TikTok does not allow products in “{row.name}” in this market. Choose another category.")
    profile = default(shop)
    if profile is None:
        profile = Profile(
            store_id=shop.store_id,
            shop_id=shop.id,
            name=DEFAULT_NAME,
            is_default=True,
            mapping={},
            options={},
            price_rule={},
        )
        try:
            with db.session.begin_nested():
                db.session.add(profile)
        except IntegrityError as meanwhile:
            raise Stale("Somebody else made the default profile at the same moment. Look at it again.") from meanwhile
    if profile.category_id != category_id:
        profile.category_id = category_id
        needs = categories.needs(shop, category_id)
        keep = {*MEASURES, "brand", *(need.id for need in needs.attributes)} if needs else {*MEASURES, "brand"}
        profile.mapping = {key: value for key, value in (profile.mapping or {}).items() if key in keep}
        _stale(shop)
    db.session.flush()
    return profile


def mapping_of(profile: Profile | None, key: str) -> AttributeMapping | None:
    stored = (profile.mapping or {}).get(key) if profile is not None else None
    return as_mapping(stored) if stored else None


def as_mapping(stored: Mapping[str, Any]) -> AttributeMapping:
    return AttributeMapping(cast(MappingKind, stored["kind"]), str(stored["source"]), str(stored.get("value_id", "")))


def rows(
    needs: CategoryNeeds, saved: Mapping[str, AttributeMapping], known: Sequence[Source], *, fill: bool = True
) -> list[Row]:
    """Package fields and brand, then required, then recommended attributes. `fill` proposes for whatever is not
    mapped yet."""
    found = []
    for key, label in (*MEASURES.items(), ("brand", "Brand")):
        mapping = saved.get(key) or (AttributeMapping("field", LIKE[key]) if fill else None)
        required = key == "weight" or (key in MEASURES and needs.dimensions_required)
        found.append(_row(key, label, "package", mapping, None, required, key not in saved))
    for need in needs.attributes:
        if need.kind != "product":
            continue
        mapping = saved.get(need.id)
        proposal = propose(need, known) if mapping is None and fill else None
        found.append(
            _row(
                need.id,
                need.name,
                "required" if need.required else "recommended",
                mapping or (proposal.mapping if proposal else None),
                need,
                need.required,
                proposal is not None,
            )
        )
    return found


def _row(
    key: str,
    label: str,
    group: str,
    mapping: AttributeMapping | None,
    need: AttributeNeed | None,
    required: bool,
    proposed: bool,
) -> Row:
    warning = unlike(key, label, need, mapping) if mapping else ""
    return Row(key, label, group, mapping, need, required, proposed and mapping is not None, warning)


def unlike(key: str, label: str, need: AttributeNeed | None, mapping: AttributeMapping) -> str:
    """A warning when like is not mapped with like (features S3-18); empty when all is well."""
    if mapping.kind == "fixed":
        return ""
    name, kind = (
        sources.FIELDS.get(mapping.source, (mapping.source, "text"))
        if mapping.kind == "field"
        else (mapping.source, "")
    )
    if key in MEASURES:
        like = LIKE[key]
        if mapping.kind == "field" and mapping.source != like:
            return (
                f"{label} is taken from “{name}”. Map like with like: “{sources.FIELDS[like][0]}” is the field that "
                "holds it."
            )
        if mapping.kind == "option":
            return f"{label} is taken from the option “{name}”; options rarely hold measures."
    elif kind in ("weight", "length", "money") and not (need and need.number):
        return f"“{name}” holds a {'price' if kind == 'money' else kind}, and {label} is a text."
    elif need and need.number and kind == "text":
        return f"{label} wants a number, and “{name}” holds text."
    return ""


def option_rows(
    needs: CategoryNeeds, saved: Mapping[str, str], known: Sequence[Source], *, fresh: bool
) -> list[OptionRow]:
    """The catalog's option names against the category's variant attributes; proposals by name while the profile is
    fresh."""
    sales = [need for need in needs.attributes if need.kind == "sales"]
    names = list(dict.fromkeys([source.name for source in known if source.kind == "option"] + list(saved)))
    found = []
    for name in names:
        target = saved.get(name, "")
        hit = (
            ""
            if target or not fresh
            else next(
                (
                    need.name
                    for need in sales
                    if propose(need, [Source("option", name)]) or (set(tokens(need.name)) & set(tokens(name)))
                ),
                "",
            )
        )
        found.append(OptionRow(name, target or hit, bool(hit)))
    return found


def uncovered(needs: CategoryNeeds, chosen: Mapping[str, str]) -> list[str]:
    """Variant attributes the category demands that no option stands for; the default variation value fills them
    (features C-17)."""
    return [
        need.name
        for need in needs.attributes
        if need.kind == "sales" and need.required and need.name not in chosen.values()
    ]


def faults(found: Sequence[Row]) -> dict[str, str]:
    """By row key: why the mapping cannot be kept."""
    wrong: dict[str, str] = {}
    for row in found:
        mapping = row.mapping
        if mapping is None or not mapping.source.strip():
            if row.required:
                wrong[row.key] = f"{row.label} is required. Choose where it comes from, or give a fixed value."
        elif mapping.kind == "fixed" and row.key in MEASURES and _number(mapping.source) is None:
            wrong[row.key] = f"{row.label} must be a number above 0, in the store's own unit."
        elif mapping.kind == "fixed" and row.need is not None and not resolve_values(row.need, mapping.source):
            wrong[row.key] = f"“{mapping.source}” is not one of the values TikTok allows for {row.label}."
    return wrong


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() and number > 0 else None


@asks(Page.PROFILES, CHANGE)
def save(
    actor: Actor,
    profile: Profile,
    needs: CategoryNeeds,
    mapping: Mapping[str, AttributeMapping],
    options: Mapping[str, str],
    seen_version: int | None = None,
) -> None:
    """Keeps the mapping. Raises Invalid with every fault, Stale when somebody else saved meanwhile."""
    if seen_version is not None and seen_version != profile.version:
        raise Stale(
            "Somebody else changed this profile meanwhile. Look at it again, then save.",
            "Look again",
            "/settings/profile",
        )
    wrong = faults(rows(needs, mapping, (), fill=False))
    if wrong:
        raise Invalid(" ".join(wrong.values()))
    profile.mapping, profile.options = stored_mapping(needs, mapping), stored_options(needs, options)
    shop = db.session.scalar(select(Shop).where(Shop.id == profile.shop_id))
    if shop is None:
        raise NotFound("The profile's shop does not exist any more.")
    _stale(shop)
    db.session.flush()


def stored_mapping(needs: CategoryNeeds, mapping: Mapping[str, AttributeMapping]) -> dict[str, Any]:
    """What is mapped and belongs to the category, as a profile keeps it."""
    allowed = {*MEASURES, "brand", *(need.id for need in needs.attributes if need.kind == "product")}
    return {
        key: {"kind": item.kind, "source": item.source.strip(), "value_id": _value_id(needs, key, item)}
        for key, item in mapping.items()
        if key in allowed and item.source.strip()
    }


def stored_options(needs: CategoryNeeds, options: Mapping[str, str]) -> dict[str, str]:
    """Option names that stand for a variant attribute of the category."""
    names = {need.name for need in needs.attributes if need.kind == "sales"}
    return {name: target for name, target in options.items() if target in names}


def _value_id(needs: CategoryNeeds, key: str, mapping: AttributeMapping) -> str:
    if mapping.kind != "fixed":
        return ""
    need = next((need for need in needs.attributes if need.id == key), None)
    values = resolve_values(need, mapping.source) if need else ()
    return values[0].id if len(values) == 1 else ""


def _stale(shop: Shop) -> None:
    """Every listing of the shop must be rechecked; one statement (house 8)."""
    db.session.execute(
        update(Listing).where(Listing.shop_id == shop.id).values(is_stale=True, changed_at=clock.now()),
        execution_options={"synchronize_session": False},
    )


def is_complete(profile: Profile | None) -> bool:
    """Whether the profile was saved with a category and a weight, the least that listings need."""
    return profile is not None and bool(profile.category_id) and "weight" in (profile.mapping or {})
