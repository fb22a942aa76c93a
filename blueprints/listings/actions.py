"""Activate, deactivate, delete, recover, sync status: for the selected listings or for one, with a preview each."""

from typing import Any

from flask import Response, g, url_for

from blueprints.layout import within
from blueprints.listings import selection
from blueprints.listings.area import listings
from blueprints.listings.bulk import shop_links
from blueprints.listings.selection import Selection, as_query, one_shop
from blueprints.listings.wording import PLATFORM
from blueprints.page import done, page
from domain.capabilities import ShopKind
from domain.tabs import Tab
from jobs.launch import launch
from models import Listing
from services import listing_actions
from services.listing_actions import IN_REVIEW, MOVES, NEVER_SENT, ON_ITS_WAY, Move
from services.listing_edits import EDITABLE

WHY_OUT = {
    NEVER_SENT: "never sent to TikTok Shop",
    ON_ITS_WAY: "something is on its way for them",
    IN_REVIEW: "in review already",
    "": "TikTok has not said yet how they stand",
}
EFFECTS = {
    "activate": "TikTok reviews each of them before it is on sale again. Each counts against the daily listing limit.",
    "deactivate": "They leave the shop at once. Activate them to sell them again; TikTok reviews them then.",
    "delete": "They leave the shop at once, with their reviews. They can be recovered from Deactivated.",
    "recover": "They come back as deactivated; activate them to sell them again.",
    "sync_status": "Only asks TikTok how each stands now. Nothing is changed there.",
}
LABELS = {
    "activate": "Activate product",
    "deactivate": "Deactivate product",
    "delete": "Delete product",
    "recover": "Recover product",
    "sync_status": "Sync product status",
}
REPUBLISH = "Re-publish changes"
COPY = "Copy to another shop"
TONES = {"delete": "danger"}
# By tab: what can make sense there at all.
MENU: dict[str, tuple[str, ...]] = {
    "": tuple(MOVES),
    Tab.LIVE: ("deactivate", "delete", "sync_status"),
    Tab.IN_REVIEW: ("delete", "sync_status"),
    Tab.FAILED: ("delete", "sync_status"),
    Tab.DEACTIVATED: ("activate", "recover", "delete", "sync_status"),
    Tab.SCHEDULED: ("sync_status",),
    Tab.PUBLISHING: ("sync_status",),
}


@listings.context_processor
def _menu() -> dict[str, Any]:
    """Lists and one listing offer what is possible there."""
    return {"more_actions": more_actions, "listing_moves": listing_moves}


def more_actions(tab: str) -> list[tuple[str, str]]:
    """(label, address) of a tab's menu."""
    found = [(LABELS[name], url_for("listings.action_plan", name=name)) for name in MENU.get(tab, ())]
    if tab == Tab.LIVE and any(shop.kind == ShopKind.SEMI_CONSIGNMENT for shop in g.shops):
        found.append(("Publish to TTS Semi", url_for("semi_consignment.preview_listings")))
    found = [(REPUBLISH, url_for("listings.compare_form")), *found] if found else []
    return [*found, (COPY, url_for("listings.copy_form"))] if len(g.shops) > 1 else found


def listing_moves(listing: Listing) -> list[tuple[str, str]]:
    """(label, address) for one listing."""
    here: dict[str, Any] = {"id": listing.id, "tab": listing.tab}
    found = [
        (move.verb, url_for("listings.action_plan", name=move.name, **here))
        for move in listing_actions.possible(listing)
    ]
    if listing.tiktok_id and listing.platform_status in EDITABLE:
        found.insert(0, (REPUBLISH, url_for("listings.compare_form", **here)))
    return found


@listings.get("/action/<name>")
def action_plan(name: str) -> Response:
    """What would happen to how many; changes nothing."""
    return show_plan(listing_actions.move_of(name), selection.read())


def show_plan(move: Move, chosen: Selection, status: int = 200) -> Response:
    shop = one_shop(chosen)
    data: dict[str, Any] = {
        "active": "listings",
        "move": move,
        "heading": LABELS[move.name],
        "effect": EFFECTS[move.name],
        "tone": TONES.get(move.name, "primary"),
        "given": chosen.fields(),
        "shop": shop,
        "back": url_for("listings.index", **as_query(chosen.filter)),
        "shops": shop_links("listings.action_plan", chosen, name=move.name),
    }
    if shop is not None:
        plan = listing_actions.plan(shop, chosen.query(shop), move)
        data |= {
            "plan": plan,
            "left_out": [(count, WHY_OUT.get(why) or say(why)) for why, count in plan.left_out],
            "by_status": [(count, say(status)) for status, count in plan.by_status],
        }
    return page("listings/action.html", "listings/_action.html", status=status, **data)


def say(status: str) -> str:
    """A platform's status in the words of the pages."""
    return PLATFORM.get(status, status or "not known yet").lower()


@listings.post("/action/<name>")
def act(name: str) -> Response:
    """Starts the activity."""
    move, chosen = listing_actions.move_of(name), selection.read()
    shop = one_shop(chosen)
    if shop is None:
        return show_plan(move, chosen, 422)
    started = listing_actions.start(g.actor, shop, chosen.query(shop), move)
    here = within(f"/activities/{started.activity.id}")
    response = done(here, toast=f"{LABELS[name]}: on its way.", tone="info", event="listings-changed")
    launch(started.activity)
    return response
