"""What was stopped, as its subscriber sees it: explained, answered at one tap, taken back at another; nobody else's."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.control.people import NUMBER, OTHER, browser, key_of, subscriber
from tests.control.stops.parts import CALLER, verdict, write_parts

pytest.importorskip("django")

MASKED = "1390001****"


def take(data: Path, *rows: dict[str, Any]) -> list[str]:
    """Take some verdicts in; the names of the stops, the newest first."""
    from wurao.control.stops.found import stops_of
    from wurao.control.stops.intake import Intake
    from wurao.numbering import parse_text

    write_parts(data / "verdicts" / "day", list(rows))
    Intake().round(tell=False)
    return [stop.event for stop in stops_of(parse_text(NUMBER), most=1000)]


def entries(number: str = NUMBER) -> dict[str, str]:
    from wurao.control.wishes import lists
    from wurao.numbering import parse_text

    return {entry.text: entry.action for entry in lists.entries(parse_text(number))}


def test_it_says_when_who_and_why_and_hides_the_number(db: Path) -> None:
    from wurao.control.registry import record
    from wurao.reasons import wordings
    from wurao.verdicts import Reason

    sender = {"sender_id": "bank", "name": "某银行", "categories": ["finance"], "since": "2026-01-01T00:00:00Z"}
    record.put("senders", record.checked_row("senders", sender), record.Author("operator", "file"))
    take(
        db,
        verdict(sender_id="bank"),
        verdict(action="label", reason="CONSENT", label="VELOCITY_CALLER"),
        verdict(from_number="withheld", reason="NOT_ON_MY_LIST"),
        verdict(action="allow", reason="NOTHING_SPOKE"),
        verdict(to_number=OTHER, reason="OVERSEAS"),
        verdict(channel="name", to_number=None, from_number=None, name="a.example", reason="BLOCKED_DOMAIN"),
    )
    html = browser(subscriber()).get("/stops/").content.decode()
    assert html.count("<article") == 3
    assert CALLER not in html
    assert MASKED in html
    assert "某银行" in html
    assert "隐藏号码" in html
    for reason in (Reason.WISH_CATEGORY, Reason.VELOCITY_CALLER, Reason.NOT_ON_MY_LIST):
        assert wordings()[reason].sentence_zh in html
        assert wordings()[reason].sentence_en.replace("'", "&#x27;") in html
    assert wordings()[Reason.OVERSEAS].sentence_zh not in html


def test_let_through_and_never_again_are_one_tap_each_and_undone_at_one(db: Path) -> None:
    (event,) = take(db, verdict())
    page = browser(subscriber())
    answer = page.post(f"/stops/{event}/let-through/")
    assert entries() == {CALLER: "allow"}
    html = page.get(answer["Location"]).content.decode()
    assert "总是放行" in html
    seq = re.search(r'name="seq" value="(\d+)"', html)
    assert seq is not None
    page.post(f"/stops/{event}/never/")
    assert entries() == {CALLER: "deny"}
    assert page.post("/stops/undo/", {"seq": seq[1]}).status_code == 409
    html = page.get("/stops/").content.decode()
    last = re.search(r'name="seq" value="(\d+)"', html)
    assert last is not None
    page.post("/stops/undo/", {"seq": last[1]})
    assert entries() == {CALLER: "allow"}


def test_this_was_fraud_is_kept_once_and_taken_back(db: Path) -> None:
    from wurao.control.stops.models import FraudReport

    (event,) = take(db, verdict(reason="TEXT_FRAUD", channel="message"))
    page = browser(subscriber())
    for _ in range(2):
        page.post(f"/stops/{event}/fraud/")
    report = FraudReport.objects.get()
    assert (report.reason, report.channel, report.withdrawn_at) == ("TEXT_FRAUD", "message", None)
    assert 'aria-pressed="true"' in page.get("/stops/").content.decode()
    page.post(f"/stops/{event}/fraud/", {"withdraw": "1"})
    report.refresh_from_db()
    assert report.withdrawn_at is not None


def test_the_whole_number_is_shown_for_a_purpose_that_the_auditor_sees(registry: Path) -> None:
    from wurao.control.accounts.models import AccessRecord

    (event,) = take(registry, verdict())
    page = browser(subscriber())
    assert page.post(f"/stops/{event}/unmask/", {"purpose": " "}).status_code == 422
    assert CALLER in page.post(f"/stops/{event}/unmask/", {"purpose": "核实是谁打来的"}).content.decode()
    kept = AccessRecord.objects.get(what="unmasked")
    assert (kept.purpose, kept.subject, kept.role) == ("核实是谁打来的", MASKED, "subscriber")


def test_anothers_stop_is_not_there_and_anothers_tap_is_not_undone(registry: Path) -> None:
    (event,) = take(registry, verdict())
    page, other = browser(subscriber()), browser(subscriber(OTHER))
    for tap in ("let-through", "never", "fraud", "unmask"):
        assert other.post(f"/stops/{event}/{tap}/", {"purpose": "好奇看一看"}).status_code == 404
    answer = page.post(f"/stops/{event}/let-through/")
    seq = re.search(r"done=(\d+)", answer["Location"])
    assert seq is not None
    assert other.post("/stops/undo/", {"seq": seq[1]}).status_code == 404
    assert other.get(f"/stops/standing/{seq[1]}/").status_code == 404
    assert page.get(f"/stops/standing/{seq[1]}/").json()["standing"] == "saved"
    assert entries() == {CALLER: "allow"}
    for wrong in ("zz-1", "0-0", "-", "f" * 20 + "-0"):
        assert page.post(f"/stops/{wrong}/never/").status_code == 404


def test_what_the_law_stops_is_not_offered_and_a_false_number_is_not_put_on_the_list(registry: Path) -> None:
    events = take(registry, verdict(reason="ORDER_FRAUD", order_id="o-1"), verdict(reason="SPOOFED_PUBLIC_SERVICE"))
    page = browser(subscriber())
    html = page.get("/stops/").content.decode()
    assert "let-through/" not in html
    assert html.count("/never/") == 1
    for event in events:
        assert page.post(f"/stops/{event}/let-through/").status_code == 422
    assert page.post(f"/stops/{events[0]}/never/").status_code == 422
    assert entries() == {}


def test_where_no_entry_would_do_the_wish_is_changed_and_undone(registry: Path) -> None:
    from wurao.control.wishes import registration
    from wurao.numbering import parse_text

    subscriber()
    page, number = browser(subscriber()), parse_text(NUMBER)
    page.post("/wishes/choice/", {"choice": "choose"})
    before = registration.registered(number)
    from dataclasses import replace

    wanted = replace(before, wish=replace(before.wish, only_my_list=True))
    registration.save(number, wanted, _author(), ("", ""))
    (event,) = take(registry, verdict(from_number="withheld", reason="NOT_ON_MY_LIST"))
    answer = page.post(f"/stops/{event}/let-through/")
    assert registration.registered(number).wish.only_my_list is False
    seq = re.search(r"done=(\d+)", answer["Location"])
    assert seq is not None
    page.post("/stops/undo/", {"seq": seq[1]})
    assert registration.registered(number).wish.only_my_list is True
    assert page.post(f"/stops/{event}/never/").status_code == 422


def _author() -> Any:
    from wurao.control.registry.record import Author

    return Author("subscriber", "web")


def test_older_ones_are_a_page_further_each_once(registry: Path) -> None:
    take(registry, *(verdict() for _ in range(50)))
    page, seen, url = browser(subscriber()), [], "/stops/"
    while url:
        html = page.get(url).content.decode()
        seen += re.findall(r'<article[^>]* id="([0-9a-f-]+)"', html)
        more = re.search(r'rel="next" href="(\?before=[^"]+)"', html)
        url = f"/stops/{more[1]}" if more else ""
    assert len(seen) == len(set(seen)) == 50
    assert seen == sorted(seen, reverse=True)


def test_what_is_kept_is_in_the_own_export_with_numbers_hidden(registry: Path) -> None:
    (event,) = take(registry, verdict())
    page = browser(subscriber())
    page.post(f"/stops/{event}/fraud/")
    told = json.loads(page.get("/mine/").content)
    assert [each["from"] for each in told["stops"]] == [MASKED]
    assert [each["event"] for each in told["fraud_reports"]] == [event]
    assert json.loads(browser(subscriber(OTHER)).get("/mine/").content)["stops"] == []


def test_programs_see_the_same_and_tap_the_same(db: Path) -> None:
    events = take(db, *(verdict() for _ in range(105)))
    key = key_of(subscriber())

    def ask(method: str, path: str, body: Any = None) -> tuple[int, Any]:
        data = "" if body is None else json.dumps(body)
        headers = {"Authorization": f"Bearer {key}"}
        answer = browser().generic(method, f"/api/v1/{path}", data, "application/json", headers=headers)
        return answer.status_code, json.loads(answer.content)

    first = ask("GET", "stops")[1]
    second = ask("GET", f"stops?before={first['next']}")[1]
    assert [each["event"] for each in first["items"] + second["items"]] == events
    assert second["next"] is None
    assert (first["items"][0]["from_masked"], first["items"][0]["remedy"]) == (MASKED, "entry")
    status, tapped = ask("POST", f"stops/{events[0]}/let-through")
    assert (status, tapped["standing"], entries()) == (200, "saved", {CALLER: "allow"})
    assert ask("POST", "stops/undo", {"seq": tapped["seq"]})[0] == 200
    assert entries() == {}
    assert ask("POST", f"stops/{events[0]}/fraud")[1] == {"reported": True}
    assert ask("GET", "stops")[1]["items"][0]["reported"] is True
    assert ask("DELETE", f"stops/{events[0]}/fraud")[1] == {"reported": False}
    for purpose in ("a", "核实\0来电"):
        assert ask("POST", f"stops/{events[0]}/unmask", {"purpose": purpose})[0] == 422
    assert ask("POST", f"stops/{events[0]}/unmask", {"purpose": "核实来电"})[1] == {"from_number": CALLER}
    assert ask("POST", "stops/1-000000000000/never")[0] == 404
