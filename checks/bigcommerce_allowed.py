"""Where BigCommerce's published description differs from BigCommerce (reference 9.4): the only violations we accept."""

import re
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Violation:
    """What Prism says about one call. `place` is the location with numbers as `#`: `response/body/data/#/upc`."""

    method: str
    path: str
    status: int
    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.method} {self.path} ({self.status}): {self.place}: {self.message}"


@dataclass(frozen=True)
class Row:
    """One accepted difference; every pattern must match the whole value."""

    item: str
    method: str
    path: str
    place: str
    message: str
    status: str = r"2\d\d"

    def covers(self, found: Violation) -> bool:
        return all(
            re.fullmatch(pattern, value)
            for pattern, value in (
                (self.method, found.method), (self.path, found.path), (self.place, found.place),
                (self.message, found.message), (self.status, str(found.status)),
            )
        )  # fmt: skip


PRODUCTS = r"/v#/catalog/products(/#)?"
NOT_AN_INTEGER = r".* must be integer"
ROWS: tuple[Row, ...] = (
    Row("9", "GET", "/v#/inventory/items", r"request/query/(variant_id|product_id|location_id):in", NOT_AN_INTEGER),
    Row(
        "12", "POST|PUT", r"/v#/catalog/products/#/images(/#)?", "response/body/data", ".* exactly one schema in oneOf"
    ),
    Row("13", "GET|POST|PUT", PRODUCTS, r"response/body/data/(#/)?base_variant_id", NOT_AN_INTEGER),
    # Of the same kind: the property's own description says null for a base variant, its type does not.
    Row("13", "GET", r"/v#/inventory/(locations/#/)?items", r"response/body/data/#/identity/sku_id", NOT_AN_INTEGER),
    # "It does not prove ... error bodies": refusals that the description leaves out, of operations it describes.
    Row("closing paragraph", "GET", "/v#/catalog/products", "response", "Unable to match the returned status.*", "422"),
    Row("closing paragraph", "DELETE", "/v#/hooks/#", "response", "Unable to match the returned status.*", "404"),
)


def sort_out(found: Iterable[Violation], used: set[Row]) -> list[Violation]:
    """Those no row covers; notes the rows that were needed."""
    left = []
    for one in found:
        row = next((row for row in ROWS if row.covers(one)), None)
        if row is None:
            left.append(one)
        else:
            used.add(row)
    return left
