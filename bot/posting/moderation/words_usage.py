"""What the bot says about usage, in numbers and on the chart."""

from typing import Final

NOTHING: Final = "Nothing was made in this time."
NAMELESS: Final = "(no name)"
UNNAMED: Final = "member {member_id}"
OTHERS: Final = "{count} others"
TOTAL: Final = "Total"
JOBS: Final = "Jobs"
VIDEO: Final = "Video"
MONEY: Final = "Money"
MODELS: Final = "Models"
MEMBERS: Final = "Members"
COLUMNS: Final = "jobs · money"
PEAK: Final = "peak {peak}"
BY_DAY: Final = "by day"
BY_WEEK: Final = "by week"
DAYS: Final = "{first} to {last}"
IN_UTC: Final = "{days} (UTC)"

# A chart has little room: the question mark stands for the jobs of unknown price.
AT_LEAST: Final = "{price} + ?"
UNKNOWN: Final = "unknown"

ONE_JOB: Final = "1 job"
MANY_JOBS: Final = "{count} jobs"
OF_VIDEO: Final = "{duration} of video"
AND_UNPRICED: Final = "{price} and {jobs} of unknown price"
ALL_UNPRICED: Final = "price unknown"

BUDGET: Final = "Budget"
LEFT: Final = "{limit}: **{left} left**"
BEGINS_ANEW: Final = ", begins anew {when}"
TITLE: Final = "Usage"
