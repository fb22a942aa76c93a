"""What fills the drawer leaves the drawer itself in place, wherever the link stands."""

import re

from tests.house.tree import ROOT


def test_no_link_into_the_drawer_inherits_the_swap_of_the_region_it_stands_in() -> None:
    pages = [path.read_text() for path in sorted((ROOT / "templates").rglob("*.html"))]
    found = [part for text in pages for part in re.split(r"<(?=/|a\b|button\b)", text) if "#drawer-body" in part]
    openers = [part for part in found if "hx-target=" in part]
    assert len(openers) >= 8
    assert [part[:200] for part in openers if 'hx-swap="innerHTML"' not in part] == []
