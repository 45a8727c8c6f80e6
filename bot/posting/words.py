"""What the bot says about a job, in one place: plain, short, and with the next step."""

from typing import Final

from bot.domain import Cancelled, Charge, FailureKind, JobState, PauseReason, Redelivery

STATE_WORDS: Final = {
    JobState.RESERVED: "Waiting for its turn",
    JobState.SUBMITTING: "Handing it over",
    JobState.RENDERING: "Rendering",
    JobState.RENDERED: "Fetching the file",
    JobState.STORED: "Posting",
    JobState.POSTED: "Done",
    JobState.FAILED: "No video",
    JobState.TOLD: "No video",
}

LATE: Final = "This takes unusually long. The video is posted when it turns up."

PAUSED: Final = (
    "The video service is out of order at the moment; the people who run this bot can see why. "
    "Your job waits and goes on by itself."
)
PAUSED_TO_MODERATORS: Final = (
    "{reason} It has been given no job since {since}. This one waits, and goes on by itself once "
    "whoever runs the bot has mended that."
)
PAUSE_REASONS: Final = {
    PauseReason.KEY: "The video service refuses the bot's key.",
    PauseReason.CREDIT: "The bot's credit at the video service is used up.",
    PauseReason.ADDRESS: "What answers at the video service's address is not its API.",
}

LOOK: Final = "look: {look}"
EDIT_OF: Final = "edit of job {source}"
EXTENDS: Final = "extends job {source} by {seconds} s"
ESTIMATE: Final = "about {price} at most"
CHARGED: Final = "charged {price}"
UNKNOWN_PRICE: Final = "price unknown"

CHARGE_WORDS: Final = {
    Charge.NONE: "Nothing was charged.",
    Charge.POSSIBLE: "The service may have charged for it.",
    Charge.MADE: "The service has charged for it.",
}

FAILURE_TITLES: Final = {
    FailureKind.REFUSED: "The video service declined this request",
    FailureKind.REJECTED: "The video service could not use this request",
    FailureKind.PROVIDER_ERROR: "The video service could not make this video",
    FailureKind.TIMED_OUT: "The video never arrived",
    FailureKind.OUTCOME_UNKNOWN: "Nobody knows whether this video was started",
    FailureKind.LOST: "The video was made, but its file can't be had",
    FailureKind.UNDELIVERABLE: "The video is made, but Discord would not take it",
    FailureKind.CANCELLED: "Cancelled",
}

FAILURE_REASONS: Final = {
    FailureKind.REFUSED: "Its content rules don't allow the prompt or one of the images.",
    FailureKind.REJECTED: "It found something wrong with the settings or an image.",
    FailureKind.PROVIDER_ERROR: (
        "It was out of reach, its own work failed, or what the video was to be made from is gone."
    ),
    FailureKind.TIMED_OUT: "The service kept the job for as long as it keeps jobs.",
    FailureKind.OUTCOME_UNKNOWN: (
        "The connection broke while the job was handed over. It is not sent again by itself, "
        "because that could be charged twice."
    ),
    FailureKind.LOST: "The service's copy is gone or damaged.",
    FailureKind.UNDELIVERABLE: (
        "It could not be posted here, linked, or sent to you directly. The file is kept."
    ),
    FailureKind.CANCELLED: "It will not be posted.",
}

FAILURE_STEPS: Final = {
    FailureKind.REFUSED: "Change the wording or the images and start again.",
    FailureKind.REJECTED: "Try other settings or another image.",
    FailureKind.PROVIDER_ERROR: "Try again later. If it keeps happening, tell a moderator.",
    FailureKind.TIMED_OUT: "Start it again if you like, or give a moderator the job id below.",
    FailureKind.OUTCOME_UNKNOWN: "Submit it again only if a second charge is all right.",
    FailureKind.LOST: "Give a moderator the job id below before you start it again.",
    FailureKind.UNDELIVERABLE: (
        "Once the bot may post here, or you take direct messages from it, `/grok deliver` posts it."
    ),
    FailureKind.CANCELLED: "Start another one whenever you like.",
}

