"""What takes verdicts in, as a process: looks below `verdicts/` for parts that are new, and takes each once.

What goes wrong is told once and tried again; a damaged part is put aside by the intake itself.
"""

from __future__ import annotations

from wurao.control.serving.looking import keep_looking

LOOK_S = 2.0


def main() -> None:
    """Take what is new until told to stop."""
    from wurao.control.stops.intake import Intake

    intake = Intake()
    keep_looking("stops", "verdicts are not taken in; they wait", LOOK_S, lambda: bool(intake.round()))


if __name__ == "__main__":
    from wurao.control.start import start

    start()
    main()
