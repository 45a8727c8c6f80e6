"""The phrases by which providers say what went wrong, to be looked for in `plain` text.

One word is never enough where an answer decides over more than the one job: "credits" stand at
the end of a film, and an "API key" in many a prompt.
"""

import re
import unicodedata
from typing import Final

_MOST_CHARACTERS: Final = 8192


def plain(text: str) -> str:
    """Write a text in lower case, with ASCII's signs and single blanks, also for "_" and "-"."""
    even = unicodedata.normalize("NFKC", text[:_MOST_CHARACTERS]).lower()
    return " ".join(re.sub(r"[_-]", " ", even).split())


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns))


# The last line is Chinese for: break the rules, moderation, sensitive, pornography, banned,
# content safety.
MODERATION: Final = _any(
    *("moderation", "moderated", "content policy", "content filter", "policy violation"),
    *("violates our", "violates usage", "violates content", "content violates"),
    *("usage guidelines", "usage policies", "sensitive content", "sensitive word"),
    *("prohibited content", "prompt blocked", "nsfw", "inappropriate", "unsafe content"),
    *("safety check", "safety system"),
    *("违规", "违反", "审核", "敏感", "色情", "违禁", "内容安全"),
)

# new-api's own (types/error.go) and those of others; as `plain` writes them.
CREDIT_CODES: Final = frozenset(
    {
        *("insufficient quota", "insufficient user quota", "pre consume token quota failed"),
        *("insufficient balance", "insufficient credits"),
    }
)
_MONEY: Final = r"(?:quota|balance|credits?|funds)"
_IS: Final = r"(?: (?:is|are|was|were|has|have|been))*"
# Google's "quota exceeded" is about requests per minute, so it is not among them. The last line
# is Chinese for: balance, allowance or points short or used up, pre-charge failed, in arrears,
# please top up.
CREDIT: Final = _any(
    rf"\binsufficient (?:\w+ )?{_MONEY}\b",
    rf"\b{_MONEY}{_IS} (?:not enough|insufficient|exhausted|used up|depleted|too low)\b",
    rf"\bcredits?(?: limit)?{_IS} (?:exceeded|reached)\b",
    rf"\bbalance{_IS} (?:negative|zero|empty)\b",
    rf"\b(?:out of|not enough|no more) {_MONEY}\b",
    rf"\bno {_MONEY} (?:left|remaining|available)\b",
    rf"\bused (?:up )?(?:all|your)(?: \w+){{0,3}} {_MONEY}\b",
    r"\bexceeded your current quota\b",
    r"\bspending limit(?: \w+)? (?:exceeded|reached)\b",
    r"\bbilling hard limit\b",
    r"(?:余额|额度|积分|点数)已?(?:不足|用尽|用完|耗尽)|预扣费额度失败|欠费|请[先及时尽快]{0,2}充值",
)

KEY_CODES: Final = frozenset(
    {
        *("invalid api key", "incorrect api key", "invalid token", "invalid authentication"),
        *("unauthorized", "unauthenticated", "authentication error", "authenticationerror"),
    }
)
_WRONG: Final = (
    r"(?:invalid|incorrect|missing|expired|revoked|disabled|wrong|malformed|deactivated|inactive"
    r"|blocked|unknown|not valid|not found)"
)
_KEY: Final = r"api ?key"
# The last line is Chinese for: login verification failed, invalid token, token expired or
# unusable (new-api).
KEY: Final = _any(
    rf"\b(?:{_WRONG}|no|bad)(?: \w+){{0,2}} {_KEY}\b",
    rf"\b{_KEY}(?: \w+)?{_IS} {_WRONG}\b",
    r"^invalid token\b(?: \(request id|\W*$)",
    r"\binvalid authentication (?:credentials?|header|token)\b",
    rf"\b(?:account|team|organization|user){_IS} (?:suspended|banned|blocked|disabled|deactivated)",
    r"登录验证失败|无效的令牌|令牌(?:已过期|已禁用|状态不可用)",
)

