"""What every action of ours is made of."""

from typing import ClassVar

from rasa_sdk import Action

from actions import composition
from actions.services import Services


class InsynAction(Action):
    """An action with its collaborators; subclasses say their ``action_name``."""

    action_name: ClassVar[str]

    def __init__(self, services: Services | None = None) -> None:
        self.services = services or composition.services()  # rasa-sdk constructs without arguments

    def name(self) -> str:
        return self.action_name
