package prose

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

var (
	historyRule = regexp.MustCompile(`(?i)^\s*[-_=*]{2,}\s*(oprindelig (meddelelse|besked|e-?mail)|videresendt (meddelelse|besked)|original (message|appointment)|forwarded message|urspr[uü]ng|opprinnelig melding|begin forwarded)`)
	historySays = regexp.MustCompile(`(?i)^\s*(den|d\.|on|am|le|man|tirs?|ons|tors?|fre|lør|søn)\b.{4,250}\b(skrev|wrote|schrieb|a écrit)\b[^:]{0,120}:\s*$`)
)

// opens has the bytes with which the first line of an older part may begin that does not end
// in a colon.
var opens = func() (t [256]bool) {
	for _, c := range []byte("-_=*fFvV>dDoO") {
		t[c] = true
	}
	return t
}()

// History reports whether the older part of a mail's exchange begins with line:
// "-----Oprindelig meddelelse-----", "Den … skrev …:" or a block of Fra, Sendt
// and Til. following gives the lines after it, from 1 on, "" where there are none.
func History(line string, following func(int) string) bool {
	if len(line) > 1000 {
		return false
	}
	begins := line
	if n := len(line); n == 0 || line[0] <= ' ' || line[n-1] <= ' ' || line[0]|line[n-1] >= utf8.RuneSelf {
		begins = strings.TrimSpace(line)
	}
	if begins == "" || !opens[begins[0]] && begins[len(begins)-1] != ':' {
		return false
	}
	if strings.IndexByte("-_=*", begins[0]) >= 0 && historyRule.MatchString(line) {
		return true
	}
	if begins[len(begins)-1] == ':' && historySays.MatchString(line) {
		return true
	}
	if strings.IndexByte("fFvV*>", begins[0]) >= 0 && field(line, "fra", "from", "von") {
		for i := 1; i <= 3; i++ {
			if field(following(i), "sendt", "sent", "dato", "date", "gesendet") {
				return true
			}
		}
	}
	if begins = begins[:min(len(begins), 4)]; strings.EqualFold(begins, "den ") || strings.EqualFold(begins[:min(len(begins), 3)], "on ") {
		if next := following(1); next != "" && len(next) < 200 {
			return historySays.MatchString(line + " " + next)
		}
	}
	return false
}

func field(line string, names ...string) bool {
	name, _, ok := strings.Cut(line[:min(len(line), 21)], ":")
	if !ok {
		return false
	}
	name = strings.ToLower(strings.Trim(name, " \t*>"))
	for _, n := range names {
		if name == n {
			return true
		}
	}
	return false
}
