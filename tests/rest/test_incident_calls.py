"""The calls about one incident, as the contract has them."""

from tests.rest.conftest import Api, new


def test_a_declared_incident_is_answered_whole(api: Api) -> None:
    answer = api.alice.post("/incidents", json=new(severity="major", impact="multi_client", team="Support N1"))
    assert answer.status_code == 201
    assert answer.json() == {}
