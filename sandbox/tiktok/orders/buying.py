"""A buyer buys: the order with one line per unit, its money, its deadlines; stock is committed (reference 5, 11.6)."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sandbox.tiktok.orders import machine, stock_moves
from sandbox.tiktok.orders.amounts import NOTHING, SHIPPING_FEES, priced, text
from sandbox.tiktok.orders.people import BUYERS, address_of, buyer
from sandbox.tiktok.orders.store import LINE_BASE, ORDER_BASE
from sandbox.tiktok.orders.turn import Turn

if TYPE_CHECKING:
    from sandbox.tiktok.platform import Platform

Document = dict[str, Any]

KINDS = ("NORMAL", "FBT", "SAMPLE", "PRE_ORDER", "GIFT")
UNITS_MAXIMUM = 100
FBT_WAREHOUSE = "7000000000000009901"


def buy(platform: Platform, wish: Document) -> Document:
    """Place an order. `shop_id`; `items` [{sku_id, quantity}] or `sku_id`, `quantity`; and, as wished, `warehouse_id`,
    `buyer` (number), `message`, `kind` (NORMAL, FBT, SAMPLE, PRE_ORDER, GIFT), `shipping` (SELLER or TIKTOK), `masked`,
    `pay` (default true), `hold` (default true), `seller_discount` and `platform_discount` in percent, `shipping_fee`,
    `release_days` of a pre-order, `collection_point`, `cod`. ValueError says why nothing can be bought."""
    with Turn(platform) as turn:
        order = place(turn, wish)
        if wish.get("pay", True):
            order = machine.pay(turn, order["id"], turn.now)
            if not wish.get("hold", True):
                machine.release(turn, order["id"], turn.now)
        return turn.order(order["id"])


def place(turn: Turn, wish: Document) -> Document:
    """The unpaid order, stored and told."""
    platform = turn.platform
    shop = platform.shops[str(wish["shop_id"])]
    kind = str(wish.get("kind") or "NORMAL")
    if kind not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}")
    if kind == "PRE_ORDER" and shop["region"] != "US":
        raise ValueError("Pre-orders exist in the United States only")
    items = wish.get("items") or [{"sku_id": wish["sku_id"], "quantity": wish.get("quantity") or 1}]
    chosen = [(_offer(platform, shop, str(item["sku_id"])), int(item.get("quantity") or 1)) for item in items]
    if not all(1 <= quantity <= UNITS_MAXIMUM for _, quantity in chosen):
        raise ValueError(f"A quantity is between 1 and {UNITS_MAXIMUM}")
    warehouse = FBT_WAREHOUSE if kind == "FBT" else _warehouse(chosen, str(wish.get("warehouse_id") or ""))
    order = _order(turn, shop, kind, wish, warehouse)
    order["lines"] = [
        _line(turn, order, shop, product, sku, kind, wish)
        for (product, sku), quantity in chosen
        for _ in range(quantity)
    ]
    order["shipping_list_fee"] = _shipping_fee(platform, shop, kind, wish)
    stock_moves.commit(platform, order)
    order = turn.save(order)
    turn.plan(turn.now + machine.PAY_WITHIN, "unpaid", order["id"])
    return order


def replace(turn: Turn, source: Document, line_ids: set[str], at: float) -> Document:
    """The order that sends the same goods again, at no price and ready to ship."""
    shop = turn.platform.shops[source["shop_id"]]
    order = _order(turn, shop, "NORMAL", {"buyer": source["buyer"]["number"]}, source["warehouse_id"])
    order |= {
        "is_replacement_order": True,
        "replaced_order_id": source["id"],
        "address": source["address"],
        "shipping_list_fee": text(NOTHING, turn.platform.market(shop)),
    }
    order["lines"] = [
        {
            **line,
            "id": turn.store.number(LINE_BASE),
            **priced(turn.platform.market(shop), NOTHING, 0, 0),
            "display_status": "UNPAID",
            "package_id": "",
            "committed": True,
            "rts_time": 0,
        }
        for line in source["lines"]
        if line["id"] in line_ids
    ]
    stock_moves.commit(turn.platform, order)
    order = turn.save(order)
    return machine.pay(turn, order["id"], at)


def _offer(platform: Platform, shop: Document, sku_id: str) -> tuple[Document, Document]:
    """A SKU that buyers can see."""
    product = platform.products.get(platform.products.by_sku.get(sku_id, ""))
    if product is None or product["shop_id"] != shop["id"]:
        raise ValueError(f"{shop['name']} offers no SKU {sku_id}")
    if product["status"] != "ACTIVATE" or sku_id in product["switched_off"]:
        raise ValueError(f"{product['content']['title']} is not live")
    sku = next((sku for sku in product["content"]["skus"] if sku["id"] == sku_id), None)
    if sku is None:
        raise ValueError(f"The SKU {sku_id} is not live")
    return product, sku


def _warehouse(chosen: list[tuple[tuple[Document, Document], int]], wished: str) -> str:
    """One place that has everything; an order leaves from one place."""
    wanted: dict[str, tuple[Document, int]] = {}
    for (product, sku), quantity in chosen:
        wanted[sku["id"]] = (product, wanted.get(sku["id"], (product, 0))[1] + quantity)
    first = next(iter(wanted))
    places = [wished] if wished else list(wanted[first][0]["stock"].get(first, {}))
    for place in places:
        if all(stock_moves.available(product, sku_id, place) >= number for sku_id, (product, number) in wanted.items()):
            return place
    raise ValueError(f"{wanted[first][0]['content']['title']} is sold out: no warehouse has that many")


def _shipping_fee(platform: Platform, shop: Document, kind: str, wish: Document) -> str:
    market = platform.market(shop)
    given = wish.get("shipping_fee")
    fee = (
        NOTHING if kind == "SAMPLE" else Decimal(str(SHIPPING_FEES[market.currency] if given in (None, "") else given))
    )
    if fee < 0:
        raise ValueError("A shipping fee is not negative")
    return text(fee, market)


def _order(turn: Turn, shop: Document, kind: str, wish: Document, warehouse: str) -> Document:
    number = wish.get("buyer")
    person = buyer(shop["region"], random.randrange(BUYERS) if number in (None, "") else int(str(number)))
    fbt = kind == "FBT"
    shipping = str(wish.get("shipping") or ("TIKTOK" if fbt or shop["region"] == "ID" else "SELLER"))
    if shipping not in {"SELLER", "TIKTOK"}:
        raise ValueError("shipping must be SELLER or TIKTOK")
    option = {"SELLER": "SEND_BY_SELLER", "TIKTOK": "STANDARD"}[shipping]
    delivery = next((row for row in turn.platform.delivery_options[shop["id"]] if row["type"] == option), None)
    days = int(wish.get("release_days") or 0) or 10
    return {
        "id": turn.store.number(ORDER_BASE),
        "shop_id": shop["id"],
        "create_time": turn.now,
        "update_time": turn.now,
        "paid_time": 0,
        "held": False,
        "kind": kind,
        "order_type": "PRE_ORDER" if kind == "PRE_ORDER" else "NORMAL",
        "release_date": turn.now + days * machine.DAY if kind == "PRE_ORDER" else 0,
        "fulfillment_type": "FULFILLMENT_BY_TIKTOK" if fbt else "FULFILLMENT_BY_SELLER",
        "shipping_type": shipping,
        "delivery_type": "COLLECTION_POINT" if wish.get("collection_point") else "HOME_DELIVERY",
        "delivery_option_id": (delivery or {}).get("id", ""),
        "delivery_option_name": (delivery or {}).get("name", ""),
        "warehouse_id": warehouse,
        "takes_stock": not fbt,
        "masked": bool(wish.get("masked")) or fbt or shipping == "TIKTOK",
        "buyer": {name: person[name] for name in ("number", "user_id", "email", "nickname")},
        "message": str(wish.get("message") or ""),
        "address": address_of(person),
        "address_changed": False,
        "is_cod": bool(wish.get("cod")),
        "is_sample_order": kind == "SAMPLE",
        "is_replacement_order": False,
        "replaced_order_id": "",
        "is_buyer_request_cancel": False,
        "request_cancel_time": 0,
        "cancellation_initiator": "",
        "cancel_reason": "",
        "cancel_time": 0,
        "completed_time": 0,
        "shipping_platform_discount": text(NOTHING, turn.platform.market(shop)),
        "combine_group": "",
        "lines": [],
        **dict.fromkeys(
            (
                "rts_sla_time",
                "tts_sla_time",
                "rts_time",
                "cancel_order_sla_time",
                "shipping_due_time",
                "collection_due_time",
                "delivery_due_time",
                "delivery_sla_time",
                "collection_time",
                "delivery_time",
            ),
            0,
        ),
    }


def _line(
    turn: Turn, order: Document, shop: Document, product: Document, sku: Document, kind: str, wish: Document
) -> Document:
    market = turn.platform.market(shop)
    price = Decimal(product["prices"][sku["id"]]["sale_price"])
    pictures = [row["sku_img"]["uri"] for row in sku["sales_attributes"] if row.get("sku_img")]
    pictures += [row["uri"] for row in product["content"]["main_images"]]
    known = turn.platform.media.image(pictures[0]) if pictures else None
    free = kind in {"SAMPLE", "GIFT"}
    return {
        "id": turn.store.number(LINE_BASE),
        "product_id": product["id"],
        "product_name": product["content"].get("title", ""),
        "sku_id": sku["id"],
        "sku_name": ", ".join(row["value_name"] for row in sku["sales_attributes"]) or "Default",
        "sku_image": known["url"] if known else "",
        "seller_sku": sku.get("seller_sku", ""),
        **priced(market, NOTHING if free else price, wish.get("seller_discount"), wish.get("platform_discount")),
        "display_status": "UNPAID",
        "package_id": "",
        "rts_time": 0,
        "cancel_reason": "",
        "cancel_user": "",
        "is_gift": kind == "GIFT",
        "gift_retail_price": text(price, market) if kind == "GIFT" else "",
        "sku_type": "PRE_ORDER" if kind == "PRE_ORDER" else "NORMAL",
        "committed": order["takes_stock"],
    }
