"""Puts what the catalog maker drew up into a store: categories and brands first, then products with stock by place."""

from collections.abc import Iterable, Iterator

from sandbox.bigcommerce import parts
from sandbox.bigcommerce.catalog import Catalog
from sandbox.state import Document

Paths = dict[tuple[str, ...], int]


def fill(catalog: Catalog, drafts: Iterable[Document], quiet: bool = False) -> int:
    """Create the drafts and return how many; a name or SKU that is taken gets a number behind it."""
    count = 0
    catalog.quiet = quiet
    try:
        with catalog.box.state.batch():
            known = paths(catalog)
            for draft in drafts:
                catalog.create(ready(catalog, draft, known))
                count += 1
                catalog.products.save(str(place_stock(catalog, draft)["id"]))
    finally:
        catalog.quiet = False
    return count


def ready(catalog: Catalog, draft: Document, known: Paths) -> Document:
    """The draft as a POST body of this store."""
    given = {**draft, "categories": [category(catalog, path, known) for path in draft["category_paths"]]}
    given["name"] = free_name(catalog, draft["name"])
    ending = free_ending(catalog, draft)
    if ending:
        given["sku"] = given["sku"] and given["sku"] + ending
        given["variants"] = [{**row, "sku": row["sku"] and row["sku"] + ending} for row in draft.get("variants", [])]
    return given


def free_name(catalog: Catalog, name: str) -> str:
    for candidate in numbered(name, " ", 250):
        if candidate.lower() not in catalog.names:
            return candidate
    return name


def free_ending(catalog: Catalog, draft: Document) -> str:
    skus = [sku for sku in [draft["sku"], *(row["sku"] for row in draft.get("variants", []))] if sku]
    for ending in numbered("", "-", 20):
        if not any((sku + ending).lower() in catalog.skus for sku in skus):
            return ending
    return ""


def numbered(text: str, between: str, limit: int) -> Iterator[str]:
    yield text
    for number in range(2, 10_000):
        ending = f"{between}{number}"
        yield text[: limit - len(ending)] + ending


def paths(catalog: Catalog) -> Paths:
    """Every category's id by its path of names; parents come before their children."""
    known: Paths = {}
    above: dict[int, tuple[str, ...]] = {0: ()}
    for row in catalog.categories.values():
        path = (*above.get(row["parent_id"], ()), row["name"])
        known[path], above[row["id"]] = row["id"], path
    return known


def category(catalog: Catalog, path: list[str], known: Paths) -> int:
    """The id of the category at this path of names, made where it is missing."""
    number = 0
    for depth in range(1, len(path) + 1):
        here = tuple(path[:depth])
        if here not in known:
            known[here] = parts.add_category(catalog, {"name": path[depth - 1], "parent_id": number})["id"]
        number = known[here]
    return number


def place_stock(catalog: Catalog, draft: Document) -> Document:
    """Spread the draft's stock over the store's enabled locations: two thirds at the first, the rest elsewhere."""
    product = catalog.products[str(catalog.ids[-1])]
    places = [str(place["id"]) for place in catalog.store["locations"] if place["enabled"]]
    levels = [row["on_hand"] for row in draft.get("variants", [])] or [draft["on_hand"]]
    for variant, level in zip(product["variants"], levels, strict=True):
        first = level if len(places) == 1 else -(-level * 2 // 3)
        variant["stock"] = {
            place: {
                "onhand": first if place == places[0] else (level - first) // (len(places) - 1),
                "safety": draft.get("safety_stock", 0),
            }
            for place in places
        }
    return dict(product)
