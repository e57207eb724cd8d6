"""The truth of a province against the verdicts on its day: how much of each planted kind was stopped, and what wanted.

`compare` reads `truth.parquet` and the verdicts' Parquet files with DuckDB, which spills to disk what memory does not
hold. An event counts as stopped when it was diverted or blocked, or labelled where the wish lets Wurao do no more.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from wurao.duckdb_connection import connect
from wurao.province.scenes import PLANTED, SCENES, WANTED
from wurao.province.write import LIFE

_STOPPED = "v.action IN ('divert', 'block')"
_VERDICTS = "SELECT event_id, action::VARCHAR AS action, reason::VARCHAR AS reason FROM read_parquet($verdicts)"


@dataclass(frozen=True)
class Comparison:
    """Counts by code; `planted` and `scenes` are in the order in which they are shown."""

    actions: dict[str, int]
    reasons: dict[str, int]
    planted: dict[str, int]
    planted_stopped: dict[str, int]
    scenes: dict[str, int]
    """The wanted events of each scene of life."""
    scenes_stopped: dict[str, int]

    @property
    def wanted(self) -> int:
        """How many events were wanted."""
        return sum(self.scenes.values())

    @property
    def wanted_stopped(self) -> int:
        """How many of them were stopped; none should be."""
        return sum(self.scenes_stopped.values())


def compare(truth: Path, verdicts: list[Path]) -> Comparison:
    """Count what was done with what was planted and with what was wanted."""
    files = {"verdicts": [str(file) for file in verdicts]}
    with connect() as database:
        database.execute(f"CREATE TEMP TABLE acted AS {_VERDICTS} WHERE action <> 'allow'", files)

        def counts(query: str, values: object = None) -> dict[str, int]:
            return dict(database.execute(query, values).fetchall())

        told = "FROM read_parquet($truth) t"
        where = {"truth": str(truth)}
        acted = f"{told} JOIN acted v USING (event_id)"
        right = f"({_STOPPED} OR (t.should = 'label' AND v.action = 'label'))"
        kinds = f"t.planted <> '{LIFE}'"
        planted = counts(f"SELECT t.planted, count(*) {told} WHERE {kinds} GROUP BY 1", where)
        caught = counts(f"SELECT t.planted, count(*) {acted} WHERE {kinds} AND {right} GROUP BY 1", where)
        scenes = counts(f"SELECT t.scene, count(*) {told} WHERE t.wanted GROUP BY 1", where)
        lost = counts(f"SELECT t.scene, count(*) {acted} WHERE t.wanted AND {_STOPPED} GROUP BY 1", where)
        shown_planted = [SCENES[scene] for scene in PLANTED if SCENES[scene] in planted]
        shown_scenes = [SCENES[scene] for scene in WANTED if SCENES[scene] in scenes]
        return Comparison(
            actions=counts(f"SELECT action, count(*) FROM ({_VERDICTS}) GROUP BY 1 ORDER BY 2 DESC, 1", files),
            reasons=counts(f"SELECT reason, count(*) FROM ({_VERDICTS}) GROUP BY 1 ORDER BY 2 DESC, 1", files),
            planted={name: planted[name] for name in shown_planted},
            planted_stopped={name: caught.get(name, 0) for name in shown_planted},
            scenes={name: scenes[name] for name in shown_scenes},
            scenes_stopped={name: lost.get(name, 0) for name in shown_scenes},
        )


@dataclass(frozen=True)
class Example:
    """One stopped event of the day, to ask `wurao explain` about."""

    from_number: str
    to_number: str
    at: str
    channel: str
    trunk: str | None
    template_id: str | None
    reason: str


def example(truth: Path, verdicts: list[Path], kind: str) -> Example | None:
    """The first blocked event of a planted kind; None where none was."""
    query = """
        SELECT v.from_number, v.to_number, strftime(v."at" AT TIME ZONE 'Asia/Shanghai', '%Y-%m-%dT%H:%M:%S+08:00'),
            v.channel::VARCHAR, v.trunk, v.template_id, v.reason::VARCHAR
        FROM read_parquet($truth) t JOIN read_parquet($verdicts) v USING (event_id)
        WHERE t.planted = $kind AND v.action = 'block' AND v.from_number IS NOT NULL
        ORDER BY event_id LIMIT 1
    """
    values = {"truth": str(truth), "verdicts": [str(file) for file in verdicts], "kind": kind}
    with connect() as database:
        found = database.execute(query, values).fetchone()
    return Example(*found) if found else None


def caught_texts(truth: Path, verdicts: list[Path], events: Path, most: int) -> list[str]:
    """Texts of planted fraud that gave themselves away, each once; first those with a link, then the surest."""
    query = """
        SELECT e.text FROM read_parquet($truth) t JOIN read_parquet($verdicts) v USING (event_id)
            JOIN read_parquet($events) e USING (event_id)
        WHERE t.planted = 'fraud_text' AND v.reason::VARCHAR IN ('TEXT_FRAUD', 'BLOCKED_DOMAIN')
        GROUP BY e.text ORDER BY bool_or(len(v.links) > 0) DESC, max(v.score) DESC, e.text LIMIT $most
    """
    values = {
        "truth": str(truth),
        "verdicts": [str(file) for file in verdicts],
        "events": str(events / "*.parquet"),
        "most": most,
    }
    with connect() as database:
        return [text for (text,) in database.execute(query, values).fetchall()]
