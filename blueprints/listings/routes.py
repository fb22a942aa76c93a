"""The list of listings: tabs, problem chips, search, and the one polled element that keeps the counts true."""

from typing import Any

from flask import Response, g, request, url_for

from blueprints.listings import rows, selection
from blueprints.listings.area import listings
from blueprints.listings.selection import ALL, as_query, number, read_filter
from blueprints.listings.wording import ADVICE, BRAND_ADVICE, EMPTY, label
from blueprints.page import page, trigger
from domain.tabs import WORDS, Tab
from services import listings as service
from services import readiness, settings, tabs
from services.listings import Filter

CHIPS = 12


@listings.get("/")
def index() -> Response:
    """The workspace, or its list alone for HTMX."""
    return page(
        "listings/index.html", "listings/_list.html", active="listings", **head_data(), **list_data(chosen_filter())
    )


@listings.get("/tabs")
def tab_bar() -> Response:
    """Tabs and chips alone: they follow when something moves."""
    return page("listings/_tabs.html", "listings/_tabs.html", **head_data())


@listings.get("/pulse")
def pulse() -> Response:
    """ "Rechecking n"; asks again only while something is on its way."""
    data = pulse_data()
    response = page("listings/_pulse.html", "listings/_pulse.html", **data)
    if request.args.get("seen", data["seen"]) != data["seen"]:
        trigger(response, "listing-counts-changed" if data["every"] else "listings-changed")
    return response


def chosen_filter() -> Filter:
    """Without a tab in the address: the first one that asks for something."""
    tab = request.args.get("tab", "")
    if tab == ALL or tab in set(Tab):
        return read_filter()
    counts = tabs.counts(g.shop.id if g.shop else None)
    return read_filter(next((one.value for one in Tab if counts.get(one, 0) > 0), Tab.INCOMPLETE.value))


def head_data() -> dict[str, Any]:
    """What `_tabs.html` and `_pulse.html` show."""
    wanted = chosen_filter()
    counts = tabs.counts(wanted.shop_id)
    total = sum(count for count in counts.values() if count > 0)
    shown = [tab for tab in Tab if tab is not Tab.SCHEDULED or counts.get(tab, 0) > 0]
    items = [
        (WORDS[tab], url_for("listings.index", tab=tab.value), counts.get(tab, 0), tab == wanted.tab) for tab in shown
    ]
    items.append(("All", url_for("listings.index", tab=ALL), total, not wanted.tab))
    return {"wanted": wanted, "tab_items": items, "chips": chips(wanted), "total": total, "pulse": pulse_data()}


def chips(wanted: Filter) -> list[tuple[str, int | None, str, str, bool]]:
    """(label, count, address, tone, pressed) of this tab's problems, what blocks first; the pressed one lets go."""
    everywhere = url_for("listings.index", tab=wanted.tab or ALL)
    if wanted.tab not in (Tab.INCOMPLETE, Tab.FAILED):
        return [(label(wanted.problem), None, everywhere, "quiet", True)] if wanted.problem else []
    advice = ADVICE | (BRAND_ADVICE if settings.of(g.store).brand == "send_if_authorised" else frozenset())
    found = sorted(tabs.chips(wanted.shop_id, wanted.tab), key=lambda pair: pair[0] in advice)
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


def pulse_data() -> dict[str, Any]:
    """How many are rechecked, what the counts were, and in how many seconds to ask again (0: never)."""
    shop_id = g.shop.id if g.shop else None
    counts = {name: count for name, count in tabs.counts(shop_id).items() if count}
    stale = readiness.stale_count(shop_id)
    every = 2 if stale or counts.get(Tab.PUBLISHING) else 8 if counts.get(Tab.IN_REVIEW) else 0
    seen = "-".join(f"{name[:3]}{count}" for name, count in sorted(counts.items()))
    return {"stale": stale, "every": every, "seen": seen}


def list_data(wanted: Filter) -> dict[str, Any]:
    """What `_list.html` shows."""
    found, older, newer = service.page(wanted, before=number("before"), after=number("after"))
    narrowed = bool(wanted.problem or wanted.search.strip() or wanted.category)
    count = service.count_up_to(wanted)
    title, text = (
        EMPTY[Tab(wanted.tab)] if wanted.tab else ("No listings yet", "Stage products to prepare them for TikTok Shop.")
    )
    query = as_query(wanted)
    return {
        "rows": rows.build(found),
        "count": count,
        "count_text": f"{count:,}" if count <= 1000 else "1,000+",
        "narrowed": narrowed,
        "query": query,
        "next_url": url_for("listings.index", **query, before=older) if older else "",
        "prev_url": url_for("listings.index", **query, after=newer) if newer else "",
        "empty_title": title,
        "empty_text": text,
        "categories": service.categories_in_use(wanted.shop_id),
        "all_tabs": url_for("listings.index", **{**query, "tab": ALL}),
        "several_shops": len(g.shops) > 1,
        "bulk": selection.ACTIONS,
    }
