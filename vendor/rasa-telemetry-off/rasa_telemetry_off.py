"""Switches off what Rasa would send to its makers: usage events and, through Sentry, its errors.

Imported by ``rasa_telemetry_off.pth`` when any Python of this environment starts, before Rasa can be. Rasa asks the
variable before its configuration file and before every event, so that neither a developer's home directory nor an
environment that says otherwise turns it on again.
"""

import os

os.environ["RASA_TELEMETRY_ENABLED"] = "false"
