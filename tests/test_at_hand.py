"""An engine at hand: one event explained, a few tried under another wish, always by what is acknowledged by now."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyarrow import parquet

from wurao.at_hand import AtHand
from wurao.changes import ChangeWriter, puts
from wurao.errors import Refused
from wurao.events.read import find_inputs
from wurao.screening.engine import Engine
from wurao.screening.run import run
from wurao.snapshot import build
from wurao.tables import check_rows
from wurao.verdicts import Action, Reason

ANNA, SHOP, FRIEND = "13803510001", "02152350001", "13903510009"
CALL = {"from_number": SHOP, "to_number": ANNA, "channel": "call", "at": "2026-03-02T09:00:00+08:00"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("at-hand")
    (place / "tables").mkdir()
    (place / "tables" / "subscribers.csv").write_text(f"number,guard\n{ANNA},off\n")
    build(place / "tables", place / "store", own_sender="wurao")
    lines = ["at,channel,from_number,to_number,answered"]
    calls = [(SHOP, "call"), (FRIEND, "call"), ("withheld", "autocall"), ("+85223456789", "call")]
    lines += [f"2026-03-02T09:00:{n:02}+08:00,{how},{who},{ANNA},true" for n, (who, how) in enumerate(calls)]
    (place / "day.csv").write_text("\n".join(lines) + "\n")
    with Engine.open(place / "store") as engine:
        run(engine, find_inputs([str(place / "day.csv")]), place / "verdicts.parquet")
    return place


def put(store: Path, table: str, row: dict[str, object]) -> None:
    with ChangeWriter(store) as writer:
        writer.append(puts(table, check_rows(table, [row])[0]))


def test_what_is_acknowledged_meanwhile_is_in_the_next_answer(made: Path) -> None:
    hand = AtHand(made / "store")
    assert hand.explain(CALL).action is Action.ALLOW
    put(made / "store", "lists", {"subscriber": ANNA, "entry": SHOP, "match": "exact", "action": "deny"})
    explained = hand.explain(CALL)
    assert (explained.action, explained.reason) == (Action.BLOCK, Reason.MY_DENY_LIST)
    assert [record.words[1] for record in explained.rules if record.decided] == ["My lists"]


def test_a_few_verdicts_are_tried_under_another_wish(made: Path) -> None:
    hand = AtHand(made / "store")
    rows = parquet.read_metadata(made / "verdicts.parquet").num_rows
    wish = {"number": ANNA, "guard": "off", "overseas_calls": False}
    found = hand.turned_by({"subscribers": [wish]}, made / "verdicts.parquet", rows)
    assert [(each.after, each.after_reason, each.before) for each in found] == [
        (Action.BLOCK, Reason.OVERSEAS, Action.ALLOW)
    ]
    only = {"number": ANNA, "guard": "off", "only_my_list": True}
    compiled = hand.turned_by({"subscribers": [only]}, made / "verdicts.parquet", 10_000)
    assert compiled == hand.turned_by({"subscribers": [only]}, made / "verdicts.parquet", rows)
    assert {each.after_reason for each in compiled} == {Reason.NOT_ON_MY_LIST}


def test_what_cannot_be_read_is_refused_and_the_next_question_is_answered(made: Path, tmp_path: Path) -> None:
    hand = AtHand(made / "store")
    with pytest.raises(Refused, match="no time"):
        hand.explain(CALL | {"at": "yesterday"})
    assert hand.explain(CALL).rules
    with pytest.raises(ValueError, match="can be tried"):
        hand.turned_by({"senders": []}, made / "verdicts.parquet", 1)
    with pytest.raises(Refused):
        AtHand(tmp_path / "nothing").explain(CALL)
