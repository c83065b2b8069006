"""Templates: always escaped, strict about names, with the few filters that Swedish pages need."""

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from cases.console import texts
from privacy.personal_identity_number import mask
from privacy.swedish_dates import swedish_date, swedish_weekday_date

HERE: Final = Path(__file__).parent
STATIC: Final = HERE / "static"


class Templates:
    """Renders the console's templates."""

    def render(self, name: str, context: Mapping[str, Any]) -> str:
        """Return the text of the template ``name``."""
        return _environment().get_template(name).render(context)


@cache
def _environment() -> Environment:
    """Return the one that compiles each template once a process."""
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "date": swedish_date,
        "weekday_date": swedish_weekday_date,
        "short_date": texts.short_date,
        "date_and_time": texts.date_and_time,
        "clock_time": texts.clock_time,
        "duration": texts.duration,
        "masked": mask,
    }
    environment.globals |= {"static_version": _static_version(), "texts": texts}
    return environment


def _static_version() -> str:
    """Return a digest of all static files: it stands in their addresses, so that browsers may keep them for good."""
    digest = hashlib.sha256()
    for path in sorted(STATIC.iterdir()):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]