RESULT: Final = "your video is ready."
DELIVERY: Final = "here is your video again."
FAILURE: Final = "there is no video this time."
SENT_DIRECTLY: Final = "sent to its requester directly, because this channel would not take it"
SHRUNK: Final = "Made smaller so that it fits here: {size} instead of {original}."
LINKED: Final = (
    "[Watch or download the video](<{url}>). It has {size}, too much to be attached here."
)
OUR_LINK_UNTIL: Final = "The link works until {until}."
SERVICE_LINK: Final = "The link leads to the video service, so save the video soon."
SERVICE_LINK_UNTIL: Final = "The link leads to the video service, which keeps it until {until}."
IN_PARENT: Final = "It is here because {channel} would not take it."
SENT_TO_YOU: Final = "It comes to you directly because {channel} would not take it."
WITHOUT_PROMPT: Final = "The prompt is left out because a filter here does not let it through."
SUBMIT_AGAIN: Final = "Submit again (may be charged twice)"
CANCEL: Final = "Cancel"
CONFIRM: Final = "Make it"
DECLINE: Final = "Leave it"
ASK_PRICE: Final = (
    "This costs {price}. Press **Make it** within {minutes} minutes to start job `{job_id}`; "
    "nothing is charged before."
)
NO_PRICE: Final = "an amount that nobody knows before"
AT_MOST: Final = "about {price} at most"
LEFT: Final = "Job `{job_id}` is given up. Nothing was charged."
IN_REVIEW: Final = (
    "Job `{job_id}` waits for review: a moderator looks at it first. Its card in this channel "
    "shows what was decided; nothing is charged before."
)
WAITING_FOR_REVIEW: Final = "Waiting for review by a moderator"

CANCEL_ANSWERS: Final = {
    Cancelled.FREE: "Cancelled. Nothing was charged.",
    Cancelled.LATE: (
        "Cancelled: the video will not be posted. The service had already begun, so it may still "
        "charge for it."
    ),
    Cancelled.SOON: (
        "It is being handed to the video service at this moment. If the service takes it, the "
        "video will not be posted, but it may still be charged."
    ),
    Cancelled.TOO_LATE: "The video is finished and about to be posted, so it can't be cancelled.",
    Cancelled.OVER: "That job is already over; there is nothing to cancel.",
}

ACCEPTED: Final = (
    "Accepted as job `{job_id}`: {facts}. Its card in this channel shows how it is "
    "going, and the video is posted there."
)
IMAGES_ARE_SHOWN: Final = (
    "Your images are shown with the card, because this model fetches them from there."
)

PROMPT_GONE: Final = "(the prompt is no longer kept)"

DELIVERIES: Final = {
    Redelivery.OWED: "The video of job `{job_id}` is posted in {channel} in a moment.",
    Redelivery.UNDER_WAY: (
        "The video of job `{job_id}` is on its way already; it is tried again now."
    ),
    Redelivery.NO_VIDEO: "There is no file of that job's video here, so it can't be posted.",
    Redelivery.REMOVED: "That video was removed, so it is not posted again.",
    Redelivery.HIDDEN: (
        "That video is hidden while moderators look at it, so it is not posted again before they "
        "have."
    ),
}

NO_JOBS: Final = "You have no jobs here yet. Start one with `/grok video`."

STOPPING: Final = "The bot is restarting. Please try again in a minute; nothing was started."

GONE: Final = "This no longer works. `/grok jobs` lists your jobs."

NO_MODELS: Final = "No video service is set up yet."
LEFT_OUT: Final = "… and {count} more. Type a part of a name into `model` to find them."

HELP: Final = """\
**`/grok video`** makes a video from a prompt and, if you like, reference images \
(PNG, JPEG or WebP). A card shows how it is going; the video is posted as a reply to it.
**`/grok edit`** changes a posted video as your prompt says, **`/grok extend`** makes it longer.
**`/grok models`** lists the models: what each is made from, its lengths, sizes and shapes. \
A *look* such as `fast` stands for several, and the first that fits is used.
**`/grok jobs`** lists your jobs, **`/grok show`** shows one, **`/grok cancel`** gives one up. \
Cancelling is free until the video service has begun.
**`/grok deliver`** posts a finished video once more, **`/grok remove`** takes a posted one away.
**`/grok privacy`** sends you what is kept about you, or deletes it.

Your prompt, your images and the videos that you edit are sent to the video service that makes \
the video."""
