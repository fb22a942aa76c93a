"""The Faults page: what can be broken, in plain words, and what is broken now."""

import math
import time
from typing import Any

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response as Answer

from sandbox.bigcommerce.panel import refuse_foreign_forms
from sandbox.bigcommerce.refusals import Refusal
from sandbox.control.faults_api import faults
from sandbox.faults.deliveries import QUIET
from sandbox.faults.second_writer import WHATS
from sandbox.faults.target import PLATFORMS
from sandbox.faults.weather import WEATHER, WORDS, described, make
from sandbox.state import Document
from sandbox.tiktok.control_actions import set_knobs, set_review
from sandbox.tiktok.review import POLICIES

faults_pages = Blueprint("faults_pages", __name__, url_prefix="/control/faults")
faults_pages.before_request(refuse_foreign_forms)
NAMES = {"": "Both", "tiktok": "TikTok Shop", "bigcommerce": "BigCommerce"}
GROUPS = {
    "slow": "Slow",
    "throttle": "Too many requests",
    "errors": "Errors before and after the effect",
    "lost": "Lost answers",
    "nonsense": "Nonsense",
    "tokens": "Tokens",
    "webhooks": "Webhooks",
    "clocks": "Clocks",
    "others": "Somebody else changes things",
    "verdicts": "Verdicts",
}
POLICY_WORDS = {
    "approve": "Approve everything",
    "manual": "Wait for a person",
    "refuse_word": "Refuse titles with a word",
    "refuse_share": "Refuse a share",
}


@faults_pages.get("")
def page() -> str:
    return render_template("control/faults.html", **shown(), notice=request.args.get("done", ""))


@faults_pages.get("/active")
def active() -> str:
    """The list of what is broken now, alone: the page fetches it again and again."""
    return render_template("control/_faults_active.html", **shown())


def shown() -> dict[str, Any]:
    wrong = faults()
    rules = [{**row, "text": described(row), "rest": rest(row)} for row in wrong.rules.listed()]
    return {
        "rules": [row for row in rules if row["active"]],
        "spent": [row for row in rules if not row["active"]],
        "weathers": WEATHER,
        "groups": GROUPS,
        "names": NAMES,
        "platforms": PLATFORMS,
        "words": WORDS,
        "webhooks": {name: chosen.chosen for name, chosen in wrong.webhooks.items()},
        "noisy": {name: noise(chosen.chosen) for name, chosen in wrong.webhooks.items() if any(chosen.chosen.values())},
        "clocks": wrong.clocks(),
        "writers": list(wrong.writer.running.values()),
        "whats": WHATS,
        "knobs": wrong.tiktok.knobs,
        "policies": {name: POLICY_WORDS[name] for name in POLICIES},
        "review_seconds": wrong.box.settings.review_seconds,
        "pending": len(wrong.pending),
    }


def noise(chosen: Document) -> str:
    """What happens to webhooks, in words."""
    shares = {"drop": "lost", "duplicate": "twice", "forge": "forged besides"}
    parts = [f"{chosen[name] * 100:g} % {word}" for name, word in shares.items() if chosen[name]]
    times = {"delay": "late by", "reorder": "shuffled within"}
    return ", ".join([*parts, *(f"{word} {chosen[name]:g} s" for name, word in times.items() if chosen[name])])


def rest(rule: Document) -> str:
    """What a rule has left, in words."""
    parts = [] if rule["count"] is None else [f"{rule['count']} more"]
    if rule["until"]:
        parts.append(f"{max(0, math.ceil(rule['until'] - time.time()))} s more")
    return ", ".join(parts) or "until removed"


@faults_pages.errorhandler(Refusal)
def refused(refusal: Refusal) -> tuple[str, int]:
    text = ". ".join([refusal.title, *(f"{name} {why}" for name, why in refusal.errors.items())])
    return render_template("control/faults.html", **shown(), problem=text), refusal.status


def back(done: str, place: str = "active") -> Answer:
    return redirect(f"/control/faults?done={done}#{place}", 303)


@faults_pages.post("/weather")
def weather() -> Answer:
    make(faults().rules, request.form.get("name", ""))
    return back("weather")


@faults_pages.post("/quiet")
def quiet() -> Answer:
    faults().quiet()
    return back("quiet")


@faults_pages.post("/rules")
def add() -> Answer:
    form = request.form
    faults().rules.add(
        {
            "kind": form.get("kind"),
            "platform": form.get("platform", ""),
            "match": form.get("match", "").strip() or "*",
            "share": (decimal("percent", 100) or 0) / 100,
            "count": decimal("count"),
            "seconds": decimal("seconds"),
            "amount": decimal("amount"),
            "jitter": decimal("jitter"),
        }
    )
    return back("added")


@faults_pages.post("/rules/<int:number>/remove")
def remove(number: int) -> Answer:
    faults().rules.remove(number)
    return back("removed")


@faults_pages.post("/webhooks")
def set_webhooks() -> Answer:
    chosen = {name: (decimal(name) or 0) / (100 if name in ("duplicate", "drop", "forge") else 1) for name in QUIET}
    faults().webhooks[platform()].set(chosen)
    return back("saved", "webhooks")


@faults_pages.post("/clocks")
def set_clock() -> Answer:
    faults().set_skew(platform(), decimal("seconds") or 0.0)
    return back("saved", "clocks")


@faults_pages.post("/others")
def write() -> Answer:
    form = request.form
    changed = faults().writer.write(
        {
            "platform": platform(),
            "what": form.get("what"),
            "count": decimal("count"),
            "every": decimal("every"),
            "seconds": decimal("seconds"),
            "seed": time.time_ns(),
        }
    )["changed"]
    return back(f"changed-{len(changed)}", "others")


@faults_pages.post("/others/stop")
def stop() -> Answer:
    faults().writer.stop()
    return back("stopped")


@faults_pages.post("/knobs")
def knobs() -> Answer:
    """TikTok Shop's memory and limits; a form names those it changes."""
    changes: Document = {name: decimal(name) or 0 for name in ("search_lag", "hourly_quota") if name in request.form}
    if "memory" in request.form:
        changes["honour_idempotency"] = "honour_idempotency" in request.form
    if "ip_allow" in request.form:
        changes["ip_allow"] = request.form["ip_allow"].replace(",", " ").split()
    return told(set_knobs, changes, request.form.get("place", "active"))


@faults_pages.post("/verdicts")
def verdicts() -> Answer:
    form = request.form
    changes: Document = {"policy": form.get("policy", ""), "word": form.get("word", "")}
    changes |= {"share": (decimal("percent") or 0) / 100, "review_seconds": decimal("review_seconds")}
    return told(set_review, changes, "verdicts")


def told(act: Any, changes: Document, place: str) -> Answer:
    try:
        act(faults().tiktok, changes)
    except ValueError as error:
        raise Refusal(422, f"That cannot be: {error}") from None
    return back("saved", place)


def platform() -> str:
    name = request.form.get("platform", "")
    if name not in PLATFORMS:
        raise Refusal(422, "Choose a platform")
    return name


def decimal(name: str, default: float | None = None) -> float | None:
    """A number of the form; an empty field is the default."""
    text = request.form.get(name, "").strip().replace(",", ".")
    try:
        return float(text) if text else default
    except ValueError:
        raise Refusal(422, f"{name.capitalize()} must be a number") from None
