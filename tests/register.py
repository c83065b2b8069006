"""Talenom's register of systems, read once for all tests of a process."""

from cases.systems import load_systems
from insyn.settings import ROOT

REGISTER = load_systems(ROOT / "data" / "systems.yml", policy_dir=ROOT / "data" / "policy")
