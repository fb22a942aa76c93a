"""Which of a category's attribute values a product's own texts speak for (features I-07). Deterministic."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from domain.draft import AttributeNeed
from domain.suggest.kinds import kind_of
from domain.words import tokens

EvidenceKind = Literal["custom field", "option", "title", "keywords", "description"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A text of the product. `name`: of the custom field or option."""

    kind: EvidenceKind
    text: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class ValueSuggestion:
    """A value to say yes to; `confidence` from 0 to 1, `reason` names what speaks for it."""

    value_id: str
    name: str
    confidence: float
    reason: str


_TRUST: dict[EvidenceKind, float] = {
    "custom field": 0.6, "option": 0.6, "title": 0.8, "keywords": 0.75, "description": 0.5,
}  # fmt: skip
_NAMED = 0.97  # a custom field or option that is called like the attribute
_LEAST = 0.3
_PAST = 0.95
_YES, _NO = frozenset({"yes", "true", "1"}), frozenset({"no", "false", "0"})


def suggest_values(
    need: AttributeNeed,
    evidence: Sequence[Evidence],
    *,
    chosen_before: Mapping[str, int] | None = None,
    limit: int = 3,
) -> tuple[ValueSuggestion, ...]:
    """The likeliest values, best first. `chosen_before`: value id to how many similar products have it by choice."""
    found = [
        one
        for value_id, name in need.values
        if (one := _best(need, value_id, name, evidence, chosen_before or {})) is not None
    ]
    place = {value_id: number for number, (value_id, _) in enumerate(need.values)}
    found.sort(key=lambda one: (-one.confidence, place[one.value_id]))
    return tuple(found[:limit])


def _best(
    need: AttributeNeed, value_id: str, name: str, evidence: Sequence[Evidence], before: Mapping[str, int]
) -> ValueSuggestion | None:
    said = [_speaks(need, name, one) for one in evidence]
    total = sum(before.values())
    if total and before.get(value_id):
        share = before[value_id] / total
        weight = _PAST * share * (1.0 if total > 1 else 0.7)
        said.append((weight, f"chosen for {before[value_id]} of {total} products of the same category in your store"))
    confidence, reason = max(said, key=lambda pair: pair[0], default=(0.0, ""))  # the first of equals
    return ValueSuggestion(value_id, name, round(confidence, 3), reason) if confidence >= _LEAST else None


def _speaks(need: AttributeNeed, name: str, one: Evidence) -> tuple[float, str]:
    """How much this text speaks for the value, and in which words."""
    wanted, asked = tokens(name), tokens(need.name)
    called = tokens(one.name)
    is_named = bool(called) and (called == asked or set(asked) <= set(called) or set(called) <= set(asked))
    if {value.lower() for _, value in need.values} == {"yes", "no"}:
        return _yes_or_no(name.lower(), asked, one, is_named)
    trust = _NAMED if is_named else _TRUST[one.kind]
    place = f"the {one.kind} “{one.name}” says" if one.name else f"the {one.kind} says"
    there = tokens(one.text)
    if not wanted or not there:
        return 0.0, ""
    if there == wanted:
        return trust, f"{place} “{one.text.strip()[:60]}”"
    at = _run(wanted, there)
    if at >= 0:
        # English puts what it is last: of "cotton linen shirt" neither, of "faux leather" the longer value wins.
        return trust * (0.9 + 0.02 * min(len(wanted), 4)), f"{place} “{name}”"
    for word in there:
        if (more := kind_of(word)) and (more,) == wanted:
            return trust * 0.85, f"{place} “{word}”, which is {name.lower()}"
    shared = set(wanted) & set(there)
    if is_named and shared:
        return trust * 0.7 * len(shared) / len(set(wanted)), f"{place} “{one.text.strip()[:60]}”"
    return 0.0, ""


def _yes_or_no(name: str, asked: tuple[str, ...], one: Evidence, is_named: bool) -> tuple[float, str]:
    text = one.text.strip().lower()
    if is_named and text in (_YES if name == "yes" else _NO):
        return _NAMED, f"the {one.kind} “{one.name}” says “{one.text.strip()}”"
    if name == "yes" and not one.name and set(asked) <= set(tokens(one.text)) and not set(text.split()) & {"not", "no"}:
        return _TRUST[one.kind] * 0.8, f"the {one.kind} speaks of it"
    return 0.0, ""


def _run(wanted: tuple[str, ...], there: tuple[str, ...]) -> int:
    """Where the words stand next to each other in the text, or -1."""
    size = len(wanted)
    return next((at for at in range(len(there) - size + 1) if there[at : at + size] == wanted), -1)
