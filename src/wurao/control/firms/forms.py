"""What firms and their reviewers fill in; what is right is for the kinds to say, so that programs are told alike."""

from __future__ import annotations

from typing import Any

from django import forms

from wurao.control.firms.models import MOST_OCTETS, Proof
from wurao.control.firms.words import ALL_CATEGORY_WORDS, PURPOSE_WORDS
from wurao.tables import PURPOSES
from wurao.wishes import CATEGORIES

CATEGORY_CHOICES = [(code, " ".join(ALL_CATEGORY_WORDS[code])) for code in CATEGORIES]


class OperatorForm(forms.Form):
    """Before which operator; `operators` are those there are."""

    operator = forms.ChoiceField()

    def __init__(self, *arguments: Any, operators: list[str], **named: Any) -> None:
        super().__init__(*arguments, **named)
        field = self.fields["operator"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(name, name) for name in operators]


class RegistrationForm(OperatorForm):
    """A firm registers."""

    name = forms.CharField(max_length=200, widget=forms.TextInput({"autocomplete": "organization"}))
    credit_code = forms.CharField(max_length=60, widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}))
    categories = forms.MultipleChoiceField(choices=CATEGORY_CHOICES, widget=forms.CheckboxSelectMultiple)
    contact_name = forms.CharField(max_length=80, widget=forms.TextInput({"autocomplete": "name"}))
    contact_number = forms.CharField(max_length=40, widget=forms.TextInput({"inputmode": "tel", "autocomplete": "tel"}))


class MendedRegistrationForm(RegistrationForm):
    """The same without the contact's number, which was shown to be their own."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        del self.fields["contact_number"], self.fields["operator"]


class HeaderForm(OperatorForm):
    """A header."""

    header = forms.CharField(max_length=60, widget=forms.TextInput({"autocomplete": "off"}))
    category = forms.ChoiceField(choices=[("", "–"), *CATEGORY_CHOICES], required=False)
    assignment = forms.CharField(max_length=120)
    document = forms.FileField(required=False, widget=forms.FileInput({"accept": ".pdf,image/*"}))

    def clean_document(self) -> Any:
        """One that is not too large."""
        given = self.cleaned_data["document"]
        if given is not None and given.size > MOST_OCTETS:
            raise forms.ValidationError("文件最大 2 MB。A document has 2 MB at most.")
        return given

    def kept(self) -> dict[str, Any]:
        """What was given, the document kept and named by its SHA-256."""
        given = dict(self.cleaned_data)
        document = given.pop("document")
        return given | {"proof": Proof.keep(document.name, document.read()) if document else ""}


class TemplateForm(OperatorForm):
    """A template."""

    purpose = forms.ChoiceField(choices=[(code, " ".join(PURPOSE_WORDS[code])) for code in PURPOSES])
    category = forms.ChoiceField(choices=CATEGORY_CHOICES)
    body = forms.CharField(max_length=4_000, strip=False, widget=forms.Textarea({"rows": 4}))
    sample = forms.CharField(max_length=4_000, strip=False, widget=forms.Textarea({"rows": 4}))


class RenewalForm(OperatorForm):
    """A renewal."""

    name = forms.CharField(max_length=200)
    contact_name = forms.CharField(max_length=80)
    contact_number = forms.CharField(max_length=40, widget=forms.TextInput({"inputmode": "tel"}))


FORMS: dict[str, type[OperatorForm]] = {
    "registration": RegistrationForm,
    "header": HeaderForm,
    "template": TemplateForm,
    "renewal": RenewalForm,
}
"""The form of each kind of application."""


def kept(form: OperatorForm) -> dict[str, Any]:
    """What a form gave, for `applications`."""
    return form.kept() if isinstance(form, HeaderForm) else dict(form.cleaned_data)
