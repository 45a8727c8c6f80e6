"""What the bot says about a job, in one place: plain, short, and with the next step."""

from typing import Final

from bot.domain import Cancelled, Charge, FailureKind, JobState, PauseReason, Redelivery
from bot.language import Phrase, Plural

STATE_WORDS: Final = {
    JobState.RESERVED: Phrase("Waiting for its turn"),
    JobState.SUBMITTING: Phrase("Handing it over"),
    JobState.RENDERING: Phrase("Rendering"),
    JobState.RENDERED: Phrase("Storing the video"),
    JobState.STORED: Phrase("Posting"),
    JobState.POSTED: Phrase("Done"),
    JobState.FAILED: Phrase("No video"),
    JobState.TOLD: Phrase("No video"),
}

BY: Final = Phrase("By {who} {when}")
ASKED: Final = Phrase("Asked {when}")
STARTED: Final = Phrase("Started {when}")
SEE: Final = Phrase("[see the video]({link})")
SOMEBODY: Final = Phrase("somebody")

LATE: Final = Phrase("This takes unusually long. The video is posted when it turns up.")

PAUSED: Final = Phrase(
    "The video service is out of order at the moment; the people who run this bot can see why. "
    "Your job waits and goes on by itself."
)
PAUSED_TO_MODERATORS: Final = Phrase(
    "{reason} It has been given no job since {since}. This one waits, and goes on by itself once "
    "whoever runs the bot has mended that."
)
PAUSE_REASONS: Final = {
    PauseReason.KEY: Phrase("The video service refuses the bot's key."),
    PauseReason.CREDIT: Phrase("The bot's credit at the video service is used up."),
    PauseReason.ADDRESS: Phrase("What answers at the video service's address is not its API."),
}

LOOK: Final = Phrase("look: {look}")
EDIT_OF: Final = Phrase("edit of job {source}")
EXTENDS: Final = Phrase("extends job {source} by {seconds} s")
LENGTH: Final = Phrase("{seconds} s")
REFERENCES: Final = Plural("{count} reference image", "{count} reference images")
ESTIMATE: Final = Phrase("about {price} at most")
CHARGED: Final = Phrase("charged {price}")
UNKNOWN_PRICE: Final = Phrase("price unknown")

CHARGE_WORDS: Final = {
    Charge.NONE: Phrase("Nothing was charged."),
    Charge.POSSIBLE: Phrase("The service may have charged for it."),
    Charge.MADE: Phrase("The service has charged for it."),
}

FAILURE_TITLES: Final = {
    FailureKind.REFUSED: Phrase("The video service declined this request"),
    FailureKind.REJECTED: Phrase("The video service could not use this request"),
    FailureKind.PROVIDER_ERROR: Phrase("The video service could not make this video"),
    FailureKind.TIMED_OUT: Phrase("The video never arrived"),
    FailureKind.OUTCOME_UNKNOWN: Phrase("Nobody knows whether this video was started"),
    FailureKind.LOST: Phrase("The video was made, but its file can't be had"),
    FailureKind.UNDELIVERABLE: Phrase("The video is made, but Discord would not take it"),
    FailureKind.CANCELLED: Phrase("Cancelled"),
}

FAILURE_REASONS: Final = {
    FailureKind.REFUSED: Phrase("Its content rules don't allow the prompt or one of the images."),
    FailureKind.REJECTED: Phrase("It found something wrong with the settings or an image."),
    FailureKind.PROVIDER_ERROR: Phrase(
        "It was out of reach, its own work failed, or what the video was to be made from is gone."
    ),
    FailureKind.TIMED_OUT: Phrase("The service kept the job for as long as it keeps jobs."),
    FailureKind.OUTCOME_UNKNOWN: Phrase(
        "The connection broke while the job was handed over. It is not sent again by itself, "
        "because that could be charged twice."
    ),
    FailureKind.LOST: Phrase("The service's copy is gone or damaged."),
    FailureKind.UNDELIVERABLE: Phrase(
        "It could not be posted here, linked, or sent to you directly. The file is kept."
    ),
    FailureKind.CANCELLED: Phrase("It will not be posted."),
}

FAILURE_STEPS: Final = {
    FailureKind.REFUSED: Phrase("Change the wording or the images and start again."),
    FailureKind.REJECTED: Phrase("Try other settings or another image."),
    FailureKind.PROVIDER_ERROR: Phrase("Try again later. If it keeps happening, tell a moderator."),
    FailureKind.TIMED_OUT: Phrase(
        "Start it again if you like, or give a moderator the job id below."
    ),
    FailureKind.OUTCOME_UNKNOWN: Phrase("Submit it again only if a second charge is all right."),
    FailureKind.LOST: Phrase("Give a moderator the job id below before you start it again."),
    FailureKind.UNDELIVERABLE: Phrase(
        "Once the bot may post here, or you take direct messages from it, `/grok deliver` posts it."
    ),
    FailureKind.CANCELLED: Phrase("Start another one whenever you like."),
}

