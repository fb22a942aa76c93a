"""Work across stores is the exception: every reason is written here, and nothing goes round the guard."""

import ast

from tests.house.tree import parsed, python_files

REASONS = {
    "stores of global sellers",
    "whose promotions begin or end",
    "shops whose changes are looked at",
    "categories whose demands were read long ago",
    "a backup was put back",
    "a webhook names only the TikTok shop",
    "a webhook names the store by its hash",
    "an operator watches all stores at once",
    "an uninstalled store is closed",
    "is a TikTok shop active in another store",
    "is this TikTok shop active in another store",
    "is this browser signed in to any store",
    "orders of every active shop are polled",
    "shops whose orders are looked after",
    "stores with orders are looked through for doubles",
    "shipments of every store are looked after",
    "labels that are past their day are removed",
    "requests of every active shop are polled",
    "statements of every active shop are read",
    "stores whose documents may expire",
    "stores whose main pictures are looked at",
    "stored secrets are tried with the keys",
    "stores whose people want mail",
    "stored secrets come under the newest key",
    "publishing that waits for a day or a verdict",
    "shops whose rules may change on a date",
    "shops that were not looked through for doubles within a day",
    "the inbox holds events of every store",
    "the sweep looks for due work of every store",
    "tokens that must be renewed",
    "webhooks of a store are kept",
    "webhooks of every installed store are kept",
    "which shops have listings in review",
    "which stores have listings to recheck",
    "which stores have pictures to measure",
    "whose prices are sent",
    "whose catalog is kept in step",
    "whose catalog moved",
    "whose stock is kept",
    "whose stock is pushed",
    "whose stock moved lately",
    "whose session comes with this request",
}
ROOMS = ("domain", "clients", "models", "services", "jobs", "blueprints")


def calls(name: str) -> list[tuple[str, ast.Call]]:
    return [
        (f"{path}:{node.lineno}", node)
        for path in python_files()
        if path.parts[0] in ROOMS
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == name
    ]


def test_every_reason_to_work_across_stores_is_known() -> None:
    found = calls("across_stores")
    unwritten = [place for place, call in found if not (call.args and isinstance(call.args[0], ast.Constant))]
    assert unwritten == [], "the reason is a text written at the place"
    assert {call.args[0].value for _, call in found if isinstance(call.args[0], ast.Constant)} == REASONS


def test_nothing_speaks_to_the_driver_directly() -> None:
    """Statements given to the driver as they are pass no guard; only the setup of engine and search index does that."""
    setup = ("models/engine.py", "models/search.py")
    assert [place for place, _ in calls("exec_driver_sql") if not place.startswith(setup)] == []
