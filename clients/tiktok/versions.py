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
    "upload_file": Endpoint("POST", "/product/202309/files/upload", "seller"),
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
    # Global sellers (reference 4.13, 4.14)
    "listing_rules": Endpoint("GET", "/product/202507/global_listing_rules", "shop"),
    "search_global_products": Endpoint("POST", "/product/202312/global_products/search", "seller"),
    "global_product": Endpoint("GET", "/product/202309/global_products/{global_product_id}", "seller"),
    "webhooks": Endpoint("GET", "/event/202309/webhooks", "shop"),
    "put_webhook": Endpoint("PUT", "/event/202309/webhooks", "shop"),
    # Orders (reference 5.1, 5.4, 5.5)
    "search_orders": Endpoint("POST", "/order/202309/orders/search", "shop"),
    "orders": Endpoint("GET", "/order/202507/orders", "shop"),
    "price_detail": Endpoint("GET", "/order/202407/orders/{order_id}/price_detail", "shop"),
    "put_external_orders": Endpoint("POST", "/order/202406/orders/external_orders", "shop"),
    "external_orders": Endpoint("GET", "/order/202406/orders/{order_id}/external_orders", "shop"),
    "find_by_external_order": Endpoint("POST", "/order/202406/orders/external_order_search", "shop"),
    # Fulfilment (reference 6.2) and carriers (3.3, 3.4)
    "search_packages": Endpoint("POST", "/fulfillment/202309/packages/search", "shop"),
    "package": Endpoint("GET", "/fulfillment/202309/packages/{package_id}", "shop"),
    "ship_package": Endpoint("POST", "/fulfillment/202309/packages/{package_id}/ship", "shop"),
    "ship_packages": Endpoint("POST", "/fulfillment/202309/packages/ship", "shop"),
    "mark_shipped": Endpoint("POST", "/fulfillment/202309/orders/{order_id}/packages", "shop"),
    "update_package_shipping": Endpoint(
        "POST", "/fulfillment/202309/packages/{package_id}/shipping_info/update", "shop"
    ),
    "update_order_shipping": Endpoint("POST", "/fulfillment/202309/orders/{order_id}/shipping_info/update", "shop"),
    "handover_slots": Endpoint("GET", "/fulfillment/202309/packages/{package_id}/handover_time_slots", "shop"),
    "shipping_document": Endpoint("GET", "/fulfillment/202309/packages/{package_id}/shipping_documents", "shop"),
    "split_attributes": Endpoint("GET", "/fulfillment/202309/orders/split_attributes", "shop"),
    "split_order": Endpoint("POST", "/fulfillment/202309/orders/{order_id}/split", "shop"),
    "combinable_packages": Endpoint("GET", "/fulfillment/202309/combinable_packages/search", "shop"),
    "combine_packages": Endpoint("POST", "/fulfillment/202309/packages/combine", "shop"),
    "uncombine_package": Endpoint("POST", "/fulfillment/202309/packages/{package_id}/uncombine", "shop"),
    "tracking": Endpoint("GET", "/fulfillment/202309/orders/{order_id}/tracking", "shop"),
    "shipping_services": Endpoint("POST", "/fulfillment/202309/orders/{order_id}/shipping_services/query", "shop"),
    "create_package": Endpoint("POST", "/fulfillment/202512/packages", "shop"),
    "deliver": Endpoint("POST", "/fulfillment/202309/packages/deliver", "shop"),
    "delivery_options": Endpoint("GET", "/logistics/202309/warehouses/{warehouse_id}/delivery_options", "shop"),
    "shipping_providers": Endpoint(
        "GET", "/logistics/202309/delivery_options/{delivery_option_id}/shipping_providers", "shop"
    ),
    # Returns, refunds, cancellations (reference 7.1)
    "search_returns": Endpoint("POST", "/return_refund/202602/returns/search", "shop"),
    "return_records": Endpoint("GET", "/return_refund/202309/returns/{return_id}/records", "shop"),
    "create_return": Endpoint("POST", "/return_refund/202602/returns", "shop"),
    "approve_return": Endpoint("POST", "/return_refund/202309/returns/{return_id}/approve", "shop"),
    "reject_return": Endpoint("POST", "/return_refund/202309/returns/{return_id}/reject", "shop"),
    "search_cancellations": Endpoint("POST", "/return_refund/202602/cancellations/search", "shop"),
    "cancel_order": Endpoint("POST", "/return_refund/202602/cancellations", "shop"),
    "approve_cancellation": Endpoint("POST", "/return_refund/202309/cancellations/{cancel_id}/approve", "shop"),
    "reject_cancellation": Endpoint("POST", "/return_refund/202309/cancellations/{cancel_id}/reject", "shop"),
    "reject_reasons": Endpoint("GET", "/return_refund/202309/reject_reasons", "shop"),
    "decisions": Endpoint("GET", "/return_refund/202601/decision_eligibility", "shop"),
    "eligibility": Endpoint("GET", "/return_refund/202602/orders/{order_id}/aftersale_eligibility", "shop"),
    "calculate_refund": Endpoint("POST", "/return_refund/202602/refunds/calculate", "shop"),
    # Finance (reference 8)
    "statements": Endpoint("GET", "/finance/202309/statements", "shop"),
    "payments": Endpoint("GET", "/finance/202605/payments", "shop"),
    "withdrawals": Endpoint("GET", "/finance/202309/withdrawals", "shop"),
    "order_transactions": Endpoint("GET", "/finance/202501/orders/{order_id}/statement_transactions", "shop"),
    "statement_transactions": Endpoint(
        "GET", "/finance/202501/statements/{statement_id}/statement_transactions", "shop"
    ),
    "unsettled_orders": Endpoint("GET", "/finance/202507/orders/unsettled", "shop"),
}
