"""Where one comes in and goes out; of allauth's pages those that the staff need."""

from __future__ import annotations

from allauth.account import views as account
from django.urls import include, path

from wurao.control.accounts import views

urlpatterns = [
    path("enter/", views.enter, name="enter"),
    path("enter/code/", views.enter_code, name="enter_code"),
    path("leave/", views.leave, name="leave"),
    path("invited/<str:token>/", views.invited, name="invited"),
    path("staff/", account.login, name="account_login"),
    path("staff/leave/", account.logout, name="account_logout"),
    path("staff/again/", account.reauthenticate, name="account_reauthenticate"),
    path("staff/password/", account.password_change, name="account_change_password"),
    path("staff/closed/", account.signup, name="account_signup"),
    path("staff/closed/password/", account.password_reset, name="account_reset_password"),
    path("staff/closed/mail/", account.email, name="account_email"),
    path("staff/second/", include("allauth.mfa.urls")),
    path("sessions/", include("allauth.usersessions.urls")),
    path("people/", views.people, name="people"),
    path("people/<int:person>/sign-out/", views.sign_out_person, name="sign_out_person"),
    path("records/access/", views.access_records, name="access_records"),
    path("keys/", views.keys, name="keys"),
    path("keys/<int:key>/end/", views.key_ended, name="key_ended"),
]
