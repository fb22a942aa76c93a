"""SKUs: their number, sales attributes, seller SKU and identifier (reference 4.8, 11.4)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sandbox.tiktok.submission import Document, Finding, Submission, part, rows

ATTRIBUTES_MAXIMUM, NAME_MAXIMUM, VALUE_MAXIMUM, SELLER_SKU_MAXIMUM, EXTERNAL_MAXIMUM = 3, 20, 50, 50, 999
IDENTIFIERS: dict[str, re.Pattern[str]] = {
    "GTIN": re.compile(r"\d{14}"),
    "EAN": re.compile(r"\d{8}|\d{13,14}"),
    "UPC": re.compile(r"\d{12}"),
    "ISBN": re.compile(r"\d{13}|\d{9}X"),
    "JAN": re.compile(r"\d{8}|\d{13}"),
}


def number_of_skus(submission: Submission) -> Iterator[Finding]:
    if not submission.skus:
        yield 12052902, "The product has no SKU"
    if len(submission.skus) > submission.market.sku_maximum:
        yield 12052558 if submission.product else 12052050, f"More than {submission.market.sku_maximum} SKUs"


def sku_ids(submission: Submission) -> Iterator[Finding]:
    if submission.product is None:
        return
    for sku in submission.skus:
        if sku.get("id"):
            owner = submission.platform.products.by_sku.get(str(sku["id"]))
            if owner is None:
                yield 12052553, f"The SKU {sku['id']} does not exist"
            elif owner != submission.product["id"]:
                yield 12052557, f"The SKU {sku['id']} belongs to another product"


def sales_attributes(submission: Submission) -> Iterator[Finding]:
    combinations, names = set(), set()
    for sku in submission.skus:
        attributes = rows(sku, "sales_attributes")
        if len(attributes) > ATTRIBUTES_MAXIMUM:
            yield 12052525, "More than 3 sales attributes"
        for row in attributes:
            yield from _attribute(submission, row)
        names.add(frozenset(_name(submission, row) for row in attributes))
        combinations.add(tuple(sorted((_name(submission, row), _value(submission, row)) for row in attributes)))
    if len(names) > 1 or (len(submission.skus) > 1 and frozenset() in names):
        yield 12052550, "Every SKU needs the same sales attributes"
    elif len(combinations) < len(submission.skus):
        yield 12052560, "Two SKUs have the same combination"


def _attribute(submission: Submission, row: Document) -> Iterator[Finding]:
    store = submission.platform.products
    number, value_number = row.get("id"), row.get("value_id")
    known = submission.attributes.get(str(number))
    if number and known is None and submission.attributes and store.custom_name(number) is None:
        yield 12052527, f"The sales attribute {number} is unknown"
    if value_number and not (known and str(value_number) in known.names) and store.custom_name(value_number) is None:
        yield 12052529, f"The sales attribute value {value_number} is unknown"
    name, value = row.get("name"), row.get("value_name")
    if (not number and not name) or len(str(name or "")) > NAME_MAXIMUM:
        yield 12052526, "A sales attribute's name needs 1 to 20 characters"
    if (not value_number and not value) or len(str(value or "")) > VALUE_MAXIMUM:
        yield 12052526, "A sales attribute's value needs 1 to 50 characters"


def _name(submission: Submission, row: Document) -> str:
    known = submission.attributes.get(str(row.get("id")))
    custom = submission.platform.products.custom_name(row.get("id"))
    return str(known.name if known else custom or row.get("name"))


def _value(submission: Submission, row: Document) -> str:
    known = submission.attributes.get(str(row.get("id")))
    listed = known.names.get(str(row.get("value_id"))) if known else None
    return str(listed or submission.platform.products.custom_name(row.get("value_id")) or row.get("value_name"))


def seller_skus(submission: Submission) -> Iterator[Finding]:
    for sku in submission.skus:
        text = sku.get("seller_sku")
        if text is not None and (not isinstance(text, str) or len(text) > SELLER_SKU_MAXIMUM):
            yield 12052054, "A seller SKU has more than 50 characters"
        elif isinstance(text, str) and re.search(r"\s", text):
            yield 12019059, "A seller SKU has spaces"
        if len(str(sku.get("external_sku_id") or "")) > EXTERNAL_MAXIMUM:
            yield 12052369, "An external SKU id is too long"


def identifiers(submission: Submission) -> Iterator[Finding]:
    seen: set[str] = set()
    store = submission.platform.products
    before = {
        sku["id"]: sku.get("identifier_code") for sku in (submission.product or {}).get("content", {}).get("skus", ())
    }
    for sku in submission.skus:
        identifier = part(sku, "identifier_code")
        code, kind = str(identifier.get("code") or ""), str(identifier.get("type") or "")
        old = before.get(str(sku.get("id")))
        if old and submission.product and submission.product["submitted"] and identifier and code != old.get("code"):
            yield 12052593, "An identifier cannot change after the first submission"
        if not code:
            continue
        if kind not in IDENTIFIERS:
            yield 12052600, "An identifier has no type"
        elif "X" in code[:-1] or ("X" in code and kind != "ISBN"):
            yield 12052598, "X may only be the last character of an ISBN"
        elif not IDENTIFIERS[kind].fullmatch(code):
            yield 12052591, f"The identifier {code} does not have the digits of {kind}"
        owner = store.by_identifier.get((submission.shop["id"], code))
        if code in seen or (owner is not None and owner != str(sku.get("id")) and not _own(submission, owner)):
            yield 12052592, f"The identifier {code} is used already"
        seen.add(code)


def _own(submission: Submission, sku_id: str) -> bool:
    return (
        submission.product is not None and submission.platform.products.by_sku.get(sku_id) == submission.product["id"]
    )
