"""A sandbox without timers' thread, and a seller's client that signs its calls itself."""

from __future__ import annotations

import hashlib
import hmac
import io
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from sandbox import create_app
from sandbox.tiktok.platform import Platform

Document = dict[str, Any]

US, US_NEW, GB, ID, CB_GB, CB_FR, UNREADY = (f"74955407353657775{n:02d}" for n in (1, 2, 3, 4, 5, 7, 8))


@pytest.fixture
def app() -> Iterator[Flask]:
    app = create_app(run_timers=False, app_url="http://127.0.0.1:9", review_seconds=6.0, products=1)
    yield app
    app.extensions["tiktok"].webhooks.pool.shutdown(wait=True, cancel_futures=True)


@pytest.fixture
def shared(app: Flask) -> Platform:
    platform: Platform = app.extensions["tiktok"]
    return platform


@pytest.fixture
def http(app: Flask) -> FlaskClient:
    return app.test_client()


class Shop:
    """Signed calls for one shop. `change` edits query, headers and path after signing or before it."""

    def __init__(self, http: FlaskClient, shared: Platform, shop_id: str) -> None:
        self.http, self.shared = http, shared
        self.row = shared.shops[shop_id]
        self.token = shared.authorizations.exchange(shared.authorizations.issue_code(self.row["seller_id"]))[
            "access_token"
        ]

    def sign(self, path: str, query: Document, body: bytes, multipart: bool) -> str:
        secret = self.shared.box.settings.tiktok_app_secret
        text = path + "".join(f"{key}{query[key]}" for key in sorted(query) if key not in {"sign", "access_token"})
        message = secret.encode() + text.encode() + (b"" if multipart else body) + secret.encode()
        return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        cipher: bool = True,
        query: Document | None = None,
        after: Document | None = None,
        token: str | None = None,
        content_type: str = "application/json",
        files: Document | None = None,
    ) -> Any:
        parameters: Document = {
            "app_key": self.shared.box.settings.tiktok_app_key,
            "timestamp": str(self.shared.now()),
            **(query or {}),
        }
        if cipher:
            parameters.setdefault("shop_cipher", self.row["cipher"])
        parameters = {key: value for key, value in parameters.items() if value is not None}
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        parameters["sign"] = self.sign(path, parameters, raw, files is not None)
        parameters.update(after or {})
        parameters = {key: value for key, value in parameters.items() if value is not None}
        headers = {"x-tts-access-token": self.token if token is None else token}
        if files is not None:
            return self.http.open(
                path,
                method=method,
                query_string=parameters,
                data=files,
                headers=headers,
                content_type="multipart/form-data",
            )
        return self.http.open(
            path,
            method=method,
            query_string=parameters,
            data=raw,
            headers=headers,
            content_type=content_type if raw else None,
        )

    def call(self, method: str, path: str, body: Any = None, **options: Any) -> Document:
        answer: Document = self.send(method, path, body, **options).get_json()
        return answer

    def data(self, method: str, path: str, body: Any = None, **options: Any) -> Document:
        answer = self.call(method, path, body, **options)
        assert answer["code"] == 0, answer
        data: Document = answer["data"]
        return data

    def upload(self, content: bytes, use_case: str = "MAIN_IMAGE") -> Document:
        return self.call(
            "POST",
            "/product/202309/images/upload",
            cipher=False,
            files={"data": (io.BytesIO(content), "a.png"), "use_case": use_case},
        )

    def warehouse(self, index: int = 1) -> str:
        return f"70000000000000{self.row['id'][-2:]}00{index}"


@pytest.fixture
def shop(http: FlaskClient, shared: Platform) -> Callable[[str], Shop]:
    return lambda shop_id: Shop(http, shared, shop_id)


def picture(width: int = 600, height: int = 600, kind: str = "PNG", colour: str = "teal") -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(target, kind)
    return target.getvalue()


@pytest.fixture
def us(shop: Callable[[str], Shop]) -> Shop:
    return shop(US)


@pytest.fixture
def mug(us: Shop) -> Document:
    """The smallest product that passes in the US shop (reference 4.16)."""
    return plain_mug(us)


def plain_mug(shop: Shop) -> Document:
    money = shop.shared.market(shop.row)
    uri = shop.upload(picture())["data"]["uri"]
    return {
        "save_mode": "LISTING",
        "title": "Plain mug",
        "description": "<p>Mug</p>",
        "category_id": "600123",
        "category_version": "v2",
        "main_images": [{"uri": uri}],
        "package_weight": {"value": "0.35", "unit": "KILOGRAM"},
        "package_dimensions": {"length": "12", "width": "10", "height": "10", "unit": "CENTIMETER"},
        "skus": [
            {
                "seller_sku": "MUG-1",
                "price": {"amount": "9.90", "currency": money.currency},
                "inventory": [{"warehouse_id": shop.warehouse(), "quantity": 5}],
            }
        ],
    }


@pytest.fixture
def review_all(shared: Platform) -> Callable[[], None]:
    """Let every review fall due."""

    def run() -> None:
        shared.box.clock.advance(10)
        shared.box.timers.run_due()

    return run


@pytest.fixture
def market(http: FlaskClient, shared: Platform, us: Shop) -> Any:
    """A shop of the United States that sells something (`tests.sandbox.tiktok.buyers.Market`)."""
    from tests.sandbox.tiktok.buyers import Market

    return Market(http, shared, us)
