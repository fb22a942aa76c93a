"""What the catalog pages do: add drawn-up products with chosen troubles, take a merchant's file, empty a store."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from sandbox.bigcommerce.catalog import Catalog
from sandbox.bigcommerce.fill import empty, fill
from sandbox.bigcommerce.platform import bigcommerce
from sandbox.bigcommerce.refusals import Refusal
from sandbox.catalog import ALL_MIX, CLEAN, EVERYDAY_MIX, KINDS, ONE_OF_EACH, Mix, stream_catalog
from sandbox.catalog.export_file import NotAnExport, Trouble, read_export
from sandbox.state import Document

MAXIMUM = 100_000
MIXES = {"everyday": EVERYDAY_MIX, "all": ALL_MIX, "none": CLEAN, "each": ONE_OF_EACH}


def add_products(store_hash: str, seed: int, size: int, quiet: bool = False, mix: Mix = EVERYDAY_MIX) -> int:
    """Add a drawn-up catalog to a store; fires store/product/created unless `quiet`."""
    if not 0 < size <= MAXIMUM:
        raise Refusal(422, "Invalid size", {"size": f"must be between 1 and {MAXIMUM:,}"})
    needed = sum(mix.counts.values())
    if needed > size:
        raise Refusal(422, "Invalid size", {"size": f"{needed:,} troubles need at least so many products"})
    return fill(bigcommerce().catalog(store_hash), stream_catalog(seed, size, mix), quiet)


def mix_of(troubles: Any, share: Any = None) -> Mix:
    """`troubles`: everyday, all, none, each; a list of kinds; or {kind: number}. `share`: 0 to 1."""
    counts = isinstance(troubles, dict)
    if isinstance(troubles, str):
        mix = MIXES.get(troubles)
        if mix is None:
            raise Refusal(422, "Invalid troubles", {"troubles": f"one of {', '.join(MIXES)}, or kinds"})
    elif isinstance(troubles, dict | list) and all(kind in KINDS for kind in troubles):
        mix = Mix(share=0, counts=troubles) if isinstance(troubles, dict) else Mix(tuple(troubles))
        if counts and not all(type(number) is int and 0 <= number <= MAXIMUM for number in mix.counts.values()):
            raise Refusal(422, "Invalid troubles", {"troubles": "each number must be a whole one, zero or more"})
    else:
        raise Refusal(422, "Invalid troubles", {"troubles": f"the kinds are {', '.join(KINDS)}"})
    if share is None or mix.counts or troubles == "none":
        return mix
    if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 1:
        raise Refusal(422, "Invalid share", {"share": "must be between 0 and 1"})
    return Mix(mix.kinds, share)


@dataclass
class Report:
    """What came of a merchant's file; `troubles` by line."""

    products: int = 0
    variants: int = 0
    images: int = 0
    rows: int = 0
    troubles: list[Trouble] = field(default_factory=list)


def take_file(store_hash: str, content: bytes, replace: bool = False) -> Report:
    """Read a product export into a store, after emptying it when `replace`. Raises Refusal for any other file."""
    catalog = bigcommerce().catalog(store_hash)
    try:
        reading = read_export(content)
    except NotAnExport as error:
        raise Refusal(422, str(error)) from None
    report = Report(rows=reading.rows, troubles=reading.troubles)
    left_out: set[int] = set()

    def refused(draft: Document, refusal: Refusal) -> None:
        left_out.add(draft["line"])
        report.troubles.append(
            Trouble(draft["line"], ". ".join(dict.fromkeys(refusal.errors.values())) or refusal.title)
        )

    if replace and reading.drafts:
        empty(catalog)
    report.products = fill(catalog, reading.drafts, refused=refused)
    taken = [draft for draft in reading.drafts if draft["line"] not in left_out]
    report.variants = sum(len(draft.get("variants", [])) for draft in taken)
    report.images = sum(len(draft["images"]) for draft in taken)
    report.troubles.sort(key=lambda trouble: trouble.line)
    return report


def troubles_of(catalog: Catalog) -> dict[int, list[str]]:
    """Kinds of trouble by product id, of the products that are still there."""
    return {
        int(number): row["kinds"]
        for number, row in catalog.collection("troubles").items()
        if number in catalog.products
    }


def trouble_counts(troubles: dict[int, list[str]]) -> Counter[str]:
    return Counter(kind for kinds in troubles.values() for kind in kinds)
