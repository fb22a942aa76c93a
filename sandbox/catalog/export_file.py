"""Reads a merchant's own product export (BigCommerce's modern CSV: Product, Variant and Image rows) into drafts.

Nothing is fetched: a picture's place is kept and its picture drawn with the product's name. Cells are text and stay
text. What cannot be read is named by its line, and the rest is taken.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sandbox.catalog.cards import card
from sandbox.catalog.cells import amount, category_paths, custom_fields, flag, stock
from sandbox.catalog.option_text import read_options

Draft = dict[str, Any]
Row = dict[str, str]

BYTES, ROWS, COLUMNS, CELL = 32 * 1024 * 1024, 200_000, 200, 70_000
IMAGES, VARIANTS = 1_000, 600
REQUIRED = ("Item", "Name", "Type", "SKU", "Price")
csv.field_size_limit(BYTES)
DECIMALS = {
    "Price": "price",
    "Cost Price": "cost_price",
    "Retail Price": "retail_price",
    "Sale Price": "sale_price",
    "Weight": "weight",
    "Width": "width",
    "Height": "height",
    "Depth": "depth",
}
TEXTS = {
    "Description": "description",
    "Search Keywords": "search_keywords",
    "Page Title": "page_title",
    "Meta Description": "meta_description",
    "Bin Picking Number": "bin_picking_number",
    "Warranty": "warranty",
}
IDENTIFIERS = {"UPC/EAN": "upc", "Global Trade Number": "gtin", "Manufacturer Part Number": "mpn"}


class NotAnExport(ValueError):
    """The file as a whole cannot be used; says why."""


@dataclass(frozen=True)
class Trouble:
    line: int
    reason: str


@dataclass
class Reading:
    """Drafts, each with the `line` of its Product row, and what was left out and why."""

    drafts: list[Draft] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    rows: int = 0


def read_export(content: bytes) -> Reading:
    """Raises NotAnExport when the file is too large, is no CSV or has other columns."""
    if len(content) > BYTES:
        raise NotAnExport(f"The file is larger than {BYTES // 2**20} MB.")
    reading, current = Reading(), None
    for line, row in rows_of(decoded(content), reading):
        item = row["Item"].strip().lower()
        try:
            if item == "product":
                current = None
                current = product_of(row) | {"line": line}
                reading.drafts.append(current)
            elif item == "video":
                continue
            elif item not in ("variant", "image"):
                raise ValueError(f'Item: "{row["Item"][:40]}" is none of Product, Variant, Image and Video')
            elif current is None:
                raise ValueError("the product above it was not taken")
            elif item == "variant":
                add_variant(current, row)
            else:
                add_image(current, row)
        except ValueError as error:
            reading.troubles.append(Trouble(line, str(error)))
    for draft in reading.drafts:
        settle(draft)
    return reading


def decoded(content: bytes) -> str:
    """UTF-8 as exported; UTF-16 and Windows-1252 as spreadsheets save it."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = content.decode("utf-16", errors="replace")
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.decode("cp1252", errors="replace")
    return text.replace("\0", "")


def rows_of(text: str, reading: Reading) -> Iterator[tuple[int, Row]]:
    """(line, cells by column name) per row; rows that are no rows become troubles."""
    first = text.partition("\n")[0]
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count))
    try:
        header = header_of(next(lines, []))
        line = lines.line_num + 1
        for cells in lines:
            began, line = line, lines.line_num + 1
            if not any(cells):
                continue
            reading.rows += 1
            if reading.rows > ROWS:
                reading.troubles.append(Trouble(began, f"only the first {ROWS:,} rows are read"))
                return
            long = next((name for name, cell in zip(header, cells, strict=False) if len(cell) > CELL), None)
            if long:
                reason = f"{long}: longer than {CELL:,} characters; perhaps a quotation mark is never closed"
                reading.troubles.append(Trouble(began, reason))
                continue
            yield began, dict.fromkeys(header, "") | dict(zip(header, cells, strict=False))
    except csv.Error as error:
        raise NotAnExport(f"The file is not a CSV file: {error}.") from None


def header_of(cells: list[str]) -> list[str]:
    """The column names as BigCommerce writes them, whatever their case."""
    known = {name.lower(): name for name in (*REQUIRED, *DECIMALS, *TEXTS, *IDENTIFIERS, *OTHERS)}
    names = [known.get(cell.strip().lower(), cell.strip()) for cell in cells[:COLUMNS]]
    if "Item Type" in names or "Product Name" in names:
        raise NotAnExport("This is the legacy export. Export again with the modern experience: it has a column Item.")
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        raise NotAnExport(f"This is not BigCommerce's product export: it has no column {', '.join(missing)}.")
    return names


