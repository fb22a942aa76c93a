"""What a cell of a product export says: numbers, yes or no, categories, custom fields."""

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any

TRUE, FALSE = {"true", "yes", "y", "1"}, {"false", "no", "n", "0", ""}
THOUSANDS = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII)
CATEGORY_PATH = re.compile(r"Category Path:\s*([^,;|]+)", re.IGNORECASE)


def amount(column: str, cell: str) -> float:
    """A number of zero or more; an empty cell is zero. Raises ValueError."""
    text = cell.strip()
    text = text.replace(",", "") if THOUSANDS.fullmatch(text) else text
    try:
        value = Decimal(text or "0")
    except InvalidOperation:
        raise ValueError(f'{column}: "{text[:40]}" is not a number') from None
    if not value.is_finite() or not 0 <= value < 10**10:
        raise ValueError(f'{column}: "{text[:40]}" must be between 0 and 9,999,999,999')
    return float(value)


def stock(cell: str) -> int:
    """Whole pieces; what is below zero was oversold and counts as none. Raises ValueError."""
    text = cell.strip().removeprefix("-")
    pieces = amount("Current Stock", text)
    if pieces != int(pieces) or pieces > 2_147_483_647:
        raise ValueError(f'Current Stock: "{cell.strip()[:40]}" is not a whole number')
    return 0 if cell.strip().startswith("-") else int(pieces)


def flag(column: str, cell: str, default: bool) -> bool:
    text = cell.strip().lower()
    if not text:
        return default
    if text not in TRUE | FALSE:
        raise ValueError(f'{column}: "{text[:40]}" is neither TRUE nor FALSE')
    return text in TRUE


def category_paths(cell: str) -> list[list[str]]:
    """By name (`Shop/Mugs; Sale`) or by number, as exports have them (`23;24`), where only the number is known."""
    told = CATEGORY_PATH.findall(cell) or cell.split(";")
    found = []
    for one in told:
        names = [f"Category {name}" if name.isdigit() else name[:50] for name in map(str.strip, one.split("/")) if name]
        if names and names not in found:
            found.append(names)
    return found


def custom_fields(cell: str) -> list[dict[str, str]]:
    """From JSON (`[{"name": …, "value": …}]`) or `name=value;name=value`. Raises ValueError."""
    text = cell.strip()
    if not text:
        return []
    if text[0] in "[{":
        try:
            told: Any = json.loads(text)
        except (ValueError, RecursionError):
            raise ValueError("Custom Fields: this is not JSON") from None
        rows = told if isinstance(told, list) else [{"name": name, "value": value} for name, value in told.items()]
        pairs = [(row.get("name"), row.get("value")) for row in rows if isinstance(row, dict)]
    else:
        pairs = [(name, value) for name, mark, value in (one.partition("=") for one in text.split(";")) if mark]
    found: list[dict[str, str]] = []
    for name, value in pairs:
        row = {"name": str(name or "").strip()[:250], "value": str(value or "").strip()[:250]}
        if row["name"] and row["value"] and row not in found:
            found.append(row)
    return found[:200]
