"""Gunicorn in place of granian: `python -m gunicorn -c config/gunicorn.conf.py`. Gunicorn is not in requirements.lock.

Granian serves twice the requests in the same CPU time here; this file is for those who run gunicorn everywhere else.
"""

import os

wsgi_app = "wsgi:app"
pythonpath = "platform"
bind = "127.0.0.1:8000"  # nginx stands in front, see nginx.conf

# Threads, since a request waits for the database most of its time; as many as `database_pool` has connections.
worker_class = "gthread"
threads = 4
# One process where data lies in SQLite, whose writers queue inside it; with PostgreSQL one for each core.
workers = int(os.environ.get("WORKERS", "1"))

# Nothing takes that long; whoever does is stuck. A worker that stops lets its requests end first.
timeout = 60
graceful_timeout = 30
# Longer than nginx keeps its idle connections, so that a request never meets one that is being closed.
keepalive = 75
# The app writes its own line for each request.
accesslog = None
errorlog = "-"
