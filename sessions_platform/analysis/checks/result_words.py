"""The words by which results tell of errors and of nothing found, in many phrasings; `words` makes them tolerant.

General on purpose: several tool ecosystems (shells, clusters, databases, HTTP, browsers, customer service) and a few
languages. What a session *did* decides in the checks; these words only name it. No rules belong here.
"""

from sessions_platform.analysis.checks.shapes import words

_STATUS = r"\b(?:http|https|status|code|statuscode|error|response|returned|got|failed with)\W{0,6}(?:\w{2,8}\W{1,3})?"
TIMEOUT = words(
    r"(?:took|takes|taking|ran|running|lasted) (?:far |much |way |for )?(?:too long|longer than|more than \d)|"
    r"exceed\w* (?:the |its |a )?(?:\w+ )?\d+ ?(?:ms|s|sec\w*|min\w*|m|h)\b",
    r"\b(?:no|without) (?:\w+ )?(?:response|reply|answer|output|progress|heartbeat|data)(?: \w+){0,3}? (?:for|"
    r"after|within|in) (?:over |about |more than |the )?\d+",
    r"(?:wait|time|execution|duration|runtime|wall[- ]?clock) (?:limit|budget|cap)\b|wall[- ]?clock|"
    r"requête a expiré|(?:se agotó|ha expirado|expiró)|scadut[oa]",
    r"(?:\b|_)tim(?:ed|es|ing)[ _-]?out(?:\b|_)|(?:\b|_)time[- ]?outs?(?:\b|error|exception|expired|_error)|"
    r"timeouterror|\w+timeout\b|\.timeout|deadline[_ ]?exceeded|etimedout|esockettimedout|took too long",
    r"\b(?:no|without(?: a| any)?) (?:response|reply|"
    r"answer)(?: was)?(?: received)?(?: from [\w.-]+)? (?:with)?(?:in|after)\b",
    r"exceed(?:ed|s|ing) (?:the |its |a )?(?:max(?:imum)? |allowed |configured )?(?:\w+ )?(?:time|execution time|"
    r"wait|duration)\b",
    r"(?:did|does|is|was)(?: not|n't) (?:respond|reply|answer|responding|finish|complete)(?:ed)? (?:in time|"
    r"within|after|before)",
    r"(?:aborted|killed|gave up|cancell?ed|terminated|stopped) (?:after|waiting) [^.\n]{0,20}\d+ ?(?:ms|s\b|sec|"
    r"min|h\b)?",
    r"(?:still )?(?:waiting|unresponsive|hung|stalled) (?:after|for) \d+",
    _STATUS + r"(?:504|408|524)\b|gateway[_ ]time|exit (?:code|status)[: ]*124\b|exit_code_124|http_(?:504|408|524)",
    r"zeitüberschreitung|zeitlimit|délai (?:d'attente )?(?:dépassé|expiré)|tiempo de espera|tempo (?:limite|"
    r"esgotado|scaduto)",
    r"expirou|超时|超時|タイムアウト|시간 초과|время ожидания",
)
DENIED = words(
    r"\bno permissions?\b|\b(?:missing|insufficient|lacks? (?:the |a )?)(?: \w+)? ?(?:scope|grant|right|role)\b|"
    r"\b(?:scope|grant|right|role) (?:is )?missing\b",
    r"permissions? (?:to|for|on) [\w./:@-]{1,80} (?:was |is |has been )?(?:denied|refused|missing)|(?:no|"
    r"insufficient|inadequate|missing) (?:\w+ )?(?:permissions?|privileges?|rights|authori[sz]ation|"
    r"clearance) (?:to|for|on)\b",
    r"(?:user|account|role|principal|token|identity|service ?account|you|caller)\b[^\n]{0,60} (?:cannot|can't|"
    r"can not|may not|must not|is not allowed to|can only|isn't allowed to) (?:\w+)",
    r"(?:^|[\s:>])not (?:allowed|permitted|entitled)\b|password is required|access is (?:limited|restricted)|"
    r"(?:requires?|needs?) (?:\w+ ){0,3}?(?:approval|elevated|admin\w*|privileged)|read[- ]?only (?:access|"
    r"account|user|token|role|mode)",
    r"permissions?[_ ]?(?:was |were |is |are |has been )?(?:denied|missing|insufficient|required|error)|"
    r"permissionerror",
    r"access[_ ]?(?:to [^\n]{1,60} )?(?:is |was |has been )?(?:denied|refused|forbidden|restricted|not allowed|"
    r"blocked|rejected)",
    r"unauthori[sz]ed|not authori[sz]ed|unauthenticated|forbidden|\beacces\b|\beperm\b|operation not permitted",
    r"(?:is|are|was|were) not (?:allowed|permitted|entitled) (?:to|for|by|on|in)\b",
    r"insufficient[_ ]?(?:permission|privilege|scope|right|access|role|authori)",
    r"(?:lacks?|lacking|missing|without|do(?:es)?(?: not|n't) have|has no|have no|needs?|requires?) (?:the |any |"
    r"a |an )?"
    r"(?:[\w:./-]+ ){0,4}(?:permissions?|privileges?|role|rights|scopes?|authori[sz]ation|clearance)\b",
    r"do(?:es)?(?: not|n't) have (?:the )?(?:required |necessary |sufficient )?access",
    r"(?:authentication|authori[sz]ation|login|sign-?in) (?:is |was |has )?(?:failed|failure|required|rejected|"
    r"denied|error)",
    r"(?:invalid|expired|revoked|missing|bad) (?:credentials?|(?:access |api |auth |bearer )?(?:token|key))",
    r"(?:token|credentials?|session|key) (?:has |have |is |are |was )?(?:expired|revoked|not valid)|not logged in|"
    r"login required",
    r"(?:denied|blocked|rejected|refused|prohibited|disallowed) by (?:the |a |an )?"
    r"(?:\w+ )?(?:policy|admin\w*|user|rule|rbac|iam|guard\w*|admission|firewall|acl|sandbox|security|operator|"
    r"owner)",
    r"polic(?:y|ies) (?:violation|denies|denied|forbids|prevents|does not allow)|explicit deny|"
    r"must be (?:an? )?(?:admin|root|owner)",
    _STATUS + r"(?:401|403)\b|http_40[13]\b",
    r"verweigert|keine berechtigung|nicht berechtigt|(?:accès|permission) (?:refusée?|interdite?)|(?:acceso|"
    r"permiso) denegado",
    r"(?:acesso|permissão) negad[oa]|accesso negato|权限不足|拒绝访问|没有权限|無權限|"
    r"アクセス(?:が)?拒否|権限がありません|권한이 없|доступ запрещ",
)
UNKNOWN_TOOL = words(
    r"\b[\w.+-]{1,40}: not found(?:\s|$)|(?:module|object|client|class|"
    r"namespace) [\"'`]?[\w.]+[\"'`]? has no (?:attribute|method|function|member|tool)|has no (?:method|command|"
    r"function|tool|action)\b|\bno tool\b",
    r"there (?:is|exists) no (?:such )?(?:tool|function|command|action)|(?:don't|do not|doesn't|does not) (?:have|"
    r"know|provide|offer|expose) (?:a|an|any|the|this|that|such a) (?:\w+ )?(?:tool|function|command|action)\b",
    r"(?:unknown|no such|unsupported|undefined|unregistered|invalid|non-?existent|unrecogni[sz]ed|nonexisting|"
    r"missing) "
    r"(?:tool|function|action|command|sub-?command|method|operation|endpoint|plugin|skill|capability)(?: name)?\b",
    r"\b(?:tool|function|action|command|method|operation|sub-?command|plugin|"
    r"skill)[:=]? ?[\"'`(\[]{0,2}[\w./:-]{0,60}[\"'`)\]]{0,2}[:,]? "
    r"(?:was |is |were |could |can |has )?(?:not found|does(?: not|n't) exist|n't (?:a|an|available|found|exist|"
    r"registered)"
    r"|not (?:be )?(?:a |an )?(?:valid|known|registered|available|defined|supported|recogni[sz]ed|implemented|"
    r"found|exist|exposed|enabled)"
    r"|unavailable|unknown|undefined|unregistered)",
    r"command not found|is not recogni[sz]ed as|not recogni[sz]ed as an? (?:internal|name)|executable file not found",
    r"no (?:tool|function|command|action|method|handler|operation)s? (?:is |was |are |exists? )?"
    r"(?:named|called|with|by|matching|registered|for|found|available)",
    r"not an? (?:\w+ )?(?:valid|known|available|registered|supported|existing|\w+) ?(?:tool|function|command|"
    r"action|method|subcommand)\b",
    r"(?:not|n't) (?:in|one of|among|part of) (?:the |your |my |its )?(?:list of )?(?:available |allowed |"
    r"registered |known |supported )*"
    r"(?:tools?|functions?|commands?|toolset|toolbox|tool list)",
    r"(?:cannot|can't|could not|couldn't|unable to|failed to) (?:find|locate|resolve|load) (?:a |the |"
    r"any )?(?:tool|command|function)\b",
    r"(?:werkzeug|befehl|funktion) [^\n]{0,40}nicht (?:gefunden|bekannt)|commande introuvable|orden no encontrada|"
    r"comando não encontrado",
    r"exit_code_127|exit (?:code|status)[: ]*127\b|toolnotfound|nosuchtool|unknowntool|methodnotfound|-32601",
)
WRONG_ARGUMENT = words(
    r"(?:not|n't) an? (?:valid |known |recogni[sz]ed |supported |accepted |allowed )+(?:\w+ )?(?:flag|option|"
    r"switch|argument|parameter|field|property|key|column|choice)\b|invalid choice",
    r"(?:do|does|did)(?: not|n't) (?:understand|know|expect|recogni[sz]e) (?:the |a |an |any |such |"
    r"this )*(?:\w+ )?(?:flag|option|argument|parameter|field|switch)|(?:flag|option|argument|parameter|"
    r"field)s? [^\n]{0,60}(?:removed|renamed|deprecated|no longer (?:supported|exists|available))",
    r"invalid (?:flag|option|switch|argument|parameter|field|key|column|property|attribute)[\s:\"'`-]",
    r"(?:unknown|unrecogni[sz]ed|unexpected|unsupported|undefined|illegal|ambiguous|extraneous|no such|"
    r"extra|unused|bad|not allowed) "
    r"(?:shorthand |command-?line |long |keyword |named |query |input |request )?"
    r"(?:flag|option|switch|argument|arg|parameter|param|field|keyword|property|key|column|attribute|kwarg)s?\b",
    r"\b(?:flag|option|switch|argument|parameter|param|field|property|column|keyword|"
    r"attribute)s?:? [\"'`]{0,2}[\w./:=-]{0,60}[\"'`]{0,2}:? "
    r"(?:is |was |are |were |has )?(?:not (?:a )?(?:valid|known|defined|recogni[sz]ed|supported|allowed|found|"
    r"exist|accepted|permitted|expected)"
    r"|n't (?:a|defined|recogni[sz]ed|supported|allowed|accepted)|does(?: not|n't) exist|do not exist|unknown|"
    r"unexpected|unsupported|invalid)",
    r"flag provided but not defined|unexpected keyword|additional propert|extra (?:fields?|inputs?|properties|"
    r"keys) (?:are |is )?not",
    r"does(?: not|n't) (?:accept|support|take|recogni[sz]e|have|allow) (?:the |a |an |any |"
    r"such )*(?:[\"'`]?[\w./:=-]{1,40}[\"'`]? )?"
    r"(?:flag|option|argument|parameter|field|switch|property)",
    r"takes? (?:no|\d+|from \d+|at most \d+|exactly \d+)(?: \w+){0,4} arguments?|too many (?:arguments|parameters|"
    r"positional)",
    r"no (?:option|flag|parameter|argument|field) (?:named|called|like)|unknown (?:option|switch)|(?:^|"
    r"\n)\s*usage: \S+",
    r"unbekannte (?:option|argument)|option inconnue|opción (?:desconocida|no válida)|opção (?:desconhecida|"
    r"inválida)|opzione sconosciuta",
)
MALFORMED = words(
    r"(?:arguments?|parameters?|payload|input|request|body) (?:do|does)(?: not|n't) (?:match|conform|fit|comply|"
    r"validate|satisfy)|does(?: not|n't) match (?:the |expected )?(?:format|pattern|schema|type)|400 bad request|"
    r"http_400|bad request",
    r"(?:invalid|malformed|bad|broken|not valid|incorrect) (?:json|yaml|xml|payload|request body|syntax|arguments|"
    r"input format)|malformed",
    r"(?:json|yaml|xml|syntax|parse|parsing|decode|decoding|deseriali[sz]ation|schema) ?error|jsondecodeerror|"
    r"syntaxerror",
    r"(?:could not|couldn't|cannot|can't|failed to|unable to|error while|error) (?:be )?(?:pars|decod|deseriali|"
    r"unmarshal|interpret)\w*",
    r"unexpected (?:token|end of|character|eof)|expecting (?:value|property|delimiter|',')|unterminated (?:string|"
    r"quote)",
    r"validation ?(?:error|failed|failure)|schema validation|does not (?:match|"
    r"conform to) (?:the )?(?:\w+ )?schema|failed validation",
    r"missing (?:\d+ )?(?:required |mandatory )?(?:positional |keyword )?(?:arguments?|parameters?|fields?|"
    r"property|properties|keys?|inputs?|values?)\b",
    r"(?:required|mandatory) (?:field|parameter|property|argument|key|input|value)s?:? [^\n]{0,40}(?:missing|not|"
    r"absent|empty)|fields? required",
    r"is an? required|is (?:required|mandatory)\b|must be (?:an? |of type |one of |in |valid |string|integer|"
    r"number|non-?empty|positive)",
    r"(?:invalid|wrong|incorrect|unexpected) (?:type|format|value|date|enum)\b|is not of type|type ?mismatch",
    r"expected [^\n]{1,60}(?:but )?(?:got|received|found|given)|(?:cannot|must not|can't) be (?:null|empty|blank|"
    r"none)",
    r"not a valid (?:date|integer|number|uuid|email|enum|timestamp|id|json|cron|duration|arn)|"
    r"ungültiges? (?:format|json)|-32602",
)
OF_FORM = words(r"\b(?:json|yaml|xml|schema|validation|pars(?:e|ing|er)|decod\w*|deseriali\w*)\b")
"""What tells arguments of a wrong form from arguments that do not exist."""
RATE_LIMIT = words(
    r"limit (?:of [^\n]{1,30} )?(?:was |has been |is )?(?:reached|exceeded|hit)\b|\b\d+ (?:calls|requests|queries|"
    r"messages) per (?:second|minute|hour|day)|per[- ](?:second|minute) (?:limit|quota)",
    r"rate[-_ ]?limit|too many (?:requests|calls)|throttl|quota[_ ]?(?:exceeded|exhausted|reached)|"
    r"exceed\w* [^\n]{0,40}quota",
    r"resource[_ ]?exhausted|(?:request|usage|api|call)s? limit (?:\w+ )?(?:reached|exceeded|hit)|slow down|"
    r"retry[-_ ]?after",
    r"(?:try|retry) again (?:in|after) \d+|overloaded|" + _STATUS + r"429\b|http_429|zu viele anfragen|"
    r"trop de requêtes",
    r"demasiadas (?:solicitudes|peticiones)|muitas (?:solicitações|requisições)|请求过于频繁|リクエストが多すぎ",
)
CONTEXT_LIMIT = words(
    r"(?:maximum|max|model's) context|context[_ ]?(?:length|window|size|limit)[_ ]?(?:\w+ ){0,3}(?:exceed|reach|"
    r"full|limit|overflow)",
    r"(?:prompt|input|request|conversation|message|history)s? (?:is|are|was|became|too|"
    r"has become) ?(?:too )?(?:long|large) for|prompt is too long",
    r"exceed\w* (?:the )?[^\n]{0,40}(?:tokens?|context)\b|token (?:limit|budget)[^\n]{0,30}(?:exceed|reach|hit)|"
    r"too many tokens",
    r"(?:output|response|answer|completion|message|reply) (?:was |is |has been |got )(?:truncated|cut off|"
    r"cut short|clipped)",
    r"(?:hit|reached|reaching) (?:the |my |its )?(?:max(?:imum)?[_ ]?|output |response )?(?:tokens?|"
    r"length) (?:limit|cap)|ran out of (?:context|tokens)",
    r"context_length_exceeded|stop_reason\W+max_tokens|finish_reason\W+length",
)
EMPTY = words(
    r"^\W*(?:there (?:is|are|were) )?no (?:\w+[ -]){0,4}(?:incidents?|alerts?|issues?|deployments?|jobs?|"
    r"services?|instances?|buckets?|branches|commits|tables?|reservations?|customers?|accounts?|emails?|tickets|"
    r"traces?|spans?|metrics|points|content|such \w+)\b",
    r"^\W*(?:there (?:is|are|were) )?no (?:\w+[ -]){0,4}(?:results?|match(?:es)?|records?|rows?|resources?|items?|"
    r"data|entries|files?|logs?|documents?"
    r"|hits?|events?|output|messages?|flights?|orders?|products?|users?|pods?|lines?|tickets?|metrics?|series|"
    r"datapoints|occurrences)\b",
    r"^\W*(?:found |returned |got )?(?:0|zero) (?:\w+ ){0,2}(?:results?|match(?:es)?|records?|rows?|items?|"
    r"entries|files?|hits?|documents?|events?|lines?)\b",
    r"^\W*(?:nothing (?:was )?(?:found|matched|returned)|not found|empty(?: (?:set|result|response|list|output))?|"
    r"none|n/?a|\(empty\)|\(no output\)|\(0 rows\))\W*$",
    r"(?:returned|yielded|produced|gave) (?:no|0|zero|an empty) (?:\w+ )?(?:results?|rows?|matches|data|response|"
    r"list|set)",
    r"^\W*(?:keine? (?:\w+ )?(?:ergebnisse|treffer|daten|einträge)|aucun (?:résultat|enregistrement)|"
    r"sin resultados|ningún resultado"
    r"|nenhum resultado|nessun risultato|没有(?:找到)?结果|未找到|見つかりません)",
)
ZERO_OF = words(r"^\W*(?:found |returned |got )?(?:0|zero|no) \w{3,}(?: \w+){0,2}\W*$")
GOOD_ZERO = words(
    r"\b(?:errors?|fail\w*|warnings?|issues?|problems?|changes?|conflicts?|vulnerabilit\w+|violations?|alerts?|"
    r"incidents?|"
    r"skipped|updated|added|deleted|removed|pending|output)\b"
)
"""What is well if there is none of it, or counts something done."""
BAD_STATE = words(
    r"\b[1-9]\d* (?:\w+ )?(?:fail(?:ed|ing|ures?)|errors?|errored|broken|unhealthy)\b|\b(?:tests?|build|job|"
    r"pipeline|deployment|rollout|check|health ?check|apply|migration|stage|step)s? (?:has |have |is |are |was |"
    r"were |run )?(?:fail(?:ed|ing|s)|errored|broken|not (?:pass|complet|ready|healthy)\w*)",
    r"crashloopbackoff|imagepullbackoff|errimagepull|oomkilled|createcontainer\w*error|\bunhealthy\b|"
    r"\bnot ready\b|\b0/[1-9]\d*(?: |$)|\bdegraded\b|progressdeadlineexceeded|connection refused|\b(?:status|"
    r"state|phase|conclusion|result|health|outcome)\"?\s*[:=]\s*\"?(?:fail\w*|error\w*|degraded|unhealthy|"
    r"crash\w*|timed?_?out|stuck|not[_ ]?(?:ready|running|healthy|ok|found))",
    r"(?:^|\n)\s*(?:fail(?:ed)?|error|fatal|✗|✘|❌)\b|\bassertionerror\b|\bpanic:|\btraceback \(most",
)
"""A result that was no error by itself, and yet no good news."""
HANDOFF_TOOL = words(
    r"(?:transfer|hand[-_ ]?off|hand[-_ ]?over|delegat|escalat|route[-_ ]?to|assign[-_ ]?to|spawn|sub[-_ ]?agent|"
    r"dispatch|invoke[-_ ]?agent|call[-_ ]?agent|ask[-_ ]?agent|run[-_ ]?agent|switch[-_ ]?to|forward[-_ ]?to)|"
    r"^(?:task|agent)$|[-_ ]agent$|^agent[-_ ]",
)
FIRST_LINE = words(
    r"\W{0,6}(?:(?:\w+ )?(?:error|exception|fatal|panic|traceback|critical)\b|err!|npm err|e: "
    r"|[\w.]{1,60}(?:error|exception|timeout|denied|fault)\b|failed\b|failure\b"
    r"|(?:command|request|call|operation|execution|tool|query|api call|connection|job) (?:\w+ )?"
    r"(?:failed|timed out|refused|rejected|denied|aborted)|(?:permission|access) denied|forbidden|unauthori[sz]ed"
    r"|not authori[sz]ed|timed? ?out|(?:unknown|unrecogni[sz]ed|invalid|unsupported|unexpected) \w+"
    r"|(?:cannot|can't|could not|couldn't|unable to|failed to|not allowed|no such|too many requests|rate limit)"
    r"|http(?:/[\d.]+)? ?[:=]?[45]\d\d\b|(?:status(?: code)?|code|response)\W{1,3}[45]\d\d\b"
    r"|[45]\d\d (?:bad|unauthorized|payment|forbidden|not|method|request|conflict|gone|too|internal|service|gateway"
    r"|client|server)"
    r"|<(?:error|tool_use_error)|\[(?:error|failed)\]"
    r"|❌|✗|✘|fehler|erreur|échec|错误|失败|"
    r"エラー|ошибка)",
    r"[\w./ -]{1,60}: (?:line \d+: )?(?:[\w./-]{1,60}: )?(?:command not found|permission denied|no such file|"
    r"not found"
    r"|invalid option|unrecognized option|unknown option|cannot |connection refused|error\b|fatal\b)",
)
"""How the first line of a result begins that tells of the call's own failure; matched at its beginning."""
NO_ERROR = words(
    r"\W{0,6}(?:\w+ )?(?:errors?|failures?|exceptions?) (?:logs?|rates?|counts?|budget|summary|found: 0)|failed:? 0\b"
)
SHORT_FAILURE = words(
    r"^\W*(?:err|nok|fail(?:ed|ure)?|rejected|refused|declined|denied|aborted|crashed|conflict|bad request|e\d{3,5})"
    r"(?:\W|$)|^\W*(?:task|job|run|step|call|request|write|update|change) (?:was |is )?(?:aborted|rejected|refused|"
    r"declined|denied|cancelled by|blocked)\b|\bdeclined by\b",
    r"\b(?:did not|didn't|was not|were not|wasn't|could not|couldn't) (?:succeed|complete|go through|work|finish|run|"
    r"applied|executed|written|saved|accepted|sent|finished|completed|reached|processed|stored|committed|"
    r"delivered)\b|"
    r"^\W*not (?:executed|applied|saved|sent|written|accepted|processed|completed)\b",
    r"\b(?:connection|socket|session|channel|stream|link) (?:was |is )?(?:lost|closed|reset|dropped|broken)\b|"
    r"\bbroken pipe\b"
    r"|\breset by peer\b|\b(?:host|server|endpoint|route|gateway) (?:was |is )?(?:not found|unreachable|down)\b",
    r"\b(?:missing|undefined|malformed) (?:required )?(?:field|column|key|parameter|argument|property|header|"
    r"scope|input|"
    r"value|attribute|token)\b|\b(?:field|column|parameter|argument|property|key|scope|header|"
    r"token) [\"'`]?[\w.-]+[\"'`]? "
    r"(?:is |was )?(?:missing|required|unknown|undefined|invalid)\b|\b\w+ is required\b|\bscope missing\b",
    r"\bno permissions?\b|\bmalformed (?:input|request|body|payload)\b|\b(?:schema|type|checksum) mismatch\b|"
    r"\bout of memory\b|\bdisk (?:is )?full\b|\bno space left\b|\bdivision by zero\b|\bsegmentation fault\b|"
    r"\bassertion failed\b|\bnull pointer\b|\bstack overflow\b|\bcore dumped\b",
    r"\btemporarily (?:unavailable|busy|down)\b|\b(?:service|server|system|backend|resource) (?:is )?(?:busy|down|"
    r"unavailable|overloaded)\b|\bdeadline (?:passed|exceeded|hit)\b|\b(?:locked|held|blocked) by (?:another|"
    r"other|an?)\b|"
    r"\b(?:busy|please)?,? ?(?:try|retry) (?:again )?later\b|\bthat did not work\b",
    r"^\W*(?:status|result|outcome|state|verdict) ?[=:] ?\"?(?:fail\w*|error|err|nok|rejected|refused|denied|"
    r"aborted)\b|"
    r"^\W*(?:rc|errno) ?[=:] ?-?[1-9]\d*\b|^\W*[45]\d\d ?: \w+",
    r"^<(?:error|fault|exception|problem)\b",
)
"""A result that is one short line and says of its call that it came to nothing."""
EXIT = words(
    r"\b(?:exit|exited|return|returned|terminated|failed)(?:ed)?(?: with| process)?[ _-]?(?:code|status|non-?zero)?"
    r"(?: exit)?[ _-]?(?:code|status)?[\"'>]?\s*[:=]?\s*\(?(-?\d+)\b"
)
CHANGED = words(
    r"\"(?:state|status|result|outcome|phase|event|action)\": ?\"(?:created|opened|updated|deleted|removed|accepted|"
    r"restarted|"
    r"applied|changed|cancell?ed|added|scaled|deployed|merged|pushed|submitted|booked|sent|refunded|started|stopped|"
    r"renamed|inserted|saved|issued|scheduled|confirmed|queued|triggered|closed|reopened|assigned|replaced)\"",
    r"\"(?:created|updated|deleted|changed|applied|modified|removed|inserted|saved)\": ?(?:true|[1-9])",
    r"^\W*(?:[\w./:-]+ ){0,4}(?:was |were |has been |have been |is now |successfully )?(?:created|opened|updated|"
    r"deleted|"
    r"removed|restarted|applied|cancell?ed|scaled|deployed|merged|pushed|submitted|booked|renamed|inserted|saved|"
    r"scheduled|configured|patched)\b(?: (?:to|in|on|as|by|at)\b[^\n]{0,80})?\W*$",
)
"""A short result that says something is another than before."""
