"""What the platforms do to callers during a run: one call in five fails, in every way a call can fail."""

from dataclasses import dataclass, field
from typing import Any

from soak.control import Control


@dataclass
class Weather:
    """Rules of the sandbox. `settle`: the settle time the app was given; late effects land before it ends."""

    control: Control
    seed: int
    settle: float
    share: float = 0.2
    rules: list[int] = field(default_factory=list)

    def bad(self) -> None:
        """One call in five: a third fails before its effect, a third after it, a third without an answer."""
        late = max(0.5, self.settle - 3.0)
        kinds: list[dict[str, Any]] = [
            {"kind": "error_before", "amount": 503, "weight": 0.20},
            {"kind": "error_before", "amount": 36009003, "platform": "tiktok", "weight": 0.10},
            {"kind": "error_after", "amount": 500, "weight": 0.15},
            {"kind": "error_after", "amount": 36009007, "platform": "tiktok", "weight": 0.10},
            {"kind": "lost_before", "weight": 0.10},
            {"kind": "lost_after", "weight": 0.15},
            {"kind": "cut", "weight": 0.05},
            {"kind": "garbage", "weight": 0.05},
            {"kind": "throttle", "amount": 1, "weight": 0.04},
            {"kind": "late", "amount": 0.5, "jitter": late, "weight": 0.05},
            {"kind": "hang_after", "amount": 17, "weight": 0.01},
        ]
        left = 1.0  # a rule is drawn only when none before it has hit
        for number, kind in enumerate(kinds):
            wanted = kind.pop("weight") * self.share
            self.add(share=wanted / left, seed=self.seed * 100 + number, **kind)
            left -= wanted

    def add(self, **rule: Any) -> int:
        number = int(self.control.post("faults", **rule)["rule"]["id"])
        self.rules.append(number)
        return number

    def clear(self) -> None:
        """All quiet; what is still under way lands as planned."""
        self.control.delete("faults")
        self.rules.clear()

    def hits(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for rule in self.control.get("faults")["rules"]:
            found[rule["kind"]] = found.get(rule["kind"], 0) + rule["hits"]
        return found
