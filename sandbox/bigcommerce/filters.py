"""The product list's filters and orders, compiled from the query string (reference 3.2)."""

import bisect
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from sandbox.bigcommerce.refusals import Refusal
from sandbox.bigcommerce.shapes import PRODUCT_DEFAULTS, product_stock
from sandbox.state import Document

Predicate = Callable[[Document], bool]
RANGE = ("", "in", "not_in", "min", "max", "greater", "less")
SORTS = (
    "id",
    "name",
    "sku",
    "price",
    "date_modified",
    "date_last_imported",
    "inventory_level",
    "is_visible",
    "total_sold",
    "calculated_price",
)


def boolean(value: str) -> bool:
    if value.lower() in ("1", "true"):
        return True
    if value.lower() in ("0", "false"):
        return False
    raise ValueError(value)


def moment(value: str) -> str:
    """Any accepted date as the stored form; without a zone it is UTC, without a time the current one is taken."""
    parsed = datetime.fromisoformat(value.replace(" ", "+"))
    if len(value) <= 10:
        parsed = datetime.combine(parsed.date(), datetime.now(UTC).time())
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00")


FIELDS: dict[str, tuple[Callable[[str], Any], tuple[str, ...]]] = {
    "id": (int, RANGE),
    "name": (str.lower, ("", "like")),
    "mpn": (str, ("",)),
    "upc": (str, ("",)),
    "sku": (str.lower, ("", "in")),
    "price": (float, ("",)),
    "weight": (float, ("",)),
    "condition": (str.lower, ("",)),
    "brand_id": (int, ("", "in")),
    "date_modified": (moment, ("", "min", "max")),
    "date_last_imported": (moment, ("", "not", "min", "max")),
    "is_visible": (boolean, ("",)),
    "is_featured": (boolean, ("",)),
    "is_free_shipping": (boolean, ("",)),
    "inventory_level": (int, RANGE),
    "total_sold": (int, ("",)),
    "type": (str, ("",)),
    "availability": (str, ("",)),
    "categories": (int, ("", "in")),
    "channel_id": (int, ("in",)),
    "inventory_low": (boolean, ("",)),
    "out_of_stock": (boolean, ("",)),
    "keyword": (str.lower, ("",)),
}


def matches(actual: Any, operator: str, wanted: Any) -> bool:
    if isinstance(actual, list):
        return bool(set(actual) & wanted if operator == "in" else wanted in actual)
    if operator in ("in", "not_in"):
        return bool(actual in wanted) == (operator == "in")
    if operator == "like":
        return bool(wanted in actual)
    comparison = {"": actual == wanted, "not": actual != wanted}
    if operator in comparison:
        return bool(comparison[operator])
    return bool(
        {"min": actual >= wanted, "max": actual <= wanted, "greater": actual > wanted, "less": actual < wanted}[
            operator
        ]
    )


def field(name: str, store: Document) -> Callable[[Document], Any]:
    if name == "inventory_level":
        return lambda product: product_stock(product, store)
    if name == "inventory_low":
        return lambda product: 0 < product_stock(product, store) <= product.get("inventory_warning_level", 0)
    if name == "out_of_stock":
        return lambda product: (
            product.get("inventory_tracking", "none") != "none" and product_stock(product, store) == 0
        )
    if name == "channel_id":
        return lambda product: store["channels"]
    if name in ("name", "sku", "condition"):
        return lambda product: str(product.get(name, PRODUCT_DEFAULTS[name])).lower()
    if name == "keyword":
        return lambda product: " ".join(
            [product["name"], product.get("sku", ""), product.get("description", "")]
        ).lower()
    return lambda product: product.get(name, PRODUCT_DEFAULTS[name])


def compile_filters(query: Mapping[str, str], store: Document) -> list[tuple[str, str, Any, Predicate]]:
    """(name, operator, wanted, predicate) of every filter in the query; a value that cannot be read is a 422."""
    found: list[tuple[str, str, Any, Predicate]] = []
    for key, text in query.items():
        name, _, operator = key.partition(":")
        if name not in FIELDS or operator not in FIELDS[name][1]:
            continue
        convert = FIELDS[name][0]
        try:
            wanted = (
                {convert(part) for part in text.split(",") if part} if operator in ("in", "not_in") else convert(text)
            )
        except ValueError:
            raise Refusal(422, "Invalid query parameters", {key: f"{key} has an invalid value"}) from None
        actual, kind = field(name, store), "like" if name == "keyword" else operator

        def predicate(
            product: Document, actual: Callable[[Document], Any] = actual, kind: str = kind, wanted: Any = wanted
        ) -> bool:
            return matches(actual(product), kind, wanted)

        found.append((name, operator, wanted, predicate))
    return found


def select(
    ids: list[int], products: Mapping[str, Document], query: Mapping[str, str], store: Document
) -> list[Document]:
    """The matching products in the asked order; `ids` are sorted, so a walk by id skips what it left behind."""
    filters = compile_filters(query, store)
    for name, operator, wanted, _ in filters:
        if name == "id" and operator in ("greater", "min"):
            ids = ids[(bisect.bisect_right if operator == "greater" else bisect.bisect_left)(ids, wanted) :]
    tests = [
        predicate
        for name, operator, _, predicate in filters
        if (name, operator) not in (("id", "greater"), ("id", "min"))
    ]
    found = [products[str(number)] for number in ids]
    if tests:
        found = [product for product in found if all(test(product) for test in tests)]
    return order(found, query, store)


def order(found: list[Document], query: Mapping[str, str], store: Document) -> list[Document]:
    sort, direction = query.get("sort", "id"), query.get("direction", "asc")
    if sort not in SORTS or direction not in ("asc", "desc"):
        raise Refusal(422, "Invalid query parameters", {"sort": "sort or direction has an invalid value"})
    if sort == "calculated_price":
        found.sort(key=lambda product: product.get("sale_price") or product.get("price", 0))
    elif sort != "id":
        found.sort(key=field(sort, store))
    return found[::-1] if direction == "desc" else found
