"""The commands a person types: a key before anything is configured, and whether the kept counts are right."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from cryptography.fernet import Fernet
from flask import Flask
from sqlalchemy import select, update

from config import Config, WrongSetting
from models import Counter, Listing, Product, Shop, db
from models.tenancy import tenant
from services import books, catalog, listings, tabs
from services.actor import system
from tests.conftest import CREDENTIALS
from tests.house.tree import ROOT
from tests.services.catalog_rows import theirs, write
from tests.services.listing_rows import add_shop, add_store

BOTH = pytest.mark.engines("sqlite", "postgresql")


def test_a_key_can_be_made_before_anything_is_configured() -> None:
    complete = {"DATABASE_URL": "sqlite://", "REDIS_URL": "redis://127.0.0.1:1", **CREDENTIALS, "ENCRYPTION_KEYS": ""}
    with pytest.raises(WrongSetting) as missing:
        Config.read({}, overrides=complete)
    _, words = str(missing.value).split("python ")  # what the message says to type works as it stands
    clean = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    made = subprocess.run(
        [sys.executable, *words.split()], cwd=ROOT, env=clean, capture_output=True, text=True, timeout=60, check=True
    ).stdout.strip()
    Fernet(made)


@pytest.fixture
def shop(app: Flask) -> Iterator[Shop]:
    """A shop of a store with three imported products, all listed in it; its store is current."""
    with app.app_context():
        store = add_store()
        with tenant(store.id):
            shop = add_shop()
            write(theirs(1), theirs(2), theirs(3))
            listings.stage(system(store.id), shop, select(Product.id))
            db.session.commit()
            yield shop
        db.session.remove()


@BOTH
def test_check_says_that_all_is_right(app: Flask, shop: Shop) -> None:
    assert books.kept_counts()["product_status", 0, "draft"] == 3
    db.session.rollback()
    said = app.test_cli_runner().invoke(args=["check"])
    assert (said.exit_code, said.stderr) == (0, "")


@BOTH
def test_check_names_each_count_that_is_wrong(app: Flask, shop: Shop) -> None:
    wrong = update(Counter).where(Counter.scope == "listing_tab", Counter.name == "incomplete").values(count=7)
    db.session.execute(wrong)
    db.session.commit()
    [difference] = books.differences()
    assert (difference.kept, difference.true) == (7, 3)
    db.session.rollback()
    said = app.test_cli_runner().invoke(args=["check"])
    assert said.exit_code == 1 and "first1: listing_tab" in said.stderr


@BOTH
def test_a_product_that_is_gone_is_not_counted_again_by_its_listing(shop: Shop) -> None:
    listing = db.session.scalars(select(Listing).order_by(Listing.id)).first()
    assert listing is not None and listing.product_id is not None
    catalog.forget([listing.product_id])
    assert books.differences() == []
    listing.platform_status = "ACTIVATE"
    tabs.retab([listing])
    assert listing.tab == "live" and books.differences() == []
