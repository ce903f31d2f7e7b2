"""What stops an act and is said to whoever asked for it; any other exception is a fault."""

from __future__ import annotations


class ForPeople(Exception):
    """The text is a Swedish sentence that says what is wrong and the way out."""

    field = ""  # the form's field at fault, "" for none or the whole form
    exit_code = 2  # of a command that ends with it: 1 it was refused, 2 it could not be done
    ends_program = False  # nothing more can be done after it

    @property
    def sentences(self) -> tuple[str, ...]:
        """All that is said, the first sentence first."""
        return (str(self),)

    def said_in_place(self) -> str:
        """Return the sentence, for a dialogue that stays; what ends the program is raised again."""
        if self.ends_program:
            raise self
        return str(self)
