"""The forms of a page, filled in as in a browser without scripts: only what is on the page can be sent."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

_CHOICES = {"radio", "checkbox"}
Typed = Mapping[str, Any]
"""What goes into a page's controls, by their names; a file is what werkzeug's test client takes."""


@dataclass(slots=True)
class Control:
    """One control: what it is set to, and what it may be set to where that is not free."""

    name: str
    kind: str
    value: str = ""
    options: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Form:
    """One form with its controls by name and its buttons as (name, value)."""

    action: str
    method: str = "get"
    controls: dict[str, list[Control]] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    def filled(self, typed: Typed, button: tuple[str, str] = ("", "")) -> dict[str, Any]:
        """What the button sends; fails for a control, a choice or a button that the page does not have."""
        assert button in self.buttons, f"no button {button} in {self.action}: {self.buttons}"
        sent: dict[str, Any] = {}
        for name, controls in self.controls.items():
            values = [each.value for each in controls if each.value or each.kind not in _CHOICES]
            if values:
                sent[name] = values
        for name, value in typed.items():
            assert name in self.controls, f"no control {name} in {self.action}: {sorted(self.controls)}"
            first = self.controls[name][0]
            offered = [option for each in self.controls[name] for option in each.options]
            assert not offered or value in offered, f"{name} offers {offered}, not {value!r}"
            assert first.kind != "hidden", f"{name} is not for people to fill in"
            sent[name] = value
        return {**sent, **({button[0]: button[1]} if button[0] else {})}


class _Reader(HTMLParser):
    """Collects forms; HTML of this site nests no form in another."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._open: Control | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a form or a control."""
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(said.get("action", ""), said.get("method", "get").lower())
            self.forms.append(self._form)
        elif self._form is None:
            return
        elif tag == "button":
            self._form.buttons.append((said.get("name", ""), said.get("value", "")))
        elif tag in ("input", "textarea", "select") and said.get("name"):
            self._control(self._form, tag, said)
        elif tag == "option" and self._open is not None:
            self._open.options.append(said.get("value", ""))
            if "selected" in said:
                self._open.value = said.get("value", "")

    def _control(self, form: Form, tag: str, said: dict[str, str]) -> None:
        control = Control(said["name"], said.get("type", tag) if tag == "input" else tag)
        if control.kind in _CHOICES:
            control.options = [said.get("value", "on")]
            control.value = control.options[0] if "checked" in said else ""
        else:
            control.value = said.get("value", "")
        form.controls.setdefault(control.name, []).append(control)
        self._open = control if tag != "input" else None

    def handle_endtag(self, tag: str) -> None:
        """End a form or a control; a list without a chosen entry stands on its first."""
        if tag == "form":
            self._form = None
        elif tag in ("select", "textarea"):
            if self._open and tag == "select" and not self._open.value and self._open.options:
                self._open.value = self._open.options[0]
            self._open = None

    def handle_data(self, data: str) -> None:
        """What stands in a text area; its first line break is not part of it."""
        if self._open and self._open.kind == "textarea":
            self._open.value += data.removeprefix("\n")


def form_of(page: str, action: str) -> Form:
    """The first form of a page whose action matches the pattern to its end."""
    found = next(_forms(page, action), None)
    assert found is not None, f"no form for {action}"
    return found


def _forms(page: str, action: str) -> Iterator[Form]:
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return (form for form in reader.forms if re.search(f"{action}$", form.action))
