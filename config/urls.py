from django.conf import settings
from django.contrib import admin
from django.urls import path

from . import public_urls

urlpatterns = [path(f"{settings.ADMIN_PATH}/", admin.site.urls), *public_urls.urlpatterns]
