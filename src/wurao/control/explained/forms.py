"""An event as a person describes it: who to whom, when, by what, with what text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from django import forms

from wurao.control.stops.words import CHANNEL_WORDS
from wurao.control.wishes.words import CATEGORY_WORDS
from wurao.events.columns import ATTESTATIONS, ROAMINGS
from wurao.wishes import CATEGORIES, WISH_CHANNELS

CHINA = timezone(timedelta(hours=8))
LONGEST_TEXT = 5_000
_ANY = [("", "–")]


def _text(**attributes: str) -> forms.TextInput:
    return forms.TextInput({"autocomplete": "off", **attributes})


class EventForm(forms.Form):
    """The columns of an event that a person may know; `to_number` is the own one for whoever asks about himself."""

    to_number = forms.CharField(max_length=40, required=False, widget=_text(inputmode="tel"))
    from_number = forms.CharField(max_length=40, required=False, widget=_text(inputmode="tel"))
    channel = forms.ChoiceField(choices=[(code, " ".join(CHANNEL_WORDS[code])) for code in WISH_CHANNELS])
    at = forms.DateTimeField(
        required=False,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    text = forms.CharField(
        max_length=LONGEST_TEXT, required=False, widget=forms.Textarea({"rows": 4, "autocomplete": "off"})
    )
    trunk = forms.CharField(max_length=80, required=False, widget=_text())
    template_id = forms.CharField(max_length=80, required=False, widget=_text())
    category = forms.ChoiceField(
        choices=_ANY + [(code, " ".join(CATEGORY_WORDS.get(code, (code,)))) for code in CATEGORIES], required=False
    )
    attestation = forms.ChoiceField(choices=_ANY + [(code, code) for code in ATTESTATIONS], required=False)
    roaming = forms.ChoiceField(choices=_ANY + [(code, code) for code in ROAMINGS], required=False)

    def event(self, to_number: str) -> dict[str, str | None]:
        """What was described, as `wurao explain` takes it; the clock is China's."""
        given: dict[str, Any] = self.cleaned_data
        moment = given["at"] or datetime.now(UTC)
        plain = ("from_number", "channel", "text", "trunk", "template_id", "category", "attestation", "roaming")
        event: dict[str, str | None] = {name: given[name].strip() or None for name in plain}
        return event | {"to_number": to_number, "at": moment.astimezone(CHINA).isoformat()}
