"""Warehouses and delivery options (reference 3)."""

from __future__ import annotations

from typing import Any

from sandbox.tiktok.call import Call
from sandbox.tiktok.endpoints import endpoints
from sandbox.tiktok.refusal import Refusal, invalid
from sandbox.tiktok.scopes import LOGISTICS, SHOP_INFO

Document = dict[str, Any]

PROVIDERS = {
    f"74000000000000000{index:02d}": name
    for index, name in enumerate(("USPS", "UPS", "FedEx", "DHL", "Royal Mail", "DPD", "GLS", "JNE"), 1)
}


@endpoints.add("GET", "logistics/warehouses", "202309", LOGISTICS)
def warehouses(call: Call) -> Document:
    return {"warehouses": list(call.platform.warehouses[call.shop_id].values())}


@endpoints.add("GET", "logistics/global_warehouses", "202309", SHOP_INFO, cipher=False)
def global_warehouses(call: Call) -> Document:
    if call.platform.sellers[call.seller_id]["kind"] != "CROSS_BORDER":
        return {"global_warehouses": []}
    return {
        "global_warehouses": [{"id": "7300000000000000001", "name": "Shenzhen consolidation", "ownership": "SELLER"}]
    }


@endpoints.add("GET", "logistics/warehouses/{warehouse_id}/delivery_options", "202309", LOGISTICS)
def delivery_options(call: Call) -> Document:
    if call.params["warehouse_id"] not in call.platform.warehouses[call.shop_id]:
        raise invalid("warehouse_id", "no such warehouse in this shop")
    return {"delivery_options": call.platform.delivery_options[call.shop_id]}


@endpoints.add("GET", "logistics/delivery_options/{delivery_option_id}/shipping_providers", "202309", LOGISTICS)
def shipping_providers(call: Call) -> Document:
    options = {option["id"]: option for option in call.platform.delivery_options[call.shop_id]}
    option = options.get(call.params["delivery_option_id"])
    if option is None:
        raise Refusal(21008116, "The shop has not subscribed to this delivery option")
    if option["type"] != "SEND_BY_SELLER":
        raise Refusal(21008117, "This delivery option is fulfilled by the platform")
    return {"shipping_providers": [{"id": number, "name": name} for number, name in PROVIDERS.items()]}
