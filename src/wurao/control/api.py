"""The JSON API, version 1: what the pages can do, for programs that show a key.

Each app brings its own calls (`wishes.api`); here they come together, and whatever goes wrong becomes problem details.
Who may call what stands in `control.rights`; `once` does a request with an `Idempotency-Key` once.
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja.errors import HttpError, ValidationError

from wurao import __version__
from wurao.control.accounts.api import router as accounts
from wurao.control.consents.api import router as consents
from wurao.control.console.api import router as console
from wurao.control.described import Described
from wurao.control.explained.api import router as explained
from wurao.control.figures.api import router as figures
from wurao.control.firms.api import router as firms
from wurao.control.firms.findings import NotRight
from wurao.control.firms.review_api import router as reviews
from wurao.control.holders.api import router as holders
from wurao.control.may_call.api import router as may_call
from wurao.control.problems import problem_json
from wurao.control.registry.record import ChangedMeanwhile
from wurao.control.stops.api import router as stops
from wurao.control.waiting import AwaitsGuardian, TooOften
from wurao.control.wishes.api import router as wishes
from wurao.control.wishes.guardian_api import router as guardians
from wurao.control.wishes.operator_api import router as operators
from wurao.errors import Refused

api = Described(
    title="Wurao 勿扰",
    version=__version__,
    urls_namespace="api-1",
    docs_url=None,
    description="Errors are problem details (RFC 9457). A request that changes something may carry an "
    "`Idempotency-Key` (1 to 200 characters): sent again with the same key and body, it is done once.",
)
api.add_router("", wishes)
api.add_router("", stops)
api.add_router("", explained)
api.add_router("", figures)
api.add_router("", guardians)
api.add_router("", operators)
api.add_router("", holders)
api.add_router("", accounts)
api.add_router("", console)
api.add_router("", firms)
api.add_router("", reviews)
api.add_router("", consents)
api.add_router("", may_call)


@api.exception_handler(ValidationError)
def _not_right(request: HttpRequest, error: ValidationError) -> HttpResponse:
    wrong = [{"where": ".".join(map(str, each["loc"])), "wrong": each["msg"]} for each in error.errors]
    return problem_json(422, errors=wrong)


@api.exception_handler(HttpError)
def _said(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem_json(error.status_code, str(error))


@api.exception_handler(Http404)
def _not_there(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem_json(404)


@api.exception_handler(ChangedMeanwhile)
def _meanwhile(request: HttpRequest, error: ChangedMeanwhile) -> HttpResponse:
    return problem_json(409, str(error))


@api.exception_handler(AwaitsGuardian)
def _waits(request: HttpRequest, waits: AwaitsGuardian) -> HttpResponse:
    return JsonResponse(waits.as_dict(), status=202)


@api.exception_handler(TooOften)
def _too_often(request: HttpRequest, error: TooOften) -> HttpResponse:
    answer = problem_json(429, str(error))
    answer["Retry-After"] = str(error.retry_s)
    return answer


@api.exception_handler(NotRight)
def _pre_check(request: HttpRequest, error: NotRight) -> HttpResponse:
    return problem_json(422, str(error), findings=[each.as_dict() for each in error.findings])


@api.exception_handler(Refused)
def _refused(request: HttpRequest, error: Refused) -> HttpResponse:
    return problem_json(422, str(error))
