package residue

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"brevvagt/detectors"
)

// mark reads a placeholder between delimiters that begins at byte i.
func mark(text string, i int) (hit, bool) {
	rest := text[i:min(len(text), i+maxMark+8)]
	var end int
	var why string
	strength := detectors.Strong
	if n := statement(text, i, rest); n > 0 && !mentioned(text, i, i+n) {
		return hit{end: i + n, strength: strength, why: "betingelse fra en skabelon"}, true
	}
	switch {
	case strings.HasPrefix(rest, "«"):
		end, why = chevrons(text, i, rest, "«", "»"), "flettefelt"
	case strings.HasPrefix(rest, "<<"):
		end, why = chevrons(text, i, rest, "<<", ">>"), "flettefelt"
	case rest[0] == '<':
		end, why = angle(text, i, rest), "pladsholder i vinkler"
	case strings.HasPrefix(rest, "{{"):
		end, why = doubleBraces(text, i, rest), "pladsholder i klammer"
	case rest[0] == '{':
		end, why = braces(text, i, rest)
	case strings.HasPrefix(rest, "${"):
		end, why = fenced(text, i, rest, "${", "}", danishFieldName), "pladsholder i klammer"
		if end == 0 && prose(text, i, 0) {
			end = fenced(text, i, rest, "${", "}", identifier)
		}
	case strings.HasPrefix(rest, "$("):
		end, why = fenced(text, i, rest, "$(", ")", danishFieldName), "pladsholder i parenteser"
	case strings.HasPrefix(rest, "@Model."):
		end, why = model(rest), "pladsholder i en skabelon"
	case strings.HasPrefix(rest, "&laquo;"):
		end, why = fenced(text, i, rest, "&laquo;", "&raquo;", danishFieldName), "flettefelt"
	case strings.HasPrefix(rest, "[["):
		if body, n := inner(rest, "[[", "]]"); n > 0 && instruction(body) {
			end, why = n, "anvisning i skarpe parenteser"
		}
	case strings.HasPrefix(rest, "&lt;"):
		end, why = escaped(rest), "flettefelt"
	case strings.HasPrefix(rest, "$$"):
		end, why = fenced(text, i, rest, "$$", "$$", danishFieldName), "pladsholder mellem $$"
	case strings.HasPrefix(rest, "@@"):
		end, why = fenced(text, i, rest, "@@", "@@", danishFieldName), "pladsholder mellem @@"
	case strings.HasPrefix(rest, "##"):
		end, why = fenced(text, i, rest, "##", "##", danishFieldName), "pladsholder mellem ##"
	case strings.IndexByte("$%#_", rest[0]) >= 0:
		fence, name := rest[:1], capitals
		if greets(text, i) {
			name = anyFieldName
		}
		end, why = fenced(text, i, rest, fence, fence, name), "pladsholder mellem "+fence
	case strings.HasPrefix(rest, "[X]"), strings.HasPrefix(rest, "[x]"), strings.HasPrefix(rest, "[XX]"), strings.HasPrefix(rest, "[xx]"):
		if end = strings.IndexByte(rest, ']') + 1; !counted(rest[end:]) {
			return hit{}, false
		}
		strength, why = detectors.Medium, "maske for et antal"
	case rest[0] == '[':
		end, why = brackets(text, i, rest)
	case rest[0] == '(':
		end, strength, why = parens(text, i, rest)
	}
	// Word's own field code is one, whatever stands beside it, and so is an escaped mark.
	if end == 0 || codeAround(text, i, i+end) && !strings.Contains(rest[:end], "MERGEFIELD") && rest[0] != '&' {
		return hit{}, false
	}
	if mentioned(text, i, i+end) {
		strength, why = detectors.Info, why+" (omtalt, ikke brugt)"
	}
	return hit{end: i + end, strength: strength, why: why}, true
}

// units follow a number that was to be filled in: "[X] uger".
var units = wordSet("uge uger ugers dage dages måneder måneders år års time timer timers kr kr. kroner procent pct pct. % børn minutter gange")

func counted(after string) bool {
	if !strings.HasPrefix(after, " ") {
		return false
	}
	after = after[1:min(len(after), 24)]
	if n := strings.IndexAny(after, " \n,;)"); n >= 0 {
		after = after[:n]
	}
	return units[after] || units[strings.TrimRight(after, ".")]
}

// greets reports whether a salutation stands right before byte i.
func greets(text string, i int) bool {
	from, _ := lineOf(text, i)
	switch strings.ToLower(strings.TrimSpace(text[from:i])) {
	case "kære", "hej", "dear", "hello", "hi":
		return true
	}
	return false
}

