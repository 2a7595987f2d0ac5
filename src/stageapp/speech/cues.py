"""What people use to make a sentence one act or another, in Dutch and in English.

A cue is a pattern with a name; how much it weighs, and for which act, is learned from the labelled
messages. Patterns are matched against a lower-case sentence and look at most a few words ahead.
Where a pattern looks further than the words that count, the group `shown` holds those.
"""

import re

from stageapp.speech.lexicon import GROUPS

#: A few words between the two halves of a pattern.
_GAP = r"(?: [^\s.?!]+){0,6}? "
_FEW = r"(?: [^\s.?!]+){0,3}? "
_DAY = (
    r"(?:maan|dins|woens|donder|vrij|zater|zon)dag(?:ochtend|middag|avond)?"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day"
)
_MONTH = (
    r"(?:januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december"
    r"|january|february|march|may|june|july|august|october)"
)
_TIME = (
    rf"(?:{_DAY}|vandaag|vanavond|vanmiddag|vannacht|morgen(?:ochtend|middag|avond)?|overmorgen"
    r"|straks|zo meteen|direct|meteen|binnenkort|uiterlijk|(?:volgende|komende) \w+|dit weekend"
    r"|(?:voor|na|in) het weekend|zodra|na de \w+|tomorrow|tonight|today|tmrw|later|soon"
    r"|next \w+|this (?:week|weekend|afternoon|evening|month)|right away|as soon as"
    r"|over (?:een|twee|drie|vier|vijf|zes|\d+) (?:dag|dagen|week|weken|maand|maanden|uur)|in a (?:week|minute)"
    rf"|by (?:the end|{_DAY}|noon)|before the|\d{{1,2}} {_MONTH}|de \d{{1,2}}e|op \d{{1,2}})"
)
_I = r"(?:ik|we|wij|i)"
_YOU = r"(?:je|jij|u|jullie|you)"
_FEELINGS = ("gladness", "worry", "sadness", "anger", "shame", "surprise")
_FELT = "|".join(sorted(word for name in _FEELINGS for word in GROUPS[name].split()))
_ASK = (
    r"(?:kun|kunt|kan|kunnen|wil|wilt|willen|zou|zouden|mag|mogen|moet|moeten|heb|hebt|heeft|hebben"
    r"|ben|bent|is|zijn|was|waren|had|hadden|weet|weten|ken|kent|denk|vind|zie|ziet|zal|zullen|ga"
    r"|gaat|gaan|doe|doet|lukt|klopt|past|telt|krijg|krijgt|hoort|geldt|komt|kom|herken|mis|lijkt"
    r"|schikt|werkt|betekent|bestaat|could|can|would|will|should|may|shall|do|does|did|is|are|was"
    r"|were|have|has|am|might|must)"
)
_ASKED = (
    r"(?:je|jij|u|ik|we|wij|jullie|hij|zij|ze|het|dat|dit|er|mijn|de|een|iemand|deze|daar|zoiets"
    r"|jouw|uw|you|i|we|it|that|this|there|my|the|he|she|they|anyone|someone|anybody|your)"
)
_IMPERATIVE_NL = (
    "laat|stuur|denk|let|kijk|probeer|geef|bel|check|vergeet|zorg|lees|maak|neem|vraag|bespreek|leg"
    "|schrijf|begin|ga|houd|hou|kies|zet|doe|vertel|bedenk|gebruik|lever|meld|mail|app|noem|werk"
    "|pas|vul|voeg|controleer|overleg|blijf|wacht|stel|bewaar|praat|breng|informeer|bekijk"
    "|onderzoek|oefen|plan|regel|spreek|haal|reageer|wees|verwijder|onthoud|help|schrap|benoem"
    "|beschrijf|formuleer|verdeel|koppel|luister|onderbouw|zoek|reken|deel|beloof|teken|onderteken"
    "|upload|open|sluit|test|start|stop|voer|vermijd|waarschuw|motiveer|evalueer|reflecteer"
    "|observeer|verbeter|herschrijf|vergelijk|leer|kom|wijs|geniet|rust|haal|verplaats|herhaal"
    "|verzamel|richt|verwerk|toon|bied|licht|bereid|knip|loop|speel|dien|trek|durf|vertrouw|dank"
)
_IMPERATIVE_EN = (
    "try|write|ask|let|take|keep|send|check|make|look|remember|don't|do not|be|tell|give|use|talk"
    "|bring|start|leave|think|read|add|consider|contact|choose|call|email|mail|upload|watch|note"
    "|feel free|get|go|help|put|show|save|update|wait|speak|describe|practise|practice|prepare"
    "|plan|discuss|explain|report|review|sign|stop|share|focus|avoid|bear|break|build|move|just"
    "|submit|include|avoid|hand|fill|find|stay|listen|compare|reflect|pick|limit|reach|refer"
)
_CHANGED = (
    r"(?:aangepast|gewijzigd|veranderd|verplaatst|verzet|omgegooid|aangescherpt|overgestapt"
    r"|geswitcht|ingeschreven|uitgeschreven|afgerond|vastgesteld|verschoven|vervangen|geschrapt"
    r"|ingetrokken|teruggetrokken|opgezegd|afgezegd|geannuleerd|afgemeld|aangemeld|ingeruild"
    r"|besloten|gekozen|beëindigd|gestopt|overgenomen|toegevoegd|verwijderd|bijgesteld|ingeleverd"
    r"|goedgekeurd|afgekeurd|ondertekend|toegekend|geaccepteerd|benoemd|gewisseld|gesloten|herzien"
    r"|changed|switched|moved|decided|cancelled|canceled|quit|replaced|chosen|approved|granted"
    r"|signed|extended|closed|withdrawn|resigned|finished|completed|registered|appointed|dropped"
    r"|stopped|aangevuld|teruggegeven|stopgezet|overgedragen|vernieuwd|uitgebreid|ingekort|afgebroken"
    r"|afgesloten|losgelaten|omgezet|verruild|geruild|opgeheven|verlengd|stilgelegd|toegewezen"
    r"|accepted|rejected|adjusted|rescheduled|postponed|swapped|updated|deleted|revised|transferred)"
)

