"""What the bot says about usage, in numbers and on the chart."""

from typing import Final

from bot.language import Phrase, Plural

NOTHING: Final = Phrase("Nothing was made in this time.")
NAMELESS: Final = Phrase("(no name)")
UNNAMED: Final = Phrase("member {member_id}")
OTHERS: Final = Plural("{count} other", "{count} others")
TOTAL: Final = Phrase("Total")
JOBS: Final = Phrase("Jobs")
VIDEO: Final = Phrase("Video")
MONEY: Final = Phrase("Money")
MODELS: Final = Phrase("Models")
MEMBERS: Final = Phrase("Members")
COLUMNS: Final = Phrase("jobs · money")
PEAK: Final = Phrase("peak {peak}")
BY_DAY: Final = Phrase("by day")
BY_WEEK: Final = Phrase("by week")
DAY: Final = Phrase("d MMM")
DAY_OF_YEAR: Final = Phrase("d MMM y")
"""These two are patterns of Unicode's LDML: a day, and a day with its year."""
IN_SECONDS: Final = Phrase("{seconds} s")
IN_MINUTES: Final = Phrase("{minutes} min")
IN_MINUTES_AND_SECONDS: Final = Phrase("{minutes} min {seconds} s")
IN_HOURS: Final = Phrase("{hours} h")
IN_HOURS_AND_MINUTES: Final = Phrase("{hours} h {minutes} min")
DAYS: Final = Phrase("{first} to {last}")
IN_UTC: Final = Phrase("{days} (UTC)")

# A chart has little room: the question mark stands for the jobs of unknown price.
AT_LEAST: Final = Phrase("{price} + ?")
UNKNOWN: Final = Phrase("unknown")

JOBS_MADE: Final = Plural("{count} job", "{count} jobs")
OF_VIDEO: Final = Phrase("{duration} of video")
AND_UNPRICED: Final = Phrase("{price} and {jobs} of unknown price")
ALL_UNPRICED: Final = Phrase("price unknown")

BUDGET: Final = Phrase("Budget")
LEFT: Final = Phrase("{limit}: **{left} left**")
BEGINS_ANEW: Final = Phrase(", begins anew {when}")
TITLE: Final = Phrase("Usage")
