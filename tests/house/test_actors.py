"""Whatever changes something takes an actor and asks whether the actor may. What does not ask stands here, with why."""

import ast
from collections.abc import Iterator

from tests.house.tree import parsed, python_files

# function -> why it does not ask itself
ASKED_BEFORE = {
    "services/people/access.py:of": "it is the answer",
    "services/people/access.py:require": "it is the question",
    "services/people/audit.py:begin": "writes about others",
    "services/people/audit.py:note": "writes about others",
    "services/people/trials.py:end": "back to one's own rights",
    "services/people/roles.py:require_owner": "it is the question",
    "services/saved_views.py:save": "a person's own arrangement",
    "services/saved_views.py:remove": "a person's own arrangement",
    "services/saved_views.py:choose": "a person's own arrangement",
    "services/shops/__init__.py:arrive": "part of services.grants.record",
    "services/shops/accounts.py:keep": "part of services.grants.record",
    "services/shops/testing.py:record": "keeps what TikTok told; asks nothing of the platforms",
    "services/doctor/examination.py:record": "keeps what the platforms told",
    "services/doctor/report.py:keep": "keeps what the doctor found",
    "services/activities.py:start": "the service that starts it asked",
    "services/activities.py:record": "the service that did it asked",
    "services/spreadsheets/files.py:add": "the service that makes the file asked",
    "services/grants.py:keep": "part of services.grants.record",
    "services/stores.py:after_install": "BigCommerce's own installation",
    "services/wizard.py:mark": "follows a step that asked",
    "services/profile_effects.py:of_save": "shows, and takes back what it tried",
    "services/profile_edits.py:apply": "part of save",
    "services/profile_edits.py:start": "part of save, delete and swap",
}
# Packages whose routes the guard asks about (blueprints/places.py) and whose functions do not ask yet.
BY_ROUTE = (
    "services/adoption/", "services/canary.py", "services/history/", "services/media/", "services/orders/",
    "services/quota_plan.py", "services/stock/",
)  # fmt: skip
QUESTIONS = {"asks", "require", "require_owner"}


def functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    """Public functions of services whose first argument is an actor."""
    for path in python_files():
        if path.parts[0] == "services" and not path.as_posix().startswith(BY_ROUTE):
            for node in parsed(path).body:
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and node.args.args:
                    first = node.args.args[0]
                    if first.annotation is not None and ast.unparse(first.annotation) == "Actor":
                        yield f"{path.as_posix()}:{node.name}", node


def asks(function: ast.FunctionDef) -> bool:
    called = (node.func for node in ast.walk(function) if isinstance(node, ast.Call))
    return bool({ast.unparse(name).split(".")[-1] for name in called} & QUESTIONS)


def test_every_service_that_takes_an_actor_asks_what_the_actor_may() -> None:
    silent = {name for name, function in functions() if not asks(function)}
    assert silent - ASKED_BEFORE.keys() == set(), "ask with services.people.access.asks, or say here why not"
    assert ASKED_BEFORE.keys() - silent == set(), "these ask by now, or are gone"


def test_routes_hand_their_actor_on() -> None:
    """Nothing in a page acts as somebody else: the guard makes an Actor, and who BigCommerce signed for."""
    makers = {
        path.as_posix()
        for path in python_files()
        if path.parts[0] == "blueprints"
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "Actor"
    }
    assert makers == {"blueprints/guard.py", "blueprints/entry/routes.py"}


def test_the_rule_itself_finds_and_lets_pass() -> None:
    def asked(source: str) -> bool:
        [function] = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
        return asks(function)

    assert not asked("def f(actor: Actor): db.session.add(1)")
    assert asked("@asks(Page.LISTINGS, SEND)\ndef f(actor: Actor): pass")
    assert asked("def f(actor: Actor): access.require(actor, Page.LISTINGS)")
