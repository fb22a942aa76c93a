"""What an order does to stock by the store's settings (reference 4.4): taken when it is placed, put back when it is
cancelled or declined, from and to the places where it lies. A refund moves nothing (reference 5.6)."""

from sandbox.bigcommerce.catalog import Catalog
from sandbox.bigcommerce.refusals import Refusal
from sandbox.bigcommerce.shapes import available, stock_of
from sandbox.state import Document

Moved = list[tuple[Document, Document, int]]  # product, variant, change


def kept(catalog: Catalog, line: Document) -> tuple[Document, Document, Document] | None:
    """(product, variant, stock by location) of a line whose product is still there and is counted."""
    product = catalog.products.get(str(line["product_id"]))
    if product is None or product.get("inventory_tracking", "none") == "none":
        return None
    variant = next((each for each in product["variants"] if each["id"] == line["variant_id"]), None)
    return (product, variant, stock_of(product, variant)) if variant else None


def check(catalog: Catalog, lines: list[Document]) -> None:
    """400 when the store cannot sell these quantities."""
    wanted: dict[int, int] = {}
    for line in lines:
        product = catalog.products.get(str(line["product_id"]))
        if product is None:
            continue
        least, most = product.get("order_quantity_minimum", 0), product.get("order_quantity_maximum", 0)
        if line["quantity"] < least or (most and line["quantity"] > most):
            raise refusal(line)
        found = kept(catalog, line)
        if found is not None:
            stock = found[2]
            wanted[id(stock)] = wanted.get(id(stock), 0) + line["quantity"]
            if wanted[id(stock)] > available(stock, catalog.store):
                raise refusal(line)


def refusal(line: Document) -> Refusal:
    return Refusal(
        400,
        "Quantities of one or more products are out of stock or did not meet quantity requirements.",
        {"products": f"{line['sku'] or line['name']}: {line['quantity']} cannot be sold"},
    )


def take(catalog: Catalog, line: Document, quantity: int) -> Moved:
    """Out of the default location first, then out of the others that are active."""
    found = kept(catalog, line)
    if found is None or quantity <= 0:
        return []
    product, variant, stock = found
    left = quantity
    for place in catalog.store["locations"]:
        level = stock.get(str(place["id"]))
        if level is None or not place["enabled"]:
            continue
        part = min(left, max(0, level["onhand"] - level["safety"]))
        level["onhand"] -= part
        line["taken"][str(place["id"])] = line["taken"].get(str(place["id"]), 0) + part
        left -= part
    product["total_sold"] = product.get("total_sold", 0) + quantity
    catalog.touch(product)
    return [(product, variant, left - quantity)]


def give_back(catalog: Catalog, line: Document, quantity: int) -> Moved:
    """To where it was taken from, at most what was taken."""
    found = kept(catalog, line)
    if found is None or quantity <= 0:
        return []
    product, variant, stock = found
    left = quantity
    for place, taken in list(line["taken"].items()):
        part = min(left, taken)
        stock.setdefault(place, {"onhand": 0, "safety": 0})["onhand"] += part
        line["taken"][place] -= part
        left -= part
    catalog.touch(product)
    return [(product, variant, quantity - left)] if left < quantity else []


def tell(catalog: Catalog, moved: Moved) -> None:
    """The events of stock that an order moved (reference 7.5)."""
    for product, variant, change in moved:
        stock = {"product_id": product["id"], "method": "relative", "value": change}
        if product["base_variant_id"] or product.get("inventory_tracking") == "product":
            data: Document = {"type": "product", "id": product["id"], "inventory": stock}
            catalog.fire("store/product/inventory/order/updated", data)
        else:
            data = {"type": "sku", "id": variant["id"], "inventory": {**stock, "variant_id": variant["id"]}}
            catalog.fire("store/sku/inventory/order/updated", data)
        catalog.fire("store/product/updated", {"type": "product", "id": product["id"]})