// anyFieldName accepts English names of fields too.
func anyFieldName(s string) bool {
	field, _ := fieldName(s)
	return field
}

// model reads "@Model.Borger.Fornavn".
func model(rest string) int {
	n := len("@Model.")
	for n < len(rest) && (rest[n] >= 'A' && rest[n] <= 'Z' || rest[n] >= 'a' && rest[n] <= 'z' || rest[n] == '.' && n+1 < len(rest) && rest[n+1] >= 'A') {
		n++
	}
	if field, _ := fieldName(rest[len("@Model."):n]); !field {
		return 0
	}
	return n
}

// escaped reads «&lt;&lt;Navn&gt;&gt;»: marks in angles that HTML has escaped once too often.
func escaped(rest string) int {
	n := strings.Index(rest, "&gt;")
	if n < 0 {
		return 0
	}
	body := strings.TrimPrefix(strings.TrimPrefix(rest[:n], "&lt;"), "&lt;")
	body = strings.TrimPrefix(strings.ToLower(body), "flettefelt")
	for n += len("&gt;"); strings.HasPrefix(rest[n:], "&gt;"); {
		n += len("&gt;")
	}
	if !danishFieldName(strings.TrimLeft(body, ": ")) {
		return 0
	}
	return n
}

// inner gives what stands between open and close at the start of rest, and the
// length of the whole. It never crosses a line or a second opening.
func inner(rest, open, end string) (string, int) {
	body := rest[len(open):]
	n := strings.Index(body, end)
	if n <= 0 || n > maxMark {
		return "", 0
	}
	body = body[:n]
	if strings.ContainsAny(body, "\n\t\x00") || strings.Contains(body, open) || !utf8.ValidString(body) {
		return "", 0
	}
	return body, len(open) + n + len(end)
}

// chevrons reads «Navn» and <<navn>>. Quotation marks look the same, so what
// stands inside must be a field name or be written as only programs write.
func chevrons(text string, i int, rest, open, end string) int {
	body, n := inner(rest, open, end)
	if n == 0 || !named(text, i, body) && !(open == "«" && (programName(body) || nextRecord(body))) {
		return 0
	}
	return n
}

// nextRecord tells the marks with which Word goes on to the next person of a list.
func nextRecord(s string) bool {
	s = strings.ToLower(s)
	return strings.HasPrefix(s, "næste post") || strings.HasPrefix(s, "next record")
}

// programName reports whether s is one word written as merge systems name fields:
// with an underscore, or with a capital inside a word of small letters.
func programName(s string) bool {
	hump, under := false, false
	prev := rune(0)
	for _, r := range s {
		switch {
		case r == '_':
			under = true
		case unicode.IsLetter(r):
			hump = hump || unicode.IsUpper(r) && unicode.IsLower(prev)
		case !unicode.IsDigit(r):
			return false
		}
		prev = r
	}
	return hump || under && len(s) > 3
}

// angle reads <navn>. Elements of HTML and XML and mail addresses are none.
func angle(text string, i int, rest string) int {
	body, n := inner(rest, "<", ">")
	if n == 0 || body[0] == ' ' || strings.ContainsAny(body, `@/="`) || !startsWord(text, i) || strings.HasPrefix(rest[n:], "=") || closesTag(text, i, body) {
		return 0
	}
	if !danishFieldName(body) && !instruction(body) {
		return 0
	}
	return n
}

// closesTag reports whether a closing tag stands near, as in XML.
func closesTag(text string, i int, name string) bool {
	window := text[max(0, i-300):min(len(text), i+400)]
	return strings.Contains(window, "</") || strings.Contains(window, "/>") || strings.Contains(window, "<?") || strings.Contains(window, "<"+name+"=")
}

// doubleBraces reads {{navn}} and {{ borger.navn }}; wiki templates and the
// expressions of programs have pipes, signs of equality and dollars.
func doubleBraces(text string, i int, rest string) int {
	body, n := inner(rest, "{{", "}}")
	if n == 0 || i > 0 && (text[i-1] == '$' || text[i-1] == '{') || strings.ContainsAny(body, "|=$\"'<>(){}:,;`") {
		return 0
	}
	body = strings.TrimSpace(body)
	if dotted, ok := strings.CutPrefix(body, "."); ok {
		if danishFieldName(dotted) {
			return n
		}
		return 0
	}
	// {{#if barn}}: the words of the template language are not part of the name.
	body = strings.TrimPrefix(strings.TrimLeft(body, "#/^&"), "if ")
	if named(text, i, body) || someDanish(body) {
		return n
	}
	return 0
}

