"""A sandbox behind real HTTP, served as tests serve it and as development does; the app is installed on both sides."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests

from sandbox import create_app
from sandbox.bigcommerce.seeds import FIRST
from sandbox.settings import Settings
from sandbox.tiktok.signing import sign_request
from tests.sandbox.bigcommerce.conftest import installed
from tests.sandbox.tiktok.conftest import US, Shop, plain_mug
from tests.servers import Door

Document = dict[str, Any]
SERVERS = ("werkzeug", "gunicorn")


@dataclass
class World:
    """Calls of an installed app, and the control page, all over HTTP."""

    url: str
    settings: Settings
    store_token: str
    shop_token: str
    cipher: str
    mug: Document
    session: requests.Session = field(default_factory=requests.Session)

    def control(self, method: str, path: str, body: Document | None = None, status: int = 200) -> Any:
        answer = requests.request(method, f"{self.url}/control/api/{path}", json=body, timeout=10)
        assert answer.status_code == status, answer.text
        return answer.json()

    def fault(self, kind: str, **rest: Any) -> Document:
        rule: Document = self.control("POST", "faults", {"kind": kind, **rest})["rule"]
        return rule

    def hits(self) -> dict[str, int]:
        return {row["kind"]: row["hits"] for row in self.control("GET", "faults")["rules"]}

    def tiktok(self, method: str, path: str, body: Any = None, timeout: float = 10, **query: str) -> requests.Response:
        raw = b"" if body is None else json.dumps(body).encode()
        values = {
            "app_key": self.settings.tiktok_app_key,
            "timestamp": str(int(self.control("GET", "clock")["now"])),
            "shop_cipher": self.cipher,
            **query,
        }
        values["sign"] = sign_request(self.settings.tiktok_app_secret, path, values, raw)
        headers = {"x-tts-access-token": self.shop_token, "Content-Type": "application/json"}
        return self.session.request(method, self.url + path, params=values, data=raw, headers=headers, timeout=timeout)

    def bigcommerce(self, method: str, path: str, body: Any = None, timeout: float = 10) -> requests.Response:
        url = f"{self.url}/stores/{FIRST}{path}"
        return self.session.request(method, url, json=body, headers={"X-Auth-Token": self.store_token}, timeout=timeout)

    def renew(self) -> None:
        """A fresh token of the shop's seller."""
        code = self.control("POST", "tiktok/code", {"seller_id": "7494000000000000101"})["code"]
        self.shop_token = self.exchange(code)

    def exchange(self, code: str) -> str:
        query = {"app_key": self.settings.tiktok_app_key, "app_secret": self.settings.tiktok_app_secret}
        query |= {"auth_code": code, "grant_type": "authorized_code"}
        data = requests.get(f"{self.url}/api/v2/token/get", params=query, timeout=10).json()["data"]
        return str(data["access_token"])

    # One creation on each platform, and whether it is there

    def create(self, platform: str, name: str, timeout: float = 10) -> requests.Response:
        if platform == "bigcommerce":
            body = {"name": name, "type": "physical", "weight": 1, "price": 1}
            return self.bigcommerce("POST", "/v3/catalog/products", body, timeout)
        sku = {**self.mug["skus"][0], "seller_sku": name, "external_sku_id": f"sku-{name}"}
        body = {**self.mug, "title": f"Mug {name}", "external_product_id": name, "skus": [sku]}
        return self.tiktok("POST", "/product/202309/products", body, timeout)

    def made(self, platform: str, name: str) -> int:
        """How many products of this name there are."""
        if platform == "bigcommerce":
            rows = self.bigcommerce("GET", f"/v3/catalog/products?name={name}").json()["data"]
            return len(rows)
        return len(self.control("GET", "effects")["by_reference"].get(name, []))

    def answered(self, name: str) -> bool:
        rows = self.control("GET", "effects")["products"]
        return bool(next(row for row in rows if name in row["references"])["answered"])


def eventually(what: Callable[[], bool], seconds: float = 10) -> None:
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until
        time.sleep(0.02)


@contextlib.contextmanager
def world_served_by(server: str, path: Path, **overrides: Any) -> Iterator[World]:
    door = Door()
    settings = Settings(path=path, port=door.port, products=5, run_timers=False, app_url="http://127.0.0.1:9")
    for name, value in overrides.items():
        setattr(settings, name, value)
    app = create_app(settings)
    shop = Shop(app.test_client(), app.extensions["tiktok"], US)
    mug, store = plain_mug(shop), installed(app, FIRST)
    world = World(f"http://127.0.0.1:{door.port}", settings, store.token, shop.token, shop.row["cipher"], mug)
    app.extensions["sandbox"].state.close()
    if server == "werkzeug":
        again = create_app(settings)
        again.extensions["sandbox"].timers.start()
        with door.serving(again):
            yield world
        again.extensions["sandbox"].timers.stop()
        again.extensions["sandbox"].timers.thread.join(5)
        again.extensions["sandbox"].state.close()
    else:
        door.close()
        with gunicorn(world):
            yield world


@contextlib.contextmanager
def gunicorn(world: World) -> Iterator[subprocess.Popen[bytes]]:
    """Served as Procfile.dev serves it."""
    settings = world.settings
    environment = {**os.environ, "SANDBOX_PORT": str(settings.port), "SANDBOX_PATH": str(settings.path)}
    environment |= {"SANDBOX_PRODUCTS": str(settings.products), "APP_URL": settings.app_url}
    command = [
        sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{settings.port}", "--worker-class", "gthread",
        "--workers", "1", "--threads", "32", "--no-control-socket", "--log-level", "warning", "sandbox:create_app()",
    ]  # fmt: skip
    process = subprocess.Popen(command, env=environment)
    try:
        eventually(lambda: is_up(world.url), 20)
        yield process
    finally:
        process.terminate()
        process.wait(20)


def is_up(url: str) -> bool:
    try:
        return requests.get(f"{url}/control/api/clock", timeout=2).ok
    except requests.RequestException:
        return False


@pytest.fixture(scope="module", params=SERVERS)
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world_served_by(request.param, tmp_path_factory.mktemp("sandbox") / "state.db") as world:
        yield world


@pytest.fixture
def world(served: World) -> World:
    """Quiet again, with nobody's old connection."""
    served.control("POST", "quiet", {})
    served.session.close()
    served.session = requests.Session()
    return served
