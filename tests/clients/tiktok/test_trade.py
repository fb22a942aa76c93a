"""Orders, fulfilment, after-sales and money: the request built and signed, the answer read, the refusal read, the odd
answer refused."""

import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import responses

from clients.errors import Refused, Unreachable, Unreadable
from clients.tiktok import TikTok
from clients.tiktok.sign import sign
from tests.clients.conftest import NOW, TIKTOK, envelope
from tests.clients.tiktok import after_sale_cases, finance_cases, fulfilment_cases, order_cases
from tests.clients.tiktok.case import Case
from tests.clients.tiktok.order_cases import ORDER

CASES = [*order_cases.CASES, *fulfilment_cases.CASES, *after_sale_cases.CASES, *finance_cases.CASES]


def named(cases: list[Case]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", cases, ids=[case.name for case in cases])


@named(CASES)
def test_requests_are_built_and_answers_read(case: Case, tiktok: TikTok, web: responses.RequestsMock) -> None:
    web.add(case.method, TIKTOK + case.path, json=envelope(case.data))
    assert case.act(tiktok) == case.read
    request = web.calls[0].request
    query = dict(parse_qsl(urlsplit(str(request.url)).query))
    body = request.body if isinstance(request.body, bytes) else b""
    signature = query.pop("sign")
    assert signature == sign("sandboxsecret0123456789", case.path, query, body, "application/json")
    common = {"app_key": "sandboxkey01", "timestamp": str(int(NOW)), "shop_cipher": "ROW_c1pherAAAAexample01"}
    assert query == {**case.query, **common}
    assert (json.loads(body) if body else None) == case.body


@named(CASES)
def test_refusals_are_read(case: Case, tiktok: TikTok, web: responses.RequestsMock) -> None:
    web.add(case.method, TIKTOK + case.path, json=envelope({}, 21011003, "not now"))
    with pytest.raises(Refused) as caught:
        case.act(tiktok)
    assert (caught.value.code, caught.value.path, caught.value.unknown) == ("21011003", case.path, False)


@named([case for case in CASES if not case.plain])
def test_odd_answers_are_refused(case: Case, tiktok: TikTok, web: responses.RequestsMock) -> None:
    web.add(case.method, TIKTOK + case.path, json=envelope([1]))
    with pytest.raises(Unreadable) as caught:
        case.act(tiktok)
    assert caught.value.unknown


@named([case for case in CASES if case.plain])
def test_answers_that_are_not_the_envelope_are_refused(case: Case, tiktok: TikTok, web: responses.RequestsMock) -> None:
    web.add(case.method, TIKTOK + case.path, body=b"<html>")
    with pytest.raises(Unreadable):
        case.act(tiktok)


@named([case for case in CASES if case.method == "POST"])
def test_posts_are_never_repeated(case: Case, tiktok: TikTok, web: responses.RequestsMock) -> None:
    web.add(case.method, TIKTOK + case.path, json=envelope(None, 36009003, "internal"), status=503)
    with pytest.raises(Unreachable) as caught:
        case.act(tiktok)
    assert caught.value.unknown and len(web.calls) == 1


@pytest.mark.parametrize("missing", ["id", "status", "update_time", "line_items"])
def test_an_order_without_what_all_depends_on_is_not_read(
    missing: str, tiktok: TikTok, web: responses.RequestsMock
) -> None:
    order: dict[str, Any] = {name: value for name, value in ORDER.items() if name != missing}
    web.add("GET", TIKTOK + "/order/202507/orders", json=envelope({"orders": [order]}))
    with pytest.raises(Unreadable, match=missing):
        tiktok.orders(["1"])


@pytest.mark.parametrize("breakdown", [[], "1", {"fee": "much"}, {"fee": {"a": "NaN"}}, {"fee": [1]}])
def test_a_breakdown_of_anything_but_amounts_is_not_read(
    breakdown: Any, tiktok: TikTok, web: responses.RequestsMock
) -> None:
    row = {"sku_id": "31", "fee_tax_breakdown": breakdown}
    path = "/finance/202501/orders/576/statement_transactions"
    web.add("GET", TIKTOK + path, json=envelope({"order_id": "576", "sku_transactions": [row]}))
    with pytest.raises(Unreadable):
        tiktok.order_transactions("576")


@pytest.mark.parametrize("ids", [[], [str(number) for number in range(51)]])
def test_details_are_asked_for_fifty_orders_at_most(ids: list[str], tiktok: TikTok) -> None:
    with pytest.raises(ValueError, match="50"):
        tiktok.orders(ids)
