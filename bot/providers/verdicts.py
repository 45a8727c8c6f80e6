"""What an unsuccessful answer to the paid call means, by who must act next."""

from collections.abc import Collection, Mapping, Sequence
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
from bot.providers.base import Failed, KeyCheck, Pending
from bot.providers.client import ApiClient, Reply
from bot.providers.foreign_errors import ForeignError, read_closed_error, read_error
from bot.providers.reading import read_progress, read_url
from bot.providers.status_words import end_meant_by, is_known

_ONLY_TOO_BUSY: Final = frozenset({429})
_GAVE_UP_WAITING: Final = frozenset({408, 499})
"""What a proxy says that may have passed the call on before."""
_CLEAR_WITHOUT_AN_OBJECT: Final = frozenset(
    {400, 401, 402, 403, 404, 405, 406, 410, 413, 415, 421, 422, 426, 429}
)
"""Refusals, whoever says them; behind others without JSON may be a proxy with a job."""
_NOT_THE_API: Final = frozenset({404, 405, 406, 410, 421, 426})
_NOT_THE_API_BY_A_PAGE: Final = _NOT_THE_API | {400, 401}
_OF_NO_REQUEST: Final[Mapping[int, PauseReason]] = {
    401: PauseReason.KEY,
    403: PauseReason.KEY,
    404: PauseReason.ADDRESS,
}
"""What a refusal means where a member has asked for nothing."""
_ABOUT_THE_JOB: Final = frozenset({400, 404})
_MODERATED: Final = frozenset({400, 403, 422})


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

    def pending(self, job: JsonObject, status: str | None) -> Pending:
        """Read how far a job is that isn't over, and its word if nobody knows it."""
        unknown = None if status is None or is_known(status) else self._client.redact(status)
        return Pending(read_progress(job), unknown)

    def ended(
        self, job: JsonObject, status: str | None, *, refused: Charge, failed: Charge
    ) -> Failed | None:
        """Read the end of a job without a video; None while it isn't over.

        `refused` and `failed` say what it cost when its content or its making was the trouble.
        """
        error = read_error(job)
        kind = end_meant_by(status, has_reason=error is not None)
        if kind is None:
            return None
        if error is not None and error.is_moderation:
            kind = FailureKind.REFUSED
        charges = {FailureKind.REFUSED: refused, FailureKind.TIMED_OUT: Charge.POSSIBLE}
        detail = f"{status}: {error or 'no reason given'}"
        return self.failed(kind, charges.get(kind, failed), detail)

    def on_create(self, reply: Reply, prompt: str = "") -> Failed:
        """Sort an answer to the paid call whose status is not of the 2xx family.

        `prompt` is what was sent: words that are only given back are not the provider's own.

        Raises:
            NotAcceptedError: Surely nothing was started; it may be sent again.
            ProviderAccessError: Key, credit or address is wrong; nothing was started.
            OutcomeUnknownError: Something may have been started.
        """
        error = _error_in(reply)
        said = error.without(prompt)
        if _may_be_behind_a_proxy(reply):
            raise OutcomeUnknownError(self.said(reply))
        reason = access_problem(reply, said)
        if reason is not None:
            raise ProviderAccessError(self.said(reply), reason)
        if reply.status == HTTPStatus.TOO_MANY_REQUESTS or self._is_busy(reply):
            raise NotAcceptedError(self.said(reply), retry_after=reply.retry_after)
        is_clients_fault = reply.status < HTTPStatus.INTERNAL_SERVER_ERROR or (
            # A relay's own mistake: CometAPI's error page documents it.
            reply.status == HTTPStatus.INTERNAL_SERVER_ERROR and said.code == "invalid_request"
        )
        if not is_clients_fault:
            raise OutcomeUnknownError(self.said(reply))
        detail = f"{reply.status} {error}"
        if said.is_moderation and not reply.is_page:
            # Providers charge for looking at what they refuse, and none says that it doesn't.
            return self.failed(FailureKind.REFUSED, Charge.POSSIBLE, detail)
        return self.failed(FailureKind.REJECTED, Charge.NONE, detail)

    def without_ref(self, reply: Reply, prompt: str = "") -> Failed:
        """Sort an answer to the paid call that looks successful and names no job.

        Only what is known to the letter and holds nothing else means that nothing was started:
        a wrapper that nobody foresaw may name a job, and the credits that were taken for it.

        Raises:
            ProviderAccessError: It refuses the key, or wants money.
            OutcomeUnknownError: Anything else, so a job may have been started.
        """
        error = read_closed_error(reply.body or {})
        if error is None:
            raise OutcomeUnknownError(self.said(reply))
        said = error.without(prompt)
        if said.is_refused_credit or said.is_refused_key:
            reason = PauseReason.CREDIT if said.is_refused_credit else PauseReason.KEY
            raise ProviderAccessError(self.said(reply), reason)
        if said.is_moderation:
            return self.failed(FailureKind.REFUSED, Charge.POSSIBLE, str(error))
        if said.is_bad_value:
            return self.failed(FailureKind.REJECTED, Charge.POSSIBLE, str(error))
        raise OutcomeUnknownError(self.said(reply))

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
        is_denied = error and reply.status in _ABOUT_THE_JOB and error.is_unknown_job
        if is_denied or reply.status == HTTPStatus.GONE:
            raise UnknownJobError(self.said(reply))
        is_verdict = reply.status in _MODERATED and error and error.is_moderation
        if error and is_verdict and not error.is_about_key:
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
        reason = PauseReason.ADDRESS if reply.is_page else access_problem(reply, _error_in(reply))
        reason = reason or _OF_NO_REQUEST.get(reply.status)
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


