"""Which product of ours a product on TikTok is: by merchant SKU, then by product id, then by identifier. A title only
proposes. A parent with variants is never compared by its own SKU: its children's SKUs or the product id lead to it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from domain.likeness import agree, barcode, forms, is_telling_sku, likeness, telling
from models import FoundProduct, Listing, Product, Shop, Variant, db
from services import trigrams
from services.adoption.found import CERTAIN, NONE, PROPOSED, waiting

SKU, PRODUCT_ID, IDENTIFIER, TITLE = "sku", "product_id", "identifier", "title"
ALIKE = 20  # titles that have less in common speak against a short SKU
PROPOSE = 50  # titles that have less in common are not proposed
CANDIDATES = 3
NEAR = 60  # products looked at for a title's sake


@dataclass(frozen=True, slots=True)
class Ours:
    """One variant with what is compared."""

    id: int
    product_id: int
    sku: str
    barcodes: tuple[str, ...]
    title: str


@dataclass(frozen=True, slots=True)
class Candidate:
    product_id: int
    score: int
    reason: str
    pairs: Mapping[str, int] = field(default_factory=dict)
    how: str = SKU

    def as_json(self) -> dict[str, Any]:
        return {"product": self.product_id, "score": self.score, "reason": self.reason, "pairs": dict(self.pairs),
                "how": self.how}  # fmt: skip


@dataclass(slots=True)
class _Catalog:
    """Our variants that may be one of a batch."""

    shop: Shop
    by_sku: dict[str, list[Ours]]
    by_barcode: dict[str, list[Ours]]
    by_number: dict[str, list[int]]  # TikTok product id -> products that carry it as their SKU
    titles: dict[int, str]
    listed: set[int]  # products with a listing that TikTok has, in this shop


def match(shop: Shop, rows: Sequence[FoundProduct]) -> None:
    """Writes the match of each."""
    catalog = _read(shop, rows)
    for row in rows:
        certainty, found = decide(row, catalog)
        best = found[0] if found else None
        row.certainty, row.candidates = certainty, [one.as_json() for one in found[:CANDIDATES]]
        row.product_id = best.product_id if best else None
        row.score, row.reason, row.how = (best.score, best.reason, best.how) if best else (0, "", "")
        row.pairs = dict(best.pairs) if best else {}
    db.session.flush()


def demote_doubles(shop: Shop) -> int:
    """Of several products on TikTok that match one product of ours, none is certain. Answers how many."""
    here = FoundProduct.shop_id == shop.id, FoundProduct.certainty == CERTAIN, *waiting()
    twice = select(FoundProduct.product_id).where(*here).group_by(FoundProduct.product_id)
    ids = list(db.session.scalars(twice.having(func.count(FoundProduct.id) > 1)))
    rows = db.session.scalars(select(FoundProduct).where(*here, FoundProduct.product_id.in_(ids))).all()
    for row in rows:
        row.certainty, row.score = PROPOSED, min(row.score, 80)
        row.reason = f"{row.reason} Another product on TikTok Shop matches it too."
    db.session.flush()
    return len(rows)


def decide(row: FoundProduct, catalog: _Catalog) -> tuple[str, list[Candidate]]:
    """(certainty, candidates, best first)."""
    found = _by_keys(row, catalog)
    numbered = catalog.by_number.get(row.tiktok_id, [])
    for product_id in numbered:
        pairs = next((one.pairs for one in found if one.product_id == product_id), {})
        kept = [one for one in found if one.product_id != product_id]
        text = "Its SKU is this product's id on TikTok Shop."
        found = [Candidate(product_id, 100, text, pairs, PRODUCT_ID), *kept]
    if not found:
        found = _by_title(row, catalog)
        return (PROPOSED if found else NONE), found
    best = found[0]
    if len(found) > 1 or best.score < 95:
        return PROPOSED, found
    if best.product_id in catalog.listed:
        text = f"{best.reason} It has a listing in this shop already; this would be a second one."
        return PROPOSED, [Candidate(best.product_id, 75, text, best.pairs, best.how)]
    return CERTAIN, found


def _by_keys(row: FoundProduct, catalog: _Catalog) -> list[Candidate]:
    """By the SKUs of its variants, and by identifier where one has no SKU that is ours."""
    hits: dict[int, dict[str, list[tuple[Ours, str]]]] = defaultdict(lambda: defaultdict(list))
    for sku in row.skus:
        same = [(one, SKU) for one in catalog.by_sku.get(sku["seller_sku"].strip().casefold(), ())]
        code = barcode(sku["identifier"])
        same += [(one, IDENTIFIER) for one in catalog.by_barcode.get(code, ()) if code and (one, SKU) not in same]
        for one, how in same:
            hits[one.product_id][sku["id"]].append((one, how))
    found = [_candidate(row, product_id, of, catalog) for product_id, of in hits.items()]
    return sorted(found, key=lambda one: (-one.score, one.product_id))


def _candidate(
    row: FoundProduct, product_id: int, hits: Mapping[str, Sequence[tuple[Ours, str]]], catalog: _Catalog
) -> Candidate:
    pairs: dict[str, int] = {}
    ways: set[str] = set()
    doubts: list[str] = []
    title = likeness(row.title, catalog.titles.get(product_id, ""))
    for sku in row.skus:
        here = hits.get(sku["id"], ())
        by_sku = [one for one, how in here if how == SKU]
        mine = by_sku or [one for one, _ in here]
        exact = [one for one in mine if one.sku == sku["seller_sku"].strip()] if by_sku else mine
        if len(mine) != 1:
            if mine:
                doubts.append("Several of your variants have this SKU." if by_sku else "Several have this identifier.")
            continue
        one = mine[0]
        if one.id in pairs.values():
            doubts.append("Two of its SKUs lead to the same variant.")
            continue
        pairs[sku["id"]] = one.id
        ways.add(SKU if by_sku else IDENTIFIER)
        if by_sku and agree(one.barcodes, sku["identifier"]) is False:
            doubts.append("The SKU is the same, the identifier is another.")
        elif by_sku and not exact:
            doubts.append("The SKU differs in capital letters.")
        elif by_sku and not is_telling_sku(one.sku) and title < ALIKE and not agree(one.barcodes, sku["identifier"]):
            doubts.append("The SKU is short, and the titles have little in common.")
        elif not by_sku and sku["seller_sku"].strip() and sku["seller_sku"].strip().casefold() in catalog.by_sku:
            doubts.append("The identifier is the same, but its SKU belongs to another product.")
    how = IDENTIFIER if IDENTIFIER in ways or not ways else SKU
    words = "The SKU is the same." if how == SKU else "The identifier is the same."
    if len(row.skus) > 1:
        what = "SKU" if how == SKU else "SKU or identifier"
        words = f"{len(pairs)} of its {len(row.skus)} variants have the {what} of a variant of yours."
    if doubts:
        return Candidate(product_id, 70, f"{words} {doubts[0]}", pairs, how)
    if len(pairs) < len(row.skus):
        return Candidate(product_id, 50 + 40 * len(pairs) // max(1, len(row.skus)), words, pairs, how)
    return Candidate(product_id, 100 if how == SKU else 98, words, pairs, how)


def _by_title(row: FoundProduct, catalog: _Catalog) -> list[Candidate]:
    """Only ever proposals."""
    near: dict[int, int] = defaultdict(int)
    for word in telling(row.title):
        for product_id in trigrams.ids(Product, ("title",), word, most=NEAR):
            near[product_id] += 1
    chosen = sorted(near, key=lambda one: (-near[one], one))[:NEAR]
    query = select(Product.id, Product.title).where(Product.id.in_(chosen), Product.deleted_at.is_(None))
    found = [
        Candidate(product_id, min(score, 94), f"The titles are {score} % alike.", {}, TITLE)
        for product_id, title in db.session.execute(query)
        if (score := likeness(row.title, title)) >= PROPOSE
    ]
    listed = _listed(catalog.shop, [one.product_id for one in found])
    free = [one for one in found if one.product_id not in listed]
    return sorted(free, key=lambda one: (-one.score, one.product_id))[:CANDIDATES]


# -- our side ---------------------------------------------------------------------------------------------------------


def _read(shop: Shop, rows: Sequence[FoundProduct]) -> _Catalog:
    skus = [sku for row in rows for sku in row.skus]
    codes = {sku["seller_sku"].strip() for sku in skus} - {""}
    written = {form for code in codes for form in (code, code.upper(), code.lower())}
    barcodes = {code for sku in skus if (code := barcode(sku["identifier"]))}
    shapes = [form for code in barcodes for form in forms(code)]
    found = {one.id: one for one in (*_variants(Variant.sku, written), *_variants(Variant.gtin, shapes),
                                     *_variants(Variant.upc, shapes))}  # fmt: skip
    by_sku: dict[str, list[Ours]] = defaultdict(list)
    by_barcode: dict[str, list[Ours]] = defaultdict(list)
    for one in found.values():
        by_sku[one.sku.casefold()].append(one)
        for code in {barcode(code) for code in one.barcodes} & barcodes:
            by_barcode[code].append(one)
    by_number: dict[str, list[int]] = defaultdict(list)
    numbered = select(Product.sku, Product.id, Product.title).where(
        Product.sku.in_([row.tiktok_id for row in rows]), Product.deleted_at.is_(None)
    )
    titles = {one.product_id: one.title for one in found.values()}
    for number, product_id, title in db.session.execute(numbered):
        by_number[number].append(product_id)
        titles[product_id] = title
    return _Catalog(shop, by_sku, by_barcode, by_number, titles, _listed(shop, titles))


def _listed(shop: Shop, product_ids: Iterable[int]) -> set[int]:
    """Those of the products that TikTok has a listing of in this shop."""
    query = select(Listing.product_id).where(
        Listing.shop_id == shop.id, Listing.tiktok_id != "", Listing.platform_status != "DELETED",
        Listing.product_id.in_(list(product_ids)),
    )  # fmt: skip
    return {product_id for product_id in db.session.scalars(query) if product_id}


def _variants(column: Any, values: Iterable[str]) -> list[Ours]:
    wanted = sorted(set(values))
    found: list[Ours] = []
    for start in range(0, len(wanted), 5000):
        query = (
            select(Variant.id, Variant.product_id, Variant.sku, Variant.gtin, Variant.upc, Product.title)
            .join(Product, Product.id == Variant.product_id)
            .where(column.in_(wanted[start : start + 5000]), Product.deleted_at.is_(None))
            .order_by(Variant.id)
        )
        found += [Ours(id, product, sku.strip(), (gtin, upc), title) for id, product, sku, gtin, upc, title in
                  db.session.execute(query)]  # fmt: skip
    return found
