"""Texts from scripts: whole sentences without a slot left open, the same from the same seed; mistakes are named."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from pathlib import Path

import pytest

from wurao.content import scripts
from wurao.content.classes import CLASSES, FRAUD_KINDS, KINDS
from wurao.content.scripts import FILES, read_scripts, write_texts
from wurao.errors import Refused

HERE = Path(scripts.__file__).parent


def test_the_same_seed_draws_the_same_texts_and_another_others():
    assert list(write_texts(2)) == list(write_texts(2))
    assert list(write_texts(2, seed=2)) != list(write_texts(2))


def test_every_script_gives_so_many_texts_with_no_slot_left_open():
    given, _ = read_scripts()
    found = list(write_texts(5))
    assert Counter(label for label, _ in found) == Counter(script.label for script in given for _ in range(5))
    for label, text in found:
        assert not re.search(r"\{\w+\}|^\[|\]$", text) or text.startswith("["), text
        assert text.strip() or label
    assert sum(bool(text.strip()) for _, text in found) > 0.99 * len(found)


def test_labels_are_classes_with_kinds_and_every_kind_of_fraud_that_is_spoken_is_there():
    labels = {script.label for script in read_scripts()[0]}
    for label in labels:
        name, _, kind = label.partition(":")
        assert name in CLASSES
        assert kind in ("", *KINDS)
    assert {"otp", "service", "normal"} <= labels
    spoken = {label.removeprefix("fraud:") for label in labels if label.startswith("fraud:")}
    assert spoken <= set(FRAUD_KINDS)
    assert len(spoken) >= len(FRAUD_KINDS) - 1


def copied(tmp_path: Path, name: str, before: str, after: str) -> Path:
    """The scripts with one thing written otherwise."""
    for file in (*FILES, "slots.toml"):
        shutil.copy(HERE / file, tmp_path / file)
    text = (tmp_path / name).read_text("utf-8")
    assert before in text
    (tmp_path / name).write_text(text.replace(before, after, 1), "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ('class = "fraud"', 'class = "bad"', "its class or kind is none; normal, service, otp"),
        ('kind = "', 'kind = "un', "its class or kind is none"),
        ("{surname}", "{nobody}", "{nobody} is no slot; city"),
    ],
)
def test_a_script_with_a_mistake_is_named_with_its_place(tmp_path: Path, before: str, after: str, told: str):
    with pytest.raises(Refused) as refused:
        read_scripts(copied(tmp_path, "fraud.toml", before, after))
    assert re.fullmatch(rf"{re.escape(str(tmp_path / 'fraud.toml'))}: script \d+", refused.value.where)
    assert told in str(refused.value)
