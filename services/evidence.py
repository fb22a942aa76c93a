"""Keeps what was sent and what came back: bodies compressed, kept once, secrets already removed by the clients."""

import hashlib
import zlib
from collections.abc import Sequence

from sqlalchemy import select

from clients.exchange import Exchange
from models import Evidence, EvidenceBody, db
from models.tenancy import tenant_id
from services import clock
from services.bulk import insert_missing


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
    now = clock.now()
    bodies: dict[str, bytes] = {}
    for exchange in exchanges:
        digests = []
        for text in (exchange.sent, exchange.received):
            digest = hashlib.sha256(text.encode()).hexdigest() if text else ""
            if digest:
                bodies.setdefault(digest, text.encode())
            digests.append(digest)
        db.session.add(
            Evidence(
                activity_id=activity_id,
                item_id=item_id,
                attempt=attempt,
                listing_id=listing_id,
                platform=exchange.platform,
                method=exchange.method,
                path=exchange.path[:255],
                status=exchange.status,
                request_id=exchange.request_id[:64],
                rule_version=rule_version,
                milliseconds=int(exchange.seconds * 1000),
                sent=digests[0],
                received=digests[1],
                created_at=now,
            )
        )
    store_id = tenant_id()
    packed = ((digest, zlib.compress(body)) for digest, body in sorted(bodies.items()))
    rows = [{"store_id": store_id, "digest": digest, "body": body} for digest, body in packed]
    insert_missing(EvidenceBody, rows, ("store_id", "digest"))


def body(digest: str) -> str:
    """The text behind a digest; empty when none was kept."""
    if not digest:
        return ""
    packed = db.session.scalar(select(EvidenceBody.body).where(EvidenceBody.digest == digest))
    return zlib.decompress(packed).decode() if packed else ""
