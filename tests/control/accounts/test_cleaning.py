"""Old codes, answers and invitations go; what still counts, and the records of access, stay."""

from datetime import timedelta
from pathlib import Path

import pytest

pytest.importorskip("django")


def test_what_is_old_goes_and_what_counts_stays(db: Path) -> None:
    from django.utils import timezone

    from wurao.control.accounts.cleaning import clear_old
    from wurao.control.accounts.models import AccessRecord, Answered, Invitation, OneTimeCode
    from wurao.control.rights import Role

    now = timezone.now()
    for age in (timedelta(minutes=59), timedelta(days=2)):
        OneTimeCode.objects.create(number=1, digest="x", address="a", made_at=now - age)
        Answered.objects.create(key=str(age), request="r", status=200, body="", made_at=now - age)
        AccessRecord.objects.create(what="refused", role="nobody", address="a", at=now - age)
        Invitation.make(Role.AUDITOR)
        Invitation.objects.filter(pk=Invitation.objects.latest("pk").pk).update(until=now - age)
    assert clear_old() == 3
    counts = [each.objects.count() for each in (OneTimeCode, Answered, Invitation, AccessRecord)]
    assert counts == [1, 1, 1, 2]
    assert clear_old() == 0
