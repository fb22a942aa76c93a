"""The sandbox in memory, with the app installed in both stores."""

from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from sandbox.bigcommerce.platform import BigCommerce
from sandbox.bigcommerce.seeds import FIRST, SECOND
from sandbox.box import Sandbox
from sandbox.server import create_app
from sandbox.settings import Settings


@dataclass
class Api:
    """Calls one store's API as the installed app."""

    app: Flask
    store: str
    token: str

    def call(self, method: str, path: str, **options: Any) -> TestResponse:
        headers = {"X-Auth-Token": self.token, **options.pop("headers", {})}
        return self.app.test_client().open(f"/stores/{self.store}{path}", method=method, headers=headers, **options)

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.call("GET", path, **options)

    def post(self, path: str, body: Any) -> TestResponse:
        return self.call("POST", path, json=body)

    def put(self, path: str, body: Any) -> TestResponse:
        return self.call("PUT", path, json=body)

    def new(self, name: str, **fields: Any) -> dict[str, Any]:
        answer = self.post(
            "/v3/catalog/products", {"name": name, "type": "physical", "weight": 1, "price": 10, **fields}
        )
        assert answer.status_code == 200, answer.get_json()
        data: dict[str, Any] = answer.get_json()["data"]
        return data


@pytest.fixture
def app() -> Flask:
    return create_app(Settings(run_timers=False, products=40, app_url="http://127.0.0.1:9"))


@pytest.fixture
def box(app: Flask) -> Sandbox:
    found: Sandbox = app.extensions["sandbox"]
    return found


@pytest.fixture
def platform(app: Flask) -> BigCommerce:
    found: BigCommerce = app.extensions["bigcommerce"]
    return found


def installed(app: Flask, store: str) -> Api:
    """Through the code exchange, as an app would."""
    platform: BigCommerce = app.extensions["bigcommerce"]
    owner = platform.stores[store]["users"][0]
    answer = app.test_client().post(
        "/oauth2/token", json=exchange(platform, store, platform.issue_code(store, owner["id"]))
    )
    return Api(app, store, answer.get_json()["access_token"])


def exchange(platform: BigCommerce, store: str, code: str) -> dict[str, str]:
    settings = platform.box.settings
    return {
        "client_id": settings.bigcommerce_client_id, "client_secret": settings.bigcommerce_client_secret, "code": code,
        "context": f"stores/{store}", "scope": platform.scopes, "grant_type": "authorization_code",
        "redirect_uri": f"{settings.app_url}/bigcommerce/auth",
    }  # fmt: skip


@pytest.fixture
def api(app: Flask) -> Api:
    return installed(app, FIRST)


@pytest.fixture
def second(app: Flask) -> Api:
    return installed(app, SECOND)
