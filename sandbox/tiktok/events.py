"""Registering webhook addresses per shop and event type (reference 9.1)."""

from __future__ import annotations

import ipaddress
from typing import Any
from urllib.parse import urlsplit

from sandbox.tiktok.call import Call
from sandbox.tiktok.endpoints import endpoints
from sandbox.tiktok.refusal import Refusal
from sandbox.tiktok.scopes import AUTHORIZATION
from sandbox.tiktok.webhooks import TYPES

Document = dict[str, Any]

ADDRESS_MAXIMUM = 255


def _event_type(call: Call) -> str:
    event_type = call.body.get("event_type")
    if not isinstance(event_type, str) or event_type not in TYPES:
        raise Refusal(36009004, "event_type is not valid")
    return event_type


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def check_address(address: object) -> str:
    """https, a domain name and no port; loopback addresses are let through, because this is a sandbox."""
    if not isinstance(address, str) or not address or len(address) > ADDRESS_MAXIMUM:
        raise Refusal(36009004, "address needs 1 to 255 characters")
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise Refusal(36009004, "address is not a URL") from None
    if _is_loopback(host):
        return address
    if (
        parts.scheme != "https"
        or not host
        or port is not None
        or host.replace(".", "").isdigit()
        or ":" in host
        or "." not in host
    ):
        raise Refusal(36009004, "address must be https with a domain name and no port")
    return address


@endpoints.add("PUT", "event/webhooks", "202309", AUTHORIZATION)
def put(call: Call) -> Document:
    event_type, address = _event_type(call), check_address(call.body.get("address"))
    collection, key, now = call.platform.webhooks.addresses, f"{call.shop_id}:{event_type}", call.platform.now()
    with call.platform.box.state.lock:
        created = collection[key]["create_time"] if key in collection else now
        collection[key] = {
            "shop_id": call.shop_id,
            "event_type": event_type,
            "address": address,
            "create_time": created,
            "update_time": now,
        }
    return {}


@endpoints.add("GET", "event/webhooks", "202309", AUTHORIZATION)
def get(call: Call) -> Document:
    names = ("event_type", "address", "create_time", "update_time")
    found = [
        {name: row[name] for name in names}
        for row in call.platform.webhooks.addresses.values()
        if row["shop_id"] == call.shop_id
    ]
    return {"webhooks": found, "total_count": len(found)}


@endpoints.add("DELETE", "event/webhooks", "202309", AUTHORIZATION)
def delete(call: Call) -> Document:
    call.platform.webhooks.addresses.pop(f"{call.shop_id}:{_event_type(call)}", None)
    return {}
