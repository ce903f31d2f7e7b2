"""What stops an act and is said to whoever asked for it; any other exception is a fault."""

from __future__ import annotations


class ForPeople(Exception):
    """The text is a Swedish sentence that says what is wrong and the way out."""

    field = ""  # the form's field at fault, "" for none or the whole form
    exit_code = 2  # of a command that ends with it: 1 it was refused, 2 it could not be done
    ends_program = False  # nothing more can be done after it
    ends_session = False  # whoever is logged on must log on again

    @property
    def sentences(self) -> tuple[str, ...]:
        """All that is said, the first sentence first."""
        return (str(self),)

    def said_in_place(self) -> str:
        """Return the sentence, for a dialogue that stays; what ends more than that is raised again."""
        if self.ends_program or self.ends_session:
            raise self
        return str(self)


class ReadOnly(ForPeople):
    """Something was about to be changed by a program that only reads."""

    exit_code = 1

    def __init__(self) -> None:
        super().__init__(
            "LÄSLÄGE: inget sparas. Skriv på papper och registrera när registret är tillbaka."
        )
