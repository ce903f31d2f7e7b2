"""Where the columns of a list stand, and how wide they are, in cells.

Dates, codes, numbers and amounts are shown whole or not at all: half a date is another date.
Only a column of text (``cut = true`` in the display file) may end with ``…``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len

from pasis_tui.display.display_files import FieldSpec

_GAP = 2  # cells after a column that only a wide list has
_LEAST = 4  # cells that a text keeps when it makes room for others, or as its heading needs


class Placed(NamedTuple):
    """The first cell of a column and its width; a column of width 0 is not shown.

    One that is not ``meant`` for a list of this width is not cut, only left out.
    """

    column: int
    width: int
    meant: bool = True

    @property
    def end(self) -> int:
        """The cell after its last."""
        return self.column + self.width


def place(fields: Sequence[FieldSpec], longest: Sequence[int], room: int) -> list[Placed]:
    """Return where each column stands in *room* cells, its longest value being *longest* cells.

    Only the room decides which are shown: ``since`` and ``until`` of the display file.
    """
    placements = [Placed(0, 0, meant=False)] * len(fields)
    shown: list[int] = []
    moved: list[FieldSpec] = []
    shift = 0
    for at, spec in enumerate(fields):
        if spec.until and room >= spec.until:
            shift -= spec.width + 1
        elif room >= spec.since:
            shown.append(at)
            moved.append(spec._replace(column=spec.column + shift))
            shift += spec.width + _GAP if spec.since else 0
    for at, placed in zip(shown, _place(moved, [longest[at] for at in shown], room), strict=True):
        placements[at] = placed
    return placements


def _place(fields: Sequence[FieldSpec], longest: Sequence[int], room: int) -> list[Placed]:
    """Return where each of the shown columns stands.

    All begin as the display file says.  Columns that must be whole then take what their values
    need, from the free room or else from the texts; what remains goes to the texts that lack room,
    from the left.
    """
    if not fields:
        return []
    widths = [max(spec.width, cell_len(spec.label)) for spec in fields]
    gaps = [
        after.column - (spec.column + width)
        for spec, width, after in zip(fields, widths, fields[1:], strict=False)
    ]
    lacking = [max(0, want - width) for want, width in zip(longest, widths, strict=True)]
    left = room - fields[0].column - sum(widths) - sum(gaps)
    for at, spec in enumerate(fields):
        if not spec.cut:
            widths[at] += lacking[at]
            left -= lacking[at]
    if left < 0:
        left = _take(fields, longest, widths, left)
    for at, spec in enumerate(fields):
        if spec.cut and left > 0:
            more = min(left, max(0, longest[at] - widths[at]))
            widths[at] += more
            left -= more
    placements = []
    column = fields[0].column
    for width, gap in zip(widths, [*gaps, 0], strict=True):
        placements.append(Placed(column, max(0, min(width, room - column))))
        column += width + gap
    return placements


def _take(fields: Sequence[FieldSpec], longest: Sequence[int], widths: list[int], left: int) -> int:
    """Take the missing ``-left`` cells from the texts: unused cells, then those of the widest."""
    texts = [at for at, spec in enumerate(fields) if spec.cut]
    least = {at: max(_LEAST, cell_len(fields[at].label)) for at in texts}
    for at in texts:
        spare = min(-left, max(0, widths[at] - max(longest[at], least[at])))
        widths[at] -= spare
        left += spare
    while left < 0 and (open_ones := [at for at in texts if widths[at] > least[at]]):
        widest = max(open_ones, key=lambda at: widths[at])
        widths[widest] -= 1
        left += 1
    return left
