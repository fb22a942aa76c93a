"""Price update: live products only, all SKUs of the call or none (reference 4.12)."""

from __future__ import annotations

from typing import Any

from sandbox.tiktok.call import Call
from sandbox.tiktok.endpoints import endpoints
from sandbox.tiktok.product_content import price_of
from sandbox.tiktok.products import own_product
from sandbox.tiktok.refusal import Refusal, invalid
from sandbox.tiktok.rules_offer import check_price
from sandbox.tiktok.scopes import PRODUCT_WRITE
from sandbox.tiktok.stock import check_sku
from sandbox.tiktok.submission import part, rows

Document = dict[str, Any]


@endpoints.add("POST", "product/products/{product_id}/prices/update", "202309", PRODUCT_WRITE)
def update(call: Call) -> Document:
    sent = rows(call.body, "skus")
    if not sent:
        raise invalid("skus", "expected at least one SKU")
    with call.platform.box.state.lock:
        product = own_product(call, call.params["product_id"])
        if product["status"] != "ACTIVATE":
            raise Refusal(12052901, f"The price of a product in {product['status']} cannot change")
        if "promotion" in product.get("locks", ()):
            raise Refusal(12052038, "The product is in a promotion; its price cannot change")
        prices = dict(product["prices"])
        for sku in sent:
            check_sku(call, product, sku.get("id"))
            for code, message in check_price(call.shop, call.platform.market(call.shop), part(sku, "price")):
                raise Refusal(code, message)
            prices[str(sku["id"])] = price_of(part(sku, "price"))
        call.platform.products.put({**product, "prices": prices, "update_time": call.platform.now()})
    return {}
