"""The ends of a test run: what Discord's own document says to everything that was sent."""

import pytest

from tests.openapi_judge import session_judge


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    judge = session_judge()
    if judge is None:
        terminalreporter.write_line(
            "Discord's OpenAPI document is not beside this project: nothing was held against it."
        )
    else:
        terminalreporter.write_line(judge.summary())


def pytest_sessionfinish(session: pytest.Session) -> None:
    judge = session_judge()
    if judge is not None and judge.problems:
        for problem in judge.problems:
            print(problem)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
