"""Kinds of shops go by one table and by whole words: “1P” and “3P” mean different things in different guides (C-29)."""

import re

from domain.capabilities import TABLE, WORDS, Capability, ShopKind
from tests.house.tree import ROOT

BARE = re.compile(r"\b[13]P\b")


def test_no_page_says_1p_or_3p() -> None:
    pages = sorted((ROOT / "templates").rglob("*.html"))
    assert [str(path) for path in pages if BARE.search(path.read_text())] == []
    reasons = [verdict.reason for row in TABLE.values() for verdict in row.values()]
    assert [text for text in [*reasons, *WORDS.values()] if BARE.search(text)] == []


def test_every_no_of_the_table_says_why() -> None:
    silent = [
        (kind, what)
        for kind, row in TABLE.items()
        for what, verdict in row.items()
        if not verdict and not verdict.reason
    ]
    assert silent == [] and set(WORDS) == set(ShopKind) and all(set(row) == set(Capability) for row in TABLE.values())
