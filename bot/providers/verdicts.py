"""What an unsuccessful answer to the paid call means, by who must act next."""

from collections.abc import Collection, Sequence
from http import HTTPStatus
from typing import Final

from bot.domain import Charge, Failure, FailureKind, JsonObject, PauseReason
from bot.errors import (
    NotAcceptedError,
    OutcomeUnknownError,
    ProviderAccessError,
    UnknownJobError,
    UnreachableError,
)
from bot.providers.base import Failed, KeyCheck
from bot.providers.client import ApiClient, Reply
from bot.providers.reading import ForeignError, read_error, read_url

_ONLY_TOO_BUSY: Final = frozenset({429})
_ABOUT_THE_REQUEST: Final = frozenset({413, 415, 422, 429})
"""Statuses that say something about the request also when nothing in them can be read."""
_ABOUT_THE_KEY: Final = frozenset({401, 403})
_ABOUT_THE_JOB: Final = frozenset({400, 404})


class Verdicts:
    """Reads refusals the way that all providers share; texts in it are fit for the log."""

    def __init__(
        self, client: ApiClient, title: str, *, busy: Collection[int] = _ONLY_TOO_BUSY
    ) -> None:
        self._client = client
        self._title = title
        self._busy = busy
        """Statuses by which this provider says that it took nothing."""

    def said(self, reply: Reply) -> str:
        """Quote an answer for the log."""
        return self._client.redact(f"{self._title} answered {reply.status}: {reply.text or '-'}")

    def failed(
        self, kind: FailureKind, charge: Charge, detail: str, cost_micros: int | None = None
    ) -> Failed:
        """End a job, with the provider's words for the operator alone."""
        return Failed(Failure(kind, charge, self._client.redact(detail)), cost_micros)

    def on_create(self, reply: Reply) -> Failed:
        """Sort an answer to the paid call whose status is not of the 2xx family.

        Raises:
            NotAcceptedError: Surely nothing was started; it may be sent again.
            ProviderAccessError: Key, credit or address is wrong; nothing was started.
            OutcomeUnknownError: Something may have been started.
        """
        said = (read_error(reply.body) if reply.body else None) or ForeignError("", reply.text)
        reason = access_problem(reply, said)
        if reply.status == HTTPStatus.REQUEST_TIMEOUT:
            # Whoever gave up waiting may have passed the job on first.
            raise OutcomeUnknownError(self.said(reply))
        if reason is not None:
            raise ProviderAccessError(self.said(reply), reason)
        if reply.status == HTTPStatus.TOO_MANY_REQUESTS or self._is_busy(reply):
            raise NotAcceptedError(self.said(reply), retry_after=reply.retry_after)
        is_clients_fault = reply.status < HTTPStatus.INTERNAL_SERVER_ERROR or (
            # A relay's own mistake: CometAPI's error page documents it.
            reply.status == HTTPStatus.INTERNAL_SERVER_ERROR and said.code == "invalid_request"
        )
        if is_clients_fault:
            return self._not_taken(reply.status, said)
        raise OutcomeUnknownError(self.said(reply))

    def without_ref(self, reply: Reply) -> Failed:
        """Sort an answer to the paid call that looks successful and names no job.

        Raises:
            ProviderAccessError: It is about key or credit.
            OutcomeUnknownError: It says nothing, so a job may have been started.
        """
        error = read_error(reply.body or {})
        if error is None:
            raise OutcomeUnknownError(self.said(reply))
        if error.is_credit or error.is_about_key:
            reason = PauseReason.CREDIT if error.is_credit else PauseReason.KEY
            raise ProviderAccessError(self.said(reply), reason)
        kind = FailureKind.REFUSED if error.is_moderation else FailureKind.REJECTED
        return self.failed(kind, Charge.POSSIBLE, str(error))

    def on_query(self, reply: Reply, *, refused: Charge, cost_micros: int | None = None) -> Failed:
        """Sort an answer to a question whose status is not of the 2xx family.

        A verdict of moderation ends the job; `refused` and `cost_micros` say what it cost.

        Raises:
            UnknownJobError: The provider says that it has no such job.
            ProviderAccessError: It did not let us ask.
            UnreachableError: Anything else, which says nothing about the job.
        """
        error = read_error(reply.body) if reply.body else None
        if reply.status == HTTPStatus.UNAUTHORIZED:
            raise ProviderAccessError(self.said(reply), PauseReason.KEY)
        if error and reply.status in _ABOUT_THE_JOB and error.is_unknown_job:
            raise UnknownJobError(self.said(reply))
        if error and reply.status == HTTPStatus.BAD_REQUEST and error.is_moderation:
            return self.failed(FailureKind.REFUSED, refused, str(error), cost_micros)
        raise UnreachableError(self.said(reply), retry_after=reply.retry_after)

    def on_key_check(self, reply: Reply) -> KeyCheck:
        """Read the answer to a call that only shows whether the key is good.

        Raises:
            ProviderAccessError: The provider will not have this key, or is not at this address.
            UnreachableError: No usable answer.
        """
        if reply.is_success and reply.body is not None:
            return KeyCheck.GOOD
        said = (read_error(reply.body) if reply.body else None) or ForeignError("", reply.text)
        reason = PauseReason.ADDRESS if reply.is_page else access_problem(reply, said)
        if reason is None or reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise UnreachableError(self.said(reply))
        raise ProviderAccessError(self.said(reply), reason)

    def first_url(self, body: JsonObject, places: Sequence[Sequence[str]]) -> str | None:
        """Find the first address in `places` that may be stored and called."""
        for place in places:
            url = read_url(body, *place)
            # An address with our key in it is not one to store or to call on another host.
            if url is not None and not self._client.holds_key(url):
                return url
        return None

    def _is_busy(self, reply: Reply) -> bool:
        # Without a body it is the proxy in front that speaks, and not the provider.
        return reply.status in self._busy and reply.body is not None

    def _not_taken(self, status: int, said: ForeignError) -> Failed:
        if said.is_moderation:
            # Providers charge for looking at what they refuse, and none says that it doesn't.
            return self.failed(FailureKind.REFUSED, Charge.POSSIBLE, f"{status} {said}")
        return self.failed(FailureKind.REJECTED, Charge.NONE, f"{status} {said}")


def access_problem(reply: Reply, said: ForeignError) -> PauseReason | None:
    """Tell what only the operator can mend: key, credit or address; None when it is none of them.

    A wrong key at xAI is a 400, and so is recognized by its text (docs.x.ai, debugging).
    """
    if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return None
    if said.is_credit or reply.status == HTTPStatus.PAYMENT_REQUIRED:
        return PauseReason.CREDIT
    is_about_model = reply.body is not None and said.is_about_model
    if said.is_moderation or is_about_model or reply.status in _ABOUT_THE_REQUEST:
        return None
    is_lost = reply.is_page or reply.status < HTTPStatus.BAD_REQUEST
    if is_lost or reply.status == HTTPStatus.NOT_FOUND:
        return PauseReason.ADDRESS
    is_bad_request = reply.status == HTTPStatus.BAD_REQUEST
    if reply.status in _ABOUT_THE_KEY or (is_bad_request and said.is_about_key):
        return PauseReason.KEY
    return PauseReason.ADDRESS if reply.body is None and not is_bad_request else None
