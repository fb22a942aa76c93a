"""The callbacks that BigCommerce's server makes to the app: uninstall and remove_user (reference 1.1)."""

import requests

from sandbox.bigcommerce.oauth import signed_payload
from sandbox.bigcommerce.platform import bigcommerce
from sandbox.state import Document

KEPT = 20


def call_app(name: str, store: Document, user: Document) -> Document:
    """GET {APP_URL}/bigcommerce/<name>; the outcome is noted for the developer page, and a dead app stops nothing."""
    box = bigcommerce().box
    try:
        answer = requests.get(
            f"{box.settings.app_url}/bigcommerce/{name}",
            params={"signed_payload_jwt": signed_payload(box, store, user)},
            timeout=10,
        )
        outcome = str(answer.status_code)
    except requests.RequestException as error:
        outcome = f"no answer ({type(error).__name__})"
    note: Document = {
        "at": box.clock.moment().strftime("%Y-%m-%d %H:%M:%S"),
        "name": name,
        "store": store["hash"],
        "user": user["email"],
        "outcome": outcome,
    }
    log = box.state.collection("bigcommerce_callbacks")
    log[f"{box.state.next_number('bigcommerce_callback'):08d}"] = note
    for key in list(log)[:-KEPT]:
        del log[key]
    return note
