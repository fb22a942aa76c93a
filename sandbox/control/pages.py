"""The control page for people: Time and BigCommerce. TikTok Shop's page belongs to its own package."""

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response as Answer

from sandbox.bigcommerce.panel import refuse_foreign_forms
from sandbox.bigcommerce.platform import bigcommerce
from sandbox.bigcommerce.refusals import Refusal
from sandbox.bigcommerce.seeds import FIRST
from sandbox.box import sandbox
from sandbox.control import actions

control = Blueprint("control", __name__, url_prefix="/control")
control.before_request(refuse_foreign_forms)


@control.app_context_processor
def moment() -> dict[str, str]:
    return {"sandbox_now": sandbox().clock.moment().strftime("%Y-%m-%d %H:%M:%S")}


@control.errorhandler(Refusal)
def refused(refusal: Refusal) -> tuple[str, int]:
    return render_template("control/refused.html", refusal=refusal), refusal.status


@control.get("/")
def front() -> Answer:
    return redirect("/control/tour")


@control.get("/time")
def time_page() -> str:
    box = sandbox()
    return render_template("control/time.html", offset=box.clock.offset, planned=len(box.timers.planned))


@control.post("/time")
def advance() -> Answer:
    try:
        seconds = float(request.form.get("amount", "0")) * float(request.form.get("unit", "1"))
        sandbox().clock.advance(seconds)
    except ValueError:
        raise Refusal(422, "The clock only moves forwards: enter a number of zero or more.") from None
    return redirect("/control/time", 303)


def number(name: str) -> int:
    try:
        return int(request.form.get(name, ""))
    except ValueError:
        raise Refusal(422, f"{name}: enter a whole number.") from None


@control.get("/bigcommerce")
def bigcommerce_page() -> str:
    platform = bigcommerce()
    waiting = sum(1 for timer in platform.box.timers.planned.values() if timer["kind"] == "bigcommerce-webhook")
    return render_template(
        "control/bigcommerce.html",
        stores=list(platform.stores.values()),
        hooks=list(platform.webhooks.hooks.values()),
        waiting=waiting,
        tokens={grant["hash"] for grant in platform.tokens.values()},
    )


@control.post("/bigcommerce")
def change_bigcommerce() -> Answer:
    store, action = request.form.get("store", FIRST), request.form.get("action")
    if action == "store":
        actions.change_store(store, latency=number("latency"), quota=number("quota"))
    elif action == "burden":
        actions.burden(store, number("amount"))
    elif action == "revoke":
        bigcommerce().revoke(store)
    elif action == "reset":
        actions.reset()
    return redirect("/control/bigcommerce", 303)
