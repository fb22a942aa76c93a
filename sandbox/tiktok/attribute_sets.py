"""Attributes per kind of category: sales properties, required, recommended and conditional product properties."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Document = dict[str, Any]
YES_NO = "Yes,No"


@dataclass(frozen=True)
class Attribute:
    """`conditions` are (attribute id, value id) pairs: the attribute is required as soon as one matches."""

    id: str
    name: str
    type: str = "PRODUCT_PROPERTY"
    required: bool = False
    multiple: bool = False
    customizable: bool = False
    values: tuple[tuple[str, str], ...] = ()
    conditions: tuple[tuple[str, str], ...] = ()
    format: str = ""
    names: dict[str, str] = field(default_factory=dict, compare=False)

    def view(self) -> Document:
        found: Document = {"id": self.id, "name": self.name, "type": self.type, "is_requried": self.required}
        if self.values:
            found["values"] = [{"id": number, "name": name} for number, name in self.values]
        if self.type == "PRODUCT_PROPERTY":
            found |= {"is_multiple_selection": self.multiple, "is_customizable": self.customizable}
        if self.conditions:
            found["requirement_conditions"] = [
                {"condition_type": "VALUE_ID_MATCH", "attribute_id": attribute, "attribute_value_id": value}
                for attribute, value in self.conditions
            ]
        if self.format:
            found["value_data_format"] = self.format
        return found


def _attribute(
    number: int, name: str, values: str = "", flags: str = "", when: tuple[tuple[str, str], ...] = (), form: str = ""
) -> Attribute:
    """Flags: s sales property, r required, m multiple, c customizable. Value ids: attribute id and four digits."""
    rows = tuple(
        (f"{number}{index:04d}", value.strip()) for index, value in enumerate(filter(None, values.split(",")), 1)
    )
    return Attribute(
        str(number),
        name,
        "SALES_PROPERTY" if "s" in flags else "PRODUCT_PROPERTY",
        "r" in flags,
        "m" in flags,
        "c" in flags,
        rows,
        when,
        form,
        dict(rows),
    )


_YES = "0001"
COLOR = _attribute(
    100000,
    "Color",
    "Black,White,Grey,Red,Blue,Green,Yellow,Pink,Purple,Orange,Brown,Beige,Silver,Gold,Multicolour",
    "s",
)
SIZE = _attribute(100007, "Size", "XS,S,M,L,XL,XXL,One Size,36,37,38,39,40,41,42,43,44,45", "s")
STYLE = _attribute(100020, "Style", "", "s")
SPECIFICATION = _attribute(100089, "Specification", "", "s")
SCENT = _attribute(100095, "Scent", "Lavender,Rose,Vanilla,Citrus,Cedar,Unscented", "s")
_FABRICS = "Cotton,Polyester,Linen,Wool,Silk,Viscose,Denim,Nylon,Elastane,Leather"
_HARD = "Ceramic,Glass,Stainless Steel,Wood,Bamboo,Plastic,Silicone,Cast Iron,Aluminium,Porcelain"

_ROWS: dict[str, Attribute] = {
    "material": _attribute(100157, "Material", _HARD + ",Paper,Metal,Resin,Stone,Cotton,Polyester", "mc"),
    "material_kitchen": _attribute(100158, "Material", _HARD, "rmc"),
    "fabric": _attribute(100159, "Material", _FABRICS, "rmc"),
    "bag_material": _attribute(100160, "Material", "Leather,Faux Leather,Canvas,Nylon,Polyester,Cotton,Straw", "rmc"),
    "upper": _attribute(100161, "Upper Material", "Leather,Faux Leather,Suede,Canvas,Mesh,Rubber,Textile", "rmc"),
    "jewel_material": _attribute(
        100162, "Material", "Stainless Steel,Sterling Silver,Brass,Gold Plated,Gold,Resin,Leather,Pearl", "rmc"
    ),
    "pattern": _attribute(100401, "Pattern", "Plain,Striped,Floral,Checked,Printed,Geometric,Animal Print", "c"),
    "season": _attribute(100402, "Season", "Spring,Summer,Autumn,Winter,All Seasons", "m"),
    "care": _attribute(
        100403, "Care Instructions", "Machine Wash,Hand Wash,Dry Clean Only,Wipe Clean,Do Not Wash", "rc"
    ),
    "care_optional": _attribute(
        100404, "Care Instructions", "Machine Wash,Hand Wash,Dry Clean Only,Wipe Clean,Dishwasher Safe", "c"
    ),
    "fit": _attribute(100405, "Fit", "Regular,Slim,Loose,Oversized"),
    "occasion": _attribute(100406, "Occasion", "Everyday,Party,Wedding,Work,Sport,Holiday", "mc"),
    "closure": _attribute(100407, "Closure Type", "Lace-up,Slip-on,Zip,Buckle,Hook and Loop,Magnetic,Button", "r"),
    "closure_optional": _attribute(100408, "Closure Type", "Zip,Buckle,Magnetic,Button,Drawstring,Open", "c"),
    "capacity": _attribute(100501, "Capacity", "", "c"),
    "dishwasher": _attribute(100502, "Dishwasher Safe", YES_NO),
    "food_contact": _attribute(100503, "Safe for Food Contact", YES_NO, "r"),
    "assembly": _attribute(100504, "Assembly Required", YES_NO, "r"),
    "room": _attribute(100505, "Room", "Living Room,Bedroom,Kitchen,Bathroom,Office,Outdoor", "m"),
    "pack": _attribute(100506, "Pack Type", "Single Item,Multipack,Set,Bundle"),
    "origin": _attribute(
        100507,
        "Country of Origin",
        "United States,United Kingdom,Germany,France,Italy,Spain,China,India,Indonesia,Portugal,Turkey",
    ),
    "power": _attribute(100601, "Power Source", "Mains,Battery,Rechargeable Battery,USB,Solar,None", "r"),
    "battery_type": _attribute(
        100602,
        "Battery Type",
        "AA,AAA,CR2032,Lithium-ion,Lithium Polymer,NiMH",
        "",
        (("100601", "1006010002"), ("100601", "1006010003")),
    ),
    "battery_capacity": _attribute(
        100603, "Battery Capacity (mAh)", "", "c", (("100601", "1006010003"),), "POSITIVE_INT_OR_DECIMAL"
    ),
    "warranty": _attribute(100604, "Warranty Type", "No Warranty,Manufacturer Warranty,Seller Warranty", "r"),
    "compatible": _attribute(100605, "Compatible Devices", "", "mc"),
    "skin": _attribute(100701, "Skin Type", "All,Dry,Oily,Combination,Sensitive", "m"),
    "shelf_life": _attribute(100702, "Shelf Life", "6 Months,12 Months,18 Months,24 Months,36 Months", "r"),
    "ingredients": _attribute(100703, "Ingredients", "", "rc"),
    "alcohol": _attribute(100704, "Contains Alcohol or Aerosol", YES_NO, "r"),
    "flammable": _attribute(
        100705, "Flammability Class", "Flammable,Highly Flammable,Not Flammable", "", (("100704", "100704" + _YES),)
    ),
    "age": _attribute(100801, "Recommended Age", "0-12 Months,1-3 Years,3-6 Years,6-12 Years,12+ Years,Adult", "r"),
    "toy_battery": _attribute(100802, "Contains Batteries", YES_NO, "r"),
    "toy_battery_type": _attribute(
        100803, "Battery Type", "AA,AAA,CR2032,Lithium-ion", "", (("100802", "100802" + _YES),)
    ),
    "toy_material": _attribute(100804, "Material", "Wood,Plastic,Cotton,Plush,Cardboard,Metal,Silicone", "mc"),
    "pet_kind": _attribute(100901, "Pet Type", "Dog,Cat,Bird,Fish,Small Animal", "rm"),
    "pet_size": _attribute(100902, "Pet Size", "Small,Medium,Large,All Sizes"),
    "allergens": _attribute(101001, "Allergens", "None,Milk,Nuts,Peanuts,Soya,Gluten,Egg,Sesame", "rm"),
    "storage": _attribute(101002, "Storage", "Room Temperature,Refrigerated,Frozen", "r"),
    "net_weight": _attribute(101003, "Net Weight", "", "c"),
    "sport": _attribute(101101, "Sport", "Yoga,Running,Hiking,Cycling,Gym,Camping,Swimming", "mc"),
    "language": _attribute(101201, "Language", "English,German,French,Spanish,Italian,Indonesian", "r"),
    "author": _attribute(101202, "Author", "", "rc"),
    "paper": _attribute(101203, "Paper Type", "Lined,Plain,Dotted,Squared", ""),
    "gem": _attribute(101301, "Gemstone", "None,Diamond,Pearl,Amethyst,Quartz,Cubic Zirconia,Turquoise", "c"),
}

_SETS: dict[str, str] = {
    "plain": "material care_optional origin",
    "decor": "material room occasion pack origin",
    "household": "material pack origin",
    "furniture": "material assembly room warranty",
    "kitchen": "material_kitchen food_contact dishwasher capacity pack origin",
    "textile": "fabric care pattern room origin",
    "apparel": "fabric care pattern season fit occasion origin",
    "swimwear": "fabric care pattern season fit occasion origin",
    "accessory": "fabric pattern season origin",
    "shoes": "upper closure season occasion origin",
    "bags": "bag_material closure_optional pattern capacity origin",
    "beauty": "shelf_life ingredients alcohol flammable skin origin",
    "toys": "age toy_battery toy_battery_type toy_material pack origin",
    "pet": "pet_kind pet_size material",
    "petfood": "pet_kind shelf_life ingredients net_weight",
    "sport": "sport material origin",
    "powered": "power battery_type battery_capacity warranty compatible",
    "electronics": "material compatible warranty",
    "stationery": "paper material pack",
    "baby": "age fabric care origin",
    "jewellery": "jewel_material gem occasion origin",
    "food": "shelf_life ingredients allergens storage net_weight origin",
    "book": "language author",
    "": "",
}
_SALES: dict[str, tuple[Attribute, ...]] = {
    "apparel": (COLOR, SIZE),
    "swimwear": (COLOR, SIZE),
    "shoes": (COLOR, SIZE),
    "baby": (COLOR, SIZE),
    "accessory": (COLOR, SIZE, STYLE),
    "beauty": (COLOR, SCENT, SPECIFICATION),
    "food": (SPECIFICATION, SCENT),
    "book": (STYLE,),
    "decor": (COLOR, SIZE, SCENT),
}

ATTRIBUTES: dict[str, dict[str, Attribute]] = {
    name: {
        row.id: row
        for row in (*_SALES.get(name, (COLOR, SIZE, STYLE, SPECIFICATION)), *(_ROWS[key] for key in keys.split()))
    }
    for name, keys in _SETS.items()
}
"""Attribute set -> attributes by id."""
SALES_PROPERTIES: dict[str, Attribute] = {row.id: row for row in (COLOR, SIZE, STYLE, SPECIFICATION, SCENT)}

_AGE = "100801"
CERTIFICATIONS: dict[str, tuple[Document, ...]] = {
    "toys": (
        {
            "id": "800001",
            "name": "Children's product certificate",
            "is_required": False,
            "document_details": "A test report of an accredited laboratory.",
            "sample_image_url": "",
            "expiration_date": {"is_required": False},
            "requirement_conditions": [
                {"condition_type": "VALUE_ID_MATCH", "attribute_id": _AGE, "attribute_value_id": f"{_AGE}000{index}"}
                for index in (1, 2, 3)
            ],
        },
    ),
    "baby": (
        {
            "id": "800002",
            "name": "Baby product safety report",
            "is_required": False,
            "document_details": "Safety test of the product.",
            "sample_image_url": "",
            "expiration_date": {"is_required": False},
            "requirement_conditions": [],
        },
    ),
    "beauty": (
        {
            "id": "800003",
            "name": "Cosmetic product safety report",
            "is_required": True,
            "document_details": "The safety report, valid on the day of listing.",
            "sample_image_url": "",
            "expiration_date": {"is_required": True},
            "requirement_conditions": [],
        },
    ),
}
SIZE_CHARTS = frozenset({"apparel", "shoes", "swimwear"})
SIZE_CHART_REQUIRED = frozenset({"swimwear"})
NO_DIMENSIONS = frozenset({"book", "stationery", "jewellery"})
NO_COD = frozenset({"food", "jewellery"})
