"""Puts what was drawn up or read from a file into a store: categories and brands first, then products with stock by
place."""

import gc
import threading
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from urllib.parse import quote

from sandbox.bigcommerce import parts
from sandbox.bigcommerce.catalog import Catalog
from sandbox.bigcommerce.refusals import Refusal
from sandbox.state import WORTH_FREEZING, Document

Paths = dict[tuple[str, ...], int]


CHUNK = 250  # products per transaction; other requests get their turn in between
Refused = Callable[[Document, Refusal], None]


def fill(catalog: Catalog, drafts: Iterable[Document], quiet: bool = False, refused: Refused | None = None) -> int:
    """Create the drafts and return how many; a name or SKU that is taken gets a number behind it. Without `refused`,
    which hears of a draft that the store does not take, the first such draft ends it."""
    count, source = 0, iter(drafts)
    gc.disable()  # nothing made here is garbage, and looking for it costs a third of the time
    try:
        while chunk := list(islice(source, CHUNK)):
            count += fill_chunk(catalog, chunk, quiet, refused)
    finally:
        gc.enable()
    if count >= WORTH_FREEZING:
        gc.freeze()
    return count


def fill_chunk(catalog: Catalog, drafts: list[Document], quiet: bool, refused: Refused | None) -> int:
    count = 0
    with catalog.box.state.batch():
        catalog.quiet_thread = threading.get_ident() if quiet else 0
        try:
            known = paths(catalog)
            for draft in drafts:
                try:
                    add(catalog, draft, known)
                    count += 1
                except Refusal as refusal:
                    if refused is None:
                        raise
                    refused(draft, refusal)
        finally:
            catalog.quiet_thread = 0
    return count


def add(catalog: Catalog, draft: Document, known: Paths) -> None:
    catalog.create(ready(catalog, draft, known))
    product = place_stock(catalog, draft)
    for option in product["options"]:
        option["type"] = draft.get("option_types", {}).get(option["display_name"], option["type"])
    for variant, row in zip(product["variants"], draft.get("variants", []), strict=False):
        if "picture_words" in row:
            variant["image_url"] = variant_address(catalog, row["picture_words"])
    catalog.products.save(str(product["id"]))
    if draft["troubles"]:
        catalog.collection("troubles")[str(product["id"])] = {"kinds": draft["troubles"]}


def variant_address(catalog: Catalog, words: str) -> str:
    base = f"{catalog.box.settings.api_url}/images/{catalog.store['hash']}/variant.jpg?words="
    return base + quote(words.encode()[: (250 - len(base)) // 3].decode(errors="ignore"))


def empty(catalog: Catalog) -> int:
    """Delete every product; the webhooks fire."""
    numbers = list(catalog.ids)
    for start in range(0, len(numbers), CHUNK):
        with catalog.box.state.batch():
            for number in numbers[start : start + CHUNK]:
                catalog.products.pop(str(number), None)
                catalog.collection("troubles").pop(str(number), None)
    with catalog.box.state.lock:
        catalog.index()
    for number in numbers:
        catalog.fire("store/product/deleted", {"type": "product", "id": number})
    return len(numbers)


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
        path = (*above.get(row["parent_id"], ()), row["name"].lower())
        known[path], above[row["id"]] = row["id"], path
    return known


def category(catalog: Catalog, path: list[str], known: Paths) -> int:
    """The id of the category at this path of names, made where it is missing."""
    number = 0
    for depth in range(1, len(path) + 1):
        here = tuple(name.lower() for name in path[:depth])
        if here not in known:
            known[here] = parts.add_category(catalog, {"name": path[depth - 1], "parent_id": number})["id"]
        number = known[here]
    return number


def place_stock(catalog: Catalog, draft: Document) -> Document:
    """Spread the draft's stock over the store's enabled locations: two thirds at the first, the rest elsewhere."""
    product: Document = catalog.products[str(catalog.ids[-1])]
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
    return product
