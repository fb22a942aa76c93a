"""How far somebody is: which steps were begun and seen, kept across restarts, and the faults that a step has set."""

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from flask import Flask, current_app

from sandbox.bigcommerce.platform import BigCommerce
from sandbox.box import Sandbox
from sandbox.faults.middleware import Faults
from sandbox.state import Document
from sandbox.tiktok.platform import Platform
from sandbox.tour.witness import Witness

if TYPE_CHECKING:
    from sandbox.tour.step import Step


@dataclass(frozen=True)
class Finding:
    """`seen`: the sandbox's own truth shows it. `wrong`: it shows that the promise was broken."""

    seen: bool
    words: str
    wrong: bool = False


class Guide:
    """The tour's memory and its reach into both platforms."""

    def __init__(self, app: Flask, box: Sandbox, witness: Witness) -> None:
        self.box, self.witness = box, witness
        self.bigcommerce: BigCommerce = app.extensions["bigcommerce"]
        self.tiktok: Platform = app.extensions["tiktok"]
        self.faults: Faults = app.extensions["faults"]
        self.rows = box.state.collection("tour")

    def progress(self, code: str) -> Document:
        """{"began", "box_began" (the sandbox's time), "seen", "words", and what the step keeps for itself}"""
        return dict(self.rows.get(code, {}))

    def keep(self, code: str, **facts: object) -> None:
        self.rows[code] = {**self.progress(code), **facts}

    def begin(self, step: "Step") -> None:
        """Set what the step wants to go wrong, after ending what an earlier one set."""
        self.calm()
        self.rows[step.code] = {"began": time.time(), "box_began": int(self.box.clock.now()), "active": True}
        if step.cause is not None:
            self.keep(step.code, **step.cause(self))

    def look(self, step: "Step") -> Finding:
        """What there is to see now; what was seen once stays seen."""
        row = self.progress(step.code)
        if row.get("seen"):
            return Finding(True, row["words"])
        if step.check is None:
            return Finding(False, "Only you can see this: press “I have seen it” when you have.")
        if step.button and not row.get("began"):
            return Finding(False, f"Press “{step.button}” first.")
        found = step.check(self, row)
        if found.seen:
            self.keep(step.code, seen=time.time(), words=found.words)
        return found

    def tick(self, code: str) -> None:
        self.keep(code, seen=time.time(), words="You have seen it.")

    def is_seen(self, code: str) -> bool:
        return bool(self.rows.get(code, {}).get("seen"))

    def is_active(self, code: str) -> bool:
        """What the step has set is still set."""
        return bool(self.rows.get(code, {}).get("active"))

    def calm(self) -> None:
        """All faults end, verdicts are kind again, and limits that a step lowered are what they were."""
        self.faults.quiet()
        self.tiktok.turn(policy="approve", share=0.0, review_seconds=None)
        for code in self.rows:
            row = self.rows[code]
            for shop_id, limit in row.get("limits", {}).items():
                self.tiktok.change_shop(shop_id, daily_listings=limit)
            if row.get("active"):
                self.rows[code] = {name: value for name, value in row.items() if name not in ("active", "limits")}

    def start_again(self) -> None:
        self.calm()
        for code in self.rows:
            del self.rows[code]
        self.witness.forget()

    def shops(self) -> list[Document]:
        """Shops whose sellers have authorized the app."""
        return [shop for shop in self.tiktok.shops.values() if self.authorized(shop["seller_id"])]

    def authorized(self, seller_id: str) -> bool:
        return self.tiktok.authorizations.is_authorized(seller_id)


def guide() -> Guide:
    return cast(Guide, current_app.extensions["tour"])
