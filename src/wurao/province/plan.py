"""The real segment plan as the generator wants it: Shanxi's segments with city and operator; segments elsewhere.

`people` fills Shanxi's with subscribers, `fraud` and `life` take callers from elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wurao.numbering.plan import packaged
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
_OURS = np.array([0, 1, 2, 2, 1, 0, 3, 3], dtype=np.int8)
"""Of each operator of the plan, virtual ones too, the place of the network in `CODES`."""
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
    """Every mobile segment of the province, in order, by the packaged plan: the same seed, the same province."""
    plan = packaged()
    first = plan.segments(PROVINCE)
    places = {plan.cities.index(city): n for n, city in enumerate(CITIES)}
    city = [places[code] for code in plan.city_of_segments(first).tolist()]
    return Segments(first, np.array(city, dtype=np.int8), _OURS[plan.operator_of_segments(first)])


def elsewhere() -> Ints:
    """The mobile segments of a few other provinces."""
    plan = packaged()
    return np.concatenate([plan.phone_segments(province) for province in ELSEWHERE])
