"""A listing at any moment, rebuilt from its history; two of them side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from models import Listing, ListingSku, ListingVersion, db
from models.present import has_table
from services.errors import NotFound
from services.history.keeping import ENABLED, body

PAGE = 30


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a person had set, and what TikTok had last taken (`sent`, empty before the first time)."""

    fields: Mapping[str, Any]
    skus: Mapping[str, Mapping[str, Any]]  # by line
    enabled: bool
    sent: Mapping[str, Any]
    rule_version: str = ""


def page(listing: Listing, before: int | None = None, limit: int = PAGE) -> Sequence[ListingVersion]:
    """Newest first."""
    if not has_table(ListingVersion):
        return []
    query = select(ListingVersion).where(ListingVersion.listing_id == listing.id)
    if before is not None:
        query = query.where(ListingVersion.id < before)
    return db.session.scalars(query.order_by(ListingVersion.id.desc()).limit(limit)).all()


def version(listing: Listing, version_id: int) -> ListingVersion:
    query = select(ListingVersion).where(ListingVersion.id == version_id, ListingVersion.listing_id == listing.id)
    found = db.session.scalar(query) if has_table(ListingVersion) else None
    if found is None:
        raise NotFound("This version does not exist any more.", "See the history", f"/listings/{listing.id}/history")
    return found


def now(listing: Listing) -> Snapshot:
    """As it stands."""
    return _back(listing, [])


def after(listing: Listing, version_id: int) -> Snapshot:
    """As it was when this version had been made: the present, with every later change taken back."""
    later = select(ListingVersion).where(ListingVersion.listing_id == listing.id, ListingVersion.id > version_id)
    return _back(listing, db.session.scalars(later.order_by(ListingVersion.id.desc())).all(), version_id)


def at(listing: Listing, moment: datetime) -> Snapshot:
    """As it was at that moment."""
    query = select(ListingVersion.id).where(ListingVersion.listing_id == listing.id, ListingVersion.at <= moment)
    last = db.session.scalar(query.order_by(ListingVersion.id.desc()).limit(1))
    return after(listing, last or 0)


def _back(listing: Listing, later: Sequence[ListingVersion], until: int | None = None) -> Snapshot:
    fields: dict[str, Any] = {**listing.fields, ENABLED: listing.is_enabled}
    lines = db.session.execute(select(ListingSku.id, ListingSku.fields).where(ListingSku.listing_id == listing.id))
    skus: dict[str, dict[str, Any]] = {str(line_id): dict(own) for line_id, own in lines}
    for one in later:
        _take_back(fields, one.fields)
        for line, changes in one.skus.items():
            _take_back(skus.setdefault(line, {}), changes)
    enabled = bool(fields.pop(ENABLED, True))
    sent, rules = _sent(listing, until)
    return Snapshot(fields, skus, enabled, sent, rules)


def _take_back(values: dict[str, Any], changes: Mapping[str, Sequence[Any]]) -> None:
    for name, (before, _) in changes.items():
        if before is None:
            values.pop(name, None)
        else:
            values[name] = before


def _sent(listing: Listing, until: int | None) -> tuple[dict[str, Any], str]:
    """The last whole version up to there, with the parts that were sent after it."""
    if not has_table(ListingVersion):
        return {}, ""
    here = [ListingVersion.listing_id == listing.id]
    if until is not None:
        here.append(ListingVersion.id <= until)
    whole = db.session.scalars(
        select(ListingVersion).where(*here, ListingVersion.kind == "sent").order_by(ListingVersion.id.desc()).limit(1)
    ).first()
    if whole is None:
        return {}, ""
    document = body(whole.digest)
    parts = select(ListingVersion).where(*here, ListingVersion.kind == "part", ListingVersion.id > whole.id)
    for part in db.session.scalars(parts.order_by(ListingVersion.id)):
        told = body(part.digest)
        lines = {sku["external_sku_id"]: sku for sku in told.pop("skus", ())}
        document |= told
        document["skus"] = [{**sku, **lines.get(sku.get("external_sku_id"), {})} for sku in document.get("skus", ())]
    return document, whole.rule_version


@dataclass(frozen=True, slots=True)
class Pair:
    """One field of two snapshots. `group`: set, sent."""

    group: str
    name: str
    one: Any
    other: Any

    @property
    def differs(self) -> bool:
        return bool(self.one != self.other)


def side_by_side(one: Snapshot, other: Snapshot) -> list[Pair]:
    """Every field that either has, what was set first."""
    pairs = [Pair("set", name, one.fields.get(name), other.fields.get(name))
             for name in sorted({*one.fields, *other.fields})]  # fmt: skip
    pairs.append(Pair("set", ENABLED, one.enabled, other.enabled))
    for line in sorted({*one.skus, *other.skus}, key=int):
        mine, theirs = one.skus.get(line, {}), other.skus.get(line, {})
        pairs += [Pair("set", f"skus.{line}.{name}", mine.get(name), theirs.get(name))
                  for name in sorted({*mine, *theirs})]  # fmt: skip
    before, after_ = flat(one.sent), flat(other.sent)
    pairs += [Pair("sent", name, before.get(name), after_.get(name)) for name in sorted({*before, *after_})]
    return pairs


def flat(sent: Mapping[str, Any]) -> dict[str, Any]:
    """A sent document by field name: attributes and SKUs each for themselves."""
    found: dict[str, Any] = {}
    for name, value in sent.items():
        if name == "skus":
            for sku in value:
                place = f"skus.{sku.get('external_sku_id', sku.get('seller_sku', ''))}"
                found |= {f"{place}.{key}": said for key, said in sku.items() if key not in ("external_sku_id", "id")}
        elif name == "product_attributes":
            found |= {f"attributes.{row['id']}": row["values"] for row in value}
        elif name != "category_version":
            found[name] = value
    return found
