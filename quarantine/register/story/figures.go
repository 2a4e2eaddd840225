// Package story words what happened with a stopped item for the municipality's register of
// breaches, in the manner of published Danish registers: one sentence for each rule, with
// what was counted. It proposes and never decides, and names nobody.
package story

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Incident is what the program knows of a stopped item. Roles, counts, times and
// domains only: no name of a person, no number.
type Incident struct {
	CaseID     string
	At         time.Time // when it was stopped, which is when it is registered
	Start      time.Time // when it was sent
	Kind       string    // mail, file, letter
	Rules      []string  // rule ids, the strongest first
	Domains    []string  // of the recipients outside
	Recipients int
	Numbers    int // distinct CPR numbers
	Persons    int
	InPicture  bool // something was found by reading a picture
	Unreadable int  // parts that could not be read
	DataTypes  []string
	Left       bool   // it had left before it was seen: a possible breach, nothing averted
	Unit       string // of the sender, "" if unknown
	Figures    Figures
}

// The types of event that the program proposes.
const (
	HumanError  = "Menneskelige fejl"
	SystemError = "Systemfejl (hardwarefejl, softwarefejl)"
)

// Fill stands where a person is to write.
const Fill = "{udfyldes}"

// Figures are what was counted of a stopped item for its entry: counts, places, months
// and countries, never a person. A field's zero value says that it is not known, and the
// sentence then does without it.
type Figures struct {
	Papers    int    // files beside a mail's own text
	Marked    []int  // which of them belong to somebody else, counted from 1
	Strangers int    // people whose data the recipient is not to have
	ByName    bool   // they are known by name alone
	Form      string // what the paper calls itself: Consent or Form
	Reused    bool   // an earlier copy of the template to somebody else held the same people
	Citizens  bool   // a citizen's own mail, passed on
	Members   int    // recipients within, lists counted by their members
	Unit      string // of those recipients, "" where they are of several
	Children  bool   // it tells of a child
	Office    string // whose case the letters give away: "Socialforvaltningen"

	Letters int          // to others than those who get them
	Dated   [2]time.Time // of letters too old for their sending: the oldest and the newest

	Abroad
	Run
}

// Abroad is what is known of recipients in another country.
type Abroad struct {
	Country   string // its code, "NO"
	Authority bool   // a recipient is a public authority by its name
}

// Run is what is known of a run of letters.
type Run struct {
	To       int // recipients
	Sums     int // letters that speak of a payment and go to a child
	UnderAge int // in years, what a child is then
	Sent     int // mails that went and may be wrong
	// InRun says that the item is one mail of a run: the same letter by the same sender.
	InRun bool `json:",omitempty"`
}

// What a paper calls itself, as far as the register has words of its own for it.
const (
	Consent = "samtykkeblanket"
	Form    = "blanket"
)

// OwnOnly reports whether a run's letters are made out to those who get them, and what is
// wrong is the money that they speak of: nobody learns of another's name or number.
func (f *Figures) OwnOnly() bool { return f.Sums > 0 && f.Letters == 0 && f.Strangers == 0 }

// recipients are those of a run or of the item itself.
func (in *Incident) recipients() int { return max(in.Figures.To, in.Recipients) }

// others counts the people who do not belong to the item, in words.
func (in *Incident) others() int {
	if in.Figures.Strangers > 0 {
		return in.Figures.Strangers
	}
	return in.Persons
}

// months says when old letters were written: "marts 2022", "januar 2021 til marts 2022".
func (f *Figures) months() string {
	if f.Dated[0].IsZero() {
		return ""
	}
	oldest, newest := monthOf(f.Dated[0]), monthOf(f.Dated[1])
	if oldest == newest {
		return oldest
	}
	return oldest + " til " + newest
}

func monthOf(t time.Time) string {
	names := strings.Fields("januar februar marts april maj juni juli august september oktober november december")
	return fmt.Sprintf("%s %d", names[t.Month()-1], t.Year())
}

// maxMarked is how many papers a sentence names by their number.
const maxMarked = 8

// marked names the papers by number: "bilag 7", "bilag 2, 5 og 9"; "" for none.
func (f *Figures) marked() string {
	list := slices.Sorted(slices.Values(f.Marked))
	list = slices.Compact(list)
	more := len(list) - maxMarked
	list = list[:min(len(list), maxMarked)]
	var words []string
	for _, n := range list {
		words = append(words, fmt.Sprint(n))
	}
	switch n := len(words); {
	case n == 0:
		return ""
	case more > 0:
		return fmt.Sprintf("bilag %s og %d til", strings.Join(words, ", "), more)
	case n > 1:
		return "bilag " + strings.Join(words[:n-1], ", ") + " og " + words[n-1]
	}
	return "bilag " + words[0]
}
