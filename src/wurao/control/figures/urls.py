"""The page of figures."""

from __future__ import annotations

from django.urls import path

from wurao.control.figures import views

urlpatterns = [path("figures/", views.figures, name="figures")]
