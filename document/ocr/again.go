package ocr

import (
	"context"
	"image"
	"regexp"
	"slices"
	"strings"
	"time"

	"brevvagt/document/ocr/engine"
	"brevvagt/document/ocr/prepare"
	"brevvagt/document/ocr/spots"
)

// Limits of the second look at single places of one picture. A line costs some ten
// milliseconds.
const (
	maxLonely   = 40        // rows of letters that no word covers
	maxDoubtful = 40        // numbers that are none as they were read
	rowLetters  = 8         // letters in a row that is looked at again, at least
	leastAgain  = 1_500_000 // pixels that may be read again, or a quarter of the picture if that is more
	lineHeight  = 36        // pixels that a row's letters are brought to
	bareWord    = 60        // confidence from which on a word covers its place
	bareRow     = 30        // mean confidence from which on a row counts as read
)

// unreadRows are the rows of letters that no word of the lines covers: what stands
// alone in a corner or light on dark is passed over when a whole screen is read.
func unreadRows(rows []spots.Row, lines []line, on func(image.Rectangle) image.Rectangle) (unread []spots.Row, letters, missing int) {
	var covered []image.Rectangle
	for _, l := range lines {
		for _, w := range l.words {
			if w.Confidence >= bareWord {
				covered = append(covered, on(w.Box))
			}
		}
	}
	for _, r := range rows {
		if r.Letters < rowLetters || r.Box.Dx() < 4*r.Box.Dy() {
			continue
		}
		letters += r.Letters
		have := 0
		for _, c := range covered {
			if i := c.Intersect(r.Box); i.Dy()*2 >= min(r.Box.Dy(), c.Dy()) {
				have += i.Dx()
			}
		}
		if have*2 < r.Box.Dx() {
			unread = append(unread, r)
			missing += r.Letters
		}
	}
	return unread, letters, missing
}

// lonely reads the rows of g that were passed over, each by itself, and gives those with
// digits. read is how many letters stood in rows that gave words.
func (e *reader) lonely(ctx context.Context, g *image.Gray, rows []spots.Row) (lines []line, read int, err error) {
	// Short rows first: a number that was passed over stands alone more often than not.
	slices.SortStableFunc(rows, func(a, b spots.Row) int { return a.Box.Dx() - b.Box.Dx() })
	for _, r := range rows[:min(len(rows), maxLonely)] {
		one, err := e.row(ctx, g, r.Box, engine.Line, lineHeight)
		if err != nil {
			return lines, read, err
		}
		if one.sureness() >= bareRow {
			read += r.Letters
		}
		if digitsLike.MatchString(one.text()) {
			lines = append(lines, one.lines...)
		}
	}
	return lines, read, e.mend(ctx, g, lines, func(r image.Rectangle) image.Rectangle { return r })
}

// row reads one row of g, enlarged or made smaller so that its letters are this high.
// The words' boxes are on g.
func (e *reader) row(ctx context.Context, g *image.Gray, box image.Rectangle, mode engine.Mode, height int) (pass, error) {
	part := box.Inset(-(box.Dy()/3 + 2)).Intersect(g.Rect)
	if err := ctx.Err(); err != nil || part.Empty() {
		return pass{}, err
	}
	c := image.NewGray(image.Rect(0, 0, part.Dx(), part.Dy()))
	prepare.CopyPart(c, g, part)
	inner := image.NewGray(image.Rect(0, 0, box.Intersect(g.Rect).Dx(), box.Intersect(g.Rect).Dy()))
	prepare.CopyPart(inner, g, box.Intersect(g.Rect))
	if prepare.Dark(inner) {
		prepare.Invert(c)
		prepare.Invert(inner)
	}
	// By the row's own brightness: its neighbours may be black where it is grey.
	prepare.Spread(c, prepare.Levels(inner, 20, 700))
	zoom := max(0.3, min(6, float64(height)/float64(max(box.Dy(), 1))))
	s := prepare.Shape{SX: zoom, SY: zoom, Origin: part.Min, Limit: g.Rect}
	s.W, s.H = max(1, int(float64(part.Dx())*zoom)), max(1, int(float64(part.Dy())*zoom))
	if e.left -= s.W * s.H; e.left < 0 {
		return pass{}, nil
	}
	c = prepare.Scaled(c, s.W, s.H)
	words, err := e.engine.Recognise(s.Framed(c, 12), pageLike, mode)
	for i := range words {
		b := s.Back(words[i].Box)
		words[i].Box = image.Rect(b[0], b[1], b[0]+b[2], b[1]+b[3])
	}
	return pass{lines: arrange(words)}, err
}

// Signs that are read where a digit stands.
var (
	numberWord = regexp.MustCompile(`^[^\dA-Za-z]?[\dOoDQlIiZzSsBg]{5,7}[-–—]?[\dOoDQlIiZzSsBg]{3,5}[^\dA-Za-z]{0,2}$`)
	wholeWord  = regexp.MustCompile(`\d{6}[-–—]?\d{4}`)
)

// begun tells a word that begins as a person's number does, with a date and a hyphen,
// and goes on with what may be its last four digits: 010203-45%).
func begun(text string) bool {
	m := begunWord.FindStringSubmatch(text)
	return m != nil && dated(m[1])
}

var begunWord = regexp.MustCompile(`^[^\dA-Za-z]?(\d{6})[-–—]\S*\d\S*$`)

// doubtful tells a word that may be a person's number and is none as it was read.
func doubtful(text string) bool {
	d := len(digitsOf(text))
	return d >= 7 && d <= 12 && (numberWord.MatchString(text) || begun(text) && len(text) < longestBegun) && !proven(digitsOf(text))
}

