"""What each kind of shop allows: one table, asked by pages and services alike (features S1, C-11..C-13, C-27)."""

from dataclasses import dataclass
from enum import StrEnum


class ShopKind(StrEnum):
    """Who runs the shop."""

    LOCAL = "local"
    GLOBAL_SELLER = "global_seller"
    SEMI_CONSIGNMENT = "semi_consignment"


class Capability(StrEnum):
    """Things a person may want to do."""

    PUBLISH = "publish"
    PUBLISH_FROM_DRAFT = "publish_from_draft"
    PUBLISH_TO_SEMI_CONSIGNMENT = "publish_to_semi_consignment"
    COPY_FROM = "copy_from"
    COPY_TO = "copy_to"
    EDIT_CONTENT = "edit_content"
    EDIT_PRICE = "edit_price"
    EDIT_STOCK = "edit_stock"
    PUSH_STOCK = "push_stock"
    ACTIVATE = "activate"
    DEACTIVATE = "deactivate"
    DELETE = "delete"
    RECOVER = "recover"
    SYNC_PRODUCT = "sync_product"
    EXPORT_PRODUCTS = "export_products"
    IMPORT_STOCK = "import_stock"
    CHANGE_WAREHOUSE_MAPPING = "change_warehouse_mapping"
    SHIP_ORDERS = "ship_orders"
    SPLIT_ORDERS = "split_orders"
    COMBINE_ORDERS = "combine_orders"
    VOID_ORDERS = "void_orders"
    AUTO_PACK = "auto_pack"
    ADD_GIFTS = "add_gifts"
    MARK_ORDERS = "mark_orders"
    GIFT_RULES = "gift_rules"
    MARK_RULES = "mark_rules"
    CANCEL_ORDERS = "cancel_orders"
    SEE_RETURNS = "see_returns"
    ACCEPT_RETURNS = "accept_returns"
    SEE_PROFIT = "see_profit"
    SET_PROFIT = "set_profit"
    OPEN_SELLER_CENTER = "open_seller_center"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`reason` says why not, or under which condition."""

    yes: bool
    reason: str = ""

    def __bool__(self) -> bool:
        """As `yes`."""
        return self.yes


_YES = Verdict(True)
_ASK = "TikTok runs this semi-consignment store. Ask your TikTok account manager."
_NOT_SUPPORTED = "TikTok does not support this for semi-consignment stores."

_SEMI_CONSIGNMENT: dict[Capability, Verdict] = {
    Capability.PUBLISH: Verdict(True, "Only products that are live in the paired local store."),
    Capability.PUBLISH_FROM_DRAFT: Verdict(
        False, "Publish the product in the local store first; drafts cannot be sent here."
    ),
    Capability.PUBLISH_TO_SEMI_CONSIGNMENT: Verdict(False, "Publish from a local store to this one, not from it."),
    Capability.COPY_FROM: Verdict(False, "Copy from the local store it is paired with."),
    Capability.COPY_TO: Verdict(False, "Products come here from the paired local store, by publishing to it."),
    Capability.EDIT_CONTENT: Verdict(False, f"Only the stock can be edited here. {_ASK}"),
    Capability.EDIT_PRICE: Verdict(False, f"Prices of a semi-consignment store are set by TikTok. {_ASK}"),
    Capability.ACTIVATE: Verdict(False, _ASK),
    Capability.DEACTIVATE: Verdict(
        False, f"Products of a semi-consignment store cannot be taken off sale here. {_ASK}"
    ),
    Capability.DELETE: Verdict(False, f"Products of a semi-consignment store cannot be deleted here. {_ASK}"),
    Capability.RECOVER: Verdict(False, _ASK),
    Capability.CHANGE_WAREHOUSE_MAPPING: Verdict(
        False, f"The pairing of stores and warehouses is fixed by TikTok. {_ASK}"
    ),
    Capability.GIFT_RULES: Verdict(False, f"{_NOT_SUPPORTED} Gifts can be added to an order by hand."),
    Capability.MARK_RULES: Verdict(False, f"{_NOT_SUPPORTED} Orders can be marked by hand."),
    Capability.CANCEL_ORDERS: Verdict(True, "Only because the goods are out of stock."),
    Capability.ACCEPT_RETURNS: Verdict(False, f"Returns are handled by TikTok. {_ASK}"),
    Capability.SEE_PROFIT: Verdict(False, f"Profit is not available. {_NOT_SUPPORTED}"),
    Capability.SET_PROFIT: Verdict(False, _NOT_SUPPORTED),
    Capability.OPEN_SELLER_CENTER: Verdict(
        False, "Semi-consignment stores have no Seller Center; they are handled here only."
    ),
}

_GLOBAL_SELLER: dict[Capability, Verdict] = {
    Capability.PUBLISH: Verdict(True, "Where TikTok has moved the shop to local publishing."),
    Capability.PUBLISH_TO_SEMI_CONSIGNMENT: Verdict(
        False, "Only local stores are paired with semi-consignment stores."
    ),
}

_LOCAL: dict[Capability, Verdict] = {
    Capability.PUBLISH_TO_SEMI_CONSIGNMENT: Verdict(True, "Only live products, in Indonesia, to a paired store."),
}

TABLE: dict[ShopKind, dict[Capability, Verdict]] = {
    kind: {capability: exceptions.get(capability, _YES) for capability in Capability}
    for kind, exceptions in (
        (ShopKind.LOCAL, _LOCAL),
        (ShopKind.GLOBAL_SELLER, _GLOBAL_SELLER),
        (ShopKind.SEMI_CONSIGNMENT, _SEMI_CONSIGNMENT),
    )
}


def allowed(kind: ShopKind | str, capability: Capability | str) -> Verdict:
    """Whether a shop of this kind can do it, and why not. Unknown names raise ValueError."""
    return TABLE[ShopKind(kind)][Capability(capability)]


WORDS: dict[ShopKind, str] = {
    ShopKind.LOCAL: "Local store",
    ShopKind.GLOBAL_SELLER: "Global seller",
    ShopKind.SEMI_CONSIGNMENT: "Semi-consignment store",
}
