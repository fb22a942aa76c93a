"""An export that is brought unchanged changes nothing; a changed one is shown, applied whole, taken back."""

import csv
import io
import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update

from jobs.drain import drain
from models import Activity, Listing, ListingSku, Product, Profile, Sheet, SheetPart, SheetRow, Shop, db
from models.tenancy import scoped, tenant
from services import clock, drafts, listings, tags
from services.actor import system
from services.bulk import table_of
from services.errors import NotFound, ServiceError
from services.spreadsheets import exports, files, imports, reading
from tests.jobs.engine import look, make_store
from tests.services.listing_rows import MUGS, SHIRTS, add_listing, add_shop

pytestmark = pytest.mark.engines("sqlite", "postgresql")
KINDS = ("listings", "attributes", "prices", "tags", "mappings")


@pytest.fixture
def shelf(place: int) -> int:
    """A shop with three listings, one of them with variants, and values of every kind set on them."""
    shop = add_shop()
    one, two, three = (add_listing(shop, number, 3 if number == 2 else 1) for number in (1, 2, 3))
    actor = system(place)
    listings.set_fields(
        actor,
        one,
        {
            "title": "=A title, set here",
            "description": "<p>First line\r\nsecond</p>",
            "category": MUGS,
            "brand": {"id": "7001", "name": "Harbor"},
            "weight": {"value": "1.5", "unit": "POUND"},
            "dimensions": {"length": "4", "width": "5.25", "height": "6", "unit": "INCH"},
        },
    )
    listings.set_fields(actor, one, {"attributes.101": [{"id": "1", "text": "Ceramic"}]})
    listings.set_fields(actor, three, {"brand": {"id": "", "name": ""}})
    line = db.session.scalars(select(ListingSku).where(ListingSku.listing_id == two.id)).first()
    assert line is not None
    listings.set_sku_fields(
        actor, two, line.id, {"price": "9.99", "identifier": {"kind": "UPC", "code": "036000291452"}}
    )
    tags.add(actor, select(Product.id).where(Product.id == one.product_id), "dog toys, Leashes")
    db.session.commit()
    return shop.id


def run(store_id: int, activity: Activity) -> Activity:
    """Lets the workers do it."""
    number = activity.id
    db.session.commit()
    while drain("bulk", store_id, None):
        pass
    return look(number)


def take_out(store_id: int, shop_id: int, kind: str, format: str = "xlsx", **details: Any) -> bytes:
    sheet, activity = exports.start(system(store_id), db.session.get_one(Shop, shop_id), kind, format, details)
    number = sheet.id
    done = run(store_id, activity)
    assert (done.state, done.refused, done.failed) == ("finished", 0, 0)
    made = db.session.get_one(Sheet, number)
    assert made.state == "ready"
    body = b"".join(files.pieces(made, files.FILE))
    db.session.rollback()
    return body


def bring(store_id: int, shop_id: int, kind: str, body: bytes, name: str = "") -> Sheet:
    sheet, activity = imports.receive(system(store_id), db.session.get_one(Shop, shop_id), kind, name, body)
    number = sheet.id
    run(store_id, activity)
    return kept(number)


def kept(number: int) -> Sheet:
    """The file as it is now, free of its session: the workers end theirs."""
    sheet = db.session.get_one(Sheet, number, populate_existing=True)
    db.session.expunge(sheet)
    db.session.rollback()
    return sheet


def press(store_id: int, sheet: Sheet, *, undo: bool = False) -> Activity:
    return run(store_id, imports.start_apply(system(store_id), db.session.get_one(Sheet, sheet.id), undo=undo))


def changed(body: bytes, change: Callable[[list[dict[str, str]]], Sequence[dict[str, str]] | None]) -> bytes:
    """The file as CSV after somebody edited its rows; the first row is the header."""
    read = reading.read(body)
    rows = [
        dict(zip(read.header, [*map(str, cells), *[""] * len(read.header)], strict=False)) for _, cells in read.rows
    ]
    kept = change(rows)
    made = io.StringIO()
    lines = csv.DictWriter(made, list(read.header))
    lines.writeheader()
    lines.writerows(rows if kept is None else kept)
    return made.getvalue().encode()


def fields_of(listing_id: int) -> dict[str, Any]:
    db.session.rollback()
    return dict(db.session.execute(select(Listing.fields).where(Listing.id == listing_id)).scalar_one())


