package label

import (
	"bytes"
	"strings"
)

// word is what a folded word says of the number behind it.
type word struct {
	kind    Kind
	name    string // canonical, for people
	needsNr bool   // only with "nr." or "nummer" behind it
}

// words are the labels that are a word of their own, folded. Other words count by
// how they end, see classify.
var words = makeWords()

// persons are words of things' numbers that may be a person's own when "id" follows.
var persons = map[string]bool{"kunde": true, "medarbejder": true, "loen": true, "bruger": true, "debitor": true, "laaner": true, "kreditor": true, "klage": true}

// known has the words by their length, first letter and last four: most words of a text
// are told from labels by it without looking them up.
var known = func() *Tails {
	t := new(Tails)
	for w := range words {
		t.Add(TailHash(w, WordKey(len(w), w[0])))
	}
	return t
}()

// mayBeKnown reports whether words may have the folded word.
func mayBeKnown(w []byte) bool {
	return len(w) > 0 && known.Has(TailHash(w, WordKey(len(w), w[0])))
}

// WordKey is what else than its last letters tells a word: its length and first letter.
func WordKey(length int, first byte) uint32 { return uint32(length)<<8 | uint32(first) }

func makeWords() map[string]word {
	m := make(map[string]word)
	put := func(w word, list string) {
		for _, s := range strings.Fields(list) {
			m[s] = w
		}
	}
	put(word{kind: fills}, "nr no nummer number num er id ids is td lyder numre numrene nummeret numret numbers key nbsp")
	put(word{kind: CPR, name: "CPR-nr."}, "crp crpnr crpnummer cprnummmer cprnumret cpr cprnr cprnrs cprno cprnummer cprnummeret cprnumber cprnumre cprnumrene cprnum cprid cepeer cepeernr cepeernummer cepeernummeret")
	put(word{kind: CPR, name: Born}, "foedt fodt foedte foedselsdag foedselsdato")
	put(word{kind: CPR, name: "personnummer"}, "personnummer personnr personnummeret personnumre erstatningspersonnummer erstatningsnummer erstatningsnr "+
		"foedselsnummer foedselsnr personummer persnummer personnumret sikringsnummer sikringsnr persnr personident personid personidentifier personidentifikator nationalidentifier civilregistrationnumber civilregistrationidentifier personcivilregistrationidentifier "+
		"civilregno civilregnumber personennummer sundhedskort sundhedskortnr sundhedskortnummer sygesikringsbevis sygesikringsnummer sygesikringsnr sygesikringskort")
	put(word{kind: CPR, name: "personnummer", needsNr: true}, "person pers")
	put(word{kind: saysEither, name: "pnr"}, "pnr")
	// "civil registration number", "social security no.", "personal id no."
	put(word{kind: CPR, name: "civil registration"}, "civil ssn")
	put(word{kind: CPR, name: "civil registration", needsNr: true}, "security personal")
	// "P-enhed" is read as two words.
	put(word{kind: saysP}, "penhed penheder produktionsenheder pnumre produktionsenhed produktionsenhedsnummer produktionsenhedsnr pnummer")
	put(word{kind: saysEither, name: "pnr", needsNr: true}, "p")
	put(word{kind: Other, name: Amount}, "kr dkk eur")
	put(word{kind: Other}, "ref akt akten akter bilag konto kontostreng finanskonto account cvr bbr bfe tlf telefon mobil phone tel fax")
	put(word{kind: Other, name: Thing}, "faktura kreditnota invoice ordre indkoebsordre order ean gln isbn issn iban giro fik maaler ticket booking "+
		"ordrer fakturaer kreditnotaer fakturaerne ordrerne pakker abonnement police policen foelgeseddel foelgesedler pakkeseddel leveringsseddel fragtbrev fragtbreve "+
		"kundeaftale omkostningssted profitcenter stregkode barcode qrkode cylinder areal kvote co2kvote forespoergsel gravetilladelse byggetilladelse raadighedstilladelse "+
		"vandmaaler elmaaler varmemaaler gasmaaler maalere item items artikel artikler art kolli licence license confirmation reservation shipment case cases po purchaseorder seq sequence offset nonce epoch rowid "+
		"thread heap rss vsz charge parti serienumre lokation aftagenummer kopimaskine toner "+
		"incident rekvisition batch lot asset pakke tracking track licens kvittering varenr bestilling rekv parkeringsafgift afgift udbud tegning")
	put(word{kind: Other, name: Version}, "version build release driver firmware")
	// Words for persons ("kunde") are here: the person's own number may follow the bare
	// word. The number of a case or a paper may be built on a CPR number.
	put(word{kind: Other, needsNr: true}, "customer member employee user sag sager sags journal j jour aftale kunde kreditor debitor leverandoer medarbejder loen laaner "+
		"se reg registrerings skade dok dokument reference klage bruger besked mail anmeldelses anmeldelse")
	put(word{kind: Other, name: Thing, needsNr: true}, "part serial policy purchase product model unit room flight transfer payment receipt contract shop ejendom ejendoms matrikel serie vare tilbud betalings transaktions kort installations lokations "+
		"projekt bestillings loebe afregnings kontrakt kontrakts job request trace session transaction message proces process event device objekt object "+
		"post poster dokumenter posterings rapport proeve analyse boring parkerings afgifts hold moede meeting change opgave task plan medie materiale "+
		"forsendelses afsendelses kvitterings")
	put(word{kind: Other, name: Foreign}, "samordningsnummer samordningsnr henkiloetunnus kennitala")
	put(word{kind: Person}, "mor moderen moderens far faderen faderens aegtefaelle aegtefaellen samlever samleveren vaerge plejemor plejefar afdoede arving borger borgeren borgerens borgers patient patienten klient klienten elev eleven elevens barnet barnets patientens klientens ansoegerens ansoegers beboerens datterens soennens ansoeger ansoegeren beboeren citizen barn datter datteren soen soennen pt")
	put(word{kind: Other, name: Clock}, "tidspunkt timestamp logtid klokkeslaet")
	// These say whose number it is and not what.
	put(word{kind: None}, "patientnummer patientnr borgernummer borgernr barnenummer klientnummer klientnr elevnummer elevnr")
	return m
}

