"""The commands a person types: a key before anything is configured, the database looked over, backups, rotation."""

import ast
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from flask import Flask
from sqlalchemy import make_url, select, update

from config import Config, WrongSetting
from models import (
    ActivityItem,
    Authorization,
    Counter,
    Listing,
    Person,
    Product,
    Schedule,
    Shop,
    Store,
    WebSession,
    db,
)
from models.tenancy import tenant
from services import activities, books, catalog, clock, keys, listings, tabs
from services.activities import NewItem
from services.actor import system
from services.secrets import reseal, seal, unseal
from tests import postgresql
from tests.conftest import CREDENTIALS
from tests.engines import close
from tests.house.tree import ROOT, parsed, python_files
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


# Backups


@BOTH
def test_a_backup_put_back_is_whole_and_looks_before_it_sends(
    app: Flask, shop: Shop, tmp_path: Path, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{postgresql.binaries()}{os.pathsep}{os.environ['PATH']}")
    actor = system(shop.store_id)
    started = activities.start(actor, "publish", "P", [NewItem("a"), NewItem("b")], shop_id=shop.id).activity
    ended = activities.start(actor, "publish", "Q", [NewItem("c")], shop_id=shop.id).activity
    ended.state = "finished"
    db.session.add(Schedule(name="sweep", due_at=clock.now() + timedelta(days=1), note=""))
    db.session.add(person := Person(bigcommerce_id=7, seen_at=clock.now()))
    db.session.flush()
    session = WebSession(digest="d", person_id=person.id, created_at=clock.now(), expires_at=clock.now())
    db.session.add(session)
    db.session.commit()
    number = started.id
    db.session.rollback()

    target = tmp_path / "backup"
    said = app.test_cli_runner().invoke(args=["backup", str(target)])
    assert said.exit_code == 0, said.output
    assert target.stat().st_mode & 0o077 == 0 and not target.with_name("backup.unfinished").exists()
    again = app.test_cli_runner().invoke(args=["backup", str(target)])
    assert again.exit_code == 1 and "nothing was overwritten" in again.stderr

    with put_back(environment["DATABASE_URL"], target) as url:
        from app import create_app

        other = create_app(environment | {"DATABASE_URL": url})
        with other.app_context(), tenant(actor.store_id):
            checked = other.test_cli_runner().invoke(args=["check"])
            assert (checked.exit_code, checked.stderr) == (0, ""), checked.output
            said = other.test_cli_runner().invoke(args=["restored"])
            assert said.exit_code == 0 and said.output.startswith("2 items")
            rows = db.session.execute(select(ActivityItem.activity_id, ActivityItem.sent_at)).all()
            assert {(activity == number, sent is not None) for activity, sent in rows} == {(True, True), (False, False)}
            assert db.session.scalars(select(Schedule.due_at)).one() <= clock.now()
            assert db.session.scalars(select(WebSession)).all() == []
            assert books.differences() == []
        close(other)
    db.session.rollback()
    assert db.session.scalars(select(ActivityItem.sent_at)).all() == [None] * 3  # the original was only read


@contextmanager
def put_back(original: str, backup: Path) -> Iterator[str]:
    """The backup as a database of its own; its address."""
    if original.startswith("sqlite"):
        yield f"sqlite:///{backup}"
        return
    name = "restored_by_test"
    url = make_url(original)
    server = url.set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)
    programs = postgresql.binaries()
    statement = [str(programs / "psql"), "-q", "-v", "ON_ERROR_STOP=1", "-d", server, "-c"]
    subprocess.run([*statement, f'CREATE DATABASE "{name}"'], check=True)
    try:
        there = url.set(database=name)
        address = there.set(drivername="postgresql").render_as_string(hide_password=False)
        subprocess.run([str(programs / "pg_restore"), "--no-owner", "-d", address, str(backup)], check=True)
        yield there.render_as_string(hide_password=False)
    finally:
        subprocess.run([*statement, f'DROP DATABASE "{name}" WITH (FORCE)'], check=True)


# Keys


