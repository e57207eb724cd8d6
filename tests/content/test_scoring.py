"""A column judged whole: whatever Arrow has it in, row for row."""

from __future__ import annotations

import pyarrow as pa
import pytest

from tests.content.toys import judged, toy_classifier
from wurao.content.judging import Judged
from wurao.content.scoring import judge_texts

TEXTS = ["x", "请把钱转到安全账户", None, "晚上一起吃饭吗", "", "請把錢轉到安全賬戶"]


@pytest.mark.parametrize(
    "given",
    [
        pa.array(TEXTS)[1:],
        pa.array(TEXTS, pa.large_string())[1:],
        pa.array([None if text is None else text.encode() for text in TEXTS], pa.binary())[1:],
        pa.array(TEXTS).dictionary_encode()[1:],
        pa.chunked_array([TEXTS[1:2], TEXTS[2:]], pa.string()),
    ],
    ids=["string", "large string", "octets", "dictionary", "chunked"],
)
def test_a_column_of_any_kind_of_texts_is_judged_row_for_row(given: pa.Array):
    found = judge_texts(given, toy_classifier())
    expected = judged(toy_classifier(), *TEXTS[1:])
    assert list(zip(*(found.array(name).tolist() for name in Judged.columns), strict=True)) == expected


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.null()])
def test_an_empty_column_has_no_judgement(kind: pa.DataType):
    assert len(judge_texts(pa.array([], kind), toy_classifier()).array("score")) == 0


def test_a_column_of_nothing_but_nulls_is_judged_as_empty_texts():
    found = judge_texts(pa.nulls(3), toy_classifier()).array("score").tolist()
    assert found == [judged(toy_classifier(), "")[0][0]] * 3


def test_a_column_of_something_else_is_told_from_texts():
    with pytest.raises(TypeError, match="holds no texts"):
        judge_texts(pa.array([1, 2]), toy_classifier())
