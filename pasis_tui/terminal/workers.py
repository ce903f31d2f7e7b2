"""Work beside the keys."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from textual.dom import DOMNode


def begin(
    node: DOMNode,
    work: Callable[[], Awaitable[None]],
    *,
    name: str = "",
    group: str = "default",
    exclusive: bool = False,
    exit_on_error: bool = True,
) -> None:
    """Have *node* do *work* beside the keys, one of a *group* at a time when *exclusive*.

    It is given what to call: a coroutine made at once is never awaited when the program ends first.
    """
    node.run_worker(work, name=name, group=group, exclusive=exclusive, exit_on_error=exit_on_error)
