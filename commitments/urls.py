from django.urls import path
from django.http import HttpResponse

urlpatterns = [path("commitments/<slug:slug>/", lambda r, slug: HttpResponse(slug), name="commitment")]
