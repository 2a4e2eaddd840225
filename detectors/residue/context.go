package residue

import (
	"strings"
)

// codeSigns are spellings that stand in programs, commands, markup, formulas and
// logs, and not in letters. One on the line of a mark, or two near it, and the
// mark is part of a program.
var codeSigns = []string{
	"func ", "function ", "function(", "=> ", "=>{", "();", ");", "};", "</", "/>", "#!/", "import ", "#include",
	"SELECT ", "FROM ", "INSERT INTO", "echo ", "printf", "console.log", "print(", "f\"", "f'", "`", "const ", "def ", "return ",
	"\":", "==", "!=", "&&", "||", "curl ", "docker ", "sudo ", "git ", "npm ", "$(", "@{", "\\begin", "\\frac", "\\{", "\\sum", "href=", "class=",
	"style=", "export ", "set PATH", "set /", "C:\\", "\\bin", ".exe", "--", "->", "::", "+=", "= \"", "=\"", "='", "='", "${{", "{%", "px;", "://",
	"DEBUG", "INFO ", "WARN ", "ERROR ", "level=", "msg=", "usage:", "Usage:", "Brug: ", "$ ", "{\\", "∈", "∑", "∪", "^{", "_{", "%s", "%d", "[[", "{|", "Exception", "stack",
}

// codeAround reports whether the mark at [start, end) stands in code.
func codeAround(text string, start, end int) bool {
	from, to := lineOf(text, start)
	to = max(to, end)
	line := text[from:start] + " " + text[end:to]
	for _, sign := range codeSigns {
		if sign == "--" && !strings.Contains(line, " --") {
			continue // a row of dashes is a line to write on
		}
		if strings.Contains(line, sign) {
			return true
		}
	}
	if trimmed := strings.TrimRight(text[from:to], " \r"); strings.HasSuffix(trimmed, ";") || strings.HasSuffix(trimmed, "{") {
		return true
	}
	if timestamp(text[from:to]) {
		return true
	}
	return codeBlock(text[max(0, from-200):from]) || codeBlock(text[to:min(len(text), to+200)])
}

// codeBlock reports whether two lines of a neighbourhood end or begin as only
// lines of code do.
func codeBlock(near string) bool {
	n := 0
	for line := range strings.SplitSeq(near, "\n") {
		line = strings.TrimSpace(line)
		if line == "}" || line == "});" || strings.HasSuffix(line, ";") || strings.HasSuffix(line, "{") || strings.HasPrefix(line, "</") {
			n++
		}
	}
	return n >= 2
}

// timestamp reports whether a line begins as a line of a log does.
func timestamp(line string) bool {
	line = strings.TrimLeft(line, " [")
	return len(line) > 16 && digits(line[:4]) && line[4] == '-' && digits(line[5:7]) && line[7] == '-' &&
		digits(line[8:10]) && (line[10] == 'T' || line[10] == ' ') && digits(line[11:13]) && line[13] == ':'
}

// mentionsBefore and mentionsAfter are the words with which a manual speaks of a
// mark: right before it, and within 40 bytes after it.
var (
	mentionsBefore = []string{"flettefelt", "flettefeltet", "feltet", "felterne", "feltkode", "feltkoden", "koden", "koderne", "pladsholderen", "pladsholder", "variablen", "variabel",
		"brug", "bruger", "brugte", "anvend", "anvender", "vises", "viser", "vise", "skriv", "skriver", "skrive", "bruge", "slette", "slet", "fjerne", "fjern", "rette", "der står", "der stå", "der stod", "står der", "stod der", "i stedet for", "indsæt", "indsætter", "taster", "tast", "tegnene", "mærket", "placeholder", "field", "eksempel", "hedder", "kaldet", "symbolet", "fx", "f.eks."}
	mentionsAfter = []string{"erstattes", "bliver erstattet", "udskiftes", "bliver til", "bliver udskiftet", "flettes", "er et flettefelt", "er flettefelt",
		"bliver automatisk", "will be replaced", "is replaced", "står for", "betyder"}
)

// mentioned reports whether the text speaks of the mark instead of using it. The
// words must stand on the mark's own line.
func mentioned(text string, start, end int) bool {
	from, to := lineOf(text, start)
	before := strings.ToLower(strings.TrimRight(text[max(from, start-40):start], "\"“”'»„ "))
	before = strings.TrimSuffix(strings.TrimSuffix(before, " kære"), " hej")
	for _, w := range mentionsBefore {
		if rest, ok := strings.CutSuffix(before, w); ok && endsPlain(rest) {
			return true
		}
	}
	if quoted(before, text[end:max(end, min(to, end+80))]) {
		return true
	}
	after := strings.ToLower(text[end:max(end, min(to, end+40))])
	for _, w := range mentionsAfter {
		if strings.Contains(after, w) {
			return true
		}
	}
	return false
}

// quoted reports whether the mark stands in quotation marks that one of the words
// opens: skriv "Kære [navn]" øverst.
func quoted(before, after string) bool {
	for _, marks := range [...]string{"\"\"", "''", "“”", "””", "„“", "»«", "‘’", "’’"} {
		r := []rune(marks)
		i := strings.LastIndex(before, string(r[0]))
		if i < 0 || !strings.Contains(after, string(r[1])) {
			continue
		}
		said := strings.TrimRight(before[:i], " :")
		for _, w := range mentionsBefore {
			if rest, ok := strings.CutSuffix(said, w); ok && endsPlain(rest) {
				return true
			}
		}
	}
	return false
}

// endsPlain reports whether s ends where a word may begin.
func endsPlain(s string) bool { return startsWord(s, len(s)) }
