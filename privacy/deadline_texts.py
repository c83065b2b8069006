"""The sentences that explain how a due date came about, in Swedish, for the visitor and the officer."""

from typing import Final

RECEIVED: Final = "Begäran kom in {received}."
RECEIVED_ON_DAY_OFF: Final = (
    "Begäran kom in {received}. Att det var {day_off} spelar ingen roll: tiden räknas ändå därifrån."
)

ONE_MONTH: Final = (
    "Svaret ska lämnas utan onödigt dröjsmål och senast en månad efter att begäran kom in, "
    "alltså senast den {raw} (artikel 12.3 i dataskyddsförordningen)."
)
ONE_MONTH_CLIPPED: Final = (
    "Svaret ska lämnas utan onödigt dröjsmål och senast en månad efter att begäran kom in "
    "(artikel 12.3 i dataskyddsförordningen). Det finns ingen {missing}, "
    "så tiden räknas till månadens sista dag, den {raw}."
)
EXTENDED: Final = (
    "Tiden förlängdes den {noticed} med två månader, till tre månader från den dag då begäran kom in, "
    "den {raw} (artikel 12.3 i dataskyddsförordningen)."
)
EXTENSION_REASON: Final = "Skäl för förlängningen: {reason}"

PAUSED: Final = "Från den {asked} till den {sufficient} stod tiden stilla ({days}), medan {why}."
PAUSE_OPEN: Final = "Sedan den {asked} står tiden stilla, medan {why}."
PAUSE_TOO_LATE: Final = (
    "Den {asked} ställdes en fråga till den som begärt. Det var mer än {limit} dagar efter att begäran kom in, "
    "så tiden stannade inte."
)
AWAITING_IDENTITY: Final = "identiteten behövde styrkas"
AWAITING_CLARIFICATION: Final = "begäran behövde preciseras"
PAUSED_SUM: Final = "Med uppehållet inräknat går tiden ut den {raw}."

ROLLED: Final = "Den {raw} är {day_off}, så tiden går ut nästa arbetsdag, {due} (artikel 3.4 i förordning 1182/71)."
DUE: Final = "Svaret ska lämnas senast {due}."
UNPAUSED: Final = "Utan uppehåll hade sista dagen varit {unpaused}."
AT_ONCE: Final = "En invändning mot direktmarknadsföring och ett återkallat samtycke får verkan genast."

ONE_DAY: Final = "1 dag"
DAYS: Final = "{count} dagar"
