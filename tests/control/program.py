"""A program with a key of the API, for tests."""

from __future__ import annotations

import json
from typing import Any

from tests.control.people import browser, key_of


class Program:
    """Asks as a program does."""

    def __init__(self, person: Any = None) -> None:
        self.client, self.key = browser(), key_of(person) if person is not None else ""

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        """Ask with a JSON body; the status, and what came back."""
        given = {"Authorization": f"Bearer {self.key}", **headers} if self.key else headers
        data = "" if body is None else json.dumps(body)
        answer = self.client.generic(method, f"/api/v1/{path}", data, "application/json", headers=given)
        return answer.status_code, json.loads(answer.content)

    def text(self, path: str, body: str) -> Any:
        """Ask with a text; the answer."""
        given = {"Authorization": f"Bearer {self.key}"}
        return self.client.generic("POST", f"/api/v1/{path}", body, "text/plain", headers=given)
