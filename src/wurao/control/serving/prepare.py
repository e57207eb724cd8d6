"""Before anything is served: the schema as this program has it, static files laid out, a first administrator invited.

Run once by `wurao serve`, as a process of its own; prints one line of JSON: `{"token": …}` with the token null where
there is an administrator already, or `{"wrong": …}` with its exit code.
"""

from __future__ import annotations

import json
import os

from wurao.control.start import bring_up_to_date, start
from wurao.control.tour.sign import SIGN
from wurao.errors import WuraoError


def main() -> int:
    """Prepare; the exit code."""
    try:
        bring_up_to_date(start())
        _lay_out_static_files()
        if os.environ.get(SIGN) == "1":
            _take_the_demos_day_in()
        os.write(1, json.dumps({"token": _first_administrator()}).encode() + b"\n")
    except WuraoError as error:
        os.write(1, json.dumps({"wrong": error.wrong, "where": error.where, "right": error.right}).encode() + b"\n")
        return error.exit_code
    return 0


def _lay_out_static_files() -> None:
    """Hashed and compressed copies of all static files, for this version, in the data directory."""
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0)


def _take_the_demos_day_in() -> None:
    """The demo's day of verdicts, so that its pages are full from the first moment; nobody is told of the past."""
    from wurao.control.stops.intake import Intake

    Intake().round(tell=False)


def _first_administrator() -> str | None:
    """The token of a new invitation while there is no administrator; older ones are void."""
    from wurao.control.accounts.models import Invitation, Person
    from wurao.control.rights import Role

    administrator = Role.ADMINISTRATOR
    if Person.objects.filter(role=administrator.value, is_active=True).exists():
        return None
    Invitation.objects.filter(role=administrator.value, used=False).update(used=True)
    return Invitation.make(administrator)


if __name__ == "__main__":
    raise SystemExit(main())
