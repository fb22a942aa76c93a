"""The catalog import: one item reads the size and plans the ranges, the others each walk one range of product ids."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from clients.bigcommerce.api import BigCommerce
from clients.bigcommerce.models import Category, Location, Product, Store
from clients.errors import Refused as PlatformRefused
from clients.errors import Unauthorised
from jobs import trail
from jobs.handling import Done, Handler, Item, Outcome, Refused, Result
from models import Activity, db
from models import Store as StoreRow
from services import catalog, platforms
from services.activities import NewItem
from services.catalog_shape import Shaped, Stock, levels, shape

PAGES = 4  # of 250 products, that one item reads before it leaves the rest to another


class Names:
    """Brands and categories by id, read once when the first product asks; shared by the threads of one worker."""

    def __init__(self, client: BigCommerce) -> None:
        self.client = client
        self.lock = threading.Lock()
        self.brands: dict[int, str] | None = None
        self.categories: dict[int, Category] | None = None

    def brand(self, brand_id: int) -> str:
        if not brand_id:
            return ""
        with self.lock:
            if self.brands is None:
                self.brands = {brand.id: brand.name for brand in self.client.brands()}
        return self.brands.get(brand_id, "")

    def category_path(self, category_id: int) -> str:
        with self.lock:
            if self.categories is None:
                self.categories = {category.category_id: category for category in self.client.categories()}
        names: list[str] = []
        here = self.categories.get(category_id)
        while here is not None and len(names) < 20:  # depth is at most 8 (reference 3.2); a circle must not hold us
            names.append(here.name)
            here = self.categories.get(here.parent_id)
        return " > ".join(reversed(names))


@dataclass(frozen=True, slots=True)
class Plan:
    client: BigCommerce


@dataclass(frozen=True, slots=True)
class Walk:
    """One range of ids; plain data but for the client and the shared names, which any thread may use."""

    client: BigCommerce
    names: Names
    currency: str
    low: int
    high: int | None
    open_locations: frozenset[int]
    only_location: int | None


@dataclass(frozen=True, slots=True)
class Planned:
    size: catalog.Size
    information: Store
    locations: list[Location]


@dataclass(frozen=True, slots=True)
class Read:
    products: list[Shaped]
    last_id: int
    more: bool


class CatalogImport(Handler):
    kind = catalog.KIND
    threads = 4  # two to four readers a store are safe (reference 8.1)
    has_effects = False

    def __init__(self) -> None:
        self.names: tuple[int, Names] | None = None  # of the activity worked on last

    def prepare(self, activity: Activity, items: Sequence[Item]) -> Mapping[int, Any]:
        store = db.session.get_one(StoreRow, activity.store_id)
        client = platforms.bigcommerce(store, trail.observe)
        if self.names is None or self.names[0] != activity.id:
            self.names = (activity.id, Names(client))
        names, known, shown = self.names[1], list(catalog.location_ids()), catalog.open_locations()
        only = known[0] if len(known) == 1 else None
        return {
            item.id: Plan(client)
            if item.args.get("plan")
            else Walk(client, names, store.currency, item.args["low"], item.args["high"], shown, only)
            for item in items
        }

    def call(self, step: Plan | Walk) -> Planned | Read:
        return _plan(step.client) if isinstance(step, Plan) else _walk(step)

    def record(self, activity: Activity, results: Sequence[Result]) -> Mapping[int, Outcome]:
        locations = catalog.location_ids()
        return {result.item.id: self._record(activity, result, locations) for result in results}

    def _record(self, activity: Activity, result: Result, locations: Mapping[int, int]) -> Outcome:
        if result.error is not None:
            return Refused(result.error.code or "bigcommerce.refused", result.error.text, units=0)
        if isinstance(result.answer, Planned):
            return self._record_plan(activity, result.answer)
        step, answer = result.step, result.answer
        end = answer.last_id if answer.more else step.high
        tally = catalog.record(
            catalog.Walked(result.item.id, step.low, end, answer.products), locations, activity.created_at
        )
        notes = {
            "products": len(answer.products),
            "variants": tally.variants,
            "new": tally.new,
            "changed": tally.changed,
            "unchanged": tally.unchanged,
        }
        more = [catalog.range_item(answer.last_id + 1, step.high)] if answer.more else []
        return Done(f"{len(answer.products):,} products", units=len(answer.products), notes=notes, more=more)

    def _record_plan(self, activity: Activity, planned: Planned) -> Done:
        catalog.describe(planned.information, planned.locations)
        activity.units = planned.size.total
        more: list[NewItem] = catalog.ranges(planned.size)
        return Done(f"{planned.size.total:,} products", units=0, more=more)

    def finished(self, activity: Activity) -> None:
        if activity.state != "finished":
            activity.message = (
                f"Stopped after {activity.units_done:,} of {activity.units:,} products. What was read is kept."
            )
            return
        if activity.refused or activity.failed:
            parts = activity.refused + activity.failed
            activity.message = (
                f"{catalog.closing(activity, 0)} {parts:,} parts could not be read. Retry them to complete the import."
            )
            return
        # A retry walks only what was left over, so it proves nothing about the rest.
        gone = catalog.conclude(activity) if activity.retry_of is None else 0
        activity.units = activity.units_done
        activity.message = catalog.closing(activity, gone)


def _plan(client: BigCommerce) -> Planned:
    information, locations = client.store(), client.locations()
    total, highest = client.products_total(), client.max_product_id()
    first = client.products(limit=1).items if total else ()
    lowest = first[0].id if first else 1
    return Planned(catalog.Size(total, lowest, max(highest, lowest)), information, locations)


def _walk(step: Walk) -> Read:
    shaped: list[Shaped] = []
    after, more = step.low - 1, True
    for _ in range(PAGES):
        page = step.client.products(id_max=step.high, after_id=after)
        stock = stock_of(step.client, page.items, step.only_location)
        shaped += [shape(product, step.names, step.currency, stock, step.open_locations) for product in page.items]
        after, more = page.last_id, page.more
        if not more:
            break
    return Read(shaped, after, more)


def stock_of(client: BigCommerce, products: Sequence[Product], only_location: int | None) -> Stock | None:
    """Stock per location. Where inventory may not be read, the catalog has one number: true for one location."""
    variants = [variant for product in products for variant in product.variants]
    try:
        return levels(client.inventory([variant.id for variant in variants]))
    except (PlatformRefused, Unauthorised):  # 403 without the scope, while the products themselves were given
        if only_location is None:
            return None
        return {variant.id: {only_location: max(variant.inventory_level, 0)} for variant in variants}
