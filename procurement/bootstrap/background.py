"""What the worker and the consumer have in common: tasks, and a management port."""

from procurement.bootstrap.base import Base, postgres_answers
from procurement.platform.http.health import Check, Health
from procurement.platform.http.management import Management, Version
from procurement.platform.http.processes import Background, Task
from procurement.platform.http.server import Site
from procurement.platform.http.traffic import Traffic
from procurement.platform.kafka.access import KafkaAccess
from procurement.platform.kafka.door import DoorWatch
from procurement.platform.telemetry import service_version


def background(base: Base, kafka: KafkaAccess, *tasks: Task) -> Background:
    traffic, door = Traffic(), DoorWatch(kafka)
    health = Health(traffic, [postgres_answers(base), Check("kafka", door.is_open, needed=False)])
    management = Management(
        health, Version(service_version(), base.settings.git_sha), base.catalogue.registry
    )
    return Background(
        Site(management, str(base.settings.management_addr)), traffic, health, [*tasks, door.run]
    )
