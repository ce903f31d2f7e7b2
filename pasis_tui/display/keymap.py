"""Which key does which command: the Command table as changed by the user's ``keymap.toml``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from pasis_tui.commands import BY_NAME, COMMANDS, RESERVED_LETTERS, key_text, put_in_force
from pasis_tui.display.display_files import displays
from pasis_tui.validation.toml_files import BadFile, TomlFile

_KEY = re.compile(
    r"(?:(?:ctrl|alt|shift)\+)?(?:f(?:[1-9]|1[0-2])|[a-zåäö0-9]|escape|insert|delete)"
)
_TYPED = re.compile(r"(?:shift\+)?[a-zåäö0-9]")
# These reach the program as other keys, or belong to the fields.
_TAKEN = {
    "ctrl+i": "är tabb i en terminal",
    **dict.fromkeys(("ctrl+j", "ctrl+m"), "är Enter i en terminal"),
    "ctrl+h": "är backsteg i en terminal",
    **{f"ctrl+{c}": "används för redigering i fält" for c in "aekuwdfb"},
    "ctrl+c": "kopierar i fält",
    **dict.fromkeys(("shift+f3", "ctrl+f3"), "kommer inte fram i terminaler"),
    **{f"alt+{n}": "kommer inte fram i terminaler" for n in range(10)},
}


Changes = dict[str, str | tuple[str, ...]]
"""{command name: key or keys}."""


class _Section(NamedTuple):
    """A file with the one section ``[keys]``; it may also be without."""

    keys: Changes


class Keymap:
    """The keys in force."""

    def __init__(
        self,
        changes: Mapping[str, str | Sequence[str]] | None = None,
        where: Callable[[str], str] = lambda name: "keymap.toml",
    ) -> None:
        """Start from the Command table; *changes* is {command name: key or list of keys}.

        Raises BadFile that names each clash; *where* is the place of a command's change.
        """
        keys: dict[str, tuple[str, ...]] = {c.name: c.keys for c in COMMANDS}
        problems: list[str] = []
        for name, wanted in (changes or {}).items():
            if name not in keys:
                problems.append(
                    f"{where(name)}: ”{name}” är inget kommando. Kommandon: {', '.join(keys)}."
                )
                continue
            keys[name] = tuple(
                key.lower() for key in ([wanted] if isinstance(wanted, str) else wanted)
            )
            problems += [
                f"{where(name)}: {fault}" for key in keys[name] if (fault := _fault(name, key))
            ]
        taken = {key for name in keys if name in (changes or {}) for key in keys[name]}
        for name in keys:
            if name not in (changes or {}):
                given = taken.intersection(BY_NAME[name].gives_way)
                keys[name] = tuple(key for key in keys[name] if key not in given)
        owners: dict[str, str] = {}
        for name, own in keys.items():
            for key in own:
                if key in owners and owners[key] != name:
                    first, second = BY_NAME[owners[key]].legend, BY_NAME[name].legend
                    changed = name if name in (changes or {}) else owners[key]
                    problems.append(
                        f"{where(changed)}: {key_text(key)} är given både till ”{first}”"
                        f" ({owners[key]}) och ”{second}” ({name})."
                    )
                owners.setdefault(key, name)
        if problems:
            raise BadFile(problems)
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

    def put_in_force(self) -> None:
        """Have every text of the program name these keys."""
        put_in_force({command.name: self.key_text(command.name) for command in COMMANDS})

    def legend(self) -> list[tuple[str, str]]:
        """Return (key, word) for the bottom line."""
        return [
            (self.key_text(c.name), c.legend)
            for c in COMMANDS
            if c.in_legend and self._keys[c.name]
        ]


def _fault(name: str, key: str) -> str:
    if key in _TAKEN:
        return f"{key_text(key)} för ”{name}” går inte: den {_TAKEN[key]}."
    if _TYPED.fullmatch(key):
        return f"”{key}” för ”{name}” går inte: bokstäver och siffror är text i fälten."
    if not _KEY.fullmatch(key):
        return f"”{key}” för ”{name}” är ingen tangent. Exempel: f5, alt+l, ctrl+o."
    if key.startswith("alt+") and key not in BY_NAME[name].keys:
        return _button_fault(name, key)
    return ""


def _button_fault(name: str, key: str) -> str:
    # A command takes precedence: its key would make a button's letter unusable.
    for shown in displays().values():
        for button in (b for form in shown.formats for b in form.buttons):
            if f"alt+{button.letter}" == key and button.letter not in RESERVED_LETTERS:
                return (
                    f"{key_text(key)} för ”{BY_NAME[name].legend}” ({name}) går inte:"
                    f" den är knappen ”{button.label}” i {shown.title}."
                )
    return ""


def load_keymap(path: Path) -> Keymap:
    """Return the keymap with the changes in *path*, if it exists; raises BadFile."""
    if not path.exists():
        return Keymap()
    file = TomlFile(path)
    if "keys" in file.tables:
        return Keymap(file.read(_Section).keys, lambda name: file.where(("keys", name)))
    return Keymap(file.read(Changes), lambda name: file.where((name,)))
