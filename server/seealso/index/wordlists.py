"""Closed classes of words that tell the second look how much a difference means.

Small on purpose: the commonest languages of documentation, case-folded. A text in another language is read as content
words alone, which makes the comparison stricter. Content words need no list: two different ones in the same place are a
different subject in any language.
"""

from __future__ import annotations


def _words(*lists: str) -> frozenset[str]:
    return frozenset(word for words in lists for word in words.casefold().split())


FUNCTION_WORDS: dict[str, frozenset[str]] = {
    "en": _words(
        """a about again all also although am an and another any are around as at be became because become been being
        both but by can could did do does doing done each either else etc even every few for from further get gets
        given had has have having he hence her here hers him his how however i if in into instead is it its itself
        former just kind latter let like lot made make makes making may me might more most much must my namely need
        needs note notice now of often on one ones onto or other others otherwise our ours own per please quite
        rather same several shall she should similarly simply since so some such t than that the their theirs them
        themselves then there thereby therefore these they this those though thus till to together too toward
        towards until upon us use used uses using usually various very via was way we well were what when whenever
        where whereas whether which while who whom whose why will wish with within would yet you your yours ll re ve
        s d allow allows allowed able unless ca wo"""
    ),
    "de": _words(
        """aber alle allem allen aller alles als also am andere anderen auch auf aus außerdem bei beim bereits besteht
        bis da dabei dadurch dafür daher damit danach dann daran darauf daraus darf darin darum das dass davon dazu
        dem den denen denn dennoch der deren des deshalb dessen die dies diese diesem diesen dieser dieses doch dort
        durch dürfen ein eine einem einen einer eines einige einmal er erst es etwa etwas falls für gegebenenfalls
        gibt haben hat hatte hier hierzu ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im in indem ist ja je jede
        jedem jeden jeder jedes jedoch jeweils kann können könnte lassen lässt man mehr mehrere mit mittels muss
        müssen nach nachdem nämlich noch nun nur ob oder per pro schon sehr sein seine seinem seinen seiner selbst
        sich sie sind so sobald sodass sofern solche soll sollen sollte somit sonst sowie sowohl sondern über um und
        unter vom von vor vorher war waren was weil welche welcher weiter weitere wenn wer werden wie wieder wir
        wird worden wurde wurden würde während z b zu zudem zum zur zwar zwischen bitte mithilfe anhand sodaß daß
        muß"""
    ),
    "fr": _words(
        """afin ai ainsi alors après au aucun aussi autre autres aux avait avec avoir car ce ceci cela celle celles
        celui cependant certains ces cet cette ceux chaque chez ci comme comment dans de depuis des donc dont du d
        elle elles en encore ensuite entre est et étaient était été être eux fait faut il ils j je jusqu l la là
        laquelle le lequel les lesquels leur leurs lors lorsque lui m ma mais même mes mon n notamment notre nous on
        ont ou où par parce pendant peu peut peuvent pour pouvez puis puisque qu quand que quel quelle quelques qui
        quoi s sa selon sera seront ses si soit son sont sous sur ta tandis tant tel telle tels tes ton tous tout
        toute toutes très un une vers voici voilà vos votre vous y veuillez"""
    ),
    "es": _words(
        """al algo algún alguna algunas algunos ante antes aquel aquella aquí así aún aunque bien cada como con cual
        cuales cualquier cuando cuanto cuyo cuya de debe deben del desde después dicha dicho donde durante e el él
        ella ellas ellos en entre era es esa esas ese eso esos esta está están estar estas este esto estos fue
        fueron ha haber hace hacer hacia han hasta hay la las le les lo los luego mas me mediante mi mientras misma
        mismo muy más ni nos nosotros nuestra nuestro o os otra otras otro otros para pero por porque pueda puede
        pueden pues que qué quien se sea según ser será si siempre sido sino sobre solo son su sus también tan tanto
        te tiene tienen toda todas todo todos tras tu un una unas unos usted ustedes y ya a"""
    ),
    "pt": _words(
        """ao aos à às até com contudo da das dele depois do dos ela elas ele eles em então essa esse estão foi foram
        isso isto já lhe mais mas mesmo muito na nas nem no nos num numa onde ou pela pelas pelo pelos pode podem
        quando quanto são seja sem seu seus sua suas também tem têm tendo um uma umas uns você vocês a as de e é o
        os para por que se"""
    ),
    "it": _words(
        """agli ai alla alle allo anche ancora avere che chi ci cioè come così cui dagli dai dal dalla dalle degli dei
        del della delle dello deve devono di dopo dove due è ed essere fa fare già gli ha hanno i il in infatti
        inoltre io la le lei li lo loro lui ma mentre mi molto ne negli nei nel nella nelle nello nostro o ogni
        oltre per perché però più poi possono prima può qualche quale quali quando quello quella quelli questa
        queste questi questo quindi sarà se sei si sia siano sono sotto sta stata stati stato stesso su sua sue
        sugli sui sul sulla sulle suo tra tutta tutte tutti tutto un una uno va vi viene voi a con da e l d"""
    ),
    "nl": _words(
        """aan al alle als bij dan dat de deze die dit door een eens en er ertoe gaat geen had heb hebben heeft hem het
        hier hij hoe hun ik in indien is je kan kunnen kunt maar me meer men met mijn moet moeten mogen na naar nog
        nu of om omdat ook op over reeds te tegen ten toch toen tot u uit uw van veel voor waar wanneer want waren
        was wat we wel werd wie wij wil word wordt worden zal ze zich zij zijn zo zou"""
    ),
    "ru": _words(
        """а бы был была были было быть в вам вас ваш ваша ваше весь во вот все всё всего всех вы г где да даже для до
        его ее её если есть ещё еще же за здесь и из или им их к каждая каждого каждое каждый как какая какой когда
        кого которая которого которой которое которую которые который которых кто лишь либо между меня мне многие
        могут может можно мой мы на над надо нам нас наш него нее неё ней них но ну о об обычно один одна одно около
        он она они оно от перед по под пока пор после потом потому поэтому при про раз с сам сама свой своего своей
        своих себя следует со так также такая такие такой там те тем теперь то тоже только том тот тогда ту тут ты у
        уже хотя чего чей чем что чтобы чьё эта эти этим этих это этого этой этом этот эту я является являются"""
    ),
}
"""Words that hold a sentence together, by language; exchanging one for another is an edit."""

