"""What a firm fills in to ask for consents, or to hand them in."""

from __future__ import annotations

import hashlib
from typing import Any

from django import forms

from wurao.control.consents.terms import ASKABLE, LONGEST_DAYS, MOST_PER_DAY, WORDING
from wurao.control.firms.words import ALL_CATEGORY_WORDS, CHANNEL_WORDS
from wurao.wishes import WISH_CHANNELS


class TermsForm(forms.Form):
    """To what a subscriber says yes."""

    categories = forms.MultipleChoiceField(
        choices=[(code, " ".join(ALL_CATEGORY_WORDS[code])) for code in ASKABLE], widget=forms.CheckboxSelectMultiple
    )
    channels = forms.MultipleChoiceField(
        choices=[(code, " ".join(CHANNEL_WORDS[code])) for code in WISH_CHANNELS], widget=forms.CheckboxSelectMultiple
    )
    max_per_day = forms.IntegerField(min_value=1, max_value=MOST_PER_DAY, required=False)
    days = forms.IntegerField(min_value=1, max_value=LONGEST_DAYS, initial=365)
    wording = forms.CharField(
        min_length=WORDING[0], max_length=WORDING[1], widget=forms.Textarea({"rows": 3, "autocomplete": "off"})
    )


class AskForm(TermsForm):
    """One subscriber is asked."""

    number = forms.CharField(max_length=40, widget=forms.TextInput({"inputmode": "tel", "autocomplete": "off"}))


class BulkForm(TermsForm):
    """Many that can be proved."""

    numbers = forms.FileField(widget=forms.FileInput({"accept": ".csv,.txt,text/csv,text/plain"}))
    given_at = forms.DateTimeField(widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"))
    proof = forms.FileField(required=False)
    proof_sha256 = forms.CharField(max_length=64, required=False, widget=forms.TextInput({"autocomplete": "off"}))

    def clean(self) -> dict[str, Any]:
        """The hash of the proof; the proof itself is not kept."""
        given = super().clean() or self.cleaned_data
        proof = given.pop("proof", None)
        if proof is not None:
            hashed = hashlib.sha256()
            for piece in proof.chunks():
                hashed.update(piece)
            given["proof_sha256"] = hashed.hexdigest()
        return given
