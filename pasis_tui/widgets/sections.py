"""The sections a numbered screen is made of: forms, lists and charts."""

from __future__ import annotations

from pasis_tui.display.display_files import Format
from pasis_tui.widgets.form import Form
from pasis_tui.widgets.palette import Palette
from pasis_tui.widgets.record_list import RecordList

Section = Form | RecordList


def make_section(spec: Format, palette: Palette) -> Section:
    """Return the widget of one record format."""
    if not spec.list:
        return Form(spec, palette)
    if not spec.chart:
        return RecordList(spec, palette)
    from pasis_tui.widgets.chart_list import ChartList  # for 051 alone

    return ChartList(spec, palette)
