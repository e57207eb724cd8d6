"""The benchmarks of the registry measure what they say: acknowledged wishes are looked for, wrong answers no figure."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import asking_http, may_call, pages, postgres_server, registry_loaded, wish_saved, wish_saving
from benchmarks.asking_http import Answer, Asked, keep_asking, request, split_answer
from benchmarks.ground import Ground
from benchmarks.serving import Home
from benchmarks.wish_saving import WISHES, Said, Saving
from benchmarks.workload import MOBILE
from wurao.errors import MachineFailed

pytest.importorskip("django")

SCALE = 10_000
needs_postgres = pytest.mark.skipif(bool(postgres_server.missing()), reason="no PostgreSQL: apt-get install postgresql")


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    return Ground(SCALE, tmp_path)


class Echo(BaseHTTPRequestHandler):
    """Answers with the body that it got; closes the connection when asked for /gone."""

    protocol_version = "HTTP/1.1"

    def do_PUT(self) -> None:
        if self.path == "/gone":
            self.close_connection = True
            return
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200 if self.headers["Authorization"] == "Bearer a" else 403)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:
        return


@pytest.fixture
def echo() -> Iterator[tuple[str, int]]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield "127.0.0.1", server.server_port
    server.shutdown()
    server.server_close()


def test_every_connection_asks_again_once_it_is_answered_and_each_answer_is_of_its_own_request(echo: tuple[str, int]):
    turns, found = [0, 0, 0], list[Answer]()

    def following(place: int) -> Asked | None:
        turns[place] += 1
        token = 100 * place + turns[place]
        asked = request("PUT", "/", "127.0.0.1", str(token).encode() * 30_000, Authorization="Bearer a")
        return Asked(asked, token) if turns[place] <= 4 else None

    keep_asking(echo, 3, following, found.append)
    assert sorted(each.token for each in found) == [100 * place + turn for place in range(3) for turn in range(1, 5)]
    for each in found:
        assert each.status == 200
        assert each.body == str(each.token).encode() * 30_000
        assert each.got > each.sent


def test_a_connection_that_is_closed_gives_no_figure(echo: tuple[str, int]):
    with pytest.raises(MachineFailed, match="closed"):
        keep_asking(echo, 1, lambda place: Asked(request("PUT", "/gone", "127.0.0.1")), lambda answer: None)


def test_an_answer_is_taken_when_it_is_whole():
    whole = b"HTTP/1.1 201 Created\r\nX: 1\r\nContent-Length: 3\r\n\r\nabc"
    for length in range(len(whole)):
        assert split_answer(whole[:length]) is None
    assert split_answer(whole + b"HTTP") == (
        201,
        b"HTTP/1.1 201 Created\r\nX: 1\r\nContent-Length: 3",
        b"abc",
        len(whole),
    )
    with pytest.raises(MachineFailed, match="how long"):
        split_answer(b"HTTP/1.1 200 OK\r\n\r\n")


def test_a_wish_is_in_force_at_the_first_look_that_saw_every_worker_have_it():
    said = Said(sent=[0.0, 1.0, 1.5], seqs=[7, 8, 9], looked=[0.5, 1.0, 2.0, 3.0], applied=[3, 5, -1, 6])
    waited = wish_saved.in_force_s(said, {7: 4, 8: 5, 9: 6})
    assert waited.tolist() == [1.0, 0.0, 1.5]


def test_what_was_never_seen_in_force_counts_until_the_last_look():
    said = Said(sent=[0.0], seqs=[7], looked=[0.5, 4.0], applied=[3, 3])
    assert wish_saved.in_force_s(said, {7: 9}).tolist() == [4.0]


def test_a_worker_that_is_not_seen_has_nothing_in_force(tmp_path: Path):
    said = Said()
    said.look(tmp_path)
    assert said.applied == [-1]


@pytest.mark.parametrize("places", [{1: 1, 2: None}, {1: 1}, {1: 1, 2: 2}])
def test_an_acknowledged_wish_that_is_missing_gives_no_figure(
    places: dict[int, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(wish_saved, "logged", lambda at: places)
    saving = Saving(np.array([1]), [[b""]], [0] * WISHES)
    acknowledged = [1, 2] if len(places) < 2 or places[2] is None else [1, 1]
    with pytest.raises(MachineFailed, match="missing"):
        wish_saved.check(Home(tmp_path), saving, [Said(seqs=acknowledged, tokens=[0, 1])])


def test_the_last_wish_of_each_is_the_one_that_was_queued_last():
    said = Said(seqs=[3, 1, 2], tokens=[WISHES + 5, WISHES + 6, 2 * WISHES])
    assert said.last_of_each() == {1: 5, 2: 0}


def test_wishes_are_saved_and_found_in_force(ground: Ground, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(wish_saved, "RATES", {"sqlite": 100.0})
    for module in (wish_saved, wish_saving):
        monkeypatch.setattr(module, "PEOPLE", 64)
    monkeypatch.setattr(wish_saved, "SHORTEST_S", 0.5)
    monkeypatch.setattr(wish_saving, "TAIL_S", 0.5)
    rate, in_force = wish_saved.run(ground)
    assert (rate.name, in_force.name) == ("wish-saved-sqlite", "wish-saved-sqlite-in-force")
    assert rate.value > 0
    assert rate.ratio is not None
    assert 0 < rate.ratio < 1
    assert in_force.value > 0
    assert not (ground.work / "wish-saved-sqlite").exists()


@needs_postgres
def test_bad_rows_are_named_and_all_others_loaded(ground: Ground):
    loaded, built = registry_loaded.run(ground)
    assert (loaded.name, built.name) == ("registry-loaded", "registry-loaded-snapshot")
    assert loaded.value > 0
    assert "20 bad ones, each named" in loaded.notes[0]


def test_a_bad_row_that_is_not_named_gives_no_figure(tmp_path: Path):
    written = registry_loaded.write(tmp_path, 200, 1)
    assert len(written.bad) == registry_loaded.BAD_ROWS == written.rows - len(written.good)
    named = [f"subscribers.parquet:{row} {column}: 'x' is wrong" for row, column in written.bad.items()]
    registry_loaded.check_named("\n".join(named), written)
    with pytest.raises(MachineFailed, match="were not named"):
        registry_loaded.check_named("\n".join(named[1:]), written)


def test_a_list_is_asked_about(ground: Ground):
    (figure,) = may_call.run(ground)
    assert figure.name == "may-call"
    assert figure.value > 0
    assert figure.ratio is not None


def test_an_answer_with_a_number_that_was_not_asked_about_gives_no_figure():
    asked = MOBILE | (86 * 10**11 + np.arange(13_835_110_000, 13_835_112_000))
    dialled, refused = may_call.as_dialled(asked), Answer(0, 0.0, 1.0, 422, b"")

    def answer(numbers: Any) -> Answer:
        return Answer(0, 0.0, 1.0, 200, "\n".join(map(str, numbers)).encode())

    assert may_call.check([answer(dialled[:1_900])], refused, asked) == 1_900
    for wrong in ([*dialled[:1_900], 13_700_000_000], [*dialled[:1_900], dialled[0]], dialled[900:1_900], dialled):
        with pytest.raises(MachineFailed):
            may_call.check([answer(wrong)], refused, asked)
    with pytest.raises(MachineFailed, match="was not answered"):
        may_call.check([Answer(0, 0.0, 1.0, 503, b"no")], refused, asked)


@needs_postgres
def test_every_page_of_each_role_is_timed_and_the_slowest_named(ground: Ground, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pages, "ROUNDS", 1)
    monkeypatch.setattr(pages, "WARM", 1)
    middle, slow = pages.run(ground)
    assert (middle.name, slow.name) == ("pages", "pages-p95")
    assert middle.notes[0].startswith("the slowest: ")
    assert "of 8 roles" in middle.notes[1]
    assert "404" not in middle.notes[-1]
    assert "500" not in middle.notes[-1]


def test_a_request_says_how_long_it_is():
    assert request("GET", "/", "h") == b"GET / HTTP/1.1\r\nHost: h\r\n\r\n"
    assert (
        request("POST", "/", "h", b"ab", X_Y="1")
        == b"POST / HTTP/1.1\r\nHost: h\r\nX-Y: 1\r\nContent-Length: 2\r\n\r\nab"
    )
    assert asking_http.END in request("PUT", "/", "h")
