package list

import (
	"strings"

	"brevvagt/detectors/subject"
)

// column is what a column of a list holds.
type column byte

const (
	nothing column = iota
	fullName
	firstName
	lastName
	cprNumber
	cvrNumber
	address
	houseNumber
	postCode
	town
	careOf
	fileName
	firstPage
	lastPage
)

// headings are column headings, folded. What is not here is tried by its parts.
var headings = map[string]column{
	"navn": fullName, "efternavnfornavn": fullName, "efternavnogfornavn": fullName, "fornavnefternavn": fullName, "fornavnogefternavn": fullName, "navnpaamodtager": fullName, "foraeldremyndighedsindehaver": fullName, "foraeldremyndighedsindehavere": fullName, "foraeldremyndighed": fullName, "foraeldre": fullName, "borgerensnavn": fullName, "fuldenavn": fullName, "fuldtnavn": fullName, "modtager": fullName, "modtagernavn": fullName, "modtagersnavn": fullName,
	"borger": fullName, "borgernavn": fullName, "borgersnavn": fullName, "name": fullName, "fullname": fullName, "recipient": fullName, "adressat": fullName, "person": fullName, "virksomhed": fullName, "virksomhedsnavn": fullName, "firma": fullName, "firmanavn": fullName, "klient": fullName, "beboer": fullName, "kunde": fullName, "ejer": fullName, "ejere": fullName, "lejer": fullName, "laaner": fullName, "deltager": fullName, "lejere": fullName, "grundejer": fullName,
	"fornavn": firstName, "fornavne": firstName, "mellemnavn": firstName, "firstname": firstName, "givenname": firstName,
	"efternavn": lastName, "lastname": lastName, "surname": lastName,
	"adresse": address, "adr": address, "vej": address, "gade": address, "vejnavn": address, "gadenavn": address, "address": address, "street": address,
	"gadeogvej": address, "gadeogvejnavn": address, "vejoghusnr": address, "gadeoghusnr": address, "streetname": address, "adresselinje": address, "addressline": address,
	"co": careOf, "conavn": careOf, "coadresse": careOf, "adressenavnco": careOf,
	"cvr": cvrNumber, "cvrnr": cvrNumber, "cvrnummer": cvrNumber, "senr": cvrNumber, "pnr": cprNumber, "ident": cprNumber, "erstatningscpr": cprNumber,
	"husnr": houseNumber, "husnummer": houseNumber, "nrbogstav": houseNumber,
	"postnr": postCode, "postnummer": postCode, "postcode": postCode, "zip": postCode, "zipcode": postCode, "post": postCode, "postcodecity": postCode, "postalcode": postCode, "postnrby": postCode, "postnrogby": postCode,
	"by": town, "bynavn": town, "postdistrikt": town, "city": town, "postby": town, "bypostdistrikt": town, "town": town,
	"fil": fileName, "file": fileName, "brev": fileName, "pdf": fileName, "sti": fileName, "dokument": fileName, "bilag": fileName, "document": fileName, "letter": fileName, "filer": fileName, "path": fileName, "documentpath": fileName, "brevnavn": fileName, "mappe": fileName, "mappenavn": fileName, "undermappe": fileName, "folder": fileName,
	"side": firstPage, "sider": firstPage, "sidetal": firstPage, "sidenr": firstPage, "sidenummer": firstPage, "sidenumre": firstPage, "sideipdf": firstPage, "sideripdf": firstPage, "fraside": firstPage, "startside": firstPage, "foersteside": firstPage, "sidefra": firstPage, "page": firstPage, "pages": firstPage, "pageno": firstPage, "pagenumber": firstPage, "frompage": firstPage, "firstpage": firstPage, "startpage": firstPage, "pagerange": firstPage,
	"tilside": lastPage, "slutside": lastPage, "sidsteside": lastPage, "sidetil": lastPage, "topage": lastPage, "lastpage": lastPage, "endpage": lastPage,
}

// parts tell a heading by a part of it, in this order.
var parts = []struct {
	part string
	is   column
}{
	{"cpr", cprNumber}, {"personnummer", cprNumber}, {"personnr", cprNumber}, {"filnavn", fileName}, {"filename", fileName}, {"dokument", fileName},
	{"vedhaeft", fileName}, {"brevfil", fileName}, {"filsti", fileName}, {"pdffil", fileName}, {"adresse", address}, {"postnr", postCode}, {"fornavn", firstName}, {"efternavn", lastName},
	{"modtagernavn", fullName}, {"borgernavn", fullName},
}

