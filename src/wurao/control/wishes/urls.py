"""The subscriber's pages."""

from __future__ import annotations

from django.urls import path

from wurao.control.wishes import guardian_views, operator_views, views

urlpatterns = [
    path("wishes/", views.wishes, name="wishes"),
    path("wishes/choice/", views.wishes_choice, name="wishes_choice"),
    path("wishes/shield/", views.wishes_shield, name="wishes_shield"),
    path("wishes/only-list/", views.wishes_only_list, name="wishes_only_list"),
    path("wishes/undo/", views.wishes_undo, name="wishes_undo"),
    path("wishes/standing/<int:seq>/", views.wishes_standing, name="wishes_standing"),
    path("wishes/history/", views.wishes_history, name="wishes_history"),
    path("lists/", views.my_lists, name="lists"),
    path("lists/remove/", views.lists_removed, name="lists_removed"),
    path("lists/export/", views.lists_export, name="lists_export"),
    path("guardian/", guardian_views.guardian, name="guardian"),
    path("guardian/end/", guardian_views.guardian_end, name="guardian_end"),
    path("guardian/code/", guardian_views.guardian_code, name="guardian_code"),
    path("guardian/<int:asked>/answer/", guardian_views.guardian_answer, name="guardian_answer"),
    path("guardian/resign/", guardian_views.guardian_resign, name="guardian_resign"),
    path("agent/", operator_views.agent_begun, name="agent"),
    path("agent/do/", operator_views.agent_acted, name="agent_do"),
    path("bulk/", operator_views.bulk_wishes, name="bulk"),
]
