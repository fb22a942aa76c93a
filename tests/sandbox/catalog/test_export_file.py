"""A merchant's own product export: taken as it is, named by line where it cannot be, never run and never fetched."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from sandbox.bigcommerce.catalog import Catalog
from sandbox.bigcommerce.platform import BigCommerce
from sandbox.bigcommerce.seeds import FIRST
from sandbox.catalog import export_file
from sandbox.catalog.cells import amount, category_paths, custom_fields, flag, stock
from sandbox.catalog.export_file import NotAnExport, read_export
from sandbox.catalog.option_text import Choice, read_options
from sandbox.server import create_app
from sandbox.settings import Settings
from sandbox.state import Document

EXAMPLE = Path(export_file.__file__).with_name("example.csv")
HEAD = "Item,Name,Type,SKU,Options,Price,Weight,Current Stock,Inventory Tracking,Image URL (Import)"


@pytest.fixture
def app() -> Flask:
    return create_app(Settings(run_timers=False, products=3))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def catalog(app: Flask) -> Catalog:
    platform: BigCommerce = app.extensions["bigcommerce"]
    return platform.catalogs[FIRST]


def take(client: FlaskClient, content: str | bytes, replace: bool = True) -> Document:
    answer = client.post(f"/control/api/catalog/file?replace={int(replace)}", data=content)
    assert answer.status_code == 200, answer.text
    report: Document = answer.get_json()
    return report


def file(*rows: str) -> str:
    return "\r\n".join([HEAD, *rows])


def test_the_example_is_taken_whole(client: FlaskClient, catalog: Catalog) -> None:
    report = take(client, EXAMPLE.read_bytes())
    assert report == {"products": 3, "variants": 3, "images": 3, "rows": 10, "troubles": []}
    mug, shirt, guide = catalog.products.values()
    assert (mug["name"], mug["sku"], mug["price"], mug["weight"]) == (
        "Hand-Thrown Stoneware Mug",
        "MUG-STONE",
        24.5,
        1.1,
    )
    assert 'a wide handle, "thrown"' in mug["description"] and mug["custom_fields"][0]["value"] == "12 oz"
    assert sum(level["onhand"] for level in mug["variants"][0]["stock"].values()) == 42
    assert [row["sku"] for row in shirt["variants"]] == ["SHIRT-LINEN-WHI-S", "SHIRT-LINEN-WHI-M", "SHIRT-LINEN-NAV-M"]
    assert [(row["display_name"], row["type"]) for row in shirt["options"]] == [
        ("Color", "swatch"),
        ("Size", "rectangles"),
    ]
    assert [value["label"] for value in shirt["options"][0]["option_values"]] == ["White", "Navy"]
    assert shirt["variants"][2]["price"] == 72 and shirt["variants"][0]["weight"] == 0.58
    assert guide["type"] == "digital" and guide["images"] == []


def test_pictures_are_drawn_and_never_fetched(client: FlaskClient, catalog: Catalog) -> None:
    take(client, EXAMPLE.read_bytes())
    mug, shirt, _ = catalog.products.values()
    addresses = [image["url"] for image in mug["images"]] + [shirt["variants"][0]["image_url"]]
    assert all("example.com" not in address for address in addresses)
    pictures = [client.get(address.removeprefix(catalog.box.settings.api_url)) for address in addresses]
    assert [picture.mimetype for picture in pictures] == ["image/jpeg"] * 3
    assert len({picture.data for picture in pictures}) == 3


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("Type=Rectangle|Name=Color|Value=Red", [Choice("rectangles", "Color", "Red")]),
        (
            "Type=Swatch|Name=Color|Value=Red[#FF0000]Type=Radio|Name=Size|Value=M",
            [Choice("swatch", "Color", "Red"), Choice("radio_buttons", "Size", "M")],
        ),
        (
            "Type=Dropdown|Name=A|Value=1|Type=Dropdown|Name=B|Value=2",
            [Choice("dropdown", "A", "1"), Choice("dropdown", "B", "2")],
        ),
        ("Type=Radio|Name=A|Value=1 || Type=Odd|Name=B|Value=x|y", [Choice("radio_buttons", "A", "1"),
                                                                    Choice("rectangles", "B", "x|y")]),
        ("Type=Rectangle|Name=Type=|Value==1+1", [Choice("rectangles", "Type=", "=1+1")]),
        ("", []),
    ],
)  # fmt: skip
def test_options_however_they_are_joined(cell: str, expected: list[Choice]) -> None:
    assert read_options(cell) == expected


@pytest.mark.parametrize("cell", ["Color: Red", "Type=Rectangle|Name=Color", "Type=Rectangle|Name=|Value=Red", "=1+1"])
def test_options_of_another_form_are_refused(cell: str) -> None:
    with pytest.raises(ValueError):
        read_options(cell)


def test_a_long_options_cell_is_read_in_little_time() -> None:
    assert len(read_options("Type=Rectangle|Name=A|Value=B" * 2000)) == 2000
    with pytest.raises(ValueError):
        read_options("Type=Rectangle|Name=" * 3000)


def test_broken_rows_are_named_and_the_rest_is_taken(client: FlaskClient, catalog: Catalog) -> None:
    report = take(
        client,
        file(
            "Product,Good mug,Physical,M-1,,10,1,5,product,",  # 2
            "Image,,,,,,,,,",  # 3: no address
            "Product,,Physical,M-2,,10,1,5,product,",  # 4: no name
            "Image,,,,,,,,,https://example.com/a.jpg",  # 5: its product was not taken
            "Product,Odd price,Physical,M-3,,ten,1,5,product,",  # 6
            "Product,Negative,Physical,M-4,,10,1,-3,product,",  # 7: sold too often, taken as none
            '"Product","Two\nlines",Physical,M-5,,"1,234.50",1,5,product,',  # 8 and 9
            "Variant,,,V-1,Color: Red,1,,,,",  # 10
            "Variant,,,V-2,Type=Radio|Name=Color|Value=Red,1,,,,",  # 11
            "Variant,,,V-3,Type=Radio|Name=Color|Value=Red,1,,,,",  # 12: the same again, refused with its product
            "Gadget,x,,,,,,,,",  # 13
        ),
    )
    assert [row["line"] for row in report["troubles"]] == [3, 4, 5, 6, 8, 10, 13]
    assert [row["name"] for row in catalog.products.values()] == ["Good mug", "Negative"]
    assert report["products"] == 2


def test_hostile_cells_stay_text(client: FlaskClient, catalog: Catalog) -> None:
    name = '=HYPERLINK(""http://example.com"",""x"") <script>alert(1)</script>'
    take(client, file(f'Product,"{name}",Physical,@SKU,,10,1,5,product,'))
    (product,) = catalog.products.values()
    assert product["name"] == name.replace('""', '"') and product["sku"] == "@SKU"
    shown = client.get("/control/catalog").text
    assert "<script>alert" not in shown and "&lt;script&gt;alert(1)" in shown


def test_the_page_takes_a_file_and_says_what_came_of_it(client: FlaskClient, tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text(file("Product,Own,Physical,O-1,,10,1,5,product,", "<script>alert(2)</script>,,,,,,,,,"))
    with path.open("rb") as own:
        page = client.post("/control/catalog/file", data={"store": FIRST, "file": (own, "<b>own</b>.csv")})
    assert page.status_code == 200 and "<script>" not in page.text and "alert(2)" in page.text
    assert client.post("/control/catalog/file", data={"store": FIRST}).status_code == 422
    assert client.get("/control/catalog/example.csv").data == EXAMPLE.read_bytes()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"Item Type,Product ID,Product Name\nProduct,1,Mug",
        b"Name,Price\nMug,1",
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
        b"PK\x03\x04" + bytes(2000),
    ],
)
def test_other_files_are_refused(client: FlaskClient, content: bytes) -> None:
    with pytest.raises(NotAnExport):
        read_export(content)
    assert client.post("/control/api/catalog/file", data=content).status_code == 422


def test_size_rows_and_cells_have_bounds(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    row = "Product,Mug {},Physical,M-{},,10,1,5,product,"
    monkeypatch.setattr(export_file, "ROWS", 5)
    reading = read_export(file(*(row.format(number, number) for number in range(9))).encode())
    assert len(reading.drafts) == 5 and reading.troubles[-1].line == 7
    unclosed = read_export(file(row.format(0, 0), '"Product,never closed' + "x" * 80_000).encode())
    assert [trouble.line for trouble in unclosed.troubles] == [3] and len(unclosed.drafts) == 1
    monkeypatch.setattr(export_file, "BYTES", 100)
    with pytest.raises(NotAnExport):
        read_export(file(row).encode())


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_files_that_a_spreadsheet_has_saved(coding: str, mark: str) -> None:
    text = file("Product,Café Müsli,Physical,C-1,,10,1,5,product,").replace(",", mark)
    (draft,) = read_export(text.encode(coding)).drafts
    assert draft["name"] == "Café Müsli" and draft["on_hand"] == 5


def test_taking_the_same_file_again_numbers_what_is_taken(client: FlaskClient, catalog: Catalog) -> None:
    for _ in range(2):
        assert take(client, EXAMPLE.read_bytes(), replace=False)["products"] == 3
    assert "hand-thrown stoneware mug 2" in catalog.names and "mug-stone-2" in catalog.skus


def test_replacing_empties_the_store_and_tells_of_it(app: Flask, client: FlaskClient, catalog: Catalog) -> None:
    told: list[str] = []
    catalog.notify = lambda store, scope, data: told.append(scope)
    take(client, EXAMPLE.read_bytes())
    assert told.count("store/product/deleted") == 3 and told.count("store/product/created") == 3
    assert len(catalog.ids) == len(catalog.products) == 3


def test_cells() -> None:
    assert (amount("Price", "1,234.50"), amount("Price", "")) == (1234.5, 0)
    assert (stock("-3"), stock("7"), stock("7.0")) == (0, 7, 7)
    assert (flag("x", "TRUE", False), flag("x", "", True), flag("x", "no", True)) == (True, True, False)
    for wrong in ("nan", "inf", "-1", "1e400", "1,2", "ten", "99999999999"):
        with pytest.raises(ValueError):
            amount("Price", wrong)
    assert category_paths("23;24") == [["Category 23"], ["Category 24"]]
    assert category_paths("Shop/Mugs; Sale ;") == [["Shop", "Mugs"], ["Sale"]]
    assert category_paths("Category Name: Mugs, Category Path: Shop/Mugs") == [["Shop", "Mugs"]]
    assert custom_fields('[{"name":"A","value":"1"},{"name":"","value":"2"}]') == [{"name": "A", "value": "1"}]
    assert custom_fields("A=1;B=2") == [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]
    with pytest.raises(ValueError):
        custom_fields("[" * 100_000)
