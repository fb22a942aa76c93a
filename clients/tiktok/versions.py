"""Which version of each endpoint we call (reference 4.1), and whether it wants the shop's cipher (reference 1.6)."""

from typing import Literal, NamedTuple

Level = Literal["shop", "seller"]


class Endpoint(NamedTuple):
    method: str
    path: str  # a template; the rate budget counts by it
    level: Level


ENDPOINTS: dict[str, Endpoint] = {
    "shops": Endpoint("GET", "/authorization/202309/shops", "seller"),
    "permissions": Endpoint("GET", "/seller/202309/permissions", "seller"),
    "warehouses": Endpoint("GET", "/logistics/202309/warehouses", "shop"),
    "prerequisites": Endpoint("GET", "/product/202312/prerequisites", "shop"),
    "categories": Endpoint("GET", "/product/202309/categories", "shop"),
    "category_rules": Endpoint("GET", "/product/202309/categories/{category_id}/rules", "shop"),
    "category_attributes": Endpoint("GET", "/product/202309/categories/{category_id}/attributes", "shop"),
    "brands": Endpoint("GET", "/product/202309/brands", "shop"),
    "upload_image": Endpoint("POST", "/product/202309/images/upload", "seller"),
    "create_product": Endpoint("POST", "/product/202309/products", "shop"),
    "edit_product": Endpoint("PUT", "/product/202509/products/{product_id}", "shop"),
    "partial_edit": Endpoint("POST", "/product/202509/products/{product_id}/partial_edit", "shop"),
    "get_product": Endpoint("GET", "/product/202309/products/{product_id}", "shop"),
    "search_products": Endpoint("POST", "/product/202502/products/search", "shop"),
    "activate": Endpoint("POST", "/product/202309/products/activate", "shop"),
    "deactivate": Endpoint("POST", "/product/202309/products/deactivate", "shop"),
    "delete": Endpoint("DELETE", "/product/202309/products", "shop"),
    "recover": Endpoint("POST", "/product/202309/products/recover", "shop"),
    "update_inventory": Endpoint("POST", "/product/202309/products/{product_id}/inventory/update", "shop"),
    "update_prices": Endpoint("POST", "/product/202309/products/{product_id}/prices/update", "shop"),
    "inventory": Endpoint("POST", "/product/202309/inventory/search", "shop"),
    "webhooks": Endpoint("GET", "/event/202309/webhooks", "shop"),
    "put_webhook": Endpoint("PUT", "/event/202309/webhooks", "shop"),
}
