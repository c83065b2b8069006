"""Control of an e-mail address, shown by a code that was sent there: what an identification of level 1 rests on."""

from identity.codes.desk import CodeDesk, CodeMail

__all__ = ["CodeDesk", "CodeMail"]
