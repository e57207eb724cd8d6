"""The long run (`make soak`): 400 million events, a hundred kills, ten minutes of fuzzing for each parser.

Hours, at full size; `--scale`, `--kills` and `--minutes` make it shorter, and the report says so. The report goes to
docs/measured/<date>-soak.md; exit code 1 when anything did not hold.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import kills, long_run
from benchmarks.fuzz import Tried, run_apart
from benchmarks.fuzz_targets import TARGETS
from benchmarks.kills import Survived
from benchmarks.long_run import Long
from benchmarks.report import MEASURED, commit, machine_lines

PARTS = ("events", "kills", "fuzz")


def main() -> None:
    """Run the parts asked for, write the report, leave with 1 when something did not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10, help="of fuzzing for each parser")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--scale", type=int, default=1, help="divide the 400 million events and their registry")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=PARTS, action="append", help="one part, or several; all without it")
    parser.add_argument("--work", type=Path, help="where files are made; else a temporary directory")
    parser.add_argument("--report", type=Path, help="where the report goes; else docs/measured/")
    given = parser.parse_args()
    asked = given.only or PARTS
    with tempfile.TemporaryDirectory(prefix="wurao-soak-", dir=given.work) as place:
        work = Path(place)
        long = long_run.run(work, given.scale, _tell) if "events" in asked else None
        survived = kills.run(work, given.kills, given.seed, _tell) if "kills" in asked else []
        tried = _fuzz(given.minutes, given.seed) if "fuzz" in asked else []
    now = datetime.now(UTC)
    command = " ".join(["python -m benchmarks.soak", *sys.argv[1:]])
    report = given.report or MEASURED / f"{now:%Y-%m-%d}-soak.md"
    report.parent.mkdir(parents=True, exist_ok=True)
    report.write_text(page(command, now, long, survived, tried), "utf-8")
    _tell(f"written to {report}")
    sys.exit(0 if held(long, survived, tried) else 1)


def held(long: Long | None, survived: list[Survived], tried: list[Tried]) -> bool:
    """Whether everything held that was asked for."""
    in_time = long is None or (long.flat and long.seconds <= long.most)
    return in_time and not any(each.failures for each in survived) and not any(each.findings for each in tried)


def page(command: str, now: datetime, long: Long | None, survived: list[Survived], tried: list[Tried]) -> str:
    """The text of the report."""
    lines = [f"# Measured {now:%Y-%m-%d}: the long run", "", f"Made by `{command}` at commit {commit()}.", ""]
    lines += machine_lines()
    if long is not None:
        in_time = "within" if long.seconds <= long.most else "**beyond**"
        lines += ["", "## Events", ""]
        lines.append(
            f"- {long.events:,} events, Parquet to Parquet, in {long.seconds:,.0f} s: {in_time} {long.most:g} s"
        )
        lines.append(f"- {long.told}: {'flat' if long.flat else '**not flat**'}")
    if survived:
        lines += ["", "## kill -9", "", "| killed | times | what did not hold |", "| --- | --- | --- |"]
        lines += [f"| {each.what} | {each.kills} | {'; '.join(each.failures) or 'nothing'} |" for each in survived]
    if tried:
        lines += ["", "## Damaged input", "", "| parser | inputs | taken | refused | findings |", "| --- " * 5 + "|"]
        for each in tried:
            findings = "; ".join(each.findings).replace("|", "/").replace("\n", " ") or "none"
            lines.append(f"| {each.target} | {each.cases:,} | {each.taken:,} | {each.refused:,} | {findings} |")
    return "\n".join(lines) + "\n"


def _fuzz(minutes: float, seed: int) -> list[Tried]:
    keep = Path(tempfile.mkdtemp(prefix="wurao-findings-"))
    tried = []
    for target in TARGETS:
        _tell(f"damaged input for {target.name}, {minutes:g} minutes")
        tried.append(run_apart(target.name, 60 * minutes, seed, keep))
    if any(each.findings for each in tried):
        _tell(f"the inputs of the findings are kept in {keep}")
    return tried


def _tell(said: str) -> None:
    print(said, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
