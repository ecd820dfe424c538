from django.urls import path

from commitments.digests import views

urlpatterns = [
    path("subscribe/", views.subscribe, name="subscribe"),
    path("subscribe/settings/", views.send_link, name="subscribe_send_link"),
    path("subscribe/manage/<str:token>/", views.manage, name="subscribe_manage"),
    path("subscribe/manage/<str:token>/held.json", views.held, name="subscribe_held"),
    path("subscribe/move/<str:token>/", views.move, name="subscribe_move"),
    path("subscribe/confirm/<str:token>/", views.confirm, name="subscribe_confirm"),
    path("subscribe/unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
]
