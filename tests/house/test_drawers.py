"""What fills the drawer leaves the drawer itself in place, wherever the link stands."""

import re

from tests.house.tree import ROOT

TAG = re.compile(r"<(?:a|button)\b(?:{%.*?%}|{{.*?}}|[^>])*?hx-target=\"#drawer-body\"(?:{%.*?%}|{{.*?}}|[^>])*>", re.S)


def test_no_link_into_the_drawer_inherits_the_swap_of_the_region_it_stands_in() -> None:
    tags = [tag for path in sorted((ROOT / "templates").rglob("*.html")) for tag in TAG.findall(path.read_text())]
    assert len(tags) >= 8
    assert [tag for tag in tags if 'hx-swap="innerHTML"' not in tag] == []
