"""Webhooks as they arrive: verified on the raw bytes before parsing, stored once, applied later."""

import json
from collections.abc import Mapping
from typing import Any, NoReturn

from sqlalchemy import select

from clients.bigcommerce import hooks as bigcommerce_hooks
from clients.reading import clean
from clients.tiktok.sign import verify_webhook
from models import Store, db
from services import inbox, secrets, setup

LARGEST = 256 * 1024
BIGCOMMERCE = (  # what BigCommerce is asked to tell (reference 7)
    "store/app/uninstalled",
    "store/order/statusUpdated",
    "store/shipment/*",
    "store/product/created",
    "store/product/updated",
    "store/product/deleted",
    "store/product/inventory/updated",
    "store/product/inventory/order/updated",
    "store/sku/inventory/updated",
    "store/sku/inventory/order/updated",
)


class NotSigned(Exception):
    """The bytes do not come from the platform; nothing is stored."""


def from_tiktok(raw: bytes, signature: str) -> bool:
    """Stores a TikTok event; False when it was here before. Raises NotSigned."""
    config = setup.config()
    if not verify_webhook(config.tiktok_app_key, config.tiktok_app_secret, raw, signature):
        raise NotSigned
    body = _object(raw)
    event_id = str(body.get("tts_notification_id") or body.get("event_id") or inbox.fallback_id(raw))
    account = str(body.get("shop_id") or body.get("seller_open_id") or body.get("seller_id") or "")
    return inbox.receive("tiktok", event_id, str(body.get("type", "")), account, body)


def from_bigcommerce(raw: bytes, headers: Mapping[str, str]) -> bool:
    """Stores a BigCommerce event; False when it was here before. Raises NotSigned.

    The store is named by `producer` in the body, so the body is read to find the secret, and believed only when that
    fits.
    """
    body = _object(raw)
    store_hash = str(body.get("producer", "")).removeprefix("stores/")
    store = db.session.scalar(select(Store).where(Store.hash == store_hash)) if store_hash else None
    secret = secrets.unseal(store.hook_secret) if store else ""
    if not bigcommerce_hooks.verify(headers, raw, setup.config().bigcommerce_client_secret, secret):
        raise NotSigned
    event_id = str(body.get("hash") or inbox.fallback_id(raw))
    return inbox.receive(
        "bigcommerce", f"{event_id}:{body.get('created_at', '')}", str(body.get("scope", "")), store_hash, body
    )


def _object(raw: bytes) -> dict[str, Any]:
    try:
        body = clean(json.loads(raw, parse_constant=_no_number))
    except (ValueError, RecursionError) as broken:
        raise NotSigned from broken
    if not isinstance(body, dict):
        raise NotSigned
    return body


def _no_number(_text: str) -> NoReturn:
    raise ValueError("NaN and Infinity are no JSON")
