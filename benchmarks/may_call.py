"""May I call? A firm's list of a million distinct numbers over HTTP to `wurao serve`, and back who may be called.

The store holds the whole province and one firm more, which has a header and consents of three in ten of those asked
about; a tenth of the list has registered nothing. The clock runs from the first octet sent until the last one is back:
the list read, decided by screening's own rules, answered once a day, marked and recorded. Each round asks for another
purpose, since a number is answered once a day and purpose. Beside it stand the same look-ups done one number after the
other in SQL, nothing decided; and the same list handed in for a purpose that is none, which the same server refuses.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.asking_http import Answer, Asked, keep_asking, request
from benchmarks.columns import Ints, named, table
from benchmarks.figure import Figure
from benchmarks.ground import Ground, wurao
from benchmarks.people import key_of_staff
from benchmarks.rounds import seconds_of
from benchmarks.serving import Home, home, lacking, serving
from benchmarks.workload import MOBILE
from benchmarks.written import write_tables
from wurao.control.registry.loading import LOADED
from wurao.errors import MachineFailed
from wurao.numbering import parse_text
from wurao.wishes import MARKETING_CATEGORIES

NAME = "may-call"
ABOUT = "a list of a million numbers asked: may I call?"
SECONDS = 5.0
NUMBERS = 1_000_000
FEWEST = 2_000
UNKNOWN, AGREED = 0.1, 0.3
ROUNDS = 5
SENDER, HEADER = "B0", "4008001234"
ONE_BY_ONE = 100_000
WITHHELD = 0.005
"""Of those that may be called no greater part is ever withheld."""


def run(ground: Ground) -> Iterator[Figure]:
    """One line: the slowest of the rounds."""
    if gone := lacking():
        ground.tell(gone)
        return
    ground.warm()
    asked = asked_numbers(ground)
    with home(ground.work / NAME) as at:
        ground.tell("a snapshot of the province with the firm in it")
        prepare(ground, at, asked)
        key = key_of_staff(at, "firm", sender_id=SENDER)
        lines = "\n".join(map(str, as_dialled(asked).tolist()))
        with serving(at) as address:
            ground.tell(f"asking about {len(asked):,} numbers")
            first, *rounds = [_asked(address, key, lines, purpose) for purpose in MARKETING_CATEGORIES[: ROUNDS + 1]]
            refused = _asked(address, key, lines, "nothing")
    told = check([first, *rounds], refused, asked)
    times = [answer.got - answer.sent for answer in rounds]
    ground.tell("beside it: one after the other in SQL")
    theirs, some = one_by_one(ground, asked)
    yield Figure(
        name=NAME,
        value=max(times),
        unit="seconds",
        reach=f"≤ {SECONDS:g} seconds, the slowest of {ROUNDS}",
        met=max(times) <= SECONDS,
        beside=f"wish, lists and consents of each looked up in SQLite, one number after the other, nothing decided: "
        f"{theirs:.1f} seconds" + (f" (of {some:,}, carried over)" if some < len(asked) else ""),
        ratio=theirs / median(times),
        ratio_low=theirs / max(times),
        ratio_high=theirs / min(times),
        notes=[
            f"{len(asked):,} distinct numbers, {len(lines) / 1e6:.1f} MB there; the first answer has {told:,}",
            f"median {median(times):.2f} seconds; the first asking of a web process, which loads machine code: "
            f"{first.got - first.sent:.2f} seconds",
            "the same list for a purpose that is none, refused by the same server once it is there: "
            f"{refused.got - refused.sent:.2f} seconds",
        ],
    )


def asked_numbers(ground: Ground) -> Ints:
    """Distinct numbers in no order: subscribers, and a tenth who registered nothing."""
    rng = np.random.default_rng(17)
    count = max(FEWEST, NUMBERS // ground.scale)
    unknown = MOBILE | np.unique(8_614_700_000_000 + rng.choice(10**8, int(count * UNKNOWN), replace=False))
    known = ground.load.subscribers[rng.permutation(len(ground.load.subscribers))[: count - len(unknown)]]
    return rng.permutation(np.concatenate([known, unknown]))


def as_dialled(numbers: Ints) -> Ints:
    """Mobile numbers as people write them, without the country's code."""
    return (numbers & ((1 << 59) - 1)) % 10**11


def prepare(ground: Ground, at: Home, asked: Ints) -> None:
    """The firm in the registry; the firm and the province in the store's snapshot."""
    since = datetime.now(UTC) - timedelta(days=30)
    start = round(since.timestamp() * 1e6)
    sender = {
        "sender_id": [SENDER],
        "name": ["基准"],
        "state": np.zeros(1, np.int8),
        "categories": [511],
        "since": [start],
    }
    header = {"header": [parse_text(HEADER)], "match": np.zeros(1, np.int8), "sender_id": [SENDER], "start": [start]}
    firm = {"senders": table("senders", 1, **sender), "headers": table("headers", 1, **header)}
    write_tables(firm, at.data / "firm")
    at.run("wurao", "load", str(at.data / "firm"))
    # The snapshot stands for a registry that holds the province too, so it is not built anew from this one.
    (at.store / LOADED).unlink()
    wurao("snapshot", "build", str(_with_firm(ground, at.data / "tables", asked, firm, start)), "-o", str(at.store))