// someDanish reports whether one part of a dotted or joined name is a Danish
// field, as in {{ansoegning.borger.alias}}.
func someDanish(s string) bool {
	if strings.Contains(s, " ") {
		return false
	}
	for _, p := range pieces(s) {
		if isField(p) && !isEnglish(p) {
			return true
		}
	}
	return false
}

// braces reads {navn} and {MERGEFIELD Navn}.
func braces(text string, i int, rest string) (int, string) {
	body, n := inner(rest, "{", "}")
	if n == 0 || body[0] == '.' || i > 0 && text[i-1] == '{' {
		return 0, ""
	}
	trimmed := strings.TrimSpace(body)
	if strings.HasPrefix(trimmed, "MERGEFIELD ") || strings.HasPrefix(trimmed, "FORMTEXT") || strings.HasPrefix(trimmed, "FLETFELT ") {
		return n, "flettefelt"
	}
	if !strings.ContainsAny(body, `,;:="'|<>()+*&!`) && (named(text, i, body) || instruction(body)) {
		return n, "pladsholder i klammer"
	}
	return 0, ""
}

// fenced reads a name between two fences, without blanks at either edge.
func fenced(text string, i int, rest, open, end string, name func(string) bool) int {
	body, n := inner(rest, open, end)
	if n == 0 || !startsWord(text, i) || !endsWord(text, i+n) || strings.ContainsAny(body, " \\/=&?") || !name(body) {
		return 0
	}
	return n
}

// capitals accepts %NAVN% and #CPR#: a hashtag or a per cent sign in prose is
// followed by small letters.
func capitals(s string) bool {
	return s == strings.ToUpper(s) && danishFieldName(s)
}

// brackets reads [indsæt dato], [navn] and the codes of cemetery systems,
// [102.NAVN]. Links, indices, headings of settings files and tags are none.
func brackets(text string, i int, rest string) (int, string) {
	body, n := inner(rest, "[", "]")
	if n == 0 || strings.ContainsAny(body, `[|={}"@<>;`) || strings.HasSuffix(strings.TrimSpace(body), "...") && !instruction(body) {
		return 0, ""
	}
	if number, code, ok := strings.Cut(body, "."); ok && digits(number) && len(code) >= 2 && capitalCode(code) {
		return n, "flettekode"
	}
	if commitHash(body) {
		return 0, ""
	}
	if i > 0 && (text[i-1] == '[' || text[i-1] == ']' || text[i-1] == '!' || !startsWord(text, i)) {
		return 0, ""
	}
	if next := i + n; next < len(text) && (strings.IndexByte("([]:=", text[next]) >= 0 && !colonOfLabel(text, next) || !endsWord(text, next)) {
		return 0, ""
	}
	if instruction(body) {
		return n, "anvisning i skarpe parenteser"
	}
	if named(text, i, body) && !settingsHeading(text, i, i+n) {
		return n, "pladsholder i skarpe parenteser"
	}
	return 0, ""
}

// commitHash tells the short names that version control gives: "[b261f8e]".
func commitHash(s string) bool {
	digit := false
	for _, c := range []byte(s) {
		if !(c >= '0' && c <= '9' || c >= 'a' && c <= 'f') {
			return false
		}
		digit = digit || c <= '9'
	}
	return digit && len(s) >= 7
}

// colonOfLabel reports whether the colon at byte i is followed by a blank, as in
// "[navn]: " of a list of minutes; a Markdown link target follows with a scheme.
func colonOfLabel(text string, i int) bool {
	rest := text[i:min(len(text), i+12)]
	return strings.HasPrefix(rest, ": ") && !strings.Contains(rest, "http") && !strings.HasPrefix(rest, ": #")
}

// settingsHeading reports whether a bracketed word is alone on its line and the
// next line assigns a value, as in an INI file.
func settingsHeading(text string, start, end int) bool {
	from, to := lineOf(text, start)
	if strings.TrimSpace(text[from:start]) != "" || strings.TrimSpace(text[end:max(to, end)]) != "" || to >= len(text) {
		return false
	}
	next := text[to+1 : min(len(text), to+121)]
	if n := strings.IndexByte(next, '\n'); n >= 0 {
		next = next[:n]
	}
	return strings.Contains(next, "=")
}

func digits(s string) bool {
	for _, r := range s {
		if r < '0' || r > '9' {
			return false
		}
	}
	return s != ""
}

// capitalCode is a name of capitals, digits and underscores that holds a letter.
func capitalCode(s string) bool {
	letters := 0
	for _, r := range s {
		switch {
		case unicode.IsUpper(r):
			letters++
		case r != '_' && !unicode.IsDigit(r):
			return false
		}
	}
	return letters > 1
}
