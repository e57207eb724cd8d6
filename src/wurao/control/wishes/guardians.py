"""Guardians: a number that must agree before protection is weakened, and that agreed to be asked (DESIGN 4).

`name` asks somebody to become a guardian, `ask_about` asks about a change, `ask_about_consent` about a consent,
`ask_to_end` about the end; each question goes out by message with a code. Either of the two answers: the guardian by
page, API or message (`answer`), or the ward with the code that the guardian passed on (`answer_with_code`). Agreed, it
is done at once; both are told. `resign` is the guardian's own way out.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import F, QuerySet
from django.dispatch import Signal
from django.utils import timezone

from wurao.control.accounts.bound import is_right, kept, new_code
from wurao.control.accounts.messages import send
from wurao.control.message_words import first_word
from wurao.control.registry import record, rows
from wurao.control.registry.record import Author, ChangedMeanwhile
from wurao.control.registry.rows import Wanted
from wurao.control.registry.turns import writing
from wurao.control.waiting import TooOften
from wurao.control.wishes.models import ANSWERED_WITHIN, Asked
from wurao.control.wishes.registered import TABLE, registered, row_with
from wurao.errors import Refused
from wurao.numbering import masked
from wurao.tables import TABLES

MOST_TRIES = 5
answered = Signal()
"""Sent with `asked`, `agrees` and `author` in the transaction of an answer: whoever keeps what a consent is about does
it then, and raises ChangedMeanwhile where it is no longer what was asked."""
ASKS = {
    Asked.BECOME: ("{ward} 请您做监护人：其防护放宽须经您同意", "{ward} asks you to be the guardian"),
    Asked.CHANGE: ("{ward} 想修改防护：{zh}", "{ward} wants to change: {en}"),
    Asked.CONSENT: ("{ward} 想{zh}", "{ward} wants to {en}"),
    Asked.END: ("{ward} 想结束您的监护", "{ward} wants to end your guardianship"),
}
ASK = (
    "【勿扰】{zh}。同意请回复 {agree}{code}，不同意请回复 {refuse}{code}，或登录勿扰网页；7 天内有效。"
    "Wurao: {en}. Reply {agree}{code} to agree, {refuse}{code} not to."
)
TOLD = {
    (Asked.BECOME, True): ("监护人 {guardian} 已同意，今后放宽防护须经其同意", "your guardian agreed"),
    (Asked.CHANGE, True): ("监护人已同意，设置已修改：{zh}", "your guardian agreed; changed: {en}"),
    (Asked.CONSENT, True): ("监护人已同意：{zh}，随时可以撤回", "your guardian agreed: {en}"),
    (Asked.END, True): ("监护已结束", "the guardianship has ended"),
    (Asked.BECOME, False): ("{guardian} 不同意做您的监护人", "they do not want to be your guardian"),
    (Asked.CHANGE, False): ("监护人不同意：{zh}，设置未改", "your guardian does not agree; nothing was changed"),
    (Asked.CONSENT, False): ("监护人不同意：{zh}", "your guardian does not agree: {en}"),
    (Asked.END, False): ("监护人不同意结束监护", "your guardian does not agree to end it"),
}
RESIGNED = "【勿扰】您的监护人 {guardian} 已退出监护。Wurao: your guardian has resigned."
DONE = "【勿扰】已按您的答复办理。Wurao: done as you answered."


def name(ward: int, guardian: int, author: Author) -> Asked:
    """Ask a number to become somebody's guardian."""
    if guardian == ward:
        raise Refused("nobody is their own guardian", where="guardian", right="write somebody else's number")
    if registered(ward).guardian is not None:
        raise Refused("there is a guardian already", right="end that guardianship first")
    return _ask(Asked(ward=ward, guardian=guardian, kind=Asked.BECOME), author)


def ask_about(
    ward: int,
    guardian: int,
    table: str,
    wanted: Wanted,
    author: Author,
    said: tuple[str, str],
    seen: int | None,
) -> Asked:
    """Ask about a change of the ward's."""
    written = [
        [rows.written_key(table, key), None if row is None else rows.written_row(table, row)] for key, row in wanted
    ]
    asked = Asked(ward=ward, guardian=guardian, kind=Asked.CHANGE, table=table, wanted=written, seen=seen)
    asked.zh, asked.en = said
    return _ask(asked, author)


def ask_about_consent(ward: int, guardian: int, about: list[Any], author: Author, said: tuple[str, str]) -> Asked:
    """Ask about something that `consents` will do once it is `answered`; `about` is kept in the question's `wanted`."""
    zh, en = said
    return _ask(Asked(ward=ward, guardian=guardian, kind=Asked.CONSENT, wanted=about, zh=zh, en=en), author)


def ask_to_end(ward: int, author: Author) -> Asked:
    """Ask the guardian to agree to the end."""
    guardian = registered(ward).guardian
    if guardian is None:
        raise Refused("there is no guardian", right="nothing is to be ended")
    return _ask(Asked(ward=ward, guardian=guardian, kind=Asked.END), author)


def opened(**whose: int) -> QuerySet[Asked]:
    """The questions that stand open, of a `ward` or to a `guardian`, the newest first."""
    since = timezone.now() - ANSWERED_WITHIN
    return Asked.objects.filter(answer=Asked.OPEN, made_at__gt=since, **whose).order_by("-pk")


