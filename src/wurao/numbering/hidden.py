"""The words by which networks and people say that a number is hidden, missing or none, as a tree of code points.

In goes one symbol of a text after another (`next_step`); out comes, at the end, whether the whole text was such a word
(`meaning_of`). Spaces, hyphens and brackets are passed over by the caller and letters are capitals, so `No-Number`
and `no number` are one word. Called by `parse` only. `WITHHELD` and `IMPOSSIBLE` are our own canonical texts.

Sources: RFC 3323 4.1 and RFC 3325 9.1 (`Anonymous`); 3GPP TS 24.229 and TS 24.607 (`Anonymous`, `Unavailable`,
`Unknown`, `Coin line/payphone`); RFC 2543 and carriers' practice for the others.
"""

from __future__ import annotations

import numpy as np

from wurao.compiled import apart

NO_WORD = 0
"""The text is none of these words."""
MEANS_WITHHELD = 1
MEANS_IMPOSSIBLE = 2

START = 0
LOST = -1
"""No word begins like this."""

_WITHHELD = (
    "anonymous anonymouscaller unknown unknowncaller unknownnumber restricted restrictednumber private privatecaller "
    "privatenumber privatename unavailable numberunavailable notavailable withheld numberwithheld callerwithheld "
    "hidden hiddennumber blocked blockednumber blockedcaller nocallerid callerid nonumber outofarea suppressed null "
    "nil none undefined na nan payphone coinlinepayphone "
    "未知 未知号码 未知來電 未知来电 未知號碼 未知主叫 隐藏 隐藏号码 隱藏 隱藏號碼 号码隐藏 匿名 匿名号码 匿名来电 "
    "匿名號碼 无 无号码 无主叫 无主叫号码 无来电显示 无法显示 未显示 不显示 不显示号码 私人号码 私密号码 私人號碼 保密 "
    "保密号码 号码保密 空 空号码 受限 受限号码 未提供 不可用"
).upper()
_IMPOSSIBLE = "IMPOSSIBLE"


def _tree() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The words as four columns: each node's symbol, first child, next sibling (0: none) and meaning."""
    symbols, children, siblings, meanings = [0], [0], [0], [NO_WORD]
    for word in (*_WITHHELD.split(), _IMPOSSIBLE):
        node = START
        for symbol in map(ord, word):
            child = children[node]
            while child and symbols[child] != symbol:
                child = siblings[child]
            if not child:
                child = len(symbols)
                symbols.append(symbol)
                siblings.append(children[node])
                children.append(0)
                meanings.append(NO_WORD)
                children[node] = child
            node = child
        meanings[node] = MEANS_IMPOSSIBLE if word == _IMPOSSIBLE else MEANS_WITHHELD
    columns = (np.array(column, dtype=np.int64) for column in (symbols, children, siblings, meanings))
    return next(columns), next(columns), next(columns), next(columns)


SYMBOLS, CHILDREN, SIBLINGS, MEANINGS = _tree()


@apart
def next_step(step: int, symbol: int) -> int:
    """One symbol further from a node of the tree; `LOST` when no word goes on like this."""
    if step == LOST:
        return LOST
    child = int(CHILDREN[step])
    while child != 0 and int(SYMBOLS[child]) != symbol:
        child = int(SIBLINGS[child])
    return child if child != 0 else LOST


def meaning_of(step: int) -> int:
    """What a text means that ended at this node: `MEANS_WITHHELD`, `MEANS_IMPOSSIBLE` or `NO_WORD`."""
    return NO_WORD if step == LOST else int(MEANINGS[step])
