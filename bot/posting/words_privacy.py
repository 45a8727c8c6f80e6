"""What is said to members about what is kept about them."""

from typing import Final

from bot.language import Phrase

EXPORT_TEXT: Final = Phrase(
    "Here is everything that is kept about you, on all servers, as you asked. The ids of other "
    "people are left out. Your pictures and videos follow, as far as they are still kept."
)
EXPORT_MORE: Final = Phrase("More of your data:")
EXPORTED: Final = Phrase("Done: it is in your direct messages ({count} of them).")
EXPORT_RUNNING: Final = Phrase(
    "An export for you is under way already. It comes by direct message."
)
DMS_CLOSED: Final = Phrase(
    "I can't send you direct messages. Please allow them from members of this server (Privacy "
    "Settings of the server), and ask again."
)
EXPORT_BROKE: Final = Phrase(
    "Discord did not take all of it, so your export is not complete. Please ask again later."
)
LEFT_GONE: Final = Phrase(
    "A file of job `{job_id}` can't be read at the moment, so it is missing here."
)
LEFT_LARGE: Final = Phrase(
    "The video of job `{job_id}` has {size}, too much for a direct message. `/grok deliver` posts "
    "it, or ask the people who run this bot."
)
LEFT_LINK: Final = Phrase("The video of job `{job_id}` has {size}, too much for here: <{url}>")

ASK_FORGET: Final = Phrase("""\
This deletes, on all servers where this bot is, and for good:
· the prompts, reference images and stored videos of all your finished jobs,
· your votes, the words of your reports, and the list of prompts of yours that were turned away.

Kept are the bones of each job (ids, times, lengths, amounts of money) and the moderators' record, \
so that limits and bills stay true; blocks and grants stay too. A job that is still running is \
left until it ends: ask again then. Videos that are posted stay in their channels; `/grok remove` \
takes them away.""")
FORGET: Final = Phrase("Forget me")
FORGETTING: Final = Phrase(
    "You are being forgotten: your prompts, pictures and stored videos are deleted within minutes."
)
NOT_FOR_YOU: Final = Phrase("This button is for somebody else. Nothing was changed.")
