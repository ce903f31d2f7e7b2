"""HP and HL Hämta filer."""

from __future__ import annotations

from pasis_tui.views.list_ordering import FilesView


class PsychotherapyFilesView(FilesView):
    """The lists ordered in KL."""

    file = "hp_hamta_filer"


class ListFilesView(FilesView):
    """The lists ordered in FB."""

    file = "hl_hamta_filer"
