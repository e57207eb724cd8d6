"""Everything that the holder of a number had ends, and the history of it is put aside, out of the next holder's sight.

In comes a number that changed hands, or whose holder erases all. Taken out are its registration, lists and consents; it
guards nobody any more; sessions, keys and codes end; an order on the number ends too when it changed hands, as it was
aimed at whoever had it. Apps that keep more of a subscriber connect to `ended`, sent with `number`, `author` and `why`
in the same transaction.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from django.db.models import Q
from django.dispatch import Signal
from django.utils import timezone

from wurao.control.accounts.messages import send
from wurao.control.accounts.models import ApiKey, OneTimeCode, Person, ShownMessage
from wurao.control.accounts.oversight import end_sessions
from wurao.control.holders.keeping_times import HALF_A_YEAR
from wurao.control.holders.models import Aside
from wurao.control.registry import record, rows
from wurao.control.registry.models import Change
from wurao.control.registry.record import Author
from wurao.control.registry.turns import writing
from wurao.control.wishes import guardians
from wurao.control.wishes.models import Asked
from wurao.control.wishes.registered import registered, row_with
from wurao.numbering import canonical, masked
from wurao.tables import TABLES, TARGET_KINDS

ended = Signal()
OWN = {"subscribers": "number", "lists": "subscriber", "consents": "subscriber"}
"""The tables of a subscriber, and the column that says whose."""
GUARDIAN_GONE = (
    "【勿扰】您的监护人 {guardian} 的号码已停用，监护已结束。Wurao: your guardian's number is no longer theirs."
)
_NUMBER = TARGET_KINDS.index("number")


def change_hands(number: int, author: Author) -> Aside:
    """A number has another holder from now on."""
    with writing():
        _end_orders(number, author)
        return _end(number, author, Aside.HANDED_OVER)


def erase(number: int, author: Author) -> Aside:
    """A holder erases what is kept of them; orders of authorities on the number stay."""
    with writing():
        return _end(number, author, Aside.ERASED)


def _end(number: int, author: Author, why: str) -> Aside:
    for table, column in OWN.items():
        stood = rows.rows_where(table, **{column: number})
        if stood:
            record.change_all(table, [(rows.key_in(table, row), None) for row in stood], author)
    for ward in guardians.wards_of(number):
        now = registered(ward)
        record.put("subscribers", row_with(ward, replace(now, guardian=None)), author, seen=now.seen)
        send(ward, GUARDIAN_GONE.format(guardian=masked(number)))
    Asked.objects.filter(Q(ward=number) | Q(guardian=number), answer=Asked.OPEN).update(answer=Asked.VOID)
    person = Person.objects.filter(number=number).first()
    if person is not None:
        end_sessions(person)
        ApiKey.objects.filter(person=person).update(ended=True)
        Person.objects.filter(pk=person.pk).update(number=None, is_active=False)
    OneTimeCode.objects.filter(number=number).delete()
    ShownMessage.objects.filter(number=number).delete()
    until = timezone.now() + HALF_A_YEAR
    aside = Aside.objects.create(number=number, why=why, person=person.pk if person else None, until=until)
    ended.send(sender=Aside, number=number, author=author, why=why)
    Change.objects.filter(whose=number).update(whose=None, aside=aside.pk)
    return aside


def _end_orders(number: int, author: Author) -> None:
    """Orders on the number end now; those that have not begun are taken out."""
    now = datetime.now(UTC)
    found = rows.rows_where("orders", target_kind=_NUMBER, target=canonical(number))
    names = TABLES["orders"].key
    wanted = [
        (tuple(row[name] for name in names), None if row["start"] >= now else {**row, "end": now})
        for row in found
        if row["end"] > now
    ]
    if wanted:
        record.change_all("orders", wanted, author)
