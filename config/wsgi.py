"""The WSGI application that granian serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# Each thread of the server borrows its connection to PostgreSQL.
os.environ.setdefault("DATABASE_POOL", "on")

application = get_wsgi_application()
