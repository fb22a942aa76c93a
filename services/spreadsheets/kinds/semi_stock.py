"""Stock of a semi-consignment store: one row for each SKU in each warehouse. Applied, the numbers are told to TikTok by
an activity (features S1-45, S1-46)."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, func, select

from domain.capabilities import ShopKind
from domain.semi import WORDS, status
from models import Listing, ListingSku, SemiListing, StockTold, Variant, Warehouse, db
from models.present import has_table
from services.actor import system
from services.errors import Invalid
from services.semi import stock
from services.spreadsheets.kinds.base import CHUNK, Cleaned, Current, Kind, Scope, Wish
from services.spreadsheets.writing import Column

SLASH = "/"


class SemiStock(Kind):
    name = "semi_stock"
    title = "Semi-consignment stock"
    sent_at_once = True
    text = "Products of a semi-consignment store with their stock by warehouse. Only the stock comes back."

    def columns(self, scope: Scope) -> Sequence[Column]:
        return (
            Column("key", "Line", width=24),
            Column("title", "Title now", width=40),
            Column("tiktok_id", "Product on TikTok Shop", width=22),
            Column("status", "Status", width=12),
            Column("sku", "SKU"),
            Column("options", "Options", width=24),
            Column("warehouse", "Warehouse", width=26),
            Column("quantity", "Stock", True, 12),
        )

    def count(self, scope: Scope) -> int:
        _demand(scope)
        return int(db.session.scalar(_rows(scope).with_only_columns(func.count(StockTold.id))) or 0)

    def walk(self, scope: Scope, after: str) -> tuple[list[list[str]], str]:
        query = _rows(scope).where(StockTold.id > int(after or 0)).order_by(StockTold.id).limit(CHUNK)
        found = list(db.session.execute(query))
        keys = [column.key for column in self.columns(scope)]
        rows = [[texts[key] for key in keys] for texts in map(_texts, found)]
        return rows, str(found[-1].told_id) if len(found) == CHUNK else ""

    def current(self, scope: Scope, keys: Sequence[str]) -> Mapping[str, Current]:
        _demand(scope)
        split = {key: key.partition(SLASH) for key in keys}
        ids = {int(head) for head, _, _ in split.values() if head.isascii() and head.isdigit() and len(head) < 19}
        found = {}
        judge = stock.judge(scope.the_shop)
        for row in db.session.execute(_rows(scope).where(StockTold.listing_sku_id.in_(ids))):
            texts = _texts(row)
            found[texts["key"]] = Current(
                row.listing_sku_id, f"{texts['sku']} {row.title}".strip(), texts, {row.warehouse: row.confirmed},
                (row.warehouse, judge(status(row.platform_status, row.is_refused, None), row.product_id)),
            )  # fmt: skip
        return {key: found[key] for key in keys if key in found}

    def clean(self, scope: Scope, row: Current, changed: Mapping[str, str]) -> Cleaned:
        cleaned = Cleaned()
        place, why = row.facts
        text = changed.get("quantity", "").strip()
        if why:
            cleaned.errors.append(("quantity", why))
        elif text.isascii() and text.isdigit() and len(text) < 7 and int(text) <= stock.MOST:
            cleaned.after[place] = int(text)
        else:
            cleaned.errors.append(("quantity", f"Write a whole number between 0 and {stock.MOST:,}."))
        return cleaned

    def keep(self, scope: Scope, wishes: Sequence[Wish]) -> list[int]:
        """Starts telling them; rows whose number moved since the comparison are left alone."""
        ids = {wish.subject_id for wish in wishes}
        query = select(StockTold.listing_sku_id, StockTold.warehouse, StockTold.confirmed)
        now = {
            (line, place): count
            for line, place, count in db.session.execute(query.where(StockTold.listing_sku_id.in_(ids)))
        }
        left: list[int] = []
        wanted: dict[int, dict[str, int]] = {}
        for wish in wishes:
            if any(now.get((wish.subject_id, place)) != count for place, count in wish.before.items()):
                left.append(wish.number)
            else:
                wanted.setdefault(wish.subject_id, {}).update(wish.after)
        if wanted and not left:
            stock.start(system(scope.the_shop.store_id), scope.the_shop, wanted)
        return left


def _demand(scope: Scope) -> None:
    if scope.the_shop.kind != ShopKind.SEMI_CONSIGNMENT or not has_table(SemiListing):
        raise Invalid("This spreadsheet is of a semi-consignment store. Choose one.", "Choose a shop", "/spreadsheets/")


def _rows(scope: Scope) -> Select[Any]:
    query: Any = (
        select(
            StockTold.id.label("told_id"), StockTold.listing_sku_id, StockTold.warehouse, StockTold.confirmed,
            Listing.title, Listing.tiktok_id, Listing.product_id, Listing.platform_status, Listing.is_refused,
            Variant.sku, Variant.options,
            Warehouse.name.label("place"),
        )
        .join(Listing, Listing.id == StockTold.listing_id)
        .join(SemiListing, SemiListing.listing_id == Listing.id)
        .join(ListingSku, ListingSku.id == StockTold.listing_sku_id)
        .outerjoin(Variant, Variant.id == ListingSku.variant_id)
        .outerjoin(
            Warehouse, (Warehouse.shop_id == Listing.shop_id) & (Warehouse.tiktok_id == StockTold.warehouse)
        )
        .where(Listing.shop_id == scope.the_shop.id, StockTold.confirmed.is_not(None))
    )  # fmt: skip
    if "ids" in scope.details:
        query = query.where(Listing.id.in_(scope.details["ids"]))
    found: Select[Any] = query
    return found


def _texts(row: Any) -> dict[str, str]:
    return {
        "key": f"{row.listing_sku_id}{SLASH}{row.warehouse}",
        "title": row.title,
        "tiktok_id": row.tiktok_id,
        "status": WORDS[status(row.platform_status, row.is_refused, None)],
        "sku": row.sku or "",
        "options": ", ".join(f"{name}: {value}" for name, value in row.options or ()),
        "warehouse": row.place or row.warehouse,
        "quantity": str(row.confirmed),
    }
