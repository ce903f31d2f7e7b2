"""Which key does which act: the Command table, changed by the user's ``keymap.toml``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from pasis_tui.commands import BY_NAME, COMMANDS, RESERVED_LETTERS, key_text
from pasis_tui.display import displays

_KEY = re.compile(
    r"(?:(?:ctrl|alt|shift)\+)?(?:f(?:[1-9]|1[0-2])|[a-zåäö0-9]|escape|insert|delete)"
)
_TYPED = re.compile(r"(?:shift\+)?[a-zåäö0-9]")
# These reach a program as other keys, or belong to the fields.
_TAKEN = {
    "ctrl+i": "är tabb i en terminal",
    **dict.fromkeys(("ctrl+j", "ctrl+m"), "är Enter i en terminal"),
    "ctrl+h": "är backsteg i en terminal",
    **{f"ctrl+{c}": "används för redigering i fält" for c in "aekuwdfb"},
    "ctrl+c": "kopierar i fält",
    **dict.fromkeys(("shift+f3", "ctrl+f3"), "kommer inte fram i terminaler"),
    **{f"alt+{n}": "kommer inte fram i terminaler" for n in range(10)},
}


class BadKeymap(Exception):
    """A keymap that cannot be used; ``problems`` are Swedish sentences that name each clash."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(" ".join(problems))


class Keymap:
    """The keys in force."""

    def __init__(self, changes: Mapping[str, object] | None = None) -> None:
        """Start from the Command table; *changes* is {command name: key or list of keys}."""
        keys: dict[str, tuple[str, ...]] = {c.name: c.keys for c in COMMANDS}
        problems: list[str] = []
        for name, wanted in (changes or {}).items():
            if name not in keys:
                problems.append(
                    f"keymap.toml: ”{name}” är inget kommando. Kommandon: {', '.join(keys)}."
                )
                continue
            given = wanted if isinstance(wanted, list) else [wanted]
            keys[name] = tuple(str(key).lower() for key in given)
            problems += [p for key in keys[name] if (p := _fault(name, key))]
        owners: dict[str, str] = {}
        for name, own in keys.items():
            for key in own:
                if key in owners and owners[key] != name:
                    first, second = BY_NAME[owners[key]].legend, BY_NAME[name].legend
                    problems.append(
                        f"keymap.toml: {key_text(key)} är given både till ”{first}”"
                        f" ({owners[key]}) och ”{second}” ({name})."
                    )
                owners.setdefault(key, name)
        if problems:
            raise BadKeymap(problems)
        self._keys = keys
        self._owners = owners

    def command(self, key: str) -> str | None:
        """Return the name of the command that *key* does, or None."""
        return self._owners.get(key)

    def keys(self, name: str) -> tuple[str, ...]:
        """Return the keys of the command *name*."""
        return self._keys[name]

    def key_text(self, name: str) -> str:
        """Return the first key of *name* as a user reads it, or an empty text."""
        return key_text(self._keys[name][0]) if self._keys[name] else ""

    def legend(self) -> list[tuple[str, str]]:
        """Return (key, word) for the bottom line."""
        return [
            (self.key_text(c.name), c.legend)
            for c in COMMANDS
            if c.in_legend and self._keys[c.name]
        ]


def _fault(name: str, key: str) -> str:
    if key in _TAKEN:
        return f"keymap.toml: {key_text(key)} för ”{name}” går inte: den {_TAKEN[key]}."
    if _TYPED.fullmatch(key):
        return (
            f"keymap.toml: ”{key}” för ”{name}” går inte: bokstäver och siffror är text i fälten."
        )
    if not _KEY.fullmatch(key):
        return f"keymap.toml: ”{key}” för ”{name}” är ingen tangent. Exempel: f5, alt+l, ctrl+o."
    if key.startswith("alt+") and key not in BY_NAME[name].keys:
        return _button_fault(name, key)
    return ""


def _button_fault(name: str, key: str) -> str:
    # A command goes before a button: the button could not be pressed by its letter any more.
    for shown in displays().values():
        for button in (b for form in shown.formats for b in form.buttons):
            if f"alt+{button.letter}" == key and button.letter not in RESERVED_LETTERS:
                return (
                    f"keymap.toml: {key_text(key)} för ”{BY_NAME[name].legend}” ({name}) går inte:"
                    f" den är knappen ”{button.label}” i {shown.title}."
                )
    return ""


def load_keymap(path: Path) -> Keymap:
    """Return the keymap with the changes in *path*, if it exists; raises BadKeymap."""
    if not path.exists():
        return Keymap()
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadKeymap([f"keymap.toml kan inte läsas: {error}"]) from error
    keys = raw.get("keys", raw)
    if not isinstance(keys, dict):
        raise BadKeymap(["keymap.toml: keys ska vara en tabell: [keys], sedan kommando = tangent."])
    return Keymap(keys)
