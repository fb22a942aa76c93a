"""One download with everything that is known of an order: facts, timeline, raw messages, each entry chained to the one
before by its hash, so that a later change would show (feature I-34)."""

import hashlib
import json
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from models import Evidence, Order, OrderEvent, db
from services import clock
from services.evidence import body
from services.orders import timeline

FIRST = "0" * 64


def entries(order: Order) -> list[dict[str, Any]]:
    """The timeline with what was sent and what came back, each with the hash of all before it."""
    events = timeline.of(order.id)
    raw = _exchanges([event.item_id for event in events if event.item_id is not None])
    chained, before = [], FIRST
    for event in events:
        entry = _entry(event) | ({"exchanges": raw[event.item_id]} if event.item_id in raw else {})
        entry["previous"] = before
        before = entry["hash"] = digest(entry)
        chained.append(entry)
    return chained


def digest(entry: dict[str, Any]) -> str:
    """Of everything in the entry but its own hash."""
    content = {name: value for name, value in entry.items() if name != "hash"}
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def build(order: Order) -> bytes:
    """One JSON document: the order as it stands, its lines, what BigCommerce has of it, the timeline."""
    chain = entries(order)
    lines = [
        {"id": line.tiktok_id, "sku": line.sku_id, "seller_sku": line.seller_sku, "name": line.product_name,
         "variant": line.sku_name, "price": str(line.price), "tax": str(line.tax), "status": line.status,
         "package": line.package_id, "tracking": line.tracking_number}
        for line in order.lines
    ]  # fmt: skip
    facts = {
        column.key: _plain(getattr(order, column.key))
        for column in Order.__table__.columns
        if column.key not in ("store_id", "id", "shop_id")
    }
    copies = [
        {"bigcommerce_id": copy.bigcommerce_id, "reference": copy.reference, "state": copy.state,
         "status_id": copy.status_id, "written_at": _plain(copy.written_at)}
        for copy in order.copies
    ]  # fmt: skip
    made = {
        "about": f"Order {order.tiktok_id} of {order.shop.name}, everything that is known of it. Each entry of the "
        "timeline holds the hash of the entry before it, so a change made later would show.",
        "made_at": clock.now().isoformat(),
        "last_hash": chain[-1]["hash"] if chain else FIRST,
        "order": facts,
        "lines": lines,
        "bigcommerce": copies,
        "timeline": chain,
    }
    return json.dumps(made, indent=2, ensure_ascii=False).encode()


def _entry(event: OrderEvent) -> dict[str, Any]:
    return {
        "at": event.at.isoformat(),
        "kind": event.kind,
        "text": event.text,
        "source": event.source,
        "details": event.details,
    }


def _exchanges(item_ids: list[int]) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    query = select(Evidence).where(Evidence.item_id.in_(item_ids)).order_by(Evidence.id)
    for row in db.session.scalars(query):
        found.setdefault(row.item_id or 0, []).append(
            {
                "at": row.created_at.isoformat(),
                "platform": row.platform,
                "call": f"{row.method} {row.path}",
                "status": row.status,
                "request": row.request_id,
                "sent": body(row.sent),
                "received": body(row.received),
            }
        )
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
