"""What the worker and the consumer have in common: tasks, and a management port."""

from procurement.bootstrap.base import Base, postgres_answers
from procurement.platform.http.health import Health
from procurement.platform.http.management import Management, Version
from procurement.platform.http.processes import Background, Task
from procurement.platform.http.server import Site
from procurement.platform.http.traffic import Traffic
from procurement.platform.telemetry import service_version


def background(base: Base, *tasks: Task) -> Background:
    traffic = Traffic()
    health = Health(traffic, [postgres_answers(base)])
    management = Management(
        health, Version(service_version(), base.settings.git_sha), base.catalogue.registry
    )
    return Background(Site(management, str(base.settings.management_addr)), traffic, health, tasks)
