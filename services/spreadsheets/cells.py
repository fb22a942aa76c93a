"""Texts that a spreadsheet program would take for a formula. In CSV a mark keeps them text; reading takes it off."""

import re

MARK = "'"
# What spreadsheet programs evaluate; whatever already looks marked is marked once more, so that reading is exact.
_RISKY = re.compile(r"'*[=+\-@\t\r\n|%]")


def guarded(text: str) -> str:
    """A text as a CSV cell holds it: never a formula."""
    return MARK + text if _RISKY.match(text) else text


def restored(text: str) -> str:
    """What `guarded` was given."""
    return text[1:] if text.startswith(MARK) and _RISKY.match(text) else text


def letter(column: int) -> str:
    """The name of a column, counted from 0: A, B, … Z, AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name
