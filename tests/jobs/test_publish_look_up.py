"""Did an earlier call make the product? Only one that carries our own SKU keys counts."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest

from clients.errors import Refused, Unreachable
from clients.tiktok.api import TikTok
from clients.tiktok.models import Product, ProductPage
from domain.policy import Policy
from jobs.handlers.publish import Publish, Step
from services.publish_requests import Request


class Shelf:
    """What TikTok holds; like the real search, the search leaves external SKU ids out."""

    def __init__(self, *products: dict[str, Any]) -> None:
        self.products = {product["id"]: product for product in products}
        self.trouble: dict[str, Exception] = {}

    def search_products(self, *, seller_skus: list[str]) -> ProductPage:
        brief = [
            {**product, "skus": [{"id": sku["id"], "seller_sku": sku["seller_sku"]} for sku in product["skus"]]}
            for product in self.products.values()
            if {sku["seller_sku"] for sku in product["skus"]} & set(seller_skus)
        ]
        return ProductPage.model_validate({"products": brief})

    def get_product(self, product_id: str) -> Product:
        if product_id in self.trouble:
            raise self.trouble[product_id]
        return Product.model_validate(self.products[product_id])


def product(number: str, seller_sku: str, key: str, status: str = "PENDING") -> dict[str, Any]:
    sku = {"id": f"9{number}", "seller_sku": seller_sku, "external_sku_id": key}
    return {"id": number, "status": status, "skus": [sku]}


def step(shelf: Shelf, seller_sku: str = "MUG", tiktok_id: str = "") -> Step:
    body = {"skus": [{"seller_sku": seller_sku, "external_sku_id": "55"}]}
    request = Request(1, tiktok_id, body, (), seller_skus=(seller_sku,))
    client = cast(TikTok, shelf)
    return Step(client, client, request, Policy(), cast(Any, None), "", 1, False, datetime.now(UTC))


def found(shelf: Shelf, **more: str) -> str:
    answer = Publish().look_up(step(shelf, **more))
    return answer.made.product_id if answer is not None and answer.made is not None else ""


def test_ours_is_known_among_products_of_the_same_seller_sku() -> None:
    assert found(Shelf(product("1", "MUG", ""), product("2", "MUG", "54"), product("3", "MUG", "55"))) == "3"


@pytest.mark.parametrize("key", ["", "54"])
def test_somebody_elses_product_is_not_taken(key: str) -> None:
    assert found(Shelf(product("1", "MUG", key))) == ""


def test_a_deleted_or_unreadable_one_is_not_there() -> None:
    shelf = Shelf(product("1", "MUG", "55", "DELETED"), product("2", "MUG", "55"))
    shelf.trouble["2"] = Refused("frozen", code="12052901")
    assert found(shelf) == ""


def test_an_unanswered_question_proves_nothing() -> None:
    shelf = Shelf(product("2", "MUG", "55"))
    shelf.trouble["2"] = Unreachable("timeout")
    with pytest.raises(Unreachable):
        found(shelf)


def test_an_empty_seller_sku_finds_nobody() -> None:
    assert found(Shelf(product("1", "", "55")), seller_sku="") == ""


class Lost:
    """A TikTok that takes the picture and never answers."""

    def __init__(self) -> None:
        self.uploads = 0

    def upload_image(self, *_: Any) -> Any:
        self.uploads += 1
        raise Unreachable("the connection broke before the answer was whole")

    def create_product(self, _body: Any) -> Any:
        raise AssertionError("nothing is created without its pictures")


def test_a_picture_without_an_answer_leaves_the_product_surely_unsent(monkeypatch: pytest.MonkeyPatch) -> None:
    from services import patience, pictures
    from services.publish_requests import ImageJob

    monkeypatch.setattr(patience, "PAUSE", 0)
    monkeypatch.setattr(pictures._Run, "_prepared", lambda *_: (b"data", SimpleNamespace(format="PNG"), ()))
    tiktok = Lost()
    request = Request(1, "", {"skus": []}, (ImageJob("https://pictures.example/lost.png", "MAIN_IMAGE"),))
    step = Step(cast(TikTok, tiktok), cast(TikTok, tiktok), request, Policy(), cast(Any, None), "", 1, False,
                datetime.now(UTC))  # fmt: skip
    with pytest.raises(Unreachable) as lost:
        Publish().call(step)
    assert lost.value.unknown is False and tiktok.uploads == 3
