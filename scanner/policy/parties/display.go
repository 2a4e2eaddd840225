package parties

import (
	"strings"

	"brevvagt/detectors/subject"
)

// parentWords stand in display names that name a child and not who reads.
var parentWords = setOf("forældre forældrene mor far værge til")

// withoutTitle takes what stands before a common first name off a display name:
// "Bisidder Testperson Eksempel".
func withoutTitle(display string) string {
	words := strings.Fields(display)
	for i := 1; i+1 < len(words) && i <= 2 && !subject.Forename(words[0]); i++ {
		if subject.Forename(words[i]) && !subject.Forename(words[i-1]) {
			return strings.Join(words[i:], " ")
		}
	}
	return display
}

// workTitles stand in display names of people who read about others as part of their
// work, beside the words for organisations.
var workTitles = []string{"bisidder", "partsrepræsentant", "journalist", "dagplejer", "landinspektør", "mægler", "ingeniør", "arkitekt", "kredsformand", "tillids"}

// vanity reports whether a mailbox is at a domain that bears its owner's name.
func vanity(name subject.Name, domain string) bool {
	label, _, _ := strings.Cut(domain, ".")
	return len(label) > 3 && name.Full() && name.Any(map[string]bool{label: true})
}
