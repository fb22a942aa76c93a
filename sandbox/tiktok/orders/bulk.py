"""Many buyers at once: orders drawn from what is live and in stock."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from sandbox.tiktok.orders import machine
from sandbox.tiktok.orders.buying import place
from sandbox.tiktok.orders.people import BUYERS
from sandbox.tiktok.orders.turn import Turn

if TYPE_CHECKING:
    from sandbox.tiktok.platform import Platform

Document = dict[str, Any]

MAXIMUM, TOGETHER = 20_000, 50


def buy_many(platform: Platform, wish: Document) -> Document:
    """`shop_id`, `number`, `seed`, and what `buy` takes; answers how many were bought before the stock ran out."""
    number = int(wish.get("number") or 1000)
    if not 1 <= number <= MAXIMUM:
        raise ValueError(f"number must be between 1 and {MAXIMUM:,}")
    shop_id, chance = str(wish["shop_id"]), random.Random(int(wish.get("seed") or 1))
    platform.shops[shop_id]
    bought: list[str] = []
    shelf = _shelf(platform, shop_id)
    while shelf and len(bought) < number:
        with Turn(platform) as turn:  # some at a time, so that callers get their turn as well
            for _ in range(min(TOGETHER, number - len(bought))):
                order = _one(turn, wish, shelf, chance)
                if order is None:
                    break
                bought.append(order["id"])
    return {"bought": len(bought), "wanted": number, "order_ids": bought}


def _shelf(platform: Platform, shop_id: str) -> list[str]:
    """The SKUs that can be bought."""
    found = []
    for product_id in platform.products.ids_of(shop_id):
        product = platform.products.products[product_id]
        if product["status"] == "ACTIVATE":
            found += [
                sku["id"]
                for sku in product["content"]["skus"]
                if sku["id"] not in product["switched_off"]
                and any(place["quantity"] for place in product["stock"].get(sku["id"], {}).values())
            ]
    return found


def _one(turn: Turn, wish: Document, shelf: list[str], chance: random.Random) -> Document | None:
    """An order of one to three units of something; SKUs that are sold out leave the shelf."""
    while shelf:
        sku_id = chance.choice(shelf)
        wanted = {"buyer": chance.randrange(BUYERS), "quantity": chance.choice((1, 1, 1, 2, 3)), **wish}
        for quantity in (wanted["quantity"], 1):
            try:
                order = place(turn, {**wanted, "sku_id": sku_id, "quantity": quantity})
            except ValueError:
                continue
            if wish.get("pay", True):
                machine.pay(turn, order["id"], turn.now)
                if not wish.get("hold", True):
                    machine.release(turn, order["id"], turn.now)
            return turn.order(order["id"])
        shelf.remove(sku_id)
    return None
