"""Keeps the history. What the session is about to write is read off its rows, so no edit can forget to say so; bulk
statements that go round the session call `edited`."""

import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, event, inspect, select
from sqlalchemy.orm import Session

from models import Listing, ListingBody, ListingSku, ListingVersion, db
from models.present import has_table
from models.tenancy import scoped, tenant_id
from services import clock
from services.bulk import insert, insert_into, insert_missing, table_of
from services.history.because import cause

ENABLED = "@enabled"  # stands among the fields: held back from publishing or not
Delta = dict[str, list[Any]]


def install() -> None:
    """Once a process."""
    maker: Any = db.session
    session_class = maker.session_factory.class_
    if not event.contains(session_class, "before_flush", _read_off):
        event.listen(session_class, "before_flush", _read_off)


def delta(before: Mapping[str, Any], after: Mapping[str, Any]) -> Delta:
    """{name: [before, after]} of what differs; None where nothing is set."""
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return {name: [before.get(name), after.get(name)] for name in sorted(names)}


def _read_off(session: Session, *_: Any) -> None:
    fields: dict[int, Delta] = {}
    skus: dict[int, dict[str, Delta]] = {}
    for row in session.dirty:
        if isinstance(row, Listing):
            found = _changed(row, "fields")
            enabled = inspect(row).attrs.is_enabled.history
            if enabled.deleted and enabled.added and enabled.deleted[0] is not None:
                found[ENABLED] = [enabled.deleted[0], enabled.added[0]]
            if found:
                fields[row.id] = found
        elif isinstance(row, ListingSku) and (found := _changed(row, "fields")):
            skus.setdefault(row.listing_id, {})[str(row.id)] = found
    if not (fields or skus) or not has_table(ListingVersion):
        return
    rows = [_row(number, "edit", fields.get(number, {}), skus.get(number, {})) for number in sorted({*fields, *skus})]
    table = table_of(ListingVersion)  # one statement, however many; the unit of work would send one a row
    session.connection().execute(scoped(insert_into(table).values({name: bindparam(name) for name in rows[0]})), rows)


def _changed(row: Listing | ListingSku, name: str) -> Delta:
    state: Any = inspect(row)
    if name not in state.committed_state:
        return {}
    before = state.committed_state[name]
    return delta(before if isinstance(before, dict) else {}, getattr(row, name) or {})


def _row(listing_id: int, kind: str, fields: Delta, skus: Mapping[str, Delta], **more: Any) -> dict[str, Any]:
    why = cause()
    row = {
        "store_id": tenant_id(), "listing_id": listing_id, "kind": kind, "why": why.why, "actor": why.actor,
        "activity_id": why.activity_id, "fields": fields, "skus": dict(skus), "digest": "", "rule_version": "",
        "at": clock.now(),
    }  # fmt: skip
    return {**row, **more}


def edited(fields: Mapping[int, Delta], skus: Mapping[int, Mapping[str, Delta]] | None = None) -> None:
    """Changes that a bulk statement made, by listing: one insert for all of them."""
    lines = skus or {}
    ids = sorted(number for number in {*fields, *lines} if fields.get(number) or lines.get(number))
    if ids and has_table(ListingVersion):
        insert(ListingVersion, [_row(number, "edit", fields.get(number, {}), lines.get(number, {})) for number in ids])


def sent(taken: Sequence[tuple[int, Mapping[str, Any], str]], kind: str = "sent") -> None:
    """What TikTok took: (listing, document, rule version) each. `kind` part: the document holds some fields only."""
    if not taken or not has_table(ListingVersion):
        return
    bodies: dict[str, bytes] = {}
    rows = []
    for listing_id, document, rule_version in taken:
        text = json.dumps(document, sort_keys=True, default=str).encode("utf-8", "surrogatepass")
        digest = hashlib.blake2b(text, digest_size=20).hexdigest()
        bodies[digest] = text
        rows.append(_row(listing_id, kind, {}, {}, digest=digest, rule_version=rule_version))
    packed = [{"store_id": tenant_id(), "digest": digest, "body": zlib.compress(bodies[digest])}
              for digest in sorted(bodies)]  # fmt: skip
    insert_missing(ListingBody, packed, ("store_id", "digest"))
    insert(ListingVersion, rows)


def document(body: Mapping[str, Any], pictures: Sequence[str] = ()) -> dict[str, Any]:
    """A request as it is kept: the sources of its pictures instead of TikTok's addresses, no idempotency key."""
    told = {name: value for name, value in body.items() if name not in ("idempotency_key", "save_mode", "main_images")}
    return {**told, "images": list(pictures)} if pictures else told


def body(digest: str) -> dict[str, Any]:
    """A kept document; empty when there is none."""
    found = db.session.scalar(select(ListingBody.body).where(ListingBody.digest == digest)) if digest else None
    read: dict[str, Any] = json.loads(zlib.decompress(found)) if found else {}
    return read
