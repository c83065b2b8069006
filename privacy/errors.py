"""Errors of the rules.

PrivacyRuleError
├── TransitionNotAllowedError            a case cannot go that way, or not by that hand
├── DeadlineRuleError
│   ├── AlreadyExtendedError             art. 12(3) knows one extension
│   ├── ExtensionTooLateError            the notice must come no later than the first due date
│   └── InvalidPauseError                a pause that begins before receipt or ends before it began
├── InvalidPersonalIdentityNumberError   not a personnummer or samordningsnummer
├── InvalidContactAddressError           not an e-mail address or telephone number
├── InvalidStaffHoursError               not hours of a day
├── PolicyStructureError                 the policy text does not have the headings it should
├── QuoteNotInPolicyError                the words do not stand in that section
└── SystemRegisterError                  the register of the company's systems is not well-formed
"""


class PrivacyRuleError(Exception):
    """Base of everything that the rules raise."""


class TransitionNotAllowedError(PrivacyRuleError):
    """The step is not in the table, or not with these parts."""

    def __init__(self, source: str, target: str, reason: str) -> None:
        super().__init__(f"{source} to {target}: {reason}")
        self.source = source
        self.target = target
        self.reason = reason


class DeadlineRuleError(PrivacyRuleError):
    """The deadline ledger cannot take this entry."""


class AlreadyExtendedError(DeadlineRuleError):
    """The case has had its one extension."""


class ExtensionTooLateError(DeadlineRuleError):
    """The notice of extension would come after the first due date."""


class InvalidPauseError(DeadlineRuleError):
    """The pause begins before receipt or ends before it began."""


class InvalidPersonalIdentityNumberError(PrivacyRuleError):
    """Not a personnummer or samordningsnummer. The message never repeats what was given."""


class InvalidContactAddressError(PrivacyRuleError):
    """Not an e-mail address or telephone number. The message never repeats what was given."""


class InvalidStaffHoursError(PrivacyRuleError):
    """Not hours of a day."""


class PolicyStructureError(PrivacyRuleError):
    """The policy text does not have the headings it should, in that order."""


class QuoteNotInPolicyError(PrivacyRuleError):
    """The words do not stand, letter by letter, in that section of the policy."""


class SystemRegisterError(PrivacyRuleError):
    """The register of systems lacks something, or says something that the policy does not; the message says where."""
