"""Addresses of the public keys, for everybody."""

from django.urls import path

from stageapp.integrations.portfolio import views_keys

app_name = "badge_keys"
urlpatterns = [
    path(".well-known/jwks.json", views_keys.jwks, name="jwks"),
    path("badges/<uuid:number>/did.json", views_keys.did, name="did"),
]
