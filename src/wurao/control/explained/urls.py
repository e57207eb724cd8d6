"""The page that explains."""

from __future__ import annotations

from django.urls import path

from wurao.control.explained import views

urlpatterns = [path("explain/", views.explain, name="explain")]
