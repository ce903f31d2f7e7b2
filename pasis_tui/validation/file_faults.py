"""What the system says of a file that cannot be read or written, in Swedish."""

from __future__ import annotations

import errno

_WORDS = {
    errno.ENOENT: "mappen eller filen finns inte",
    errno.ENOTDIR: "mappen finns inte",
    errno.EEXIST: "en fil har redan det namnet",
    errno.EISDIR: "det är en mapp",
    errno.EACCES: "den är skrivskyddad för dig",
    errno.EPERM: "den är skrivskyddad för dig",
    errno.EROFS: "platsen är skrivskyddad",
    errno.ENOSPC: "disken är full",
    errno.EFBIG: "disken tar ingen så stor fil",
    errno.EDQUOT: "ditt utrymme på disken är slut",
    errno.EBUSY: "den är öppen i ett annat program",
    errno.ENAMETOOLONG: "namnet är för långt",
    errno.EIO: "disken svarar med fel",
}
# Windows answers so for a file that Excel has open.
_OPEN_ELSEWHERE = {32, 33}


def in_swedish(error: OSError) -> str:
    """Return why, as the end of a sentence without its full stop."""
    if getattr(error, "winerror", None) in _OPEN_ELSEWHERE:
        return _WORDS[errno.EBUSY]
    return _WORDS.get(error.errno or 0, f"systemet nekar (fel {error.errno or 'okänt'})")
