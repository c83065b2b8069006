"""Errors of the composition.

InsynError
├── PortTakenError       a service cannot have its port
├── TrainingError        Rasa could not train the model
├── StackError           the stack did not come up, or a process of it died
└── AlreadyRunningError  another stack works on the same data directory
"""


class InsynError(Exception):
    """Base; its text is for the person at the terminal."""


class PortTakenError(InsynError):
    """A port that a service needs is taken; the text names the setting that moves it."""


class TrainingError(InsynError):
    """Rasa could not train the model; the text names its log."""


class StackError(InsynError):
    """The stack did not come up, or a process of it died; the text says which."""


class AlreadyRunningError(InsynError):
    """Another stack works on the same data directory."""
