"""All addresses; what they are for stands in each feature's own list."""

from django.urls import include, path

from stageapp.core import views as core

urlpatterns = [
    path("", include("stageapp.home.urls")),
    path("", include("stageapp.accounts.urls")),
    path("", include("stageapp.logbook.urls")),
    path("calendar/", include("stageapp.planning.urls")),
    path("", include("stageapp.exports.urls")),
    path("insights/", include("stageapp.insights.urls")),
    path("tips/", include("stageapp.tips.urls")),
    path("manage/programmes/", include("stageapp.programmes.manage_urls")),
    path("manage/programmes/", include("stageapp.administration.programmes_urls")),
    path("manage/charts/", include("stageapp.insights.manage_urls")),
    path("manage/tips/", include("stageapp.tips.manage_urls")),
    path("manage/people/", include("stageapp.administration.manage_urls")),
    path("", include("stageapp.administration.urls")),
    path("manage/audit/", include("stageapp.programmes.audit_urls")),
    path("manage/insights/", include("stageapp.tips.totals_urls")),
    path("manage/links/", include("stageapp.guidance.manage_urls")),
    path("manage/", include("stageapp.home.manage_urls")),
    path("manage/preview/", include("stageapp.home.preview_urls")),
    path("manage/holidays/", include("stageapp.programmes.holidays_urls")),
    path("manage/messages/", include("stageapp.programmes.messages_urls")),
    path("manage/privacy/", include("stageapp.privacy.manage_urls")),
    path("manage/integrations/", include("stageapp.integrations.urls")),
    path("my-data/", include("stageapp.privacy.urls")),
    path("privacy/", include("stageapp.privacy.statement_urls")),
    path("feedback/", include("stageapp.feedback.urls")),
    path("announcements/", include("stageapp.programmes.urls")),
    path("placement/", include("stageapp.placements.urls")),
    path("guide/", include("stageapp.guide.urls")),
    path("guidance/", include("stageapp.guidance.urls")),
    path("students/", include("stageapp.guidance.students_urls")),
    path("g/<str:token>/", include("stageapp.guidance.guests_urls")),
    path("g/<str:token>/", include("stageapp.invitations.urls")),
    path("news/", include("stageapp.notifications.urls")),
    path("csp-reports/", core.csp_report, name="csp_report"),
    path("healthz", core.alive, name="healthz"),
    path("readyz", core.ready, name="readyz"),
]
