"""Errors of the actions. None carries anything that a visitor said or that says who somebody is.

ActionsError
├── KnowledgeError                       the policy's answers cannot be used as they stand
└── ServiceError
    ├── ServiceUnavailableError          no answer, or one that says "not now"; the same call may be made again
    ├── ServiceRefusedError              the service understood and will not; the same call will fail again
    └── IdentificationNotAvailableError  no completed identification for this purpose (any more)
"""


class ActionsError(Exception):
    """Base of everything that the actions raise."""


class KnowledgeError(ActionsError):
    """A file of ``data/policy`` is missing, or says something that does not fit the others."""


class ServiceError(ActionsError):
    """A call to another service of ours did not give what was asked for."""

    def __init__(self, service: str, problem: str) -> None:
        super().__init__(f"{service}: {problem}")
        self.service = service
        self.problem = problem
        """The slug of the problem, or the kind of failure."""


class ServiceUnavailableError(ServiceError):
    """No answer, or one that says "not now"."""


class ServiceRefusedError(ServiceError):
    """The service understood and will not."""


class IdentificationNotAvailableError(ServiceError):
    """The visitor has not identified for this purpose, or too long ago."""
