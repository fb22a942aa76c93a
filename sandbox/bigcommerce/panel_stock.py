"""Control panel, Products: the stock of one product by variant and location, and a sale in the store's own shop."""

from flask import g, redirect, render_template, request
from werkzeug.wrappers import Response as Answer

from sandbox.bigcommerce.panel import panel
from sandbox.bigcommerce.platform import bigcommerce
from sandbox.bigcommerce.refusals import Refusal
from sandbox.bigcommerce.shapes import available, product_stock, stock_of, variant_row
from sandbox.state import Document

SHOPPER = {
    "first_name": "Jo", "last_name": "Shopper", "street_1": "12 Elm Street", "city": "Portland", "state": "Oregon",
    "zip": "97209", "country_iso2": "US", "email": "jo.shopper@example.com",
}  # fmt: skip


@panel.get("/products/<int:product_id>/stock")
def stock_page(product_id: int) -> str:
    return show(product_id)


def show(product_id: int, error: str = "") -> str:
    catalog = bigcommerce().catalog(g.store["hash"])
    product = catalog.get(product_id)
    whole = product.get("inventory_tracking") == "product" and not product["base_variant_id"]
    variants = product["variants"]
    return render_template(
        "bigcommerce/stock.html",
        product=product,
        tracking=product.get("inventory_tracking", "none"),
        available=product_stock(product, g.store),
        rows=[
            {**variant_row(product, variant, g.store), "stock": stock_of(product, variant)}
            for variant in (variants[:1] if whole else variants)
        ],
        variants=[variant_row(product, variant, g.store) for variant in variants],
        whole=whole,
        error=error,
    )


@panel.post("/products/<int:product_id>/stock")
def set_stock(product_id: int) -> Answer | tuple[str, int]:
    """Every number that differs is set, and told."""
    catalog = bigcommerce().catalog(g.store["hash"])
    changed: list[tuple[Document, Document]] = []
    with catalog.box.state.lock:
        product = catalog.get(product_id)
        for variant in product["variants"]:
            stock, moved = stock_of(product, variant), False
            for place in catalog.store["locations"]:
                text = request.form.get(f"stock-{variant['id']}-{place['id']}")
                if text is None:
                    continue
                if not text.isdigit() or int(text) > 2_147_483_647:
                    return show(product_id, "Stock is a whole number from 0 on."), 422
                level = stock.setdefault(str(place["id"]), {"onhand": 0, "safety": 0})
                moved = moved or level["onhand"] != int(text)
                level["onhand"] = int(text)
            if moved:
                changed.append((variant, stock))
        catalog.touch(product)
    for variant, stock in changed:
        catalog.fire_stock(product, variant, available(stock, catalog.store))
    if changed:
        catalog.fire("store/product/updated", {"type": "product", "id": product_id})
    return redirect(f"/manage/products/{product_id}/stock?notice=stock", 303)


@panel.post("/products/<int:product_id>/sell")
def sell(product_id: int) -> Answer | tuple[str, int]:
    """Somebody buys it in the store's own shop."""
    row = {
        "product_id": product_id,
        "variant_id": request.form.get("variant", 0, type=int),
        "quantity": request.form.get("quantity", 0, type=int),
    }
    try:
        order = (
            bigcommerce()
            .orders[g.store["hash"]]
            .create(
                {"billing_address": SHOPPER, "products": [row], "status_id": 11, "payment_method": "Credit card"}, "www"
            )
        )
    except Refusal as refusal:
        return show(product_id, "; ".join(refusal.errors.values()) or refusal.title), 422
    return redirect(f"/manage/orders/{order['id']}?notice=sold", 303)
