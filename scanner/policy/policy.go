// Package policy decides what is to happen with an item: from people, findings,
// gaps, recipients and the protection of the channel to a Verdict. It is pure;
// rules are named values that explain themselves in Danish and English.
package policy

import (
	"slices"
	"time"

	"brevvagt/detectors"
	"brevvagt/detectors/subject"
	"brevvagt/document"
	"brevvagt/scanner/policy/confidence"
	"brevvagt/scanner/policy/parties"
)

// Action is what is to happen, mildest first.
type Action string

// The actions of the JSON contract.
const (
	Pass   Action = "pass"
	Warn   Action = "warn"   // goes; sender and DPO are told
	Hold   Action = "hold"   // quarantine
	Reject Action = "reject" // refused to the sender
)

// Rank orders actions, mildest 0.
func (a Action) Rank() int { return slices.Index([]Action{Pass, Warn, Hold, Reject}, a) }

// Rule is a rule that fired, in words a case worker understands.
type Rule struct {
	ID      string `json:"id"`
	Text    string `json:"text"` // Danish
	English string `json:"english,omitempty"`
	Action  Action `json:"action"`
	// Approvers is how many people must agree to a release; 0 means one.
	Approvers int `json:"approvers,omitempty"`
	// Route is the secure route that the site's setting of the rule names, "" for none.
	Route string `json:"route,omitempty"`
	// SenderMayRelease says that the sender may release what only such rules stopped.
	SenderMayRelease bool `json:"sender_may_release,omitempty"`
}

// Verdict is the decision on one item.
type Verdict struct {
	Action    Action
	Rules     []Rule   // the strongest first
	Trial     []Rule   // what rules in dry run would have done
	Route     string   // secure route that the mail goes by, "" for the ordinary way
	RouteTo   []string // the recipients who are reached by it
	Offer     string   // secure route by which a held mail could go
	Protected bool     // sealed, or every external recipient reached over proven encryption
}

// Facts is all that a rule may look at.
type Facts struct {
	Doc      *document.Document
	Findings []detectors.Finding
	Subjects []subject.Subject
	Gaps     []document.Gap // of reading and of detecting
	From     string         // envelope sender, lower case
	To       []string       // envelope recipients, lower case, distinct
	Kind     string         // mail, file, letter
	Incoming bool           // sender outside, so read but never held
	Public   bool           // a file in a public folder
	Channel  Channel
	Run      *Run      // what a run of letters says of itself, be it the item or in a mail; nil for anything else
	Sent     time.Time // by the mail's own date, else the time of the scan; zero if unknown

	Past parties.Past // what earlier mails tell; the zero value where nothing is remembered

	// Owners tells whose mailbox an address is; nil where nobody's is known.
	Owners parties.Owners
	once   struct { // what was worked out, see parties and confided
		people *parties.Item
		mail   *confidence.Mail
	}
}

// Channel is what is known of the way to the recipients.
type Channel struct {
	Internal    []string // recipients in our own domains
	External    []string // everybody else
	Unprotected []string // external recipients without proven encryption
	Foreign     []string // external recipients under another country's code
	Members     int      // recipients with distribution lists counted by members
	Sealed      bool     // end to end, and nothing readable beside
	Left        bool     // the mail has gone, so nothing can be done about its way
}
