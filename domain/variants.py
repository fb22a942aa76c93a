"""The variant matrix: which options a product varies by and which of them can carry pictures."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

from domain.draft import ImageDraft, SkuDraft
from domain.words import same_name


def option_names(skus: Sequence[SkuDraft]) -> tuple[str, ...]:
    """The names of the first SKU's options, in order."""
    return tuple(name for name, _ in skus[0].options) if skus else ()


def has_option(skus: Sequence[SkuDraft], name: str) -> bool:
    """True when the product varies by something of this name, in any usual spelling."""
    return any(same_name(option, name) for option in option_names(skus))


def image_option(skus: Sequence[SkuDraft]) -> str:
    """The one option whose values each have exactly one picture, or "" when no option does.

    TikTok takes pictures on one sales attribute only, and then one for each of its values (reference 4.8).
    """
    for place, name in enumerate(option_names(skus)):
        pictures: dict[str, ImageDraft | None] = {}
        for sku in skus:
            if place >= len(sku.options):
                return ""
            value = sku.options[place][1]
            if pictures.setdefault(value, sku.image) != sku.image:
                break
        else:
            if all(picture is not None for picture in pictures.values()):
                return name
    return ""


def label(sku: SkuDraft) -> str:
    """The variant's name for a sentence: its option values, else its SKU."""
    return " / ".join(value for _, value in sku.options) or sku.seller_sku or "the product"


MOST_CELLS = 2_000  # beyond that a grid shows nothing to anybody


@dataclass(frozen=True, slots=True)
class Cell:
    """One combination of option values. No key: the combination is missing; several: it exists more than once."""

    keys: tuple[str, ...]

    @property
    def state(self) -> str:
        """ok, missing or double."""
        return "ok" if len(self.keys) == 1 else "double" if self.keys else "missing"


@dataclass(frozen=True, slots=True)
class Matrix:
    """The variants as a grid: the last option across, the others down. `names`: the options, in order."""

    names: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[tuple[str, ...], tuple[Cell, ...]], ...]  # (values of the other options, cells)
    missing: tuple[tuple[str, ...], ...]  # combinations that no variant has
    uneven: tuple[str, ...]  # keys of variants that do not have exactly these options

    @property
    def doubles(self) -> int:
        """Combinations that exist more than once."""
        return sum(cell.state == "double" for _, cells in self.rows for cell in cells)


def grid(skus: Sequence[SkuDraft]) -> Matrix | None:
    """The matrix of a product that varies, without rows when it would be too large to look at; None for one that does
    not vary (features I-09)."""
    names = option_names(skus)
    if not names:
        return None
    fitting = [sku for sku in skus if tuple(name for name, _ in sku.options) == names]
    uneven = tuple(sku.key for sku in skus if tuple(name for name, _ in sku.options) != names)
    spelled: list[dict[str, str]] = [{} for _ in names]  # as values are matched -> as first written
    found: dict[tuple[str, ...], list[str]] = {}
    for sku in fitting:
        folded = tuple(value.casefold() for _, value in sku.options)
        for place, (_, value) in enumerate(sku.options):
            spelled[place].setdefault(folded[place], value)
        found.setdefault(folded, []).append(sku.key)
    if prod(map(len, spelled)) > MOST_CELLS:
        return Matrix(names, (), (), (), uneven)
    rows = []
    missing = []
    for head in product(*spelled[:-1]):
        cells = tuple(Cell(tuple(found.get((*head, last), ()))) for last in spelled[-1])
        shown = tuple(spelled[place][value] for place, value in enumerate(head))
        rows.append((shown, cells))
        missing += [(*shown, spelled[-1][last]) for last, cell in zip(spelled[-1], cells, strict=True) if not cell.keys]
    return Matrix(names, tuple(spelled[-1].values()), tuple(rows), tuple(missing), uneven)


def picture_conflicts(skus: Sequence[SkuDraft]) -> dict[str, tuple[str, ...]]:
    """By option: the values whose variants do not share exactly one picture. An option without any can carry them."""
    told: dict[str, tuple[str, ...]] = {}
    for place, name in enumerate(option_names(skus)):
        pictures: dict[str, set[str]] = {}
        for sku in skus:
            if place < len(sku.options):
                pictures.setdefault(sku.options[place][1], set()).add(sku.image.key if sku.image else "")
        told[name] = tuple(value for value, seen in pictures.items() if len(seen) > 1 or "" in seen)
    return told