def ids() -> list[int]:
    return list(db.session.scalars(select(Listing.id).order_by(Listing.id)))


@pytest.mark.parametrize(("kind", "format"), [*((kind, "xlsx") for kind in KINDS), ("listings", "csv")])
def test_an_export_that_comes_back_unchanged_changes_nothing(shelf: int, place: int, kind: str, format: str) -> None:
    body = take_out(place, shelf, kind, format)
    sheet = bring(place, shelf, kind, body)
    assert (sheet.state, sheet.changed, sheet.faulty, sheet.note) == ("compared", 0, 0, "")
    assert sheet.rows == len(list(reading.read(body).rows)) > 0
    assert not db.session.scalar(select(func.count(SheetRow.id)))


def test_a_changed_file_is_shown_then_applied_then_taken_back(shelf: int, place: int) -> None:
    first, second, third = ids()
    before = [fields_of(number) for number in (first, second, third)]

    def edit(rows: list[dict[str, str]]) -> None:
        rows[0] |= {"Title": "", "Category ID": SHIRTS, "Package weight": "2"}
        rows[1] |= {"Title": "A new title of our own", "Brand": "no brand", "May be published": "no"}

    sheet = bring(place, shelf, "listings", changed(take_out(place, shelf, "listings"), edit))
    assert (sheet.changed, sheet.faulty) == (2, 0)
    row = imports.rows(sheet, faulty=False)[0]
    assert row.number == 2 and ["Title", "=A title, set here", ""] in row.changes
    assert [fields_of(number) for number in (first, second, third)] == before, "nothing is changed by looking"
    done = press(place, sheet)
    assert (done.state, done.done, kept(sheet.id).state) == ("finished", 1, "applied")
    now = fields_of(first)
    assert "title" not in now and now["category"] == SHIRTS and now["weight"] == {"value": "2", "unit": "POUND"}
    assert "attributes.101" not in now, "attributes belong to a category"
    assert fields_of(second)["brand"] == {"id": "", "name": ""}
    assert db.session.get_one(Listing, second).is_enabled is False
    assert fields_of(third) == before[2]
    press(place, sheet, undo=True)
    assert [fields_of(number) for number in (first, second, third)] == before
    assert db.session.get_one(Listing, second).is_enabled is True
    assert kept(sheet.id).state == "undone"


