"""The parsers of `content` that `fuzz` tries: rules, words, models, bodies of templates, labelled tables, and any text.

As in `fuzz_targets`; a text is never refused, so whatever octets it has, reading it must give the same as reading it
uncompiled, a fold that the plain one gives, scores that are probabilities, and no fault.
"""

from __future__ import annotations

import functools
import io
import json
import random
import zipfile
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import csv, parquet

from benchmarks.fuzz_inputs import Parse, Target, file_of, taken
from benchmarks.ground import Ground
from wurao.content.disguises import DISGUISES
from wurao.content.folding import fold_texts
from wurao.content.folding_plain import plain_text
from wurao.content.judging import all_groups, classifier_of
from wurao.content.labelled import read_table, with_labels, write_table
from wurao.content.model import read_model, write_model
from wurao.content.reader import Fitting, Reader, TextsRead
from wurao.content.rules import PATH as RULES
from wurao.content.rules import own_groups, read_rules, rule_table
from wurao.content.scoring import judge_texts
from wurao.content.scripts import write_texts
from wurao.content.template_index import compile_templates, no_templates
from wurao.content.training import plain_table, train
from wurao.content.words import PATH as WORDS
from wurao.content.words import groups, read_groups, word_table

BETWEEN = b"\x1e"
"""Between texts, and between bodies."""
MEMBER = b"\n---member---\n"
PLAIN_OCTETS, PLAIN_EVERY = 200, 8
"""So long an input may be, and of so many lengths one, to be read uncompiled too, which is slow."""
BODIES = (
    "您的验证码是{code}，{minutes}分钟内有效",
    "{name}您好，{date}消费{amount}元",
    "【店】{text}{text}{link}回T退订",
)
ODD = ("", " ", "a", "\u200b" * 50, "1" * 500, "【" * 300, "点" * 300, "аррӏе.com", "e" + "\u0301\u0327" * 200)


def _rules(data: bytes, directory: Path) -> bool:
    def compile_rules() -> None:
        given = read_rules(file_of(data, directory, "rules.toml"), groups())
        word_table(own_groups(given))
        rule_table(given, all_groups(given))

    return taken(compile_rules)


def _words(data: bytes, directory: Path) -> bool:
    return taken(lambda: word_table(read_groups(file_of(data, directory, "words.toml"))))


def _some_words(ground: Ground) -> list[bytes]:
    sections = WORDS.read_bytes().split(b"\n[")
    return [b"\n[".join([b"", *sections[first : first + 3]]) for first in (1, 4)]


def _model(data: bytes, directory: Path) -> bool:
    """A file as it is, or its members, put into a sound archive again, so that more than its checksums is tried."""
    if not data.startswith(b"PK"):
        data = _archive(data)

    def judge() -> None:
        model = read_model(file_of(data, directory, "some.model"))
        judged = judge_texts(pa.array(list(ODD)), classifier_of(model))
        if not np.isin(judged.array("label"), range(len(model.labels))).all():
            raise AssertionError("a label is none of the model's")

    return taken(judge)


def _archive(data: bytes) -> bytes:
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w") as archive:
        for member in data.split(MEMBER)[1:]:
            name, _, content = member.partition(b"\n")
            archive.writestr(name.decode("latin-1"), content)
    return octets.getvalue()


def _models(ground: Ground) -> list[bytes]:
    texts, labels = _labelled()
    path = ground.work / "seed.model"
    write_model(train(plain_table(pa.array(texts), labels), {"seed": len(texts)}), path)
    with zipfile.ZipFile(path) as archive:
        members = [name.encode() + b"\n" + archive.read(name) for name in archive.namelist()]
    return [path.read_bytes(), b"".join(MEMBER + member for member in members)]


def _labelled() -> tuple[list[str], list[str]]:
    labels, texts = zip(*write_texts(2, seed=3), strict=True)
    return list(texts), [label.partition(":")[0] for label in labels]


def _text(data: bytes, directory: Path) -> bool:
    texts = data.split(BETWEEN)
    read = _read(texts)
    if read.faults:
        raise AssertionError(f"a text could not be read: {read.faults[0].error!r}")
    scores = np.concatenate([read.judged.array("score"), read.judged.array("score_known")])
    if not ((scores >= 0) & (scores <= 1)).all():
        raise AssertionError("a score is no probability")
    alone = judge_texts(pa.array(texts, pa.binary()), _reader().classifier).array("score")
    if not np.array_equal(alone, read.judged.array("score")[read.reading]):
        raise AssertionError("a text is judged otherwise in a batch than alone")
    points, offsets = fold_texts(pa.array(texts, pa.binary()))
    for row, text in enumerate(texts):
        plain = plain_text(text.decode("utf-8", "replace"))
        if points[offsets[row] : offsets[row + 1]].tobytes().decode("utf-32-le", "replace") != plain:
            raise AssertionError(f"{text[:80]!r} is folded otherwise by compiled code")
    if len(data) <= PLAIN_OCTETS and len(data) % PLAIN_EVERY == 0:
        _compare(read, _read(texts, plain=True))
    return True


