"""`pytest --requirements`: only the tests that name a requirement, and at the end which showed which."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.requirements.tracing import named_by_tests, phrases

_BAD = ("failed", "error")


def of_item(item: pytest.Item) -> frozenset[str]:
    """The requirements that a collected test names."""
    name = getattr(item, "originalname", None) or item.name
    return named_by_tests(Path(item.path)).get(name, frozenset())


class Table:
    """Outcomes by requirement, while the tests run; with several workers, in the process that they report to."""

    def __init__(self) -> None:
        self.outcomes: dict[str, dict[str, str]] = defaultdict(dict)

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        named = {item: of_item(item) for item in items}
        config.hook.pytest_deselected(items=[item for item in items if not named[item]])
        items[:] = [item for item in items if named[item]]
        for item in items:
            item.user_properties.append(("requirements", " ".join(sorted(named[item]))))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when != "call" and report.outcome == "passed":
            return
        test = report.nodeid.split("[")[0]
        for name, value in report.user_properties:
            for requirement in str(value).split() if name == "requirements" else ():
                before = self.outcomes[requirement].get(test)
                self.outcomes[requirement][test] = before if before in _BAD else report.outcome

    def lines(self) -> Iterator[str]:
        for requirement, phrase in phrases().items():
            tests = self.outcomes.get(requirement, {})
            counts = ", ".join(
                f"{sum(each == outcome for each in tests.values())} {outcome}"
                for outcome in sorted(set(tests.values()))
            )
            yield f"{requirement:5} {counts or 'NO TEST':22} {phrase}"
            for test, outcome in sorted(tests.items()):
                yield f"      {'' if outcome == 'passed' else outcome.upper() + ' '}{test}"

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        terminalreporter.section("requirements")
        for line in self.lines():
            terminalreporter.write_line(line)
        shown = [name for name in phrases() if set(self.outcomes.get(name, {}).values()) == {"passed"}]
        terminalreporter.write_line(f"{len(shown)} of {len(phrases())} requirements have tests, all of them passing")