FUNCTION_CHARACTERS = frozenset(
    # Chinese particles, pronouns, prepositions, auxiliaries (simplified and traditional).
    "的地得了着過过是在和与與及並并或而且则則就也都还還又再会會能可以应應该該当當需须須要请請将將把被让讓使令从從向由于於对對"
    "为為给給到至之其该此这這那哪些个個们們我你您他她它所如若果因但却只便即中时時候样樣种種么麼吗嗎呢吧啊来來去然"
)
"""Han characters that mostly do grammatical work."""

NEGATIONS = _words(
    """no not never none nor neither without nothing cannot nobody nowhere hardly non
    nicht kein keine keinem keinen keiner keines nie niemals ohne weder nichts niemand
    ne pas jamais sans ni aucune aucun rien personne
    nunca sin ningún ninguna ninguno nada jamás tampoco
    não nunca sem nenhum nenhuma
    non senza mai nessun nessuna nessuno niente nulla
    niet geen nooit zonder niets
    не нет без ни никогда нельзя ничего никто
    不 没 沒 無 无 未 勿 莫 别 別 非 否 ない なく なけれ なかっ ません ず""",
)
"""Words, and characters of scripts without spaces, that turn a statement around."""

NEGATING_PREFIXES = _words("un in im il ir dis de non a anti mis ent miss des dés dé mal in on niet не без")
"""What turns a word around when it is put before it."""

COMPOUND_ENDINGS = _words("set out off up")
"""What makes another word of one ("form", "formset"; "time", "timeout"), though it is as short as an ending."""

