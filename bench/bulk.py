"""What is done with a whole catalog at once, beside the least that any program must do for it, in one process:
`python -m bench.bulk [rows] [sqlite] [postgresql]`.

staging     a listing for every product that matches; floor: the same rows from a copy into the same tables
re-derive   all listings of a profile checked anew, a hundred a turn as a worker does; floor: the rows read and written
XLSX        all listings out to a file, and the file read back and compared; floor: the cells as bare XML in a zip
"""

import io
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from html import escape
from typing import Any
from xml.parsers import expat

from bench.lists.place import ROOT, SETTINGS, database

CHUNK = 100  # listings a turn


def run(engine: str, size: int) -> None:
    with database(engine) as url:
        environment = {**SETTINGS, "DATABASE_URL": url, "REDIS_URL": "unix:///nowhere.sock", "PYTHONPATH": str(ROOT)}
        print(f"\n{engine}: {size:,} products", flush=True)
        command = [sys.executable, "-m", "bench.bulk", "inside", str(size)]
        subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, check=True)


def inside(size: int) -> None:
    """In a process whose environment names the database."""
    from app import create_app
    from bench.lists.seed import seed
    from models import Authorization, Category, Profile, Shop, db
    from models.tenancy import tenant

    app = create_app()
    seeded = seed(app, size)
    with app.app_context(), tenant(seeded.store_id):
        grant = db.session.query(Authorization).one()
        shop = Shop(authorization_id=grant.id, tiktok_id="7490000000000000999", name="Bulk", market="US", cipher="c",
                    currency="USD", prerequisites=[])  # fmt: skip
        db.session.add(shop)
        db.session.flush()
        db.session.add(Profile(shop_id=shop.id, name="Default", is_default=True, category_id="600001"))
        db.session.add(Category(shop_id=shop.id, tiktok_id="600001", name="Mugs", path=["Home", "Mugs"], is_leaf=True,
                                permissions=["AVAILABLE"]))  # fmt: skip
        db.session.commit()
        print(f"{'':12} {'ours':>9} {'floor':>9} {'/ floor':>8} {'rows/s':>9}")
        shop_id = shop.id
        show("staging", size, timed(lambda: stage(shop_id)), timed(lambda: stage_floor(shop_id)))
        show("re-derive", size, timed(lambda: rederive(shop_id)), timed(lambda: rederive_floor(shop_id)))
        cells: list[list[str]] = []
        show("XLSX", size, timed(lambda: round_trip(shop_id, cells)), timed(lambda: bare_round_trip(cells)))


