"""Ids that a form carries, so that sending it twice does its work once."""

import random as randomness
from uuid import UUID


def new_id(random: randomness.Random) -> UUID:
    """Return a random UUID (version 4)."""
    return UUID(int=random.getrandbits(128), version=4)
