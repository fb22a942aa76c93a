"""Categories, their rules and attributes, and recommendations (reference 4.2-4.4)."""

from __future__ import annotations

import re
from typing import Any

from sandbox.tiktok.attribute_sets import (
    ATTRIBUTES,
    CERTIFICATIONS,
    NO_COD,
    NO_DIMENSIONS,
    SIZE_CHART_REQUIRED,
    SIZE_CHARTS,
)
from sandbox.tiktok.call import Call
from sandbox.tiktok.category_tree import TREES, Category
from sandbox.tiktok.endpoints import endpoints
from sandbox.tiktok.markets import V2_ONLY
from sandbox.tiktok.refusal import Refusal, invalid
from sandbox.tiktok.scopes import PRODUCT_READ

Document = dict[str, Any]


def category_version(region: str, given: object) -> str:
    """The tree a call speaks of; shops that moved to v2 must say so."""
    version = given or "v1"
    if not isinstance(version, str) or version not in TREES:
        raise invalid("category_version", "expected v1 or v2")
    if version == "v1" and region in V2_ONLY:
        raise Refusal(12052217, "This shop must use category_version v2")
    return version


def find_category(region: str, version: object, category_id: object) -> Category:
    """A usable leaf, or the refusal that says why not."""
    tree = TREES[category_version(region, version)]
    category = tree.by_id.get(str(category_id))
    if category is None:
        other = any(str(category_id) in tree.by_id for tree in TREES.values())
        raise (
            Refusal(12052230, "The id is of the other category_version")
            if other
            else Refusal(12052023, "The category does not exist")
        )
    if not category.is_leaf:
        raise Refusal(12052024, "The category is not a leaf")
    if "PROHIBITED" in category.permissions:
        raise Refusal(12052220, "The category is prohibited")
    return category


@endpoints.add("GET", "product/categories", "202309", PRODUCT_READ)
def categories(call: Call) -> Document:
    tree = TREES[category_version(call.shop["region"], call.query.get("category_version"))]
    keyword = call.query.get("keyword", "").lower()
    prohibited = call.query.get("include_prohibited_categories") == "true"
    return {
        "categories": [
            {
                "id": row.id,
                "parent_id": row.parent_id,
                "local_name": row.name,
                "is_leaf": row.is_leaf,
                "permission_statuses": row.permissions,
            }
            for row in tree.by_id.values()
            if keyword in row.name.lower() and (prohibited or "PROHIBITED" not in row.permissions)
        ]
    }


@endpoints.add("GET", "product/categories/{category_id}/rules", "202309", PRODUCT_READ)
def rules(call: Call) -> Document:
    category = find_category(call.shop["region"], call.query.get("category_version"), call.params["category_id"])
    if "INVITE_ONLY" in category.permissions:
        raise Refusal(12052223, "The category is restricted")
    kind = category.attributes
    return {
        "product_certifications": list(CERTIFICATIONS.get(kind, ())),
        "size_chart": {"is_supported": kind in SIZE_CHARTS, "is_required": kind in SIZE_CHART_REQUIRED},
        "cod": {"is_supported": call.platform.market(call.shop).cod and kind not in NO_COD},
        "package_dimension": {"is_required": kind not in NO_DIMENSIONS},
        "epr": {"is_required": False},
        "responsible_person": {"is_required": False},
        "manufacturer": {"is_required": False},
        "allowed_special_product_types": ["PRE_ORDER", "MADE_TO_ORDER"],
        "fees": [],
    }


@endpoints.add("GET", "product/categories/{category_id}/attributes", "202309", PRODUCT_READ)
def attributes(call: Call) -> Document:
    category = find_category(call.shop["region"], call.query.get("category_version"), call.params["category_id"])
    return {"attributes": [row.view() for row in ATTRIBUTES[category.attributes].values()]}


def _words(text: str) -> set[str]:
    return {word.rstrip("s") for word in re.findall(r"[a-z]{3,}", text.lower())}


@endpoints.add("POST", "product/categories/recommend", "202309", PRODUCT_READ)
def recommend(call: Call) -> Document:
    """The leaf whose path shares most words with the title."""
    title = call.body.get("product_title")
    if not isinstance(title, str) or not title.strip():
        raise Refusal(12052261, "product_title is missing")
    version = category_version(call.shop["region"], call.body.get("category_version"))
    tree, wanted = TREES[version], _words(title)

    def score(leaf: Category) -> int:
        chain = tree.chain(leaf.id)
        return 3 * len(wanted & _words(leaf.name)) + len(
            wanted & set().union(*(_words(row.name) for row in chain[:-1]))
        )

    leaves = [row for row in tree.by_id.values() if row.is_leaf and "PROHIBITED" not in row.permissions]
    best = max(leaves, key=score)
    if score(best) < 3:
        raise Refusal(12019064, "No category fits the title")
    return {
        "leaf_category_id": best.id,
        "categories": [
            {
                "id": row.id,
                "name": row.name,
                "level": row.level,
                "is_leaf": row.is_leaf,
                "permission_statuses": row.permissions,
            }
            for row in tree.chain(best.id)
        ],
    }