// classify tells what a folded word says. hasNr is true when "nr." or the like
// stands between it and the number.
func classify(w []byte, hasNr bool) (Kind, string) {
	if mayBeKnown(w) {
		if says, ok := words[string(w)]; ok {
			if says.needsNr && !hasNr {
				return None, ""
			}
			return says.kind, says.name
		}
	}
	if len(w) < 3 || !mayEndLabel(w[len(w)-3], w[len(w)-2], w[len(w)-1]) {
		return None, ""
	}
	for _, tail := range [...]string{"cpr", "cprnr", "cprnummer"} {
		if hasTail(w, tail) {
			return CPR, "CPR-nr."
		}
	}
	for _, tail := range [...]string{"nummer", "nr", "number", "numre", "numrene", "numbers"} {
		if hasTail(w, tail) {
			return Other, kindOfThing(w[:len(w)-len(tail)])
		}
	}
	return otherID(w), ""
}

// mayEndLabel tells by its last three letters whether a word that is none of words may be
// a label by how it ends.
func mayEndLabel(x, y, z byte) bool {
	switch z {
	case 'd':
		return y == 'i'
	case 'r':
		return y == 'n' || x == 'c' && y == 'p' || (x == 'm' || x == 'b') && y == 'e'
	case 'e':
		return x == 'm' && y == 'r' || x == 'e' && y == 'n'
	case 's':
		return x == 'e' && y == 'r'
	}
	return false
}

// foldsTo has the first letter that is written for one of Danish, by its second byte; 0 for
// others.
var foldsTo = [256]byte{0xa6: 'a', 0x86: 'a', 0xb8: 'o', 0x98: 'o', 0xa5: 'a', 0x85: 'a'}

// saysNothing reports whether the n bytes of letters before s[i] are a word of which
// classify makes nothing, nor isThing where things are asked for: it never does where they
// would, and tells most words by a few bytes of them.
func saysNothing(s string, i, n int, things bool) bool {
	if n < 2 || n > maxWord || i < 4 {
		return false
	}
	const small = 0x20202020
	tail := (uint32(s[i-4]) | uint32(s[i-3])<<8 | uint32(s[i-2])<<16 | uint32(s[i-1])<<24) | small
	x, y, z := s[i-3]|0x20, s[i-2]|0x20, s[i-1]|0x20
	switch { // two letters are no thing, and end as no label does
	case n == 2:
		return !known.Has(hash(tail>>16, WordKey(n, y)))
	case n == 3:
		tail >>= 8
	}
	if mayEndLabel(x, y, z) || things && thingTails.Has(hash(tail, 0)) {
		return false
	}
	first := s[i-n] | 0x20
	if s[i-n] == 0xc3 {
		first = foldsTo[s[i-n+1]]
	}
	return !known.Has(hash(tail, WordKey(n, first)))
}

