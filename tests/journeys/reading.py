"""A page as a person without script uses it: what it says, where its links lead, what its forms would send."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

Attributes = dict[str, str]
SPACED = {"p", "div", "li", "td", "th", "tr", "dt", "dd", "h1", "h2", "h3", "h4", "small", "span", "b", "a", "button"}


def plain(words: str) -> str:
    return " ".join(words.split())


@dataclass
class Control:
    """One control of a form. `values`: what it sends as it stands; `choices`: what a person could make it send."""

    name: str
    kind: str
    values: list[str]
    choices: list[str] | None = None
    disabled: bool = False


@dataclass
class Button:
    words: str
    facts: Attributes


@dataclass
class Form:
    """`controls` in the order of the page."""

    facts: Attributes
    controls: list[Control] = field(default_factory=list)
    buttons: list[Button] = field(default_factory=list)

    def filled(self, button: Button, changes: dict[str, str | list[str]]) -> list[tuple[str, str]]:
        """What pressing the button sends after these changes; a change the form does not offer is an error."""
        unknown = set(changes) - {control.name for control in self.controls}
        if unknown:
            raise AssertionError(f"The form has no {unknown}; it has {[control.name for control in self.controls]}")
        sent, taken = [], set()
        for control in self.controls:
            if control.name not in changes:
                sent += [(control.name, value) for value in control.values if not control.disabled]
                continue
            if control.name not in taken:
                taken.add(control.name)
                given = changes[control.name]
                values = [given] if isinstance(given, str) else given
                self._offered(control.name, values)
                sent += [(control.name, value) for value in values]
        if name := button.facts.get("name"):
            sent.append((name, button.facts.get("value", "")))
        return sent

    def _offered(self, name: str, values: list[str]) -> None:
        controls = [control for control in self.controls if control.name == name and not control.disabled]
        if any(control.choices is None for control in controls):
            return
        offered = {choice for control in controls for choice in control.choices or ()}
        if not set(values) <= offered:
            raise AssertionError(f"{name} can be {sorted(offered)}, not {values}")

    def choices(self, name: str) -> list[str]:
        """Everything a person could choose for this name, without "nothing"."""
        found = [choice for control in self.controls if control.name == name for choice in control.choices or ()]
        return [choice for choice in found if choice]


@dataclass
class Reading(HTMLParser):
    """One page, read. `links`: (words, address)."""

    address: str
    status: int
    html: str
    links: list[tuple[str, str]] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)
    frames: dict[str, str] = field(default_factory=dict)
    bars: list[Attributes] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._words: list[str] = []
        self._form: Form | None = None
        self._open: list[tuple[str, Attributes, int]] = []  # where the words of these begin
        self._select: tuple[Control, Attributes] | None = None
        self._silent = 0
        self.feed(self.html)
        self.close()

    @property
    def text(self) -> str:
        return plain("".join(self._words))

    @property
    def title(self) -> str:
        return plain(self.html.partition("<h1>")[2].partition("</h1>")[0])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        if tag in SPACED:
            self._words.append(" ")
        if tag in ("script", "style", "template", "noscript"):
            self._silent += tag != "noscript"  # nobody runs script here, so noscript is shown
        elif tag == "form":
            self._form = Form(facts)
        elif tag == "iframe":
            self.frames[facts.get("id", "")] = urljoin(self.address, facts.get("src", ""))
        elif tag == "progress":
            self.bars.append(facts)
        elif tag in ("a", "button", "textarea", "option"):
            self._open.append((tag, facts, len(self._words)))
        elif tag == "select" and "name" in facts:
            control = Control(facts["name"], "select", [], [], "disabled" in facts)
            self._select = (control, facts)
            self._add(control)
        elif tag == "input":
            self._input(facts)

    def handle_endtag(self, tag: str) -> None:
        if tag in SPACED:
            self._words.append(" ")
        if tag in ("script", "style", "template"):
            self._silent -= 1
        elif tag == "form" and self._form is not None:
            self.forms.append(self._form)
            self._form = None
        elif tag == "select" and self._select is not None:
            control, facts = self._select
            if not control.values and control.choices and "multiple" not in facts:
                control.values = control.choices[:1]
            self._select = None
        elif self._open and self._open[-1][0] == tag:
            self._close(*self._open.pop())

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._words.append(data)

    def _close(self, tag: str, facts: Attributes, begin: int) -> None:
        words = "".join(self._words[begin:])
        if tag == "a" and "href" in facts:
            self.links.append((plain(words), urljoin(self.address, facts["href"])))
        elif tag == "button" and self._form is not None and facts.get("type", "submit") == "submit":
            self._form.buttons.append(Button(plain(words), facts))
        elif tag == "textarea" and "name" in facts:
            self._add(Control(facts["name"], tag, [words.removeprefix("\n")], None, "disabled" in facts))
        elif tag == "option" and self._select is not None:
            value = facts.get("value", plain(words))
            control = self._select[0]
            assert control.choices is not None
            control.choices.append(value)
            if "selected" in facts:
                control.values = [*control.values, value] if "multiple" in self._select[1] else [value]
        if tag in ("option", "textarea"):
            del self._words[begin:]

    def _input(self, facts: Attributes) -> None:
        kind, name = facts.get("type", "text"), facts.get("name")
        if not name or kind in ("submit", "button", "reset"):
            return
        if kind in ("checkbox", "radio"):
            value = facts.get("value", "on")
            self._add(Control(name, kind, [value] if "checked" in facts else [], [value], "disabled" in facts))
        else:
            self._add(Control(name, kind, [facts.get("value", "")], None, "disabled" in facts))

    def _add(self, control: Control) -> None:
        if self._form is not None and not self._silent:
            self._form.controls.append(control)