def timed(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def show(name: str, size: int, ours: float, floor: float) -> None:
    print(f"{name:12} {ours:8.2f}s {floor:8.2f}s {ours / floor:7.1f}x {size / ours:9,.0f}", flush=True)


def stage(shop_id: int) -> None:
    from sqlalchemy import select

    from models import Product, Shop, db
    from services import listings
    from services.actor import system

    shop = db.session.get_one(Shop, shop_id)
    listings.stage(system(shop.store_id), shop, select(Product.id))
    db.session.commit()


def stage_floor(shop_id: int) -> None:
    """The rows that staging made, out to a bare table and in again: generous, as only the way in is needed."""
    from models import db

    made = f"SELECT * FROM listing WHERE shop_id = {int(shop_id)}"  # noqa: S608 - a number
    lines = f"SELECT * FROM listing_sku WHERE listing_id IN (SELECT id FROM listing WHERE shop_id = {int(shop_id)})"  # noqa: S608
    with db.engine.begin() as connection:
        run_sql = connection.exec_driver_sql
        run_sql(f"CREATE TEMPORARY TABLE made AS {made}")
        run_sql(f"CREATE TEMPORARY TABLE lines AS {lines}")
        run_sql("DELETE FROM listing_sku WHERE id IN (SELECT id FROM lines)")
        run_sql("DELETE FROM listing WHERE id IN (SELECT id FROM made)")
        run_sql("INSERT INTO listing SELECT * FROM made")
        run_sql("INSERT INTO listing_sku SELECT * FROM lines")
        run_sql("DROP TABLE made")
        run_sql("DROP TABLE lines")


def rederive(shop_id: int) -> None:
    """As the activity's items do it."""
    from sqlalchemy import select, update

    from models import Listing, Shop, db
    from services import rederivation

    mine = Listing.shop_id == shop_id
    everywhere = {"synchronize_session": False}
    db.session.execute(update(Listing).where(mine).values(is_stale=True, draft_hash=""), execution_options=everywhere)
    db.session.commit()
    ids = db.session.scalars(select(Listing.id).where(mine).order_by(Listing.id)).all()
    for start in range(0, len(ids), CHUNK):
        rederivation.recheck(db.session.get_one(Shop, shop_id), ids[start : start + CHUNK])
        db.session.commit()
        db.session.expunge_all()


def rederive_floor(shop_id: int) -> None:
    """Listings with their products and variants read, and one value of each listing written, as many a turn."""
    from models import db

    place = "?" if db.engine.dialect.name == "sqlite" else "%s"
    with db.engine.connect() as connection:
        raw: Any = connection.connection.cursor()
        raw.execute(f"SELECT id FROM listing WHERE shop_id = {int(shop_id)} ORDER BY id")  # noqa: S608
        ids = [row[0] for row in raw.fetchall()]
        for start in range(0, len(ids), CHUNK):
            part = ",".join(str(int(one)) for one in ids[start : start + CHUNK])
            raw.execute(f"SELECT l.*, p.* FROM listing l JOIN product p ON p.id = l.product_id WHERE l.id IN ({part})")  # noqa: S608
            raw.fetchall()
            raw.execute(f"SELECT s.*, v.* FROM listing_sku s JOIN variant v ON v.id = s.variant_id "  # noqa: S608
                        f"WHERE s.listing_id IN ({part})")  # fmt: skip
            raw.fetchall()
            rows = [(f"{one:032d}", one) for one in ids[start : start + CHUNK]]
            raw.executemany(f"UPDATE listing SET draft_hash = {place} WHERE id = {place}", rows)  # noqa: S608
            connection.connection.commit()


def round_trip(shop_id: int, cells: list[list[str]]) -> None:
    """Out and back by the services that the workers call; `cells` takes what the file held, for the floor."""
    from models import Sheet, Shop, db
    from services.actor import system
    from services.spreadsheets import exports, files, imports

    shop = db.session.get_one(Shop, shop_id)
    actor = system(shop.store_id)
    sheet, _ = exports.start(actor, shop, "listings", "xlsx", {})
    after, position = "", 0
    while True:
        _, after = exports.read_part(sheet, after, position)
        db.session.commit()
        if not after:
            break
        position += 1
    made = exports.gather(sheet)
    cells += [[str(cell) for cell in row] for part in made.parts for row in files.unpack(part)]
    body = exports.make(made)
    exports.keep(sheet, body)
    back, _ = imports.receive(actor, shop, "listings", "back.xlsx", body)
    db.session.commit()
    for number, _ in enumerate(imports.plan(back, imports.parse(imports.bring(back)))):
        imports.compare(db.session.get_one(Sheet, back.id), number)
        db.session.commit()
    told = imports.compared(back)
    db.session.commit()
    if back.changed or back.faulty:
        raise RuntimeError(f"A file that nobody changed would change something: {told}")


def bare_round_trip(cells: list[list[str]]) -> None:
    """The same cells as XML of a sheet, zipped, and read by the same parser: no styles, checks or comparison."""
    lines = (
        "<row>" + "".join(f'<c t="inlineStr"><is><t>{escape(cell)}</t></is></c>' for cell in row) + "</row>"
        for row in cells
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("sheet1.xml", "w") as sheet:
        sheet.write(b"<sheetData>")
        for line in lines:
            sheet.write(line.encode())
        sheet.write(b"</sheetData>")
    texts: list[str] = []
    parser = expat.ParserCreate()
    parser.CharacterDataHandler = texts.append
    with zipfile.ZipFile(file) as archive, archive.open("sheet1.xml") as sheet:
        parser.ParseFile(sheet)
    if not texts:
        raise RuntimeError("The floor read nothing")


def main(words: list[str]) -> None:
    if words[:1] == ["inside"]:
        inside(int(words[1]))
        return
    sizes = [int(word.replace("_", "")) for word in words if word[0].isdigit()] or [100_000]
    for size in sizes:
        for engine in [word for word in words if word in ("sqlite", "postgresql")] or ["sqlite", "postgresql"]:
            run(engine, size)


if __name__ == "__main__":
    main(sys.argv[1:])
