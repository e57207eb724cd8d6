"""The page of wishes as a form: plain checkboxes and choices, so that saving needs no script.

A `Registered` goes in as what is ticked (`initial_of`), what is ticked comes out as a `Registered` (`wanted`). Names of
fields are those of the registry's columns, bits by the names of their columns.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from django import forms

from wurao.control.wishes.registration import Registered
from wurao.control.wishes.words import GUARD_CHOICES, NOTICE_CHOICES, SWITCH_WORDS
from wurao.tables import HOURS_COLUMNS, MARKETING_COLUMNS
from wurao.wishes import GUARDS, NOTICES, Guard, Notice, Wish


def bits_of(names: Iterable[str], columns: tuple[str, ...]) -> int:
    """The bits of the columns that are named."""
    ticked = set(names)
    return sum(1 << place for place, name in enumerate(columns) if name in ticked)


def names_of(bits: int, columns: tuple[str, ...]) -> list[str]:
    """The columns whose bits are set."""
    return [name for place, name in enumerate(columns) if bits >> place & 1]


class WishForm(forms.Form):
    """Everything that the page lets one choose, the lists and the shield apart."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    marketing = forms.MultipleChoiceField(choices=[(name, name) for name in MARKETING_COLUMNS], required=False)
    hours = forms.MultipleChoiceField(choices=[(name, name) for name in HOURS_COLUMNS], required=False)
    overseas_calls = forms.BooleanField(required=False)
    overseas_messages = forms.BooleanField(required=False)
    unregistered = forms.BooleanField(required=False)
    debt_collection = forms.BooleanField(required=False)
    only_my_list = forms.BooleanField(required=False)
    content_protection = forms.BooleanField(required=False)
    guard = forms.ChoiceField(choices=[(code, code) for code, *_ in GUARD_CHOICES])
    notice = forms.ChoiceField(choices=[(code, code) for code, *_ in NOTICE_CHOICES])

    def wanted(self, before: Registered) -> Registered:
        """What was chosen, over what the form does not speak of."""
        given = self.cleaned_data
        wish = Wish(
            marketing=bits_of(given["marketing"], MARKETING_COLUMNS),
            hours=bits_of(given["hours"], HOURS_COLUMNS),
            only_my_list=given["only_my_list"],
            content_protection=given["content_protection"],
            guard=Guard(GUARDS.index(given["guard"])),
            **{name: given[name] for name in SWITCH_WORDS},
        )
        notice = Notice(NOTICES.index(given["notice"]))
        return replace(before, wish=wish, notice=notice, seen=given["seen"])
