"""Orders of a time, page by page, and the required options of products."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from clients.bigcommerce.api import BigCommerce
from clients.tiktok.api import TikTok
from clients.tiktok.order_models import OrderPage
from jobs.handling import Done, Handler, Item, Outcome, Refused, Result
from models import Activity, Shop, Store, db
from services import platforms
from services.activities import NewItem
from services.orders import copies, imports, options, reading, recording
from services.orders.options import Found


@dataclass(frozen=True, slots=True)
class Page:
    client: TikTok
    since: int
    until: int
    token: str


class ImportOrders(Handler):
    kind: ClassVar[str] = imports.KIND
    threads: ClassVar[int] = 4
    has_effects: ClassVar[bool] = False

    def prepare(self, activity: Activity, items: Sequence[Item]) -> Mapping[int, Any]:
        client = platforms.tiktok(db.session.get_one(Shop, activity.shop_id))  # pages of orders are no evidence
        return {item.id: Page(client, item.args["ge"], item.args["lt"], item.args["token"]) for item in items}

    def call(self, step: Page) -> OrderPage:
        return step.client.search_orders(
            create_time_ge=step.since,
            create_time_lt=step.until,
            sort_field="create_time",
            page_token=step.token,
        )

    def record(self, activity: Activity, results: Sequence[Result]) -> Mapping[int, Outcome]:
        shop = db.session.get_one(Shop, activity.shop_id)
        return {result.item.id: self._record(shop, result) for result in results}

    def _record(self, shop: Shop, result: Result) -> Outcome:
        if result.error is not None:
            return Refused(result.error.code or "tiktok.refused", result.error.text, units=0)
        step, page = result.step, result.answer
        done = recording.record(shop, [reading.facts(order) for order in page.orders], "import")
        notes = {"new": done.new, "changed": done.changed, "unchanged": done.unchanged, "skipped": done.skipped}
        args = {"ge": step.since, "lt": step.until, "token": page.next_page_token}
        more = [NewItem(f"{result.item.label.removesuffix(', more')}, more", args=args)] if page.next_page_token else []
        return Done(f"{len(page.orders):,} orders", units=len(page.orders), notes=notes, more=more)

    def finished(self, activity: Activity) -> None:
        activity.units = activity.units_done
        activity.message = imports.closing(activity)
        copies.pour(copies.due(5000))  # the sweep rings
        if activity.refused or activity.failed:
            activity.message += f" {activity.refused + activity.failed:,} parts could not be read; retry them."


@dataclass(frozen=True, slots=True)
class Look:
    client: BigCommerce
    ids: Sequence[int]


class ScanOptions(Handler):
    kind: ClassVar[str] = options.KIND
    threads: ClassVar[int] = 3
    has_effects: ClassVar[bool] = False

    def prepare(self, activity: Activity, items: Sequence[Item]) -> Mapping[int, Any]:
        client = platforms.bigcommerce(db.session.get_one(Store, activity.store_id))
        return {item.id: Look(client, item.args["ids"]) for item in items}

    def call(self, step: Look) -> list[Found]:
        return [
            Found(
                product.id,
                modifier.id,
                modifier.display_name,
                modifier.type,
                [
                    {"id": value.id, "label": value.label, "is_default": value.is_default}
                    for value in modifier.option_values
                ],
            )
            for product in step.client.products_with_modifiers(step.ids)
            for modifier in product.modifiers
            if modifier.required
        ]

    def record(self, activity: Activity, results: Sequence[Result]) -> Mapping[int, Outcome]:
        outcomes: dict[int, Outcome] = {}
        for result in results:
            ids = result.step.ids
            if result.error is not None:
                outcomes[result.item.id] = Refused(result.error.code or "bigcommerce.refused", result.error.text)
                continue
            found = options.record(ids, result.answer)
            outcomes[result.item.id] = Done(f"{found} required options", units=len(ids), notes={"found": found})
        return outcomes

    def finished(self, activity: Activity) -> None:
        found = activity.notes.get("found", 0)
        activity.message = (
            f"{found:,} required options in {activity.units_done:,} products."
            if found
            else f"None of {activity.units_done:,} products demands an option that TikTok orders do not have."
        )
