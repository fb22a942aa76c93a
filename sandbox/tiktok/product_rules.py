"""Every check of a product, in order. Creating refuses with the first finding, the listing check tells them all."""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.tiktok import rules_category, rules_media, rules_offer, rules_package, rules_skus, rules_text
from sandbox.tiktok.refusal import Refusal, invalid
from sandbox.tiktok.submission import Check, Document, Finding, Submission

SAVE_MODES = ("LISTING", "AS_DRAFT")
TEXT_MAXIMA = {"idempotency_key": 128, "external_product_id": 999}
LISTS = frozenset(
    [
        "main_images",
        "skus",
        "product_attributes",
        "certifications",
        "images",
        "files",
        "values",
        "inventory",
        "sales_attributes",
        "supplementary_sku_images",
        "external_list_prices",
        "extra_identifier_codes",
        "combined_skus",
    ]
)
OBJECTS = frozenset(
    [
        "package_weight",
        "package_dimensions",
        "size_chart",
        "video",
        "price",
        "list_price",
        "identifier_code",
        "sku_img",
        "image",
        "template",
        "pre_sale",
    ]
)
"""Fields that hold objects wherever they stand in a product."""

CHECKS: tuple[Check, ...] = (
    rules_text.title,
    rules_category.category,
    rules_text.description,
    rules_category.brand,
    rules_media.main_images,
    rules_media.video,
    rules_skus.number_of_skus,
    rules_skus.sku_ids,
    rules_skus.sales_attributes,
    rules_skus.seller_skus,
    rules_skus.identifiers,
    rules_media.sku_images,
    rules_offer.prices,
    rules_category.attributes,
    rules_category.required_attributes,
    rules_category.certifications,
    rules_category.size_chart,
    rules_category.cash_on_delivery,
    rules_package.weight,
    rules_package.dimensions,
    rules_offer.shop_ready,
    rules_offer.stock,
)
DRAFT_CHECKS: tuple[Check, ...] = (rules_text.title, rules_category.category, rules_skus.sku_ids)


def check_shape(submission: Submission) -> None:
    """Parameters that cannot be read at all."""
    body = submission.body
    if body.get("save_mode", "LISTING") not in SAVE_MODES:
        raise invalid("save_mode", "expected LISTING or AS_DRAFT")
    for name, maximum in TEXT_MAXIMA.items():
        if name in body and (not isinstance(body[name], str) or len(body[name]) > maximum):
            raise invalid(name, f"expected a string of at most {maximum} characters")
    _check_containers(body, "")


def _check_containers(document: Document, above: str) -> None:
    for name, value in document.items():
        place = f"{above}{name}"
        if value is None or (name not in LISTS and name not in OBJECTS):
            continue
        rows = value if name in LISTS else [value]
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise invalid(place, "expected a list of objects" if name in LISTS else "expected an object")
        for row in rows:
            _check_containers(row, f"{place}.")


def findings(submission: Submission, checks: tuple[Check, ...] = CHECKS) -> Iterator[Finding]:
    for check in checks:
        yield from check(submission)


def refuse_first(submission: Submission, checks: tuple[Check, ...] = CHECKS) -> None:
    """Run the checks up to the first finding."""
    check_shape(submission)
    for code, message in findings(submission, checks):
        raise Refusal(code, message)
