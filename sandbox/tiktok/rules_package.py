"""Package weight and size (reference 4.8; two decimals for sizes since June 2026)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from sandbox.tiktok.attribute_sets import NO_DIMENSIONS
from sandbox.tiktok.submission import Finding, Submission, part

WEIGHT = {
    "KILOGRAM": re.compile(r"\d+(\.\d{1,3})?"),
    "POUND": re.compile(r"\d+(\.\d{1,2})?"),
    "GRAM": re.compile(r"\d+"),
}
WEIGHT_MAXIMUM = {"KILOGRAM": Decimal(100), "POUND": Decimal(150), "GRAM": Decimal(100_000)}
SIZE = re.compile(r"\d+(\.\d{1,2})?")
IMPERIAL = frozenset({"POUND", "INCH"})


def weight(submission: Submission) -> Iterator[Finding]:
    given = part(submission.body, "package_weight")
    value, unit = given.get("value"), given.get("unit")
    if not given or value in (None, ""):
        yield 12019011, "The package weight is missing"
    elif unit not in submission.market.weight_units:
        yield 12019061, f"The weight unit {unit} is not allowed here"
    elif not isinstance(value, str) or not WEIGHT[unit].fullmatch(value) or Decimal(value) <= 0:
        yield 12052181, "The package weight is not valid"
    elif Decimal(value) > WEIGHT_MAXIMUM[unit]:
        yield 12052006, "The package is too heavy"


def dimensions(submission: Submission) -> Iterator[Finding]:
    given = part(submission.body, "package_dimensions")
    if not given:
        if submission.kind and submission.kind not in NO_DIMENSIONS:
            yield 12019012, "The package dimensions are missing"
        return
    unit = given.get("unit")
    if unit not in submission.market.dimension_units:
        yield 12052916, f"The dimension unit {unit} is not allowed here"
    sides = [given.get(name) for name in ("length", "width", "height")]
    if not all(isinstance(side, str) and SIZE.fullmatch(side) and Decimal(side) > 0 for side in sides):
        yield 12052116, "The package dimensions are not valid"
    weight_unit = part(submission.body, "package_weight").get("unit")
    units = (unit, weight_unit)
    if (
        unit in submission.market.dimension_units
        and weight_unit in submission.market.weight_units
        and len({u in IMPERIAL for u in units}) > 1
    ):
        yield 12052915, "Weight and dimensions use different systems"
