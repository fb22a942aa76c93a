"""Making a product: the request built, the answer read, the refusal read, the odd answer refused; found by its SKU."""

import json

import pytest
import responses

from clients.bigcommerce import BigCommerce
from clients.errors import Refused, Unreachable, Unreadable
from tests.clients.conftest import BIGCOMMERCE

URL = BIGCOMMERCE + "/stores/abc123/v3/catalog/products"
INCLUDE = "variants,images,custom_fields"
MADE = {
    "id": 512, "name": "Kettle", "sku": "9001", "price": 19.9, "weight": 1.2, "new_field": {},
    "variants": [{"id": 5120, "product_id": 512, "sku": "K-1"}], "custom_fields": [{"name": "A", "value": "B"}],
}  # fmt: skip
BODY = {"name": "Kettle", "type": "physical", "price": 19.9, "weight": 1.2, "sku": "9001"}


def test_the_request_and_the_answer(store: BigCommerce, web: responses.RequestsMock) -> None:
    web.post(URL, json={"data": MADE, "meta": {}})
    made = store.create_product(BODY)
    assert (made.id, made.variants[0].sku, made.custom_fields[0].value) == (512, "K-1", "B")
    request = web.calls[0].request
    assert json.loads(request.body or b"") == BODY
    assert request.params == {"include": INCLUDE}  # type: ignore[attr-defined]


def test_a_name_that_is_taken_is_refused(store: BigCommerce, web: responses.RequestsMock) -> None:
    web.post(URL, json={"status": 409, "title": "The product name is a duplicate", "errors": {"name": "x"}}, status=409)
    with pytest.raises(Refused) as refusal:
        store.create_product(BODY)
    assert refusal.value.status == 409


def test_it_is_not_sent_twice_when_the_answer_is_lost(store: BigCommerce, web: responses.RequestsMock) -> None:
    web.post(URL, status=502)
    with pytest.raises(Unreachable) as lost:
        store.create_product(BODY)
    assert lost.value.unknown and len(web.calls) == 1


@pytest.mark.parametrize("answer", [{}, {"data": None}, {"data": {"id": 512}}])
def test_an_odd_answer_is_refused(store: BigCommerce, web: responses.RequestsMock, answer: dict[str, object]) -> None:
    web.post(URL, json=answer)
    with pytest.raises(Unreadable):
        store.create_product(BODY)


def test_found_by_its_sku(store: BigCommerce, web: responses.RequestsMock) -> None:
    web.get(URL, json={"data": [MADE]})
    assert [one.id for one in store.products_with_sku("9001")] == [512]
    assert web.calls[0].request.params == {"sku": "9001", "include": INCLUDE}  # type: ignore[attr-defined]
