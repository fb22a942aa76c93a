"""The guided tour: its buttons set what they say, and its checks follow the sandbox's own truth."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from sandbox.bigcommerce.platform import BigCommerce
from sandbox.bigcommerce.seeds import FIRST
from sandbox.catalog import KINDS
from sandbox.server import create_app
from sandbox.settings import Settings
from sandbox.tiktok.platform import Platform
from sandbox.tiktok.webhooks import Webhooks
from sandbox.tour.checks import DAILY_LIMIT
from sandbox.tour.guide import Guide
from sandbox.tour.steps import BY_CODE, STEPS
from sandbox.tour.witness import Call

HARBOR = "7494000000000000101"


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> Flask:
    monkeypatch.setattr(Webhooks, "_queue", lambda *given, **more: None)  # nobody listens
    return create_app(Settings(run_timers=False, products=5))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def guide(app: Flask) -> Guide:
    found: Guide = app.extensions["tour"]
    return found


@pytest.fixture
def tiktok(app: Flask) -> Platform:
    found: Platform = app.extensions["tiktok"]
    return found


@pytest.fixture
def connected(tiktok: Platform) -> str:
    """Harbor & Pine's shop, authorized."""
    grants = tiktok.authorizations
    grants.exchange(grants.issue_code(HARBOR))
    return str(tiktok.shops_of(HARBOR)[0]["id"])


def saw(guide: Guide, *calls: tuple[str, int, int]) -> None:
    """TikTok Shop was called: (name, status, code), one second after the other, from now on."""
    began = max(float(row.get("began", 0)) for row in guide.rows.values())
    for number, (name, status, code) in enumerate(calls):
        guide.witness.calls.append(Call(began + number + 1, "tiktok", name, status, code))


def product(tiktok: Platform, shop_id: str, number: int, **changes: object) -> str:
    """A product as an app might have created it."""
    key = str(1730000000000000000 + number)
    content = {"title": f"Mug {number}", "skus": [], "external_product_id": f"ref-{number}"}
    row = {
        "id": key, "number": number, "shop_id": shop_id, "status": "ACTIVATE", "audit": {"status": "APPROVED"},
        "audit_failed_reasons": [], "content": content, "review": None, "draft": None, "prices": {}, "stock": {},
        "create_time": tiktok.now(), "update_time": tiktok.now(), "idempotency_key": "", "passed": True,
    }  # fmt: skip
    tiktok.products.put({**row, **changes})
    return key


def finding(client: FlaskClient, code: str) -> str:
    """`seen`, `wrong` or `waiting`, as the page says it."""
    page = client.get(f"/control/tour/{code}/live")
    found = re.search(r'class="tour-finding (\w+)"', page.text)
    assert page.status_code == 200 and found
    return found[1]


def begin(client: FlaskClient, code: str) -> None:
    assert client.post(f"/control/tour/{code}/begin").status_code == 303


@pytest.mark.parametrize("code", BY_CODE)
def test_every_step_has_a_page_that_works_without_script(client: FlaskClient, code: str) -> None:
    page = client.get(f"/control/tour?step={code}")
    step = BY_CODE[code]
    assert page.status_code == 200 and step.title in page.text.replace("&#39;", "'")
    assert (f'action="/control/tour/{code}/begin"' in page.text) == bool(step.button)
    assert finding(client, code) == "waiting"
    for _, address in step.links:
        assert client.get(address).status_code in (200, 302), address


def test_unknown_steps_are_not_found(client: FlaskClient) -> None:
    assert client.get("/control/tour?step=nowhere").status_code == 404
    assert client.post("/control/tour/nowhere/begin").status_code == 404
    assert client.post("/control/tour/install/begin", headers={"Origin": "http://evil.example"}).status_code == 403


