"""A platform whose clock is wrong: what it says, what it refuses, and that our clients go on all the same."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from clients.bigcommerce import BigCommerce
from clients.budget import NoBudget
from clients.tiktok import TikTok
from clients.transport import Transport
from sandbox import create_app
from sandbox.bigcommerce.seeds import FIRST
from sandbox.tiktok.review import TIMER
from tests.sandbox.bigcommerce.conftest import installed
from tests.sandbox.faults.conftest import SERVERS, World, world_served_by
from tests.sandbox.tiktok.conftest import US, Shop, plain_mug

WAREHOUSES = "/logistics/202309/warehouses"


@pytest.fixture(params=SERVERS)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with world_served_by(request.param, tmp_path / "state.db") as world:
        yield world


def skew(world: World, platform: str, seconds: float) -> None:
    world.control("POST", "skew", {"platform": platform, "seconds": seconds})


def said(header: str | None) -> float:
    """How far the Date header is from our own clock."""
    return parsedate_to_datetime((header or "").rpartition("GMT, ")[2]).timestamp() - time.time()


@pytest.mark.parametrize("seconds", [-600, 600])
def test_each_platform_has_its_own_clock(world: World, seconds: float) -> None:
    skew(world, "tiktok", seconds)
    answer = world.tiktok("GET", WAREHOUSES)
    assert answer.json()["code"] == 36009004
    assert abs(said(answer.headers["Date"]) - seconds) < 5
    assert abs(said(world.bigcommerce("GET", "/v2/time").headers["Date"])) < 5
    skew(world, "bigcommerce", seconds)
    skew(world, "tiktok", 0)
    answer = world.bigcommerce("GET", "/v2/time")
    assert abs(said(answer.headers["Date"]) - seconds) < 5
    assert abs(answer.json()["time"] - time.time() - seconds) < 5
    assert world.tiktok("GET", WAREHOUSES).json()["code"] == 0


def test_our_client_learns_the_time_and_goes_on(world: World) -> None:
    settings, transport = world.settings, Transport("Causeway/test")
    tiktok = TikTok(
        transport, world.url, settings.tiktok_app_key, settings.tiktok_app_secret, world.shop_token,
        shop_id=US, cipher=world.cipher, budget=NoBudget(),
    )  # fmt: skip
    bigcommerce = BigCommerce(transport, world.url, FIRST, world.store_token, NoBudget())
    for seconds in (600, -600, 86_400, 0):
        for platform in ("tiktok", "bigcommerce"):
            skew(world, platform, seconds)
        for _ in range(2):
            assert tiktok.warehouses() and tiktok.shops()
            assert bigcommerce.store()
    transport.close()


def test_tokens_and_webhooks_are_stamped_with_it_and_timers_are_not_moved() -> None:
    app = create_app(run_timers=False, products=2, app_url="http://127.0.0.1:9")
    tiktok, bigcommerce, box = (app.extensions[name] for name in ("tiktok", "bigcommerce", "sandbox"))
    http = app.test_client()
    for platform in ("tiktok", "bigcommerce"):
        assert http.post("/control/api/skew", json={"platform": platform, "seconds": 5000}).status_code == 200
    api, shop = installed(app, FIRST), Shop(http, tiktok, US)
    token = tiktok.authorizations.tokens[shop.token]
    assert abs(token["expires"] - box.clock.now() - 7 * 86_400 - 5000) < 5
    product = shop.data("POST", "/product/202309/products", plain_mug(shop))["product_id"]
    assert abs(tiktok.products.products[product]["create_time"] - box.clock.now() - 5000) < 5
    planned = next(row for row in box.timers.planned.values() if row["kind"] == TIMER)
    assert abs(planned["at"] - box.clock.now() - box.settings.review_seconds) < 5
    number = tiktok.webhooks.send(US, "PRODUCT_STATUS_CHANGE", {"product_id": 1})
    stamp = json.loads(tiktok.webhooks.deliveries[number]["body"])["timestamp"]
    assert abs(stamp - box.clock.now() - 5000) < 5
    api.post("/v3/hooks", {"scope": "store/product/*", "destination": "http://127.0.0.1:9/"})
    api.new("Stamped")
    sent = next(row for row in box.timers.planned.values() if row["kind"] == "bigcommerce-webhook")
    assert sent["at"] <= box.clock.now()
    assert abs(sent["payload"]["message"]["created_at"] - box.clock.now() - 5000) < 5
    headers = bigcommerce.webhooks.signature("msg_1", b"{}")
    assert abs(int(headers["webhook-timestamp"]) - time.time() - 5000) < 5
    tiktok.webhooks.pool.shutdown(wait=True, cancel_futures=True)


@pytest.mark.parametrize("body", [{}, {"platform": "x", "seconds": 1}, {"platform": "tiktok", "seconds": "1"}], ids=str)
def test_what_makes_no_sense_is_refused(body: dict[str, object]) -> None:
    assert (
        create_app(run_timers=False, products=1).test_client().post("/control/api/skew", json=body).status_code == 422
    )
