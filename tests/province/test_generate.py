"""The province is believable, complete, told truly, and the same for the same seed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from wurao.errors import Refused
from wurao.events.columns import EVENT_SCHEMA
from wurao.province import PLANTED, SCENES, WANTED, Made, generate
from wurao.province.plan import shanxi
from wurao.tables import TABLES

SUBSCRIBERS = 20_000
Asked = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return generate(tmp_path_factory.mktemp("province"), SUBSCRIBERS)


@pytest.fixture(scope="module")
def ask(made: Made) -> Asked:
    """Ask in SQL: `events`, `truth` and each table of the registry are there."""
    database = duckdb.connect()
    moment = "\"at\" AT TIME ZONE 'Asia/Shanghai'"
    columns = f'SELECT * EXCLUDE ("at"), {moment} AS moment, extract(hour FROM {moment}) AS hour'
    database.execute(f"CREATE VIEW events AS {columns} FROM read_parquet('{made.events}/*.parquet')")
    database.execute(f"CREATE VIEW truth AS FROM read_parquet('{made.truth}')")
    for name in TABLES:
        database.execute(f"CREATE VIEW {name} AS FROM read_parquet('{made.tables}/{name}.parquet')")
    return lambda query: database.execute(query).fetchall()


def _digests(directory: Path) -> dict[str, str]:
    files = sorted(file for file in directory.rglob("*") if file.is_file())
    return {str(file.relative_to(directory)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def test_the_same_seed_gives_the_same_files_byte_for_byte(tmp_path: Path) -> None:
    for name in ("first", "second"):
        generate(tmp_path / name, 2_000, seed=7)
    assert _digests(tmp_path / "first") == _digests(tmp_path / "second")


def test_another_seed_gives_other_people_and_another_day(tmp_path: Path) -> None:
    for seed in (1, 2):
        generate(tmp_path / str(seed), 2_000, seed=seed)
    first, second = _digests(tmp_path / "1"), _digests(tmp_path / "2")
    for file in ("tables/subscribers.parquet", "events/part-00000.parquet", "truth.parquet"):
        assert first[file] != second[file]


@pytest.mark.parametrize("subscribers", [0, 999, 40_000_000])
def test_a_province_that_the_plan_cannot_hold_is_refused(tmp_path: Path, subscribers: int) -> None:
    with pytest.raises(Refused, match="subscribers do not make a province"):
        generate(tmp_path / "none", subscribers)
    assert not (tmp_path / "none").exists()


def test_the_subscribers_are_as_many_as_asked_for_and_fill_real_segments_by_a_sixth(ask: Asked) -> None:
    assert ask("SELECT count(*), count(DISTINCT number) FROM subscribers") == [(SUBSCRIBERS, SUBSCRIBERS)]
    plan = set(shanxi().first.tolist())
    filled = ask("SELECT substr(number, 4, 7)::INT, count(*) FROM subscribers GROUP BY 1")
    assert {segment for segment, _ in filled} <= plan
    assert 0.15 < SUBSCRIBERS / len(filled) / 10_000 < 0.20


def test_a_few_hundred_wishes_are_shared_by_all(ask: Asked) -> None:
    wishes = "marketing, hours, overseas_calls, overseas_messages, unregistered, debt_collection, only_my_list, guard"
    [(distinct,)] = ask(f"SELECT count(*) FROM (SELECT DISTINCT {wishes} FROM subscribers)")
    assert 200 < distinct < 800
    [(content, listed)] = ask("SELECT avg(content_protection::INT), avg(only_my_list::INT) FROM subscribers")
    assert 0.08 < content < 0.12
    assert 0.002 < listed < 0.01


@pytest.mark.parametrize("name", TABLES)
def test_every_table_has_the_declared_columns_in_order(made: Made, name: str) -> None:
    table = pq.read_table(made.tables / f"{name}.parquet")
    assert table.column_names == [column.name for column in TABLES[name].columns]
    assert table.num_rows > 0
    for column in TABLES[name].columns:
        assert column.optional or table[column.name].null_count == 0, column.name


@pytest.mark.parametrize("name", TABLES)
def test_no_key_stands_twice_in_a_table(ask: Asked, name: str) -> None:
    key = ", ".join(f'"{column}"' for column in TABLES[name].key)
    assert ask(f"SELECT {key} FROM {name} GROUP BY ALL HAVING count(*) > 1") == []


def test_events_have_the_columns_of_the_contract(made: Made) -> None:
    for file in made.events.iterdir():
        schema = pq.read_schema(file).remove_metadata()
        assert schema.names == EVENT_SCHEMA.names
        assert [field.type for field in schema] == [field.type for field in EVENT_SCHEMA]


def test_the_day_is_in_order_of_time_and_has_24_hours(ask: Asked, made: Made) -> None:
    times = pa.concat_tables([pq.read_table(file, columns=["at"]) for file in sorted(made.events.iterdir())])["at"]
    assert times.cast(pa.int64()).to_pylist() == sorted(times.cast(pa.int64()).to_pylist())
    [(hours, first, last)] = ask("SELECT count(DISTINCT hour), min(moment), max(moment) FROM events")
    assert hours == 24
    assert (last - first).total_seconds() < 86_400


def test_nights_are_quiet(ask: Asked) -> None:
    counts = dict(ask("SELECT hour, count(*) FROM events GROUP BY 1"))
    assert sum(counts[h] for h in (2, 3, 4)) * 10 < sum(counts[h] for h in (9, 10, 11))


def test_the_truth_tells_of_every_event_once(ask: Asked, made: Made) -> None:
    [(events, told)] = ask("SELECT (SELECT count(*) FROM events), count(*) FROM events JOIN truth USING (event_id)")
    assert events == told == made.count
    assert ask("SELECT count(*), count(DISTINCT event_id) FROM truth") == [(made.count, made.count)]


def test_every_kind_is_planted_and_every_scene_of_life_is_there(ask: Asked) -> None:
    planted = dict(ask("SELECT planted, count(*) FROM truth GROUP BY 1"))
    assert {SCENES[scene] for scene in PLANTED} == set(planted) - {"life"}
    wanted = {scene for (scene,) in ask("SELECT DISTINCT scene FROM truth WHERE wanted")}
    assert {SCENES[scene] for scene in WANTED} == wanted


def test_nothing_planted_is_wanted_and_only_what_the_wish_lets_through_is_neither(ask: Asked) -> None:
    assert ask("SELECT count(*) FROM truth WHERE wanted AND (planted <> 'life' OR should <> 'nothing')") == [(0,)]
    [(share,)] = ask("SELECT avg((NOT wanted AND planted = 'life')::INT) FROM truth")
    assert share < 0.03


def test_life_is_most_of_the_day_and_mostly_answered(ask: Asked) -> None:
    [(life,)] = ask("SELECT avg((planted = 'life')::INT) FROM truth")
    assert life > 0.6
    calls = "FROM events JOIN truth USING (event_id) WHERE channel = 'call' AND scene = 'friends'"
    [(answered, ring, talk)] = ask(f"SELECT avg(answered::INT), min(ring_s), avg(duration_s) {calls}")
    assert 0.6 < answered < 0.85
    assert ring > 2
    assert 30 < talk < 300


def test_a_courier_rings_dozens_in_the_day_and_is_awaited(ask: Asked) -> None:
    rounds = ask(
        "SELECT count(*), avg(answered::INT) FROM events JOIN truth USING (event_id) WHERE scene = 'courier' "
        "GROUP BY right(from_number, 11)"
    )
    assert 20 < sum(calls for calls, _ in rounds) / len(rounds) < 200
    assert all(answered > 0.4 for calls, answered in rounds if calls >= 20)


def test_texts_come_with_messages_only_and_codes_with_their_template(ask: Asked) -> None:
    assert ask("SELECT count(*) FROM events WHERE (channel = 'message') <> (text IS NOT NULL)") == [(0,)]
    filled = (
        "SELECT count(*), avg((starts_with(text, split_part(body, '{code}', 1)))::INT) FROM events "
        "JOIN truth USING (event_id) JOIN templates USING (template_id) WHERE scene = 'one_time_code'"
    )
    [(count, fits)] = ask(filled)
    assert count > 100
    assert fits == 1


def test_every_event_names_a_trunk_of_the_registry_or_none(ask: Asked) -> None:
    unknown = "SELECT DISTINCT trunk FROM events WHERE trunk IS NOT NULL AND trunk NOT IN (SELECT trunk FROM trunks)"
    assert ask(unknown) == []


def test_the_ambulance_rings_back_within_four_hours_of_the_call_for_help(ask: Asked) -> None:
    query = (
        "WITH told AS (SELECT * FROM events JOIN truth USING (event_id)) "
        "SELECT max(b.moment - a.moment), min(b.moment - a.moment), count(*) FROM told a JOIN told b "
        "ON right(a.from_number, 11) = right(b.to_number, 11) AND b.scene = 'ambulance' AND a.scene = 'emergency_call'"
    )
    [(latest, earliest, count)] = ask(query)
    assert count >= 12
    assert latest.total_seconds() < 4 * 3600
    assert earliest.total_seconds() > 0


def test_wanted_calls_to_an_only_my_list_come_from_the_list_or_for_safety(ask: Asked) -> None:
    query = """
        WITH listed AS (SELECT right(number, 11) AS who FROM subscribers WHERE only_my_list),
        allowed AS (SELECT right(subscriber, 11) AS who, right(entry, 11) AS entry FROM lists WHERE action = 'allow')
        SELECT DISTINCT scene FROM events JOIN truth USING (event_id) JOIN listed ON who = right(to_number, 11)
        WHERE wanted AND NOT EXISTS
            (FROM allowed a WHERE a.who = listed.who AND a.entry = right(from_number, 11))
    """
    assert {scene for (scene,) in ask(query)} <= {"alert", "public_safety", "ambulance"}


def test_nobody_wanted_is_on_the_deny_list(ask: Asked) -> None:
    query = """
        SELECT count(*) FROM events JOIN truth USING (event_id) JOIN lists
            ON action = 'deny' AND match = 'exact' AND right(subscriber, 11) = right(to_number, 11)
            AND right(entry, 11) = right(from_number, 11) WHERE wanted
    """
    assert ask(query) == [(0,)]


def test_marketing_that_is_wanted_is_allowed_by_the_wish_or_a_consent(ask: Asked) -> None:
    """The truth is checked a second way, in SQL over the files."""
    query = """
        WITH sent AS (
            SELECT e.moment, hour, right(e.to_number, 11) AS who, t.sender_id, t.category, scene
            FROM events e JOIN truth USING (event_id) JOIN templates t USING (template_id)
            WHERE wanted AND t.purpose = 'marketing'),
        judged AS (
            SELECT sent.*, s.marketing, s.hours, list_position(
                ['finance', 'property', 'education', 'health', 'retail', 'telecom_media', 'travel', 'food', 'other'],
                sent.category) - 1 AS place, TIMESTAMPTZ '2026-09-16 12:00:00+08:00' AS noon
            FROM sent JOIN subscribers s ON right(s.number, 11) = who)
        SELECT count(*), count(*) FILTER (WHERE NOT (marketing >> (place * 3 + 1) & 1 = 1 AND
            hours >> (len(list_filter([0, 6, 8, 10, 12, 14, 16, 18, 21], lambda x: x <= hour)) - 1) & 1 = 1)
            AND NOT EXISTS (FROM consents c WHERE right(c.subscriber, 11) = who AND c.sender_id = judged.sender_id
                AND contains(c.categories, judged.category) AND contains(c.channels, 'message')
                AND c.given <= noon AND noon < coalesce(least(c.expires, c.revoked), noon + INTERVAL 1 DAY)))
        FROM judged
    """
    [(count, wrong)] = ask(query)
    assert count > 500
    assert wrong == 0


def test_a_school_rings_its_parents_in_one_hour(ask: Asked) -> None:
    rings = ask(
        "SELECT right(from_number, 10), count(DISTINCT to_number), max(moment) - min(moment) "
        "FROM events JOIN truth USING (event_id) WHERE scene = 'school' GROUP BY 1"
    )
    assert max(parents for _, parents, _ in rings) > 150
    assert all(span.total_seconds() <= 3600 for _, _, span in rings)


def test_a_flood_is_hundreds_at_one_person_within_minutes(ask: Asked) -> None:
    floods = ask(
        "SELECT count(*), max(moment) - min(moment) FROM events JOIN truth USING (event_id) "
        "WHERE scene = 'flood_calls' GROUP BY right(to_number, 11)"
    )
    assert len(floods) >= 2
    assert all(calls > 400 and span.total_seconds() <= 1_200 for calls, span in floods)


def test_the_orders_to_try_are_against_diallers_who_are_under_none_yet(ask: Asked, made: Made) -> None:
    what_if = f"read_parquet('{made.what_if}/orders.parquet')"
    tried = {target for (target,) in ask(f"SELECT right(target, 11) FROM {what_if}")}
    query = "SELECT DISTINCT right(from_number, 11) FROM events JOIN truth USING (event_id) WHERE scene = 'dialler'"
    assert tried == {number for (number,) in ask(query)}
    assert ask(f"SELECT count(*) FROM {what_if} JOIN orders USING (order_id)") == [(0,)]
    assert tried.isdisjoint(target for (target,) in ask("SELECT right(target, 11) FROM orders"))


def test_one_ring_calls_are_short_unanswered_and_reach_many(ask: Asked) -> None:
    query = (
        "SELECT count(DISTINCT right(to_number, 11)), max(ring_s), bool_or(answered) FROM events "
        "JOIN truth USING (event_id) WHERE scene = 'one_ring'"
    )
    [(callees, longest, any_answered)] = ask(query)
    assert callees > 1_000
    assert longest < 3
    assert any_answered is False