def guardian_of(ward: int) -> int | None:
    """Who must agree to what lets more through to somebody; null where nobody must."""
    row = rows.row_of(TABLE, (ward,))
    return None if row is None else row["guardian"]


def wards_of(guardian: int) -> list[int]:
    """Whose guardian a number is."""
    return [row["number"] for row in rows.rows_where(TABLE, guardian=guardian)]


def answer(asked: Asked, agrees: bool, author: Author) -> None:
    """The guardian's answer; what was asked is done at once. ChangedMeanwhile where it is no longer what was asked."""
    try:
        with writing():
            said = Asked.YES if agrees else Asked.NO
            still = Asked.objects.filter(pk=asked.pk, answer=Asked.OPEN)
            if not still.update(answer=said, answered_at=timezone.now()):
                raise Refused("this was answered before", right="nothing more is to be done")
            if agrees:
                _do(asked, author)
            answered.send(sender=Asked, asked=asked, agrees=agrees, author=author)
            zh, en = TOLD[asked.kind, agrees]
            words = {"guardian": masked(asked.guardian), "zh": asked.zh, "en": asked.en}
            send(asked.ward, f"【勿扰】{zh}。Wurao: {en}.".format(**words))
    except ChangedMeanwhile:
        Asked.objects.filter(pk=asked.pk).update(answer=Asked.VOID)
        raise


def answer_with_code(ward: int, code: str, author: Author) -> bool:
    """The ward brings the code that the guardian was sent, as a sign of agreement; whether it is right."""
    questions = opened(ward=ward)
    with writing():
        found = with_code(questions, code)
        if not found:
            count_try(questions)
    if len(found) != 1:
        return False
    answer(found[0], True, author)
    return True


def with_code(questions: QuerySet[Asked], code: str) -> list[Asked]:
    """Those of some open questions that a code was sent with, but none that was tried too often.

    They are held until the transaction ends; whoever finds none counts the try (`count_try`) before that, so that of
    many tries at once each is counted.
    """
    held = questions.filter(tries__lt=MOST_TRIES).select_for_update()
    return [each for each in held if is_right(each.digest, _bound_to(each), code)]


def count_try(questions: QuerySet[Asked]) -> None:
    """A wrong code counts against all that it could have been for."""
    questions.update(tries=F("tries") + 1)


def resign(guardian: int, ward: int, author: Author) -> None:
    """A guardian goes; Refused where it is none."""
    if registered(ward).guardian != guardian:
        raise Refused("is no guardian of this number", right="nothing is to be ended")
    with writing():
        _set(ward, None, author, RESIGNED.format(guardian=masked(guardian)))
        opened(ward=ward, guardian=guardian).update(answer=Asked.VOID)


def _ask(asked: Asked, author: Author) -> Asked:
    hour_ago = timezone.now() - timedelta(hours=1)
    lately = Asked.objects.filter(guardian=asked.guardian, made_at__gt=hour_ago)
    if lately.count() >= settings.CONTROL.codes_per_number:
        raise TooOften("the guardian was asked too often")
    code = new_code()
    asked.role, asked.way, asked.person = author.role, author.way, author.person
    with writing():
        earlier = opened(ward=asked.ward).filter(kind=asked.kind)
        # Of changes the newest says all that is wanted; each consent is one by itself.
        (earlier.filter(wanted=asked.wanted) if asked.kind == Asked.CONSENT else earlier).update(answer=Asked.VOID)
        asked.save()
        asked.digest = kept(_bound_to(asked), code)
        asked.save(update_fields=["digest"])
        words = {"ward": masked(asked.ward), "zh": asked.zh, "en": asked.en}
        zh, en = (each.format(**words) for each in ASKS[asked.kind])
        agree, refuse = first_word("agree"), first_word("refuse")
        send(asked.guardian, ASK.format(zh=zh, en=en, code=code, agree=agree, refuse=refuse))
    return asked


def _do(asked: Asked, author: Author) -> None:
    match asked.kind:
        case Asked.BECOME:
            _set(asked.ward, asked.guardian, author, "")
            opened(ward=asked.ward).filter(kind=Asked.BECOME).update(answer=Asked.VOID)
        case Asked.END:
            _set(asked.ward, None, author, "")
        case Asked.CHANGE:
            names = TABLES[asked.table].key
            wanted = [
                (
                    record.checked_key(asked.table, dict(zip(names, key, strict=True))),
                    None if row is None else record.checked_row(asked.table, row),
                )
                for key, row in asked.wanted
            ]
            record.change_all(asked.table, wanted, author, seen=asked.seen)


def _set(ward: int, guardian: int | None, author: Author, text: str) -> None:
    """Write who the guardian is into the ward's row."""
    now = registered(ward)
    if guardian is not None and now.guardian is not None:
        raise ChangedMeanwhile("there is a guardian already", right="end that guardianship first")
    record.put(TABLE, row_with(ward, replace(now, guardian=guardian)), author, seen=now.seen)
    if text:
        send(ward, text)


def _bound_to(asked: Asked) -> str:
    return f"guardian's question {asked.pk}"
