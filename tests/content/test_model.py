"""A model's file: read back as it was written, and refused by name, with what to do, where it is anything else."""

from __future__ import annotations

import contextlib
import io
import json
import pickle
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.content.toys import toy_model
from wurao.content.model import FORMAT, MOST_LABELS, SHIPPED, Model, read_model, shipped_model, sign_names, write_model
from wurao.errors import Refused

SIGNS = len(sign_names())
REMEDY = "a file that `wurao content train` wrote with this version"


@st.composite
def models(draw: st.DrawFn) -> Model:
    keys = sorted(draw(st.sets(st.integers(0, 2**40 - 1), max_size=8)))
    labels = tuple(sorted(draw(st.sets(st.text(max_size=6), min_size=1, max_size=4))))
    chance, heads = np.random.default_rng(draw(st.integers(0, 2**32))), len(labels) + 1
    return Model(
        labels,
        sign_names(),
        np.array(keys, np.int64),
        chance.integers(-127, 128, (len(keys), heads)).astype(np.int8),
        chance.random(heads, np.float32),
        chance.normal(size=(SIGNS, heads)).astype(np.float32),
        chance.normal(size=(SIGNS * (SIGNS - 1) // 2, heads)).astype(np.float32),
        chance.normal(size=heads).astype(np.float32),
        draw(st.floats(0.1, 10)),
        draw(st.floats(-10, 10)),
        draw(st.dictionaries(st.text(max_size=4), st.integers(0, 10**9), max_size=3)),
    )


def small() -> Model:
    """A model whose file is short."""
    whole = toy_model()
    zeros = np.zeros_like(whole.pairs)
    return replace(whole, keys=whole.keys[:3], weights=whole.weights[:3], pairs=zeros, signs=np.zeros_like(whole.signs))


def are_same(one: Model, other: Model) -> bool:
    return all(np.array_equal(getattr(one, each.name), getattr(other, each.name)) for each in fields(Model))


def refused(file: Path) -> str:
    with pytest.raises(Refused) as error:
        read_model(file)
    assert error.value.where == str(file)
    assert error.value.right == REMEDY
    return error.value.wrong


@settings(max_examples=25)
@given(models())
def test_a_model_is_read_as_it_was_written_and_written_twice_the_same(tmp_path_factory, model: Model):
    file = tmp_path_factory.mktemp("model") / "a.model"
    octets = write_model(model, file)
    assert octets == file.stat().st_size
    assert are_same(read_model(file), model)
    before = file.read_bytes()
    write_model(read_model(file), file)
    assert file.read_bytes() == before
    assert [each.name for each in file.parent.iterdir()] == ["a.model"]


@settings(max_examples=60)
@given(st.floats(0, 1, exclude_max=True))
def test_a_model_that_is_cut_anywhere_is_refused(tmp_path_factory, part: float):
    file = tmp_path_factory.mktemp("model") / "a.model"
    write_model(small(), file)
    octets = file.read_bytes()
    file.write_bytes(octets[: int(part * len(octets))])
    assert "is no whole model" in refused(file)


@settings(max_examples=150)
@given(st.floats(0, 1, exclude_max=True), st.integers(1, 255))
def test_a_model_with_any_octet_changed_is_refused_or_is_the_same_model(tmp_path_factory, part: float, change: int):
    file = tmp_path_factory.mktemp("model") / "a.model"
    write_model(small(), file)
    octets = bytearray(file.read_bytes())
    octets[int(part * len(octets))] ^= change
    file.write_bytes(octets)
    with contextlib.suppress(Refused):
        assert are_same(read_model(file), small())
        return
    assert refused(file)


def rewritten(file: Path, header: dict[str, Any] | None = None, **arrays: Any) -> Path:
    """The model's file with something else in it, whole as a file."""
    write_model(small(), file)
    with np.load(file) as old:
        inside = {name: old[name] for name in old.files}
    told = json.loads(inside["header"].tobytes()) | (header or {})
    octets = io.BytesIO()
    inside["header"] = np.frombuffer(json.dumps(told).encode(), np.uint8)
    np.savez_compressed(octets, **inside | arrays)
    file.write_bytes(octets.getvalue())
    return file


@pytest.mark.parametrize("other", [FORMAT + 1, 0, None, "one"])
def test_a_model_of_another_format_is_refused_with_both_named(tmp_path: Path, other: object):
    assert refused(rewritten(tmp_path / "a.model", {"format": other})) == f"is of format {other}, not {FORMAT}"


def test_a_model_learned_with_other_words_is_refused(tmp_path: Path):
    names = ("other", *sign_names()[1:])
    assert refused(rewritten(tmp_path / "a.model", {"sign_names": names})) == "was trained with other groups of words"


@pytest.mark.parametrize(
    ("header", "arrays", "told"),
    [
        ({"labels": ["one"]}, {}, "do not fit its labels and signs"),
        ({"labels": [str(n) for n in range(MOST_LABELS + 1)]}, {}, "do not fit"),
        ({"slope": float("nan")}, {}, "some of its weights are no numbers"),
        ({"offset": "x"}, {}, "is no whole model"),
        ({"trained_on": 7}, {}, "is no whole model"),
        ({}, {"bias": np.full(3, np.inf, np.float32)}, "some of its weights are no numbers"),
        ({}, {"bias": np.zeros(9, np.float32)}, "its bias do not fit"),
        ({}, {"weights": np.zeros((3, 3), np.float64)}, "is no whole model"),
        ({}, {"keys": np.zeros(4, np.int64)}, "its weights do not fit"),
        ({}, {"keys": np.zeros((3, 1), np.int64)}, "its keys are in no rising order"),
        ({}, {"keys": np.array([5, -3, 1], np.int64)}, "its keys are in no rising order"),
        ({}, {"keys": np.array([5, 0, 1], np.int64)}, "its keys are in no rising order"),
    ],
)
def test_a_model_whose_parts_do_not_fit_is_refused(tmp_path: Path, header: dict, arrays: dict, told: str):
    assert told in refused(rewritten(tmp_path / "a.model", header, **arrays))


@pytest.mark.parametrize("octets", [b"", b"PK", b"text,label\n", b"\x80\x04N.", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_model_is_refused(tmp_path: Path, octets: bytes):
    file = tmp_path / "a.model"
    file.write_bytes(octets)
    assert "is no whole model" in refused(file)


def test_a_file_that_is_not_there_and_a_directory_are_refused(tmp_path: Path):
    assert refused(tmp_path / "none.model") == "there is no such file"
    assert "is no whole model" in refused(tmp_path)


class _Trap:
    def __reduce__(self) -> Any:
        return Path.touch, (Path("trap"),)


def test_nothing_in_a_model_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    trap = np.empty(1, object)
    trap[0] = _Trap()
    assert "is no whole model" in refused(rewritten(tmp_path / "a.model", bias=trap))
    (tmp_path / "b.model").write_bytes(pickle.dumps(_Trap()))
    assert "is no whole model" in refused(tmp_path / "b.model")
    assert not (tmp_path / "trap").exists()


def test_the_shipped_model_is_whole_and_small_and_never_saw_what_it_is_measured_on():
    model = shipped_model()
    assert SHIPPED.stat().st_size <= 4_000_000
    assert model.sign_names == sign_names()
    assert "tft5" not in model.trained_on
