"""The real segment plan as the generator wants it: Shanxi's segments with city and operator, and segments elsewhere.

`people` fills Shanxi's with subscribers, `fraud` and `life` take callers from elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import phone
from numpy.typing import NDArray

from wurao.province.block import E164, Ints

PROVINCE = "山西"
ELSEWHERE = ("北京", "广东", "河北", "陕西", "河南", "浙江")
CODES = ("cmcc", "cucc", "ctcc", "cbn")
CITIES = {
    "太原": "351",
    "大同": "352",
    "阳泉": "353",
    "晋中": "354",
    "长治": "355",
    "晋城": "356",
    "临汾": "357",
    "吕梁": "358",
    "运城": "359",
    "忻州": "350",
    "朔州": "349",
}
"""The cities of the province and their area codes."""
AREA_CODES = np.array([int(code) for code in CITIES.values()], dtype=np.int64)
_ROW = np.dtype([("first", "<i4"), ("place", "<i4"), ("sort", "i1")])
_OPERATOR_OF_SORT = np.array([0, 0, 1, 2, 2, 1, 0, 3, 3], dtype=np.int8)
MOBILE = E164 + 86 * 10**11
"""What is added to the eleven digits of a mobile number."""


@dataclass(frozen=True)
class Segments:
    """Segments of 10,000 mobile numbers: the first seven digits, the place of the city and of the operator."""

    first: Ints
    city: NDArray[np.int8]
    operator: NDArray[np.int8]


def fixed(area_code: Ints | int, local: Ints | int) -> Ints:
    """A fixed number: area code without its 0, and seven local digits."""
    return np.asarray(E164 + 86 * 10**10 + np.asarray(area_code) * 10**7 + local, dtype=np.int64)


def shanxi() -> Segments:
    """Every mobile segment of the province, in order."""
    return _segments((PROVINCE,))


def elsewhere() -> Segments:
    """The mobile segments of a few other provinces, in order, without those of satellites (174, 1349)."""
    found = _segments(ELSEWHERE)
    mobile = (found.first // 10_000 != 174) & (found.first // 1_000 != 1_349)
    return Segments(found.first[mobile], found.city[mobile], found.operator[mobile])


def _segments(provinces: tuple[str, ...]) -> Segments:
    data = (Path(phone.__file__).parent / "phone.dat").read_bytes()
    rows = np.frombuffer(data[int.from_bytes(data[4:8], "little") :], dtype=_ROW)
    places = {int(at): data[at : data.index(0, at)].decode().split("|") for at in np.unique(rows["place"])}
    rows = rows[np.isin(rows["place"], [at for at, place in places.items() if place[0] in provinces])]
    cities = {city: n for n, city in enumerate(CITIES)}
    city = np.array([cities.get(places[int(at)][1], -1) for at in rows["place"]], dtype=np.int8)
    return Segments(rows["first"].astype(np.int64), city, _OPERATOR_OF_SORT[rows["sort"]])
