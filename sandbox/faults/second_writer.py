"""Somebody else who changes products behind the app's back: a colleague, another app, the platform itself."""

import random
import uuid
from collections.abc import Callable
from typing import Any

from sandbox.bigcommerce.platform import BigCommerce
from sandbox.bigcommerce.refusals import Refusal
from sandbox.box import Sandbox
from sandbox.faults.target import PLATFORMS, TIKTOK
from sandbox.faults.values import known, number
from sandbox.state import Document
from sandbox.tiktok import review
from sandbox.tiktok.platform import Platform

TIMER = "faults-second-writer"
WHATS = ("stock", "price", "title", "delete", "status")
FIELDS = ("platform", "what", "count", "seed", "every", "seconds", "store", "shop_id")


class SecondWriter:
    """`write` changes things at once; with `every` it goes on by the sandbox's timers and survives a restart."""

    def __init__(self, box: Sandbox, tiktok: Platform, bigcommerce: BigCommerce) -> None:
        self.box, self.tiktok, self.bigcommerce = box, tiktok, bigcommerce
        self.running = box.state.collection("faults_writers")
        box.timers.on(TIMER, self.again)

    def write(self, given: Document) -> Document:
        """{"changed": ids}; with `every` also the id of the writer that goes on."""
        order = checked(given)
        changed = self.change(order, random.Random(order["seed"]))
        if not order["every"]:
            return {"changed": changed}
        key = uuid.uuid4().hex[:8]
        until = self.box.clock.now() + order["seconds"] if order["seconds"] else None
        self.running[key] = {**order, "id": key, "until": until, "changed": len(changed), "turn": 1}
        self.box.timers.at(self.box.clock.now() + order["every"], TIMER, {"id": key})
        return {"changed": changed, "id": key}

    def again(self, payload: Document) -> None:
        row = self.running.get(payload["id"])
        now = self.box.clock.now()
        if row is None or (row["until"] and now >= row["until"]):
            self.running.pop(payload["id"], None)
            return
        changed = self.change(row, random.Random(f"{row['seed']}:{row['turn']}"))
        self.running[row["id"]] = {**row, "turn": row["turn"] + 1, "changed": row["changed"] + len(changed)}
        self.box.timers.at(now + row["every"], TIMER, payload)

    def stop(self) -> None:
        for key in self.running:
            del self.running[key]

    def change(self, order: Document, dice: random.Random) -> list[Any]:
        """Change up to `count` products, each another; ids in the order they were changed."""
        if order["platform"] == TIKTOK:
            pool: list[Any] = [
                product["id"]
                for product in self.tiktok.products.products.values()
                if product["status"] != "DELETED" and order["shop_id"] in ("", product["shop_id"])
            ]
            act: Callable[[Any, str, random.Random], None] = self._on_tiktok
        else:
            stores = [order["store"]] if order["store"] else list(self.bigcommerce.stores)
            pool = [(store, number) for store in stores for number in self.bigcommerce.catalog(store).ids]
            act = self._in_bigcommerce
        chosen = dice.sample(pool, min(len(pool), order["count"]))
        for subject in chosen:
            act(subject, order["what"], dice)
        return [subject if order["platform"] == TIKTOK else subject[1] for subject in chosen]

    def _in_bigcommerce(self, subject: tuple[str, int], what: str, dice: random.Random) -> None:
        catalog = self.bigcommerce.catalog(subject[0])
        product = catalog.get(subject[1])
        if what == "delete":
            catalog.delete(product["id"])
        elif what == "stock":
            variant = dice.choice(product["variants"])
            catalog.update_variant(variant["id"], {"inventory_level": dice.randrange(100)})
        elif what == "price":
            catalog.update(product["id"], {"price": round(float(product["price"]) * dice.uniform(0.8, 1.2) + 0.01, 2)})
        elif what == "status":
            catalog.update(product["id"], {"is_visible": not product.get("is_visible", True)})
        else:
            catalog.update(product["id"], {"name": another_title(product["name"], dice)})

    def _on_tiktok(self, product_id: str, what: str, dice: random.Random) -> None:
        platform = self.tiktok
        with self.box.state.lock:
            product = {**platform.products.products[product_id], "update_time": platform.now()}
            if what == "stock":
                product["stock"] = {
                    sku: {place: {**row, "quantity": dice.randrange(100)} for place, row in places.items()}
                    for sku, places in product["stock"].items()
                }
            elif what == "price":
                factor = dice.uniform(1.01, 1.2)
                product["prices"] = {sku: dearer(price, factor) for sku, price in product["prices"].items()}
            elif what == "title":
                title = another_title(str(product["content"].get("title", "")), dice)
                product["content"] = {**product["content"], "title": title}
            else:
                product |= {
                    "status": "DELETED" if what == "delete" else "SELLER_DEACTIVATED",
                    "audit": {"status": "NONE"},
                }
            platform.products.put(product)
        if what in ("delete", "status"):
            review.tell_status(platform, product, "PRODUCT_STATUS_CHANGED")
        elif what == "title":
            data = {
                "product_id": int(product_id),
                "change_source": "SELLER",
                "changed_fields": ["title"],
                "update_time": platform.now(),
            }
            platform.webhooks.send(product["shop_id"], "PRODUCT_INFORMATION_CHANGE", data)


def another_title(title: str, dice: random.Random) -> str:
    return f"{title[:80]} · {dice.choice(('new', 'improved', 'second edition', 'restocked'))} {dice.randrange(10_000)}"


def dearer(price: Document, factor: float) -> Document:
    """A price with its amounts raised; amounts are texts with the currency's decimals."""
    changed = dict(price)
    for name in ("amount", "sale_price", "tax_exclusive_price"):
        text = price.get(name)
        if isinstance(text, str) and text:
            places = len(text.partition(".")[2])
            changed[name] = f"{float(text) * factor:.{places}f}"
    return changed


def checked(given: Document) -> Document:
    known(given, FIELDS)
    if given.get("platform") not in PLATFORMS:
        raise Refusal(422, "Unknown platform", {"platform": f"one of {', '.join(PLATFORMS)}"})
    if given.get("what") not in WHATS:
        raise Refusal(422, "Unknown change", {"what": f"one of {', '.join(WHATS)}"})
    return {
        "platform": given["platform"],
        "what": given["what"],
        "count": int(number(given, "count", 1, 100_000, 1)),
        "seed": given.get("seed") if given.get("seed") is not None else 1,
        "every": number(given, "every", 0.2, 86_400, None),
        "seconds": number(given, "seconds", 0, 10_000_000, None),
        "store": str(given.get("store") or ""),
        "shop_id": str(given.get("shop_id") or ""),
    }
