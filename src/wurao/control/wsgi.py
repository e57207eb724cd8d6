"""The project as a WSGI application, for whichever server runs it; `serving.web` does."""

from __future__ import annotations

from django.core.wsgi import get_wsgi_application

from wurao.control.start import start

start()
application = get_wsgi_application()
