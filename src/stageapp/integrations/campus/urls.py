"""Coming in by a campus, and leaving by it."""

from django.urls import path

from stageapp.integrations.campus import views, views_own

app_name = "campus"
urlpatterns = [
    path("", views.find, name="find"),
    path("<int:pk>/", views.begin, name="begin"),
    path("<int:pk>/go/", views.go, name="go"),
    path("<int:pk>/callback/", views.callback, name="callback"),
    path("<int:pk>/acs/", views.acs, name="acs"),
    path("<int:pk>/done/<str:word>/", views.done, name="done"),
    path("<int:pk>/code/", views.code, name="code"),
    path("<int:pk>/code/again/", views.code_again, name="code_again"),
    path("<int:pk>/metadata/", views.metadata, name="metadata"),
    path("<int:pk>/signed-out/", views.signed_out, name="signed_out"),
    path("<int:pk>/out/", views.out, name="out"),
    path("<int:pk>/out/there/", views.out_there, name="out_there"),
    path("<int:pk>/link/", views_own.link, name="link"),
    path("<int:pk>/link/confirm/", views_own.confirm, name="confirm"),
    path("linked/<int:pk>/remove/", views_own.unlink, name="unlink"),
]