RESULT: Final = Phrase("{mention}, your video is ready.")
DELIVERY: Final = Phrase("{mention}, here is your video again.")
FAILURE: Final = Phrase("{mention}, there is no video this time.")
SENT_DIRECTLY: Final = Phrase(
    "sent to its requester directly, because this channel would not take it"
)
SHRUNK: Final = Phrase("Made smaller so that it fits here: {size} instead of {original}.")
LINKED: Final = Phrase(
    "[Watch or download the video](<{url}>). It has {size}, too much to be attached here."
)
OUR_LINK_UNTIL: Final = Phrase("The link works until {until}.")
SERVICE_LINK: Final = Phrase("The link leads to the video service, so save the video soon.")
SERVICE_LINK_UNTIL: Final = Phrase(
    "The link leads to the video service, which keeps it until {until}."
)
IN_PARENT: Final = Phrase("It is here because {channel} would not take it.")
SENT_TO_YOU: Final = Phrase("It comes to you directly because {channel} would not take it.")
WITHOUT_PROMPT: Final = Phrase(
    "The prompt is left out because a filter here does not let it through."
)
SUBMIT_AGAIN: Final = Phrase("Submit again (may be charged twice)")
CANCEL: Final = Phrase("Cancel")
CONFIRM: Final = Phrase("Make it")
DECLINE: Final = Phrase("Leave it")
ASK_PRICE: Final = Phrase(
    "This costs {price}. Press **Make it** within {minutes} minutes to start job `{job_id}`; "
    "nothing is charged before."
)
NO_PRICE: Final = Phrase("an amount that nobody knows before")
AT_MOST: Final = Phrase("about {price} at most")
LEFT: Final = Phrase("Job `{job_id}` is given up. Nothing was charged.")
IN_REVIEW: Final = Phrase(
    "Job `{job_id}` waits for review: a moderator looks at it first. Its card in this channel "
    "shows what was decided; nothing is charged before."
)
WAITING_FOR_REVIEW: Final = Phrase("Waiting for review by a moderator")

CANCEL_ANSWERS: Final = {
    Cancelled.FREE: Phrase("Cancelled. Nothing was charged."),
    Cancelled.LATE: Phrase(
        "Cancelled: the video will not be posted. The service had already begun, so it may still "
        "charge for it."
    ),
    Cancelled.SOON: Phrase(
        "It is being handed to the video service at this moment. If the service takes it, the "
        "video will not be posted, but it may still be charged."
    ),
    Cancelled.TOO_LATE: Phrase(
        "The video is finished and about to be posted, so it can't be cancelled."
    ),
    Cancelled.OVER: Phrase("That job is already over; there is nothing to cancel."),
}

ACCEPTED: Final = Phrase(
    "Accepted as job `{job_id}`: {facts}. Its card in this channel shows how it is "
    "going, and the video is posted there."
)
IMAGES_ARE_SHOWN: Final = Phrase(
    "Your images are shown with the card, because this model fetches them from there."
)

PROMPT_GONE: Final = Phrase("(the prompt is no longer kept)")

FOR_ADULTS: Final = Phrase(
    "That video was asked for in an age-restricted channel, so it is posted in age-restricted "
    "channels only. Please choose one of those."
)
HOME_UNKNOWN: Final = Phrase(
    "I can't see the channel any more in which that video was asked for, so it may be for adults. "
    "Please choose an age-restricted channel."
)
DELIVERIES: Final = {
    Redelivery.OWED: Phrase("The video of job `{job_id}` is posted in {channel} in a moment."),
    Redelivery.UNDER_WAY: Phrase(
        "The video of job `{job_id}` is on its way already; it is tried again now."
    ),
    Redelivery.NO_VIDEO: Phrase(
        "There is no file of that job's video here, so it can't be posted."
    ),
    Redelivery.REMOVED: Phrase("That video was removed, so it is not posted again."),
    Redelivery.HIDDEN: Phrase(
        "That video is hidden while moderators look at it, so it is not posted again before they "
        "have."
    ),
}

STOPPING: Final = Phrase(
    "The bot is restarting. Please try again in a minute; nothing was started."
)

GONE: Final = Phrase("This no longer works. `/grok jobs` lists your jobs.")

NO_MODELS: Final = Phrase("No video service is set up yet.")
LEFT_OUT: Final = Phrase("… and {count} more. Type a part of a name into `model` to find them.")

HELP: Final = Phrase("""\
**`/grok video`** makes a video from a prompt and, if you like, reference images \
(PNG, JPEG or WebP). A card shows how it is going; the video is posted as a reply to it. \
With `private` it comes to you alone, and you may publish it.
**`/grok compose`** is a form for a long prompt and up to ten images. *Apps → Animate with Grok* \
takes the images of a message, or the picture of a person.
**The buttons under a video** make it again, remix it with another prompt, go on from it, tell \
everything about it or remove it. They work for ever.
**`/grok edit`** changes a posted video as your prompt says, **`/grok extend`** makes it longer.
**`/grok models`** lists the models: what each is made from, its lengths, sizes and shapes. \
A *look* such as `fast` stands for several, and the first that fits is used.
**`/grok jobs`** lists your jobs, **`/grok show`** shows one, **`/grok cancel`** gives one up. \
Cancelling is free until the video service has begun.
**`/grok deliver`** posts a finished video once more, **`/grok remove`** takes a posted one away.
**`/grok privacy`** sends you what is kept about you, or deletes it.

Your prompt, your images and the videos that you edit are sent to the video service that makes \
the video.""")
MORE_HELP: Final = Phrase("""\
**`/grok storyboard`** makes two to six scenes that follow each other, and joins them. \
**`/grok continue`** goes on from the last frame of a video.
**`/grok presets`** keeps requests under a name, **`/grok settings`** what you usually want. \
**`/grok search`** finds videos again, **`/grok usage`** says what you have left.""")
