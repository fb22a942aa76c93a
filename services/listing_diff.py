"""Field by field: what would be sent for a listing, and what TikTok has now. Pure: a body and a product as read."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from clients.tiktok.models import Product, Sku

KINDS = ("content", "price", "stock", "variants")
LONG = 400  # characters of a value kept for showing


@dataclass(frozen=True, slots=True)
class Change:
    """`kind`: one of KINDS. `ours`: after sending; `theirs`: on TikTok now; both as shown."""

    field: str
    kind: str
    label: str
    ours: str
    theirs: str

    def as_json(self) -> dict[str, str]:
        return asdict(self)


def digest(body: Mapping[str, Any], pictures: Sequence[str] = ()) -> str:
    """Names exactly what would be sent; `pictures` are the sources, which get their address only when uploaded."""
    told = {name: value for name, value in body.items() if name != "idempotency_key"}
    text = json.dumps([told, list(pictures)], sort_keys=True, default=str)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def values_digest(body: Mapping[str, Any], kind: str) -> str:
    """Names the prices ("price") or the quantities ("stock") that would be sent."""
    name = "price" if kind == "price" else "inventory"
    return digest({"skus": [(sku.get("id", ""), sku[name]) for sku in body["skus"]]})


def changes(body: Mapping[str, Any], pictures: Sequence[str], product: Product) -> list[Change]:
    """`pictures`: TikTok's address of each main picture in order, empty for one that is not uploaded yet."""
    return [*_content(body, pictures, product), *_skus(body.get("skus", ()), product.skus)]


def _content(body: Mapping[str, Any], pictures: Sequence[str], product: Product) -> Iterator[Change]:
    for field, label, ours, theirs in (
        ("title", "Title", str(body.get("title", "")), product.title),
        ("description", "Description", str(body.get("description", "")), product.description),
    ):
        if _plain(ours) != _plain(theirs):
            yield Change(field, "content", label, _short(ours), _short(theirs))
    leaf = product.category_chains[-1] if product.category_chains else None
    if leaf is not None and leaf.id != body.get("category_id"):
        yield Change("category", "content", "Category", str(body.get("category_id", "")), leaf.local_name or leaf.id)
    brand = product.brand
    if (brand.id if brand else "") != body.get("brand_id", ""):
        now = brand.name or brand.id if brand else ""
        yield Change("brand", "content", "Brand", str(body.get("brand_id", "")), now)
    yield from _pictures(pictures, [image.uri for image in product.main_images])
    yield from _files(body, product)
    yield from _package(body, product)
    yield from _attributes(body.get("product_attributes", ()), product)


def _pictures(ours: Sequence[str], theirs: Sequence[str]) -> Iterator[Change]:
    if list(ours) == list(theirs):
        return
    fresh = sum(uri not in theirs for uri in ours)
    told = f"{len(ours)} ({fresh} new)" if fresh else f"{len(ours)} in another order or fewer"
    yield Change("images", "content", "Pictures", told, str(len(theirs)))


def _files(body: Mapping[str, Any], product: Product) -> Iterator[Change]:
    """Video, size chart and documents: TikTok's ids of what would be sent, beside those it has."""
    film, has = body.get("video", {}).get("id", ""), product.video.id if product.video else ""
    if film != has:
        yield Change("video", "content", "Video", _there(film), _there(has))
    chart = body.get("size_chart", {}).get("image", {}).get("uri", "")
    now = product.size_chart.image.uri if product.size_chart and product.size_chart.image else ""
    if chart != now:
        yield Change("size_chart", "content", "Size chart", _there(chart), _there(now))
    ours = {one["id"]: _papers(one) for one in body.get("certifications", ())}
    theirs = {one.id: _papers(one.model_dump()) for one in product.certifications}
    for target in dict.fromkeys([*ours, *theirs]):
        mine, known = ours.get(target, frozenset()), theirs.get(target, frozenset())
        if mine != known:
            yield Change(f"certifications.{target}", "content", "Documents", _count(mine), _count(known))


def _papers(one: Mapping[str, Any]) -> frozenset[str]:
    found = [image["uri"] for image in one.get("images", ())] + [file["id"] for file in one.get("files", ())]
    return frozenset([*found, f"until {one.get('expiration_date') or ''}"])


def _count(papers: frozenset[str]) -> str:
    count = len(papers) - 1
    return "" if count < 1 else f"{count} {'document' if count == 1 else 'documents'}"


def _there(id: str) -> str:
    return f"…{id[-12:]}" if id else ""