def test_progress_is_kept_and_can_be_started_again(client: FlaskClient, app: Flask, guide: Guide) -> None:
    platform: BigCommerce = app.extensions["bigcommerce"]
    assert client.get("/control/tour").text.count('class="seen"') == 0
    platform.stores[FIRST]["installed"] = True
    assert finding(client, "install") == "seen"
    platform.stores[FIRST]["installed"] = False
    assert finding(client, "install") == "seen"
    assert 'href="/control/tour?step=connect" aria-current="step"' in client.get("/control/tour").text
    client.post("/control/tour/stage/seen")
    assert guide.is_seen("stage")
    client.post("/control/tour/again")
    assert finding(client, "install") == "waiting" and not len(guide.rows)


def test_the_road_is_seen_step_by_step(client: FlaskClient, app: Flask, guide: Guide, tiktok: Platform) -> None:
    assert finding(client, "connect") == "waiting"
    tiktok.authorizations.exchange(tiktok.authorizations.issue_code(HARBOR))
    assert finding(client, "connect") == "seen"
    begin(client, "import")
    platform: BigCommerce = app.extensions["bigcommerce"]
    assert len(platform.catalogs[FIRST].ids) == 5 + len(KINDS)
    assert finding(client, "import") == "waiting"
    token = {"X-Auth-Token": "made-up"}
    platform.tokens["made-up"] = {"hash": FIRST, "scope": platform.scopes, "client_id": "x"}
    assert client.get(f"/stores/{FIRST}/v3/catalog/products", headers=token).status_code == 200
    assert finding(client, "import") == "seen"
    guide.witness.calls.append(Call(1.0, "tiktok", "GET product/categories/600001/attributes", 200, 0))
    assert finding(client, "profile") == "seen"
    product(tiktok, tiktok.shops_of(HARBOR)[0]["id"], 1)
    assert finding(client, "publish") == "seen"


def test_a_refusal(client: FlaskClient, tiktok: Platform, connected: str) -> None:
    begin(client, "refusal")
    assert tiktok.knobs["policy"] == "refuse_share"
    reasons = [{"reasons": ["The title does not fit."]}]
    product(tiktok, connected, 1, audit={"status": "FAILED"}, audit_failed_reasons=reasons, update_time=1)
    assert finding(client, "refusal") == "waiting"  # that was long ago
    product(tiktok, connected, 2, audit={"status": "FAILED"}, audit_failed_reasons=reasons)
    assert finding(client, "refusal") == "seen"
    client.post("/control/tour/calm")
    assert tiktok.knobs["policy"] == "approve"


def test_a_lost_answer_is_looked_up_once(client: FlaskClient, guide: Guide, tiktok: Platform, connected: str) -> None:
    begin(client, "lost")
    (rule,) = guide.faults.rules.listed()
    assert (rule["kind"], rule["count"], rule["match"]) == ("lost_after", 1, "POST product/products")
    key = product(tiktok, connected, 1)
    saw(guide, ("GET product/products/another", 200, 0))
    assert finding(client, "lost") == "waiting"  # nobody has looked yet
    saw(guide, ("POST product/products/search", 200, 0))
    assert finding(client, "lost") == "waiting"
    saw(guide, (f"GET product/products/{key}", 200, 0))
    assert finding(client, "lost") == "seen"


def test_a_doubled_product_is_named(client: FlaskClient, guide: Guide, tiktok: Platform, connected: str) -> None:
    begin(client, "lost")
    for number in (1, 2):
        product(tiktok, connected, number, content={"skus": [], "external_product_id": "the same"})
    saw(guide, ("POST product/products/search", 200, 0))
    assert finding(client, "lost") == "wrong"
    assert not guide.is_seen("lost")


def test_a_storm_is_seen_when_it_is_over(client: FlaskClient, guide: Guide) -> None:
    begin(client, "storm")
    saw(guide, ("POST product/products", 200, 0), ("POST product/products", 429, 36009002))
    assert finding(client, "storm") == "waiting"
    saw(guide, ("POST product/products", 429, 36009002), ("POST product/products", 200, 0), ("x", 200, 0))
    guide.witness.calls.append(Call(9e9, "tiktok", "POST product/products", 200, 0))
    assert finding(client, "storm") == "seen"


