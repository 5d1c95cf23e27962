"""The job that disputes what was not matched in time."""

from procurement.invoicing.app.ports import Invoicing
from procurement.invoicing.domain.invoice import SYSTEM
from procurement.kernel.clock import Clock, NewId
from procurement.kernel.ids import InvoiceId
from procurement.platform.due import Due


def deadlines(invoicing: Invoicing, clock: Clock, new_id: NewId) -> Due[InvoiceId]:
    return Due(
        job="invoicing.deadlines",
        overdue=invoicing.overdue,
        settle=invoicing.time_out,
        actor=SYSTEM,
        clock=clock,
        new_id=new_id,
    )
