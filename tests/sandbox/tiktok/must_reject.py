"""One row of a "must reject" table: the smallest change to a sound request, and exactly what the sandbox answers."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from sandbox.tiktok.platform import Platform
from tests.sandbox.tiktok.conftest import US, Document, Shop, picture, plain_mug

CREATE = "/product/202309/products"
CHECK = "/product/202309/products/listing_check"
SEARCH = "/product/202502/products/search"
SHOPS = "/authorization/202309/shops"
UPLOAD = "/product/202309/images/upload"
NO_BODY = "no-body"


class World:
    """A sandbox of its own for each row, with the established shop of the United States connected."""

    def __init__(self, http: FlaskClient, shared: Platform, patch: pytest.MonkeyPatch) -> None:
        self.http, self.shared, self.patch = http, shared, patch
        shared.rate.calls = 100_000  # the row about the rate sets its own

    @cached_property
    def us(self) -> Shop:
        return self.shop(US)

    @cached_property
    def mug(self) -> Document:
        """The smallest product that passes."""
        return plain_mug(self.us)

    def shop(self, shop_id: str) -> Shop:
        return Shop(self.http, self.shared, shop_id)

    def search(self, **options: Any) -> TestResponse:
        """A sound search; the options change it."""
        query = {"page_size": "10", **options.pop("query", {})}
        body, path = options.pop("body", {"status": "ALL"}), options.pop("path", SEARCH)
        answer: TestResponse = self.us.send("POST", path, body, query=query, **options)
        return answer

    def made(self, **changes: Any) -> str:
        """A product that was taken and waits for its review."""
        return str(self.us.data("POST", CREATE, {**copy.deepcopy(self.mug), **changes})["product_id"])

    def live(self, **changes: Any) -> str:
        number = self.made(**changes)
        self.shared.box.clock.advance(10)
        self.shared.box.timers.run_due()
        assert self.product(number)["status"] == "ACTIVATE"
        return number

    def product(self, number: str) -> Document:
        found: Document = self.shared.products.products[number]
        return found

    def put(self, number: str, **changes: Any) -> str:
        """The product as the platform itself changed it."""
        self.shared.products.put({**self.product(number), **changes})
        return number

    def sku(self, number: str) -> str:
        return str(self.product(number)["content"]["skus"][0]["id"])

    def upload(self, content: bytes, use_case: str = "MAIN_IMAGE") -> str:
        return str(self.us.upload(content, use_case)["data"]["uri"])

    def picture(self, width: int, height: int) -> str:
        """Kept as it is; a main image would have been converted or refused."""
        return self.upload(picture(width, height), "DESCRIPTION_IMAGE")


Act = Callable[[World], TestResponse]
Change = Callable[[Document, World], Any]


@dataclass(frozen=True)
class Case:
    """`row` is a row of the reference (`11.3-4`) or, for what the tables leave out, the section that names the code."""

    row: str
    name: str
    code: str
    act: Act
    status: int = 200

    def __str__(self) -> str:
        return f"{self.row} {self.name}".replace(" ", "-")


def outcome(answer: TestResponse) -> tuple[str, int]:
    """(code, HTTP status): of the envelope, the first reason of a batch that tells failures, a redirect's `error`."""
    if answer.status_code == 303:
        return parse_qs(urlsplit(answer.headers["Location"]).query)["error"][0], 303
    if not answer.data:
        return NO_BODY, answer.status_code
    told = answer.get_json()
    errors = (told["data"] or {}).get("errors") or [] if told["code"] == 0 else []
    if not errors:
        assert told["data"] is None or told["code"] == 0, "a refusal carries no data"
        return str(told["code"]), answer.status_code
    first = (errors[0].get("detail", {}).get("extra_errors") or errors)[0]
    return str(first["code"]), answer.status_code


def prove(case: Case, world: World) -> None:
    found = outcome(case.act(world))
    assert found == (case.code, case.status), found


def creating(row: str, name: str, change: Change, code: int, shop_id: str = US) -> Case:
    """Create with one change to the sound product; the listing check must name the same reason."""

    def act(world: World) -> TestResponse:
        shop = world.us if shop_id == US else world.shop(shop_id)
        body = copy.deepcopy(world.mug) if shop_id == US else plain_mug(shop)
        change(body, world)
        answer: TestResponse = shop.send("POST", CREATE, body)
        told = answer.get_json()["code"]
        if told not in (0, 98001004):
            reasons = shop.data("POST", CHECK, body)["fail_reasons"]
            assert told in {reason["code"] for reason in reasons}
        return answer

    return Case(row, name, str(code), act)


def set_(**changes: Any) -> Change:
    return lambda body, world: body.update(copy.deepcopy(changes))


def without(name: str) -> Change:
    return lambda body, world: body.pop(name)


def sku(**changes: Any) -> Change:
    """Change the only SKU; None takes the field away."""

    def change(body: Document, world: World) -> None:
        first: Document = body["skus"][0]
        first.update(copy.deepcopy(changes))
        for name in [name for name, value in changes.items() if value is None]:
            del first[name]

    return change


def price(**changes: Any) -> Change:
    return lambda body, world: body["skus"][0]["price"].update(changes)


def stock(**changes: Any) -> Change:
    return lambda body, world: body["skus"][0]["inventory"][0].update(changes)


def skus(*attributes: list[Document]) -> Change:
    """One SKU for each list of sales attributes."""

    def change(body: Document, world: World) -> None:
        first = body["skus"][0]
        body["skus"] = [
            {**copy.deepcopy(first), "seller_sku": f"S{index}", "sales_attributes": copy.deepcopy(rows)}
            for index, rows in enumerate(attributes)
        ]

    return change