def test_every_wrong_cell_is_named_and_nothing_of_the_file_is_applied(shelf: int, place: int) -> None:
    def edit(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        rows[0] |= {"Title": "Good", "Package weight": "heavy", "Category ID": "999"}
        rows[1] |= {"May be published": "perhaps", "Package length": "3"}
        return [*rows, rows[2], {**rows[2], "Listing": "99999"}, {**rows[2], "Listing": ""}]

    body = changed(take_out(place, shelf, "listings"), edit)
    sheet = bring(place, shelf, "listings", body)
    assert (sheet.changed, sheet.faulty) == (0, 5)
    found = [(row.number, place, title) for row in imports.rows(sheet, faulty=True) for place, title, _ in row.errors]
    assert found == [
        (2, "H", "Category ID"), (2, "J", "Package weight"), (3, "L", "Package length"), (3, "P", "May be published"),
        (5, "A", "Listing"), (6, "A", "Listing"), (7, "A", "Listing"),
    ]  # fmt: skip
    with pytest.raises(ServiceError):
        imports.start_apply(system(place), sheet)


def test_attributes_take_what_the_category_takes(shelf: int, place: int) -> None:
    first, second, _ = ids()

    def edit(rows: list[dict[str, str]]) -> None:
        rows[0]["Material (101)"] = "glass"
        rows[1]["Care (102)"] = "By hand"
        rows[2]["Material (101)"] = "Plastic"

    body = changed(take_out(place, shelf, "attributes"), edit)
    sheet = bring(place, shelf, "attributes", body)
    assert (sheet.changed, sheet.faulty) == (2, 1)
    good = bring(place, shelf, "attributes", changed(body, lambda rows: rows[:2]))
    press(place, good)
    assert fields_of(first)["attributes.101"] == [{"id": "2", "text": "Glass"}]
    assert fields_of(second)["attributes.102"] == [{"id": "", "text": "By hand"}]


def test_prices_come_back_for_each_variant(shelf: int, place: int) -> None:
    def edit(rows: list[dict[str, str]]) -> None:
        for row in rows:
            row["Price on TikTok Shop (USD)"] = "20.5"
        rows[0] |= {"Identifier type": "gtin", "Identifier": "00036000291452"}
        rows[-1]["Sold"] = "no"

    sheet = bring(place, shelf, "prices", changed(take_out(place, shelf, "prices", "csv"), edit))
    assert (sheet.changed, sheet.faulty) == (5, 0)
    versions = dict(db.session.execute(select(Listing.id, Listing.version)).all())
    press(place, sheet)
    lines = db.session.scalars(select(ListingSku).order_by(ListingSku.id)).all()
    assert {line.fields["price"] for line in lines} == {"20.5"} and lines[-1].fields["included"] is False
    assert lines[0].fields["identifier"] == {"kind": "GTIN", "code": "00036000291452"}
    assert all(listing.version > versions[listing.id] for listing in db.session.scalars(select(Listing)))
    press(place, sheet, undo=True)
    lines_now = [line.fields for line in db.session.scalars(select(ListingSku).order_by(ListingSku.id))]
    assert [fields.get("price") for fields in lines_now] == [None, "9.99", None, None, None]
    assert [fields.get("included") for fields in lines_now] == [None] * 5


def test_tags_from_a_file_of_the_merchants_own(shelf: int, place: int) -> None:
    body = b"SKU;Tags\nMUG-1;DOG TOYS\nMUG-2;cats, dog toys;\nMUG-9;x\n"
    sheet = bring(place, shelf, "tags", body)
    assert (sheet.changed, sheet.faulty) == (2, 1), "the unknown SKU is named"
    sheet = bring(place, shelf, "tags", body.replace(b"MUG-9;x\n", b""))
    press(place, sheet)
    assert tags.names() == ["cats", "dog toys"], "spelled as before"
    both = db.session.scalars(select(Product.sku).where(tags.having("dog toys", Product.id)).order_by(Product.sku))
    assert list(both) == ["MUG-1", "MUG-2"]
    press(place, sheet, undo=True)
    assert sorted(tags.names(), key=str.casefold) == ["dog toys", "Leashes"]


def test_mappings_of_a_profile(shelf: int, place: int) -> None:
    def edit(rows: list[dict[str, str]]) -> None:
        line = next(row for row in rows if row["On TikTok Shop"] == "Care")
        line |= {"Taken from": "fixed value", "Name or value": "Dishwasher safe"}

    body = changed(take_out(place, shelf, "mappings"), edit)
    sheet = bring(place, shelf, "mappings", body)
    assert (sheet.changed, sheet.faulty) == (1, 0)
    press(place, sheet)
    profile = db.session.scalars(select(Profile)).one()
    assert profile.mapping["102"] == {"kind": "fixed", "source": "Dishwasher safe", "value_id": "11"}
    assert "Dishwasher safe" in repr(drafts.prepare(db.session.get_one(Shop, shelf), ids()))
    press(place, sheet, undo=True)
    assert "102" not in db.session.scalars(select(Profile)).one().mapping

    def spoil(rows: list[dict[str, str]]) -> None:
        next(row for row in rows if row["On TikTok Shop"] == "Material")["Taken from"] = "the stars"

    assert bring(place, shelf, "mappings", changed(body, spoil)).faulty == 1


def test_what_changed_since_it_was_compared_holds_the_whole_file_back(shelf: int, place: int) -> None:
    first, second, _ = ids()

    def edit(rows: list[dict[str, str]]) -> None:
        for row in rows:
            row["Title"] = "From the file"

    sheet = bring(place, shelf, "listings", changed(take_out(place, shelf, "listings"), edit))
    listings.set_fields(system(place), db.session.get_one(Listing, second), {"title": "By hand, meanwhile"})
    db.session.commit()
    done = press(place, sheet)
    assert (done.refused, done.done) == (1, 0)
    assert fields_of(first)["title"] == "=A title, set here" and fields_of(second)["title"] == "By hand, meanwhile"
    held = kept(sheet.id)
    assert held.state == "compared" and " 3 " in held.note
    run(place, imports.again(system(place), db.session.get_one(Sheet, sheet.id)))
    press(place, sheet)
    assert {fields_of(number)["title"] for number in ids()} == {"From the file"}
    listings.set_fields(system(place), db.session.get_one(Listing, first), {"title": "By hand, later"})
    db.session.commit()
    press(place, sheet, undo=True)
    assert fields_of(first)["title"] == "By hand, later", "what was changed since is not taken back"
    assert fields_of(second)["title"] == "By hand, meanwhile"


def test_a_listing_that_is_being_sent_is_left_alone(shelf: int, place: int) -> None:
    sheet = bring(place, shelf, "listings", changed(
        take_out(place, shelf, "listings"), lambda rows: [row | {"Title": "New"} for row in rows]))  # fmt: skip
    db.session.execute(
        update(Listing).where(Listing.id == ids()[0]).values(intent="publish"),
        execution_options={"synchronize_session": False},
    )
    db.session.commit()
    assert press(place, sheet).refused == 1
    assert "title" not in fields_of(ids()[1])


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("listings", b"PK\x03\x04 no workbook"),
        ("listings", b"Key,Title\n1,2\n"),
        ("listings", b"Listing,SKU\n1,2\n"),
        ("listings", b"Listing,Title\n"),
        ("attributes", b"Listing,Material\n1,2\n"),
    ],
)
def test_a_file_that_cannot_be_read_says_so_and_changes_nothing(shelf: int, place: int, kind: str, body: bytes) -> None:
    sheet = bring(place, shelf, kind, body)
    assert sheet.state == "refused" and sheet.note
    assert not db.session.scalar(select(func.count(SheetRow.id)))


