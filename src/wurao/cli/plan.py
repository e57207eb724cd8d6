"""Load a newer segment plan, or say which is in use.

The plan says which province, city and operator each segment of 10,000 mobile numbers belongs to. In comes a
`phone.dat` in the format of the `phone` package; a damaged one is refused and the plan in use stays.
"""

from __future__ import annotations

from pathlib import Path

import click
import numpy as np

from wurao.cli.options import InputPath, data_option, json_option
from wurao.cli.output import note, print_json, print_table
from wurao.numbering import plan


@click.group("plan", short_help="Load a newer segment plan, or say which is in use.")
def command() -> None:
    """The segment plan: province, city and operator of each 10,000 mobile numbers."""


@command.command()
@click.argument("file", type=InputPath(directory=False))
@click.option("--older", is_flag=True, help="Take it also when it is older, or much smaller, than the one in use.")
@json_option
@data_option
def load(file: Path, older: bool, as_json: bool) -> None:
    """Check FILE, a phone.dat, and take it into use.

    \b
    Example:
      wurao plan load phone.dat
    """
    before = plan.current()
    loaded = plan.load(file, older=older)
    _tell(loaded, as_json)
    if not as_json:
        note(f"in use instead of version {before.version}")


@command.command()
@json_option
@data_option
def info(as_json: bool) -> None:
    """Say which plan is in use, and how much it knows.

    \b
    Example:
      wurao plan info
    """
    _tell(plan.current(), as_json)


def _tell(told: plan.Plan, as_json: bool) -> None:
    counts = np.bincount(told.segment_operator[told.segment_operator >= 0], minlength=len(told.operators))
    operators = {name: int(count) for name, count in zip(told.operators, counts, strict=True) if count}
    facts = {
        "version": told.version,
        "source": told.source,
        "segments": int(counts.sum()),
        "provinces": len(told.provinces),
        "cities": len(told.cities),
    }
    if as_json:
        print_json(facts | {"operators": operators})
        return
    print_table(("", "plan"), [(name, str(value)) for name, value in facts.items()])
    click.echo()
    print_table(("operator", "segments"), list(operators.items()))
