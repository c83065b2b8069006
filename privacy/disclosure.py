"""What every answer to a request for access says, whether there is something behind it or not.

Source: penningtvättslagen (2017:630) 5 kap. 7 § and 11 §: a person may not be told that data about suspicions or
reports
are processed. A sentence that stood only where there is something would tell.
"""

from typing import Final

NOT_DISCLOSED: Final = "Uppgifter som enligt lag inte får lämnas ut till dig omfattas inte av svaret."
