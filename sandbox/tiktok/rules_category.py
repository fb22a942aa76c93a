"""Category, brand, product attributes, certificates, size chart and COD (reference 11.3)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sandbox.tiktok.attribute_sets import CERTIFICATIONS, NO_COD, SIZE_CHART_REQUIRED, SIZE_CHARTS, Attribute
from sandbox.tiktok.brands import brand_of
from sandbox.tiktok.refusal import Refusal
from sandbox.tiktok.submission import Document, Finding, Submission, part, rows

NUMBER = re.compile(r"\d+(\.\d+)?")
NAME_MAXIMUM, CERTIFICATION_MAXIMUM = 2000, 10


def category(submission: Submission) -> Iterator[Finding]:
    given = submission.body.get("category_id")
    if not isinstance(given, str) or not given.isdigit():
        yield 12052002, "category_id is missing or not a number in a string"
    elif isinstance(submission.category, Refusal):
        yield submission.category.code, submission.category.message
    elif "INVITE_ONLY" in submission.category.permissions:
        yield 12052223, "The category is restricted"
    elif "NON_MAIN_CATEGORY" in submission.category.permissions and "NON_MAIN_CATEGORY" in submission.shop["failing"]:
        yield 12052225, "The category is not one of the shop's main categories"


def brand(submission: Submission) -> Iterator[Finding]:
    if submission.body.get("brand_id"):
        try:
            brand_of(submission.platform, submission.shop["seller_id"], str(submission.body["brand_id"]))
        except Refusal as refusal:
            yield refusal.code, refusal.message


def attributes(submission: Submission) -> Iterator[Finding]:
    """What was sent, attribute by attribute."""
    known, seen = submission.attributes, set()
    if isinstance(submission.category, Refusal):
        return
    for row in rows(submission.body, "product_attributes"):
        attribute = known.get(str(row.get("id")))
        if attribute is None or attribute.type != "PRODUCT_PROPERTY":
            yield 12052527, f"The category has no attribute {row.get('id')}"
            continue
        if attribute.id in seen:
            yield 12052254, f"The attribute {attribute.name} is sent twice"
        seen.add(attribute.id)
        yield from _values(submission, attribute, rows(row, "values"))


def _values(submission: Submission, attribute: Attribute, values: list[Document]) -> Iterator[Finding]:
    if not values:
        yield 12052248, f"The attribute {attribute.name} has no value"
    if len(values) > 1 and not attribute.multiple:
        yield 12052246, f"The attribute {attribute.name} takes one value"
    seen = set()
    for value in values:
        number, name = value.get("id"), value.get("name")
        if number and str(number) not in attribute.names:
            custom = submission.platform.products.custom_name(number) if attribute.customizable else None
            if custom is None:
                yield 12052529, f"The attribute {attribute.name} has no value {number}"
        elif not number and name not in attribute.names.values():
            yield from _custom(attribute, name)
        key = str(number or name)
        if key in seen:
            yield 12052253, f"A value of {attribute.name} is sent twice"
        seen.add(key)


def _custom(attribute: Attribute, name: object) -> Iterator[Finding]:
    if not isinstance(name, str) or not name.strip():
        yield 12052248, f"A value of {attribute.name} is empty"
    elif not attribute.customizable:
        yield 12052247, f"The attribute {attribute.name} takes only listed values"
    elif len(name) > NAME_MAXIMUM:
        yield 12052249, f"A value of {attribute.name} is too long"
    elif attribute.format and not NUMBER.fullmatch(name):
        yield 12052256, f"The attribute {attribute.name} takes a number"


def required_attributes(submission: Submission) -> Iterator[Finding]:
    for attribute in submission.attributes.values():
        if attribute.type != "PRODUCT_PROPERTY":
            continue
        sent = bool(submission.chosen(attribute.id))
        if attribute.required and not sent:
            yield 12052104, f"The attribute {attribute.name} is required"
        if attribute.conditions:
            wanted = any(_has(submission, *pair) for pair in attribute.conditions)
            if wanted and not sent:
                yield 12052182, f"The attribute {attribute.name} is required by another attribute"
            if sent and not wanted and attribute.format:
                yield 12052183, f"The attribute {attribute.name} must stay empty"


def _has(submission: Submission, attribute_id: str, value_id: str) -> bool:
    attribute = submission.attributes.get(attribute_id)
    name = attribute.names.get(value_id) if attribute else None
    return any(
        str(value.get("id")) == value_id or (not value.get("id") and value.get("name") == name)
        for value in submission.chosen(attribute_id)
    )


def certifications(submission: Submission) -> Iterator[Finding]:
    known = {row["id"]: row for row in CERTIFICATIONS.get(submission.kind, ())}
    sent = rows(submission.body, "certifications")
    numbers = [str(row.get("id")) for row in sent]
    if len(sent) > CERTIFICATION_MAXIMUM:
        yield 12052657, "Too many certificates"
    if len(set(numbers)) < len(numbers):
        yield 12052656, "A certificate is sent twice"
    if not isinstance(submission.category, Refusal):
        for number in numbers:
            if number not in known:
                yield 12052655, f"The category has no certificate {number}"
    for number, row in known.items():
        wanted = row["is_required"] or any(
            _has(submission, rule["attribute_id"], rule["attribute_value_id"]) for rule in row["requirement_conditions"]
        )
        given = next((entry for entry in sent if str(entry.get("id")) == number), None)
        if wanted and (given is None or not (rows(given, "images") or rows(given, "files"))):
            yield 12052105, f"The certificate {row['name']} is required"
        elif given is not None:
            yield from _certificate(submission, row, given)


def _certificate(submission: Submission, row: Document, given: Document) -> Iterator[Finding]:
    media = submission.platform.media
    if any(media.image(image.get("uri")) is None for image in rows(given, "images")):
        yield 12052650, "A certificate image was never uploaded"
    if any(str(file.get("id")) not in media.files for file in rows(given, "files")):
        yield 12052658, "A certificate file was never uploaded"
    expiry = given.get("expiration_date")
    if row["expiration_date"]["is_required"] or expiry:
        try:
            seconds = int(str(expiry))
        except ValueError:
            seconds = 0
        if seconds <= submission.platform.now():
            yield 12052385, "The certificate's expiration date is missing or past"


def size_chart(submission: Submission) -> Iterator[Finding]:
    chart = part(submission.body, "size_chart")
    if isinstance(submission.category, Refusal):
        return
    if not chart:
        if submission.kind in SIZE_CHART_REQUIRED:
            yield 12052673, "The category requires a size chart"
        return
    if submission.kind not in SIZE_CHARTS:
        submission.warnings.append("The category takes no size chart; it was dropped.")
        return
    image = part(chart, "image")
    if image and submission.platform.media.image(image.get("uri")) is None:
        yield 12052670, "The size chart image was never uploaded"


def cash_on_delivery(submission: Submission) -> Iterator[Finding]:
    if submission.body.get("is_cod_allowed") is True and (not submission.market.cod or submission.kind in NO_COD):
        yield 12052222, "The category does not support cash on delivery"
