"""What a kind of spreadsheet says about itself: its columns, its rows, what a changed cell means, how to keep it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from models import Shop
from services.spreadsheets.writing import LONGEST, UNFIT, Column

CHUNK = 1000  # rows read, compared or written together
BY_SKU = "sku="  # before a key that is a SKU


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose rows: one shop's, or the store's where there is none. `details`: {"ids"} or {"filter"}, and what a kind
    remembers of the file's columns."""

    shop: Shop | None
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def the_shop(self) -> Shop:
        if self.shop is None:
            raise LookupError("This kind of spreadsheet is of one shop.")
        return self.shop


@dataclass(frozen=True, slots=True)
class Current:
    """One row as it is now. `texts` by column, `stored` by stored field; `facts` is what `clean` needs besides."""

    subject_id: int
    label: str
    texts: Mapping[str, str]
    stored: Mapping[str, Any]
    facts: Any = None


@dataclass(slots=True)
class Cleaned:
    """What changed cells come to: stored fields (None: as inherited), and [column key, what is wrong]."""

    after: dict[str, Any] = field(default_factory=dict)
    errors: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Wish:
    """A row to be kept: stored fields as they must be now, and as they shall be."""

    number: int
    subject_id: int
    before: Mapping[str, Any]
    after: Mapping[str, Any]


class Kind:
    """One kind of spreadsheet. The first column is the key of its rows."""

    name: ClassVar[str]
    title: ClassVar[str]  # of the sheet
    text: ClassVar[str]  # what it is for, in a sentence
    of_shop: ClassVar[bool] = True
    comes_back: ClassVar[bool] = True
    sent_at_once: ClassVar[bool] = False  # applying it tells TikTok Shop; nothing is inherited there
    by_sku: ClassVar[bool] = False  # a row without key is found by its SKU

    def columns(self, scope: Scope) -> Sequence[Column]:
        raise NotImplementedError

    def remember(self, header: Sequence[str]) -> dict[str, Any]:
        """What a file that came back says about its columns, kept with it."""
        return {}

    def count(self, scope: Scope) -> int:
        """How many rows, about; for the bar."""
        raise NotImplementedError

    def walk(self, scope: Scope, after: str) -> tuple[list[list[str]], str]:
        """The next rows behind a cursor, and the cursor behind them; "" when nothing is left."""
        raise NotImplementedError

    def current(self, scope: Scope, keys: Sequence[str]) -> Mapping[str, Current]:
        """Rows as they are, by the key as it stands in the file; those that do not exist are missing."""
        raise NotImplementedError

    def clean(self, scope: Scope, row: Current, changed: Mapping[str, str]) -> Cleaned:
        raise NotImplementedError

    def keep(self, scope: Scope, wishes: Sequence[Wish]) -> list[int]:
        """Writes them; answers the numbers of rows that are no longer as they must be, and were left alone."""
        raise NotImplementedError


def same(one: str, other: str) -> bool:
    """Equal in what a spreadsheet can hold: it loses control characters, line ends and what exceeds a cell."""
    return one == other or _held(one) == _held(other)


def _held(text: str) -> str:
    return UNFIT.sub("", text)[:LONGEST].replace("\r\n", "\n").replace("\r", "\n").strip()


def number(key: str) -> int | None:
    """A key of ours from a cell."""
    return int(key) if key.isascii() and key.isdigit() and len(key) < 19 else None
