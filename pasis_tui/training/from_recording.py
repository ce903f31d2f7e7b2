"""A recording as the text of an exercise: its head, a story to write, and the keys as the solution.

What was recorded is a beginning: the author writes the story, takes away detours and what was
refused, and has it checked (``pasis exercise check``).
"""

from __future__ import annotations

from itertools import groupby

from pasis_tui.commands import COMMANDS, key_text
from pasis_tui.display.display_files import displays
from pasis_tui.training.exercises import chapters
from pasis_tui.training.par_keys import BadKeys, notation, strokes
from pasis_tui.training.recording import BadRecording, Line, Recording

_NO_CHAPTER = "Besöksregistrering i PASiS"
_MINUTE = 60
_TEMPLATE = '''\
# Gjord av inspelningen {name}, {began}.
# Kontrollera den med: pasis exercise check FILEN.  Hur den skrivs står i docs/trainer.md.

title = "Inspelad {day} av {user}"
level = 2                     # 1 lätt, 2 vanlig, 3 svår
minutes = {minutes}                   # ungefär; inspelningen tog {took}
date = {day}             # arbetsdatum när övningen börjar
user = "{user}"               # vem som är inloggad
chapters = [{chapters}]   # kapitel i anvisningen

# Allt som bedöms ska gå att läsa sig till här. {{quick}} blir tangenten för Snabbval.
story = """
Skriv berättelsen här: vem patienten är, vad som har hänt och vad som ska registreras.
"""

# Vad som har hänt innan skrivs som [[start]], se mallen som pasis exercise new skriver. Övningen
# börjar i en ny övningsdatabas: det som fanns i din när inspelningen började finns inte där.

# Facit, en rad för varje bild. Ta bort omvägar och det som nekades.
[par]
keys = """
{keys}
"""

# Vad som får skilja sig från facit utan att kosta poäng.
[free]
fields = []
extra = []

# Tips, ett i taget. when: visas så länge det saknas, till exempel "visit.time".
# [[hint]]
# when = "visit"
# text = "…"
'''


def exercise_from(recording: Recording) -> str:
    """Return the text of an exercise file.

    Dropped keys are left out, and what was done inside another exercise.  Raises BadRecording when
    nothing is left.
    """
    own = [line for line in recording.played() if not line.exercise]
    rows = []
    for screen, of_screen in groupby(own, key=lambda line: line.screen):
        rows += _rows(screen, list(of_screen), recording)
    if not any(row and not row.startswith("#") for row in rows):
        raise BadRecording(
            f"{recording.path.name}: inga tangenter finns att göra en övning av. Det som görs inne i en"
            " övning räknas inte: spela in i den vanliga övningsdatabasen."
        )
    head = recording.head
    seconds = own[-1].at - own[0].at
    return _TEMPLATE.format(
        name=_plain(recording.path.name),
        began=_plain(head.began.replace("T", " ")[:16]),
        day=head.date.isoformat(),
        user=_plain(head.user),
        minutes=max(1, min(240, round(seconds / _MINUTE))),
        took=f"{int(seconds // _MINUTE)} min {int(seconds % _MINUTE)} s",
        chapters=", ".join(f'"{each}"' for each in _chapters(own)),
        keys=_escaped("\n".join(rows)),
    )


def _rows(screen: str, lines: list[Line], recording: Recording) -> list[str]:
    """Return the keys of one screen on a line, and lines above it for what keys cannot say."""
    pressed: list[tuple[str, str | None]] = []
    notes = []
    for line in lines:
        if line.key is not None:
            pressed.append(_standard(line.key.key, line.key.character, recording))
        elif line.paste is not None:
            pressed += [(each, each) for each in line.paste if each.isprintable()]
        elif line.click is not None:
            column, row = line.click
            notes.append(
                f"# här klickades på rad {row + 1}, kolumn {column + 1}: skriv tangenterna"
            )
        if line.refused:
            notes.append(f"# nekades: {_plain(line.why)}")
    known = [each for each in pressed if _can_be_written(*each)]
    notes += [f"# tangenten {key_text(key)} kan inte stå i ett facit" for key, character in pressed
              if (key, character) not in known]  # fmt: skip
    keys = notation(known)
    title = displays()[screen].title if screen in displays() else screen
    return [*notes, f"{keys}      # {_plain(title)}" if keys else ""] if keys or notes else []


def _standard(key: str, character: str | None, recording: Recording) -> tuple[str, str | None]:
    """Return the Command table's key for what one of the person's own keymap does."""
    for command in COMMANDS:
        own = recording.head.keys.get(command.name, command.keys)
        if key in own and key not in command.keys:
            return command.keys[0], None
    return key, character


def _can_be_written(key: str, character: str | None) -> bool:
    if character is not None:
        return character.isprintable()
    try:
        strokes(notation([(key, None)]))
    except BadKeys:
        return False
    return True


def _chapters(lines: list[Line]) -> list[str]:
    """Return the instruction's chapters of the screens where something was saved."""
    saved = dict.fromkeys(line.screen for line in lines if line.saved)
    found = {displays()[code].chapter for code in saved if code in displays()} & chapters()
    return sorted(found) or [_NO_CHAPTER]


def _plain(text: str) -> str:
    r"""Return *text* as it may stand in a text of TOML: printable, without " and \."""
    return "".join(c if c.isprintable() else " " for c in text).replace("\\", "/").replace('"', "”")


def _escaped(keys: str) -> str:
    """Return keys as they stand in a text of several lines in TOML."""
    return keys.replace("\\", "\\\\").replace('"""', '""\\"')