def _package(body: Mapping[str, Any], product: Product) -> Iterator[Change]:
    weight, theirs = body.get("package_weight"), product.package_weight
    ours = f"{_number(weight['value'])} {weight['unit']}" if weight else ""
    now = f"{_number(theirs.value)} {theirs.unit}" if theirs and theirs.value is not None else ""
    if ours != now:
        yield Change("weight", "content", "Package weight", ours, now)
    size, has = body.get("package_dimensions"), product.package_dimensions
    sides = [_number(size[side]) for side in ("length", "width", "height")] if size else []
    ours = f"{' × '.join(sides)} {size['unit']}" if size else ""
    now = f"{_number(has.length)} × {_number(has.width)} × {_number(has.height)} {has.unit}" if has and has.unit else ""
    if ours != now:
        yield Change("dimensions", "content", "Package size", ours, now)


def _attributes(sent: Sequence[Mapping[str, Any]], product: Product) -> Iterator[Change]:
    has = {one.id: one for one in product.product_attributes}
    for row in sent:
        now = has.pop(row["id"], None)
        known = {value.id: value.name for value in now.values} if now else {}
        values = row["values"]
        agree = len(values) == len(known) and all(
            value.get("id") in known or value.get("name") in known.values() for value in values
        )
        if not agree:
            words = [known.get(value.get("id", ""), value.get("name") or value.get("id", "")) for value in values]
            ours = ", ".join(words)
            label = now.name if now and now.name else f"Attribute {row['id']}"
            yield Change(f"attributes.{row['id']}", "content", label, _short(ours), _short(", ".join(known.values())))
    for left in has.values():
        gone = ", ".join(value.name for value in left.values)
        yield Change(f"attributes.{left.id}", "content", left.name or f"Attribute {left.id}", "", _short(gone))


def _skus(sent: Sequence[Mapping[str, Any]], has: Sequence[Sku]) -> Iterator[Change]:
    left = {sku.id: sku for sku in has}
    for row in sent:
        now = left.pop(row.get("id", ""), None)
        name = _options(row) or row["seller_sku"] or "Variant"
        place = f"skus.{row['external_sku_id']}"
        if now is None:
            told = f"{row['price']['amount']} {row['price']['currency']}, {_total(row)} pieces"
            yield Change(place, "variants", f"{name}: added", told, "")
            continue
        yield from _sku(row, now, name, place)
    for gone in left.values():
        words = " / ".join(one.value_name for one in gone.sales_attributes) or gone.seller_sku
        yield Change("skus", "variants", f"{words}: removed", "", gone.seller_sku or gone.id)


def _sku(row: Mapping[str, Any], now: Sku, name: str, place: str) -> Iterator[Change]:
    if row["seller_sku"] != now.seller_sku:
        yield Change(f"{place}.sku", "variants", f"{name}: SKU", row["seller_sku"], now.seller_sku)
    theirs = now.price.tax_exclusive_price or now.price.sale_price or now.price.amount if now.price else None
    if _number(row["price"]["amount"]) != _number(theirs):
        ours = f"{_number(row['price']['amount'])} {row['price']['currency']}"
        yield Change(f"{place}.price", "price", f"{name}: price", ours, _number(theirs))
    before = {one.warehouse_id: one.quantity for one in now.inventory}
    after = {one["warehouse_id"]: one["quantity"] for one in row.get("inventory", ())}
    # A warehouse that one side does not name holds nothing there.
    if after and {place: count for place, count in after.items() if count} != {
        place: count for place, count in before.items() if count
    }:
        yield Change(f"{place}.quantity", "stock", f"{name}: quantity", _places(after, before), _places(before, after))
    options, known = _options(row), " / ".join(one.value_name for one in now.sales_attributes)
    given = [one for one in row.get("sales_attributes", ()) if one.get("value_name")]
    if len(given) == len(row.get("sales_attributes", ())) and options != known:
        yield Change(f"{place}.option", "variants", f"{name}: options", options, known)
    code, has = row.get("identifier_code", {}).get("code", ""), now.identifier_code
    if code != (has.code if has else ""):
        yield Change(f"{place}.identifier", "variants", f"{name}: identifier", code, has.code if has else "")


def _options(row: Mapping[str, Any]) -> str:
    return " / ".join(one.get("value_name", "") for one in row.get("sales_attributes", ()) if one.get("value_name"))


def _total(row: Mapping[str, Any]) -> int:
    return sum(one["quantity"] for one in row.get("inventory", ()))


def _places(counts: Mapping[str, int], other: Mapping[str, int]) -> str:
    """The sum, or each warehouse where they are not the same ones or several."""
    if counts.keys() == other.keys() and len(counts) == 1:
        return str(sum(counts.values()))
    return ", ".join(f"{count} in {place}" for place, count in sorted(counts.items()))


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r">\s+<", "><", text)).strip()


def _short(text: str) -> str:
    return text if len(text) <= LONG else f"{text[:LONG]}…"


def _number(value: Any) -> str:
    """A number as both sides would write it: 5, 5.0 and "5.00" are the same."""
    try:
        return format(Decimal(str(value)).normalize(), "f")
    except (InvalidOperation, ValueError):
        return ""
