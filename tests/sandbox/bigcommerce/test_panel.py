"""The control panel: install, open, users, uninstall."""

from html import unescape
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from flask import Flask
from flask.testing import FlaskClient

from sandbox.bigcommerce.platform import BigCommerce
from sandbox.bigcommerce.seeds import FIRST, SECOND
from tests.sandbox.bigcommerce.conftest import exchange, installed

BASE = "http://localhost:8100"


@pytest.fixture
def browser(app: Flask) -> FlaskClient:
    return app.test_client()


def frame(browser: FlaskClient, query: str = "") -> tuple[str, dict[str, str]]:
    """(path, query) of the framed address."""
    page = browser.get(f"/manage/app/1{query}", base_url=BASE).text
    source = urlsplit(unescape(page.split('id="app-frame"')[1].split('src="')[1].split('"')[0]))
    return source.path, {name: values[0] for name, values in parse_qs(source.query).items()}


def claims(token: str) -> dict[str, object]:
    return jwt.decode(token, options={"verify_signature": False})


def switch(browser: FlaskClient, **fields: str) -> None:
    assert browser.post("/manage/switch", data=fields, base_url=BASE).status_code == 303


def test_the_front_door_leads_to_the_panel_on_its_own_host(browser: FlaskClient) -> None:
    assert browser.get("/", base_url="http://127.0.0.1:8100").location == f"{BASE}/manage/"
    assert browser.get("/manage/products", base_url="http://127.0.0.1:8100").location == f"{BASE}/manage/products"
    assert browser.get("/manage/", base_url=BASE).status_code == 200


def test_install_frames_the_auth_callback_and_the_next_open_the_load_callback(
    browser: FlaskClient, platform: BigCommerce
) -> None:
    assert browser.get("/manage/app/1", base_url=BASE).location == "/manage/marketplace/apps/1"
    went = browser.post("/manage/marketplace/apps/1/install", base_url=BASE)
    assert went.status_code == 303 and went.location.startswith("/manage/app/1?")
    path, query = frame(browser, "?install=1")
    assert path == "/bigcommerce/auth"
    assert (query["context"], query["scope"], query["account_uuid"]) == (
        f"stores/{FIRST}", platform.scopes, platform.stores[FIRST]["account_uuid"])  # fmt: skip
    assert browser.post("/oauth2/token", json=exchange(platform, FIRST, query["code"])).status_code == 200
    path, query = frame(browser, "?url=/products")
    assert path == "/bigcommerce/load"
    assert claims(query["signed_payload_jwt"])["url"] == "/products"


def test_a_revoked_token_leads_to_auth_again(browser: FlaskClient, app: Flask, platform: BigCommerce) -> None:
    installed(app, FIRST)
    platform.revoke(FIRST)
    assert frame(browser)[0] == "/bigcommerce/auth"


def test_users_and_stores_can_be_switched(browser: FlaskClient, app: Flask) -> None:
    installed(app, FIRST)
    installed(app, SECOND)
    switch(browser, user="9128")
    assert claims(frame(browser)[1]["signed_payload_jwt"])["user"] == {
        "id": 9128, "email": "sam.ortega@example.com", "locale": "en-US"}  # fmt: skip
    assert claims(frame(browser, f"?store={SECOND}")[1]["signed_payload_jwt"])["sub"] == f"stores/{SECOND}"


def test_only_the_owner_installs_and_uninstalls(browser: FlaskClient, app: Flask) -> None:
    installed(app, FIRST)
    switch(browser, user="9128")
    assert browser.post("/manage/marketplace/apps/1/install", base_url=BASE).status_code == 403
    assert browser.post("/manage/marketplace/apps/1/uninstall", base_url=BASE).status_code == 403


def test_a_removed_user_cannot_open_the_app_and_a_dead_app_stops_nothing(
    browser: FlaskClient, app: Flask, platform: BigCommerce
) -> None:
    installed(app, FIRST)
    assert browser.post("/manage/settings/users/9128/remove", base_url=BASE).status_code == 303
    switch(browser, user="9128")
    assert "app-frame" not in browser.get("/manage/app/1", base_url=BASE).text
    assert not platform.stores[SECOND]["users"][1]["removed"]
    switch(browser, user="7351")
    assert browser.post("/manage/marketplace/apps/1/uninstall", base_url=BASE).status_code == 303
    log = platform.box.state.collection("bigcommerce_callbacks").values()
    assert [call["name"] for call in log] == ["remove_user", "uninstall"]
    assert not platform.stores[FIRST]["installed"] and len(platform.tokens) == 0


def test_a_framed_page_cannot_press_the_buttons(browser: FlaskClient) -> None:
    headers = {"Origin": "http://127.0.0.1:8000"}
    assert browser.post("/manage/marketplace/apps/1/install", base_url=BASE, headers=headers).status_code == 403
    assert browser.post("/control/api/reset", base_url=BASE, headers=headers).status_code == 403


def test_every_page_says_that_it_is_a_sandbox(browser: FlaskClient) -> None:
    for path in ("", "orders", "products", "settings", "marketplace", "marketplace/my-apps", "marketplace/apps/1",
                 "marketplace/apps/1/install", "app/1?install=1", "developer"):  # fmt: skip
        page = browser.get(f"/manage/{path}", base_url=BASE)
        assert page.status_code == 200, path
        assert 'class="ribbon"' in page.text, path


def test_the_state_survives_a_restart(tmp_path: object) -> None:
    from pathlib import Path

    from sandbox.server import create_app
    from sandbox.settings import Settings

    path = Path(str(tmp_path)) / "state.sqlite"
    first = create_app(Settings(path=path, run_timers=False, products=5))
    api = installed(first, FIRST)
    made = api.new("Kept", sku="KEPT")
    first.extensions["sandbox"].state.close()
    api.app = create_app(Settings(path=path, run_timers=False, products=5))
    assert api.get(f"/v3/catalog/products/{made['id']}").get_json()["data"]["sku"] == "KEPT"
    assert api.get("/v3/catalog/products").get_json()["meta"]["pagination"]["total"] == 6
    assert (
        api.post("/v3/catalog/products", {"name": "kept", "type": "physical", "weight": 1, "price": 1}).status_code
        == 409
    )
