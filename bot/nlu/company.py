"""What the training examples call the company; whoever is served instead is called as its own policy says."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from foundation.yaml_files import read_yaml
from privacy.company_name import CompanyName

OF_EXAMPLES: Final = CompanyName(read_yaml(Path(__file__).with_name("company.yml"))["called"])
