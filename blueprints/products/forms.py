"""What narrows the list of products, as it stands in the address."""

from collections.abc import Sequence
from typing import Any

from wtforms import DecimalField, Form, IntegerField, SearchField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, NumberRange, Optional

from models import Profile
from services.product_list import TYPES, Filters

WHOLE = [Optional(), NumberRange(0, 2_147_483_647, "A whole number of 0 or more.")]
MONEY = [Optional(), NumberRange(0, 1_000_000_000, "A price of 0 or more.")]

ANY_PROFILE = SelectChoice("", "Any profile")


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() else None


class FilterForm(Form):  # type: ignore[misc]
    """A value that cannot be read is named at its field and does not narrow."""

    q = SearchField("Search", validators=[Length(max=200)])
    profile = SelectField("Profile", default="", coerce=_number, choices=[ANY_PROFILE])
    type = SelectField(
        "Product type",
        default="",
        choices=[SelectChoice("", "Any type"), *(SelectChoice(name, name.capitalize()) for name in TYPES)],
    )
    quantity_min = IntegerField("Quantity from", validators=WHOLE)
    quantity_max = IntegerField("Quantity to", validators=WHOLE)
    price_min = DecimalField("Price from", places=None, validators=MONEY)
    price_max = DecimalField("Price to", places=None, validators=MONEY)
    brand = StringField("Brand", validators=[Length(max=255)])
    tag = StringField("Tag", validators=[Length(max=60)])
    tags = StringField("Search keywords", validators=[Length(max=255)])
    sku = StringField("SKU", validators=[Length(max=255)])

    def offer(self, profiles: Sequence[Profile]) -> None:
        """Names the profiles one can choose from."""
        self.profile.choices = [ANY_PROFILE, *(SelectChoice(str(profile.id), profile.name) for profile in profiles)]

    def filters(self, status: str) -> Filters:
        """Everything that was given and can be read."""
        self.validate()
        good: dict[str, Any] = {
            name: field.data
            for name, field in self._fields.items()
            if not field.errors and field.data not in ("", None)
        }
        texts: dict[str, Any] = {
            name: value.strip() if isinstance(value, str) else value for name, value in good.items()
        }
        return Filters(status=status, **texts)
