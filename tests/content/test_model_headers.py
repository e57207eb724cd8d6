"""A model whose archive is whole, but the header of one of its arrays is not, is refused as any damaged one."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from wurao.content.model import SHIPPED, read_model
from wurao.errors import Refused


@pytest.mark.parametrize("header", [b"{'descr': (((", b"{'descr': '''<i8", b"{'shape': (1,)", b"", b"\xff\xfe\x00"])
def test_a_header_that_is_cut_is_refused_with_what_would_be_right(header: bytes, tmp_path: Path):
    path = tmp_path / "damaged.model"
    with zipfile.ZipFile(SHIPPED) as shipped, zipfile.ZipFile(path, "w") as damaged:
        for name in shipped.namelist():
            octets = shipped.read(name)
            if name == "keys.npy":
                length = int.from_bytes(octets[8:10], "little")
                octets = octets[:10] + header.ljust(length)[:length] + octets[10 + length :]
            damaged.writestr(name, octets)
    with pytest.raises(Refused, match="is no whole model") as refused:
        read_model(path)
    assert "wurao content train" in refused.value.right
