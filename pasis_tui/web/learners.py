"""Where each learner of a class in the browser has their own data folder."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from pasis_tui.training.classes import SchoolClass, folded

CLASS_WORD = "PASIS_SERVE_CLASS"  # the environment's name for the word, from server to session
LEARNERS = "learners"
PRACTICE = "ovning.db"


def learner_folder(home: Path, group: SchoolClass, name: str) -> Path:
    """Return the data folder of the learner *name*: a name is never a path."""
    key = sha256(f"{group.word}\n{folded(name)}".encode()).hexdigest()[:32]
    return home / LEARNERS / key
