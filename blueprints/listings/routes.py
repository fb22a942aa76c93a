"""The list of listings: tabs, problem chips, search, and the one polled element that keeps the counts true."""

from collections.abc import Mapping
from typing import Any

from flask import Response, g, render_template, request
from markupsafe import Markup

from blueprints.kept import kept
from blueprints.layout import address
from blueprints.listings import rows, selection
from blueprints.listings.area import listings
from blueprints.listings.selection import ALL, as_query, number, read_filter
from blueprints.listings.wording import ADVICE, BRAND_ADVICE, EMPTY, label
from blueprints.page import page, partial, trigger
from blueprints.words import spoken
from domain.tabs import Tab
from services import listing_pages, settings, tags
from services import listings as service
from services.listing_pages import STALE
from services.listings import Filter, Head

CHIPS = 12
EXACT = 1000  # beyond so many hits of a search the list says "1,000+"


@listings.get("/")
def index() -> Response:
    """The workspace, or its list alone for HTMX."""
    sizes = read_head()
    wanted = chosen_filter(sizes)
    data = list_data(wanted, sizes) if partial() else head_data(wanted, sizes) | list_data(wanted, sizes)
    return page("listings/index.html", "listings/_list.html", active="listings", **data)


@listings.get("/tabs")
def tab_bar() -> Response:
    """Tabs and chips alone: they follow when something moves."""
    sizes = read_head()
    return page("listings/_tabs.html", "listings/_tabs.html", **head_data(chosen_filter(sizes), sizes))


@listings.get("/pulse")
def pulse() -> Response:
    """ "Rechecking n"; asks again only while something is on its way."""
    data = pulse_data(read_head())
    response = page("listings/_pulse.html", "listings/_pulse.html", **data)
    if request.args.get("seen", data["seen"]) != data["seen"]:
        trigger(response, "listing-counts-changed" if data["every"] else "listings-changed")
    return response


def read_head() -> Head:
    return service.head(g.shop.id if g.shop else None)


def chosen_filter(sizes: Head) -> Filter:
    """Without a tab in the address: the first one that asks for something."""
    tab = request.args.get("tab", "")
    if tab == ALL or tab in set(Tab):
        return read_filter()
    return read_filter(next((one.value for one in Tab if sizes.tabs.get(one, 0) > 0), Tab.INCOMPLETE.value))


def head_data(wanted: Filter, sizes: Head) -> dict[str, Any]:
    """What `_tabs.html` and `_pulse.html` show."""
    shown = [tab for tab in Tab if tab is not Tab.SCHEDULED or sizes.tabs.get(tab, 0) > 0]
    items = [
        (spoken().of(tab), address("listings.index", tab=tab.value), sizes.tabs.get(tab, 0), tab == wanted.tab)
        for tab in shown
    ]
    total = sum(sizes.tabs.values())
    items.append(("All", address("listings.index", tab=ALL), total, not wanted.tab))
    return {
        "wanted": wanted,
        "tab_items": items,
        "chips": chips(wanted, sizes),
        "total": total,
        "pulse": pulse_data(sizes),
    }


def chips(wanted: Filter, sizes: Head) -> list[tuple[str, int | None, str, str, bool]]:
    """(label, count, address, tone, pressed) of this tab's problems, what blocks first; the pressed one lets go."""
    everywhere = address("listings.index", tab=wanted.tab or ALL)
    if wanted.tab not in (Tab.INCOMPLETE, Tab.FAILED):
        return [(label(wanted.problem), None, everywhere, "quiet", True)] if wanted.problem else []
    advice = ADVICE | (BRAND_ADVICE if settings.of(g.store).brand == "send_if_authorised" else frozenset())
    found = sorted(sizes.chips(wanted.tab), key=lambda pair: pair[0] in advice)
    shown = [pair for place, pair in enumerate(found) if place < CHIPS or pair[0] == wanted.problem]
    tone = "danger" if wanted.tab == Tab.FAILED else "warning"
    return [
        (
            label(code),
            count,
            everywhere if code == wanted.problem else f"{everywhere}&problem={code}",
            "quiet" if code in advice else tone,
            code == wanted.problem,
        )
        for code, count in shown
    ]


def pulse_data(sizes: Head) -> dict[str, Any]:
    """How many are rechecked, what the counts were, and in how many seconds to ask again (0: never)."""
    every = 2 if sizes.stale or sizes.tabs.get(Tab.PUBLISHING) else 8 if sizes.tabs.get(Tab.IN_REVIEW) else 0
    seen = "-".join(f"{name[:3]}{count}" for name, count in sorted(sizes.tabs.items()))
    stale = f"{sizes.stale:,}" if sizes.stale <= STALE else f"{STALE:,}+"
    return {"stale": stale if sizes.stale else "", "every": every, "seen": seen}


def list_data(wanted: Filter, sizes: Head) -> dict[str, Any]:
    """What `_list.html` shows."""
    found, older, newer = service.page(wanted, before=number("before"), after=number("after"), sizes=sizes)
    known = sizes.size(wanted)
    count = service.count_up_to(wanted, EXACT) if known is None else known
    title, text = (
        EMPTY[Tab(wanted.tab)] if wanted.tab else ("No listings yet", "Stage products to prepare them for TikTok Shop.")
    )
    query = as_query(wanted)
    here = {name: value for name, value in request.args.items() if name in query or name in ("before", "after", "shop")}
    return {
        "wanted": wanted,
        "rows": rows.build(found),
        "count": count,
        "count_text": f"{EXACT:,}+" if known is None and count > EXACT else f"{count:,}",
        "narrowed": wanted.narrowed,
        "query": query,
        "here": address("listings.index", **({"tab": wanted.tab or ALL} | here)),
        "next_url": address("listings.index", **query, before=older) if older else "",
        "prev_url": address("listings.index", **query, after=newer) if newer else "",
        "empty_title": title,
        "empty_text": text,
        "category_choice": category_choice(wanted),
        "all_tabs": address("listings.index", **{**query, "tab": ALL}),
        "several_shops": len(g.shops) > 1,
        "bulk": selection.ACTIONS,
    }


def category_choice(wanted: Filter) -> Markup:
    """The filters by category and by tag, the same for every page of the list; empty while none is in use."""

    def render() -> str:
        names = {shop.id: shop.name for shop in g.shops} if len(g.shops) > 1 and wanted.shop_id is None else {}
        found: Mapping[str, Any] = {
            "categories": service.categories_in_use(wanted.shop_id), "wanted": wanted, "tags": tags.names(),
            "profiles": listing_pages.profiles_in_use(wanted.shop_id), "shop_names": names,
        }  # fmt: skip
        return render_template("listings/_categories.html", **found)

    return kept(("listing categories", g.store.id, wanted.shop_id, wanted.category, wanted.tag, wanted.profile), render)
