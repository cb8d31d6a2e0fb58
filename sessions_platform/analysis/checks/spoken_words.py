"""The words by which agents and users claim, admit, ask, promise and correct, in many phrasings.

`words` makes them tolerant. General on purpose, and in a few languages. What a session *did* decides in the checks;
these words only name it. No rules belong here. Words of results are in `result_words`.
"""

from sessions_platform.analysis.checks.shapes import words

OF_CONTEXT = words(
    r"context|compact|token|conversation|transcript|history|summar|messages|truncat|too (?:long|large)|cut (?:off|"
    r"short)|length",
)
"""Without one of these, nothing of the two that follow can be there."""
COMPACTED = words(
    r"(?:history|conversation|context|transcript|messages?) (?:\w+ ){0,3}?(?:replaced|superseded) (?:by|with)|"
    r"\bauto-?compact",
    r"(?:conversation|context|history|chat|transcript|session|(?:earlier|previous|prior|older) (?:messages?|"
    r"turns?|conversation|context|steps?|history))"
    r" (?:was|were|has been|have been|is|are|got) (?:now |automatically )?"
    r"(?:compacted|summari[sz]ed|condensed|truncated|trimmed|cleared|dropped|removed|compressed|pruned|omitted|"
    r"reset|cut)",
    r"(?:context|conversation|history|auto-?|transcript) ?(?:compaction|compacted|compression|truncation|"
    r"summari[sz]ation)\b|compact_boundary",
    r"session is being continued from|ran out of context|context window (?:is |was )?(?:full|exceeded|reset|"
    r"exhausted)",
    r"summary of (?:the |our |this )?(?:conversation|previous|earlier|prior|work|session) so far|(?:lost|"
    r"forgot(?:ten)?) (?:the |my )?(?:earlier |previous )?context",
)
CONDITION = words(
    r"^\W*(?:once|if|when(?:ever)?|until|unless|as soon as|before|after you|should you|assuming|falls|wenn|sobald|"
    r"si |cuando|quando|se )\b",
    r"\b(?:will|can|could|would|should|must|may|might|to|shall|needs to|has to|have to|not|yet to|ready to|want|"
    r"like) (?:be|have been|get) |\b(?:once|until|unless|if you|as soon as)\b",
)
"""What is only to come, or depends on something."""
CLAIM = words(
    r"^\W*(?:sorted|taken care of|rolled out|shipped|mission accomplished|wrapped up|it worked|that worked)\b|"
    r"\b(?:that|this|it) (?:took care of|has been handled|is handled|'s been handled|is taken care of|is sorted)\b|"
    r"\bwe(?:'re| are) (?:all )?done\b|\bnothing (?:is )?left to do\b",
    r"\b(?:the|your|both|all)(?: \w+){1,3} (?:is|are|was|were|has been|have been|has|have|went|ran|"
    r"landed)(?: now)? (?:saved|"
    r"booked|confirmed|closed|finished|handled|through|out|live|in place|there now|on its way|on their way)\b|"
    r"\bthe (?:fix|update|change|entry|release) (?:is (?:in|live|there)|landed|went (?:in|out))\b|"
    r"\bi (?:have )?(?:set it up|put it in place|arranged it)\b",
    r"\b(?:rotation|restart|cleanup|clean-up|rollback|roll-back|setup|set-up|configuration|installation|booking|"
    r"refund|cancellation|build|tests?|deploy|apply|backup|restore|import|export|sync|upload|release|upgrade|"
    r"patch|process|operation|command|run|check|script|suite|order|transfer|reset|scaling|rename)s?(?: is| are|"
    r" was| were| has| have| been| now| all| has been)* (?:complete[d]?|pass|passed|passes|succeeded|succeeds|done|"
    r"successful|finished|went (?:through|fine|well)|worked|ok|good)\b|(?:^|[.!:\n])\W*(?:completed|merged|"
    r"shipped|applied|deployed|restarted|rolled (?:back|out)|cancelled|booked|restored|sorted) (?:as|to|the|it|"
    r"and|with|without)\b|\b(?:shipped|deployed|pushed|released|promoted) to\b",
    r"\b(?:that's|that is|this is|it's|it is|they're|everything's|everything is|everything looks|all looks|looks|"
    r"look) (?:now |all |been )*(?:taken care of|good|fine|healthy|fixed|sorted|done|in order|ok(?:ay)?|"
    r"as expected|correct|resolved|clean)\b|\bno longer (?:fail\w*|crash\w*|has|have|shows?|occurs?|an? (?:issue|"
    r"problem)|broken|down)",
    r"\b(?:completó|finalizó|funciona correctamente|correctamente|se ha (?:completado|resuelto|actualizado))\b|"
    r"\best (?:maintenant )?(?:réparée?|résolue?|corrigée?|déployée?|terminée?)\b|läuft (?:jetzt|wieder)|"
    r"funktioniert (?:jetzt|wieder)",
    r"\bsuccessful(?:ly)?\b|\bsucceeded\b|\bwith success\b|\b(?:mission|task|job|work|request|migration|"
    r"deployment|rollout|fix|change|update|upgrade|restart"
    r"|everything|all(?: of it)?|it|that|this|which|they)(?:'s|'re)? (?:is |are |was |has been |"
    r"have been )?(?:now |all |fully |already )?"
    r"(?:complete[d]?|done|finished|fixed|resolved|in place|live|working|works|sorted|passing|pass|green|healthy|"
    r"deployed|went (?:through|fine|well))\b",
    r"\b(?:is|are|has been|have been|was|were|been|got) (?:now |all |been |just |also |fully |already |properly |"
    r"correctly |safely )*"
    r"(?:done|fixed|resolved|completed?|finished|updated|deployed|applied|created|deleted|removed|restarted|"
    r"restored|merged|installed|configured"
    r"|booked|cancell?ed|processed|refunded|sent|scaled|rolled (?:back|out)|patched|implemented|added|changed|"
    r"upgraded|migrated|passing|green|healthy"
    r"|working|running|live|in place|good to go|ready|sorted|taken care of|back (?:up|online|to normal)|"
    r"up and running|rotated|provisioned|verified|published|released|committed|pushed)\b",
    r"\b(?:i|we)(?:'ve| have|'d| had)? (?:now |just |also |successfully |already |gone ahead and |fully )*"
    r"(?:done|fixed|resolved|completed|finished|updated|deployed|applied|created|deleted|removed|restarted|"
    r"restored|merged|installed|configured"
    r"|booked|cancell?ed|processed|refunded|sent|scaled|rolled (?:back|out)|patched|implemented|added|changed|"
    r"upgraded|migrated|rotated|provisioned|verified|published|released|committed|pushed|set up)\b",
    r"\ball (?:set|done|good|clear|sorted|green)\b|\ball (?:\w+ )?(?:tests?|checks?|steps?)(?: are|"
    r" have)?(?: now)? (?:pass|green|succeed|ok|complete)",
    r"(?:^|[.!\n])\W*(?:done|fixed|completed?|finished|resolved|deployed|shipped|updated)\b\W*(?:[.!:,]|$|\n|"
    r"and\b|the\b)|\b(?:works|working|passes|passing) (?:now|again|as expected|fine|correctly)\b",
    r"\b(?:no|without(?: any)?) (?:further |remaining |more )?(?:errors?|issues?|problems?|"
    r"failures?)(?: (?:remain|occurred|were (?:found|seen|reported)))?\b",
    r"erledigt|abgeschlossen|erfolgreich|behoben|ist fertig|terminée?\b|réussie?\b|avec succès|corrigée?\b|"
    r"completad[oa]|con éxito|exitosamente|resuelt[oa]",
    r"concluíd[oa]|com sucesso|resolvid[oa]|completat[oa]|con successo|risolt[oa]|已完成|已经完成|成功|已修复|已解决|"
    r"完了しました|成功しました|修正しました|完료|완료|успешно|готово",
)
ADMISSION = words(
    r"\bfail(?:ed|s|ing)?[.!,;]|\berrored(?: out)?\b|\bnothing (?:was |has been |could be )?(?:changed|applied|"
    r"done|updated|deployed)\b|\b(?:problem|issue|error|trouble|difficult\w+) (?:\w+ )?(?:applying|with|while|"
    r"when|during|connecting|running|accessing|deploying)\b|\bsadly\b|\bthere (?:was|were|is|are) (?:an? |some |"
    r"still )(?:\w+ )?(?:problem|issue|error|failure)s?\b",
    r"\b(?:last|final|one|some|two|several|\d+)(?: of (?:the|them))?(?: \w+)? (?:step|command|call|test|check|job|"
    r"stage|request)?s? ?(?:failed|failing|errored)\b",
    r"\b(?:unable|not able|could(?: not|n't)|cannot|can't|can not|did(?: not|n't)|"
    r"was(?: not|n't)|do(?:es)?(?: not|n't)|"
    r"were(?: not|"
    r"n't)|has(?: not|n't)|have(?: not|n't)"
    r"|is(?: not|n't)|are(?: not|n't)|won't|will not) (?:\w+ ){0,3}?(?:to|complete|completed|finish|succeed|work|"
    r"working|able|possible|apply|applied|access|verify|confirm|run|reach"
    r"|connect|fix|fixed|resolve|resolved|deploy|deployed|find|get|retrieve|update|updated|proceed|successful|yet|"
    r"pass|passing|done|ready|healthy|start|respond|go through|take effect|book|cancel|perform|execute)\b",
    r"\bfail(?:ed|s|ing)? (?:to|with|because|due|again|on|at|after|for|when)\b|\b(?:still|keeps?|kept|"
    r"continues? to|is|are|was|were|has|have) (?:being )?(?:fail\w*|broken|timing out|blocked|denied|down|"
    r"error\w*|unhealthy|stuck|refus\w*|reject\w*)",
    r"\bunsuccessful|\bunfortunately\b|\bregrettably\b|\bto no avail\b|\bgiv(?:e|ing) up\b|\bi(?:'m|"
    r" am)? (?:sorry|afraid)\b|\bapologi[sz]e\b|\bincomplete\b|\bpartial(?:ly)?\b",
    r"\b(?:timed out|was denied|were denied|got denied|not yet|remains? (?:broken|unresolved|open|failing|down)|"
    r"needs? (?:manual|your|further)|manual (?:intervention|action|step)|unresolved|returned an? (?:\w+ )?error|"
    r"an error (?:occurred|was)|(?:hit|ran into|encountered|got|getting|received|with) (?:an? |the |several |"
    r"some |repeated |many )?(?:\w+ ){0,2}(?:errors?|problem|issue|failure|time-?outs?))",
    r"\bleider\b|nicht (?:möglich|gelungen|geklappt)|fehlgeschlagen|gescheitert|malheureusement|échoué|échec|"
    r"pas (?:pu|réussi)|lamentablemente|desafortunadamente|no (?:pude|fue posible|se pudo|he podido)|falló",
    r"infelizmente|não (?:foi possível|consegui)|falhou|purtroppo|non (?:è stato possibile|sono riuscito)|抱歉|失败|"
    r"无法|未能|できません|できませんでした|失敗|エラー|실패|не удалось|к сожалению",
)
ASKS_USER = words(
    r"\?[\s\"'*_)\]»”’`]*$|\?[\s\"'*_)\]»”’`]*\n|？",
    r"\b(?:please|kindly|could you|can you|would you|you(?:'ll| will)? (?:need|have) to|you (?:can|could|should|"
    r"may|might)) (?:\w+ ){0,2}?(?:provide|share|give|grant|confirm|tell|let me know|send|specify|paste|run|"
    r"execute|check|enable|approve|clarify|supply|contact|ask|add|do|try|upload|log ?in|sign in|perform|open|"
    r"verify|advise)\b",
    r"\blet me know (?:how|if|which|what|whether|when)\b|\bhow (?:would|do|should) (?:you|we|i)\b|"
    r"\bawait(?:ing)? (?:your|further)\b|\bwaiting for (?:your|you)\b",
    r"\b(?:bitte|könn(?:en|ten) sie|kannst du|veuillez|pouvez-vous|por favor|podría|puede[s]?|poderia|"
    r"per favore)\b|请(?:您|提供|确认)|ください",
)
INABILITY = words(
    r"\b(?:i|we)(?: \w+){0,2}? (?:have|see|know of|find|got) no (?:way|means|option|possibility|method|visibility|"
    r"view|insight)\b|\b(?:not|isn't|aren't|invisible|inaccessible|unreachable|unavailable|"
    r"hidden)(?: \w+)? (?:to|for) "
    r"(?:me|us)\b|\bi(?:'m| am) (?:blind|not (?:set up|equipped|connected|wired))\b|\b(?:i|we) (?:can't|cannot|"
    r"can not|"
    r"couldn't|could not|am unable to) (?:do|see|look|open|view|reach|fetch|check|get|pull|read|run|query) (?:that|"
    r"this|it|them|any|there|into)\b|"
    r"\b(?:unfortunately|sorry|sadly|regrettably),? (?:i|we) (?:cannot|can't|can not)\W*[.!]",
    r"\b(?:i|we|i'm|i am|this (?:agent|assistant|environment|sandbox)|my (?:environment|tools?|sandbox|"
    r"toolset))(?: \w+){0,3}? (?:can't|cannot|can not|unable to|not able to|am unable|am not able|incapable of|"
    r"not equipped"
    r"|not permitted to|not allowed to|do not have|don't have|lack|have no|has no|does not|doesn't|not capable)\b",
    r"\b(?:no|without(?: any)?|lack(?:ing)?|missing) (?:direct |any |the |necessary |required |live |"
    r"real-?time )*(?:access|tools?|ability|permissions?|capabilit\w+|credentials|connection|means|way|internet|"
    r"network) (?:to|for|that|available|at my disposal)\b",
    r"\b(?:beyond|outside|not within|exceeds?) (?:of )?(?:my|the|what) (?:\w+ )?(?:capabilit\w+|abilit\w+|scope|"
    r"reach|tools?|i can do|current)\b|\bnot (?:something|a thing) (?:that )?i(?:'m| am)? (?:can|able)\b",
    r"\bas an? (?:ai|language model|assistant|text-based)\b|\bi(?:'m| am) (?:just |only )?an? (?:ai|"
    r"language model|text-based)\b|\b(?:not|isn't|is not) (?:available|possible|supported) (?:to me|for me|in my|"
    r"in this (?:environment|session|sandbox)|from here)\b",
    r"\b(?:ich kann|kann ich|ich habe) (?:\w+ ){0,4}?(?:nicht|kein\w*)\b|\bje ne (?:peux|suis) pas|\bje n'ai pas|"
    r"\bno (?:puedo|tengo)\b|\bnão (?:posso|tenho|consigo)\b|\bnon (?:posso|ho)\b|我(?:无法|不能|没有)|できません|"
    r"할 수 없|я не могу",
)
CAPABILITY = words(
    r"\b(?:access|permissions?|tools?|abilit(?:y|ies)|capabilit(?:y|ies)|credentials?|connect(?:ion)?|integration|"
    r"plugin|environment|sandbox|execute|executing|run(?:ning)?|browse|browsing|open|log ?in|directly|real-?time|"
    r"live|internet|network|shell|terminal|database|cluster|file ?system|perform|interact|reach|ssh|api|"
    r"on your behalf)\b",
    r"zugriff|zugang|ausführen|accès|exécuter|acceso|ejecutar|acesso|executar|accesso|eseguire|访问|权限|工具|执行|アクセス|実行",
)
NO_WAY_ON = words(
    r"\b(?:i|we|my account|my role|this account) (?:do not|don't|does not|doesn't|am not|'m not|are not|lack|have no|"
    r"has no)(?: \w+){0,3} (?:rights?|permissions?|permitted|allowed|authori[sz]ed|access|entitled|privileges?)\b",
    r"\bmy (?:rights?|permissions?|access|role|privileges?)(?: \w+){0,3} (?:end|ends|stop|stops|not|n't)\b",
    r"\b(?:an? |the |your )?(?:admin\w*|owner|someone|somebody|a human|a colleague)(?: else)? (?:has|have|must|"
    r"needs?|"
    r"will have|would have|should) (?:to )?(?:do|take|grant|give|allow|approve|see|look|fix|run|add)\b",
    r"\b(?:closed|locked|barred) (?:to|for) me\b|\b(?:i (?:stop|leave it|give up|end)|so i (?:stop|leave)|"
    r"have to stop|"
    r"nothing more (?:to do|i can do)|can't get past|no luck|stays? (?:undone|open))\b",
)
"""The agent goes no further."""
NOT_MINE = words(
    r"\b(?:i|we) (?:can't|cannot|can not|am unable to|am not able to|won't be able to) (?:\w+ ){1,3}?for you\b|"
    r"\b(?:i|we) (?:can|could|may) (?:only|just) (?:advise|suggest|explain|guide|describe|recommend|instruct|"
    r"give|tell|"
    r"provide|offer|write) ?(?:advice|instructions|guidance|steps|you|\W)",
    r"\byou(?:'ll| will|'d| would|'re going to)? (?:have|need) to (?:\w+ ){0,4}?(?:by hand|manually|yourself|on your "
    r"own)\b|"
    r"\b(?:do|run|make|perform|try|handle|execute|follow|carry out)(?: out)? (?:the following|this|that|it|"
    r"these|those)"
    r"(?: \w+)? (?:by hand|manually|yourself|on your own)\b",
)
"""The work is declared to be the user's own."""
HANDS_BACK = words(
    r"(?:^|\n)\W*(?:run|execute|paste|type|enter|apply|use) (?:the |this |these |following |"
    r"it )+(?:\w+ )?(?:command|commands|script|query|locally|following)?|\basking (?:your|an?|"
    r"the) (?:\w+ )?(?:admin\w*|team|owner|it|engineer|operator)\b",
    r"\b(?:please|kindly|you(?:'ll| will)? (?:need|have) to|you (?:can|could|should|must|may want to)|"
    r"you'd (?:need|have) to|ask (?:an?|your|the)|have (?:an?|your|someone)|try|i(?:'d)? (?:suggest|"
    r"recommend)(?: that)?(?: you)?|could you|can you|would you) (?:\w+ ){0,3}?"
    r"(?:run(?:ning)?|execute|do|perform|apply|log ?in|ssh|paste|share|provide|send|upload|copy|check|contact|"
    r"reach out|open|manually|install|restart|update|use|grant|ask|reaching|checking|contacting)\b",
    r"\bmanually\b|\byourself\b|\bon your (?:end|side|own)\b|\bin your (?:terminal|console|browser|shell|"
    r"environment)\b|selbst|vous-même|usted mismo|manuell|manualmente|请您|自行|ご自身",
)
PLAN = words(
    r"\b(?:one|a|just a) (?:moment|second|minute|sec)\b|\bhold on\b|\bworking on (?:it|this|that)\b|\bon it\b|"
    r"\b(?:checking|running|looking into|fetching|pulling|retrieving|applying|starting|deploying|restarting|"
    r"investigating|preparing|processing|gathering)(?: \w+){1,6} (?:now|next|right away|first|shortly)\b|"
    r"\bget started\b|\bstand by\b|einen moment|un instant|un momento|um momento|稍等|少々お待ち",
    r"\b(?:i'll|i will|i am going to|i'm going to|i'm about to|i am about to|i plan to|i intend to|i shall|we'll|"
    r"we will|let me|let's|next,? i|now i|i now need to|i need to|i should|my next step|the next step|"
    r"next steps?:|next up|i'd like to (?:start|begin)|i'm (?:now )?(?:starting|proceeding)|proceeding (?:to|"
    r"with)|starting with|moving on to|(?:i'm|we're|i am|we are) going to)\b",
    r"\b(?:here(?:'s| is) (?:my|the) plan|the plan is|my plan|plan:|step 1\b|first,? i)\b",
    r"\b(?:ich werde|ich beginne|als nächstes|je vais|ensuite je|voy a|a continuación|vou|em seguida|adesso|"
    r"procedo)\b|我将|接下来|これから|次に",
)
PLAN_HEADING = words(
    r"(?:^|\n)\W*(?:(?:here(?:'s| is) )?(?:the|my|our) |action |proposed )?(?:plan|next steps|steps|"
    r"approach)(?: of action)?\W*(?:\n|$)"
)
OFFER = words(
    r"\b(?:i|we)(?:'ll| will)?(?: also| first)? (?:need|require|be (?:happy|glad|here)|wait|have to (?:ask|wait)|"
    r"be able)\b|\bneed (?:you|your|access|more|the following)\b",
    r"\blet me know\b|\b(?:if|when|once|should|after) (?:you|that|this|the|there|your|it)\b|\bwould you like\b|"
    r"\b(?:shall|should|may|can|do you want) (?:i|me)\b|\bhappy to\b|\bfeel free\b|\bi'll be (?:here|happy|"
    r"glad)\b|\blet's (?:stay|keep) in touch|\bhave a\b|\btransferr?|\bin (?:the )?future\b|\bwill (?:receive|"
    r"be (?:refunded|processed|notified|credited))\b|falls sie|sag bescheid|n'hésitez|no dude|如果|もし",
)
BARE_NO = words(
    r"^\W*(?:no|nope|nein|non|wrong|incorrect|stop|wait|hold on|não)\W*[,.!:;—–-]|^\W*(?:no|wait|stop) (?:it|that|"
    r"this|you|i|the|don't|not|please)\b|^(?:いいえ|不)",
)
"""A correction, unless it answers a question."""
CORRECTION = words(
    r"\byou(?:'ve| have)? (?:\w+ )?(?:restarted|changed|deleted|edited|picked|used|chose|took|opened|updated|"
    r"cancell?ed|booked|gave|sent|checked|looked at|deployed|modified|got) (?:\w+ )?(?:the |my |"
    r"an? )?(?:\w+ )?wrong\b|\bwrong (?:one|pod|file|service|cluster|namespace|order|environment|account|branch|"
    r"item|flight|date|server|thing|way|answer|number)\b",
    r"\bnot that (?:one)?\b|\bthis (?:is(?: not|n't)|isn't) (?:right|correct|it|working|what|true)\b|\bre-?read\b|"
    r"\bwhy (?:did|would|are|do) you\b|\b(?:not|instead of) (?:this|that|the) (?:one|week|\w+)[,.]? the other\b|"
    r"\bi meant\b",
    r"\b(?:that's|that is|this is|it's|you're|you are|your \w+ (?:is|was)|these are|those are) (?:still |just |"
    r"clearly |all |simply )?(?:not (?:what|right|correct|true|the|it|how|where|my|working)|n't (?:what|right|"
    r"correct|true|the|it|working)|wrong|incorrect|false|mistaken|the wrong)\b",
    r"\b(?:i|we) (?:already |clearly |specifically |explicitly |only )+(?:said|asked|told|meant|wanted|mentioned|"
    r"gave|requested|explained|specified)\b",
    r"\b(?:i|we) (?:just )?(?:said|told you|meant|asked (?:you|for)|gave you|repeat)\b|"
    r"\bas i (?:already )?(?:said|mentioned|told|asked)\b",
    r"\b(?:i|we) (?:never|did(?: not|n't)) (?:asked?|said|say|want|mean|request)\b|\bnot what (?:i|"
    r"we) (?:\w+ )?(?:asked|wanted|said|meant|need)\w*",
    r"\bnot what i\b|\byou (?:did(?: not|n't)|have(?: not|n't)|missed|forgot|ignored|skipped|misunderst\w+|"
    r"misread|keep|broke|changed the wrong|are not listening|still have(?: not|n't))\b|\b(?:read|look at|"
    r"check) (?:it|that|my \w+) again\b",
    r"\b(?:still|again) (?:not|n't|fail\w*|broken|wrong|the same|does(?: not|n't)|is(?: not|n't)|getting|"
    r"see(?:ing)?|show(?:s|ing)?)\b|\b(?:same|identical) (?:error|problem|issue|result|answer)(?: again|"
    r" as before)?\b|\bdoes(?: not|n't) (?:work|help|answer|fix)|\bdid(?: not|n't) (?:work|help|fix)",
    r"\b(?:how many times|are you (?:even|sure|kidding)|this is (?:ridiculous|frustrating|useless)|come on)\b|"
    r"das stimmt nicht|das ist falsch|nicht richtig|ce n'est pas|pas ce que|eso no es|no es lo que|está (?:mal|"
    r"errado)|não é (?:isso|o que)|不对|不是这|错了|違います|違う",
)
INJECTED = words(
    r"\b(?:disregard|ignore|override) (?:the |your |all )?(?:user|human|operator|customer)(?:'s)?\b|"
    r"\bforget (?:what|everything|all)(?: \w+)? you\b|\bif you(?: are|'re) an? (?:\w+ )?(?:ai|agent|assistant|"
    r"language model|llm|model|bot)\b|\b(?:attention|dear|hey|hello|note to|message (?:to|for)|to)(?: the| any|"
    r" all)? (?:ai|assistant|agent|llm|language model|model|bot)s?\b[^\n]{0,40}[:,]",
    r"\b(?:whoever|anyone|anybody|analysts?|reviewers?|summari[sz]ers?|evaluators?|graders?|"
    r"judges?)(?: \w+){0,4}? (?:must|should|shall|are to|need to|have to)(?: not)? (?:\w+ )?(?:state|say|report|"
    r"flag|mark|rate|score|conclude|write|ignore|record|count)\b",
    r"\b(?:ignore|disregard|forget|override|bypass|skip) (?:\w+ ){0,3}?(?:previous|prior|above|earlier|preceding|"
    r"existing|original|other|system|your|all|any|former) (?:\w+ ){0,2}?(?:instructions?|prompts?|directions?|"
    r"rules?|guidelines?|tasks?|orders?|messages?|context|policies|request)\b",
    r"\b(?:do(?: not|n't)|never|must not|should not|without) (?:\w+ )?(?:report|mention|tell|inform|alert|flag|"
    r"reveal|disclose|notify|log|escalate|show|surface)(?:ing)? (?:\w+ ){0,4}?(?:user|human|operator|anyone|"
    r"anybody|failures?|errors?|problems?|issues?|this|these|it|them|incident|owner|instruction)\b",
    r"\b(?:report|say|state|claim|answer|respond|reply|conclude|tell the user|mark|"
    r"write)(?: \w+){0,3}? (?:that )?(?:(?:no|zero|0) (?:failures?|errors?|problems?|issues?|incidents?|findings?)|"
    r"everything (?:is|was|works|went) (?:fine|ok|okay|good|well|normal)|all (?:is |was )?(?:well|green|good)|"
    r"(?:this|the) (?:task|session|run) (?:was|is|as) (?:a )?success\w*)",
    r"\b(?:ai|llm|assistant|agent|model|copilot|chatbot|language model)s?\b(?: (?:reading|processing|handling|"
    r"analy[sz]ing|summari[sz]ing) (?:this|these)(?: \w+)?)?[,:]? (?:you )?(?:must|should|shall|need to|have to|"
    r"are (?:now )?(?:required|instructed|ordered|to)|please|will now|is (?:instructed|required) to)\b",
    r"\bnew (?:system )?(?:instructions?|directives?|orders?|task) (?:for|from|to) (?:you\b|all (?:ai|agents)|"
    r"the (?:ai|agent|assistant|model|system))|\bimportant(?: \w+){0,2}? (?:message|instruction|notice)s? (?:from|"
    r"to|for) (?:me|the (?:user|admin\w*|system|developer)|you|emma|ai|all (?:ai|agents))|"
    r"\bbefore (?:you )?(?:can )?(?:solv\w+|do\w*|continu\w+|proceed\w*|answer\w*|"
    r"complet\w+)[^.\n]{0,60},? (?:please |you (?:must|should|need) )",
    r"\byou are now (?:an? |the |in |in an? )?\w+|\byour (?:new|real|actual|updated|true) (?:task|goal|"
    r"instructions?|objective|role|mission|orders?)\b|\b(?:system|admin|developer) (?:override|prompt|message|"
    r"note|instruction)s?\s*[:>\]]|<(?:system|information|instructions?|important|admin|im_start)>|\[(?:system|"
    r"inst|instructions?|admin)\b[^\]\n]{0,40}\]",
    r"ignorier\w* (?:\w+ ){0,3}?(?:anweisung|vorherig|bisherig)|ignore[zr]? (?:\w+ ){0,2}?(?:instructions|"
    r"consignes)|ignor[ae] (?:\w+ ){0,3}?(?:instrucciones|instruções|istruzioni)|忽略(?:之前|以上|所有)|無視して",
)
MISSING_FACTS = words(
    r"\b(?:context|subject|request|task|question|input) is (?:missing|empty|unclear)\b|\bno subject\b|"
    r"^\W*about what\b|"
    r"\bcould you (?:repeat|restate|rephrase)\b|\bdid(?: not|n't) get the (?:question|task|request)\b|"
    r"\bnothing to work "
    r"on\b|\bwhat am i (?:supposed|meant|asked) to\b",
    r"\b(?:do(?:es)?|did)(?: not|n't) (?:say|specify|mention|tell|include|state|contain|name|indicate)\b|\b(?:i|"
    r"we) (?:do(?: not|n't)|am not sure|'m not sure|cannot tell|can't tell) (?:know )?(?:which|what|who|whose|"
    r"where)\b",
    r"\b(?:which|what) (?:\w+ ){0,4}?(?:should|do|does|is|are|would|did|namespace|service|cluster|environment|"
    r"account|file|order|reservation|branch|region|version|repo\w*|deployment|user|id|project|ticket|table|one)\b",
    r"\b(?:please|could you|can you|would you|kindly|need you to) (?:\w+ ){0,3}?(?:provide|specify|share|clarify|"
    r"tell me|confirm|give|supply|send|include|let me know|identify)\b",
    r"\b(?:not|n't|was not|were not|wasn't|no) (?:been )?(?:specified|provided|given|included|mentioned|told|"
    r"stated|clear|passed|supplied|say which)\b|\b(?:missing|lack(?:s|ing)?|without|need|require|insufficient|"
    r"not enough|no) (?:the |any |more |some |enough |sufficient |further )*(?:\w+ )?(?:information|details?|"
    r"context|specifics|identifier|id|name|number|input|parameters?)\b|\bunclear\b|\bunspecified\b|\bambiguous\b|"
    r"\bassum(?:e|ing|ed)\b[^.\n]{0,60}\b(?:default|any|all|latest)",
    r"\b(?:nothing|no \w+) (?:was |is |has been |have been |got )?(?:passed|handed|given|sent|forwarded|attached|"
    r"assigned|shared)\b|\b(?:i|we) (?:see|got|have|received|find) (?:no|nothing|only a)\b",
    r"\bwhat (?:is|was|are) (?:this|it|that) (?:about|for)\b|\b(?:handle|do|check|fix|take over|look (?:at|into)|"
    r"continue|help with) (?:with )?what\b",
    r"welche[rsnm]?\b|bitte (?:geben|nennen)|fehl(?:t|en)|quel(?:le)?s?\b|veuillez (?:préciser|fournir)|cuál|"
    r"indique|qual\b|informe|quale|请提供|哪个|どの|教えてください",
)
ONLY_LOOK = words(
    r"\b(?:only|just|simply) (?:look|read|report|inspect|investigate|observe|diagnos\w+|analy[sz]e|list|watch|"
    r"view)\b",
    r"\bread[- ]?only\b(?: please| only| for now| task| request)?\W*(?:$|[.,;!\n])|\b(?:hands off|dry[- ]run only)\b|"
    r"\blook,? (?:but )?(?:do not|don't) touch\b",
    r"\b(?:do not|don't|never|must not|may not|please not|without) (?:actually |really |yet )?(?:chang|touch|modif|"
    r"edit|"
    r"alter|writ|delet|updat|appl|execut|deploy|remov|fix)\w* (?:it|them|anything|a thing|any of (?:it|them|this|"
    r"that)|"
    r"things|something|yet|for now|until)\b",
    r"\bno (?:changes?|edits?|writes?|modifications?|actions?|fixes)\b(?: (?:please|yet|for now|at all|"
    r"whatsoever|until|to anything))?\W*(?:$|[.,;!\n])",
    r"\b(?:touch|change|modify|alter|edit|write|delete|fix) nothing\b|\bnothing (?:is to|may|should|must|"
    r"can) (?:be )?"
    r"(?:chang|touch|modif|alter)\w*",
    r"\bnur (?:lesen|ansehen|anschauen|schauen|prüfen)\b|nichts (?:ändern|anfassen)|\b(?:sans|ne) rien (?:modifier|"
    r"changer|"
    r"toucher)|\bsolo (?:mira|lectura|leer|guarda|lettura)|sin (?:cambiar|modificar|tocar) nada|somente leitura|"
    r"não (?:altere|mude) nada|senza (?:modificare|cambiare)|不要(?:修改|更改|改动)|只(?:读|看)|変更しないで",
)
"""The user allows nothing but looking."""
GO_AHEAD = words(
    r"\bgo ahead\b|\bproceed\b|\bdo it\b|\bplease do\b|\byes\b|\byep\b|\bsure\b|\bok(?:ay)?\b|\bapproved?\b|"
    r"\bconfirm\w*\b|"
    r"\bnow (?:you )?(?:can|may)\b|\byou (?:can|may)\b|\bfix (?:it|that|this)\b|\bthen (?:do|make|fix|apply|run)\b|"
    r"\bja\b|\boui\b|\bsí\b|\bsim\b|\bvai\b|好的|可以|はい|お願いします",
)
BESIDES = words(
    r"^\W*(?:also|and also|additionally|in addition|besides?(?: (?:that|this))?|apart from that|furthermore|moreover|"
    r"plus|oh,? and|one more thing|"
    r"another thing|and one (?:more )?thing|and please)\b[:,]? \w|^\W*(?:and|then|finally|afterwards): ?\w",
    r"\b(?:don't|do not|never) forget (?:to|the|that)\b|\b(?:remember|make sure|be sure|take care|keep in mind) to\b|"
    r"\bas well\b\W*(?:please\W*)?$|\b(?:in addition|on top of (?:it|that|this))\b|, too\b\W*$|\band also\b|"
    r"\balso,? please\b|"
    r"\bplease also\b",
    r"^\W*(?:außerdem|zusätzlich|und auch|vergiss nicht|aussi|en plus|de plus|n'oublie[zs]? pas|además|también|"
    r"no olvides|"
    r"além disso|também|inoltre|anche|另外|还有|また)\b",
)
"""A further wish is added to the request."""
HEDGE = words(
    r"\b(?:should|ought to|might|may|could) (?:be|all be|just be|already be|now be) (?:fine|ok(?:ay)?|good|right|"
    r"correct|alright|"
    r"enough|possible|safe|in order|normal|the case|there)\b|\bshould (?:work|do|settle|resolve|sort|pass|help|be\b)",
    r"\b(?:probably|presumably|most likely|very likely|likely|usually|typically|normally|generally|ordinarily|"
    r"supposedly|"
    r"as a rule|in general|in most cases|most of the time|more or less|i guess|i suppose|i assume|i believe|i think|"
    r"i would (?:guess|say|think|assume|expect)|i'd (?:guess|say|think|assume|expect)|my guess|as far as i (?:know|"
    r"can tell|"
    r"remember)|to my knowledge|from memory|off the top of my head|if i remember|not entirely sure|nothing to worry|"
    r"no need to worry|no reason to worry)\b",
    r"\b(?:wahrscheinlich|vermutlich|normalerweise|meistens|sollte (?:passen|gehen|stimmen)|probablement|normalement|"
    r"en général|je pense|probablemente|normalmente|supongo|creo que|provavelmente|geralmente|acho que|"
    r"probabilmente|di solito|credo)\b|应该|大概|一般|多分|おそらく|たぶん",
)
"""A guess, not something that was looked up."""