def test_the_days_limit_is_lowered_and_given_back(
    client: FlaskClient, guide: Guide, tiktok: Platform, connected: str
) -> None:
    before = tiktok.shops[connected]["daily_listings"]
    begin(client, "limit")
    assert tiktok.shops[connected]["daily_listings"] == 2
    saw(guide, ("POST product/products", 200, 0))
    assert finding(client, "limit") == "waiting"
    saw(guide, ("POST product/products", 200, DAILY_LIMIT))
    assert finding(client, "limit") == "seen"
    begin(client, "webhooks")
    assert tiktok.shops[connected]["daily_listings"] == before
    begin(client, "limit")
    begin(client, "limit")
    client.post("/control/tour/calm")
    assert tiktok.shops[connected]["daily_listings"] == before


def test_verdicts_without_webhooks(client: FlaskClient, guide: Guide, tiktok: Platform, connected: str) -> None:
    begin(client, "webhooks")
    assert guide.faults.webhooks["tiktok"].chosen["drop"] == 1
    saw(guide, ("POST product/products/search", 200, 0))
    assert finding(client, "webhooks") == "waiting"
    key = product(tiktok, connected, 1)
    saw(guide, (f"GET product/products/{key}", 200, 0))
    assert finding(client, "webhooks") == "seen"


def test_a_token_that_ends(client: FlaskClient, guide: Guide, tiktok: Platform) -> None:
    begin(client, "token")
    assert finding(client, "token") == "wrong"  # nothing is connected
    tiktok.authorizations.exchange(tiktok.authorizations.issue_code(HARBOR))
    begin(client, "token")
    assert all(row["expires"] <= tiktok.now() for row in tiktok.authorizations.tokens.values())
    saw(guide, ("POST product/products", 401, 105002))
    assert finding(client, "token") == "waiting"
    saw(guide, ("GET token/refresh", 200, 0))
    assert finding(client, "token") == "seen"


def test_somebody_else(client: FlaskClient, guide: Guide, tiktok: Platform, connected: str) -> None:
    keys = [product(tiktok, connected, number) for number in (1, 2)]
    begin(client, "writer")
    assert {tiktok.products.products[key]["status"] for key in keys} == {"SELLER_DEACTIVATED"}
    assert finding(client, "writer") == "waiting"
    saw(guide, (f"GET product/products/{keys[0]}", 200, 0))
    assert finding(client, "writer") == "seen"


def test_a_restart(client: FlaskClient, guide: Guide, tiktok: Platform, connected: str) -> None:
    begin(client, "restart")
    assert [rule["kind"] for rule in guide.faults.rules.listed()] == ["latency"]
    assert finding(client, "restart") == "waiting"
    guide.witness.began = guide.progress("restart")["began"] + 1
    assert finding(client, "restart") == "waiting"
    product(tiktok, connected, 1, create_time=tiktok.now() + 5)
    assert finding(client, "restart") == "seen"


def test_the_witness_reads_status_and_code(client: FlaskClient, guide: Guide) -> None:
    client.get("/product/202309/brands?app_key=wrong")
    client.get(f"/stores/{FIRST}/v3/catalog/products")
    client.get("/control/catalog")
    calls = [(call.platform, call.name, call.status, call.code) for call in guide.witness.calls]
    assert calls == [
        ("tiktok", "GET product/brands", 401, 36009004),
        ("bigcommerce", "GET catalog/products", 401, 0),
    ]


def test_the_witness_sees_what_the_faults_answer(client: FlaskClient, guide: Guide) -> None:
    guide.faults.rules.add({"kind": "throttle", "platform": "bigcommerce"})
    client.get(f"/stores/{FIRST}/v3/catalog/products")
    assert [call.status for call in guide.witness.calls] == [429]


def test_the_tour_is_as_long_as_a_tour_should_be() -> None:
    assert 10 <= len(STEPS) <= 14 and len(BY_CODE) == len(STEPS)
