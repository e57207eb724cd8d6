"""The tour's page."""

from __future__ import annotations

from django.urls import path

from wurao.control.tour import views

urlpatterns = [
    path("tour/", views.tour, name="tour"),
    path("tour/enter/", views.tour_enter, name="tour_enter"),
]
