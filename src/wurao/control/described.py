"""What OpenAPI says of every call beside its own bodies: the key, problem details, limits, idempotency keys.

`ninja` describes what a call takes and answers; here each is told with all that `guard`, `once` and the handlers of
`api` may answer instead, so that a program knows it, and the tests hold the service to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from wurao.control.once import HEADER, LONGEST_KEY, PATTERN
from wurao.control.problems import PROBLEM, WORDS
from wurao.control.rights import RIGHTS, Right, Role

ANSWERS = (400, 401, 403, 404, 405, 409, 422, 429, 500, 503)
"""What any call may answer instead."""
CHANGING = ("post", "put", "delete")
KEY: dict[str, list[str]] = {"key": []}
NO_KEY: dict[str, list[str]] = {}
"""A call that whoever has no key may make too."""
PROBLEM_SCHEMA = {
    "title": "Problem",
    "description": "Problem details (RFC 9457), the title also in Chinese.",
    "type": "object",
    "required": ["type", "title", "title_zh", "status"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "title_zh": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"where": {"type": "string"}, "wrong": {"type": "string"}},
            },
        },
    },
}
RETRY = {"Retry-After": {"description": "seconds", "required": True, "schema": {"type": "integer", "minimum": 1}}}
REPEATABLE = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "Sent again with the same key and body, the request is done once, and answered alike for a day.",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": PATTERN},
}


class Described(NinjaAPI):
    """An API that says all that it answers."""

    def get_openapi_schema(self, **given: Any) -> OpenAPISchema:
        """OpenAPI, with what every call has in common."""
        schema = super().get_openapi_schema(**given)
        parts = schema.setdefault("components", {})
        parts.setdefault("schemas", {})["Problem"] = PROBLEM_SCHEMA
        parts["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
        schema["security"] = [KEY]
        open_to_all = {self.get_openapi_operation_id(each) for each in self._operations() if _needs_no_key(each)}
        asks = {self.get_openapi_operation_id(each) for each in self._operations() if _right_of(each).ask}
        for operations in schema["paths"].values():
            for method, operation in operations.items():
                _complete(operation)
                if method in CHANGING and operation["operationId"] not in asks:
                    operation.setdefault("parameters", []).append(REPEATABLE)
                if operation["operationId"] in open_to_all:
                    operation["security"] = [NO_KEY, KEY]
        return schema

    def methods_of(self, url_name: str) -> list[str]:
        """The methods of a call, by the name of its URL."""
        return sorted(
            method for operation in self._operations() if operation.url_name == url_name for method in operation.methods
        )

    def _operations(self) -> Iterator[Operation]:
        for _, router in self._routers:
            for view in router.path_operations.values():
                yield from view.operations


def _right_of(operation: Operation) -> Right:
    return RIGHTS[f"api-1:{operation.url_name}"]


def _needs_no_key(operation: Operation) -> bool:
    right = _right_of(operation)
    return all(Role.NOBODY in right.roles(method.lower() in CHANGING) for method in operation.methods)


def _complete(operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    for status in ANSWERS:
        said: dict[str, Any] = {
            "description": WORDS[status][1],
            "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        if status == 429:
            said["headers"] = RETRY
        responses[str(status)] = said
