"""What is asked of every refusal."""

from typing import Any


def assert_problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    """Check that an answer is the problem expected, and return it."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert problem["code"] == code, problem
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"]
    assert "Traceback" not in answer.text
    return problem
