"""The form of the default configuration."""

from decimal import Decimal

from wtforms import BooleanField, DecimalField, Form, IntegerField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from domain.policy import IDENTIFIER_PRIORITY
from domain.settings import KEPT_DAYS, StoreSettings
from domain.vocabulary import VOCABULARIES

RULES = [
    ("none", "No change"),
    ("percent_up", "Increase by a percentage"),
    ("percent_down", "Decrease by a percentage"),
    ("fixed_up", "Increase by an amount"),
    ("fixed_down", "Decrease by an amount"),
]
RATIOS = [("auto_pad", "Pad to square"), ("strict_square", "Only square"), ("allow_3_4_to_4_3", "From 3:4 to 4:3")]
BRANDS = [
    ("send_if_authorised", "Send when authorised"),
    ("send_always", "Always send"),
    ("require", "Required"),
    ("never", "Never send"),
]
AUTOMATIC = ("auto_import", "auto_update", "auto_publish", "auto_delete", "auto_deactivate")
KEPT = ("versions_days", "log_days", "movements_days")
SYNCED = ("sync_title", "sync_description", "sync_price", "sync_weight", "sync_image", "sync_inventory")

DAYS = [Optional(), NumberRange(*KEPT_DAYS, f"From {KEPT_DAYS[0]} to {KEPT_DAYS[1]:,} days.")]


class ConfigurationForm(Form):  # type: ignore[misc]  # WTForms has no types
    """One control per setting; names are those of StoreSettings, except the price rule and the order of identifiers."""

    auto_import = BooleanField()
    auto_update = BooleanField()
    auto_publish = BooleanField()
    auto_delete = BooleanField()
    auto_deactivate = BooleanField()
    delete_brake_percent = IntegerField(validators=[Optional(), NumberRange(1, 100, "From 1 to 100.")])
    sync_title = BooleanField()
    sync_description = BooleanField()
    sync_price = BooleanField()
    sync_weight = BooleanField()
    sync_image = BooleanField()
    sync_inventory = BooleanField()
    threshold = IntegerField(
        validators=[
            InputRequired("Give a whole number; 0 switches the threshold off."),
            NumberRange(0, 99_999, "From 0 to 99,999."),
        ]
    )
    rule_kind = SelectField(choices=[SelectChoice(*pair) for pair in RULES])
    rule_amount = DecimalField(places=None, validators=[Optional(), NumberRange(0, 1_000_000, "0 or more.")])
    image_ratio = SelectField(choices=[SelectChoice(*pair) for pair in RATIOS])
    send_variant_images = BooleanField()
    brand = SelectField(choices=[SelectChoice(*pair) for pair in BRANDS])
    first_identifier = SelectField(choices=[SelectChoice(kind, kind) for kind in IDENTIFIER_PRIORITY])
    identifier_required = BooleanField()
    default_variation_value = StringField(
        validators=[InputRequired("Give a value, such as “One size”."), Length(max=50)]
    )

    status_words = SelectField(
        choices=[SelectChoice(name, one.name) for name, one in VOCABULARIES.items()], validate_choice=False
    )

    versions_days = IntegerField(validators=DAYS)
    log_days = IntegerField(validators=DAYS)
    movements_days = IntegerField(validators=DAYS)

    @classmethod
    def of(cls, settings: StoreSettings) -> "ConfigurationForm":
        """Filled with the saved settings."""
        return cls(
            data={
                **settings.to_json(),
                "rule_kind": settings.price_rule.kind,
                "rule_amount": settings.price_rule.amount.normalize() or Decimal(0),
                "first_identifier": settings.identifier_priority[0],
            }
        )

    def values(self, before: StoreSettings) -> dict[str, object]:
        """As StoreSettings stores them."""
        plain = {
            name: value
            for name, value in self.data.items()
            if name not in ("rule_kind", "rule_amount", "first_identifier")
            and (name != "status_words" or value)  # a form that does not show it leaves it as it is
            and (name not in ("delete_brake_percent", *KEPT) or value)
        }
        first = self.first_identifier.data
        rest = [kind for kind in before.identifier_priority if kind != first]
        kind, amount = self.rule_kind.data, self.rule_amount.data or Decimal(0)
        rule = {"kind": kind if amount else "none", "amount": str(amount if kind != "none" else 0)}
        return {**plain, "price_rule": rule, "identifier_priority": [first, *rest]}
