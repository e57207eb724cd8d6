"""What people fill in to come in: a number, a code, or, invited to the staff, a name and a password."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password

from wurao.control.accounts.codes import DIGITS, subscriber_number
from wurao.control.accounts.models import CALLS_PER_MINUTE, Person
from wurao.control.rights import ROLE_WORDS, STAFF, Role, calls_of

MOST_PER_MINUTE = 600_000
WRONG_NUMBER = "请填写您自己的号码，如 138 0351 0001。Write your own number, such as 138 0351 0001."


class NumberForm(forms.Form):
    """The subscriber's own number."""

    number = forms.CharField(
        max_length=40,
        widget=forms.TextInput({"inputmode": "tel", "autocomplete": "tel", "autofocus": True}),
    )

    def clean_number(self) -> int:
        """A Number that can be a subscriber's."""
        number = subscriber_number(self.cleaned_data["number"])
        if number is None:
            raise forms.ValidationError(WRONG_NUMBER)
        return number


class CodeForm(forms.Form):
    """The code that was sent."""

    code = forms.CharField(
        max_length=DIGITS + 4,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True}),
    )


class InvitedForm(forms.Form):
    """Name and password of somebody who was invited."""

    username = forms.CharField(max_length=80, min_length=3, widget=forms.TextInput({"autocomplete": "username"}))
    name = forms.CharField(max_length=80, required=False, widget=forms.TextInput({"autocomplete": "name"}))
    password = forms.CharField(max_length=200, widget=forms.PasswordInput({"autocomplete": "new-password"}))

    def clean_username(self) -> str:
        """One that nobody has yet."""
        username: str = self.cleaned_data["username"].strip()
        if Person.objects.filter(username__iexact=username).exists():
            raise forms.ValidationError("已有人使用这个名称。Somebody has this name already.")
        return username

    def clean(self) -> dict[str, Any]:
        """A password that cannot be guessed."""
        given = super().clean() or self.cleaned_data
        if "password" in given:
            person = Person(username=given.get("username", ""), name=given.get("name", ""))
            try:
                validate_password(given["password"], person)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return given


class InvitationForm(forms.Form):
    """Whom an administrator invites."""

    role = forms.ChoiceField(
        choices=[(role.value, " ".join(ROLE_WORDS[role])) for role in Role if role in STAFF],
    )
    operator = forms.CharField(max_length=40, required=False)
    city = forms.CharField(max_length=40, required=False)
    sender_id = forms.CharField(max_length=80, required=False)

    def clean(self) -> dict[str, Any]:
        """Whoever sees only what is their own must be told whose it is."""
        given = super().clean() or self.cleaned_data
        for role, field in ((Role.OPERATOR, "operator"), (Role.POLICE, "city"), (Role.FIRM, "sender_id")):
            if given.get("role") == role and not given.get(field):
                self.add_error(field, "这个角色必须填写。This role needs it.")
        return given


class KeyForm(forms.Form):
    """A new key of the API."""

    name = forms.CharField(max_length=80)
    days = forms.IntegerField(min_value=1, max_value=366, initial=90)
    per_minute = forms.IntegerField(min_value=1, max_value=MOST_PER_MINUTE, initial=CALLS_PER_MINUTE)
    changes = forms.BooleanField(required=False)
    calls = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, given: Any, role: Role) -> None:
        super().__init__(given)
        calls = self.fields["calls"]
        assert isinstance(calls, forms.MultipleChoiceField)
        calls.choices = [(name, name.partition(":")[2]) for name in calls_of(role)]
