"""The staff console: server-rendered pages under ``/console`` for cases, handoffs and accounts.

``mount(app, config, service=…, sessions=…)`` puts it on the case system's application; ``accounts`` is what the command
line uses.
"""

from cases.console.app import mount

__all__ = ["mount"]
