"""The troubles that real stores have: what each is called, what it does to a draft, and what the app should say."""

from dataclasses import dataclass

from sandbox.catalog import changes as everyday
from sandbox.catalog import extremes
from sandbox.catalog.changes import Change, changed, picture


@dataclass(frozen=True)
class Trouble:
    """`words` names it on a page; `once`: so large that a share of a catalog holds it a single time."""

    words: str
    change: Change
    once: bool = False


# fmt: off
EVERYDAY: dict[str, Trouble] = {
    "no_weight": Trouble("No weight", changed(weight=0)),
    "no_dimensions": Trouble("No package size", everyday.no_dimensions),
    "no_image": Trouble("No picture", changed(images=[])),
    "wide_image": Trouble("Pictures of 16:9", picture(width=1280, height=720)),
    "small_image": Trouble("Pictures of 280 px", picture(width=280, height=280)),
    "no_description": Trouble("No description", changed(description="")),
    "rich_description": Trouble("Table, script and style in the description", everyday.rich_description),
    "short_title": Trouble("Title of a few characters", everyday.short_title),
    "long_title": Trouble("Title of 250 characters", everyday.long_title),
    "duplicate_gtin": Trouble("Shares its GTIN with the next product", everyday.shared_gtin),
    "wrong_gtin": Trouble("GTIN with too few digits", everyday.wrong_gtin),
    "missing_sku": Trouble("No SKU", everyday.missing_sku),
    "long_sku": Trouble("SKU over 50 characters", everyday.long_sku),
    "spaced_sku": Trouble("Spaces in the SKU", everyday.spaced_sku),
    "zero_price": Trouble("Price of zero", changed(price=0, sale_price=0)),
    "no_stock": Trouble("Stock of zero", everyday.no_stock),
    "below_safety_stock": Trouble("Stock below zero, counting safety stock", everyday.below_safety_stock),
    "emoji_title": Trouble("Emoji in the title", everyday.emoji_title),
    "many_variants": Trouble("120 variants", everyday.many_variants, once=True),
    "invisible": Trouble("Hidden in the shop", changed(is_visible=False)),
    "required_modifier": Trouble("Text that the buyer must enter", everyday.required_modifier),
    "bmp_image": Trouble("Pictures as BMP", picture(format="bmp", width=800, height=800)),
    "webp_image": Trouble("Pictures as WebP", picture(format="webp")),
    "gif_image": Trouble("Pictures as GIF", picture(format="gif")),
}
KINDS: dict[str, Trouble] = {
    **EVERYDAY,
    "image_of_300": Trouble("First picture of 300 px", extremes.first_image(width=300, height=300)),
    "huge_image": Trouble("First picture of 40 megapixels", extremes.huge_image),
    "broken_image": Trouble("First picture ends half-way", extremes.first_image(fault="cut")),
    "missing_image": Trouble("First picture cannot be found", extremes.first_image(fault="gone")),
    "sku_of_70": Trouble("SKU of 70 characters", extremes.sku_of_70),
    "variants_101": Trouble("101 variants: one too many for South-East Asia", extremes.exactly(101), once=True),
    "variants_301": Trouble("301 variants: one too many for the US and Europe", extremes.exactly(301), once=True),
    "four_options": Trouble("Four options", extremes.four_options),
    "same_values": Trouble("Option values that differ by case alone", extremes.options("Color", "Red", "RED", "red ")),
    "long_option_value": Trouble("Option value of 80 characters", extremes.options("Finish", "Oak, " * 16, "Ash")),
    "emoji_options": Trouble("Emoji in the options", extremes.emoji_options),
    "right_to_left": Trouble("Arabic title with a turning mark", extremes.right_to_left),
    "hidden_characters": Trouble("Invisible characters in the title", extremes.hidden_characters),
    "script_everywhere": Trouble("Script tags in every text", extremes.script_everywhere),
    "formula_cells": Trouble("Spreadsheet formulas in title, SKU and options", extremes.formula_cells),
    "table_description": Trouble("HTML table in the description", extremes.table_description),
    "long_description": Trouble("Description of 60,000 characters", extremes.long_description),
    "high_price": Trouble("Price of 99,999", changed(price=99_999.0, sale_price=0)),
    "heavy": Trouble("Weight of 999", extremes.heavy),
    "no_category": Trouble("No category", changed(category_paths=[])),
    "no_brand": Trouble("No brand", changed(brand_name="")),
    "digital": Trouble("Digital product", extremes.digital),
}
# fmt: on
