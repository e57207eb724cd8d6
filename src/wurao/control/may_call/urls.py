"""The pages of "May I call?"."""

from __future__ import annotations

from django.urls import path

from wurao.control.may_call import views

urlpatterns = [
    path("firm/may-call/", views.may_call, name="may_call"),
    path("may-call/askings/", views.may_call_askings, name="may_call_askings"),
    path("may-call/leak/", views.may_call_leak, name="may_call_leak"),
]
