"""Words that mean alike for the acts, in Dutch and English: one never seen still counts."""

GROUPS: dict[str, str] = {
    "gladness": """
        blij blije blijer trots trotse enthousiast gelukkig tevreden opgelucht opluchting dankbaar
        verheugd verheug leuk leuke fijn fijne superfijn superleuk superblij gaaf gave heerlijk
        geweldig geweldige fantastisch prachtig top super zin genoten geniet genieten vereerd
        ontroerd rust opgetogen vrolijk lief tof vet cool genoegen plezier happy glad proud thrilled
        excited exciting relieved relief grateful delighted pleased fun lovely amazing awesome
        wonderful great touched enjoy enjoyed enjoying love loved yay moon
    """,
    "worry": """
        bang bange zenuwachtig bloednerveus nerveus spannend spannende gespannen onzeker onzekerheid
        zorgen bezorgd angst angstig doodeng eng enge stress gestrest gestresst paniek tekeer
        slapeloze ongerust twijfel twijfels twijfelde durf durfde ongemakkelijk nervous anxious
        worried worry worries afraid scared stressed stressful panic uneasy insecure unsure
        overwhelmed frightened terrified shaky doubt doubts lost
    """,
    "sadness": """
        verdrietig verdriet huilen huilde gehuild tranen eenzaam teleurgesteld teleurstelling
        moedeloos somber wanhopig machteloos rot rottig moe doodmoe uitgeput kapot leeg mis jammer
        helaas pijn zielig zonde sad crying cried cry tears lonely alone disappointed disappointing
        down hopeless tired exhausted drained awful terrible miserable hurt hurts upset heartbroken
        unfortunately failure invisible miss
    """,
    "anger": """
        boos boze woedend gefrustreerd frustrerend frustratie irritant geïrriteerd irriteer erger
        ergernis baal balen baalde gebaald oneerlijk onzin belachelijk zat beu angry frustrated
        frustrating annoyed annoying furious irritated unfair fed mad hate
    """,
    "shame": """
        schaam schaamde schamen schaamte schuldig schuldgevoel spijt stom dom beschaamd opgelaten
        verschrikkelijk ashamed guilty embarrassed embarrassing regret stupid sorry
    """,
    "surprise": """
        schrok geschrokken schrikken verrast verbaasd onverwacht onwerkelijk ongelooflijk wauw wow
        shock shocked surprised astonished unbelievable startled
    """,
    "I": "ik i i'm i've i'd i'll k ikzelf mezelf myself",
    "we": "we wij ons we're we've we'll us",
    "you": "je jij u jou jouw uw jullie you your ur ya",
    "my": "mijn m'n mn my me mij",
    "change": """
        wijziging wijzig wijzigen verandering verander veranderen verplaats verplaatsen verzet
        verzetten overstap wissel wisselen switch stop stoppen stopt einde afmelding aanmelding
        opzegging annuleer annuleren intrekken vervalt vervallen nieuw nieuwe overgang overdracht
        change changing switch switching stop stopping quit quitting cancel cancelling withdraw
        withdrawing resign replace replacing
    """,
    "maybe": "misschien wellicht mogelijk eventueel maybe perhaps possibly",
    "number word": "een twee drie vier vijf zes zeven acht negen tien one two three four five six",
}

GROUP_OF: dict[str, str] = {
    word: group for group, words in GROUPS.items() for word in words.split()
}
