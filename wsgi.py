"""The door for WSGI servers and for the `flask` command; a wrong configuration ends it with a message, not a trace."""

from examhall.app import create_app
from examhall.errors import ConfigurationError

try:
    app = create_app()
except ConfigurationError as error:
    raise SystemExit(f"Examhall can't start:\n{error.told()}") from None
