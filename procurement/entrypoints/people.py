"""The tenant and the people of the sample data. Everybody has the roles of one job, as the rules want it."""

from dataclasses import dataclass
from uuid import UUID

from procurement.kernel.actor import Role

TENANT = UUID("018f6b2e-4c00-7000-8000-000000000001")


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    roles: tuple[Role, ...]
    does: str
    level: int = 0


PEOPLE = (
    Person("bea", (Role.BUYER,), "raises orders"),
    Person("alma", (Role.APPROVER,), "approves up to level 1", level=1),
    Person("boris", (Role.APPROVER,), "approves up to level 2", level=2),
    Person("carla", (Role.APPROVER,), "approves up to level 3", level=3),
    Person("sunil", (Role.SUPPLIER_ADMIN,), "registers suppliers"),
    Person("rita", (Role.SUPPLIER_APPROVER,), "approves suppliers"),
    Person("willy", (Role.WAREHOUSE,), "receives goods"),
    Person("wanda", (Role.WAREHOUSE,), "inspects what came"),
    Person("femke", (Role.FINANCE,), "watches budgets"),
    Person("chen", (Role.AP_CLERK,), "enters invoices"),
    Person("tariq", (Role.TREASURER,), "pays"),
    Person("olga", (Role.AUDITOR,), "reads everything"),
    Person("tess", (Role.TENANT_ADMIN,), "sets limits and rules"),
)


def person(name: str) -> Person | None:
    return next((one for one in PEOPLE if one.name == name), None)