PATTERNS: dict[str, str] = {
    # Wants something of the reader.
    "question mark": r"(?P<shown>\?)[\s\"'”’)]*\W*$",
    "question word": (
        r"^(?:en |maar |of |dus |ook |and |but |so )?(?:wat|wie|waar|waarom|wanneer|hoe|hoelang"
        r"|hoeveel|hoezo|welke?|waar(?:aan|bij|door|in|mee|op|over|van|voor|toe)|what|who|where|when"
        r"|why|how|which|whose)\b"
        r"(?! (?:een|a|an|leuk|fijn|goed|jammer|mooi|vervelend|naar|knap|lief|great|nice)\b)"
        r"(?! (?:heb|ben|was|had|vind|vond|voel) (?:ik|het)\b[^?]*$)(?! (?:ik|me|mij|i) [^?]*$)"
    ),
    "verb before its subject": (
        rf"^(?:en |maar |of |dus |ook |dan |and |but |or |so |also,? )?{_ASK} {_ASKED}\b"
    ),
    "verb before you": (
        r"^(?!dank|bedankt|als|dat|wat|wens|voor|van|met|aan|thank|thanks|if|when|hope|wish|love)"
        r"[a-z]+ (?:je|jij|u|jullie) (?!bent|hebt|kunt)"
    ),
    "polite request": (
        r"\b(?:kun|kunt|kan|kunnen|zou|zouden|wil|wilt) (?:je|jij|u|jullie|iemand)\b"
        r"|\b(?:could|would|can|will) (?:you|someone|anyone)\b"
    ),
    "please": r"\b(?:alsjeblieft|alstublieft|aub|a\.u\.b|svp|s\.v\.p|please|pls|plz|graag gedaan)\b",
    "would like": (
        rf"\bgraag{_FEW}?(?:willen|weten|horen|hebben|ontvangen|krijgen|spreken|afspraak|reactie"
        r"|antwoord|zien)\b|\bhoor (?:ik |het )?(?:het |dat |die )?graag|^graag\b"
        r"|\bi(?:'d| would| should) (?:really )?(?:like|love|appreciate)\b"
        r"|\bzou (?:ik |het )?(?:graag|fijn|prettig)"
    ),
    "wonders": (
        r"\b(?:vroeg|vraag) (?:ik )?(?:me|mij|mezelf) af\b|\b(?:was|am|been) wondering\b"
        r"|\bi wonder\b|\bben benieuwd (?:of|wat|hoe|naar)\b|\bcurious (?:if|whether|what|about)\b"
    ),
    "asks for help": (
        r"\b(?:hulp|advies|antwoord|feedback|tips?) (?:nodig|gevraagd)\b|\btips? (?:is|zijn) welkom"
        r"|\b(?:heb|had)(?: nog)?(?: ik)?(?: nog)? (?:een|wat|twee|drie) (?:\w+ )?(?:vraag|vragen)\b"
        r"|\bhelp (?:me|mij|us|ons)\b|\bany (?:ideas|tips|advice|thoughts|suggestions)\b"
        r"|\b(?:need|appreciate) (?:your |some )?(?:help|advice|input|opinion)\b|\bop zoek naar\b"
        r"|\b(?:have|had) (?:a|another|one|some) (?:\w+ )?questions?\b|\bheb(?: \w+)? advies nodig\b"
        r"|\bik wil (?:je |u )?(?:graag )?(?:weten|vragen)\b|\bik verzoek\b"
        r"|\blook forward to (?:your|hearing)\b"
    ),
    "let me know": (
        r"\blaat (?:het |dat )?(?:me|mij|ons)\b|\blaat (?:het )?(?:\w+ )?weten\b|\blet (?:me|us) know\b"
        r"|\bgeef (?:me |mij )?(?:even |gerust )|\bhoor (?:ik )?(?:het )?(?:graag|wel)\b|\blaten? we\b"
        r"|\blet's\b"
    ),
    "advice": (
        rf"\bje (?:kunt|kan|zou|moet|mag|hoeft)\b|\b{_FEW}kun je (?:beter|het beste|ook|eens)"
        r"|\bmisschien kun\b|\b(?:ik raad|raad ik|raden we|adviseer)\b|\bmijn advies\b"
        r"|\bik zou (?:je|niet|eerst|het|dit|dat|wel|er|even|voor)\b"
        r"|\bhet (?:is|lijkt)(?: me| mij)? (?:handig|verstandig|slim|belangrijk|goed|beter|wijs) (?:om|dat|als)\b"
        r"|\blijkt (?:het )?(?:me|mij) (?:handig|verstandig|slim|goed|beter) (?:om|dat|als)\b"
        r"|\byou (?:could|should|might|may|need to|must|have to|can(?! count| expect))\b"
        r"|\bi(?:'d| would) (?:advise|suggest|recommend|start|first)\b|\bi (?:advise|suggest|recommend)\b"
        r"|\btip:|\bprobeer (?:eens|het|dit|om)\b"
    ),
    "warning": (
        r"\b(?:pas op|let (?:er )?(?:wel )?op|kijk uit|wees voorzichtig|voorkom dat|vergeet niet"
        r"|denk (?:aan|er ?aan)|houd (?:er )?rekening|be careful|watch out|don't forget|do not forget"
        r"|be aware|make sure|beware|keep in mind|bear in mind|zorg (?:dat|ervoor|voor|wel))\b"
    ),
    "imperative": (
        rf"^(?:dus |en |maar |dan |and |but |so |please |then |next time,? |just |also )?"
        rf"(?:(?:{_IMPERATIVE_NL})(?! (?:ik|je|jij|u|we|wij|zoals)\b)"
        rf"|(?:{_IMPERATIVE_EN})(?! (?:i|we|you|he|she|they)\b))\b"
    ),
    # Gives a feeling.
    "thanks": (
        r"\b(?:dank|bedankt|dankjewel|dankuwel|dank je|dankbaar|thanks|thank you|thx|thnx|thankyou"
        r"|merci|grateful|appreciate[ds]?|waardeer|waardering)\b"
    ),
    "apology": (
        r"\b(?:sorry|excuses?|excuus|spijt (?:me|mij)|apolog\w+|vergeef|neem me niet kwalijk|my bad"
        r"|forgive me)\b"
    ),
    "greeting": (
        r"^(?:hoi|hallo|hey+|hee+|hi|ha|dag|beste|geachte|lieve|goede?n?(?:morgen|middag|avond|dag)"
        r"|dear|hello|good (?:morning|afternoon|evening)|yo|welkom|welcome)\b"
        r"(?! (?:\S+ ){6,})"
    ),
    "closing": (
        r"\b(?:groet|groeten|groetjes|liefs|hoogachtend|regards|best wishes|kind wishes|cheers"
        r"|sincerely|mvg|xx+)\b|^(?:best|yours|love|gr|tot (?:dan|gauw|snel|ziens|straks|morgen|later"
        rf"|volgende|{_DAY})|see you|speak soon|talk soon|bye|doei|ciao|doeg)\b"
    ),
    "wish": (
        r"\b(?:succes|sterkte|beterschap|gefeliciteerd|proficiat|felicitaties|congrat\w*|good luck"
        r"|take care|well done|all the best|hopelijk|i hope|ik hoop|we hopen|hope (?:you|that|to|ur)"
        r"|veel plezier|gelukkig nieuwjaar|happy (?:new|birthday)|get well|best of luck|houd moed"
        r"|zet hem op|goed gedaan|chapeau|petje af|complimenten|gecondoleerd|condolences)\b"
        r"|\b(?:fijne?|prettige?|goede?|mooie?|leuke|gezellige?|nice|lovely|great|good) "
        r"(?:\w+ )?(?:weekend|dag|avond|vakantie|week|feestdagen|kerst|evening|day|holidays?)\b"
        r"|\b(?:wens|wish) (?:je|jou|u|you)\b"
    ),
    "exclaims what a": (
        r"(?:^|\W)(?:wat (?:een|ontzettend|super|leuk|fijn|goed|jammer|mooi|vervelend|naar|knap|lief"
        r"|rot|erg|heb ik|had ik|vind ik|voel ik|ben ik|was het|zonde|gaaf|spannend)|what (?:an?|great|lovely|good)"
        r"|how (?:lovely|nice|sad|exciting|awful|great))\b(?!.*\?)"
    ),
    "sound word": (
        r"(?:^|[\s(])(?:pf+|pff+\w*|oe+f|hm+|au+|ouch|oeps|oops|u+gh|a+r+gh|wo+w|wauw|jee+|jemig|jippie"
        r"|joepie|hoera|ya+y|ye+s+|haha\w*|hihi|lol|phew|zucht|tja|bah|mwah|whoa|hooray|hurray|grr+"
        r"|oh dear|help|balen|jammer|helaas|yikes|yippee|woohoo|gelukkig|super|top|hoor)(?=$|[\s,.!…)])"
    ),
    "feels": (
        rf"\b{_I} (?:voel|voelde|vind|vond|schrok|baal|baalde|geniet|genoot|mis|twijfel|twijfelde|durf"
        r"|durfde|schaam|schaamde|vrees|hoop|waardeer|feel|felt|love|loved|hate|miss|fear|worry|enjoy"
        r"|enjoyed|hope|regret)\b"
        r"|\b(?:voel|vind|schaam|baal|geniet|mis|twijfel) ik\b|\bzie(?:n)? (?:ik )?(?:er|ertegen)(?: \S+){0,4} tegenop\b|\b(?:ik zie|zie ik)(?: \S+){0,3} op tegen\b|\btegenzin\b"
        r"|\bmaa?k (?:ik )?(?:me|mij)(?: \S+){0,3} (?:zorgen|druk|boos)\b"
    ),
    "I am, with a feeling": (
        rf"\b(?:{_I}|me|mij|mezelf)(?:'m)?\b(?: [^\s.?!]+){{0,6}}? (?P<shown>{_FELT})\b"
        rf"|\b(?P<shown_first>{_FELT})\b(?: [^\s.?!]+){{0,3}}? (?:{_I}|me|mij)\b"
    ),
    "it does something to me": (
        r"\b(?:raakt|raakte|doet|deed|geeft|gaf|lucht|stoort|irriteert|verrast|maakt|maakte|kost|helpt)"
        r"(?: het)? (?:me|mij)\b|\bma(?:kes|de) (?:me|my)\b|\b(?:it|that) (?:feels|felt|hurts|hurt)\b"
        r"|\b(?:het|dat|dit) (?:voelt|voelde|doet pijn|deed pijn)\b|\bslapeloze\b|\bop mijn benen\b"
    ),
    "welcomes": (
        r"^(?:wat |heel |erg |how |so )?(?:fijn|goed|leuk|mooi|knap|jammer|vervelend|naar|super|tof|rot|dapper"
        r"|stoer|glad|great|nice|good|sad|sorry|lovely|brave)(?: \w+)? (?:dat|om te|om|to hear|to read|that|van je)\b"
    ),
    # Commits the writer.
    "promise": (
        r"\b(?:beloof|beloofd|belofte|promise|garandeer|guarantee|zweer|swear)\b"
        r"|\breken (?:maar )?op\b|\bop (?:mij|me) rekenen\b|\bcount on (?:me|it)\b|\breken maar\b"
        r"|\b(?:het|dit|dat) zal niet (?:meer|weer)\b|\bwon't happen\b|\bgeen (?:tweede|volgende) keer\b"
        r"|\bik zal\b|\bzal ik\b(?!.*\?)|\bwe zullen\b|\bik zorg\b|\bzorg ik\b|\bervoor zorgen\b"
        r"|\b(?:i|we)(?:'ll| will| won't| shall)\b"
    ),
    "going to": (
        rf"\b{_I} ga(?:an)?\b|\bga(?:an)? {_I}\b|\bgonna\b|\b(?:i'm|i am|we're|we are) (?:\w+ )?going to\b"
        r"|\b(?:van plan|i plan to|i intend to|i'm planning|we plan)\b|^ga "
    ),
    "I, and when": (
        r"^(?!.*\b(?:vanaf|from|sinds|per|as of|since|starting|voortaan)\b)"
        rf"(?=.*\b{_I}(?:\b|'ll\b)).*\b(?P<shown>{_TIME})\b"
    ),
    "I, and from now on": (
        r"^(?!.*\b(?:beloof|zal|promise|will)\b|.*'ll\b)"
        rf"(?=.*\b{_I}(?:\b|'m\b)).*\b(?P<shown>vanaf(?: nu)?|voortaan|per direct|from now(?: on)?|from next|as of|starting"
        r"|with effect|met ingang)\b"
    ),
    "when": rf"\b{_TIME}\b",
    "agreed": (
        r"\b(?:afgesproken|spreken?(?: \S+){0,4} af|spreek ik(?: \S+){0,8} af|we agreed|agreed (?:that|to|with)"
        r"|we've agreed|deal)\b|^(?:komt goed|doe ik|doen we|ga ik doen|zal ik doen|will do|consider it done)\b"
    ),
    "you will have it": (
        r"\b(?:krijg|krijgt) (?:je|jij|u|jullie) \b|\b(?:je|jij|u|jullie) (?:krijgt|ontvangt|hoort|hebt|krijgen)\b"
        r"|\b(?:hoor|hoort|heb|hebt|ontvang|vind) (?:je|u|jij)(?: \S+){0,6} van (?:mij|me|ons)\b"
        r"|\bheb (?:je|jij) (?:hem|het|alles|ze|de|mijn)\b|\byou(?:'ll| will) (?:get|have|hear|receive|find|see)\b"
        r"|\byou can expect\b|\bheeft u\b"
    ),
    "keeps informed": (
        r"\b(?:ik|we) (?:laat|houd|hou) (?:je|jou|u|jullie|het|dat)\b|\b(?:laat|houd|hou) ik (?:je|jou|u|jullie|het)\b"
        r"|\bkeep you\b|\b(?:je|u|jullie) op de hoogte\b|\bi'll let you know\b|\bkom(?: ik)? (?:er|erop|bij|op) (?:\S+ )?(?:bij|op)?"
    ),
    "agreed that I": (
        r"\b(?:afgesproken|agreed)(?: met \w+)?(?:,)? (?:dat|that) (?:ik|we|i)\b|\bagreed to\b"
    ),
    "we will": r"\b(?!moeten|kunnen|zullen|zouden|willen|hebben|waren|zijn)\w{3,}en (?:we|wij)\b(?!.*\?)",
    "threat": (
        r"\b(?:als|indien|zodra) [^,?]+, (?:ga|meld|schakel|stap|vraag|neem|dien|bel|stop|geef|laat|maak|haal) ik\b"
        r"|\bif [^,?]+, (?:i|we)(?:'ll| will)\b|\banders (?:stap|ga|meld|schakel|neem) ik\b"
        r"|, dan (?:ga|meld|maak|stap|neem|bel) ik\b"
    ),
    "offers": (
        r"\bi(?:'m| am) happy to\b|\bhappy to (?:help|join)\b|\bgraag(?: \w+)? mee\b|"
        r"\bik (?:wil|kan|help|denk|neem|regel|doe|pak|stuur|mail|bel|kom|maak|lever|schrijf|zet|bespreek"
        r"|plan|zoek|vul|haal|breng|verwerk|upload|deel|lees|kijk|controleer|probeer|geef|meld"
        r"|vraag(?! me| mij)|werk"
        r"|presenteer|onderzoek|leg|bereid|begin|leer|oefen|blijf|spreek|bedenk|noteer|pas|test|voer|rond"
        r"|bekijk|overleg|schuif|houd|bezoek|herschrijf|sluit)\b"
        r"|\b(?:neem|regel|doe|pak|stuur|mail|bel|kom|maak|lever|schrijf|zet|bespreek|plan|zoek|vul|haal"
        r"|breng|verwerk|upload|deel|lees|kijk|controleer|probeer|geef|meld|vraag|werk|presenteer"
        r"|onderzoek|leg|bereid|begin|leer|oefen|spreek|bedenk|noteer|pas|test|voer|rond|bekijk|overleg"
        r"|schuif|houd|bezoek|herschrijf|sluit|duik) (?:ik|we|wij)\b"
    ),
    # Says that something is different now.
    "from now on": (
        rf"\bvanaf (?:nu|vandaag|deze|volgende|komende|morgen|gisteren|begin|\d+|{_DAY}|{_MONTH})\b"
        r"|\bvoortaan\b|\bmet (?:ingang|onmiddellijke)\b|\bper (?:direct|\d+|heden|vandaag|volgende)\b"
        rf"|\bfrom (?:now|today|tomorrow|next|this|{_DAY})\b|\bas of\b|\bstarting (?:today|now|from|next|{_DAY})\b"
        r"|\beffective (?:immediately|today)\b|\bsinds (?:vandaag|vanochtend|gisteren)\b|\bhenceforth\b"
    ),
    "not any more": (
        r"\bniet (?:meer|langer)\b|\bgeen(?: \S+){0,3} meer\b|\bno longer\b|\bnot any ?more\b|\bnooit meer\b"
        r"|\bstops? (?:met|ermee|er mee)\b|\bnever again\b"
    ),
    "hereby": r"\b(?:hierbij|hiermee|bij de(?:ze|zen)|hereby|herewith|officieel|definitief|final)\b",
    "decides": (
        r"\b(?:besloten|besluit|beslissing|beslist|decided|decision|knoop|gekozen|chose|chosen)\b"
        r"|\b(?:ik|we) kies|\bkies (?:ik|voor)\b|\bi choose\b|\bkiezen voor\b|\bkeuze\b"
    ),
    "stops": (
        r"\bik (?:\w+ )?(?:stop|annuleer|schrap|vertrek|weiger|breek|staak|beëindig)\b|\bstop ik\b"
        r"|\bhou(?:d|den)? (?:ik )?(?:er|hier)(?:mee)?(?: mee)? op\b|\bzie(?:n)?(?: \S+){0,4} af\b"
        r"|\btrek(?: \S+){0,5} (?:in|terug)\b|\bneem(?: \S+){0,3} terug\b|\bzeg(?: \S+){0,4} (?:af|op)\b"
        r"|\bi (?:hereby )?(?:withdraw|quit|resign|cancel|drop|stop)\b|\b(?:giving up|give up|stepping down|step down|dropping)\b"
        r"|\b(?:beëindig|vervalt|vervallen|ontslag|withdraw|resigned?|cancell?ed|geannuleerd|afgezegd|opgezegd)\b"
        r"|\bgaat(?: \S+){0,4} niet door\b|\blaat(?: \S+){0,4} los\b|\bdrop out\b"
    ),
    "reports": (
        r"\bmeld (?:ik )?(?:me|mij)(?: \S+){0,5} (?:ziek|beter|af|aan)\b|\bziek ?gemeld\b|\bcall(?:ing)? in sick\b"
        r"|\boff sick\b|\bbeter gemeld\b|\b(?:ziek|beter)melding\b|\bafgemeld\b|\baangemeld\b|\bcalled in sick\b"
    ),
    "changed": rf"\b{_CHANGED}\b",
    "I have changed": (
        rf"\b{_I}(?:'ve)?(?: (?:heb|hebben|ben|zijn|have|am))?(?: \S+){{0,8}} {_CHANGED}\b"
        rf"|\bheb (?:ik|we)(?: \S+){{0,8}} {_CHANGED}\b|^heb(?: \S+){{0,8}} {_CHANGED}\b"
    ),
    "moves on": (
        r"\b(?:ik|we) (?:\w+ )?(?:wissel|switch|verander|verplaats|verzet|wijzig|vervang|sluit|open|benoem|accepteer"
        r"|weiger|bevestig|keur|verleen|verklaar|begin opnieuw|wijs)\b|\b(?:wissel|verplaats|verzet|wijzig|vervang|keur|benoem) (?:ik|we)\b"
        r"|\b(?:ik|we) (?:stap|stappen|ga|gaan|maak|draag|neem|geef)(?: \S+){0,6} (?:over|overstap|uitstel|vrijstelling)\b(?! hebben)"
        r"|\b(?:i'm|i am|we're|we are) (?:now )?(?:moving|changing|switching|giving you|giving up|signing (?:off|up)|dropping|quitting|stopping|leaving|transferring|replacing|joining)\b"
        r"|\bi (?:hereby )?(?:accept|approve|confirm|declare|appoint|reject|grant|transfer)\b"
    ),
    "you get": (
        r"\b(?:je|u|jullie|you) (?:mag|mogen|hoeft|hoeven|krijgt|may|don't have to|get|receive|are allowed)\b"
        r"|\b(?:mag|hoef|krijg) (?:je|u|jullie)\b(?!.*\?)"
    ),
    "was changed": (
        rf"\b(?:is|zijn|wordt|worden|werd|has been|have been|was|are)\b(?: \S+){{0,6}}? {_CHANGED}\b"
    ),
    "granted": (
        r"\b(?:akkoord|goedgekeurd|toegekend|toegestaan|uitstel|vrijstelling|geslaagd|approved|granted|approval"
        r"|extension|extended|verlengd|herkansing)\b"
    ),
    "did it differently": r"\b(?:doe|ga|gaan|doen)(?: \S+){0,5} anders\b|\bdifferently\b",
    # Describes.
    "past": (
        r"\b(?:was|waren|had|hadden|kreeg|kregen|ging|gingen|kwam|kwamen|zei|zeiden|deed|deden|werd"
        r"|werden|bleef|bleek|vroeg|stond|zat|liep|gaf|wist|wilde|moest|kon|mocht|were|did|said|went|got"
        r"|came|told|took|made|gave|found|thought|dacht|zocht|bracht|vond|zag|hing|riep|hield|lukte|hadden|viel"
        r"|\w{2,}ed|\w{2,}(?:k|p|f|ch|t)te|\w{2,}(?:l|r|m|g|v|w)de)\b"
    ),
    "somebody else": (
        r"^(?:maar |en |want |dus |but |and )?(?:de|het|een|mijn|hij|zij|ze|er|die|dat|dit|deze|onze|zijn"
        r"|haar|hun|niemand|iedereen|sommige|veel|the|my|he|she|they|there|it|a|an|this|that|these"
        r"|our|his|her|their|nobody|everyone|one|some|most)\b"
    ),
    "because": (
        r"\b(?:omdat|want|doordat|daardoor|daarom|namelijk|dus|volgens|waarschijnlijk|misschien|vermoedelijk"
        r"|because|since|therefore|according|probably|maybe|perhaps|apparently|blijkt|bovendien|however)\b"
    ),
    "thinks": (
        r"\b(?:ik (?:denk|merk|snap|begrijp|weet|zie|heb gemerkt|geloof|leer|vind het lastig|werk|loop|mag|krijg)"
        r"|i (?:think|notice|noticed|understand|don't understand|know|believe|see|learn|learned)"
        r"|volgens mij|it seems|het lijkt)\b"
    ),
}

CUES: dict[str, re.Pattern[str]] = {name: re.compile(rule) for name, rule in PATTERNS.items()}
