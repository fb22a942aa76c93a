"""The category and what it demands: attributes, certifications, size chart."""

from collections.abc import Mapping

from domain.draft import AttributeNeed, AttributeValue, Problem
from domain.rules import Case
from domain.variants import has_option


def category(case: Case, out: list[Problem]) -> None:
    """Chosen, known, a leaf, and open to the shop (features P-35, P-36)."""
    draft, needs = case.draft, case.needs
    if not draft.category_id:
        out.append(Problem("category.missing", "category", "No TikTok category is chosen. Choose one."))
        return
    if needs is None or needs.id != draft.category_id:
        text = (
            f"TikTok's demands for category {draft.category_id} are not loaded yet. "
            "They are read with the next refresh."
        )
        out.append(Problem("category.not_loaded", "category", text))
        return
    name = " > ".join(needs.path) or needs.id
    if not needs.leaf:
        out.append(Problem("category.not_leaf", "category", f'"{name}" has sub-categories. Choose one of them.'))
    if needs.permissions == _AVAILABLE:
        return
    if "PROHIBITED" in needs.permissions:
        out.append(
            Problem(
                "category.prohibited",
                "category",
                f'TikTok does not allow products in "{name}". Choose another category.',
            )
        )
    if "NON_MAIN_CATEGORY" in needs.permissions:
        text = (
            f'"{name}" is outside the shop\'s main category. '
            "Choose another category, or change the main category in Seller Center."
        )
        out.append(Problem("category.not_main", "category", text))
    if "INVITE_ONLY" in needs.permissions:
        listable = case.pack.invite_only_listable
        end = "The product can be sent and waits until then." if listable else "Publish once it is granted."
        text = f'"{name}" is by invitation. Apply in Seller Center. {end}'
        out.append(Problem("category.invite_only", "category", text, not listable))


_AVAILABLE = frozenset({"AVAILABLE"})


def attributes(case: Case, out: list[Problem]) -> None:
    """Each attribute of the category: there when demanded, and of a kind the category takes."""
    if case.needs is None or case.needs.id != case.draft.category_id:
        return
    given = case.draft.attributes
    empty: list[str] = []
    for need in case.needs.attributes:
        if need.kind == "sales":
            _sales(case, need, out)
            continue
        values = given.get(need.id)
        if values:
            _values(case, need, values, out)
        elif need.required or (need.conditions and holds(need.conditions, given)):
            out.append(
                Problem(
                    "attributes.missing",
                    f"attributes.{need.id}",
                    f'The attribute "{need.name}" is missing. {_how(need)}',
                )
            )
        elif not need.conditions:
            empty.append(need.name)
    if empty:
        names = ", ".join(empty[:5]) + (" and more" if len(empty) > 5 else "")
        text = f"{len(empty)} optional attributes are empty: {names}. Filling them helps buyers find the product."
        out.append(Problem("attributes.optional_empty", "category", text, False))


def holds(conditions: tuple[tuple[str, str], ...], given: Mapping[str, tuple[AttributeValue, ...]]) -> bool:
    """True when any (attribute id, value id) is among the given values."""
    return any(value.id == value_id for attribute_id, value_id in conditions for value in given.get(attribute_id, ()))


def _how(need: AttributeNeed) -> str:
    if need.values and not need.custom:
        return f"Choose from {len(need.values)} values."
    return "Enter a value."


def _sales(case: Case, need: AttributeNeed, out: list[Problem]) -> None:
    if not need.required or not case.draft.skus or has_option(case.draft.skus, need.name):
        return
    if len(case.draft.skus) == 1 and not case.draft.skus[0].options and case.policy.default_variation_value:
        return
    text = f'The category demands variants by "{need.name}". Map one of the product\'s options to it.'
    out.append(Problem("attributes.variation_missing", f"attributes.{need.id}", text))


def _values(case: Case, need: AttributeNeed, values: tuple[AttributeValue, ...], out: list[Problem]) -> None:
    field = f"attributes.{need.id}"
    if need.conditions and not need.required and not holds(need.conditions, case.draft.attributes):
        text = f'"{need.name}" does not apply to the values chosen elsewhere and is left out.'
        out.append(Problem("attributes.not_applicable", field, text, False))
        return
    if len(values) > 1:
        if not need.multiple:
            out.append(
                Problem(
                    "attributes.too_many_values", field, f'"{need.name}" takes 1 value and has {len(values)}. Keep 1.'
                )
            )
        if len({(value.id, value.text.casefold()) for value in values}) < len(values):
            out.append(
                Problem("attributes.duplicate_value", field, f'"{need.name}" has the same value twice. Remove 1.')
            )
    for value in values:
        _value(case, need, value, field, out)


def _value(case: Case, need: AttributeNeed, value: AttributeValue, field: str, out: list[Problem]) -> None:
    if value.id:
        if need.values and not any(value.id == known for known, _ in need.values):
            text = (
                f'The value "{value.text or value.id}" of "{need.name}" is not one of the category\'s '
                f"{len(need.values)}. Choose again."
            )
            out.append(Problem("attributes.unknown_value", field, text))
        return
    if not need.custom and need.values:
        text = (
            f'"{need.name}" takes only TikTok\'s own values; '
            f'"{value.text}" is not one of the {len(need.values)} it may be. Choose one of them.'
        )
        out.append(Problem("attributes.custom_not_allowed", field, text))
    elif need.number and not is_positive_number(value.text):
        out.append(
            Problem("attributes.not_a_number", field, f'"{need.name}" must be a number above 0; it is "{value.text}".')
        )
    elif len(value.text) > case.pack.attribute_text_max:
        text = (
            f'"{need.name}" has {len(value.text):,} characters; '
            f"{case.pack.attribute_text_max:,} are allowed. Shorten it."
        )
        out.append(Problem("attributes.too_long", field, text))


def is_positive_number(text: str) -> bool:
    """A whole or decimal number above zero in plain digits, as TikTok's POSITIVE_INT_OR_DECIMAL."""
    whole, _, fraction = text.strip().partition(".")
    digits = whole + fraction
    return whole.isascii() and whole.isdigit() and digits.isascii() and digits.isdigit() and digits.strip("0") != ""


def certifications(case: Case, out: list[Problem]) -> None:
    """Every demanded document is attached (features S2-50)."""
    if case.needs is None or case.needs.id != case.draft.category_id:
        return
    for need in case.needs.certifications:
        if need.id in case.draft.certifications or any(one.target == need.id for one in case.draft.documents):
            continue  # what is wrong with an attached one is said by the rules of documents
        if need.required or (need.conditions and holds(need.conditions, case.draft.attributes)):
            text = f'The category demands the document "{need.name}". Attach it.'
            out.append(Problem("certifications.missing", f"certifications.{need.id}", text))


def size_chart(case: Case, out: list[Problem]) -> None:
    """Attached where the category demands one."""
    if case.needs is not None and case.needs.size_chart_required and not case.draft.has_size_chart:
        text = (
            "The category demands a size chart. "
            f"Attach a picture of at least {case.pack.size_chart_side_min} pixels on its short side."
        )
        out.append(Problem("size_chart.missing", "size_chart", text))
