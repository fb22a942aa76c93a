"""The guide: short help for the place one is at, in a drawer or as a page; the error dictionary; the status words."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, abort, request

from blueprints.guide import dictionary
from blueprints.page import page
from blueprints.words import spoken
from domain.suggest.measured import MEASURED
from domain.tabs import DETAIL, ELSEWHERE, PRODUCT_WORDS, WORDS
from domain.vocabulary import VOCABULARIES

guide = Blueprint("guide", __name__, url_prefix="/s/<store_hash>/guide")

# One template per topic in templates/guide/; a new place adds its name.
TOPICS = {
    "dashboard": "Dashboard",
    "wizard": "Setting up",
    "products": "Products",
    "listings": "Listings",
    "stock": "Stock",
    "orders": "Orders",
    "returns": "Returns",
    "semi_consignment": "Semi-consignment",
    "finance": "Money",
    "activities": "Activities",
    "settings": "Settings",
    "spreadsheets": "Spreadsheets",
    "notices": "Notices",
    "errors": "Error dictionary",
    "words": "Status words",
    "suggestions": "Suggestions",
}


def _listings() -> dict[str, Any]:
    return {"elsewhere": [(WORDS[tab], words) for tab, words in ELSEWHERE.items()]}


def _words() -> dict[str, Any]:
    """The mapping table: each state in every vocabulary."""
    return {
        "vocabularies": VOCABULARIES,
        "spoken": spoken(),
        "tabs": list(WORDS),
        "statuses": list(PRODUCT_WORDS),
        "finer": [(status.replace("_", " ").capitalize(), word) for status, word in DETAIL.items()],
    }


def _errors() -> dict[str, Any]:
    return dictionary.data(request.args.get("find", "").strip()[:100])


def _suggestions() -> dict[str, Any]:
    return {"measured": MEASURED}


DATA: dict[str, Callable[[], dict[str, Any]]] = {
    "listings": _listings,
    "words": _words,
    "errors": _errors,
    "suggestions": _suggestions,
}


@guide.get("/")
def index() -> Response:
    return page("guide/index.html", topics=TOPICS)


@guide.get("/<topic>")
def topic(topic: str) -> Response:
    if topic not in TOPICS:
        abort(404)
    data = DATA[topic]() if topic in DATA else {}
    return page("guide/topic.html", "guide/_topic.html", topic=topic, title=TOPICS[topic], topics=TOPICS, **data)


guide.app_template_global("fixes")(dictionary.fixes)
