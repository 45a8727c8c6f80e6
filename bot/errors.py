"""Every error the bot raises, grouped by who must act next.

BotError
├── UserError                    the member: its text is the reply
│   ├── InvalidRequestError      change the request
│   │   └── UnableError          go on from the last frame instead
│   └── NotAllowedError          ask somebody who may
├── ConfigurationError           the operator: its text says what to set
├── ProviderError                the bot, later: the runner tries again
│   ├── NotAcceptedError         surely nothing was started; may be sent again
│   ├── UnreachableError         a read that failed; says nothing about the job
│   ├── UnknownJobError          the provider says that it knows no such job
│   ├── ProviderAccessError      the operator: key, credit or address is wrong
│   └── OutcomeUnknownError      nobody: may have been started; never sent again
├── MediaError                   nobody: this file will not do
│   ├── FetchError               the file can't be had; `is_final` when trying again is no use
│   │   └── StorageError         our own storage would not; waiting is better than giving up
│   ├── NotAVideoError           the file is not a video that Discord can play
│   ├── ShrinkError              the video can't be made small enough
│   ├── JoinError                the videos can't be put together into one
│   └── ShrinkerBusyError        the bot, in a moment: one video is made smaller at a time
├── PostingError                 Discord did not take a message
│   ├── PostLaterError           the bot, later, with the same nonce
│   ├── PostRefusedError         this channel will not take it
│   │   ├── PlaceClosedError     it takes nothing from us
│   │   └── PostFilteredError    a filter there stopped what the message says or shows
│   ├── PostTooLargeError        the file is over the channel's limit
│   └── MessageGoneError         it was posted and somebody removed it
├── StaleJobError                nobody: another worker moved the job first
├── StoreUnavailableError        the operator: the database can't be used
└── GatewayEndedError            the operator: Discord ended the connection for good
"""

from enum import StrEnum


class PauseReason(StrEnum):
    """Why nothing is submitted to a provider for the time being."""

    KEY = "key"
    """It refuses the key."""
    CREDIT = "credit"
    """The account behind the key has nothing left to spend."""
    ADDRESS = "address"
    """What answers at its address is not its API."""


class BotError(Exception):
    """The root of them all."""


class UserError(BotError):
    """The member can mend it; `str(error)` is the reply, word for word."""


class InvalidRequestError(UserError):
    """The request does not fit; the text says what would."""


class UnableError(InvalidRequestError):
    """No model can do that with a finished video, or the chosen one not with this."""


class NotAllowedError(UserError):
    """The member, or the bot in this channel, may not do that."""


class ConfigurationError(BotError):
    """The operator must set something; the text says what, and holds no secret."""


class ProviderError(BotError):
    """The provider did not do what was asked; the text is for the log."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        """Seconds the provider asked to be left alone, if it did."""


class NotAcceptedError(ProviderError):
    """Nothing was started: never sent, or clearly not taken. Sending again is safe."""


class UnreachableError(ProviderError):
    """A question about a job got no usable answer; the job goes on meanwhile."""


class UnknownJobError(ProviderError):
    """The provider says that it has no such job."""


class ProviderAccessError(ProviderError):
    """The key, the credit or the address is wrong; surely nothing was started."""

    def __init__(self, message: str, reason: PauseReason = PauseReason.KEY) -> None:
        super().__init__(message)
        self.reason = reason


class OutcomeUnknownError(ProviderError):
    """The paid call may have started a job; only a person may repeat it."""


class MediaError(BotError):
    """A file is not what it should be; the text is for the log."""


class FetchError(MediaError):
    """A result file could not be had."""

    def __init__(self, message: str, *, is_final: bool) -> None:
        super().__init__(message)
        self.is_final = is_final
        """Whether the same address can't give a good file later either."""


class StorageError(FetchError):
    """Our own disk or bucket would not take or give a file; the provider's file is not at fault."""


class NotAVideoError(MediaError):
    """The bytes are not a playable MP4."""


class ShrinkError(MediaError):
    """A video could not be made small enough."""

    def __init__(self, message: str, *, is_final: bool) -> None:
        super().__init__(message)
        self.is_final = is_final
        """Whether another try could end no better; False for this machine's trouble."""


class JoinError(MediaError):
    """Several videos could not be put together into one."""

    def __init__(self, message: str, *, is_final: bool) -> None:
        super().__init__(message)
        self.is_final = is_final
        """Whether another try could end no better; False for this machine's trouble."""


class ShrinkerBusyError(MediaError):
    """Another video is being made smaller at this moment."""


class PostingError(BotError):
    """Discord did not take a message; the text is for the log."""


class PostLaterError(PostingError):
    """Discord was out of reach or busy; the same nonce makes trying again safe."""


class PostRefusedError(PostingError):
    """This place will not take the message; trying again changes nothing."""


class PlaceClosedError(PostRefusedError):
    """The place is gone or takes nothing from us: not this message and not the next one."""


class PostFilteredError(PostRefusedError):
    """A filter stopped this message (AutoMod 200000, 200001; links 240000; pictures 20009)."""


class PostTooLargeError(PostingError):
    """The file is over the limit of this server (413, code 40005)."""


class MessageGoneError(PostingError):
    """The message was there and was deleted (code 10008): it is not to be posted again."""


class StaleJobError(BotError):
    """The row was not in the state or under the lease that the transition leaves."""


class StoreUnavailableError(BotError):
    """The database could not be read or written."""


class GatewayEndedError(BotError):
    """The connection to Discord is over for good; the text says what to do."""


class AnsweredError(BotError):
    """Whoever pressed or sent something has been answered: its listener goes no further."""
