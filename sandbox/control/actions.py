"""What the control page does, for its forms and for the JSON twins alike."""

from collections.abc import Callable
from typing import Any

from flask import current_app

from sandbox.bigcommerce.platform import bigcommerce
from sandbox.bigcommerce.refusals import Refusal
from sandbox.state import Document


def edit_product(store_hash: str, product_id: int, given: Document) -> Document:
    """Change a product as a merchant would: `name`, `price`, `weight` and other fields; `stock` sets the default
    location of each variant; `variants` [{id, stock, price}] one by one. Fires the webhooks."""
    catalog = bigcommerce().catalog(store_hash)
    product = catalog.get(product_id)
    fields = {name: value for name, value in given.items() if name not in ("stock", "variants")}
    if fields:
        catalog.update(product_id, fields)
    if "stock" in given:
        for variant in product["variants"]:
            catalog.update_variant(variant["id"], {"inventory_level": given["stock"]})
    for row in given.get("variants", []):
        changes = {
            ("inventory_level" if name == "stock" else name): value for name, value in row.items() if name != "id"
        }
        catalog.update_variant(row["id"], changes)
    return product


def change_store(store_hash: str, **changes: Any) -> Document:
    """Set `latency` (milliseconds) or `quota` (requests per 30 s, 0 without end) of a store."""
    platform = bigcommerce()
    store = platform.store(store_hash)
    for name, value in changes.items():
        if not 0 <= int(value) <= 120_000:
            raise Refusal(422, "Invalid value", {name: "must be between 0 and 120000"})
        store[name] = int(value)
    platform.stores.save(store_hash)
    return store


def burden(store_hash: str, amount: int) -> None:
    """Other apps use up `amount` requests of the running window."""
    platform = bigcommerce()
    platform.quota.burden(store_hash, int(platform.store(store_hash)["quota"]), amount)


def reset() -> None:
    """Start again as on the first day. The other half takes part by adding a function to `sandbox_resets`."""
    bigcommerce().reset()
    others: list[Callable[[], None]] = current_app.extensions.get("sandbox_resets", [])
    for other in others:
        other()
