"""Keeps what was sent and what came back: bodies compressed, kept once, secrets already removed by the clients."""

import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from clients.exchange import Exchange
from models import Evidence, EvidenceBody, db
from models.tenancy import tenant_id
from services import clock
from services.bulk import insert, insert_missing


@dataclass(frozen=True, slots=True)
class Kept:
    """Exchanges of one unit of work and what they belong to."""

    exchanges: Sequence[Exchange]
    activity_id: int | None = None
    item_id: int | None = None
    attempt: int = 0
    listing_id: int | None = None
    rule_version: str = ""


def keep(
    exchanges: Sequence[Exchange],
    *,
    activity_id: int | None = None,
    item_id: int | None = None,
    attempt: int = 0,
    listing_id: int | None = None,
    rule_version: str = "",
) -> None:
    """Stores exchanges of one unit of work."""
    keep_all([Kept(exchanges, activity_id, item_id, attempt, listing_id, rule_version)])


def keep_all(units: Sequence[Kept]) -> None:
    """Stores the exchanges of several units, with two statements for all of them."""
    now, store_id = clock.now(), tenant_id()
    bodies: dict[str, str] = {}
    rows: list[dict[str, object]] = []
    for unit in units:
        for exchange in unit.exchanges:
            digests = [hashlib.sha256(text.encode()).hexdigest() if text else "" for text in _texts(exchange)]
            bodies.update(zip(digests, _texts(exchange), strict=True))
            rows.append(
                {
                    "store_id": store_id,
                    "activity_id": unit.activity_id,
                    "item_id": unit.item_id,
                    "attempt": unit.attempt,
                    "listing_id": unit.listing_id,
                    "platform": exchange.platform,
                    "method": exchange.method,
                    "path": exchange.path[:255],
                    "status": exchange.status,
                    "request_id": exchange.request_id[:64],
                    "rule_version": unit.rule_version,
                    "milliseconds": int(exchange.seconds * 1000),
                    "sent": digests[0],
                    "received": digests[1],
                    "created_at": now,
                }
            )
    insert(Evidence, rows)
    packed = ((digest, zlib.compress(text.encode())) for digest, text in sorted(bodies.items()) if digest)
    insert_missing(
        EvidenceBody,
        [{"store_id": store_id, "digest": digest, "body": body} for digest, body in packed],
        ("store_id", "digest"),
    )


def _texts(exchange: Exchange) -> tuple[str, str]:
    return exchange.sent, exchange.received


def body(digest: str) -> str:
    """The text behind a digest; empty when none was kept."""
    if not digest:
        return ""
    packed = db.session.scalar(select(EvidenceBody.body).where(EvidenceBody.digest == digest))
    return zlib.decompress(packed).decode() if packed else ""