@BOTH
def test_keys_are_rotated_while_others_write(app: Flask, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    old = app.extensions["config"]
    shop.authorization.access_token, shop.authorization.refresh_token = seal("access"), seal("refresh")
    db.session.get_one(Store, shop.store_id).token = seal("store token")
    db.session.commit()
    grant = shop.authorization_id
    db.session.rollback()

    both = f"{Fernet.generate_key().decode()},{old.encryption_keys}"
    app.extensions["config"] = replace(old, encryption_keys=both)
    runner = app.test_cli_runner()
    assert "3 under an older key" in runner.invoke(args=["check"]).output

    def refreshed(found: str) -> str:
        """A token refresh comes between the reading and the writing."""
        if unseal(found) == "refresh":
            statement = update(Authorization).where(Authorization.id == grant).values(refresh_token=seal("newer"))
            with tenant(shop_store):
                db.session.execute(statement)
        return reseal(found)

    shop_store = shop.store_id
    db.session.rollback()
    monkeypatch.setattr(keys, "reseal", refreshed)
    said = runner.invoke(args=["rotate-keys"])
    assert said.exit_code == 0 and "3 of 3 secrets were under an older key" in said.output
    monkeypatch.undo()
    assert "0 of 3" in runner.invoke(args=["rotate-keys"]).output

    app.extensions["config"] = replace(old, encryption_keys=both.split(",")[0])
    db.session.expire_all()
    kept = db.session.get_one(Authorization, grant)
    assert (unseal(kept.access_token), unseal(kept.refresh_token)) == ("access", "newer")
    assert unseal(db.session.get_one(Store, shop_store).token) == "store token"
    db.session.rollback()


def test_a_secret_that_no_key_opens_is_named_and_left(app: Flask, shop: Shop) -> None:
    foreign = Fernet(Fernet.generate_key()).encrypt(b"x").decode()
    db.session.get_one(Store, shop.store_id).token = foreign
    shop.authorization.access_token = seal("access")
    db.session.commit()
    number = shop.store_id
    db.session.rollback()
    for command in ("check", "rotate-keys"):
        said = app.test_cli_runner().invoke(args=[command])
        assert said.exit_code == 1 and f"store {number}, token" in said.stderr and foreign not in said.output
    assert db.session.get_one(Store, number).token == foreign
    db.session.rollback()


def test_every_column_that_is_written_sealed_says_so() -> None:
    """What `seal(...)` is assigned to or given for, anywhere in the product, is a column with info=SEALED."""
    known = {column.name for _, columns in keys.sealed_columns() for column in columns}
    written: set[str] = set()
    for path in python_files():
        if path.parts[0] in ("services", "jobs", "blueprints"):
            for node in ast.walk(parsed(path)):
                written |= sealed_names(node)
    assert written == known


def sealed_names(node: ast.AST) -> set[str]:
    if isinstance(node, ast.keyword) and node.arg and is_seal(node.value):
        return {node.arg}
    if not isinstance(node, ast.Assign):
        return set()
    target = node.targets[0]
    # `a, b, c = seal(x), *rest`: what stands before the star still has a partner each.
    sides = [side.elts for side in (target, node.value) if isinstance(side, ast.Tuple)]
    starred = any(isinstance(one, ast.Starred) for elements in sides for one in elements)
    pairs = zip(target.elts, node.value.elts, strict=not starred) if (
        isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple)
    ) else [(target, node.value)]  # fmt: skip
    return {to.attr for to, value in pairs if isinstance(to, ast.Attribute) and is_seal(value)}


def is_seal(value: ast.AST) -> bool:
    return isinstance(value, ast.Call) and ast.unparse(value.func).split(".")[-1] == "seal"


# The rest of `check`


def test_check_names_an_old_schema_and_links_that_lead_nowhere(app: Flask, shop: Shop) -> None:
    store_id = shop.store_id
    db.session.rollback()
    db.session.remove()
    with closing(sqlite3.connect(str(db.engine.url.database))) as file:
        file.execute("PRAGMA foreign_keys=OFF")
        file.execute("UPDATE alembic_version SET version_num = '0000'")
        file.execute("UPDATE listing SET shop_id = 999 WHERE store_id = ?", (store_id,))
        file.commit()
    said = app.test_cli_runner().invoke(args=["check"])
    assert said.exit_code == 1
    assert "db upgrade" in said.stderr and "3 rows of listing point to a row of shop" in said.stderr
