"""What the calls of firms take and give."""

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field

from wurao.control.bodies import NO_NUL, Strict
from wurao.wishes import CATEGORIES

Line = Annotated[str, Field(max_length=200, pattern=NO_NUL)]
Text = Annotated[str, Field(max_length=4_000, pattern=NO_NUL)]
Reason = Annotated[str, Field(max_length=500, pattern=NO_NUL)]
Token = Annotated[str, Field(max_length=100, pattern=NO_NUL)]
SenderId = Annotated[str, Field(max_length=80, pattern=NO_NUL)]
Categories = Annotated[list[Literal[CATEGORIES]], Field(max_length=len(CATEGORIES))]  # type: ignore[valid-type]


class RegistrationBody(Strict):
    """A firm that registers. The contact's number receives a code."""

    operator: Line
    name: Line
    credit_code: Line
    categories: Categories
    contact_name: Line
    contact_number: Line


class Content(Strict):
    """What is applied for: of a header `header, category, assignment, proof`; of a template `body, sample, category,
    purpose`; of a renewal `name, contact_name, contact_number`; of a mended registration all of its own.
    """

    header: Line = ""
    category: Line = ""
    assignment: Line = ""
    proof: Line = ""
    body: Text = ""
    sample: Text = ""
    purpose: Line = ""
    name: Line = ""
    credit_code: Line = ""
    categories: Categories = Field(default_factory=list)
    contact_name: Line = ""
    contact_number: Line = ""


class ApplicationBody(Strict):
    """An application of a registered firm; `check` has it only checked."""

    kind: Literal["header", "template", "renewal"]
    operator: Line
    content: Content
    check: bool = False


class MendBody(Strict):
    """What a refused application says now; `operator`: before another one."""

    content: Content
    operator: Line = ""


class CodeBody(Strict):
    """A one-time code."""

    code: Annotated[str, Field(max_length=20, pattern=NO_NUL)]


class HeaderBody(Strict):
    """One of the own headers, as it is written."""

    header: Line


class TemplateBody(Strict):
    """One of the own templates."""

    template_id: Line


class DecisionBody(Strict):
    """A reviewer's decision on the round that was read."""

    round: Annotated[int, Field(ge=1, lt=2**15)]
    decision: Literal["accept", "refuse"]
    reason: Reason = ""
    assigned: bool = False
    """Of a header: looked up, and assigned to the firm."""


class SuspensionBody(Strict):
    """A firm suspended, or that lifted."""

    suspended: bool
    reason: Reason


class TrunkBody(Strict):
    """One of the own operator's trunks given to a firm, or taken."""

    trunk: Line
    given: bool


class FindingSeen(Schema):
    """What the pre-check says; what `refuses` cannot be submitted."""

    refuses: bool
    zh: str
    en: str


class Checked(Schema):
    """A pre-check's answer."""

    findings: list[FindingSeen]


class StepSeen(Schema):
    """One step of an application."""

    at: datetime
    what: str
    role: str
    reason: str


class ApplicationSeen(Schema):
    """An application; the contact's number is masked."""

    id: int
    kind: str
    state: str
    round: int
    operator: str
    sender_id: str | None
    submitted_at: datetime
    reason: str
    content: dict[str, Any]
    notes: list[FindingSeen]
    steps: list[StepSeen]


class Applied(Schema):
    """A new registration: `token` follows it, and is told this once."""

    token: str
    state: str


class Done(Schema):
    """That something was done; of a change of the registry its `seq`."""

    state: str
    seq: int | None = None
    findings: list[FindingSeen] = Field(default_factory=list)
    id: int | None = None


class Applications(Schema):
    """Some applications; `next` is the cursor of the next page."""

    items: list[ApplicationSeen]
    next: int | None = None


class HeaderSeen(Schema):
    """A registered header."""

    header: str
    category: str | None
    start: datetime
    end: datetime | None


class TemplateSeen(Schema):
    """A registered template."""

    template_id: str
    category: str
    purpose: str
    body: str


class FirmSeen(Schema):
    """What is registered of a firm."""

    sender_id: str
    name: str
    credit_code: str | None
    state: str
    """valid, suspended, or over."""
    operator: str
    categories: list[str]
    valid_until: datetime | None
    certificate: str
    headers: list[HeaderSeen]
    templates: list[TemplateSeen]
    trunks: list[str]


class Firms(Schema):
    """Some firms; `next` is the `after` of the next page."""

    items: list[str]
    next: str | None = None


class CertificateSeen(Schema):
    """What a certificate says today."""

    number: str
    state: str
    name: str
    credit_code: str | None
    since: datetime
    valid_until: datetime | None
    headers: list[str]


class Link(Schema):
    """A link that is good once."""

    url: str


class Sha(Schema):
    """A document's name."""

    sha256: str