OTHERS = (
    "ID",
    "Options",
    "Inventory Tracking",
    "Current Stock",
    "Low Stock",
    "Brand ID",
    "Categories",
    "Custom Fields",
    "Free Shipping",
    "Is Visible",
    "Product Condition",
    "Variant Image URL",
    "Internal Image URL (Export)",
    "Image URL (Import)",
    "Image Description",
    "Image is Thumbnail",
)


def product_of(row: Row) -> Draft:
    name = row["Name"].strip()
    if not name:
        raise ValueError("Name: a product needs one")
    if len(name) > 250:
        raise ValueError("Name: longer than 250 characters")
    kind = row["Type"].strip().lower() or "physical"
    tracking = row.get("Inventory Tracking", "").strip().lower() or "none"
    if kind not in ("physical", "digital"):
        raise ValueError(f'Type: "{row["Type"][:40]}" is neither Physical nor Digital')
    if tracking not in ("none", "product", "variant"):
        raise ValueError(f'Inventory Tracking: "{tracking[:40]}" is none of none, product and variant')
    brand = row.get("Brand", "").strip() or row.get("Brand Name", "").strip()
    number = row.get("Brand ID", "").strip()
    condition = row.get("Product Condition", "").strip().capitalize()
    return {
        "name": name,
        "type": kind,
        "sku": row["SKU"].strip(),
        **{field: amount(column, row[column]) for column, field in DECIMALS.items() if column in row},
        **{field: row[column] for column, field in TEXTS.items() if column in row},
        **identifiers(row),
        "weight": amount("Weight", row.get("Weight", "")),
        "inventory_tracking": tracking,
        "inventory_warning_level": stock(row.get("Low Stock", "")),
        "on_hand": stock(row.get("Current Stock", "")),
        "category_paths": category_paths(row.get("Categories", "")),
        "custom_fields": custom_fields(row.get("Custom Fields", "")),
        "brand_name": brand[:255] or (f"Brand {number}" if number.isdigit() and int(number) else ""),
        "condition": condition if condition in ("Used", "Refurbished") else "New",
        "is_free_shipping": flag("Free Shipping", row.get("Free Shipping", ""), False),
        "is_visible": flag("Is Visible", row.get("Is Visible", ""), True),
        "images": [],
        "troubles": [],
    }


def identifiers(row: Row) -> Draft:
    """Spreadsheets put `'` before long numbers to keep them; fourteen characters is all that BigCommerce holds."""
    found = {field: row[column].strip().removeprefix("'") for column, field in IDENTIFIERS.items() if column in row}
    for name in ("upc", "gtin"):
        if len(found.get(name, "")) > 14:
            raise ValueError(f"{name.upper()}: longer than 14 characters")
    return found


def add_variant(draft: Draft, row: Row) -> None:
    choices = read_options(row.get("Options", ""))
    if not choices:
        raise ValueError("Options: a variant needs at least one")
    if len(draft.setdefault("variants", [])) >= VARIANTS:
        raise ValueError(f"a product has at most {VARIANTS} variants")
    numbers = {field: amount(column, row[column]) for column, field in DECIMALS.items() if row.get(column, "").strip()}
    variant: Draft = {
        "sku": row["SKU"].strip(),
        **numbers,
        **{name: value for name, value in identifiers(row).items() if value},
        "on_hand": stock(row.get("Current Stock", "")),
        "option_values": [{"option_display_name": one.name, "label": one.value} for one in choices],
    }
    if row.get("Variant Image URL", "").strip():
        variant["picture_words"] = f"{draft['name']}: {', '.join(one.value for one in choices)}"
    draft["variants"].append(variant)
    draft.setdefault("option_types", {}).update({one.name: one.type for one in choices})


def add_image(draft: Draft, row: Row) -> None:
    if len(draft["images"]) >= IMAGES:
        raise ValueError(f"a product has at most {IMAGES:,} pictures")
    if not (row.get("Image URL (Import)", "") or row.get("Internal Image URL (Export)", "")).strip():
        raise ValueError("Image URL: an Image row needs one")
    image: Draft = {
        "is_thumbnail": flag("Image is Thumbnail", row.get("Image is Thumbnail", ""), False),
        "sort_order": len(draft["images"]),
        "description": row.get("Image Description", ""),
        "picture": card(draft["name"], len(draft["images"])),
    }
    draft["images"].append(image)


def settle(draft: Draft) -> None:
    """What only all rows of a product together tell: one thumbnail, and stock where the variants are not tracked."""
    if draft["images"] and not any(image["is_thumbnail"] for image in draft["images"]):
        draft["images"][0]["is_thumbnail"] = True
    if not draft.get("variants"):
        draft.pop("variants", None)
