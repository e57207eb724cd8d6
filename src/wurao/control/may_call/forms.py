"""What is filled in to ask about a list, or to trace one."""

from __future__ import annotations

from typing import Any

from django import forms

from wurao.control.firms.words import ALL_CATEGORY_WORDS, CHANNEL_WORDS
from wurao.wishes import MARKETING_CATEGORIES, WISH_CHANNELS


class MayCallForm(forms.Form):
    """A firm's list and purpose."""

    category = forms.ChoiceField(choices=[(code, " ".join(ALL_CATEGORY_WORDS[code])) for code in MARKETING_CATEGORIES])
    channel = forms.ChoiceField(choices=[(code, " ".join(CHANNEL_WORDS[code])) for code in WISH_CHANNELS])
    header = forms.ChoiceField(required=False)
    numbers = forms.FileField(widget=forms.FileInput({"accept": ".csv,.txt,text/csv,text/plain"}))

    def __init__(self, *arguments: Any, headers: list[str], **named: Any) -> None:
        super().__init__(*arguments, **named)
        field = self.fields["header"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "–"), *((each, each) for each in headers)]


class LeakForm(forms.Form):
    """A list that turned up."""

    numbers = forms.FileField(widget=forms.FileInput({"accept": ".csv,.txt,text/csv,text/plain"}))
    purpose = forms.CharField(min_length=4, max_length=200)
