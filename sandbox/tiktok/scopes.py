"""The scope keys of the API and what the consent page calls them (reference 1.12)."""

AUTHORIZATION, SHOP_INFO, LOGISTICS = "seller.authorization.info", "seller.shop.info", "seller.logistics"
PRODUCT_READ, PRODUCT_WRITE, PRODUCT_DELETE = "seller.product.basic", "seller.product.write", "seller.product.delete"

SCOPES: dict[str, tuple[str, ...]] = {
    "Seller": (AUTHORIZATION, SHOP_INFO),
    "Products": (PRODUCT_READ, PRODUCT_WRITE, PRODUCT_DELETE, "serller.product.optimize"),
    "Orders": (
        "seller.order.info",
        "seller.order.ext_ref.read",
        "seller.order.ext_ref.write",
        "seller.return_refund.basic",
    ),
    "Shipping": (
        LOGISTICS,
        "seller.fulfillment.basic",
        "seller.fulfillment.package.write",
        "seller.delivery.status.write",
    ),
    "Finance": ("seller.finance.info",),
}

ALL_SCOPES: tuple[str, ...] = tuple(key for keys in SCOPES.values() for key in keys)
