"""Rule groups: which products a profile prepares. Any or all of some conditions, each a field, an operator, a value.

Upper and lower case of A to Z are one; letters beyond are compared as they stand, because both databases must agree.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, get_args

Field = Literal["title", "sku", "brand", "category", "type", "tag", "price", "stock", "custom_field"]
Operator = Literal["equals", "not_equals", "contains", "not_contains", "less", "greater"]
Match = Literal["any", "all"]

FIELDS: dict[str, str] = {
    "title": "Title",
    "sku": "SKU",
    "brand": "Brand",
    "category": "Category",
    "type": "Product type",
    "tag": "Tag",
    "price": "Price",
    "stock": "Stock",
    "custom_field": "Custom field",
}
OPERATORS: dict[str, str] = {
    "equals": "Equals",
    "not_equals": "Not equals",
    "contains": "Contains",
    "not_contains": "Does not contain",
    "less": "Less than",
    "greater": "Greater than",
}
MATCHES: dict[str, str] = {"any": "Any condition", "all": "All conditions"}
NUMBERS = ("price", "stock")
TEXT_OPERATORS: tuple[str, ...] = ("equals", "not_equals", "contains", "not_contains")
NUMBER_OPERATORS: tuple[str, ...] = ("equals", "not_equals", "less", "greater")
MOST = 50  # conditions in one group
LONGEST = 255  # characters of a value
LARGEST = Decimal(1_000_000_000)
_ASCII = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


@dataclass(frozen=True, slots=True)
class Condition:
    """`name` is the custom field's, else empty. Values of price and stock are plain numbers."""

    field: Field
    operator: Operator
    value: str
    name: str = ""

    @property
    def number(self) -> Decimal:
        return Decimal(self.value)


@dataclass(frozen=True, slots=True)
class RuleGroup:
    """Without conditions it matches nothing."""

    match: Match
    conditions: tuple[Condition, ...] = ()

    def to_json(self) -> dict[str, Any]:
        conditions = [[one.field, one.operator, one.value, one.name] for one in self.conditions]
        return {"match": self.match, "conditions": conditions}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "RuleGroup":
        return cls(data.get("match", "any"), tuple(Condition(*row) for row in data.get("conditions", ())))


@dataclass(frozen=True, slots=True)
class ProductFacts:
    """What the rules ask of a product. `skus`: its own and its variants'; `stock` is None where it is not tracked."""

    title: str = ""
    skus: tuple[str, ...] = ()
    brand: str = ""
    category: str = ""
    type: str = ""
    tags: str = ""
    price: Decimal | None = None
    stock: int | None = None
    custom_fields: Mapping[str, str] = field(default_factory=dict)


def fold(text: str) -> str:
    """A to Z in lower case, everything else as it is."""
    return text.translate(_ASCII)


def tag_line(tags: str) -> str:
    """Tags as one text in which each stands between commas; the databases build the same."""
    return f",{fold(tags).replace(', ', ',')},"


def matches(group: RuleGroup, facts: ProductFacts) -> bool:
    """Whether the group takes the product."""
    if not group.conditions:
        return False
    held = (_holds(one, facts) for one in group.conditions)
    return any(held) if group.match == "any" else all(held)


def _holds(one: Condition, facts: ProductFacts) -> bool:
    if one.field in NUMBERS:
        return _compares(one, facts.price if one.field == "price" else facts.stock)
    positive = one.operator in ("equals", "contains")
    return _found(one, facts) is positive


def _found(one: Condition, facts: ProductFacts) -> bool:
    """Whether the value is there: as a whole for (not) equals, as a part otherwise."""
    value, whole = fold(one.value), one.operator in ("equals", "not_equals")
    if one.field == "tag":
        return (f",{value}," if whole else value) in tag_line(facts.tags)
    texts: Sequence[str] = facts.skus if one.field == "sku" else (_text(one, facts),)
    return any(value == fold(text) if whole else value in fold(text) for text in texts)


def _text(one: Condition, facts: ProductFacts) -> str:
    match one.field:
        case "title":
            return facts.title
        case "brand":
            return facts.brand
        case "category":
            return facts.category
        case "type":
            return facts.type
        case _:
            return facts.custom_fields.get(one.name, "")


def _compares(one: Condition, number: Decimal | int | None) -> bool:
    """A product without the number differs from every number, and is neither less nor greater."""
    if number is None:
        return one.operator == "not_equals"
    match one.operator:
        case "equals":
            return number == one.number
        case "not_equals":
            return number != one.number
        case "less":
            return number < one.number
        case _:
            return number > one.number


def faults(group: RuleGroup) -> dict[int, str]:
    """By place of the condition: why it cannot be kept; -1 is the group itself."""
    wrong = {place: text for place, one in enumerate(group.conditions) if (text := _fault(one))}
    if group.match not in get_args(Match):
        wrong[-1] = "Choose whether any or all conditions must hold."
    elif not group.conditions:
        wrong[-1] = "Give at least one condition, or no product would ever match."
    elif len(group.conditions) > MOST:
        wrong[-1] = f"A rule group takes at most {MOST} conditions."
    return wrong


def _fault(one: Condition) -> str:
    if one.field not in FIELDS:
        return "Choose a field."
    if one.operator not in operators(one.field):
        return f"{FIELDS[one.field]} cannot be compared this way."
    if one.field == "custom_field" and not one.name.strip():
        return "Name the custom field."
    if not one.value:
        return "Give a value."
    if len(one.value) > LONGEST or len(one.name) > LONGEST:
        return f"At most {LONGEST} characters."
    if "\0" in one.value + one.name:
        return "The value has a character that no product has."
    if one.field == "tag" and "," in one.value:
        return "One tag at a time, without a comma. Add a condition for each."
    return _number_fault(one) if one.field in NUMBERS else ""


def _number_fault(one: Condition) -> str:
    try:
        number = Decimal(one.value)
    except InvalidOperation:
        return "Give a number."
    places = 4 if one.field == "price" else 0
    if not number.is_finite() or not 0 <= number <= LARGEST or number != round(number, places):
        return "Give a price from 0 on, with at most four decimals." if places else "Give a whole number from 0 on."
    return ""


def operators(name: str) -> tuple[str, ...]:
    """Those that the field can be compared with."""
    return NUMBER_OPERATORS if name in NUMBERS else TEXT_OPERATORS


def describe(group: RuleGroup) -> list[str]:
    """Each condition in words."""
    return [
        f"{f'Custom field “{one.name}”' if one.field == 'custom_field' else FIELDS.get(one.field, one.field)} "
        f"{OPERATORS.get(one.operator, one.operator).lower()} “{one.value}”"
        for one in group.conditions
    ]
