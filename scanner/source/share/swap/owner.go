package swap

import (
	"os"
	"time"
	"unicode/utf8"

	"golang.org/x/sys/unix"
)

// MarkAge is how old an editor's owner file may be and still say that the document
// is open: a longer one was left behind by a program that died.
const MarkAge = 48 * time.Hour

// owned reports whether an editor's owner file lies beside a document: it is open on
// some machine, which no lease shows where the share is mounted from a server.
func owned(dir *os.File, name string, now time.Time) bool {
	for _, owner := range Marks(name) {
		var st unix.Stat_t
		if unix.Fstatat(int(dir.Fd()), owner, &st, unix.AT_SYMLINK_NOFOLLOW) == nil && now.Sub(time.Unix(0, st.Mtim.Nano())) < MarkAge {
			return true
		}
	}
	return false
}

// Marks are the names of the files by which editors mark an open document: Excel,
// PowerPoint and Word, which puts "~$" in place of the first letter or two of a longer
// name; LibreOffice; vim. A name that is no UTF-8 has the first only.
func Marks(name string) []string {
	out := []string{"~$" + name, ".~lock." + name + "#", "." + name + ".swp"}
	if !utf8.ValidString(name) {
		return out
	}
	letters := []rune(name)
	for cut := 1; cut <= 2 && cut < len(letters); cut++ {
		out = append(out, "~$"+string(letters[cut:]))
	}
	return out
}
