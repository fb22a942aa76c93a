"""The default configuration's page, shared by the wizard and the settings."""

from decimal import Decimal
from typing import Any

from flask import g, request

from blueprints.settings.forms import AUTOMATIC, RULES, SYNCED, ConfigurationForm
from blueprints.settings.mapping_form import stale
from domain.price import PriceRule, apply
from domain.settings import MEANING
from services import previews, settings

KINDS = {kind for kind, _ in RULES} - {"none"}


def configuration_data(form: ConfigurationForm | None = None) -> dict[str, Any]:
    """The form, what each setting means, and the price rule on one real product."""
    saved = settings.of(g.store)
    form = form or ConfigurationForm.of(saved)
    return {
        "form": form,
        "meaning": MEANING,
        "automatic": AUTOMATIC,
        "synced": SYNCED,
        "version": settings.version(g.store),
        "threshold_example": max(form.threshold.data or 0, 0) or 4,
        "priced": _priced(form),
        "priority": saved.identifier_priority,
    }


def _priced(form: ConfigurationForm) -> tuple[str, str] | None:
    """(title, steps in words) of the first product under the form's price rule."""
    product = previews.example(None)
    if product is None or product.price is None:
        return None
    rule = (
        PriceRule(form.rule_kind.data, form.rule_amount.data or Decimal(0))
        if form.rule_kind.data in KINDS
        else PriceRule()
    )
    return product.title, " → ".join(apply(product.price, rule, g.store.currency or "USD").steps)


def save_configuration() -> ConfigurationForm:
    """Validates and keeps what was posted; look at `.errors`."""
    form = ConfigurationForm(request.form)
    if form.validate():
        if form.rule_kind.data == "percent_down" and (form.rule_amount.data or 0) > 100:
            form.rule_amount.errors = ["A decrease takes at most 100 %."]
        elif form.rule_kind.data != "none" and not form.rule_amount.data:
            form.rule_amount.errors = ["Give the percentage or amount, or choose “None”."]
        else:
            settings.save(g.actor, g.store, form.values(settings.of(g.store)), stale(request.form))
    return form
