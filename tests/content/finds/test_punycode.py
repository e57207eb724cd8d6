"""International labels: the compiled writer says what Python's codec says, and refuses what is too long."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from wurao.compiled import View
from wurao.content.finds.punycode import write_label


def written(label: str) -> str | None:
    points = View(np.array([ord(letter) for letter in label], "i4"))
    octets = np.zeros(80, "u1")
    end = write_label(points, len(label), View(octets), 0)
    return octets[:end].tobytes().decode("ascii") if end >= 0 else None


@given(st.text(st.characters(min_codepoint=0x61, exclude_categories=["Cs"]), min_size=1, max_size=63))
def test_a_label_is_written_as_the_codec_writes_it(label: str):
    ascii_form = label if label.isascii() else "xn--" + label.encode("punycode").decode()
    assert written(label) == (ascii_form if len(ascii_form) <= 63 else None)


def test_labels_of_rfc_3492_are_written_as_it_says():
    assert written("他们为什么不说中文") == "xn--ihqwcrb4cv8a8dqg056pqjye"
    assert written("3年b組金八先生") == "xn--3b-ww4c5e180e575a65lsy2b"
