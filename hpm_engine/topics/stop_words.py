"""Words that tell nothing of a topic, in the languages that people ask agents in."""

from __future__ import annotations

# What may stand within a name, as the user wrote it, but never at an end of it.
_LINKS = """
    a across an and at by for from in into of on or per the to with without am auf aus bei das dem
    den der des die durch ein eine einem einen einer für im mit nach ohne und vom von vor zu zum
    zur über à au aux avec de du en et la le les par pour sans sur un une al con da del della
    dello dei di e el il las los para por sin sobre um uma y do dos na no aan bij een het naar op
    tot uit van voor
"""

_ENGLISH = """
    able about above actually add added adding after again against all almost alone along already
    also although always am among an another any anybody anyone anything anyway anywhere are
    aren't around as ask asked asking at away back be became because become been before began
    begin behind being below best better between both bug bugs but came can can't cannot change
    changed changes come comes could couldn't dear did didn't different do does doesn't doing
    don't done down due during each either else enh enough etc even ever every everybody everyone
    everything everywhere far feature few find first fix fixed fixing following found four from
    further gave get gets getting give given gives giving go goes going gone good got had hadn't
    half has hasn't have haven't having he hello help her here hers herself hey hi him himself his
    how however i i'd i'll i'm i've if indeed instead is isn't issue issues it it's its itself
    just keep kind know known last later latter least less let let's lets like likely little ll
    long longer look looked looking looks lot lots made mainly make makes making many may maybe me
    means might mine more most mostly mr mrs much must my myself near need needed needs neither
    never new next nobody none nor not nothing now nowhere off often ok okay old once one ones
    only onto other others otherwise ought our ours ourselves out over own part perhaps please
    possible possibly pretty probably put quite rather re read real really request right said same
    saw say saying says second see seem seemed seems seen several shall she should shouldn't show
    since so some somebody someone something sometimes somewhere soon still stop such sure take
    taken takes taking tell tells than thank thanks that that's the their theirs them themselves
    then there there's therefore these they they're thing things think this those though three
    through throughout thus til till today todo together told tomorrow too took toward towards
    tried tries true try trying two under unless until up upon us use used useful user user's uses
    using usually various ve very via wait want wanted wants was wasn't way ways we we'll we're
    we've well went were weren't what what's whatever when where whether which while who whole
    whom whose why will wish within won't wont work worked working works would wouldn't wrong yes
    yesterday yet you you'd you'll you're you've your yours yourself
"""
_GERMAN = """
    aber alle allem allen aller alles als also andere anderen anderes bitte bis bist da dabei
    dadurch daher damit danach dann dass dein deine denn dennoch deren deshalb dessen dich diese
    diesem diesen dieser dieses dir doch dort du eben ebenso eigentlich einfach einige er es etwas
    euch euer falls ganz gar gegen geht gibt habe haben hast hat hatte hier hinter ich ihm ihn
    ihnen ihr ihre immer irgendwie ist ja jede jedem jeden jeder jedes jetzt kann kannst kein
    keine keinen können könnte mach machen macht mal man manche mehr mein meine mich mir möchte
    muss müssen noch nicht nichts nie nochmal nun nur ob oder schon sehr sein seine selbst sich
    sie sind so soll sollen sollte sonst trotzdem um uns unser unsere unter viel viele vielleicht
    vielmehr wann war waren warum was weg weil weiter welche welcher wenn wer werde werden wie
    wieder will wir wird wirklich wo wohl wollen wurde wäre würde danke hallo zwar zwischen
"""
_ROMANCE = """
    ainsi alors après aussi autre autres avant avoir avez beaucoup bien bonjour car ce cela ces
    cet cette ceux chaque comme comment contre dans deux dois donc dont elle elles encore entre es
    est eux fait faire faut il ils je jusque leur leurs lui mais me merci même mes moi moins mon
    ne ni non nos notre nous ont où ou parce pas peu peut peux plus pourquoi puis quand que quel
    quelle qui quoi sa sans se sera ses si son sont sous suis ta te tes toi tous tout toute toutes
    très trop tu vos votre vous aller peut-être ahora algo alguien algún alguna algunos ante antes
    aquel aquí así aunque bajo bueno cada casi como cómo cual cuando cuál desde donde dónde dos
    durante ella ellas ellos entonces eres esa ese eso esos esta está están estas este esto estos
    estoy favor fue gracias ha había hace hacer han hasta hay hola hoy la le les lo luego más mi
    mis mientras mismo mucho muchos muy nada necesito nosotros nuestra nuestro o otra otro otros
    pero poco podría porque pues puede pueden puedo qué quien quiero quizás ser sí sido siempre
    solo sólo soy su sus también tan tanto tengo ti tiene tienen toda todas todo todos tus un
    usted vez ya yo adesso allora anche ancora bene che chi ci ciao come con cosa così cui dove è
    essere fa fare forse gli grazie hai ho io lei loro ma mai molto nel nella noi ogni oppure però
    perché più poi può prego prima puoi qual quale quando quello questa queste questo sei sempre
    senza sia siamo sono sta tutti tutto una voglio agora ainda alguém algum alguma aqui assim até
    com coisa depois deve ela ele eles então essa esse estou eu faz fazer foi isso isto já lá mas
    mesmo meu minha muito não nem nós obrigado onde outra outro pela pelo pode pouco qualquer quem
    quer quero sem seu sua são só também talvez tem tenho ter tudo você vocês por alle als alleen
    alles altijd andere ben bent dan dat deze die dit doen doet door dus eens en er geen graag
    haar had heb hebben heeft hem hier hij hoe hun iets ik ja jij jou jullie kan kunnen maar meer
    mijn misschien moet moeten mij niet niets nog nu of omdat onder ons onze ook over toch toen uw
    veel waar waarom wat we wel werd wie wij wil willen worden zal ze zich zij zijn zo zou bedankt
"""
# What reports say of things, and what is asked of them: no end of a name either.
_VERBS = """
    accept accepting accepts according appear appears break breaks called cause causes complains
    containing contains continue correctly crash crashes create creates disappears does draw ends
    execute executed existing explain fail failed fails gives handle handles hang hangs happens
    helps ignore ignores included incorrectly knows leads lists located lose loses misses missing
    modify moves named needs obtaining omits passing points print prints produces properly raise
    raises raising reads refers refuses rejects rendered renders report reports require requires
    respects return returns run running runs says show showing shows skips sleep sleeps starts
    stays stops takes tells thrown throws turns twice unexpectedly vanish vanishes yields
"""
LINKS = frozenset(_LINKS.split())
VERBS = frozenset(_VERBS.split())
STOP_WORDS = LINKS | frozenset(f"{_ENGLISH} {_GERMAN} {_ROMANCE}".split())
