"""The firms of the province: senders with their headers, templates and trunks, and the consents given to them.

A firm is a place in `Firms`. Most advertise; there are banks, carriers, schools, hospitals and debt collectors, and a
few that are suspended, out of time, or under orders. Each has a port number for messages and one for codes, and a line
for calls; `registry` writes them, `business` sends for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wurao.province.block import Ints
from wurao.province.people import DENIES_400, People
from wurao.province.plan import AREA_CODES, fixed
from wurao.province.texts import Texts
from wurao.province.wishes import DEBT, MARKETING, SERVICE

BANKS = ("95588", "95533", "95566", "95599", "95595", "95528")
BANK_NAMES = ("工商银行", "建设银行", "中国银行", "农业银行", "光大银行", "浦发银行")
RENDERED = 4
"""Each template is sent with so many different fillings."""

ADVERTISER, BANK, SCHOOL, HOSPITAL, LENDER, SUSPENDED, LAPSED, ORDERED, NARROW = range(9)
"""Sorts of firm. `LAPSED`: its headers are out of time; `ORDERED`: itself or a header under an order; `NARROW`: its
ceiling is low."""

IN_FORCE, REVOKED, EXPIRED, OTHER_CATEGORY = range(4)
_NAMES = ("汾河", "晋阳", "云冈", "太行", "五台", "平遥", "雁门", "河东", "上党", "吕梁", "并州", "恒山")
_TRADES = ("金融", "置业", "教育", "健康", "百货", "传媒", "旅行", "餐饮", "服务")
_MARKETING_BODIES = (
    "【{firm}】本周优惠满{amount}减50,{day}前有效,拒收请回复R",
    "【{firm}】会员专享{amount}元礼券已到账,{day}前使用,拒收请回复R",
)
_SERVICE_BODY = "【{firm}】您预约的业务已受理,单号{amount},请于{day}前到店办理"
_CODE_BODY = "【{firm}】验证码{code},10分钟内有效,请勿告诉他人"


@dataclass(frozen=True)
class Firms:
    """Senders as columns, a row each. Headers are callers as `block` has them; templates are places in `bodies`."""

    name: tuple[str, ...]
    sort: NDArray[np.int8]
    category: Ints
    city: Ints
    weight: NDArray[Any]
    port: Ints
    code_port: Ints
    line: Ints
    own_trunk: Ints
    marketing: Ints
    service: Ints
    code: Ints
    bodies: tuple[str, ...]
    rendered: Ints

    def __len__(self) -> int:
        return len(self.name)

    def of(self, sort: int) -> Ints:
        """The firms of a sort."""
        return np.flatnonzero(self.sort == sort)

    def draw(self, rng: np.random.Generator, n: int, sort: int = ADVERTISER) -> Ints:
        """Draw n firms of a sort, busy ones more often."""
        places = self.of(sort)
        shares = self.weight[places] / self.weight[places].sum()
        return np.asarray(rng.choice(places, n, p=shares))

    def port_of(self, rng: np.random.Generator, firm: Ints) -> Ints:
        """The port number that each firm advertises from; who registered a prefix adds three digits of its own."""
        tail = rng.integers(100, 1_000, len(firm))
        return np.where(firm % 2 == 1, self.port[firm] * 1_000 + tail, self.port[firm])

    def text(self, rng: np.random.Generator, template: Ints) -> Ints:
        """A filling of each template, as a place in the texts."""
        return np.asarray(self.rendered[template] + rng.integers(0, RENDERED, len(template)))


def firms(rng: np.random.Generator, subscribers: int, pool: Texts) -> Firms:
    """Make the firms for a province of this size, and put their rendered templates into the pool."""
    advertisers = int(np.clip(subscribers // 400, 40, 20_000))
    few = int(np.clip(subscribers // 20_000, 4, 400))
    sorts = [ADVERTISER] * advertisers + [BANK] * len(BANKS) + [SCHOOL] * few + [HOSPITAL] * few
    sorts += [LENDER] * few + [SUSPENDED] * 4 + [LAPSED] * 4 + [ORDERED] * 4 + [NARROW] * 2
    sort = np.array(sorts, dtype=np.int8)
    n = len(sort)
    category = rng.integers(0, MARKETING, n)
    category[sort == BANK] = 0
    category[(sort == SCHOOL) | (sort == HOSPITAL)] = SERVICE
    category[sort == LENDER] = DEBT
    city = rng.integers(0, len(AREA_CODES), n)
    own_trunk = np.where((sort == BANK) | (sort == ORDERED) | (rng.random(n) < 0.3), 0, -1)
    own_trunk[own_trunk == 0] = np.arange((own_trunk == 0).sum())
    name = _names(n, sort, category)
    bodies, rendered = _templates(rng, name, pool)
    return Firms(
        name=name,
        sort=sort,
        category=category,
        city=city,
        weight=1.0 / (rng.permutation(n) + 6.0),
        port=1_069_000_000_000 + np.arange(n) * 10,
        code_port=1_069_000_000_001 + np.arange(n) * 10,
        line=_lines(sort, city),
        own_trunk=own_trunk,
        marketing=np.arange(n) * 4 + rng.integers(0, 2, n),
        service=np.arange(n) * 4 + 2,
        code=np.arange(n) * 4 + 3,
        bodies=bodies,
        rendered=rendered,
    )


def _names(n: int, sort: NDArray[np.int8], category: Ints) -> tuple[str, ...]:
    names = []
    for place in range(n):
        kind, first = sort[place], _NAMES[place % len(_NAMES)]
        if kind == BANK:
            names.append(BANK_NAMES[place - int(np.argmax(sort == BANK))])
        elif kind == SCHOOL:
            names.append(f"{first}第{place % 40 + 1}小学")
        elif kind == HOSPITAL:
            names.append(f"{first}第{place % 9 + 1}医院")
        elif kind == LENDER:
            names.append(f"{first}资产管理{place}号")
        else:
            names.append(f"{first}{_TRADES[category[place]]}{place}")
    return tuple(names)


def _lines(sort: NDArray[np.int8], city: Ints) -> Ints:
    """The line for calls: a bank's short code; a fixed number of schools and hospitals; a 400 number or a 1010 code."""
    place = np.arange(len(sort))
    line = np.where((place % 2 == 0) | (place >= 20_000), 4_008_100_000 + place, 10_100_000 + place // 2)
    line = np.where((sort == SCHOOL) | (sort == HOSPITAL), fixed(AREA_CODES[city], 2_000_000 + place), line)
    line[sort == BANK] = [int(code) for code in BANKS]
    return line


def _templates(rng: np.random.Generator, name: tuple[str, ...], pool: Texts) -> tuple[tuple[str, ...], Ints]:
    """Four bodies a firm (two marketing, one service, one for codes), and where each one's fillings begin."""
    bodies, texts = [], []
    start = len(pool.pool)
    fillings = rng.integers(0, 1_000_000, (len(name) * 4, RENDERED))
    for place, firm in enumerate(name):
        for n, body in enumerate((*_MARKETING_BODIES, _SERVICE_BODY, _CODE_BODY)):
            body = body.replace("{firm}", firm)
            bodies.append(body)
            for filling in fillings[place * 4 + n]:
                day = f"{filling % 12 + 1}月{filling % 28 + 1}日"
                text = body.replace("{amount}", str(100 + filling % 900)).replace("{day}", day)
                texts.append(text.replace("{code}", f"{filling:06d}"))
    pool.add("templates", texts)
    return tuple(bodies), start + np.arange(len(bodies)) * RENDERED


@dataclass(frozen=True)
class Consents:
    """Consents as columns, one for any pair of person and firm, in the order of the pairs."""

    person: Ints
    firm: Ints
    state: NDArray[np.int8]
    categories: Ints
    channels: Ints
    pairs: Ints
    firms: int

    def between(self, person: Ints, firm: Ints) -> NDArray[np.bool_]:
        """Whether any consent, in force or not, stands between each person and firm."""
        pair = person * self.firms + firm
        place = np.minimum(np.searchsorted(self.pairs, pair), max(len(self.pairs) - 1, 0))
        return np.asarray(self.pairs[place] == pair) if len(self.pairs) else np.zeros(len(pair), dtype=bool)


def consents(rng: np.random.Generator, people: People, firms: Firms, n: int) -> Consents:
    """About n consents by registered people, most in force, to advertisers and to one's own lender."""
    person = people.draw(rng, n, lambda some: may_consent(people, some))
    lender = rng.random(len(person)) < 0.04
    firm = np.where(lender, firms.draw(rng, len(person), LENDER), firms.draw(rng, len(person)))
    pairs, first = np.unique(person * len(firms) + firm, return_index=True)
    person, firm = person[first], firm[first]
    state = rng.choice(4, len(pairs), p=[0.8, 0.1, 0.06, 0.04]).astype(np.int8)
    category = firms.category[firm]
    state[(state == OTHER_CATEGORY) & (category == DEBT)] = IN_FORCE
    other = (category + 1 + rng.integers(0, MARKETING - 1, len(pairs))) % MARKETING
    categories = 1 << np.where(state == OTHER_CATEGORY, other, category)
    channels = rng.choice([0b010, 0b011, 0b111, 0b110], len(pairs), p=[0.4, 0.3, 0.2, 0.1])
    channels[category == DEBT] = 0b111
    return Consents(person, firm, state, categories, channels, pairs, len(firms))


def may_consent(people: People, person: Ints) -> NDArray[np.bool_]:
    """Who of these gives consents that nothing of their own stands against: registered, no list in the way."""
    return np.asarray(people.registered[person] & ~people.only_my_list(person) & ~people.has(person, DENIES_400))
