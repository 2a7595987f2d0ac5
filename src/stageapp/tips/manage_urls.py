"""Addresses of the rule editor, for administrators of programmes."""

from django.urls import path

from stageapp.tips import views_manage

app_name = "manage_tips"
urlpatterns = [
    path("", views_manage.tips, name="list"),
    path("statistics/", views_manage.statistics, name="statistics"),
    path("new/<int:programme>/", views_manage.new, name="new"),
    path("cohorts/<int:pk>/", views_manage.cohort, name="cohort"),
    path("<int:pk>/", views_manage.tip, name="tip"),
    path("<int:pk>/switch/", views_manage.switch, name="switch"),
    path("<int:pk>/copy/", views_manage.copy, name="copy"),
    path("<int:pk>/export/", views_manage.export, name="export"),
    path("<int:pk>/versions/", views_manage.versions, name="versions"),
    path("<int:pk>/versions/<int:number>/", views_manage.version, name="version"),
    path("<int:pk>/versions/<int:number>/restore/", views_manage.restore, name="restore"),
    path("export/<int:programme>/", views_manage.export_all, name="export_all"),
    path("import/<int:programme>/", views_manage.bring_in, name="import"),
]
