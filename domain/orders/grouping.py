"""Which lines of a TikTok order become one BigCommerce order (feature C-06)."""

from collections.abc import Iterable
from typing import Literal, NamedTuple, get_args

from domain.orders.facts import LineFacts

Grouping = Literal["whole", "sku", "warehouse", "package"]
GROUPINGS: tuple[Grouping, ...] = get_args(Grouping)
REFERENCE = 60  # characters of an external order id that we write


class Group(NamedTuple):
    """`key` is empty for a whole order; `lines` are TikTok's line ids in their order."""

    key: str
    lines: tuple[str, ...]


def groups(lines: Iterable[LineFacts], grouping: Grouping) -> list[Group]:
    """Every line is in exactly one group; groups keep the order of their first line."""
    found: dict[str, list[str]] = {}
    for line in lines:
        found.setdefault(_key(line, grouping), []).append(line.id)
    return [Group(key, tuple(ids)) for key, ids in found.items()]


def _key(line: LineFacts, grouping: Grouping) -> str:
    if grouping == "sku":
        return f"sku-{line.sku_id}"
    if grouping == "warehouse":
        return f"wh-{line.warehouse_id}" if line.warehouse_id else ""
    if grouping == "package":
        return f"pkg-{line.package_id}" if line.package_id else ""
    return ""


def reference(order_id: str, key: str) -> str:
    """The external order id of a group: TikTok's number, and what makes a part of it different from the others."""
    return f"{order_id}-{key}"[:REFERENCE] if key else order_id