// roles tell by a word in a heading whose name or number a column holds: those who
// get the letter on behalf of somebody before those it is about.
var roles = []struct {
	word string
	rank int
}{
	{"modtager", 0}, {"brevmodtager", 0}, {"postmodtager", 0}, {"adressat", 0}, {"recipient", 0},
	{"bisidder", 1}, {"partsrepraesentant", 1}, {"partsrep", 1}, {"repraesentant", 1}, {"advokat", 1}, {"fuldmaegtig", 1}, {"bobestyrer", 1}, {"rettighedshaver", 1},
	{"foraelder", 1}, {"foraeldre", 1}, {"foraeldremyndighed", 1}, {"foraeldremyndighedsindehaver", 1}, {"vaerge", 1}, {"paaroerende", 1}, {"arving", 1}, {"kontaktperson", 1}, {"plejefamilie", 1}, {"plejefar", 1}, {"plejemor", 1}, {"guardian", 1}, {"parent", 1}, {"mor", 1}, {"mors", 1}, {"far", 1}, {"fars", 1}, {"medmor", 1}, {"medfar", 1}, {"ansoeger", 1},
	{"barn", 3}, {"barnet", 3}, {"barnets", 3}, {"elev", 3}, {"elevens", 3}, {"child", 3}, {"aegtefaelle", 3}, {"samlever", 3}, {"partner", 3}, {"medansoeger", 3}, {"afdoede", 3}, {"plejebarn", 3}, {"myndling", 3}, {"unge", 3}, {"part", 3}, {"parts", 3}, {"parten", 3}, {"att", 3}, {"attention", 3},
	{"borger", 2}, {"ejer", 2}, {"person", 2}, {"klient", 2}, {"beboer", 2}, {"debitor", 2}, {"skyldner", 2}, {"kunde", 2}, {"lejer", 2}, {"patient", 2}, {"medarbejder", 2}, {"pensionist", 2},
}

// role is whose column a heading names, and how far behind the recipient this person
// stands. A heading without any such word is of rank 2. One that says twice who it is,
// "Værge (modtager)", stands where the nearer of the two does, and also names the other.
func role(heading string) (who, also string, rank int) {
	number, owned := "", false
	for _, w := range strings.FieldsFunc(heading, func(r rune) bool { return strings.ContainsRune(" -_./,:()", r) }) {
		f := subject.Fold(w)
		if len(f) == 1 && f[0] >= '1' && f[0] <= '9' {
			number = f
		}
		trimmed := strings.TrimRight(f, "123456789")
		if n := f[len(trimmed):]; n != "" && trimmed != "" {
			number = n
		}
		for _, r := range roles {
			if trimmed != r.word && trimmed != r.word+"s" && trimmed != r.word+"ens" && trimmed != r.word+"en" {
				continue
			}
			switch {
			case who == "", owned && r.rank > 0:
				who, rank = r.word, r.rank // "Barnets forælder" is no child
			case who != r.word && also == "" && min(rank, r.rank) == 0:
				also, rank = r.word, 0
			}
			owned = strings.HasSuffix(trimmed, "s")
			break
		}
		for _, r := range roles {
			// "BarnCPR", "VaergeNavn", "moderCpr"
			if rest, ok := strings.CutPrefix(trimmed, r.word); ok && who == "" && len(r.word) > 3 && (strings.Contains(rest, "navn") || strings.Contains(rest, "cpr") || strings.Contains(rest, "name")) {
				who, rank = r.word, r.rank
			}
		}
	}
	switch {
	case who == "":
		rank = 2
	case strings.HasPrefix(who, "foraeldre"):
		who = "foraelder"
	case strings.HasPrefix(also, "foraeldre"):
		also = "foraelder"
	}
	if number > "1" {
		return who + number, "", rank + 1
	}
	return who, also, rank
}

// maxHeading is the longest heading of a column that is read, in bytes.
const maxHeading = 40

// columnOf tells what a heading says a column holds. Of one that says more in brackets or
// behind a dash, "Værge (modtager)", the words before tell it.
func columnOf(heading string) column {
	if whose, rest, ok := strings.Cut(heading, " "); ok && strings.HasSuffix(whose, "s") && columnCalled(strings.TrimSuffix(whose, "s")) == fullName && columnCalled(heading) == nothing {
		heading = rest // "Barnets værge"
	}
	c := columnCalled(heading)
	if at := strings.IndexAny(heading, "(–-"); c == nothing && at > 1 && (heading[at-1] == ' ' || heading[at] == '(') {
		if before := columnCalled(heading[:at]); before >= fullName && before <= lastName || before >= address && before <= town {
			return before
		}
	}
	return c
}

func columnCalled(heading string) column {
	if one, or, ok := strings.Cut(heading, "/"); ok && len(heading) <= maxHeading && columnOf(one) == fullName && columnOf(or) == fullName {
		return fullName // "Far/medmor"
	}
	f := strings.ReplaceAll(subject.Fold(heading), "/", "")
	if strings.HasPrefix(f, "email") || strings.HasPrefix(f, "mail") || strings.HasPrefix(f, "adressebesk") || len(f) > maxHeading {
		return nothing
	}
	for _, perhaps := range []string{"eventuelle", "eventuel", "evt"} {
		f = strings.TrimPrefix(f, perhaps) // "Evt. værge"
	}
	bare := strings.TrimRight(f, "123456789")
	for _, name := range []string{f, bare} {
		if c, ok := headings[name]; ok {
			return c
		}
	}
	for _, p := range parts {
		if strings.Contains(f, p.part) {
			return p.is
		}
	}
	for _, r := range roles {
		if bare == r.word {
			return fullName
		}
		if rest, ok := strings.CutPrefix(bare, strings.TrimSuffix(r.word, "s")); ok && len(r.word) > 2 && (rest == "navn" || rest == "snavn" || rest == "sfuldenavn" || rest == "ensnavn" || rest == "etsnavn" || rest == "name") {
			return fullName
		}
	}
	return nothing
}