ABOUT_MODEL: Final = re.compile(
    r"\bmodel\b.{0,80}?\b(?:not exist|not found|not available|not allowed|not supported|unknown"
    r"|no access|not have access)|\b(?:unknown|unsupported|no such|no access to) model\b|模型不存在"
)
UNKNOWN_JOB: Final = re.compile(
    r"\b(?:task|video|job)\b.{0,80}?\b(?:not exist|not found|does ?n[o']t exist)"
    r"|no such (?:task|video|job)|任务不存在"
)

_INPUT: Final = r"(?:image|picture|photo|frame|reference|file|url|uri)s?"
_FETCH: Final = r"(?:fetch|download|retriev)\w*"
# The last two lines are Chinese for the first three: to fetch or read an image, file or video.
ABOUT_INPUT: Final = _any(
    rf"\b{_FETCH}.{{0,60}}?\b(?:{_INPUT}|videos?)\b",
    rf"\b(?:{_INPUT}|videos?)\b.{{0,80}}?\b{_FETCH}",
    rf"\b{_INPUT}\b.{{0,80}}?\b(?:not found|not accessible|inaccessible|unreachable|expired)\b",
    rf"\b{_INPUT}\b.{{0,80}}?\b(?:could ?n[o']t|can ?n[o']t|can't) be\b",
    rf"\b{_INPUT}\b.{{0,80}}?\breturned (?:http |status )?[45]\d\d\b",
    r"(?:下载|获取|读取|访问).{0,6}(?:图片|图像|文件|视频)",
    r"(?:图片|图像|文件|视频).{0,20}(?:下载|获取|读取|访问)",
)

# new-api, Spring (three of its generations), Express, Flask, Kong and gin, and Chinese for: no
# such path or interface.
WRONG_PATH: Final = _any(
    r"^(?:404 )?(?:page )?(?:not found)?\W*$",
    r"^(?:404 )?(?:the )?(?:requested )?(?:resource|page|url) (?:was |is )?not found",
    r"^invalid url\W*(?:$|\((?:get|post)\b)",
    r"\bno handler found\b|\bno static resource\b|^cannot (?:get|post) /|\bno route\b",
    r"\b(?:route|path|endpoint|requested url)\b.{0,80}?\b(?:not found|not exist|unknown)",
    r"\b(?:not found|no match)\b.{0,20}?\b(?:route|path|endpoint)\b",
    r"\b(?:unknown|unrecognized|no such|invalid) (?:request url|route|path|endpoint)\b",
    r"(?:路径|接口|路由)不存在",
)

# Whole answers that are known to the letter, without "(request id: …)" and a full stop. Chinese
# for: login verification failed; invalid token; balance or allowance short, please top up.
REFUSED_LOGIN: Final = re.compile(r"登录验证失败|log ?in (?:verification|authentication) failed")
REFUSED_KEY: Final = re.compile(r"invalid token|无效的令牌|incorrect api key provided(?:[:.].*)?")
NO_CREDIT: Final = re.compile(
    r"(?:账户|账号|用户|令牌)?(?:余额|额度)不足"
    r"(?:[,.。! ]*(?:请(?:先|及时|尽快)?充值|剩余额度[: ]*[$¥]?[\d.]+))*"
    r"|(?:user|token) quota is not enough|insufficient (?:account |user )?(?:balance|quota)"
)
APPENDIX: Final = re.compile(r"\W*\(request id:[^()]*\)\W*$|[\s.。!]+$")

# The last lines are Chinese for: has been, or successfully, created, submitted or charged; and
# for: parameter, not supported, invalid, format, required, may not be empty, beyond.
STARTED: Final = _any(
    r"(?<!not )\b(?:created|queued|accepted|submitted|started|scheduled|deducted|charged)\b",
    r"(?:创建|提交|扣费|扣除)成功|成功(?:创建|提交)|已(?:创建|提交|扣|排队|受理)",
)
BAD_VALUE: Final = _any(
    r"\b(?:invalid|bad)\b(?! (?:gateway|response))|\b(?:missing|required|unsupported)\b",
    r"\b(?:not supported|not allowed|out of range|exceeds?)\b|\bmust(?: not)? be\b",
    r"\btoo (?:long|short|large|small)\b",
    r"参数|不支持|无效|格式|必填|不能为空|超出",
)
