"""One OpenAPI document over BigCommerce's published ones: paths with their real prefix, each a reference into its file.

Prism 5 does not match the base path in a document's `servers`, so a single file can stand for the real addresses only
through such an index (reference 9.2).
"""

import json
import re
from pathlib import Path

from checks.ground import FOLDER, Missing

REPOSITORY, COMMIT = "github.com/bigcommerce/docs", "24f580ca6d2981728b7ed70a2049e00fc602c335"
SPECS = {
    "v3/catalog/products": "catalog/products_catalog.v3.yml",
    "v3/catalog/variants": "catalog/product-variants_catalog.v3.yml",
    "v3/catalog/options": "catalog/product-variant-options_catalog.v3.yml",
    "v3/catalog/modifiers": "catalog/product-modifiers_catalog.v3.yml",
    "v3/catalog/brands": "catalog/brands_catalog.v3.yml",
    "v3/catalog/categories": "catalog/categories_catalog.v3.yml",
    "v3/catalog/trees": "catalog/category-trees_catalog.v3.yml",
    "v3/inventory": "inventory.v3.yml",
    "v3/locations": "locations.v3.yml",
    "v3/settings": "settings.v3.yml",
    "v3/hooks": "webhooks.v3.yml",
    "v2/store": "store_information.v2.yml",
}
"""The part of the API that each file describes; only the key's version counts for the addresses."""
PATH = re.compile(r"^  (['\"]?)(/[^'\":\s]*)\1:\s*$")


def find(folder: str) -> Path:
    """The `reference` folder of a checkout, or what to fetch."""
    where = (
        f"Fetch the repository {REPOSITORY} at commit {COMMIT} (its specs carry no licence: keep them out of this "
        "project) and say: make conformance SPECS=<the checkout>"
    )
    if not folder:
        raise Missing(f"BigCommerce's OpenAPI description is needed. {where}")
    for place in (Path(folder), Path(folder) / "reference"):
        absent = [name for name in SPECS.values() if not (place / name).is_file()]
        if len(absent) < len(SPECS):
            break
    if absent:
        raise Missing(f"{place} has no {', '.join(absent)}. {where}")
    return place.resolve()


def paths_of(text: str) -> list[str]:
    """The keys under `paths:` of an OpenAPI file in YAML."""
    found, inside = [], False
    for line in text.splitlines():
        if line and not line[0].isspace() and not line.startswith("#"):
            inside = line.rstrip() == "paths:"
        match = PATH.match(line) if inside else None
        if match:
            found.append(match[2])
    return found


def write(reference: Path) -> tuple[Path, int]:
    """The index file and how many paths it has."""
    paths: dict[str, dict[str, str]] = {}
    for part, name in SPECS.items():
        source = reference / name
        for path in paths_of(source.read_text()):
            pointer = path.replace("~", "~0").replace("/", "~1")
            paths[f"/stores/{{store_hash}}/{part[:2]}{path}"] = {"$ref": f"{source}#/paths/{pointer}"}
    document = {
        "openapi": "3.0.3",
        "info": {"title": "Index over BigCommerce's published specs", "version": "0"},
        "servers": [{"url": "http://127.0.0.1"}],
        "security": [{"X-Auth-Token": []}],
        "components": {"securitySchemes": {"X-Auth-Token": {"type": "apiKey", "in": "header", "name": "X-Auth-Token"}}},
        "paths": paths,
    }
    FOLDER.mkdir(parents=True, exist_ok=True)
    target = FOLDER / "bigcommerce-index.json"
    target.write_text(json.dumps(document, indent=1))
    return target, len(paths)
