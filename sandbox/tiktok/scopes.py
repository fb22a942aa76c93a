"""The scope keys of the API and what the consent page calls them (reference 1.12)."""

AUTHORIZATION, SHOP_INFO, LOGISTICS = "seller.authorization.info", "seller.shop.info", "seller.logistics"
PRODUCT_READ, PRODUCT_WRITE, PRODUCT_DELETE = "seller.product.basic", "seller.product.write", "seller.product.delete"
ORDERS, AFTER_SALES, FINANCE = "seller.order.info", "seller.return_refund.basic", "seller.finance.info"
EXTERNAL_READ, EXTERNAL_WRITE = "seller.order.ext_ref.read", "seller.order.ext_ref.write"
FULFILMENT, PACKAGES = "seller.fulfillment.basic", "seller.fulfillment.package.write"
DELIVERY = "seller.delivery.status.write"
GLOBAL_READ, GLOBAL_WRITE = "seller.global_product.info", "seller.global_product.write"
GLOBAL_DELETE = "seller.global_product.delete"

SCOPES: dict[str, tuple[str, ...]] = {
    "Seller": (AUTHORIZATION, SHOP_INFO),
    "Products": (PRODUCT_READ, PRODUCT_WRITE, PRODUCT_DELETE, "serller.product.optimize"),
    "Orders": (ORDERS, EXTERNAL_READ, EXTERNAL_WRITE, AFTER_SALES),
    "Shipping": (LOGISTICS, FULFILMENT, PACKAGES, DELIVERY),
    "Finance": (FINANCE,),
    "Global products": (GLOBAL_READ, GLOBAL_WRITE, GLOBAL_DELETE),
}

ALL_SCOPES: tuple[str, ...] = tuple(key for keys in SCOPES.values() for key in keys)
