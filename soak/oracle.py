"""Who counts afterwards: what the platforms hold against what the app says, row by row. Every answer should be zero."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import requests

from soak.control import Control
from soak.ledger import Ledger

SHOWN = 3


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: `wrong` of `total`, with a few examples."""

    question: str
    total: int
    wrong: int
    examples: tuple[str, ...] = ()


def row(question: str, total: int, wrong: list[str]) -> Row:
    return Row(question, total, len(wrong), tuple(wrong[:SHOWN]))


class Oracle:
    """Asks both sides; the sandbox's log of effects is the truth."""

    def __init__(self, control: Control, ledger: Ledger, shop_id: str) -> None:
        self.control = control
        self.ledger = ledger
        self.shop_id = shop_id

    def publishing(self) -> list[Row]:
        """Exactly one product per published listing, known to us by the right ids."""
        ours = {one.id: one for one in self.ledger.listings()}
        published = self.ledger.published()
        lines = self.ledger.lines()
        listing_of = {str(line.id): line.listing_id for line in lines}
        products = self.control.get("tiktok/products", shop_id=self.shop_id)["products"]
        alive = [one for one in products if one["status"] != "DELETED"]
        made: dict[int, list[str]] = defaultdict(list)
        strange = []
        for product in alive:
            skus = product["stored"]["content"]["skus"]
            owners = {listing_of.get(str(sku.get("external_sku_id"))) for sku in skus}
            owner = next(iter(owners)) if len(owners) == 1 else None
            if owner is None:
                strange.append(f"product {product['id']} belongs to listings {owners}")
            else:
                made[owner].append(product["id"])
        by_id = {product["id"]: product for product in alive}
        right_ids = {
            str(sku.get("external_sku_id")): sku["id"] for one in alive for sku in one["stored"]["content"]["skus"]
        }
        sent_lines = [line for line in lines if line.listing_id in published and str(line.id) in right_ids]
        return [
            row("listings published that TikTok does not have", len(published),
                [f"listing {number}" for number in sorted(published) if not made.get(number)]),
            row("listings that TikTok has more than once", len(made),
                [f"listing {number}: {ids}" for number, ids in sorted(made.items()) if len(ids) > 1]),
            row("products on TikTok that belong to no listing", len(alive), strange),
            row("listings whose product exists but that look unsent", len(made),
                [f"listing {number} is {ours[number].tab}, product {ids[0]}" for number, ids in sorted(made.items())
                 if ours[number].tiktok_id == "" or ours[number].tab in ("incomplete", "ready")]),
            row("listings that know a wrong or no product", len(published),
                [f"listing {number} knows {ours[number].tiktok_id!r}, not {made.get(number)}"
                 for number in sorted(published) if ours[number].tiktok_id not in by_id
                 or ours[number].tiktok_id not in made.get(number, [])]),
            row("SKUs that know a wrong TikTok id", len(sent_lines),
                [f"line {line.id} knows {line.tiktok_id!r}, not {right_ids[str(line.id)]}" for line in sent_lines
                 if line.tiktok_id != right_ids[str(line.id)]]),
            row("listings still marked as on their way", len(ours),
                [f"listing {one.id}: {one.intent}" for one in ours.values() if one.intent]),
        ]  # fmt: skip

    def doubles(self) -> set[str]:
        """Products that a listing has besides the one it knows."""
        known = {one.tiktok_id for one in self.ledger.listings()}
        owners = {str(line.id) for line in self.ledger.lines()}
        products = self.control.get("tiktok/products", shop_id=self.shop_id)["products"]
        return {
            product["id"]
            for product in products
            if product["status"] != "DELETED"
            and product["id"] not in known
            and any(str(sku.get("external_sku_id")) in owners for sku in product["stored"]["content"]["skus"])
        }

    def twins(self, planted: int) -> list[Row]:
        """Effects that came later than the settle time made doubles; the check must have found them all."""
        true, found = self.doubles(), self.ledger.twins()
        return [
            row("doubles from effects after the settle time that the check missed", len(true),
                [f"product {number}" for number in sorted(true - found)]),
            row("products that the check takes for doubles and that are none", len(found),
                [f"product {number}" for number in sorted(found - true)]),
            Row("runs of the second phase without a double (nothing was tried)", planted, int(not true)),
        ]  # fmt: skip

    def importing(self, store_hash: str) -> list[Row]:
        """Every BigCommerce product and variant once, with equal fields."""
        theirs = list(self.catalog(store_hash))
        ours = self.ledger.products()
        variants = self.ledger.variants()
        owner = {product.id: product.bigcommerce_id for product in ours}
        known = {product.bigcommerce_id: product for product in ours}
        times = Counter(product.bigcommerce_id for product in ours)
        known_variants = {variant.bigcommerce_id: variant for variant in variants}
        their_variants = {variant["id"]: (product, variant) for product in theirs for variant in product["variants"]}
        different = [
            f"product {product['id']}: {name} {mine!r}, not {true!r}"
            for product in theirs
            if product["id"] in known
            for name, mine, true in _product_fields(known[product["id"]], product)
            if mine != true
        ]
        different_variants = [
            f"variant {number}: {name} {mine!r}, not {true!r}"
            for number, (product, variant) in their_variants.items()
            if number in known_variants
            for name, mine, true in _variant_fields(known_variants[number], owner, product, variant)
            if mine != true
        ]
        return [
            row("BigCommerce products that were not imported", len(theirs),
                [f"product {one['id']}" for one in theirs if one["id"] not in known]),
            row("products that are here twice, or that BigCommerce does not have", len(ours),
                [f"product {number} x {count}" for number, count in times.items()
                 if count > 1 or number not in {one["id"] for one in theirs}]),
            row("product fields that differ", len(theirs), different),
            row("BigCommerce variants that were not imported", len(their_variants),
                [f"variant {number}" for number in their_variants if number not in known_variants]),
            row("variants that BigCommerce does not have", len(variants),
                [f"variant {number}" for number in known_variants if number not in their_variants]),
            row("variant fields that differ", len(their_variants), different_variants),
        ]  # fmt: skip

    def catalog(self, store_hash: str) -> Iterator[Mapping[str, Any]]:
        """The store's products as any app would read them."""
        session = requests.Session()
        session.trust_env = False
        headers = {"X-Auth-Token": self.ledger.token(), "Accept": "application/json"}
        url, after = f"{self.control.url}/stores/{store_hash}/v3/catalog/products", 0
        self.control.post("bigcommerce/quota", requests=0)
        while True:
            query: dict[str, str | int] = {"include": "variants", "limit": 250, "sort": "id", "id:greater": after}
            page = session.get(url, params=query, headers=headers, timeout=30).json()["data"]
            yield from page
            if len(page) < 250:
                return
            after = page[-1]["id"]

    def bookkeeping(self) -> list[Row]:
        """Everything ended, every count is what its rows say, every webhook was applied."""
        progress = self.ledger.progress()
        unfinished = self.ledger.unfinished()
        failed = sum(one.counts["failed"] for one in progress)
        inbox = self.ledger.inbox()
        return [
            row("activities that have not ended", len(progress), [f"{p.kind} {p.id}" for p in progress if p.is_open]),
            row("activities that broke", len(progress), [f"{p.kind} {p.id}" for p in progress if p.state == "broken"]),
            Row("items that have not ended", sum(sum(one.counts.values()) for one in progress),
                sum(unfinished.values()), (str(unfinished),) if unfinished else ()),
            Row("items set aside", sum(sum(one.counts.values()) for one in progress), failed,
                (str(self.ledger.item_outcomes("publish")),) if failed else ()),
            row("counts that are not what their rows add up to", len(progress), self.ledger.differences()),
            Row("webhooks not applied", sum(inbox.values()), inbox.get("new", 0) + inbox.get("failed", 0)),
        ]  # fmt: skip

    def silence(self, logs: Path, secrets: Mapping[str, str]) -> Row:
        """No secret of this run stands in any log."""
        found, size = [], 0
        for path in sorted(logs.glob("*.log")):
            text = path.read_bytes()
            size += len(text)
            found += [f"{name} in {path.name}" for name, value in secrets.items() if value.encode() in text]
        return row(f"secrets in {size:,} bytes of logs", len(secrets), found)


def _product_fields(ours: Any, theirs: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    yield "name", ours.title, theirs["name"][:255]
    yield "sku", ours.sku, theirs["sku"][:255]
    yield "description", ours.description, theirs["description"]
    yield "weight", Decimal(str(ours.weight or 0)), Decimal(str(theirs["weight"]))
    yield "is_visible", ours.is_visible, theirs["is_visible"]
    yield "variants", ours.variant_count, len(theirs["variants"])


def _variant_fields(
    ours: Any, owner: Mapping[int, Any], product: Mapping[str, Any], theirs: Mapping[str, Any]
) -> Iterator[tuple[str, Any, Any]]:
    price = product["price"] if theirs["price"] is None else theirs["price"]
    yield "product", owner.get(ours.product_id), theirs["product_id"]
    yield "sku", ours.sku, theirs["sku"][:255]
    yield "price", Decimal(str(ours.price)), Decimal(str(price))
    yield "upc", ours.upc, theirs["upc"][:32]
