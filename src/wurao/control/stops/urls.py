"""The subscriber's pages of what was stopped."""

from __future__ import annotations

from django.urls import path

from wurao.control.stops import views

urlpatterns = [
    path("wishes/preview/", views.wishes_preview, name="wishes_preview"),
    path("stops/", views.stops, name="stops"),
    path("stops/undo/", views.stops_undo, name="stops_undo"),
    path("stops/standing/<int:seq>/", views.stops_standing, name="stops_standing"),
    path("stops/<str:event>/let-through/", views.stop_let_through, name="stop_let_through"),
    path("stops/<str:event>/never/", views.stop_never, name="stop_never"),
    path("stops/<str:event>/fraud/", views.stop_fraud, name="stop_fraud"),
    path("stops/<str:event>/unmask/", views.stop_unmask, name="stop_unmask"),
]
