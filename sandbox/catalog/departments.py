"""What the drawn-up stores sell: per department the words, options and measures that belong together."""

from dataclasses import dataclass, field

COLORS = {
    "Black": "#2b2d33",
    "White": "#f4f2ec",
    "Navy": "#25365f",
    "Sage": "#8fa58a",
    "Rust": "#b4552d",
    "Sand": "#d7c3a0",
    "Charcoal": "#4a4e57",
    "Burgundy": "#6d2236",
    "Sky Blue": "#8fbcdc",
    "Mustard": "#d3a12f",
    "Forest": "#2f5641",
    "Blush": "#e3b3ac",
}
CLOTHES = ("XS", "S", "M", "L", "XL", "XXL")


# fmt: off
@dataclass(frozen=True)
class Department:
    """Prices in the store's currency; weights in pounds; sizes (width, depth, height) in inches."""

    code: str
    categories: tuple[tuple[str, ...], ...]
    nouns: tuple[tuple[str, str], ...]  # (noun, drawn shape)
    adjectives: tuple[str, ...]
    materials: tuple[str, ...]
    brands: tuple[str, ...]
    options: dict[str, tuple[str, ...]]
    price: tuple[float, float]
    weight: tuple[float, float]
    size: tuple[float, float, float]
    points: tuple[str, ...]
    fields: dict[str, tuple[str, ...]] = field(default_factory=dict)


