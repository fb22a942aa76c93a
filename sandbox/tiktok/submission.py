"""A product as a merchant submits it, and what a check may ask about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sandbox.tiktok.attribute_sets import ATTRIBUTES, Attribute
from sandbox.tiktok.categories import find_category
from sandbox.tiktok.category_tree import Category
from sandbox.tiktok.markets import Market
from sandbox.tiktok.platform import Platform
from sandbox.tiktok.refusal import Refusal

Document = dict[str, Any]
Finding = tuple[int, str]
Check = Callable[["Submission"], Iterator[Finding]]


@dataclass
class Submission:
    """`product` is set when an existing product is edited."""

    platform: Platform
    shop: Document
    body: Document
    product: Document | None = None
    warnings: list[str] = field(default_factory=list)

    @property
    def market(self) -> Market:
        return self.platform.market(self.shop)

    @property
    def skus(self) -> list[Document]:
        rows = self.body.get("skus")
        return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []

    @cached_property
    def category(self) -> Category | Refusal:
        try:
            return find_category(self.shop["region"], self.body.get("category_version"), self.body.get("category_id"))
        except Refusal as refusal:
            return refusal

    @cached_property
    def attributes(self) -> dict[str, Attribute]:
        """The category's attributes by id; none while the category itself is refused."""
        return {} if isinstance(self.category, Refusal) else ATTRIBUTES[self.category.attributes]

    @property
    def kind(self) -> str:
        return "" if isinstance(self.category, Refusal) else self.category.attributes

    def chosen(self, attribute_id: str) -> list[Document]:
        """The values sent for a product attribute."""
        for row in rows(self.body, "product_attributes"):
            if str(row.get("id")) == attribute_id:
                return rows(row, "values")
        return []


def rows(document: Document, name: str) -> list[Document]:
    """The objects of a list field; anything else counts as absent."""
    value = document.get(name)
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def part(document: Document, name: str) -> Document:
    value = document.get(name)
    return value if isinstance(value, dict) else {}
