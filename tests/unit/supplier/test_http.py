"""The supplier API through every layer of the transport, on the memory adapter."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest

from tests.unit.supplier.office import A_TYPO, DECLARATION, NO_SUCH_DAY, Office

pytestmark = pytest.mark.anyio


def codes(answer: httpx.Response) -> list[str]:
    return [blocker["code"] for blocker in answer.json()["blockers"]]


async def test_a_supplier_is_registered_normalised_and_read_again(office: Office) -> None:
    answer = await office.ask("adele", "POST", "", DECLARATION)
    body = answer.json()
    assert (answer.status_code, answer.headers["etag"]) == (201, '"1"')
    assert answer.headers["location"] == f"/v1/suppliers/{body['id']}"
    assert body == {
        "id": body["id"],
        "version": 1,
        "revision": 1,
        "name": "Muster Papier GmbH",
        "status": "Pending",
        "identifiers": [{"scheme": "VAT", "value": "DE136695976"}],
        "documents": [
            {"kind": "TradeRegisterExtract", "reference": "HRB 4711", "valid_until": None},
            {"kind": "TaxClearance", "reference": "FA 2026/118", "valid_until": "2027-06-30"},
            {"kind": "CodeOfConduct", "reference": "signed 2026-10-02", "valid_until": None},
        ],
        "prepared_by": ["adele"],
        "risk_score": None,
        "holds": [],
        "warnings": [],
    }
    read = await office.ask("bea", "GET", f"/{body['id']}")
    assert (read.status_code, read.headers["etag"], read.json()) == (200, '"1"', body)
    assert (await office.ask("bea", "GET", f"/{body['id']}", if_none_match='"1"')).status_code == 304


async def test_the_whole_life_of_a_supplier(office: Office) -> None:
    supplier = await office.registered()
    steps: list[tuple[str, str, dict[str, Any], str]] = [
        ("adele", "revise", {**DECLARATION, "name": "Muster Papier AG"}, "Pending"),
        ("rita", "approve", {"risk_score": "0.6"}, "Approved"),
        ("rita", "suspend", {"reason": "audit"}, "Suspended"),
        ("rita", "reinstate", {"reason": "audit passed"}, "Approved"),
        (
            "fin/finance",
            "place-hold",
            {"scope": "payments", "reason": "claim", "releaser": "treasurer", "until": "2026-12-31"},
            "Approved",
        ),
        ("tom/treasurer", "release-hold", {"scope": "payments", "reason": "settled"}, "Approved"),
        ("rita", "blacklist", {"reason": "fraud"}, "Blacklisted"),
    ]
    for version, (who, command, body, status) in enumerate(steps, start=1):
        answer = await office.ask(who, "POST", f"/{supplier}/{command}", body, if_match=f'"{version}"')
        assert (answer.status_code, answer.json().get("status")) == (200, status), answer.text
        assert answer.headers["etag"] == f'"{version + 1}"'
    history = (await office.ask("otto", "GET", f"/{supplier}/history")).json()["items"]
    assert [entry["version"] for entry in history] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert [entry["action"] for entry in history] == ["register", *(command for _, command, *_ in steps)]
    hold = {"scope": "payments", "until": "2026-12-31", "releaser": "treasurer"}
    assert [entry["details"] for entry in history] == [{}, {}, {}, {}, {}, hold, hold, {}]
    assert history[-1] | {"event_id": "", "correlation_id": ""} == {
        "version": 8,
        "action": "blacklist",
        "at": "2026-11-21T09:30:00Z",
        "person": "rita",
        "on_behalf_of": None,
        "from_status": "Approved",
        "to_status": "Blacklisted",
        "reason": "fraud",
        "details": {},
        "event_id": "",
        "correlation_id": "",
    }


async def test_the_same_identifier_elsewhere_is_a_warning_with_the_others_id(office: Office) -> None:
    first = await office.registered()
    again = await office.ask("adele", "POST", "", {**DECLARATION, "name": "Muster Papier (neu)"})
    expected = {
        "code": "identifier-shared",
        "detail": f"VAT:DE136695976 is on the record of {first} too",
        "identifier": {"scheme": "VAT", "value": "DE136695976"},
        "supplier_id": first,
    }
    assert (again.status_code, again.json()["warnings"]) == (201, [expected])
    second = again.json()["id"]
    revised = await office.ask("adele", "POST", f"/{second}/revise", DECLARATION, if_match='"1"')
    assert (revised.status_code, revised.json()["warnings"]) == (200, [expected])


async def test_who_approves_is_warned_too_and_of_what_came_after_the_declaration(office: Office) -> None:
    first = await office.registered()
    before = await office.ask("rita", "GET", f"/{first}")
    second = await office.registered(name="Muster Papier (neu)")

    read = await office.ask("rita", "GET", f"/{first}", if_none_match=before.headers["etag"])
    decided = await office.ask(
        "rita", "POST", f"/{first}/approve", {"risk_score": "0.82"}, if_match=read.headers["etag"]
    )

    expected = {
        "code": "identifier-shared",
        "detail": f"VAT:DE136695976 is on the record of {second} too",
        "identifier": {"scheme": "VAT", "value": "DE136695976"},
        "supplier_id": second,
    }
    assert before.json()["warnings"] == []
    assert (read.status_code, read.json()["warnings"]) == (200, [expected])
    assert (decided.status_code, decided.json()["status"]) == (200, "Approved")
    assert decided.json()["warnings"] == [expected]


async def test_a_repeated_command_gets_the_very_same_answer(office: Office) -> None:
    first = await office.ask("adele", "POST", "", DECLARATION, idempotency_key="mine")
    again = await office.ask("adele", "POST", "", DECLARATION, idempotency_key="mine")
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["idempotent-replayed"] == "true"
    other = await office.ask("adele", "POST", "", {**DECLARATION, "name": "X"}, idempotency_key="mine")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")


async def test_a_refusal_tells_every_blocker_and_is_repeated_as_it_was(office: Office) -> None:
    supplier = await office.registered(documents=DECLARATION["documents"][:1])
    asked: Callable[[], Any] = lambda: office.ask(  # noqa: E731
        "adele/supplier_approver",
        "POST",
        f"/{supplier}/approve",
        {"risk_score": "0.59"},
        if_match='"1"',
        idempotency_key="once",
    )
    refused, again = await asked(), await asked()
    assert (refused.status_code, refused.headers["content-type"]) == (422, "application/problem+json")
    assert codes(refused) == [
        "document-missing",
        "document-missing",
        "risk-score-too-low",
        "reviewer-prepared-it",
    ]
    assert (again.status_code, again.content) == (422, refused.content)


async def test_a_command_in_the_wrong_state_is_a_conflict(office: Office) -> None:
    supplier = await office.approved()
    refused = await office.ask("rita", "POST", f"/{supplier}/approve", {"risk_score": "0.9"}, if_match='"2"')
    assert (refused.status_code, codes(refused)) == (409, ["supplier-state"])


async def test_whoever_prepared_it_is_forbidden_to_approve_it(office: Office) -> None:
    supplier = await office.registered()
    path, body = f"/{supplier}/approve", {"risk_score": "0.9"}
    refused = await office.ask("adele/supplier_approver", "POST", path, body, if_match='"1"')
    assert (refused.status_code, codes(refused)) == (403, ["reviewer-prepared-it"])


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({}, 428, "if-match-missing"),
        ({"if_match": '"7"'}, 412, "version-mismatch"),
        ({"if_match": 'W/"1"'}, 400, "if-match-malformed"),
    ],
)
async def test_who_changes_says_which_version_he_saw(
    office: Office, headers: dict[str, str], status: int, code: str
) -> None:
    supplier = await office.registered()
    answer = await office.ask("rita", "POST", f"/{supplier}/blacklist", {"reason": "fraud"}, **headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (await office.ask("bea", "GET", f"/{supplier}")).json()["version"] == 1


async def test_actions_say_what_the_commands_would(office: Office) -> None:
    supplier = await office.registered(documents=[])
    answer = (await office.ask("adele/supplier_approver", "GET", f"/{supplier}/actions")).json()
    assert (answer["version"], answer["status"]) == (1, "Pending")
    found = {
        action["command"]: [blocker["code"] for blocker in action["blockers"]] for action in answer["actions"]
    }
    assert found == {
        "revise": ["role-missing"],
        "approve": ["document-missing", "document-missing", "document-missing", "reviewer-prepared-it"],
        "suspend": ["supplier-state"],
        "reinstate": ["supplier-state"],
        "blacklist": [],
        "place-hold": [],
        "release-hold": ["hold-missing"],
    }
    assert all(action["allowed"] == (not action["blockers"]) for action in answer["actions"])


@pytest.mark.parametrize(
    ("change", "pointers"),
    [
        ({"name": " x"}, ["/name"]),
        ({"name": "x" * 201}, ["/name"]),
        ({"name": 1, "extra": 1}, ["/name", "/extra"]),
        ({"identifiers": []}, ["/identifiers"]),
        ({"identifiers": [A_TYPO, A_TYPO]}, ["/identifiers/0", "/identifiers/1"]),
        ({"documents": [{"kind": "Horoscope", "reference": "x"}]}, ["/documents/0/kind"]),
        ({"documents": [NO_SUCH_DAY]}, ["/documents/0/valid_until"]),
    ],
)
async def test_every_wrong_field_is_told_with_its_place(
    office: Office, change: dict[str, Any], pointers: list[str]
) -> None:
    answer = await office.ask("adele", "POST", "", {**DECLARATION, **change})
    assert answer.status_code == 422, answer.text
    assert [fault["pointer"] for fault in answer.json()["errors"]] == pointers


async def test_an_identifier_named_twice_in_two_spellings_is_refused(office: Office) -> None:
    twice = [{"scheme": "VAT", "value": "DE136695976"}, {"scheme": "VAT", "value": "DE 136 695 976"}]
    answer = await office.ask("adele", "POST", "", {**DECLARATION, "identifiers": twice})
    assert (answer.status_code, codes(answer)) == (422, ["identifier-repeated"])


@pytest.mark.parametrize("score", ["1.1", "0.12345", "-1", "NaN", "", "0,8", 0.8, None])
async def test_what_is_no_risk_score_is_refused(office: Office, score: Any) -> None:
    supplier = await office.registered()
    answer = await office.ask("rita", "POST", f"/{supplier}/approve", {"risk_score": score}, if_match='"1"')
    assert answer.status_code == 422


async def test_only_those_who_may_are_let_in(office: Office) -> None:
    supplier = await office.registered()
    assert (await office.ask("bea", "POST", "", DECLARATION)).json()["code"] == "role-missing"
    assert (await office.ask("sam/supplier", "GET", f"/{supplier}")).status_code == 403
    assert (await office.ask("sam/supplier", "GET", "")).status_code == 403


@pytest.mark.parametrize(
    "path", ["/sup_01920000-0000-7000-8000-000000000009", "/po_01920000-0000-7000-8000-000000000009", "/x"]
)
@pytest.mark.parametrize("below", ["", "/history", "/actions"])
async def test_what_is_not_there_is_not_found(office: Office, path: str, below: str) -> None:
    answer = await office.ask("bea", "GET", f"{path}{below}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


async def test_pages_are_followed_to_the_end_and_back(office: Office) -> None:
    for name in ("Banana", "apple", "Ärger", "Cherry", "aprikose"):
        await office.registered(name=name)
    await office.approved(name="Zwetschge", identifiers=[{"scheme": "EM", "value": "Z@Obst.de"}])

    async def follow(rel: str, cursor: str | None) -> AsyncIterator[Any]:
        while cursor is not None:
            page = (await office.ask("bea", "GET", f"?page_size=2&sort=-name{cursor}")).json()
            yield page
            cursor = page[rel] and f"&cursor={page[rel]}"

    there = [page async for page in follow("next", "")]
    back = [page async for page in follow("prev", f"&cursor={there[-1]['prev']}")]
    seen = [[item["name"] for item in page["items"]] for page in there]
    assert seen == [["Ärger", "Zwetschge"], ["Cherry", "Banana"], ["aprikose", "apple"]]
    assert [page["items"] for page in back[::-1]] == [page["items"] for page in there[:-1]]

    async def names(query: str) -> list[str]:
        return [item["name"] for item in (await office.ask("bea", "GET", query)).json()["items"]]

    assert await names("?name=AP") == ["apple", "aprikose"]
    assert await names("?status=Approved&status=Suspended") == ["Zwetschge"]
    assert await names("?identifier=EM:z@obst.DE") == ["Zwetschge"]
    assert await names("?identifier=VAT:DE136695976&name=c") == ["Cherry"]


@pytest.mark.parametrize(
    "query",
    [
        "identifier=VAT:DE1",
        "identifier=abc",
        "identifier=EM:a%01@b",
        "name=%01",
        "name=",
        "status=Frozen",
        "sort=id",
        "cursor=abc",
        "page_size=0",
    ],
)
async def test_a_list_that_cannot_be_is_refused(office: Office, query: str) -> None:
    answer = await office.ask("bea", "GET", f"?{query}")
    assert (answer.status_code, answer.json()["code"] in {"invalid-parameter", "cursor-invalid"}) == (
        400,
        True,
    )
