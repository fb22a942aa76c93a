"""Codes, tokens, signed payloads, scopes."""

from typing import Any

import jwt
import pytest
from flask import Flask

from sandbox.bigcommerce.oauth import signed_payload
from sandbox.bigcommerce.platform import BigCommerce
from sandbox.bigcommerce.seeds import FIRST, SECOND
from tests.sandbox.bigcommerce.conftest import Api, exchange


def decode(platform: BigCommerce, token: str) -> dict[str, Any]:
    settings = platform.box.settings
    return jwt.decode(
        token, settings.bigcommerce_client_secret, algorithms=["HS256"],
        audience=settings.bigcommerce_client_id, issuer="bc",
        leeway=10, options={"require": ["exp", "iat", "nbf", "sub"]},
    )  # fmt: skip


def test_a_code_works_once_in_json_and_in_form_encoding(app: Flask, platform: BigCommerce) -> None:
    client = app.test_client()
    body = exchange(platform, FIRST, platform.issue_code(FIRST, 7351))
    answer = client.post("/oauth2/token", data=body)
    assert answer.status_code == 200
    granted = answer.get_json()
    assert granted["context"] == f"stores/{FIRST}"
    assert granted["user"] == granted["owner"] == {
        "id": 7351, "username": "maya@harbor-and-pine.example", "email": "maya@harbor-and-pine.example"}  # fmt: skip


def test_the_signed_payload_carries_every_claim(platform: BigCommerce) -> None:
    store = platform.stores[FIRST]
    claims = decode(platform, signed_payload(platform.box, store, store["users"][1], "/products"))
    assert claims["sub"] == f"stores/{FIRST}"
    assert (claims["user"]["id"], claims["owner"]["id"], claims["url"]) == (9128, 7351, "/products")
    assert claims["exp"] == claims["iat"] + 86400
    assert claims["jti"] and claims["channel_id"] is None


@pytest.mark.parametrize(
    ("fault", "error"),
    [("expired", jwt.ExpiredSignatureError), ("audience", jwt.InvalidAudienceError), ("issuer", jwt.InvalidIssuerError),
     ("none", jwt.InvalidAlgorithmError), ("signature", jwt.InvalidSignatureError),
     ("claims", jwt.MissingRequiredClaimError)],
)  # fmt: skip
def test_a_faulty_payload_is_faulty_in_just_that_way(platform: BigCommerce, fault: str, error: type[Exception]) -> None:
    store = platform.stores[FIRST]
    with pytest.raises(error):
        decode(platform, signed_payload(platform.box, store, store["users"][0], fault=fault))


def test_tokens_open_only_their_own_store(api: Api) -> None:
    assert api.get("/v2/store").get_json()["id"] == FIRST
    assert Api(api.app, SECOND, api.token).get("/v2/store").status_code == 401
    assert api.get("/v2/store", headers={"X-Auth-Token": ""}).status_code == 401


def test_a_scope_that_was_not_granted_is_403(api: Api, platform: BigCommerce) -> None:
    grant = platform.tokens[api.token]
    platform.tokens[api.token] = {**grant, "scope": "default store_v2_products_read_only"}
    assert api.get("/v3/catalog/products").status_code == 200
    assert api.post("/v3/catalog/products", {}).status_code == 403
    assert api.get("/v3/inventory/items").status_code == 403
    assert api.get("/v3/hooks").status_code == 200
