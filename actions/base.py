"""What every action of ours is made of."""

from abc import ABC, abstractmethod

from rasa_sdk import Action

from actions import composition
from actions.services import Services


class InsynAction(Action, ABC):
    """An action with its collaborators; subclasses say their ``action_name``."""

    def __init__(self, services: Services | None = None) -> None:
        self.services = services or composition.services()  # rasa-sdk constructs without arguments

    @property
    @abstractmethod
    def action_name(self) -> str:
        """What ``domain.yml`` calls it. Abstract, so that rasa-sdk passes the bases of actions by."""

    def name(self) -> str:
        return self.action_name