DEPARTMENTS: tuple[Department, ...] = (
    Department(
        "TOP", (("Apparel", "Tops", "Shirts"), ("Apparel", "Tops", "T-Shirts"), ("Apparel", "Knitwear")),
        (("Shirt", "shirt"), ("T-Shirt", "shirt"), ("Henley", "shirt"), ("Crewneck Sweater", "shirt"), ("Hoodie",
            "shirt")),
        ("Relaxed", "Brushed", "Everyday", "Heavyweight", "Garment-Dyed", "Striped", "Classic"), ("Linen",
            "Organic Cotton", "Merino", "Flannel"),
        ("Northfold", "Alder & Co", "Saltmarsh", "Fieldhouse"), {"Color": tuple(COLORS), "Size": CLOTHES}, (18, 98),
            (0.3, 1.6), (11, 9, 2),
        ("Cut for easy layering, with a little room through the shoulder.",
            "Pre-washed, so the fit you try is the fit you keep.",
         "Flat seams that lie smooth under a bag strap."),
        {"Care": ("Machine wash cold", "Hand wash", "Lay flat to dry"), "Fit": ("Relaxed", "Regular", "Slim")},
    ),
    Department(
        "BOT", (("Apparel", "Bottoms", "Trousers"), ("Apparel", "Bottoms", "Shorts")),
        (("Chino", "trousers"), ("Work Pant", "trousers"), ("Jogger", "trousers"), ("Trail Short", "trousers")),
        ("Tapered", "Straight-Leg", "Stretch", "Ripstop", "Pleated"), ("Cotton Twill", "Canvas", "Corduroy", "Denim"),
        ("Northfold", "Fieldhouse", "Marrow Creek"), {"Color": ("Black", "Navy", "Sand", "Charcoal", "Forest"),
            "Waist": ("28", "30", "32", "34", "36", "38")},
        (34, 120), (0.7, 2.1), (12, 10, 2), ("Deep pockets, bar-tacked where it counts.",
            "A gusset for long strides and high steps."),
        {"Inseam": ("30 in", "32 in", "34 in"), "Care": ("Machine wash cold",)},
    ),
    Department(
        "SHO", (("Footwear", "Sneakers"), ("Footwear", "Boots")), (("Sneaker", "shoe"), ("Trail Runner", "shoe"),
            ("Chelsea Boot", "shoe"), ("Slip-On", "shoe")),
        ("Lightweight", "Waterproof", "Low-Top", "Cushioned", "Vintage"), ("Suede", "Leather", "Knit", "Canvas"),
            ("Marrow Creek", "Strideworks", "Fen & Fell"),
        {"Color": ("Black", "White", "Sand", "Navy"), "US Size": ("7", "8", "9", "10", "11", "12")}, (49, 189), (1.4,
            4.2), (13, 8, 5),
        ("A grippy outsole for wet pavement and dry trail alike.", "Removable footbed with a soft heel cup."),
            {"Sole": ("Rubber", "EVA foam")},
    ),
    Department(
        "BAG", (("Accessories", "Bags", "Backpacks"), ("Accessories", "Bags", "Totes")),
        (("Backpack", "bag"), ("Tote Bag", "bag"), ("Weekender", "bag"), ("Crossbody Bag", "bag")), ("Roll-Top",
            "Packable", "Zip", "Commuter", "Everyday"),
        ("Waxed Canvas", "Recycled Nylon", "Leather"), ("Saltmarsh", "Harbor & Pine", "Fen & Fell"),
            {"Color": ("Black", "Rust", "Forest", "Sand", "Navy")},
        (29, 210), (0.8, 3.4), (14, 6, 18), ("A padded sleeve takes laptops up to fifteen inches.",
            "Two inside pockets for keys and cards."),
        {"Capacity": ("14 L", "18 L", "24 L", "32 L"), "Closure": ("Zip", "Roll-top", "Magnetic snap")},
    ),
    Department(
        "JEW", (("Accessories", "Jewelry", "Rings"), ("Accessories", "Jewelry", "Necklaces")),
        (("Stacking Ring", "ring"), ("Signet Ring", "ring"), ("Pendant Necklace", "ring"), ("Hoop Earrings", "ring")),
        ("Hammered", "Slim", "Twisted", "Polished"), ("Sterling Silver", "Gold Vermeil", "Brass"), ("Ondine",
            "Little Forge"),
        {"Material": ("Silver", "Gold", "Rose Gold"), "Ring Size": ("5", "6", "7", "8", "9")}, (24, 160), (0.05, 0.3),
            (3, 3, 1.5),
        ("Finished by hand and boxed for giving.", "Nickel-free and kind to sensitive skin."), {"Finish": ("Polished",
            "Matte", "Hammered")},
    ),
    Department(
        "KIT", (("Home", "Kitchen", "Drinkware"), ("Home", "Kitchen", "Tableware")),
        (("Mug", "mug"), ("Pour-Over Set", "mug"), ("Serving Bowl", "bowl"), ("Dinner Plate Set", "bowl"),
            ("Travel Tumbler", "bottle")),
        ("Speckled", "Stackable", "Hand-Thrown", "Double-Wall", "Wide"), ("Stoneware", "Porcelain", "Enamel",
            "Stainless Steel"),
        ("Clay & Kiln", "Hearthside", "Harbor & Pine"), {"Color": ("White", "Sage", "Navy", "Sand", "Rust"),
            "Set": ("Single", "Set of 2", "Set of 4")},
        (14, 120), (0.7, 6.0), (5, 4, 4.5), ("Safe for dishwasher and microwave.",
            "The glaze varies a little from piece to piece."),
        {"Capacity": ("10 oz", "12 oz", "16 oz"), "Dishwasher safe": ("Yes", "No")},
    ),
    Department(
        "DEC", (("Home", "Decor", "Lighting"), ("Home", "Decor", "Vases")), (("Table Lamp", "lamp"), ("Desk Lamp",
            "lamp"), ("Bud Vase", "bottle"), ("Planter", "pot")),
        ("Ribbed", "Arched", "Dimmable", "Minimal", "Tall"), ("Ceramic", "Ash Wood", "Brass", "Glass"), ("Hearthside",
            "Clay & Kiln", "Lumen Yard"),
        {"Color": ("White", "Black", "Sand", "Sage")}, (22, 240), (1.2, 9.5), (9, 9, 16),
            ("A quiet shape that suits a shelf or a bedside.", "Felt feet protect the surface below."),
        {"Room": ("Living room", "Bedroom", "Office")},
    ),
    Department(
        "BED", (("Home", "Bedding", "Pillows"), ("Home", "Bedding", "Throws")), (("Throw Pillow", "pillow"),
            ("Pillowcase Set", "pillow"), ("Throw Blanket", "pillow"), ("Duvet Cover", "pillow")),
        ("Washed", "Quilted", "Chunky-Knit", "Fringed"), ("Linen", "Cotton Percale", "Wool", "Velvet"), ("Hearthside",
            "Alder & Co"),
        {"Color": ("White", "Sage", "Blush", "Charcoal", "Mustard"), "Size": ("Twin", "Queen", "King")}, (24, 220),
            (0.9, 7.0), (18, 14, 6),
        ("Softer with every wash.", "Hidden zip, no buttons to catch."), {"Thread count": ("200", "300", "400")},
    ),
    Department(
        "BEA", (("Beauty", "Skin Care"), ("Beauty", "Bath")), (("Face Serum", "bottle"), ("Hand Cream", "bottle"),
            ("Body Wash", "bottle"), ("Bath Salts", "pot")),
        ("Calming", "Unscented", "Hydrating", "Citrus", "Overnight"), ("Oat", "Rosehip", "Sea Kelp", "Chamomile"),
            ("Verdant Lab", "Tidepool"),
        {"Size": ("30 ml", "50 ml", "100 ml", "250 ml")}, (9, 68), (0.2, 1.4), (3, 3, 6),
            ("Made in small batches without parabens.", "The bottle is recycled glass."),
        {"Skin type": ("All", "Dry", "Sensitive"), "Vegan": ("Yes",)},
    ),
    Department(
        "TOY", (("Toys", "Building"), ("Toys", "Games"), ("Toys", "Plush")), (("Building Blocks", "blocks"),
            ("Stacking Tower", "blocks"), ("Plush Bear", "bear"), ("Memory Game", "blocks")),
        ("Rainbow", "My First", "Big", "Wooden", "Forest Friends"), ("Beech Wood", "Cotton", "Recycled Card"),
            ("Little Lantern", "Pip & Wren"),
        {"Pieces": ("24", "48", "96")}, (12, 75), (0.5, 4.5), (10, 8, 4), ("Rounded edges and water-based paint.",
            "Comes in a cotton bag for tidying up."),
        {"Age": ("12 months+", "3 years+", "5 years+"), "Safety": ("ASTM F963", "EN 71")},
    ),
    Department(
        "SPO", (("Sports", "Yoga"), ("Sports", "Outdoor")), (("Yoga Mat", "roll"), ("Water Bottle", "bottle"),
            ("Foam Roller", "roll"), ("Training Ball", "ball")),
        ("Non-Slip", "Insulated", "Extra-Thick", "Travel", "Pro"), ("Cork", "Natural Rubber", "Stainless Steel"),
            ("Strideworks", "Fen & Fell"),
        {"Color": ("Black", "Sky Blue", "Sage", "Burgundy")}, (15, 110), (0.6, 6.5), (24, 5, 5),
            ("Keeps its grip when the room warms up.", "A carry strap is included."),
        {"Activity": ("Yoga", "Running", "Gym")},
    ),
    Department(
        "PET", (("Pets", "Dogs"), ("Pets", "Cats")), (("Dog Bed", "pillow"), ("Dog Collar", "ring"), ("Feeding Bowl",
            "bowl"), ("Cat Tunnel", "roll")),
        ("Washable", "Reflective", "Orthopedic", "Raised"), ("Canvas", "Hemp", "Bamboo"), ("Good Dog Supply",
            "Pip & Wren"),
        {"Size": ("Small", "Medium", "Large"), "Color": ("Sand", "Navy", "Rust")}, (11, 140), (0.2, 9.0), (16, 12, 5),
            ("Tested by very good dogs.", "The cover comes off for washing."),
        {"Pet": ("Dog", "Cat")},
    ),
    Department(
        "ELE", (("Electronics", "Phone Accessories"), ("Electronics", "Audio")), (("Phone Case", "phone"),
            ("Charging Stand", "phone"), ("Bluetooth Speaker", "speaker"), ("Cable Organizer", "roll")),
        ("Slim", "Magnetic", "Rugged", "Portable", "Fast"), ("Recycled Plastic", "Aluminum", "Silicone"),
            ("Volt & Vine", "Lumen Yard"),
        {"Color": ("Black", "White", "Sky Blue", "Blush"), "Model": ("Standard", "Plus", "Pro")}, (13, 130), (0.1,
            2.4), (6, 4, 2),
        ("Ships with a two-year warranty.", "Packed without plastic."), {"Warranty": ("1 year", "2 years")},
    ),
    Department(
        "STA", (("Office", "Notebooks"), ("Office", "Desk")), (("Notebook", "book"), ("Planner", "book"),
            ("Sketchbook", "book"), ("Desk Organizer", "blocks")),
        ("Dotted", "Lay-Flat", "Undated", "Pocket", "Softcover"), ("Linen", "Kraft", "Recycled Paper"), ("Pip & Wren",
            "Paperhaven"),
        {"Color": ("Navy", "Rust", "Sage", "Black"), "Size": ("A6", "A5", "A4")}, (8, 48), (0.3, 2.2), (6, 1, 8.5),
            ("Paper that takes fountain pen without bleed.", "Opens flat at every page."),
        {"Pages": ("96", "160", "240")},
    ),
)
SERIES = (
    "Alder", "Aspen", "Bayview", "Birch", "Briar", "Calder", "Cedar", "Clover", "Cove", "Cypress", "Dune", "Ember",
        "Fable", "Fern", "Finch", "Glen", "Grove",
    "Harlow", "Hazel", "Heron", "Holt", "Iris", "Juniper", "Kestrel", "Lark", "Linden", "Loom", "Maple", "Marlow",
        "Meadow", "Mesa", "Moss", "Nettle", "North",
    "Oakley", "Orchard", "Otter", "Pebble", "Piper", "Quarry", "Quill", "Rowan", "Sable", "Sequoia", "Sierra",
        "Sorrel", "Summit", "Tansy", "Teal", "Thistle",
    "Timber", "Vale", "Wilder", "Willow", "Wren", "Yarrow",
)