// kindOfThing names the number that a compound ("fakturanummer", "delnr") is: a thing's,
// unless the word before "nummer" is a person, a case or unknown.
func kindOfThing(stem []byte) string {
	stem = bytes.TrimSuffix(stem, []byte("s"))
	if string(stem) == "del" || hasTail(stem, "del") {
		return Thing
	}
	if known, ok := words[string(stem)]; ok && known.name == Thing {
		return Thing
	}
	if known, ok := words[string(stem)+"s"]; ok && known.name == Thing {
		return Thing
	}
	return ""
}

// otherID reads "dokId" and "request_id": a thing's own number. A person's ("kundeId",
// "borgerid") is left to the digits, for it may be the CPR number.
func otherID(w []byte) Kind {
	stem, ok := bytes.CutSuffix(w, []byte("id"))
	switch {
	case !ok || len(stem) < 3:
		return None
	case len(stem) >= 7 && stem[len(stem)-1] == 's' && !bytes.HasPrefix(stem, []byte("person")) && !bytes.HasPrefix(stem, []byte("borger")) && !bytes.HasPrefix(stem, []byte("patient")):
		return Other // "angivelsesid"
	case !mayBeKnown(stem):
		return None
	}
	if known := words[string(stem)]; known.kind == Other && !persons[string(stem)] {
		return Other
	}
	return None
}

func hasTail(w []byte, tail string) bool {
	return len(w) > len(tail) && string(w[len(w)-len(tail):]) == tail
}

// maxWord is how many bytes of a word are looked at.
const maxWord = 40

// foldBack finds the word that ends at s[i], and begins at k, not before low, and folds it
// into buf: most have but the letters that it knows.
func foldBack(buf *[maxWord]byte, s string, low, i int) (w []byte, k int) {
	n := len(buf)
	for k = i; k > low; {
		c := s[k-1]
		if n < 2 || c >= 0x80 && (k-1 == low || s[k-2] != 0xc3) {
			return foldAny(buf, s, low, i)
		}
		if c < 0x80 {
			if c = Lower[c]; c == 0 {
				break
			}
			n, k = n-1, k-1
			buf[n] = c
			continue
		}
		n, k = n-2, k-2
		switch c {
		case 0xa6, 0x86:
			buf[n], buf[n+1] = 'a', 'e'
		case 0xb8, 0x98:
			buf[n], buf[n+1] = 'o', 'e'
		case 0xa5, 0x85:
			buf[n], buf[n+1] = 'a', 'a'
		default:
			return foldAny(buf, s, low, i)
		}
	}
	return buf[n:], k
}

// foldAny is foldBack for any word.
func foldAny(buf *[maxWord]byte, s string, low, i int) (w []byte, k int) {
	for k = i; k > low && WordByte(s, k-1); {
		k--
	}
	return fold(buf[:0], s[k:i]), k
}

// Lower has the small letter for each letter of ASCII, 0 for any other sign.
var Lower = func() (t [128]byte) {
	for c := byte('a'); c <= 'z'; c++ {
		t[c], t[c-'a'+'A'] = c, c
	}
	return t
}()

// fold writes a word in lower case with æ ø å as ae oe aa. A word longer than
// fits is cut at the front: the end of a compound tells what it is.
func fold(buf []byte, s string) []byte {
	s = s[max(0, len(s)-maxWord):]
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c >= 'A' && c <= 'Z':
			buf = append(buf, c+'a'-'A')
		case c < 0x80:
			buf = append(buf, c)
		case c == 0xa6 || c == 0x86:
			buf = append(buf, "ae"...)
		case c == 0xb8 || c == 0x98:
			buf = append(buf, "oe"...)
		case c == 0xa5 || c == 0x85:
			buf = append(buf, "aa"...)
		}
	}
	return buf
}

