"""What the commands on lists of domains share: their options, opening a list, codes and sentences as columns.

Called by `check`, `import` and `export`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

import click

from wurao.cli.output import note
from wurao.errors import BadRow

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

    from wurao.domains import Guard

Decorated = TypeVar("Decorated", bound=Callable[..., Any])
SHOWN_BAD = 20
SHOWN_BELOW = 3


def format_option(command: Decorated) -> Decorated:
    """`--format`, as `form: str | None`."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(["plain", "hosts", "rpz", "csv"]),
        help="The form of the list; else it is recognised.",
    )(command)


def match_option(command: Decorated) -> Decorated:
    """`--match`, as `match: str`."""
    return click.option(
        "--match",
        type=click.Choice(["below", "exact"]),
        default="below",
        show_default=True,
        help="How a name is meant where the list does not say: with all below it, or exactly.",
    )(command)


@contextmanager
def opened(file: Path) -> Iterator[BinaryIO]:
    """A list for reading; - is standard input."""
    if str(file) == "-":
        yield sys.stdin.buffer
        return
    with file.open("rb") as stream:
        yield stream


def decisions_of(decisions: npt.NDArray[np.int8]) -> pa.Array:
    """Decisions as commands print them."""
    import pyarrow as pa

    from wurao.domains import Decision

    return pa.array([each.code for each in Decision]).take(pa.array(decisions))


def reasons_of(reasons: npt.NDArray[np.int8]) -> pa.Array:
    """Reasons as commands print them, null for none."""
    import pyarrow as pa

    from wurao.domains import DomainReason
    from wurao.domains.reasons import code_of

    codes = {int(each): code_of(each) for each in DomainReason}
    return pa.array([codes.get(code) for code in range(max(codes) + 1)], pa.string()).take(pa.array(reasons))


def told_of_hit(guard: Guard, name: str, exact: bool) -> str | None:
    """What else a listing would hit, in a few words; null where the guard knows of nothing."""
    hit = guard.hit(name, exact)
    told = []
    if hit.by is not None:
        rank = f" #{hit.by.rank:,}" if hit.by.rank else ""
        owner = f" {hit.by.owner}" if hit.by.owner else ""
        told.append(f"{hit.by.name}{rank}{owner} ({hit.by.part_zh} {hit.by.part_en})")
    if hit.below_count:
        names = ", ".join(each.name for each in hit.below[:SHOWN_BELOW])
        told.append(f"其下 below: {names}" + (f" … {hit.below_count:,}" if hit.below_count > SHOWN_BELOW else ""))
    if hit.shared is not None and (hit.by is None or hit.by.name != hit.shared):
        told.append(f"共享 shared: {hit.shared}")
    return "; ".join(told) or None


def tell_bad(rows: list[BadRow], shown: int = SHOWN_BAD) -> None:
    """Name the first lines of a piece that are no names."""
    for row in rows[:shown]:
        note(str(row))
    if len(rows) > shown:
        note(f"and {len(rows) - shown:,} more bad lines here")
