"""The guided tour's pages: one step at a time, each with what to do, what goes wrong, and whether it was seen."""

from flask import Blueprint, abort, redirect, render_template, request
from werkzeug.wrappers import Response as Answer

from sandbox.bigcommerce.panel import refuse_foreign_forms
from sandbox.tour.guide import guide
from sandbox.tour.step import Step
from sandbox.tour.steps import BY_CODE, STEPS

tour = Blueprint("tour", __name__, url_prefix="/control/tour")
tour.before_request(refuse_foreign_forms)


@tour.get("")
def front() -> Answer | str:
    """The step that is asked for, else the first that has not been seen."""
    code = request.args.get("step") or next((step.code for step in STEPS if not guide().is_seen(step.code)), "restart")
    return shown("control/tour.html", step_of(code))


@tour.get("/<code>/live")
def live(code: str) -> str:
    """The parts of the page that change by themselves."""
    return shown("control/_tour_live.html", step_of(code))


@tour.post("/<code>/begin")
def begin(code: str) -> Answer:
    guide().begin(step_of(code))
    return back(code)


@tour.post("/<code>/seen")
def seen(code: str) -> Answer:
    guide().tick(step_of(code).code)
    return back(code)


@tour.post("/calm")
def calm() -> Answer:
    guide().calm()
    return back(request.form.get("step", ""))


@tour.post("/again")
def again() -> Answer:
    guide().start_again()
    return redirect("/control/tour", 303)


def step_of(code: str) -> Step:
    if code not in BY_CODE:
        abort(404)
    return BY_CODE[code]


def back(code: str) -> Answer:
    return redirect(f"/control/tour?step={code}" if code in BY_CODE else "/control/tour", 303)


def shown(template: str, step: Step) -> str:
    found, place = guide().look(step), STEPS.index(step)
    return render_template(
        template,
        steps=STEPS,
        step=step,
        place=place + 1,
        following=STEPS[place + 1] if place + 1 < len(STEPS) else None,
        finding=found,
        active=guide().is_active(step.code),
        begun=bool(guide().progress(step.code).get("began")),
        seen={each.code for each in STEPS if guide().is_seen(each.code)},
    )
