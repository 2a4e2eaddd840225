// Package folders tells which of a mailbox's folders hold what was sent, what is
// being written and what waits to be sent: by what the server marks, else by their
// Danish and English names. It is pure.
package folders

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Role is what a folder is for.
type Role string

// The roles.
const (
	Sent   Role = "sent"
	Drafts Role = "drafts"
	Outbox Role = "outbox"
)

// Roles in the order in which they are looked at.
func Roles() []Role { return []Role{Sent, Outbox, Drafts} }

// Folder is one that the server lists.
type Folder struct {
	Name      string // decoded
	Delimiter string // "" when the server has none
	Attrs     []string
}

// Choice is a folder that is to be watched.
type Choice struct {
	Role Role
	Name string
}

// names are the leaves by which the folders of a role are known where the server
// marks none: of Outlook, Exchange and Microsoft 365, Gmail, Apple Mail, Thunderbird
// and Roundcube in Danish and English, and in the languages of those who bring their
// program along: German, Norwegian and Swedish.
func names(r Role) []string {
	switch r {
	case Sent:
		return []string{"sent", "sent items", "sent messages", "sent mail", "sent objects", "sendt", "sendte", "sendt post", "sendte elementer",
			"sendte mails", "sendte meddelelser", "sendte beskeder", "sendt mail",
			"gesendet", "gesendete elemente", "gesendete objekte", "gesendete nachrichten", "gesendete e-mails",
			"sendt e-post", "sendte e-poster", "skickat", "skickade", "skickade objekt", "skickade meddelanden", "skickad e-post"}
	case Drafts:
		return []string{"drafts", "draft", "kladder", "kladde", "udkast", "entwürfe", "entwurf", "utkast"}
	default:
		return []string{"outbox", "udbakke", "postausgang", "utboks", "utkorg"}
	}
}

// mark is the attribute of RFC 6154 for a role; there is none for an outbox.
func mark(r Role) string {
	switch r {
	case Sent:
		return `\Sent`
	case Drafts:
		return `\Drafts`
	}
	return ""
}

// Choose picks the folders to watch. personal and others are the prefixes of the
// server's namespaces (RFC 2342); without any, folders at the top and below INBOX
// count. In others, folders of each mailbox one level below the prefix count too.
// A folder counts by its mark and by its name: a server marks "Sent" while a Danish
// Outlook puts what it sends into a "Sendt post" of its own beside it.
func Choose(list []Folder, personal, others []string) []Choice {
	var chosen []Choice
	for _, r := range Roles() {
		var all []string
		for _, f := range list {
			if has(f.Attrs, `\Noselect`) || has(f.Attrs, `\NonExistent`) {
				continue
			}
			if m := mark(r); m != "" && has(f.Attrs, m) || slices.Contains(names(r), leaf(f)) && isOwn(f, personal, others) {
				all = append(all, f.Name)
			}
		}
		slices.Sort(all)
		for _, n := range slices.Compact(all) {
			chosen = append(chosen, Choice{r, n})
		}
	}
	return chosen
}

func has(attrs []string, want string) bool {
	return slices.ContainsFunc(attrs, func(a string) bool { return strings.EqualFold(a, want) })
}

// leaf is the last part of a folder's name, folded. A Mac may write the ü of Entwürfe as
// two characters.
func leaf(f Folder) string {
	name := f.Name
	if f.Delimiter != "" {
		name = name[strings.LastIndex(name, f.Delimiter)+1:]
	}
	return strings.Map(unicode.ToLower, norm.NFC.String(strings.TrimSpace(name)))
}

// isOwn reports whether a folder lies where a mailbox keeps its own folders.
func isOwn(f Folder, personal, others []string) bool {
	parent := ""
	if f.Delimiter != "" {
		if i := strings.LastIndex(f.Name, f.Delimiter); i >= 0 {
			parent = f.Name[:i]
		}
	}
	for _, prefix := range others {
		if prefix == "" || !strings.HasPrefix(f.Name, prefix) {
			continue
		}
		if f.Delimiter == "" {
			return true
		}
		// "user.afdeling.Sendt", or a shared folder itself: "shared.Sendt".
		rest := strings.TrimPrefix(f.Name, prefix)
		return strings.Count(strings.TrimPrefix(rest, f.Delimiter), f.Delimiter) <= 1
	}
	own := []string{"", "INBOX", "[Gmail]", "[Google Mail]"}
	for _, p := range personal {
		own = append(own, strings.TrimSuffix(p, f.Delimiter))
	}
	return slices.ContainsFunc(own, func(p string) bool { return strings.EqualFold(p, parent) })
}
