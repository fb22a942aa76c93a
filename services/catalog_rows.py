"""Writes a chunk of the catalog: reads the hashes, writes only what differs; through Core, many rows a statement."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Table, bindparam, delete, select, update

from domain.tabs import ProductStatus
from models import Base, Listing, ListingSku, MerchantSku, Product, Stock, Variant, db
from models.tenancy import scoped, tenant_id
from services.bulk import insert_missing, table_of, upsert
from services.catalog_shape import Shaped, ShapedVariant
from services.counters import PRODUCT_STATUS, Deltas
from services.pricing import variant_prices

P = table_of(Product)
V = table_of(Variant)
M = table_of(MerchantSku)
S = table_of(Stock)
IDS = 5000  # values in one IN list; SQLite allows 32,766 variables a statement
Row = dict[str, Any]


@dataclass(slots=True)
class Tally:
    """What a chunk came to, in products; `variants` counts all that were read, `rows` those that were written."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    variants: int = 0
    rows: int = 0
    touched: set[int] = field(default_factory=set)  # ids of products that are new or changed


def write(products: Sequence[Shaped], locations: Mapping[int, int], now: datetime) -> Tally:
    """Brings our rows to what was read, a few hundred products at a time. `locations`: BigCommerce's id -> ours."""
    return _Chunk(products, locations, now).write()


