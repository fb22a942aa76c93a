"""Words of the stock pages: causes, kinds, what to do about a refusal."""

from datetime import datetime

KINDS = {"on_hand": "on hand", "held": "held", "reserved": "reserved", "allocated": "allocated"}
CAUSES = {
    "webhook": "BigCommerce counted anew",
    "read": "Read from BigCommerce",
    "sweep": "Read from BigCommerce (sweep)",
    "import": "Catalog import",
    "order": "Read from BigCommerce after an order",
    "held": "Order on hold",
    "reserved": "Order to ship",
    "bigcommerce_order": "BigCommerce has the order",
    "shipped": "Shipped",
    "cancelled": "Order cancelled",
    "cancelled_in_part": "Order cancelled in part",
    "counted_off": "Counted off in BigCommerce",
    "kept": "Kept for a promotion",
    "promotion_over": "The promotion is over",
    "promotion_released": "Released by hand",
    "promotion_changed": "Another number for a promotion",
}
VIEWS = {
    "all": "All",
    "low": "Low stock",
    "out": "Nothing to sell",
    "orders": "In orders",
    "unconfirmed": "Not confirmed",
}

WAREHOUSE = frozenset({"12052097", "12052530", "12052531", "12052532", "12052364", "12052555", "12052115"})
BANNED = frozenset({"12052403", "36009002", "36009016"})
SHARED = frozenset({"12052921"})
BUNDLE = frozenset({"12052850"})


def cause(text: str) -> str:
    return CAUSES.get(text, text[:1].upper() + text[1:])


def order_number(reference: str) -> str:
    """The platform's own number of an order reference such as tiktok:576…."""
    return reference.rpartition(":")[2]


def advice(code: str) -> tuple[str, ...]:
    """Steps in the order in which to try them (features S4-35..41)."""
    if code in WAREHOUSE:
        return (
            "Refresh the warehouses of this shop under Settings, then push again.",
            "If the shop is in order and the warehouse still fails, switch it off in the push rule and feed another.",
            "A cross-border seller feeds the overseas warehouse of the global store instead of a local one.",
            "Warehouses without an error need no change.",
        )
    if code in BANNED:
        return ("TikTok has restricted the shop itself, not the warehouse. Look at the shop in Seller Center first.",)
    if code in SHARED:
        return ("TikTok shares this stock with the product it was copied from; push to that shop only.",)
    if code in BUNDLE:
        return ("The stock of a bundle follows from its parts. Leave this product alone in the push rules.",)
    return ("Push again. If it stays, see the evidence of the push under Activities.",)


def ago(moment: datetime | None) -> str:
    return moment.strftime("%-d %b, %H:%M:%S UTC") if moment else "never"
