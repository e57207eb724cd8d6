"""What allauth asks of this house: staff come by invitation only, and no mail is sent."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class StaffOnly(DefaultAccountAdapter):  # type: ignore[misc]
    """Signing up is for whoever was invited (`accounts.views.invited`)."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody makes an account by themselves."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address that the server believes, which is the proxy's word only where that proxy is trusted."""
        return str(request.META.get("REMOTE_ADDR", ""))

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Kept, without the password."""
        from wurao.control.accounts.guard import actor_of, record

        super().authentication_failed(request, **credentials)
        record(actor_of(request), "sign_in_failed", str(credentials.get("username", "")))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """No mail is sent."""
