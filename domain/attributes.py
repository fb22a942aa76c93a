"""Attribute mapping: where a category's attribute takes its value from, and which of TikTok's values a text means."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from domain.draft import AttributeNeed, AttributeValue, CategoryNeeds
from domain.rules.category import holds, is_positive_number
from domain.words import fold, tokens

SourceKind = Literal["field", "option", "custom_field"]
MappingKind = Literal["field", "option", "custom_field", "fixed"]


@dataclass(frozen=True, slots=True)
class Source:
    """Something a BigCommerce product has: a field, an option or a custom field, by name."""

    kind: SourceKind
    name: str


@dataclass(frozen=True, slots=True)
class AttributeMapping:
    """Where the value comes from; for "fixed" `source` is the text and `value_id` TikTok's value, if one was chosen."""

    kind: MappingKind
    source: str
    value_id: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A mapping for the merchant to confirm. `reason`: exact, folded or synonym."""

    mapping: AttributeMapping
    confidence: float
    reason: Literal["exact", "folded", "synonym"]


_FIELD_NAMES: dict[str, str] = {"brand name": "brand", "model number": "mpn", "manufacturer part number": "mpn"}


def propose(need: AttributeNeed, sources: Sequence[Source]) -> Proposal | None:
    """The best source by name: the same, the same but for case and accents, or a synonym (Colour for Color)."""
    wanted = fold(need.name).strip()
    stems = tokens(need.name)
    best: Proposal | None = None
    for source in sources:
        found = _match(need.name, wanted, stems, source)
        if found is not None and (best is None or found.confidence > best.confidence):
            best = found
    return best


def _match(name: str, wanted: str, stems: tuple[str, ...], source: Source) -> Proposal | None:
    mapping = AttributeMapping(source.kind, source.name)
    if source.name == name:
        return Proposal(mapping, 1.0, "exact")
    folded = fold(source.name).strip()
    if folded == wanted:
        return Proposal(mapping, 0.95, "folded")
    if (stems and tokens(source.name) == stems) or (source.kind == "field" and _FIELD_NAMES.get(wanted) == folded):
        return Proposal(mapping, 0.8, "synonym")
    return None


def resolve_value(need: AttributeNeed, text: str) -> AttributeValue | None:
    """TikTok's value that the text means, else the text itself where the category takes custom values, else None."""
    text = text.strip()
    if not text:
        return None
    folded = fold(text)
    for value_id, name in need.values:
        if name == text or fold(name) == folded:
            return AttributeValue(value_id, name)
    stems = tokens(text)
    for value_id, name in need.values:
        if stems and tokens(name) == stems:
            return AttributeValue(value_id, name)
    if not (need.custom or not need.values):
        return None
    return AttributeValue(text=text) if not need.number or is_positive_number(text) else None


def resolve_values(need: AttributeNeed, text: str) -> tuple[AttributeValue, ...]:
    """As `resolve_value`; an attribute that takes several also reads the text as a list with commas or semicolons."""
    whole = resolve_value(need, text)
    if not need.multiple or (whole is not None and whole.id):
        return () if whole is None else (whole,)
    parts = [part for part in text.replace(";", ",").split(",") if part.strip()]
    found = [resolve_value(need, part) for part in parts]
    return tuple(dict.fromkeys(value for value in found if value is not None))


def sendable(
    given: Mapping[str, tuple[AttributeValue, ...]], needs: CategoryNeeds
) -> dict[str, tuple[AttributeValue, ...]]:
    """What goes into the request: this category's product attributes whose conditions hold, in its order."""
    chosen: dict[str, tuple[AttributeValue, ...]] = {}
    for need in needs.attributes:
        values = given.get(need.id)
        applies = need.required or not need.conditions or holds(need.conditions, given)
        if need.kind == "product" and values and applies:
            chosen[need.id] = values
    return chosen
