"""Setting up campus sign-in."""

from django.urls import path

from stageapp.integrations.campus import views_manage as views
from stageapp.integrations.campus.models import Protocol

app_name = "manage_campus"
urlpatterns = [
    path("", views.overview, name="list"),
    path("new/oidc/", views.new, {"protocol": Protocol.OIDC}, name="new_oidc"),
    path("new/saml/", views.new, {"protocol": Protocol.SAML}, name="new_saml"),
    path("<int:pk>/", views.provider, name="provider"),
    path("<int:pk>/change/", views.change, name="change"),
    path("<int:pk>/test/", views.test, name="test"),
    path("<int:pk>/try/", views.try_out, name="try"),
    path("<int:pk>/switch/", views.switch, name="switch"),
    path("<int:pk>/remove/", views.remove, name="remove"),
    path("rules/<int:pk>/remove/", views.rule_remove, name="rule_remove"),
]
