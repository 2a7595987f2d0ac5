"""Addresses of signing in, registering and the account; the names are those allauth asks for."""

from allauth.account import views as allauth
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from django.urls import path, re_path

from stageapp.accounts import views, views_security
from stageapp.accounts.decorators import invalid_is_422

urlpatterns = [
    path("login/", invalid_is_422(views_security.sign_in), name="account_login"),
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
    path("login/code/", invalid_is_422(views_security.second_factor), name="mfa_authenticate"),
    path("login/with-passkey/", views_security.passkey_entrance, name="passkey_entrance"),
    path("login/passkey/", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path("login/again/code/", invalid_is_422(factors.reauthenticate), name="mfa_reauthenticate"),
    path(
        "login/again/passkey/",
        invalid_is_422(views_security.passkey_again),
        name="mfa_reauthenticate_webauthn",
    ),
    path("security/", views_security.security, name="mfa_index"),
    path("security/sessions/", views_security.sessions, name="sessions"),
    path("security/sessions/end/", views_security.sessions_end, name="sessions_end"),
    path("security/sessions/<int:pk>/end/", views_security.session_end, name="session_end"),
    path("security/app/", invalid_is_422(totp.activate_totp), name="mfa_activate_totp"),
    path("security/app/off/", invalid_is_422(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("security/codes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "security/codes/new/",
        invalid_is_422(codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path("security/codes/file/", views_security.recovery_codes_file, name="recovery_codes_file"),
    path(
        "security/passkeys/new/",
        invalid_is_422(views_security.new_passkey),
        name="mfa_add_webauthn",
    ),
    path(
        "security/passkeys/<int:pk>/",
        invalid_is_422(views_security.passkey_name),
        name="mfa_edit_webauthn",
    ),
    path(
        "security/passkeys/<int:pk>/remove/",
        views_security.passkey_remove,
        name="mfa_remove_webauthn",
    ),
]
