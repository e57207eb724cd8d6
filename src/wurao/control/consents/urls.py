"""The pages of consents: a subscriber's, a firm's."""

from __future__ import annotations

from django.urls import path

from wurao.control.consents import views

urlpatterns = [
    path("consents/", views.consents, name="consents"),
    path("consents/revoke/", views.consents_revoked, name="consents_revoked"),
    path("consents/undo/", views.consents_undo, name="consents_undo"),
    path("consents/asked/<uuid:request_id>/", views.consent_answered, name="consent_answered"),
    path("firm/consents/", views.firm_consents, name="firm_consents"),
    path("firm/consents/bulk/", views.firm_consents_bulk, name="firm_consents_bulk"),
    path("firm/consents/<uuid:request_id>/code/", views.firm_consent_code, name="firm_consent_code"),
]