def access_problem(reply: Reply, said: ForeignError) -> PauseReason | None:
    """Tell what only the operator can mend: key, credit or address; None when it is none of them.

    A wrong key at xAI is a 400, and so is recognized by its text (docs.x.ai, debugging).
    """
    if not HTTPStatus.BAD_REQUEST <= reply.status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return PauseReason.ADDRESS if reply.status < HTTPStatus.BAD_REQUEST else None
    if reply.is_page:
        return _problem_by_a_page(reply.status)
    if said.is_credit or reply.status == HTTPStatus.PAYMENT_REQUIRED:
        return PauseReason.CREDIT
    is_about_key = reply.status in {HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN}
    if is_about_key and said.is_about_key:
        return PauseReason.KEY
    is_about_model = reply.body is not None and said.is_about_model
    if said.is_moderation or is_about_model:
        return None
    return _problem_by_status(reply, said)


def _problem_by_a_page(status: int) -> PauseReason | None:
    if status == HTTPStatus.PAYMENT_REQUIRED:
        return PauseReason.CREDIT
    # With a 403 it is a firewall in front, which a prompt of code may have woken.
    return PauseReason.ADDRESS if status in _NOT_THE_API_BY_A_PAGE else None


def _problem_by_status(reply: Reply, said: ForeignError) -> PauseReason | None:
    match reply.status:
        case HTTPStatus.UNAUTHORIZED:
            return None if said.is_about_input else PauseReason.KEY
        case HTTPStatus.FORBIDDEN:
            is_about_request = reply.body is None or said.is_about_input
            return None if is_about_request else PauseReason.KEY
        case HTTPStatus.NOT_FOUND if reply.body is not None:
            return PauseReason.ADDRESS if said.is_wrong_path else None
        case HTTPStatus.METHOD_NOT_ALLOWED:
            return PauseReason.ADDRESS
    is_lost = reply.body is None and reply.status in _NOT_THE_API
    return PauseReason.ADDRESS if is_lost else None


def _may_be_behind_a_proxy(reply: Reply) -> bool:
    if reply.status in _GAVE_UP_WAITING:
        return True
    is_refusal = HTTPStatus.BAD_REQUEST <= reply.status < HTTPStatus.INTERNAL_SERVER_ERROR
    return is_refusal and reply.body is None and reply.status not in _CLEAR_WITHOUT_AN_OBJECT


def _error_in(reply: Reply) -> ForeignError:
    return (read_error(reply.body) if reply.body else None) or ForeignError("", reply.text)
