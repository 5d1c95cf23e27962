"""`procurement events` on a broker that nobody has used yet."""

from click.testing import CliRunner

from procurement.entrypoints.cli import main
from tests import servers


def test_where_there_are_no_topics_yet_one_is_told_how_to_make_them() -> None:
    with servers.embedded_kafka() as kafka:
        told = CliRunner(env={"KAFKA_BROKERS": kafka.brokers}).invoke(main, ["events"])
    assert (told.exit_code, "Traceback" in told.output) == (1, False)
    assert told.output.splitlines()[-1].endswith("there are no topics yet; `procurement topics` makes them")
