"""`make conformance SPECS=<BigCommerce's published specs> PHP_SDK=<a checkout of a public PHP client>`."""

import argparse
import sys
from collections.abc import Callable

from checks import bigcommerce_openapi
from checks.ground import Missing, Report
from checks.tiktok_sdk import run as tiktok


def main(words: list[str]) -> int:
    """0 only when every chosen part ran and found nothing."""
    parser = argparse.ArgumentParser(prog="checks", description=__doc__)
    parser.add_argument("--specs", default="", help="a checkout of BigCommerce's published OpenAPI description")
    parser.add_argument("--php-sdk", default="", help="a checkout of the PHP client for TikTok Shop")
    parser.add_argument(
        "parts", nargs="*", help="bigcommerce, tiktok-typescript, tiktok-php; all of them when none is named"
    )
    chosen = parser.parse_args(words)
    parts: dict[str, Callable[[Report], None]] = {
        "bigcommerce": lambda report: bigcommerce_openapi.run(chosen.specs, report),
        "tiktok-typescript": tiktok.typescript,
        "tiktok-php": lambda report: tiktok.php(chosen.php_sdk, report),
    }
    if unknown := [name for name in chosen.parts if name not in parts]:
        parser.error(f"unknown: {', '.join(unknown)}")
    lines = []
    for name in chosen.parts or parts:
        print(f"\n== {name}", flush=True)
        report = Report(name)
        try:
            parts[name](report)
        except Missing as missing:
            report.faults.append("did not run")
            print(missing, file=sys.stderr)
        lines.append((name, report))
    print()
    for name, report in lines:
        print(f"{name}: {report.checked} checked, {len(report.faults)} wrong")
        for fault in report.faults:
            print(f"  {fault}")
    return int(any(report.faults for _, report in lines))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
