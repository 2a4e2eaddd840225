package parties

import (
	"slices"
	"strings"

	"brevvagt/detectors"
	"brevvagt/detectors/subject"
	"brevvagt/document"
	"brevvagt/scanner/policy/wording"
)

// This file looks at what files are called: the name in a letter's file name is whom
// somebody wrote it to, also where the letter itself says only "du".

// notOwn are words of papers that go to others than they are about: to parents, whatever
// the name of their child, and to neighbours and builders.
var notOwn = setOf("barn barnet barnets boern boernene datter soen elev eleven elevens skole skolen dagtilbud boernehave vuggestue foraeldremyndighed " +
	"nabo naboen nabohoering byggesag byggetilladelse landzonetilladelse dispensation")

// fileFor finds a letter or decision whose file is called after somebody else than the
// one private person that the mail goes to. It is in doubt where the mail speaks of them
// or the paper of the reader's family.
func (it *Item) fileFor(r *readers) (Odd, bool) {
	if !r.private || r.work || r.family || !r.sure && !r.owned || len(it.External) != 1 {
		return Odd{}, false
	}
	b := it.bundle()
	for i := range it.Doc.Segments {
		s := &it.Doc.Segments[i]
		if s.At.Layer != document.Metadata || s.At.Path == b.root || s.Text != lastName(s.At.Path) {
			continue
		}
		n, ok := subject.NameIn(stem(s.Text))
		if !ok {
			n, ok = subject.NameInSmall(stem(s.Text))
		}
		if !ok || r.is(n) || r.akin(n) || slices.ContainsFunc(r.names, n.Shares) || it.staff(n) {
			continue
		}
		paper := it.visible(b.paths[s.At.Path])
		if it.forReaderAt(s.At.Path, r) || signedBy(paper, n) || !letterToReader(s.Text+"\n"+paper) {
			continue // a warning at most, see titled
		}
		doubt := it.speaksOfName(n) || it.Teaches() || hasWord(paper, notOwn) || wording.Ties(strings.ToLower(paper), relations)
		return it.somebody(detectors.RedactNumbers(lastName(s.At.Path)), n, doubt), true
	}
	return Odd{}, false
}

// stem is a file's name without its ending.
func stem(name string) string {
	if k := strings.LastIndexByte(name, '.'); k > 0 && len(name)-k <= 6 {
		return name[:k]
	}
	return name
}

// forReaderAt reports whether a reader occurs in one of the papers at a path.
func (it *Item) forReaderAt(path string, r *readers) bool {
	b := it.bundle()
	for i := range b.papers {
		if p := &b.papers[i]; p.path == path && it.forReader(p, r) {
			return true
		}
	}
	return false
}

// letterToReader reports whether a paper, its file's name in front, speaks to its reader
// and is a letter or decision: "du", and what municipalities write to citizens about.
func letterToReader(text string) bool {
	return hasWord(text, wording.You) && (hasWord(text, citizenWords) || hasWord(text, letterWords) || wording.Decides(strings.ToLower(text)))
}

// letterWords are what letters are called, in their files' names above all.
var letterWords = setOf("brev brevet afslag indkaldelse partshoering svar svarbrev")

// signedBy reports whether a name stands below a paper's closing words.
func signedBy(paper string, n subject.Name) bool {
	k := closing(paper)
	if k < 0 {
		return false
	}
	var t subject.Text
	t.Add(paper[k:])
	return n.Among(&t)
}

func hasWord(text string, words map[string]bool) bool {
	var t subject.Text
	t.Add(text)
	return t.Head(maxSaid, words)
}
