"""The benchmarks of texts measure what they say: the same hits on both sides, distinct texts, what is missing told."""

from __future__ import annotations

import importlib.util
import random
import sys
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pytest
from pyarrow import parquet

from benchmarks import hostile_texts, parquet_texts, rspamd_server, texts, words
from benchmarks.content_texts import real_texts
from benchmarks.fuzz_inputs import Target, mutated
from benchmarks.fuzz_texts import TEXT_TARGETS
from benchmarks.ground import Ground
from benchmarks.rounds import by_turns
from benchmarks.text_events import SHARE, forms, text_tables, write_text_events

SCALE = 2_000


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    return Ground(SCALE, tmp_path_factory.mktemp("bench"))


def found_anywhere(octets: bytes, given: words.Words) -> list[tuple[int, ...]]:
    hits = []
    for number, word in enumerate(given.written):
        start = octets.find(word)
        while start >= 0:
            hits.append((number, start + len(word)))
            start = octets.find(word, start + 1)
    return hits


def test_our_walk_finds_every_word_that_a_plain_search_finds():
    given = words.all_words()
    some = [*real_texts()[0][::150], "abc 银行123卡 app APP下载 happ", "", "您的，账　户已冻*结"]
    beside = words.Given.of(some, given)
    counts = beside.counts()
    assert counts.sum() > 50
    assert np.array_equal(counts, words.counted(found_anywhere(beside.joined, given), beside.octets, given))


def test_words_stand_beside_what_is_installed(ground: Ground):
    figures = {figure.name: figure for figure in words.run(ground)}
    assert list(figures) == ["words-ahocorasick", "words-hyperscan"]
    for package, figure in zip(("ahocorasick_rs", "hyperscan"), figures.values(), strict=True):
        here = importlib.util.find_spec(package) is not None
        assert figure.value > 0
        assert (figure.ratio is not None) == here
        assert here or f"{package} is not here" in figure.beside


def test_without_rspamd_and_scikit_learn_our_figures_are_printed_and_what_to_install_is_said(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PATH", "")
    monkeypatch.setitem(sys.modules, "sklearn", None)
    monkeypatch.setattr("benchmarks.n_grams.importlib.util.find_spec", lambda name: None)
    figures = {figure.name: figure for figure in texts.run(ground)}
    assert list(figures) == ["texts", "texts-rspamd"]
    assert all(figure.value > 0 and figure.ratio is None for figure in figures.values())
    assert "scikit-learn is not installed (make bench installs it)" in figures["texts"].beside
    assert "rspamd is not installed (Debian's package rspamd)" in figures["texts-rspamd"].beside


def test_a_message_becomes_a_mail_of_one_part():
    head, _, body = rspamd_server.mail_of("验证码123", 7).partition(b"\r\n\r\n")
    assert b"Message-ID: <7@sms.example>" in head
    assert body.decode() == "验证码123\r\n"


def test_hostile_texts_are_as_long_as_they_say_and_distinct():
    for kind in hostile_texts.kinds():
        some = [text.encode() for text in hostile_texts.columns(kind, 1_000, 20).to_pylist()]
        assert len(set(some)) == 20
        assert all(990 <= len(text) <= 1_000 for text in some)


def test_growth_is_of_a_longer_text_over_a_shorter_one():
    assert hostile_texts.growth([2.0, 1.0, 3.0]) == 3.0
    assert hostile_texts.growth([3.0, 2.0]) == 1.0


def test_every_kind_of_hostile_text_is_read(ground: Ground):
    (figure,) = hostile_texts.run(ground)
    assert figure.value >= 1
    for kind in hostile_texts.kinds():
        assert any(note.startswith(f"{kind.name}: ") for note in figure.notes)


def test_a_fifth_of_the_days_events_are_messages_with_distinct_texts(ground: Ground, tmp_path: Path):
    given = forms(ground.load.templates, SCALE)
    count, messages = write_text_events(ground, given, tmp_path / "events", 10_000 * SCALE)
    (path,) = (tmp_path / "events").iterdir()
    table = parquet.read_table(path)
    is_message = pc.equal(table.column("channel"), "message")
    assert table.num_rows == count == 10_000
    assert pc.sum(is_message).as_py() == messages == pytest.approx(SHARE * count, rel=0.1)
    assert pc.all(pc.equal(pc.is_valid(table.column("text")), is_message)).as_py()
    declared = pc.sum(pc.is_valid(table.column("template_id"))).as_py()
    assert declared == pytest.approx(0.3 * messages, rel=0.2)
    with_figures = (
        table.column("text").drop_null().filter(pc.match_substring_regex(table.column("text").drop_null(), "[0-9]"))
    )
    assert len(with_figures.unique()) == len(with_figures) > messages / 2


def test_protection_is_on_for_some_or_for_all_and_templates_have_bodies(ground: Ground, tmp_path: Path):
    given = forms(ground.load.templates, SCALE)
    some = text_tables(ground, given, tmp_path / "some", all_protected=False)
    assert 0.05 < some < 0.3
    assert text_tables(ground, given, tmp_path / "all", all_protected=True) == 1.0
    assert (
        parquet.read_table(tmp_path / "all" / "templates.parquet").column("body").to_pylist()
        == given.bodies.to_pylist()
    )
    assert {path.name for path in (tmp_path / "all").iterdir()} == {
        path.name for path in ground.tables.glob("*.parquet")
    }


def test_a_day_with_texts_is_screened_twice(ground: Ground):
    figures = list(parquet_texts.run(ground))
    assert [figure.name for figure in figures] == ["parquet-texts", "parquet-texts-all"]
    assert "content protection on for 100.0% of subscribers" in figures[1].notes[1]
    assert not (ground.work / "text-events").exists()


def test_a_clock_of_its_own_times_both():
    ticks = iter(range(100))
    rounds = by_turns(lambda: next(ticks), lambda: None, 2, lambda: float(next(ticks)))
    assert rounds.ours == [2.0, 2.0]
    assert rounds.theirs == [1.0, 1.0]


@pytest.mark.parametrize("target", TEXT_TARGETS, ids=lambda target: target.name)
def test_what_is_good_is_taken_and_what_is_damaged_is_answered(target: Target, ground: Ground, tmp_path: Path):
    seeds = target.seeds(ground)
    assert all(target.parse(seed, tmp_path) for seed in seeds[:10])
    chance = random.Random(3)
    for _ in range(8):
        target.parse(mutated(chance, seeds), tmp_path)
