"""The Options cell of a BigCommerce product export: `Type=Rectangle|Name=Color|Value=Red`, one after the other."""

import re
from dataclasses import dataclass

ONE = re.compile(
    r"Type=(?P<type>[^|=]*)\|\s*Name=(?P<name>.*?)\|\s*Value=(?P<value>.*?)"
    r"(?:\s*\|{0,2}\s*(?=Type=[^|=]*\|\s*Name=)|\s*\|*\s*$)",
    re.IGNORECASE | re.DOTALL,
)
COLORS = re.compile(r"\s*\[(?P<data>[^\[\]]*)\]$")
TYPES = {
    "rectangle": "rectangles",
    "rectangles": "rectangles",
    "radio": "radio_buttons",
    "radio buttons": "radio_buttons",
    "dropdown": "dropdown",
    "swatch": "swatch",
    "pick list": "product_list",
    "product list": "product_list",
}


@dataclass(frozen=True)
class Choice:
    """One option of a variant; `type` in BigCommerce's API words."""

    type: str
    name: str
    value: str


def read_options(cell: str) -> list[Choice]:
    """Exports put options directly behind each other, spreadsheets and tools put `|` or `||` between them; a swatch's
    colours in brackets are left out. Raises ValueError when the cell is not of this form."""
    found, place = [], 0
    text = cell.strip()
    while place < len(text):
        match = ONE.match(text, place)
        if match is None:
            raise ValueError(f'Options: "{text[place : place + 60]}" is not Type=…|Name=…|Value=…')
        kind, name, value = (match[part].strip() for part in ("type", "name", "value"))
        if kind.lower() == "swatch":
            value = COLORS.sub("", value)
        if not name or not value:
            raise ValueError("Options: a name or a value is empty")
        found.append(Choice(TYPES.get(kind.lower(), "rectangles"), name, value))
        place = match.end()
    return found
