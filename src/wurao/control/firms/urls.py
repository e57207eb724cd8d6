"""The pages of firms: for whoever has no account, for a firm, for its reviewers."""

from __future__ import annotations

from django.urls import path

from wurao.control.firms import own, public, review

urlpatterns = [
    path("firms/apply/", public.firm_apply, name="firm_apply"),
    path("firms/follow/<str:token>/", public.firm_follow, name="firm_follow"),
    path("firms/follow/<str:token>/code/", public.firm_follow_code, name="firm_follow_code"),
    path("firms/follow/<str:token>/invite/", public.firm_follow_invite, name="firm_follow_invite"),
    path("certificates/", public.certificates, name="certificates"),
    path("firm/", own.firm, name="firm"),
    path("firm/new/<str:kind>/", own.firm_new, name="firm_new"),
    path("firm/applications/<int:pk>/", own.firm_application, name="firm_application"),
    path("firm/applications/<int:pk>/withdraw/", own.firm_application_withdrawn, name="firm_application_withdrawn"),
    path("firm/headers/end/", own.firm_header_ended, name="firm_header_ended"),
    path("firm/templates/withdraw/", own.firm_template_withdrawn, name="firm_template_withdrawn"),
    path("firm/certificate/", own.firm_certificate, name="firm_certificate"),
    path("firm/colleague/", own.firm_colleague, name="firm_colleague"),
    path("reviews/", review.reviews, name="reviews"),
    path("reviews/<int:pk>/", review.review, name="review"),
    path("proofs/<str:sha256>/", review.proof, name="proof"),
    path("firms/", review.firms, name="firms"),
    path("firms/of/<str:sender_id>/", review.firm_seen, name="firm_seen"),
    path("firms/of/<str:sender_id>/suspension/", review.firm_suspension, name="firm_suspension"),
    path("firms/of/<str:sender_id>/trunk/", review.firm_trunk, name="firm_trunk"),
]