// heads end the words for things that have numbers: with one right before a number
// ("jordprøve 2206457026"), it is that thing's. What is about a person by its nature
// (sag, bevilling, brev, journal) is not here.
var heads = wordSet(`kontrakt aftale tilbud abonnement licens police polise garanti bestilling ordre regning opkraevning rykker bon billet check laan rate rekvisition
	kasse boks palle container pakke kolli enhed modul anlaeg maaler sensor kamera gateway router switch server computer printer skaerm telefon tablet
	apparat maskine motor pumpe tank broend boring ledning kabel mast lampe skilt stander ventil filter batteri chip kort kode streng noegle laas
	ejendom bygning lejemaal lokale rum parcel grund matrikel omraade proeve analyse parti serie vare varegruppe artikel del reservedel model type
	post linje raekke record fil mappe fejl alarm error fejlmeddelelse haendelse alert warning ticket task job batch session version udgave hylde
	rute tur vogn bus tog bil traktor traekningsret kvote kredit ramme pulje projekt aktivitet medlem konto kontering dimension delregnskab
	udbud transaktion leverance leverandoerordre skema formular blanket rapport bog haefte foto billede video kanal frekvens ur tavle soejle transport forsendelse`)

// isThing reports whether a folded word ends in the word for a thing, in any number.
func isThing(w []byte) bool {
	switch {
	case len(w) < 3 || !thingTails.Has(TailHash(w, 0)):
		return false
	case headEnds(w):
		return true
	}
	for _, end := range thingEnds {
		if hasTail(w, end) && len(w)-len(end) > 3 && headEnds(w[:len(w)-len(end)]) {
			return true
		}
	}
	return false
}

// thingEnds are the endings of a word for a thing.
var thingEnds = [...]string{"en", "et", "er", "erne", "s", "n", "r", "ne", "ens", "ets"}

// Tails is a set of the last four letters of words, told by a hash: it may say that it has
// some which it has not.
type Tails [1 << 16 / 64]uint64

// thingTails are those of the words for things. Those of less than four letters have no
// ending and stand in no compound.
var thingTails = func() *Tails {
	t := new(Tails)
	for w := range heads {
		t.Add(TailHash(w, 0))
		if len(w) > 3 {
			for _, end := range thingEnds {
				t.Add(TailHash(w+end, 0))
			}
		}
	}
	return t
}()

// Add puts a hash into the set.
func (t *Tails) Add(hash uint16) { t[hash/64] |= 1 << (hash % 64) }

// Has reports whether a hash is in the set.
func (t *Tails) Has(hash uint16) bool { return t[hash/64]>>(hash%64)&1 != 0 }

// TailHash is of the last four letters of a word, or of all where it has fewer, and of
// what else tells it from others.
func TailHash[T string | []byte](w T, more uint32) uint16 {
	var tail uint32
	if n := len(w); n >= 4 {
		tail = uint32(w[n-4]) | uint32(w[n-3])<<8 | uint32(w[n-2])<<16 | uint32(w[n-1])<<24
	} else {
		for i := range n {
			tail |= uint32(w[i]) << (8 * i)
		}
	}
	return hash(tail, more)
}

func hash(tail, more uint32) uint16 { return uint16((tail ^ more*0x85ebca6b) * 0x9e3779b1 >> 16) }

// headEnds reports whether w is a head or a compound of one.
func headEnds(w []byte) bool {
	fits := headLengths[w[len(w)-1]]
	for n := 3; n <= min(len(w), maxHead) && fits>>n != 0; n++ {
		if fits>>n&1 != 0 && (n == len(w) || n > 3 && n+2 < len(w)) && headTails.Has(TailHash(w[len(w)-n:], uint32(n))) && heads[string(w[len(w)-n:])] {
			return true
		}
	}
	return false
}

// headTails has the heads by their length and last four letters.
var headTails = func() *Tails {
	t := new(Tails)
	for w := range heads {
		t.Add(TailHash(w, uint32(len(w))))
	}
	return t
}()

// maxHead is the length of the longest head, folded. headLengths has, for each last
// letter, a bit for every length of a head.
const maxHead = 15

var headLengths = func() (t [256]uint32) {
	for w := range heads {
		t[w[len(w)-1]] |= 1 << len(w)
	}
	return t
}()

// SignSet is the set of the bytes of a list.
func SignSet(list string) (t [256]bool) {
	for _, c := range []byte(list) {
		t[c] = true
	}
	return t
}
