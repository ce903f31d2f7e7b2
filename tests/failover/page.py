"""The configurations that docs/operations.md gives, so that what is tried is what is told."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "operations.md"
_BLOCK = re.compile(r'^```\w* title="([^"]+)"\n(.*?)^```$', re.MULTILINE | re.DOTALL)
_PARAMETER = re.compile(r"^( +)(\w+): *(\"[^\"]*\"|[^#\n]*?) *(?:#.*)?$")


def blocks() -> dict[str, str]:
    """Return every file of the page by its path."""
    found = dict(_BLOCK.findall(PAGE.read_text("utf-8")))
    assert found, f"{PAGE.name} gives no file"
    return found


def parameters() -> dict[str, str]:
    """Return the parameters that the page gives PostgreSQL."""
    lines = blocks()["/etc/patroni/config.yml"].splitlines()
    start = next(at for at, line in enumerate(lines) if line.strip() == "parameters:")
    inside = len(lines[start]) - len(lines[start].lstrip())
    found = {}
    for line in lines[start + 1 :]:
        if line.strip() and len(line) - len(line.lstrip()) <= inside:
            break
        if match := _PARAMETER.match(line):
            found[match[2]] = match[3].strip('"')
    return found
