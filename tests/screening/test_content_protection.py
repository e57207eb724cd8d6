"""Rule 8 over texts as they come: the guard table, one-time codes, blocked domains; and no text is kept anywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet

from tests.content.toys import NORMAL, toy_classifier, written_rule
from tests.screening.engines import engine_of, sight_of
from tests.screening.events import Event, batch
from tests.screening.test_texts import FIRM, OTHER, PORT, PROTECTED, listed, message, one
from tests.snapshot import small
from wurao.cli import run
from wurao.content.reader import Reader
from wurao.content.registered import compiled_bodies
from wurao.screening.texts import TextReader
from wurao.snapshot import build
from wurao.tables import PURPOSES
from wurao.verdicts import VERDICT_SCHEMA
from wurao.wishes import EVERYTHING, Guard

ILLEGAL, FRAUD, DOUBTFUL = "百家乐", "赎金", "内部消息"
"""Words that rules of these tests speak of, so that scores are certain whatever the classifier learned."""
CLASSIFIER = toy_classifier(
    (
        written_rule(name="illegal", all_of=(ILLEGAL,), score=0.99),
        written_rule(name="fraud", all_of=(FRAUD,), class_="fraud", kind="kidnap", score=0.95),
        written_rule(name="doubtful", all_of=(DOUBTFUL,), class_="fraud", kind="investment", score=0.7),
    )
)
CALM = NORMAL[0]


def guarded(guard: Guard, on: bool = True) -> small.Step:
    """The protected subscriber with a guard level; nothing else is refused."""
    wished = {"marketing": EVERYTHING, "hours": EVERYTHING, "overseas_calls": True, "overseas_messages": True}
    switches = {"unregistered": True, "debt_collection": True, "only_my_list": False, "only_my_list_until": None}
    return one(
        "subscribers",
        number=PROTECTED,
        guard=int(guard),
        content_protection=on,
        shield_until=None,
        **wished,
        **switches,
    )


def code_template(body: str) -> small.Step:
    return one(
        "templates", template_id="text0", sender_id="firm1", purpose=PURPOSES.index("otp"), category=0, body=body
    )


def verdict(changes: list[small.Step], event: Event) -> tuple[str, str, dict[str, Any]]:
    made = small.applied(small.Registry(), [*FIRM, *changes])
    engine = engine_of(sight_of(made))
    engine.texts = TextReader(Reader(CLASSIFIER, key=lambda: bytes(32)))
    (row,) = engine.screen(batch([event])).to_pylist()
    return row["action"], row["reason"], row


def from_stranger(text: str, **values: Any) -> Event:
    return message(text, caller=OTHER, **values)


SAYS_NOTHING = ("allow", "NOTHING_SPOKE")
TABLE = [
    (f"{CALM}，{FRAUD}", "TEXT_FRAUD", ("allow", "label", "block", "block")),
    (f"{CALM}，{ILLEGAL}", "TEXT_ILLEGAL", ("allow", "label", "block", "block")),
    (f"{CALM}，{DOUBTFUL}", "TEXT_FRAUD", ("allow", "label", "label", "divert")),
    (f"{CALM} http://bad.example.com", "BLOCKED_DOMAIN", ("allow", "label", "block", "block")),
    (f"{CALM}，{DOUBTFUL} http://bad.example.com", "BLOCKED_DOMAIN", ("allow", "label", "block", "block")),
    (CALM, "NOTHING_SPOKE", ("allow",) * 4),
]


@pytest.mark.parametrize("guard", Guard)
@pytest.mark.parametrize(("text", "reason", "actions"), TABLE)
def test_a_strangers_text_meets_what_the_guard_level_says(text, reason, actions, guard):
    changes = [guarded(guard), listed("bad.example.com", below=True)]
    expected = actions[int(guard)]
    assert verdict(changes, from_stranger(text))[:2] == ((expected, reason) if expected != "allow" else SAYS_NOTHING)
    assert verdict([guarded(guard, on=False), *changes[1:]], from_stranger(text))[:2] == SAYS_NOTHING


@pytest.mark.parametrize("disguised", ["百·家·乐", "百\u200b家\u200b乐", "百家樂", "百 家 乐"])
def test_a_disguised_text_meets_the_same(disguised):
    assert verdict([guarded(Guard.STANDARD)], from_stranger(f"{CALM}，{disguised}"))[:2] == ("block", "TEXT_ILLEGAL")


CODE = "您的验证码是{code}，" + ILLEGAL
WITH_LINK = "您的验证码是{code}，登录 {link}，" + ILLEGAL


def test_a_registered_one_time_code_keeps_its_way_whatever_its_score():
    event = message(f"您的验证码是123456，{ILLEGAL}", caller=PORT, template="text0")
    action, _, row = verdict([guarded(Guard.STRICT), code_template(CODE)], event)
    assert action == "allow"
    assert row["score"] == pytest.approx(0.99), "it is judged, and the judgement kept"


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (message(f"您的验证码是123456，{ILLEGAL}", caller=PORT), "the firm's own, without its template's name"),
        (message(f"您的验证码是123456，{ILLEGAL}！快来", caller=PORT, template="text0"), "with more than the template"),
        (from_stranger(f"您的验证码是123456，{ILLEGAL}", template="text0"), "a stranger with a firm's template"),
        (from_stranger(f"您的验证码是123456，5分钟内有效，{ILLEGAL}"), "a stranger with a code"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_a_code_in_any_other_text_silences_nothing(event, told):
    found = verdict([guarded(Guard.STANDARD), code_template(CODE)], event)
    assert found[:2] == ("block", "TEXT_ILLEGAL"), told


def test_a_template_of_another_purpose_silences_nothing():
    service = one("templates", template_id="text0", sender_id="firm1", purpose=PURPOSES.index("service"), body=CODE)
    event = message(f"您的验证码是123456，{ILLEGAL}", caller=PORT, template="text0")
    assert verdict([guarded(Guard.STANDARD), service], event)[:2] == ("block", "TEXT_ILLEGAL")


def test_a_blocked_domain_speaks_even_in_a_registered_one_time_code():
    changes = [guarded(Guard.STANDARD), code_template(WITH_LINK), listed("bad.example.com", below=True)]
    for link, expected in (("http://bad.example.com/a", ("block", "BLOCKED_DOMAIN")), ("http://good.cn/a", None)):
        event = message(f"您的验证码是123456，登录 {link}，{ILLEGAL}", caller=PORT, template="text0")
        found = verdict(changes, event)
        assert found[:2] == expected if expected else found[0] == "allow"


def test_a_calm_text_opens_no_way_that_another_rule_closes():
    for action in (0, 1):
        entry = one("lists", subscriber=PROTECTED, entry=OTHER, match=0, action=action, until=None)
        with_text = verdict([guarded(Guard.STANDARD), entry], from_stranger(CALM))[:2]
        assert with_text == verdict([guarded(Guard.STANDARD), entry], from_stranger(CALM) | {"text": None})[:2]


SECRET = "暗号芝麻开门"
TEXT = f"{SECRET}，您的验证码是778899，登录 http://a.example.com"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("protected")
    tables = place / "tables"
    tables.mkdir()
    (tables / "subscribers.csv").write_text("number,guard,content_protection\n13803510001,standard,true\n")
    build(tables, place / "store", own_sender="wurao", bodies=compiled_bodies)
    return place / "store"


def everything_in(directory: Path) -> str:
    """All that files hold, Parquet read out of its compression."""
    found = []
    for file in sorted(directory.rglob("*")):
        if file.suffix == ".parquet":
            found.append(str(parquet.read_table(file).to_pylist()))
        elif file.is_file():
            found.append(file.read_bytes().decode("utf-8", "replace"))
    return "\n".join(found)


@pytest.mark.parametrize("out", ["v.parquet", "v.csv", "v.jsonl", "parts"])
def test_nothing_that_screening_writes_or_tells_holds_a_text(store, tmp_path, data, capsys, out):
    lines = ["at,channel,from_number,to_number,text"]
    for callee in ("13803510001", "13803510002"):
        lines.append(f"2026-03-02T09:00:00+08:00,message,13903510002,{callee},{TEXT}")
    events = tmp_path / "events.csv"
    events.write_text("\n".join([*lines, f",message,13903510002,13803510001,{TEXT}", ""]), "utf-8")
    written = tmp_path / "written"
    written.mkdir()
    asked = ["screen", "--store", str(store), str(events), "-o", str(written / out)]
    assert run([*asked, "--velocity", str(written / "velocity")] if out != "parts" else asked) == 0
    told = capsys.readouterr()
    for place in (everything_in(written), everything_in(data / "audit"), told.out, told.err):
        assert SECRET not in place
        assert "778899" not in place
    assert "text" not in VERDICT_SCHEMA.names


def test_of_a_text_the_marks_are_kept_that_the_contract_names(store, tmp_path, data):
    events = tmp_path / "events.csv"
    events.write_text(
        f"at,channel,from_number,to_number,text\n2026-03-02T09:00:00+08:00,message,13903510002,13803510001,{TEXT}\n",
        "utf-8",
    )
    assert run(["screen", "--store", str(store), str(events), "-o", str(tmp_path / "v.parquet")]) == 0
    (row,) = parquet.read_table(tmp_path / "v.parquet").to_pylist()
    assert row["links"] == ["a.example.com"]
    assert (len(row["text_hash"]), len(row["text_sketch"])) == (32, 64)
    assert 0 <= row["score"] <= 1
    assert row["class"]
