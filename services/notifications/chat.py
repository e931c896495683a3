"""Chat and push services, through Apprise: Slack, Teams, Mattermost, ntfy and the rest."""

from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from services.notifications.message import Message
from services.notifications.reach import address_of, confined

if TYPE_CHECKING:
    from apprise import NotifyBase

# These act on the machine that Vigie runs on.
_LOCAL = frozenset({"dbus", "glib", "gnome", "macosx", "syslog", "windows"})

# Apprise knows no secret in these, but whoever knows the path may send to it, or listen.
_PATHS = frozenset({"custom_form", "custom_json", "custom_xml", "ntfy"})


class NotSent(OSError):
    """The service did not take the message."""


def service_of(address: str) -> "NotifyBase | None":
    """What the address means to Apprise; None for one that means nothing, or this machine or its files."""
    from apprise import Apprise, AppriseAttachment

    service = Apprise.instantiate(address, asset=_asset())
    if service is None or _plugin(service) in _LOCAL:
        return None
    # A template is a file of this machine, or is fetched from anywhere, and what is in it is sent.
    if any(isinstance(each, AppriseAttachment) and len(each) for each in vars(service).values()):
        return None
    service.redirects = False
    return service


def shown(address: str) -> str:
    """The service's name and the address without what is secret in it."""
    service = service_of(address)
    if service is None:
        return "?"
    address = str(service.url(privacy=True)).partition("?")[0]  # type: ignore[no-untyped-call]
    if _plugin(service) in _PATHS:
        address = urlsplit(address).netloc.rpartition("@")[2] if _has_own_host(service) else ""
    return " · ".join(part for part in (str(service.service_name), address) if part)


def send(message: Message, address: str) -> None:
    """The service has taken the message. Raises OSError, `Unreachable` among them."""
    service = service_of(_with_button(message, address))
    if service is None:
        raise NotSent("the address is none that Apprise knows")
    if _has_own_host(service):
        address_of(service.host, service.port or 443)
    text = "\n".join(part for part in (message.sentence, message.link) if part)
    with confined():  # an option of the address, or an answer, may name another machine than its host
        sent = service.notify(body=text, title=message.subject, notify_type="info")
    if not sent:
        raise NotSent(f"{service.service_name} did not take the message")


def _with_button(message: Message, address: str) -> str:
    """The address, for ntfy with a button that opens the link, and the link behind the notification itself."""
    if not message.link or not address.startswith(("ntfy://", "ntfys://")):
        return address
    given = f"view, {message.action}, {message.link}" if message.action else ""
    wanted = {"click": message.link} | ({"actions": given} if given else {})
    asked = parse_qs(urlsplit(address).query)
    added = urlencode({name: value for name, value in wanted.items() if name not in asked}, quote_via=quote)
    return f"{address}{'&' if asked else '?'}{added}" if added else address


def _plugin(service: "NotifyBase") -> str:
    return type(service).__module__.rpartition(".")[2]


def _has_own_host(service: "NotifyBase") -> bool:
    """Whether the address names the machine to call, and not only somebody's account at a known service."""
    templates: tuple[str, ...] = service.templates
    named = any("{host}" in template for template in templates)
    return named and bool(service.host) and getattr(service, "mode", None) != "cloud"


@cache
def _asset() -> Any:
    from apprise import AppriseAsset

    return AppriseAsset(app_id="Vigie", async_mode=False, http_redirects=False, storage_mode="memory")
