"""``python -m pasis_tui``, and the entry point ``pasis``."""

from pasis_tui.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
