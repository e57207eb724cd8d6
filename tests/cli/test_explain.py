"""`wurao explain` over a real store: for a person in both languages, for programs as the contract says."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.screening.made import NOON, but
from wurao.changes import ChangeWriter, puts
from wurao.cli import run
from wurao.cli.explain import ACTIONS_ZH, ATTESTATIONS, CLASSES_ZH, FINDS_ZH, ROAMINGS, RULES_ZH, told
from wurao.content.classes import CLASSES
from wurao.content.extract import FindKind
from wurao.content.registered import compiled_bodies
from wurao.events import columns
from wurao.reasons import wordings
from wurao.screening.explain import explain
from wurao.screening.facts import Facts
from wurao.screening.precedence import RULE_NAMES
from wurao.settings import load
from wurao.snapshot import build
from wurao.tables import check_rows
from wurao.verdicts import ACTIONS, Reason

SUBSCRIBER = "13803510001"
PROTECTED = "13803510002"
SATURDAY = "2026-05-16T09:30:00+08:00"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("explain")
    tables = place / "tables"
    tables.mkdir()
    (tables / "subscribers.csv").write_text(
        "number,guard,overseas_calls,content_protection\n"
        f"{SUBSCRIBER},strict,false,false\n{PROTECTED},standard,true,true\n"
    )
    (tables / "lists.csv").write_text(f"subscriber,entry,match,action\n{SUBSCRIBER},95588,exact,deny\n")
    (tables / "senders.csv").write_text("sender_id,name,categories,since\nbank,银行,finance,2026-01-01T00:00:00Z\n")
    (tables / "headers.csv").write_text(
        "header,match,sender_id,category,start\n10690001,prefix,bank,finance,2026-01-01T00:00:00Z\n"
    )
    (tables / "consents.csv").write_text(
        "consent_id,subscriber,sender_id,categories,channels,given\n"
        f"yes-1,{SUBSCRIBER},bank,finance,call;message,2026-05-01T00:00:00Z\n"
    )
    (tables / "orders.csv").write_text(
        "order_id,verb,target_kind,target,cause,authority,start,end\n"
        "晋反诈-7,block,prefix,+85251234,fraud,某局,2026-01-01T00:00:00Z,2027-01-01T00:00:00Z\n"
    )
    (tables / "templates.csv").write_text(
        "template_id,sender_id,category,purpose,body\nbill,bank,finance,service,您的账单 {amount:money} 元\n"
    )
    (tables / "domains.csv").write_text(
        "name,match,cause,source,start\nbad.example.com,below,fraud,police,2026-01-01T00:00:00Z\n"
        "xn--pple-43d.com,exact,fraud,police,2026-01-01T00:00:00Z\n"
    )
    build(tables, place / "store", own_sender="wurao", bodies=compiled_bodies)
    return place / "store"


def asked(store: Path, *arguments: str) -> int:
    return run(["explain", "--to", SUBSCRIBER, "--store", str(store), *arguments])


def test_for_programs_it_prints_what_the_contract_says(store, capsys):
    assert asked(store, "--from", "95588", "--at", SATURDAY, "--json") == 0
    printed = json.loads(capsys.readouterr().out)
    assert list(printed) == ["action", "reason", "label", "sentence_zh", "sentence_en", "overseas_mark", "rules"]
    assert (printed["action"], printed["reason"]) == ("block", "MY_DENY_LIST")
    assert printed["sentence_zh"] == wordings()[Reason.MY_DENY_LIST].sentence_zh
    assert [rule["rule"] for rule in printed["rules"]] == list(RULE_NAMES)
    assert [rule["asked"] for rule in printed["rules"]] == [True] * 4 + [False] * 8
    assert [rule["decided"] for rule in printed["rules"]].index(True) == 3


@pytest.mark.parametrize(
    ("caller", "reason", "rule", "named"),
    [
        ("+85251234567", "ORDER_FRAUD", 1, {"fraud.order_id": "晋反诈-7"}),
        ("95588", "MY_DENY_LIST", 3, {"listed.entry": "95588 exact"}),
        ("1069000155", "CONSENT", 9, {"sender.sender_id": "bank", "consent.consent_id": "yes-1"}),
    ],
)
def test_it_names_the_order_the_entry_and_the_consent_that_spoke(store, capsys, caller, reason, rule, named):
    assert asked(store, "--from", caller, "--at", SATURDAY, "--json") == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["reason"] == reason
    deciding = printed["rules"][rule]
    assert deciding["decided"]
    assert deciding["looked_at"].items() >= named.items()
    assert asked(store, "--from", caller, "--at", SATURDAY) == 0
    told = capsys.readouterr().out
    assert all(f"{name} {value}" in told for name, value in named.items())


PENDING = [
    ("orders", {"order_id": "o-8", "verb": "block", "target_kind": "number", "target": "+85251234568"}),
    ("subscribers", {"number": SUBSCRIBER, "guard": "off", "marketing": 7}),
    ("lists", {"subscriber": SUBSCRIBER, "entry": "9558", "match": "prefix", "action": "allow"}),
    ("headers", {"header": "10690002", "match": "prefix", "sender_id": "bank", "start": "2026-01-01T00:00:00Z"}),
]
ORDER = {"cause": "fraud", "authority": "某局", "start": "2026-01-01T00:00:00Z", "end": "2027-01-01T00:00:00Z"}


@pytest.mark.parametrize("caller", ["+85251234568", "95588", "95577", "1069000255", "10690001"])
def test_with_few_changes_plain_python_answers_as_machine_code_does(store, tmp_path, monkeypatch, caller):
    changed = tmp_path / "store"
    shutil.copytree(store, changed, symlinks=True)
    with ChangeWriter(changed) as writer:
        for name, row in PENDING:
            writer.append(puts(name, check_rows(name, [row | (ORDER if name == "orders" else {})])[0]))
    arguments = ["explain", "--to", SUBSCRIBER, "--store", str(changed), "--from", caller, "--at", SATURDAY, "--json"]
    code = (
        "import sys; from wurao.cli import explain, run; explain.FEW_CHANGES = int(sys.argv[1])\n"
        "run(sys.argv[2:]); print('numba' in sys.modules)"
    )
    said = [
        subprocess.run([sys.executable, "-c", code, few, *arguments], capture_output=True, text=True, check=True).stdout
        for few in ("4", "3")
    ]
    (plain, without), (compiled, within) = (each.splitlines() for each in said)
    assert plain == compiled
    assert json.loads(plain)["reason"]
    assert (without, within) == ("False", "True")


def test_for_a_person_it_tells_the_verdict_in_both_languages_and_every_rule(store, capsys):
    assert asked(store, "--from", "+85291234567", "--at", SATURDAY) == 0
    lines = capsys.readouterr().out.splitlines()
    wording = wordings()[Reason.OVERSEAS]
    assert lines[0] == "拦截 block · OVERSEAS"
    assert lines[1] == f"{wording.sentence_zh} {wording.sentence_en}"
    assert any("境外" in line and "overseas mark" in line for line in lines)
    for place, name in enumerate(RULE_NAMES, 1):
        assert any(line.startswith(f"{place:>2} {RULES_ZH[name]} {name}: ") for line in lines)
    assert [line for line in lines if line.endswith("decided")] == [
        "11 意愿 wishes: 拦截 block, OVERSEAS ← 由此决定 decided"
    ]


def test_a_setting_that_was_read_says_where_it_was_written(store, capsys, tmp_path, monkeypatch):
    monkeypatch.setattr("wurao.settings.places._chosen_settings", None)
    monkeypatch.setenv("WURAO_SETTINGS", "put back after what --settings sets")
    settings = tmp_path / "operator.toml"
    settings.write_text("[velocity.caller]\nattempts_per_hour = 399\n")
    assert asked(store, "--from", "13900000000", "--at", SATURDAY, "--settings", str(settings)) == 0
    lines = capsys.readouterr().out.splitlines()
    assert f"   velocity.caller.attempts_per_hour = 399 ({settings}:2)" in lines
    assert any(line.startswith("   velocity.caller.attempts_per_day = 5000 (defaults.toml:") for line in lines)


def test_a_withheld_number_is_explained_now(store, capsys):
    assert asked(store, "--json") == 0
    assert json.loads(capsys.readouterr().out)["reason"] == "NOTHING_SPOKE"


@pytest.mark.parametrize("at", ["yesterday", "2026-05-16T09:30:00"])
def test_a_time_without_an_offset_is_refused_with_what_would_be_right(store, capsys, at):
    assert asked(store, "--at", at) == 1
    assert "write RFC 3339 with an offset" in capsys.readouterr().err


def test_where_there_is_no_snapshot_it_says_how_to_make_one(tmp_path, capsys):
    assert asked(tmp_path / "none") == 1
    assert "wurao snapshot build" in capsys.readouterr().err


def test_a_category_that_is_none_is_wrong_usage(store):
    assert asked(store, "--category", "lottery") == 2


def test_the_label_before_a_rescue_is_told_beside_it():
    facts: Facts = but(
        stranger=True,
        category=0,
        **{"velocity.attempts_hour": 10_000, "wish.marketing": 0, "velocity.rescue_until": NOON + 1},
    )
    lines = list(told(explain(facts), load()))
    assert lines[0] == "提示 label · RESCUE_CALLBACK"
    assert any("VELOCITY_CALLER" in line and "Labelled before" in line for line in lines)
    assert any("1 公共安全 public_safety" in line and "decided" in line for line in lines)


def test_every_rule_action_and_code_has_its_word():
    assert set(RULES_ZH) == set(RULE_NAMES)
    assert set(ACTIONS_ZH) == set(ACTIONS)
    assert (ATTESTATIONS, ROAMINGS) == (columns.ATTESTATIONS, columns.ROAMINGS)


def message(store: Path, callee: str, text: str, *arguments: str) -> int:
    at = ("--at", SATURDAY, "--channel", "message", "--text", text)
    return run(["explain", "--to", callee, "--store", str(store), *at, *arguments])


def test_a_text_is_read_for_whoever_switched_content_protection_on(store, capsys):
    text = "妈，我明天到，照片在 http://www.bad.example.com/x 里，你看看，电话还是 13800138000"
    assert message(store, PROTECTED, text, "--from", "13900000000", "--json") == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["reason"] == "BLOCKED_DOMAIN"
    looked = printed["rules"][7]["looked_at"]
    assert (looked["text.links"], looked["text.blocked_domain"]) == ("www.bad.example.com", True)
    assert looked["text.class"] in CLASSES
    assert 0 <= looked["text.score"] <= 1
    assert message(store, PROTECTED, text, "--from", "13900000000") == 0
    told = capsys.readouterr().out.splitlines()
    assert any(line.startswith("短信正文 The text: ") for line in told)
    assert "   链接 link: http://www.bad.example.com/x" in told
    assert "   电话 phone: 13800138000" in told


def test_a_homograph_is_looked_up_and_shown_as_it_reads_and_as_it_is(store, capsys):
    text = "登录 http://аpple.com/x"
    assert message(store, PROTECTED, text, "--from", "13900000000", "--json") == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["reason"] == "BLOCKED_DOMAIN"
    assert printed["rules"][7]["looked_at"]["text.links"] == "apple.com;xn--pple-43d.com"
    assert message(store, PROTECTED, text, "--from", "13900000000") == 0
    told = capsys.readouterr().out.splitlines()
    assert "   链接 links: apple.com, xn--pple-43d.com" in told


def test_the_template_that_a_text_fits_is_named(store, capsys):
    bank = ("--from", "10690001", "--json")
    assert message(store, PROTECTED, "您的账单１，０２４元", *bank, "--template", "bill") == 0
    rules = json.loads(capsys.readouterr().out)["rules"]
    assert rules[7]["looked_at"]["template.fits"] == "bill"
    assert rules[8]["looked_at"]["template.matched"] is True
    assert message(store, PROTECTED, "您的贷款 5 元", *bank, "--template", "bill") == 0
    rules = json.loads(capsys.readouterr().out)["rules"]
    assert rules[7]["looked_at"]["template.fits"] is None
    assert rules[8]["looked_at"]["template.matched"] is False


def test_the_text_of_whoever_has_it_off_is_not_read(store, capsys):
    assert message(store, SUBSCRIBER, "登录 http://www.bad.example.com/x", "--from", "13900000000") == 0
    told = capsys.readouterr().out
    assert "The text was not read" in told
    assert "bad.example.com" not in told


def test_every_class_and_every_kind_of_find_has_a_chinese_name():
    assert tuple(CLASSES_ZH) == CLASSES
    assert tuple(FINDS_ZH) == tuple(kind.name for kind in FindKind)