CONJUNCTIONS = _words("and or und oder sowie et ou y e o u ed en of и или 和 与 與 或 及 と や か 、")
"""Words on both sides of which things may change places."""

_UNITS = (
    "two three four five six seven eight nine ten eleven twelve",
    "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf",
    "deux trois quatre cinq six sept huit neuf dix onze douze",
    "dos tres cuatro cinco seis siete ocho nueve diez - doce",
    "- tre quattro cinque - sette otto nove dieci undici dodici",
    "два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать",
    "二 三 四 五 六 七 八 九 十",
)
_TENS = (
    "twenty thirty forty fifty sixty seventy eighty ninety",
    "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig",
    "vingt trente quarante cinquante soixante",
    "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
    "venti trenta quaranta cinquanta sessanta settanta ottanta novanta",
    "двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто",
)

NUMERALS: dict[str, str] = {
    word.casefold(): str(value * step)
    for step, lists in ((1, _UNITS), (10, _TENS))
    for words in lists
    for value, word in enumerate(words.split(), start=2)
    if word not in {"-", "dos"}
}
"""Number words by value, so that "three" and "3" are the same word.

The word for one is an article too often; words that are common in another language (`due`, `sei`, `once`) are left out.
"""

_OPPOSITES = _words(
    """before/after on/off above/below over/under up/down in/out inside/outside into/from to/from within/outside
    more/less more/fewer most/least most/fewest all/none all/no all/any any/no some/no always/never often/rarely
    with/without both/neither either/neither if/unless vor/nach mit/ohne über/unter auf/ab ein/aus an/aus oben/unten
    mehr/weniger immer/nie alle/keine vorher/nachher avant/après avec/sans sur/sous plus/moins toujours/jamais
    tous/aucun antes/después con/sin sobre/bajo más/menos siempre/nunca todos/ninguno antes/tras antes/depois
    com/sem mais/menos sempre/nunca prima/dopo con/senza più/meno sempre/mai sopra/sotto voor/na met/zonder
    boven/onder meer/minder altijd/nooit до/после перед/после с/без над/под больше/меньше всегда/никогда в/из
    read/write reads/writes reading/writing read/written reader/writer input/output inputs/outputs start/end
    start/stop begin/end starts/ends first/last next/previous left/right min/max minimum/maximum minimal/maximal
    high/low higher/lower upper/lower highest/lowest large/small larger/smaller true/false enable/disable
    enables/disables enabled/disabled old/new older/newer src/dst source/destination source/target send/receive
    sends/receives sent/received open/close opened/closed client/server local/remote public/private signed/unsigned
    encode/decode encrypt/decrypt upload/download import/export increase/decrease increment/decrement
    internal/external horizontal/vertical row/column rows/columns width/height physical/virtual user/kernel
    add/remove added/removed yes/no success/failure front/back ascending/descending host/guest lock/unlock get/set
    gets/sets getting/setting get/put allow/deny allows/denies allow/reject allowing/rejecting accept/reject
    allocate/free allocated/freed mount/unmount big/little rx/tx links/rechts linke/rechte wahr/falsch ja/nein
    lesen/schreiben gelesen/geschrieben gross/klein hoch/niedrig erste/letzte neu/alt gauche/droite vrai/faux
    lecture/écriture premier/dernier première/dernière haut/bas ouvrir/fermer activer/désactiver izquierda/derecha
    verdadero/falso lectura/escritura primero/último primer/último abrir/cerrar activar/desactivar чтение/запись
    чтения/записи левый/правый первый/последний включить/выключить past/future"""
)

OPPOSITES: dict[str, frozenset[str]] = {
    word: frozenset(
        other for pair in _OPPOSITES if word in (sides := pair.split("/")) for other in sides if other != word
    )
    for word in {side for pair in _OPPOSITES for side in pair.split("/")}
}
"""Words that mean the contrary of each other. Models put them so close together that the vectors do not tell: the
few that manuals live on are listed."""
