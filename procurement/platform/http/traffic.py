"""How busy this process is, and whether it still wants to be."""

from dataclasses import dataclass

from procurement.platform.http.problems import Problem


@dataclass(slots=True)
class Traffic:
    most: int = 64
    """Requests at once; one more is turned away rather than queued without end (about 2 x pool + queue)."""
    in_flight: int = 0
    started: bool = False
    draining: bool = False

    def start(self) -> None:
        self.started = True

    def drain(self) -> None:
        """From now on not ready; what is asked nevertheless is still answered."""
        self.draining = True

    def admit(self) -> None:
        if self.in_flight > self.most:
            raise Problem("overloaded", headers={"retry-after": "1"})
