"""What the training examples call the company; whoever is served instead is called as its own policy says."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import yaml

from privacy.company_name import CompanyName

OF_EXAMPLES: Final = CompanyName(yaml.safe_load(Path(__file__).with_name("company.yml").read_text("utf-8"))["called"])
