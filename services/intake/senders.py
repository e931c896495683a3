"""What each monitoring system sends, in its own words, as alerts of ours. Pure; what is not needed is passed over.

Sources: Alertmanager's webhook (`webhook_config`, version 4), Grafana's (contact point "Webhook", the same with links),
Uptime Kuma's notification "Webhook" (`heartbeat`, `monitor`, `msg`). Zabbix and the generic kind send what their
administrator writes: README.md says what.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from data.vocabulary import Category, Monitor, Priority
from services.inputs import Form
from services.intake.alerts import Alert

MOST = 100  # alerts in one message

# What the systems call it, in small letters; anything else is of medium priority.
PRIORITIES: Mapping[str, Priority] = {
    **dict.fromkeys(("critical", "disaster", "emergency", "page", "fatal", "5"), Priority.CRITICAL),
    **dict.fromkeys(("high", "error", "major", "4"), Priority.HIGH),
    **dict.fromkeys(("low", "info", "information", "minor", "none", "not classified", "0", "1"), Priority.LOW),
}
_FAULTS = {"missing": "required", "string_too_short": "required", "too_long": "too_many"}  # pydantic's → ours
CATEGORIES: Mapping[str, Category] = {category.value: category for category in Category}


State = Annotated[
    Literal["firing", "resolved"], BeforeValidator(lambda said: said.lower() if isinstance(said, str) else said)
]


class _Sent(BaseModel):
    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, sent: Any) -> Any:
        """What is null was not said."""
        return {key: value for key, value in sent.items() if value is not None} if isinstance(sent, dict) else sent


class _Labelled(_Sent):
    status: State
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}
    fingerprint: str = ""
    rule: str = Field("", validation_alias="generatorURL")
    panel: str = Field("", validation_alias="panelURL")
    dashboard: str = Field("", validation_alias="dashboardURL")
    measured: str = Field("", validation_alias="valueString")


class _Labels(_Sent):
    alerts: list[_Labelled] = Field(max_length=MOST)


class _Event(_Sent):
    trigger_id: str = Field("", validation_alias=AliasChoices("trigger_id", "event_id"))
    status: str = Field(validation_alias=AliasChoices("event_value", "status"))
    name: str = Field(validation_alias=AliasChoices("name", "subject"))
    message: str = ""
    host: str = ""
    severity: str = Field("", validation_alias=AliasChoices("severity", "nseverity"))


class _Heartbeat(_Sent):
    status: int
    msg: str = ""


class _Watched(_Sent):
    id: str
    name: str
    url: str = ""
    hostname: str = ""


class _Kuma(_Sent):
    heartbeat: _Heartbeat | None = None  # none in its message of trial
    monitor: _Watched | None = None


class _Plain(_Sent):
    key: str = Field(min_length=1)
    title: str = Field(min_length=1)
    description: str = ""
    status: State = "firing"
    priority: str = ""
    category: str = ""
    host: str = ""


class _Plains(_Sent):
    alerts: list[_Plain] = Field(max_length=MOST)


def read(monitor: Monitor, sent: object) -> list[Alert]:
    """The alerts of a message, in order. Raises `Invalid`, naming each field that is not as the system sends it."""
    form = Form()
    try:
        return [*_READ[monitor](sent)]
    except ValidationError as error:
        for each in error.errors()[:MOST]:
            form.wrong(".".join(map(str, each["loc"])) or "body", _FAULTS.get(each["type"], "wrong_type"), max=MOST)
    form.check()
    return []


def _labelled(sent: object) -> Iterable[Alert]:
    for each in _Labels.model_validate(sent).alerts:
        labels, notes = each.labels, each.annotations
        name, host = labels.get("alertname", ""), labels.get("instance") or labels.get("host") or ""
        links = (each.rule, each.panel, each.dashboard)
        told = (notes.get("description") or notes.get("message", ""), each.measured)
        yield Alert(
            key=each.fingerprint or json.dumps(labels, sort_keys=True),
            title=notes.get("summary") or notes.get("title") or " ".join(filter(None, (name, host))),
            description=_paragraphs(*told, _lines(f"{key}: {value}" for key, value in labels.items()), _lines(links)),
            priority=_priority(labels.get("priority") or labels.get("severity", "")),
            category=_category(labels.get("category", "")),
            names=_names(host, *(labels.get(key, "") for key in ("host", "service", "application", "app"))),
            over=each.status == "resolved",
        )


def _event(sent: object) -> Iterable[Alert]:
    each = _Event.model_validate(sent)
    yield Alert(
        key=each.trigger_id or f"{each.host}/{each.name}",
        title=" : ".join(filter(None, (each.host, each.name))),
        description=_paragraphs(each.message),
        priority=_priority(each.severity),
        names=_names(each.host),
        over=each.status.strip().lower() in ("0", "ok", "resolved", "recovery"),
    )


def _watched(sent: object) -> Iterable[Alert]:
    told = _Kuma.model_validate(sent)
    if told.heartbeat is None or told.monitor is None or told.heartbeat.status not in (0, 1):  # on trial, or unsure
        return
    each = told.monitor
    yield Alert(
        key=each.id,
        title=f"{each.name} : {told.heartbeat.msg or 'DOWN'}",
        description=_paragraphs(told.heartbeat.msg, each.url, each.hostname),
        priority=Priority.HIGH,
        names=_names(each.name, each.hostname),
        over=told.heartbeat.status == 1,
    )


def _plain(sent: object) -> Iterable[Alert]:
    several = isinstance(sent, Mapping) and "alerts" in sent
    for each in _Plains.model_validate(sent).alerts if several else [_Plain.model_validate(sent)]:
        yield Alert(
            key=each.key,
            title=each.title,
            description=each.description,
            priority=_priority(each.priority),
            category=_category(each.category),
            names=_names(each.host),
            over=each.status == "resolved",
        )


_READ: Mapping[Monitor, Callable[[Any], Iterable[Alert]]] = {
    Monitor.ALERTMANAGER: _labelled,
    Monitor.GRAFANA: _labelled,
    Monitor.ZABBIX: _event,
    Monitor.UPTIME_KUMA: _watched,
    Monitor.GENERIC: _plain,
}


def _priority(word: str) -> Priority:
    return PRIORITIES.get(word.strip().lower(), Priority.MEDIUM)


def _category(word: str) -> Category:
    return CATEGORIES.get(word.strip().lower(), Category.OTHER)


def _names(*names: str) -> frozenset[str]:
    """The names, and those of hosts also without their port and without their domain."""
    hosts = {name.strip().partition(":")[0] for name in names}
    return frozenset(filter(None, {*map(str.strip, names), *hosts, *(host.partition(".")[0] for host in hosts)}))


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(filter(None, lines))


def _paragraphs(*parts: str) -> str:
    return "\n\n".join(filter(None, map(str.strip, parts)))
