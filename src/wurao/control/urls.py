"""Every page and call of the project; who may use which stands in `rights`."""

from __future__ import annotations

from django.urls import include, path

from wurao.control.api import api
from wurao.control.console import changes, views

urlpatterns = [
    # First, as programs ask the most.
    path("api/v1/", api.urls),
    path("", views.front, name="front"),
    path("health/", views.health, name="health"),
    path("look/", views.look, name="look"),
    path("home/", views.home, name="home"),
    path("changes/", changes.registry_changes, name="registry_changes"),
    path("changes/<int:seq>/unmask/", changes.unmask, name="unmask"),
    path("", include("wurao.control.accounts.urls")),
    path("", include("wurao.control.wishes.urls")),
    path("", include("wurao.control.stops.urls")),
    path("", include("wurao.control.explained.urls")),
    path("", include("wurao.control.figures.urls")),
    path("", include("wurao.control.tour.urls")),
    path("", include("wurao.control.holders.urls")),
    path("", include("wurao.control.firms.urls")),
    path("", include("wurao.control.consents.urls")),
    path("", include("wurao.control.may_call.urls")),
]
handler400 = "wurao.control.problems.bad_request"
handler404 = "wurao.control.problems.not_found"
handler500 = "wurao.control.problems.failed"