def _with_firm(ground: Ground, directory: Path, asked: Ints, firm: dict[str, pa.Table], start: int) -> Path:
    """The province's files, and beside those of three tables a part with what is the firm's."""
    agreed = asked[: int(len(asked) * AGREED)]
    rows = len(agreed)
    consents = table(
        "consents",
        rows,
        consent_id=named("B", np.arange(rows)),
        subscriber=agreed,
        sender_id=np.full(rows, SENDER),
        categories=np.full(rows, 511, np.int32),
        channels=np.full(rows, 7, np.int32),
        given=np.full(rows, start),
    )
    parts = firm | {"consents": consents}
    own = directory.with_name("own")
    write_tables(parts, own)
    directory.mkdir()
    for path in ground.tables.glob("*.parquet"):
        name = f"{path.stem}-1.parquet" if path.stem in parts else path.name
        (directory / name).symlink_to(path.resolve())
    for path in own.glob("*.parquet"):
        path.rename(directory / f"{path.stem}-2.parquet")
    return directory


def _asked(address: tuple[str, int], key: str, lines: str, purpose: str) -> Answer:
    """The answer to one asking."""
    path = f"/api/v1/firm/may-call?category={purpose}&channel=call"
    given = {"Authorization": f"Bearer {key}", "Content_Type": "text/plain"}
    left, found = [Asked(request("POST", path, "127.0.0.1", lines.encode(), **given))], list[Answer]()
    keep_asking(address, 1, lambda place: left.pop() if left else None, found.append)
    return found[0]


def check(answers: list[Answer], refused: Answer, asked: Ints) -> int:
    """MachineFailed unless each answer is of numbers asked about, once each, and near all with consent in it.

    How many the first one has.
    """
    if refused.status != 422 or any(answer.status != 200 for answer in answers):
        said = [answer.body[:300] for answer in answers if answer.status != 200]
        raise MachineFailed(f"was not answered: {said or refused.status}", where="may-call")
    agreed = as_dialled(asked[: int(len(asked) * AGREED)])
    for answer in answers:
        told = np.array(answer.body.split(), np.int64)
        if len(np.unique(told)) != len(told) or not np.isin(told, as_dialled(asked)).all():
            raise MachineFailed("the answer has numbers that were not asked about", where="may-call")
        if np.isin(agreed, told).mean() < 0.5 or len(told) > len(asked) * (1 - WITHHELD / 10):
            raise MachineFailed(f"{len(told)} numbers cannot be right", where="may-call")
    return len(answers[0].body.split())


def one_by_one(ground: Ground, asked: Ints) -> tuple[float, int]:
    """Seconds that the look-ups of all take in SQL, and of how many that was measured."""
    file = ground.work / "may-call.sqlite"
    file.unlink(missing_ok=True)
    some = asked[:ONE_BY_ONE].tolist()
    questions = (
        "select * from subscribers where number = ?",
        "select entry, action from lists where subscriber = ?",
        "select * from consents where subscriber = ? and sender_id = 'B0'",
    )
    try:
        with closing(sqlite3.connect(file)) as connection:
            _fill(connection, ground, asked)

            def look_up() -> None:
                for number in some:
                    for question in questions:
                        connection.execute(question, (number,)).fetchall()

            return seconds_of(look_up) * len(asked) / len(some), len(some)
    finally:
        file.unlink(missing_ok=True)


def _fill(connection: sqlite3.Connection, ground: Ground, asked: Ints) -> None:
    """The rows of those who are asked about, and no others: it is made easy."""
    for name, by in (("subscribers", "number"), ("lists", "subscriber"), ("consents", "subscriber")):
        rows = ground.load.tables[name]
        rows = rows.filter(pc.is_in(rows.column(by), value_set=pa.array(asked)))
        columns = [column.to_pylist() for column in rows.cast(_plain(rows.schema)).columns]
        names = ", ".join(rows.column_names)
        connection.execute(f"create table {name} ({names})")
        marks = ", ".join("?" * len(rows.column_names))
        connection.executemany(f"insert into {name} values ({marks})", zip(*columns, strict=True))
        connection.execute(f"create index by_{name} on {name}({by})")
    connection.commit()


def _plain(schema: pa.Schema) -> pa.Schema:
    """Times as integers."""
    return pa.schema([field.with_type(pa.int64()) if pa.types.is_timestamp(field.type) else field for field in schema])
