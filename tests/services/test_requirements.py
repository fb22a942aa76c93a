"""What a category asks for, before anything is staged."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from models import Category, Shop, Store, db
from models.tenancy import tenant
from services import requirements, settings
from services.actor import system
from tests.services.listing_rows import MUGS, NEEDS, UNREAD, add_shop, add_store

SALES = {"id": "9", "name": "Color", "kind": "sales", "required": True, "multiple": False, "custom": True,
         "values": [], "conditions": [], "number": False}  # fmt: skip
PAPER = {"id": "800", "name": "Safety report", "required": True, "conditions": []}
PLAIN: dict[str, Any] = {**NEEDS, "dimensions_required": False, "brands": []}


@pytest.fixture
def shop(app: Flask) -> Iterator[Shop]:
    with app.app_context():
        store = add_store()
        with tenant(store.id):
            yield add_shop()
            db.session.rollback()


@pytest.mark.parametrize(
    ("permissions", "needs", "kind", "serious"),
    [
        (["INVITE_ONLY"], PLAIN, "permission", True),
        (["PROHIBITED"], None, "permission", True),
        (["AVAILABLE"], {**PLAIN, "certifications": [PAPER]}, "certificate", True),
        (["AVAILABLE"], {**PLAIN, "certifications": [{**PAPER, "required": False}]}, "certificate", False),
        (["AVAILABLE"], {**PLAIN, "size_chart_required": True}, "size_chart", True),
        (["AVAILABLE"], {**PLAIN, "brands": [["1", "Harbor", True]]}, "brand", False),
        (["AVAILABLE"], {**PLAIN, "attributes": [SALES]}, "variation", False),
        (["AVAILABLE"], {**PLAIN, "dimensions_required": True}, "package", False),
    ],
)
def test_each_requirement_is_said_before_staging(
    shop: Shop, permissions: list[str], needs: dict[str, Any] | None, kind: str, serious: bool
) -> None:
    row = db.session.scalars(select(Category).where(Category.tiktok_id == MUGS)).one()
    row.permissions, row.needs = permissions, needs
    name, found = requirements.before_staging(shop)
    assert name == "Mugs" and [(one.kind, one.serious) for one in found or ()] == [(kind, serious)]


def test_a_required_brand_is_the_merchants_own_rule(shop: Shop) -> None:
    row = db.session.scalars(select(Category).where(Category.tiktok_id == MUGS)).one()
    row.needs = PLAIN
    assert requirements.of(shop, MUGS) == ()
    settings.save(system(shop.store_id), db.session.get_one(Store, shop.store_id), {"brand": "require"})
    assert [(one.kind, one.serious) for one in requirements.of(shop, MUGS) or ()] == [("brand", True)]


def test_what_was_not_asked_is_not_guessed(shop: Shop) -> None:
    assert requirements.of(shop, UNREAD) is None and requirements.of(shop, "none") is None
