"""The job that escalates what waits for approval too long."""

from procurement.kernel.clock import Clock, NewId
from procurement.kernel.ids import OrderId
from procurement.platform.due import Due
from procurement.purchasing.app.ports import Purchasing
from procurement.purchasing.domain.order import SYSTEM


def escalations(purchasing: Purchasing, clock: Clock, new_id: NewId) -> Due[OrderId]:
    return Due(
        job="purchasing.escalations",
        overdue=purchasing.overdue,
        settle=purchasing.escalate,
        actor=SYSTEM,
        clock=clock,
        new_id=new_id,
    )
