"""Everything that can be broken, as JSON under /control/api (see sandbox/faults)."""

from typing import Any, cast

from flask import Blueprint, Response, current_app, jsonify, request

from sandbox.bigcommerce.panel import refuse_foreign_forms
from sandbox.bigcommerce.refusals import Refusal, refuse
from sandbox.faults.middleware import Faults
from sandbox.faults.target import PLATFORMS
from sandbox.faults.values import known, number
from sandbox.faults.weather import make

faults_api = Blueprint("faults_api", __name__, url_prefix="/control/api")
faults_api.before_request(refuse_foreign_forms)
faults_api.register_error_handler(Refusal, refuse)


def faults() -> Faults:
    return cast(Faults, current_app.extensions["faults"])


def given() -> dict[str, Any]:
    value = request.get_json(silent=True)
    if not isinstance(value, dict):
        raise Refusal(422, "A JSON object was expected")
    return value


def split(document: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The platform a document names, and the rest of it."""
    platform = document.get("platform")
    if platform not in PLATFORMS:
        raise Refusal(422, "Unknown platform", {"platform": f"one of {', '.join(PLATFORMS)}"})
    return str(platform), {name: value for name, value in document.items() if name != "platform"}


@faults_api.get("/faults")
def list_rules() -> Response:
    """{"rules": [...]}, each with `hits` and `active`."""
    return jsonify(rules=faults().rules.listed())


@faults_api.post("/faults")
def add_rule() -> Response:
    """One rule; {"rule": it with its id}."""
    return jsonify(rule=faults().rules.add(given()))


@faults_api.delete("/faults")
def remove_rules() -> Response:
    return jsonify(removed=faults().rules.clear())


@faults_api.delete("/faults/<int:number>")
def remove_rule(number: int) -> Response:
    faults().rules.remove(number)
    return jsonify(removed=1)


@faults_api.post("/weather")
def weather() -> Response:
    """{"name": bad_day|storm|lost|slow}; {"rules": those it added}."""
    return jsonify(rules=make(faults().rules, str(given().get("name"))))


@faults_api.post("/quiet")
def quiet() -> Response:
    """Everything that was broken works again."""
    faults().quiet()
    return jsonify(ok=True)


@faults_api.get("/webhook-faults")
def webhook_faults() -> Response:
    return jsonify({name: chosen.chosen for name, chosen in faults().webhooks.items()})


@faults_api.post("/webhook-faults")
def set_webhook_faults() -> Response:
    """{"platform", "duplicate", "reorder", "delay", "drop", "forge"}; what is left out is off."""
    platform, rest = split(given())
    return jsonify(faults().webhooks[platform].set(rest))


@faults_api.get("/skew")
def skew() -> Response:
    return jsonify(faults().clocks())


@faults_api.post("/skew")
def set_skew() -> Response:
    """{"platform", "seconds"}: how far that platform's clock is ahead of the sandbox's; negative is behind."""
    platform, rest = split(given())
    known(rest, ("seconds",))
    faults().set_skew(platform, number(rest, "seconds", -31_536_000, 31_536_000, 0.0))
    return skew()


@faults_api.get("/second-writer")
def writers() -> Response:
    return jsonify(writers=list(faults().writer.running.values()))


@faults_api.post("/second-writer")
def second_writer() -> Response:
    """{"platform", "what", "count", "seed"} and, to go on, "every", "seconds"; {"changed": [ids]}."""
    return jsonify(faults().writer.write(given()))


@faults_api.delete("/second-writer")
def stop_writers() -> Response:
    faults().writer.stop()
    return jsonify(ok=True)


@faults_api.get("/effects")
def effects() -> Response:
    """The truth about creations, of `?shop_id=` or all; `pending`: late effects that are still to come."""
    report = faults().effects.report(faults().tiktok, request.args.get("shop_id", ""))
    return jsonify({**report, "pending": len(faults().pending)})