// longestBegun is how many bytes a number may have that is read with signs in it.
const longestBegun = 15

// proven tells ten digits that are a date and pass modulus 11, which a misread number
// does once in thirty.
func proven(d string) bool {
	if len(d) != 10 || !dated(d) || d[0] >= '6' {
		return false
	}
	sum := 0
	for i, w := range [10]int{4, 3, 2, 7, 6, 5, 4, 3, 2, 1} {
		sum += w * int(d[i]-'0')
	}
	return sum%11 == 0
}

// dated tells that digits begin with a date, or with one whose day is raised by 60 as in
// replacement numbers.
func dated(d string) bool {
	if d[0] >= '6' {
		d = string(rune(d[0]-6)) + d[1:]
	}
	_, err := time.Parse("02012006", d[:4]+"2000") // a leap year
	return err == nil
}

// mend looks again at each number that is none, closer and as digits alone, and takes
// the other reading where that one is proven or two of three agree. back gives a word's
// box on g.
func (e *reader) mend(ctx context.Context, g *image.Gray, lines []line, on func(image.Rectangle) image.Rectangle) error {
	left := maxDoubtful
	for i := range lines {
		for k := 0; k < len(lines[i].words); k++ {
			lines[i].join(k)
			text, box, n := lines[i].number(k)
			if n == 0 {
				continue
			}
			if left--; left < 0 {
				return nil
			}
			better, err := e.readings(ctx, g, on(box), text)
			if err != nil {
				return err
			}
			if better != text {
				w := &lines[i].words[k]
				w.Text, w.Box, w.up = better, box, w.up.Union(lines[i].words[k+n-1].up)
				lines[i].words = slices.Delete(lines[i].words, k+1, k+n)
			}
		}
	}
	return nil
}

// join makes one word of a number that was read in two or three pieces from word k on.
func (l *line) join(k int) {
	text := l.words[k].Text
	for n := 1; n < 3 && k+n < len(l.words) && len(text) < 11 && l.separator(k+n) == " "; n++ {
		last := l.words[k+n]
		text += last.Text
		if !joined.MatchString(text) || !dated(text) {
			continue
		}
		w := &l.words[k]
		w.Text, w.Box, w.up, w.Confidence = text, w.Box.Union(last.Box), w.up.Union(last.up), min(w.Confidence, last.Confidence)
		for _, m := range l.words[k+1 : k+n] {
			w.Box, w.up = w.Box.Union(m.Box), w.up.Union(m.up)
		}
		l.words = slices.Delete(l.words, k+1, k+n+1)
		return
	}
}

// joined is a number with the hyphen that tells where it is divided.
var joined = regexp.MustCompile(`^\d{6}[-–—]\d{4}$`)

// number gives the doubtful number that begins at word k, and of how many words it is:
// of one, or of two with a blank between six signs and four. 0 where there is none.
func (l line) number(k int) (text string, box image.Rectangle, n int) {
	w := l.words[k]
	if doubtful(w.Text) {
		return w.Text, w.Box, 1
	}
	if k+1 == len(l.words) || len(w.Text) != 6 || len(l.words[k+1].Text) != 4 || l.separator(k+1) != " " {
		return "", box, 0
	}
	if both := w.Text + l.words[k+1].Text; doubtful(both) {
		return both, w.Box.Union(l.words[k+1].Box), 2
	}
	return "", box, 0
}

// readings gives the best of up to four readings of one number.
func (e *reader) readings(ctx context.Context, g *image.Gray, box image.Rectangle, first string) (string, error) {
	if d := oneLess(first); d != "" {
		return d[:6] + "-" + d[6:], nil
	}
	count := map[string]int{digitsOf(first): 1}
	for _, try := range [3]struct {
		mode   engine.Mode
		height int
	}{{engine.Number, lineHeight}, {engine.Line, lineHeight * 3 / 4}, {engine.Number, lineHeight * 5 / 3}} {
		p, err := e.row(ctx, g, box, try.mode, try.height)
		if err != nil {
			return first, err
		}
		found := wholeWord.FindString(strings.ReplaceAll(strings.TrimSpace(p.text()), " ", ""))
		d := digitsOf(found)
		if d == "" {
			continue
		}
		count[d]++
		switch {
		case d == digitsOf(first):
			return first, nil // read alike twice
		case proven(d), count[d] >= 2 && dated(d):
			return d[:6] + "-" + d[6:], nil
		}
	}
	return first, nil
}

// oneLess gives the proven number that eleven digits are without one of them: in the part
// that is too long where a hyphen tells the parts, otherwise only a 1 at either end or
// where the parts meet, as an edge is read. "" when there is none or more than one. Were
// any digit free to go, one in thirty of all eleven digits would be a number.
func oneLess(text string) string {
	d := digitsOf(text)
	if len(d) != 11 {
		return ""
	}
	from, to, edge := 0, 11, true
	switch cut := strings.IndexFunc(text, func(r rune) bool { return r == '-' || r == '–' || r == '—' }); {
	case cut >= 0 && len(digitsOf(text[:cut])) == 7:
		to, edge = 7, false
	case cut >= 0 && len(digitsOf(text[:cut])) == 6:
		from, edge = 6, false
	}
	found := ""
	for i := from; i < to; i++ {
		if edge && (d[i] != '1' || i != 0 && i != 6 && i != 10) {
			continue
		}
		if n := d[:i] + d[i+1:]; n != found && proven(n) {
			if found != "" {
				return ""
			}
			found = n
		}
	}
	return found
}