def _read(texts: list[bytes], plain: bool = False) -> TextsRead:
    octets = np.frombuffer(b"".join(texts), np.uint8)
    places = np.cumsum([0, *map(len, texts)]).astype(np.int32)
    rows = np.arange(len(texts))
    declared = (rows % (len(BODIES) + 1) - 1).astype(np.int32)
    read = _reader().read_octets(octets, places, rows, declared, _fitting(), plain=plain)
    if len(texts):
        _reader().finds()
    return read


def _compare(compiled: TextsRead, plain: TextsRead) -> None:
    pairs = [(compiled.fits, plain.fits)]
    pairs += [(compiled.judged.array(name), plain.judged.array(name)) for name in ("score", "class_of", "kind")]
    pairs += [(compiled.readings.array(name), plain.readings.array(name)) for name in ("hashes", "sketches", "hosts")]
    if not all(np.allclose(one, other, atol=1e-6) for one, other in pairs):
        raise AssertionError("a text is read otherwise by compiled code")


@functools.cache
def _reader() -> Reader:
    return Reader(key=lambda: bytes(32))


@functools.cache
def _fitting() -> Fitting:
    return Fitting(compile_templates(pa.array(BODIES), fold_texts).templates(), no_templates(len(BODIES), above=True))


def _texts(ground: Ground) -> list[bytes]:
    chance = random.Random(2)
    texts = [text for _, text in write_texts(1, seed=5)]
    disguised = [DISGUISES[name](text, chance) for text in texts[:5] for name in DISGUISES]
    octets = [text.encode() for text in (*texts, *disguised, *ODD)]
    return [*octets, BETWEEN.join(octets[:20]), b"\xff\xfe\xed\xa0\x80" + octets[0]]


def _bodies(data: bytes, directory: Path) -> bool:
    """Each a body: compiled, and held against itself and the others as texts."""
    texts = data.split(BETWEEN)
    bodies = pa.array([text.decode("utf-8", "replace") for text in texts])
    compiled = compile_templates(bodies, fold_texts)
    fitting = Fitting(compiled.templates(), no_templates(len(bodies), above=True))
    rows = np.arange(len(texts))
    read = _reader().read(bodies, rows, rows.astype(np.int32)[::-1].copy(), fitting)
    if read.faults:
        raise AssertionError(f"a text could not be held against a template: {read.faults[0].error!r}")
    return len(compiled.faults) == 0


def _some_bodies(ground: Ground) -> list[bytes]:
    return [BETWEEN.join(body.encode() for body in BODIES), *(body.encode() for body in BODIES)]


def _table_in(ending: str) -> Parse:
    def parse(data: bytes, directory: Path) -> bool:
        path = file_of(data, directory, f"labelled.{ending}")

        def read() -> None:
            with_labels(table := read_table(path, "text", "label"))
            for form in ("csv", "jsonl", "parquet"):
                write_table(table, directory / f"again.{form}")

        return taken(read)

    return parse


def _table() -> pa.Table:
    texts, labels = _labelled()
    texts[0] = '他说："请勿"转告\n他人,\u3000再说'
    return pa.table({"text": texts, "label": labels, "n": list(range(len(texts))), "more": [[1, 2]] * len(texts)})


def _csv_tables(ground: Ground) -> list[bytes]:
    sink = pa.BufferOutputStream()
    csv.write_csv(_table().drop_columns(["more"]), sink)
    return [sink.getvalue().to_pybytes()]


def _jsonl_tables(ground: Ground) -> list[bytes]:
    return ["".join(json.dumps(row, ensure_ascii=False) + "\n" for row in _table().to_pylist()).encode()]


def _parquet_tables(ground: Ground) -> list[bytes]:
    found = []
    for how in ({"compression": "none"}, {"compression": "zstd"}, {"use_dictionary": False, "compression": "snappy"}):
        sink = pa.BufferOutputStream()
        parquet.write_table(_table(), sink, **how)
        found.append(sink.getvalue().to_pybytes())
    return found


TEXT_TARGETS = (
    Target("rules", lambda ground: [RULES.read_bytes()], _rules),
    Target("words", _some_words, _words),
    Target("model", _models, _model),
    Target("texts", _texts, _text),
    Target("template-bodies", _some_bodies, _bodies),
    Target("labelled-csv", _csv_tables, _table_in("csv")),
    Target("labelled-jsonl", _jsonl_tables, _table_in("jsonl")),
    Target("labelled-parquet", _parquet_tables, _table_in("parquet")),
)
