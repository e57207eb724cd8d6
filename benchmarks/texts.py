"""Texts read on one core, the whole path, beside scikit-learn's n-grams and the libraries of Python.

Ours is `Reader.read`: folding, finds, the declared template among 100,000, claims, requests, n-grams, rules, sketch and
hash. Scikit-learn only hashes character n-grams of one to three and asks one linear machine. The libraries are those
that do what ours does in steps: unicodedata, OpenCC, re, hmac, and scikit-learn's machine behind them. Rspamd is given
the same texts as mails.
"""

from __future__ import annotations

import hashlib
import hmac
import importlib.util
import re
import time
import unicodedata
from collections.abc import Iterator
from statistics import median

import numpy as np

from benchmarks.content_texts import messages, told
from benchmarks.figure import Figure
from benchmarks.ground import Ground
from benchmarks.n_grams import NGrams, missing
from benchmarks.rounds import Rounds, Work, by_turns
from benchmarks.rspamd_server import CONNECTIONS, mail_of, rspamd_server
from benchmarks.rspamd_server import missing as missing_rspamd
from wurao.content.folding import fold_texts
from wurao.content.reader import Fitting, Reader
from wurao.content.template_index import compile_templates, no_templates

NAME = "texts"
ABOUT = "texts a second on one core, the whole path, beside scikit-learn, Python's libraries and rspamd"
TEXTS, TEMPLATES = 100_000, 100_000
FEWER, FEWER_MAILS = 10, 50
"""The others are given one text in so many, and their time is multiplied."""
ROUNDS = 5
REACH, RATIO = 100_000, 5.0
UNIT = "texts a second"
_REACH = f"≥ {REACH:,} texts a second, ≥ {RATIO:g} times beside"
_LINK = re.compile(r"(?:https?://)?[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.ASCII)


def run(ground: Ground) -> Iterator[Figure]:
    """A line for each of what stands beside ours."""
    given = messages(max(TEXTS // ground.scale, 1_000), max(TEMPLATES // ground.scale, 1_000))
    compiled = compile_templates(given.bodies_column, fold_texts)
    fitting = Fitting(compiled.templates(), no_templates(len(given.bodies), above=True))
    reader, rows = Reader(key=lambda: bytes(32)), np.arange(len(given.texts))

    def ours() -> None:
        reader.read(given.column, rows, given.declared, fitting)

    ours()
    for name, beside, work in _in_python(given.texts[::FEWER]):
        work()
        rounds = by_turns(ours, work, ROUNDS, time.process_time)
        yield _figure(name, beside, given.texts, FEWER, rounds, ["processor time"])
    if told := missing():
        yield _alone("texts", f"scikit-learn: not measured, since {told}", given.texts, ours)
    yield _beside_rspamd(ground, given.texts, ours)


def _in_python(few: list[str]) -> Iterator[tuple[str, str, Work]]:
    if missing():
        return
    machine = NGrams(few[:1_000])
    yield "texts", "scikit-learn's character n-grams of 1 to 3, one linear machine", lambda: machine.judge(few)
    if importlib.util.find_spec("opencc") is None:
        return
    import opencc

    simple = opencc.OpenCC("t2s")

    def by_libraries() -> None:
        plain = [simple.convert(unicodedata.normalize("NFKC", text).lower()) for text in few]
        for text, read in zip(few, plain, strict=True):
            _LINK.findall(read)
            hmac.new(bytes(32), text.encode(), hashlib.sha256).digest()
        machine.judge(plain)

    yield "texts-libraries", "unicodedata, OpenCC, re, hmac and scikit-learn, text by text", by_libraries


def _beside_rspamd(ground: Ground, texts: list[str], ours: Work) -> Figure:
    """One worker of rspamd on a core of its own, the client on another; the clock on the wall is both's."""
    few = [mail_of(text, number) for number, text in enumerate(texts[::FEWER_MAILS])]
    ground.tell("starting rspamd, which compiles its expressions at its first start")
    with rspamd_server(ground.work / "rspamd-cache") as server:
        if server is None:
            return _alone("texts-rspamd", f"rspamd: not measured, since {missing_rspamd()}", texts, ours)
        server.check(few)
        began = server.processor_seconds()
        rounds = by_turns(ours, lambda: server.check(few), ROUNDS)
        used = (server.processor_seconds() - began) / ROUNDS
    a_mail = used / len(few)
    a_text = by_turns(ours, ours, ROUNDS, time.process_time).seconds / len(texts)
    notes = [
        f"{len(few):,} minimal mails a round over {CONNECTIONS} connections, which its worker closes after each answer",
        f"of a processor rspamd's worker took {a_mail * 1e6:,.0f} microseconds a mail, ours {a_text * 1e6:.1f} a text: "
        f"{a_mail / a_text:,.0f} times",
        "without its modules that ask the network, and so without Bayes, which keeps its tokens in Redis",
    ]
    beside = "rspamd, one normal worker over HTTP (/checkv2)"
    return _figure("texts-rspamd", beside, texts, FEWER_MAILS, rounds, notes)


def _alone(name: str, why: str, texts: list[str], ours: Work) -> Figure:
    value = len(texts) / by_turns(ours, ours, ROUNDS, time.process_time).seconds
    return Figure(name, value, UNIT, _REACH, value >= REACH, why, None, notes=["processor time", told(texts)])


def _figure(name: str, beside: str, texts: list[str], share: int, rounds: Rounds, notes: list[str]) -> Figure:
    """`share`: the others were given one text in so many, and their time is multiplied."""
    given = -(-len(texts) // share)
    ratios = [ratio * len(texts) / given for ratio in rounds.ratios]
    value = len(texts) / rounds.seconds
    return Figure(
        name=name,
        value=value,
        unit=UNIT,
        reach=_REACH,
        met=value >= REACH and median(ratios) >= RATIO,
        beside=f"{beside}: {given / rounds.their_seconds:,.0f} a second",
        ratio=median(ratios),
        ratio_low=min(ratios),
        ratio_high=max(ratios),
        notes=[*notes, told(texts)],
    )
