"""Replaying traffic under other rows: who is stopped, who is freed, and what follows from it."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from wurao.cli import run as wurao
from wurao.cli.replay import NOT_PRINTED
from wurao.content.registered import compiled_bodies
from wurao.events.raw import Findings
from wurao.events.read import find_inputs
from wurao.replay import Effect, protected_among, replay
from wurao.screening.engine import Engine
from wurao.screening.output import VerdictFile
from wurao.screening.run import run
from wurao.settings import load
from wurao.snapshot import build
from wurao.verdicts import VERDICT_SCHEMA

ANNA, BOB = "13803510001", "13803510002"
SHOP, FRIEND = "02152350001", "13903510009"
ORDER_COLUMNS = "order_id,verb,target_kind,target,cause,authority,second_person,start,end\n"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("replay")
    tables = place / "tables"
    tables.mkdir()
    (tables / "subscribers.csv").write_text(f"number,guard\n{ANNA},off\n{BOB},off\n")
    (tables / "lists.csv").write_text(f"subscriber,entry,match,action\n{BOB},{SHOP},exact,deny\n")
    build(tables, place / "store", own_sender="wurao")
    return place / "store"


@pytest.fixture
def day(tmp_path: Path) -> Path:
    """The shop calls Anna (answered, 60 s) and Bob; a friend calls Anna twice; a bank calls both."""
    lines = ["at,channel,from_number,to_number,answered,duration_s"]
    calls = [(SHOP, ANNA, "true", "60"), (SHOP, BOB, "false", ""), (FRIEND, ANNA, "true", "5"), (FRIEND, ANNA, "", "")]
    calls += [("95588", ANNA, "true", "30"), ("95588", BOB, "true", "")]
    for n, (caller, callee, answered, talked) in enumerate(calls):
        lines.append(f"2026-03-02T09:00:{n:02}+08:00,call,{caller},{callee},{answered},{talked}")
    path = tmp_path / "day.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def with_rows(directory: Path, **tables: str) -> Path:
    directory.mkdir()
    for name, content in tables.items():
        (directory / f"{name}.csv").write_text(content)
    return directory


def effect(store: Path, rows: Path, *events: Path) -> Effect:
    engine = Engine.open(store)
    return replay(engine, engine.with_rows(rows, load()), find_inputs([str(path) for path in events]), Findings())


def test_a_new_order_shows_whom_it_would_stop_and_how_long_they_had_talked(store, day, tmp_path):
    order = f"o1,block,number,{SHOP},fraud,通信管理局,,2026-01-01T00:00:00Z,2027-01-01T00:00:00Z\n"
    found = effect(store, with_rows(tmp_path / "new", orders=ORDER_COLUMNS + order), day)
    assert found == Effect(
        events=6,
        newly_stopped=1,
        callees=1,
        answered=1,
        answered_seconds=60.0,
        by_reason={"ORDER_FRAUD": 1},
    )


def test_a_list_that_allows_sets_free(store, day, tmp_path):
    rows = with_rows(tmp_path / "new", lists=f"subscriber,entry,match,action\n{BOB},{SHOP},exact,allow\n")
    found = effect(store, rows, day)
    assert (found.newly_freed, found.newly_stopped, found.by_reason) == (1, 0, {})


def test_the_protected_numbers_that_would_be_hit_are_named(store, day, tmp_path):
    entries = f"{ANNA},95588,exact,deny\n{BOB},95588,exact,deny\n{ANNA},{FRIEND},exact,deny\n"
    found = effect(store, with_rows(tmp_path / "new", lists="subscriber,entry,match,action\n" + entries), day)
    assert (found.newly_stopped, found.callees, found.answered) == (4, 2, 3)
    assert found.answered_seconds == 35.0
    assert found.protected_hit == ["95588"]


def test_verdict_files_replay_as_the_events_that_they_tell_of(store, day, tmp_path):
    run(Engine.open(store), find_inputs([str(day)]), tmp_path / "verdicts")
    rows = with_rows(tmp_path / "new", lists=f"subscriber,entry,match,action\n{ANNA},{FRIEND},exact,deny\n")
    assert effect(store, rows, tmp_path / "verdicts") == replace(effect(store, rows, day), of_verdicts=6)


@pytest.mark.parametrize("form", ["parquet", "csv", "jsonl"])
def test_verdict_files_replay_by_what_was_read_of_texts_and_say_so(store, tmp_path, capsys, form):
    kept = {"score": 0.999, "class": "fraud", "kind": "loan", "links": ["a.cn"], "text_hash": b"h" * 32}
    told = [dict.fromkeys(VERDICT_SCHEMA.names) | kept, dict.fromkeys(VERDICT_SCHEMA.names)]
    for n, row in enumerate(told):
        row |= {"event_id": str(n), "at": datetime(2026, 3, 2, n, tzinfo=UTC), "channel": "message", "snapshot": "s"}
        row |= {"from_number": "+86" + FRIEND, "to_number": "+86" + ANNA, "action": "allow", "overseas_mark": False}
        row |= {"reason": "NOTHING_SPOKE"}
    file = VerdictFile(tmp_path / f"v.{form}", form)
    file.write(pa.RecordBatch.from_pylist(told, VERDICT_SCHEMA))
    file.keep()
    row = f"number,content_protection,guard\n{ANNA},true,standard\n"
    rows = with_rows(tmp_path / "new", subscribers=row)
    found = effect(store, rows, tmp_path / f"v.{form}")
    assert (found.newly_stopped, found.by_reason) == (1, {"TEXT_FRAUD": 1})
    arguments = ["replay", "--store", str(store), "--with", str(rows), str(tmp_path / f"v.{form}")]
    assert wurao(arguments) == 0
    assert "Files of verdicts hold no texts" in capsys.readouterr().out
    assert wurao([*arguments, "--json"]) == 0
    assert set(json.loads(capsys.readouterr().out)) == {each.name for each in fields(Effect)} - set(NOT_PRINTED)


def test_a_template_that_did_not_fit_does_not_fit_when_verdicts_are_replayed(tmp_path):
    tables = with_rows(
        tmp_path / "tables",
        subscribers=f"number,content_protection,guard\n{ANNA},true,label\n",
        senders="sender_id,name,categories,since\nbank,银行,finance,2026-01-01T00:00:00Z\n",
        headers="header,match,sender_id,start\n10690001,exact,bank,2026-01-01T00:00:00Z\n",
        templates="template_id,sender_id,category,purpose,body\nbill,bank,finance,service,您的账单 {amount:money} 元\n",
    )
    store, day = tmp_path / "store", tmp_path / "day.csv"
    build(tables, store, own_sender="wurao", bodies=compiled_bodies)
    texts = ["您的账单 12 元", "您的贷款到了"]
    rows = [f"2026-03-02T09:00:0{n}+08:00,message,10690001,{ANNA},bill,{text}" for n, text in enumerate(texts)]
    day.write_text("\n".join(["at,channel,from_number,to_number,template_id,text", *rows]) + "\n")
    run(Engine.open(store), find_inputs([str(day)]), tmp_path / "v.parquet")
    strict = with_rows(tmp_path / "new", subscribers=f"number,content_protection,guard\n{ANNA},true,strict\n")
    for events in (day, tmp_path / "v.parquet"):
        assert effect(store, strict, events).by_reason == {"UNREGISTERED_TEMPLATE": 1}


def test_the_same_rows_again_change_nothing(store, day, tmp_path):
    rows = with_rows(tmp_path / "new", lists=f"subscriber,entry,match,action\n{BOB},{SHOP},exact,deny\n")
    assert effect(store, rows, day) == Effect(events=6)


def test_ordinary_numbers_are_no_protected_ones():
    import pyarrow as pa

    from wurao.numbering.parse import parse_column

    numbers = parse_column(pa.array(["110", "95588", ANNA, "4008100000", "withheld", "+14155550100"]))
    assert {"110", "95588"} <= protected_among(numbers) <= {"110", "95588"}


def test_the_command_prints_what_the_contract_says(store, day, tmp_path, capsys):
    rows = with_rows(tmp_path / "new", lists=f"subscriber,entry,match,action\n{ANNA},95588,exact,deny\n")
    arguments = ["replay", "--with", str(rows), str(day), "--store", str(store)]
    assert wurao([*arguments, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "events": 6,
        "newly_stopped": 1,
        "newly_freed": 0,
        "callees": 1,
        "answered": 1,
        "answered_seconds": 30.0,
        "by_reason": {"MY_DENY_LIST": 1},
        "protected_hit": ["95588"],
    }
    assert wurao(arguments) == 0
    printed = capsys.readouterr().out
    assert "新拦下 newly stopped" in printed
    assert "受保护号码 protected numbers hit: 95588" in printed


@pytest.mark.parametrize(("name", "said"), [("senders", "rows of senders cannot be replayed"), (None, "holds nothing")])
def test_other_tables_and_none_are_refused(store, day, tmp_path, capsys, name, said):
    rows = with_rows(tmp_path / "new", **({name: "sender_id\nx\n"} if name else {}))
    assert wurao(["replay", "--with", str(rows), str(day), "--store", str(store)]) == 1
    assert said in capsys.readouterr().err


def test_a_bad_row_of_the_tables_is_named_and_by_strict_refused(store, day, tmp_path, capsys):
    entries = f"{ANNA},95588,exact,deny\n{ANNA},95588,sometimes,deny\n"
    rows = with_rows(tmp_path / "new", lists="subscriber,entry,match,action\n" + entries)
    arguments = ["replay", "--with", str(rows), str(day), "--store", str(store), "--json"]
    assert wurao(arguments) == 0
    shown = capsys.readouterr()
    assert json.loads(shown.out)["newly_stopped"] == 1
    assert "lists.csv:3 match: 'sometimes'" in shown.err
    assert wurao([*arguments, "--strict"]) == 1
