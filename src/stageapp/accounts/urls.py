"""Addresses of signing in, registering and the account; the names are those allauth asks for."""

from allauth.account import views as allauth
from django.urls import path, re_path

from stageapp.accounts import views
from stageapp.accounts.decorators import invalid_is_422

urlpatterns = [
    path("login/", invalid_is_422(allauth.login), name="account_login"),
    path("login/again/", invalid_is_422(allauth.reauthenticate), name="account_reauthenticate"),
    path("login/closed/", allauth.account_inactive, name="account_inactive"),
    path("logout/", allauth.logout, name="account_logout"),
    path("register/", invalid_is_422(views.register), name="account_signup"),
    path("language/", views.set_language, name="set_language"),
    path("email/", invalid_is_422(views.change_email), name="account_email"),
    path("verify/", allauth.email_verification_sent, name="account_email_verification_sent"),
    path("verify/resend/", views.resend_verification, name="resend_verification"),
    re_path(r"^verify/(?P<key>[-:\w]+)/$", views.verify, name="account_confirm_email"),
    path(
        "password/change/",
        invalid_is_422(allauth.password_change),
        name="account_change_password",
    ),
    path("password/set/", invalid_is_422(allauth.password_set), name="account_set_password"),
    path("password/reset/", invalid_is_422(allauth.password_reset), name="account_reset_password"),
    path("password/reset/sent/", allauth.password_reset_done, name="account_reset_password_done"),
    path(
        "password/reset/done/",
        allauth.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^password/reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        invalid_is_422(allauth.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
]
