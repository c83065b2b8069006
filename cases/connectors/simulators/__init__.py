"""Stand-ins for the systems' APIs, as separate programs over real HTTP, for development and tests.

They check what the real ones check: authentication, versions, paging, limits; and they fail on demand. Production
refuses to run them, and refuses to work a system over anything but https.
"""

from cases.connectors.simulators.application import SimulatorForbiddenError, create_app

__all__ = ["SimulatorForbiddenError", "create_app"]
