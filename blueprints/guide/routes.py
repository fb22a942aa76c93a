"""The guide: short help for the place one is at, in a drawer or as a page."""

from flask import Blueprint, Response, abort

from blueprints.page import page
from domain.tabs import ELSEWHERE, WORDS

guide = Blueprint("guide", __name__, url_prefix="/s/<store_hash>/guide")

# One template per topic in templates/guide/; a new place adds its name.
TOPICS = {
    "dashboard": "Dashboard",
    "wizard": "Setting up",
    "products": "Products",
    "listings": "Listings",
    "activities": "Activities",
    "settings": "Settings",
    "notices": "Notices",
}


@guide.get("/")
def index() -> Response:
    return page("guide/index.html", topics=TOPICS)


@guide.get("/<topic>")
def topic(topic: str) -> Response:
    if topic not in TOPICS:
        abort(404)
    elsewhere = [(WORDS[tab], words) for tab, words in ELSEWHERE.items()]
    return page(
        "guide/topic.html",
        "guide/_topic.html",
        topic=topic,
        title=TOPICS[topic],
        topics=TOPICS,
        elsewhere=elsewhere,
    )
