"""A page that the real control panel lacks: broken payloads, deep links, scopes, and what the app answered."""

from flask import g, redirect, render_template, request
from werkzeug.wrappers import Response as Answer

from sandbox.bigcommerce.panel import panel
from sandbox.bigcommerce.panel_apps import SCOPE_WORDS
from sandbox.bigcommerce.platform import SCOPES, bigcommerce

FAULT_WORDS = {
    "expired": "Expired a day ago",
    "audience": "Made out to another app",
    "issuer": "Issued by somebody else",
    "none": "Not signed (alg none)",
    "signature": "Signed with another secret",
    "claims": "Without an expiry",
}


@panel.get("/developer")
def developer() -> str:
    platform = bigcommerce()
    log = platform.box.state.collection("bigcommerce_callbacks")
    tokens = [token for token, grant in platform.tokens.items() if grant["hash"] == g.store["hash"]]
    return render_template(
        "bigcommerce/developer.html",
        faults=FAULT_WORDS,
        callbacks=list(log.values())[::-1],
        tokens=tokens,
        words=SCOPE_WORDS,
        granted=platform.scopes.split(),
        registered=SCOPES.split(),
        settings=platform.box.settings,
    )


@panel.post("/developer/scopes")
def change_scopes() -> Answer:
    """Change what the app asks for: every store's token is revoked and the next open goes through auth."""
    platform = bigcommerce()
    chosen = [scope for scope in SCOPE_WORDS if scope in request.form.getlist("scope")]
    platform.app["registration"] = {"scopes": " ".join(dict.fromkeys(["default", *chosen]))}
    for store_hash in platform.stores:
        platform.revoke(store_hash)
    return redirect("/manage/developer?notice=scopes", 303)


@panel.post("/developer/revoke")
def revoke() -> Answer:
    bigcommerce().revoke(g.store["hash"])
    return redirect("/manage/developer?notice=revoked", 303)