class _Chunk:
    def __init__(self, products: Sequence[Shaped], locations: Mapping[int, int], now: datetime) -> None:
        self.store_id = tenant_id()
        self.products = {product.bigcommerce_id: product for product in products}
        self.locations = locations
        self.now = now
        self.tally = Tally()
        self.deltas = Deltas()

    def write(self) -> Tally:
        ids, new = self._products()
        self._variants(ids)
        self._prices(ids)
        changed = self.tally.touched - new
        self.tally.new, self.tally.changed = len(new), len(changed)
        self.tally.unchanged = len(self.products) - len(self.tally.touched)
        mark_stale(changed)
        self.deltas.write()
        return self.tally

    def _products(self) -> tuple[dict[int, int], set[int]]:
        """Our id by BigCommerce's of the whole chunk, and which of ours are new."""
        query = select(P.c.bigcommerce_id, P.c.id, P.c.content_hash, P.c.status, P.c.deleted_at)
        known = {row.bigcommerce_id: row for row in self._rows(query, P, P.c.bigcommerce_id, self.products)}
        rows = []
        for number, product in self.products.items():
            before = known.get(number)
            if before is not None and before.content_hash == product.hash and before.deleted_at is None:
                continue
            if before is None:
                self.deltas.add(PRODUCT_STATUS, 0, ProductStatus.NOT_UPLOADED.value)
            elif before.deleted_at is not None:
                self.deltas.add(PRODUCT_STATUS, 0, before.status)  # it came back
            rows.append(self._product_row(product))
        self._upsert(Product, rows, ("store_id", "bigcommerce_id"), keep=("status",))
        ids = {number: row.id for number, row in known.items()}
        missing = [number for number in self.products if number not in ids]
        added = {
            row.bigcommerce_id: row.id
            for row in self._rows(select(P.c.bigcommerce_id, P.c.id), P, P.c.bigcommerce_id, missing)
        }
        ids |= added
        self.tally.touched |= {ids[row["bigcommerce_id"]] for row in rows}
        return ids, set(added.values())

    def _product_row(self, product: Shaped) -> Row:
        return {
            "store_id": self.store_id,
            "bigcommerce_id": product.bigcommerce_id,
            **product.values,
            "content_hash": product.hash,
            "status": ProductStatus.NOT_UPLOADED.value,
            "imported_at": self.now,
            "deleted_at": None,
        }

    def _variants(self, ids: Mapping[int, int]) -> None:
        query = select(V.c.bigcommerce_id, V.c.id, V.c.product_id, V.c.content_hash, V.c.merchant_sku_id)
        old = {row.bigcommerce_id: row for row in self._rows(query, V, V.c.product_id, ids.values())}
        fresh: list[tuple[int, ShapedVariant]] = []  # (our product id, variant) to write
        merchant: dict[int, int] = {}  # BigCommerce's variant id -> our merchant SKU
        gone = dict(old)
        for number, product in self.products.items():
            self.tally.variants += len(product.variants)
            for variant in product.variants:
                before = gone.pop(variant.bigcommerce_id, None)
                same = before is not None and before.content_hash == variant.hash and before.product_id == ids[number]
                if before is not None and same and before.merchant_sku_id is not None:
                    merchant[variant.bigcommerce_id] = before.merchant_sku_id
                else:
                    fresh.append((ids[number], variant))
            if not product.variants:  # never true at BigCommerce; better keep than lose
                gone = {key: row for key, row in gone.items() if row.product_id != ids[number]}
        if fresh:
            merchant |= self._write_variants(fresh, old)
        self._remove(
            [row.id for row in gone.values()], {row.merchant_sku_id for row in gone.values() if row.merchant_sku_id}
        )
        self.tally.touched |= {row.product_id for row in gone.values()} | {product_id for product_id, _ in fresh}
        self._stock(ids, merchant)

    def _write_variants(self, fresh: Sequence[tuple[int, ShapedVariant]], old: Mapping[int, Any]) -> dict[int, int]:
        codes = list(dict.fromkeys(variant.code for _, variant in fresh))
        known = self._codes(codes)
        rows: list[Row] = [{"store_id": self.store_id, "code": code} for code in codes if code not in known]
        if rows:
            insert_missing(MerchantSku, rows, ("store_id", "code"))
            self.tally.rows += len(rows)
            known |= self._codes([row["code"] for row in rows])
        self._upsert(
            Variant,
            [
                {
                    "store_id": self.store_id,
                    "bigcommerce_id": variant.bigcommerce_id,
                    "product_id": product_id,
                    "merchant_sku_id": known[variant.code],
                    **variant.values,
                    "content_hash": variant.hash,
                }
                for product_id, variant in fresh
            ],
            ("store_id", "bigcommerce_id"),
        )
        moved = [
            {"b_variant": old[variant.bigcommerce_id].id, "b_sku": known[variant.code]}
            for _, variant in fresh
            if variant.bigcommerce_id in old and old[variant.bigcommerce_id].merchant_sku_id != known[variant.code]
        ]
        self._follow(moved)
        return {variant.bigcommerce_id: known[variant.code] for _, variant in fresh}

    def _prices(self, ids: Mapping[int, int]) -> None:
        """Sale prices and their like, beside the variants; a new sale price is a change of the product."""
        owner = {one.bigcommerce_id: number for number, product in self.products.items() for one in product.variants}
        found = {one.bigcommerce_id: one.prices for product in self.products.values() for one in product.variants}
        self.tally.touched |= {ids[owner[number]] for number in variant_prices.keep(found)}

    def _codes(self, codes: Sequence[str]) -> dict[str, int]:
        return {row.code: row.id for row in self._rows(select(M.c.code, M.c.id), M, M.c.code, codes)}

    def _follow(self, moved: list[Row]) -> None:
        """A variant's SKU was renamed: what is listed of it sells from the new one."""
        if moved:
            table = table_of(ListingSku)
            here = table.c.store_id == self.store_id
            statement = (
                update(table)
                .where(here, table.c.variant_id == bindparam("b_variant"))
                .values(merchant_sku_id=bindparam("b_sku"))
            )
            db.session.connection().execute(scoped(statement), moved)
            self.tally.rows += len(moved)

    def _remove(self, variant_ids: Sequence[int], merchant_ids: set[int]) -> None:
        """Variants that are no more. Listed SKUs stay without a variant; stock that nobody sells from goes."""
        for part in _parts(variant_ids):
            db.session.execute(scoped(delete(V).where(V.c.store_id == self.store_id, V.c.id.in_(part))))
            self.tally.rows += len(part)
        for part in _parts(merchant_ids):
            used = select(V.c.merchant_sku_id).where(V.c.store_id == self.store_id, V.c.merchant_sku_id.in_(part))
            doomed = S.c.merchant_sku_id.in_(part) & S.c.merchant_sku_id.not_in(used)
            db.session.execute(scoped(delete(S).where(S.c.store_id == self.store_id, doomed)))

    def _stock(self, ids: Mapping[int, int], merchant: Mapping[int, int]) -> None:
        wanted: dict[tuple[int, int], int] = {}
        owner: dict[int, int] = {}
        for number, product in self.products.items():
            for variant in product.variants:
                sku = merchant[variant.bigcommerce_id]
                if variant.stock is not None:
                    owner[sku] = ids[number]
                    wanted |= {
                        (sku, self.locations[place]): count
                        for place, count in variant.stock.items()
                        if place in self.locations
                    }
        query = select(S.c.merchant_sku_id, S.c.location_id, S.c.available, S.c.id)
        old = {(row.merchant_sku_id, row.location_id): row for row in self._rows(query, S, S.c.merchant_sku_id, owner)}
        differs = {key: count for key, count in wanted.items() if key not in old or old[key].available != count}
        self._upsert(
            Stock,
            [
                {
                    "store_id": self.store_id,
                    "merchant_sku_id": sku,
                    "location_id": place,
                    "available": count,
                    "read_at": self.now,
                }
                for (sku, place), count in sorted(differs.items())
            ],
            ("store_id", "merchant_sku_id", "location_id"),
        )
        lost = [row.id for key, row in old.items() if key not in wanted]
        for part in _parts(lost):
            db.session.execute(scoped(delete(S).where(S.c.store_id == self.store_id, S.c.id.in_(part))))
        moved = {sku for sku, _ in differs} | {key[0] for key in old if key not in wanted}
        self.tally.touched |= {owner[sku] for sku in moved}

    def _rows(self, query: Any, table: Table, column: Any, values: Iterable[Any]) -> Iterable[Any]:
        for part in _parts(values):
            yield from db.session.execute(scoped(query.where(table.c.store_id == self.store_id, column.in_(part))))

    def _upsert(self, model: type[Base], rows: list[Row], key: Sequence[str], keep: Sequence[str] = ()) -> None:
        """`keep` are columns that a row which is there already does not get overwritten."""
        if rows:
            upsert(model, rows, key, [name for name in rows[0] if name not in (*key, *keep)])
            self.tally.rows += len(rows)


def mark_stale(product_ids: Iterable[int]) -> None:
    """Listings of these products must be rechecked."""
    table = table_of(Listing)
    for part in _parts(product_ids):
        here = table.c.store_id == tenant_id()
        # Those marked already too: a recheck that read the old catalog may be about to take their mark away.
        statement = update(table).where(here, table.c.product_id.in_(part)).values(is_stale=True)
        db.session.execute(scoped(statement))


def _parts(values: Iterable[Any]) -> Iterable[list[Any]]:
    whole = list(values)
    return (whole[start : start + IDS] for start in range(0, len(whole), IDS))
