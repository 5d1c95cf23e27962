"""Others find what runs here, and not what was killed."""

from pathlib import Path
from threading import Event, Thread

import pytest

from procurement.entrypoints import instance


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROCUREMENT_HOME", str(tmp_path))
    monkeypatch.setattr(instance, "gettempdir", lambda: str(tmp_path))


def test_what_runs_is_found_until_it_ends() -> None:
    assert instance.of_this_machine() == {}
    with instance.only_one():
        assert instance.of_this_machine() == {}
        instance.announce({"api": "http://here"})
        assert instance.of_this_machine() == {"api": "http://here"}
    assert instance.of_this_machine() == {}


def test_what_a_killed_one_announced_is_not_believed() -> None:
    with instance.only_one():
        pass
    instance.announce({"api": "http://nobody"})
    assert instance.of_this_machine() == {}


def test_of_two_homes_one_waits_until_the_other_is_up() -> None:
    waiting, inside = Event(), Event()

    def other() -> None:
        with instance.starting(lambda _: waiting.set()):
            inside.set()

    with instance.starting(pytest.fail) as is_up:
        second = Thread(target=other)
        second.start()
        assert waiting.wait(30)
        assert not inside.is_set()
        is_up()
        assert inside.wait(30)
        second.join()


def test_two_at_once_are_one_too_many(capsys: pytest.CaptureFixture[str]) -> None:
    with instance.only_one(), pytest.raises(SystemExit), instance.only_one():
        pass
    assert "already runs here" in capsys.readouterr().err