def test_a_row_that_is_cut_short_is_an_error_and_not_a_row_of_empty_cells(shelf: int, place: int) -> None:
    sheet = bring(place, shelf, "listings", f"Listing,Title,Description\n{ids()[0]},Mine\n".encode())
    assert (sheet.changed, sheet.faulty) == (0, 1)


def test_another_stores_rows_are_unknown(shelf: int, place: int) -> None:
    body = changed(take_out(place, shelf, "listings"), lambda rows: [row | {"Title": "Mine now"} for row in rows])
    other = make_store("other1")
    with tenant(other):
        shop = add_shop(tiktok_id="7490000000000000777")
        sheet = bring(other, shop.id, "listings", body)
        assert (sheet.changed, sheet.faulty) == (0, 3)
        assert [one.id for one in files.recent()] == [sheet.id]
        with pytest.raises(NotFound):
            files.get("x" * 32)


def test_files_go_when_their_days_are_over(shelf: int, place: int) -> None:
    take_out(place, shelf, "listings")
    sheet = db.session.scalars(select(Sheet)).one()
    assert files.drop_expired(clock.now(), db.session.commit) == 0
    sheet.expires_at = clock.now()
    db.session.commit()
    assert files.drop_expired(clock.now(), db.session.commit) == 1
    assert not db.session.scalar(select(func.count(SheetPart.id)))


def test_only_chosen_rows_are_exported(shelf: int, place: int) -> None:
    second = ids()[1]
    body = take_out(place, shelf, "listings", ids=[second])
    assert [cells[0] for _, cells in reading.read(body).rows] == [str(second)]
    body = take_out(place, shelf, "listings", filter={"search": "number 3"})
    assert [cells[0] for _, cells in reading.read(body).rows] == [str(ids()[2])]


@pytest.mark.engines("sqlite")
def test_many_rows_go_out_and_back_in_bounded_time(shelf: int, place: int) -> None:
    """A smaller sister of `bench/spreadsheets.py`, which does it with 100,000."""
    count, first = 5_000, ids()[0]
    product_id = db.session.scalar(select(Listing.product_id).where(Listing.id == first))
    rows: list[dict[str, Any]] = [
        {"store_id": place, "shop_id": shelf, "product_id": product_id, "title": f"Mug {number}", "fields": {},
         "changed_at": clock.now()}
        for number in range(count)
    ]  # fmt: skip
    db.session.execute(scoped(insert(table_of(Listing)).values(store_id=place)), rows)
    db.session.commit()
    began = time.monotonic()
    body = take_out(place, shelf, "listings")
    edited = changed(body, lambda rows: [row | {"Title": f"Title of {row['Listing']}"} for row in rows])
    sheet = bring(place, shelf, "listings", edited)
    assert (sheet.rows, sheet.changed, sheet.faulty) == (count + 3, count + 3, 0)
    press(place, sheet)
    wrong = select(func.count(Listing.id)).where(Listing.fields["title"].as_string().not_like("Title of %"))
    assert db.session.scalar(wrong) == 0
    assert time.monotonic() - began < 60
