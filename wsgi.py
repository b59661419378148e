"""The door for WSGI servers and for the `flask` command; a wrong configuration ends it with a message, not a trace."""

import gc

from examhall.app import create_app
from examhall.errors import ConfigurationError

try:
    app = create_app()
except ConfigurationError as error:
    raise SystemExit(f"Examhall can't start:\n{error.told()}") from None

# What is there now stays: to look through all of it for garbage again and again would hold up a request for 0.1 s
gc.collect()
gc.freeze()
# A page makes thousands of things that end by themselves: looking for rings of them less often is a tenth of its time
gc.set_threshold(5_000)
