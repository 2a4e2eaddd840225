package parties

import (
	"slices"
	"strings"

	"brevvagt/detectors"
	"brevvagt/detectors/subject"
)

// This file finds the person whom a place of a paper speaks of where the sentence itself
// names nobody: by what stands before it, by who wrote it, by what the paper is about.

// livedReach is how far from a word that tells of somebody's life the name may stand, in
// bytes.
const livedReach = 350

// lived is the person whose life is told around a place: the last one named before it,
// else the first behind it, else the one whom the paper is about.
func (it *Item) lived(x *detectors.Finding) (subject.Name, bool) {
	before, behind := it.around(x)
	before = before[max(0, len(before)-livedReach):]
	near := strings.ToValidUTF8(before+behind[:min(len(behind), livedReach)], "?")
	if n, ok := nearest(subject.PeopleIn(near), len(before)); ok {
		return n, true
	}
	for i := range it.bundle().papers {
		if p := &it.read.papers[i]; p.path == x.At.Path && !p.body {
			if k := it.principal(p); k >= 0 {
				return it.Subjects[k].Name, true
			}
		}
	}
	return subject.Name{}, false
}

// bearing are verbs by which a sentence says of the name before them what somebody is or
// has.
var bearing = []string{" er ", " har ", " fik ", " blev ", " lider ", " is ", " has ", " was ", " ist ", " hat ", " är ", " leidet "}

// bearer is somebody of whatever name of whom a sentence says what stands at a place:
// "Lejeren, Geir Eksempel, har skizofreni".
func bearer(sentence string, at int) (subject.Name, bool) {
	for _, f := range subject.PeopleIn(strings.ToValidUTF8(sentence, "?")) {
		if f.End > at || f.End >= len(sentence) {
			break
		}
		rest := strings.TrimPrefix(sentence[f.End:], ",")
		if slices.ContainsFunc(bearing, func(v string) bool { return strings.HasPrefix(rest, v) }) {
			return f.Name, true
		}
	}
	return subject.Name{}, false
}

// toldByPronoun reports whether the text around a word that tells of somebody's life says
// "hun" or "han": it then speaks of a person and does not merely name one.
func (it *Item) toldByPronoun(x *detectors.Finding) bool {
	before, behind := it.around(x)
	near := before[max(0, len(before)-livedReach):] + behind[:min(len(behind), livedReach/2)]
	return slices.ContainsFunc(strings.Fields(strings.ToLower(strings.ToValidUTF8(near, ""))), func(w string) bool { return pronouns[w] })
}

// authorReach is how far from what somebody writes of himself the name may stand, in
// bytes.
const authorReach = 1500

// around is what a paper has before and behind a finding's place, of which every
// paragraph may be a segment.
func (it *Item) around(x *detectors.Finding) (before, behind string) {
	segments := it.bundle().paths[x.At.Path]
	at := slices.Index(segments, x.Segment)
	text := it.Doc.Segments[x.Segment].Text
	before, behind = text[:x.Start], text[x.Start:]
	for k := at - 1; k >= 0 && len(before) < authorReach; k-- {
		before = it.Doc.Segments[segments[k]].Text + "\n" + before
	}
	for k := at + 1; at >= 0 && k < len(segments) && len(behind) < authorReach; k++ {
		behind += "\n" + it.Doc.Segments[segments[k]].Text
	}
	return before[max(0, len(before)-authorReach):], behind[:min(len(behind), authorReach)]
}

// author is who writes of himself in a paper: "Jeg har ...", and the name stands behind
// "Fra:" above or begins a line below.
func (it *Item) author(x *detectors.Finding) (subject.Name, bool) {
	if x.Segment < 0 || x.Segment >= len(it.Doc.Segments) || x.Start > x.End || x.End > len(it.Doc.Segments[x.Segment].Text) {
		return subject.Name{}, false
	}
	text := it.Doc.Segments[x.Segment].Text
	low, high := sentence(text, x.Start, x.End)
	if first := strings.ToLower(text[low:high]); !strings.HasPrefix(first, "jeg ") && !strings.Contains(first, " jeg ") {
		return subject.Name{}, false
	}
	before, behind := it.around(x)
	for _, from := range []string{"Fra: ", "From: ", "Afsender: "} {
		if k := strings.LastIndex(before, from); k >= 0 {
			line, _, _ := strings.Cut(before[k+len(from):], "\n")
			return nearest(subject.NamesIn(line, false), 0)
		}
	}
	behind = strings.ToValidUTF8(behind, "")
	found := subject.NamesIn(behind, false)
	if k := slices.IndexFunc(found, func(f subject.Found) bool { return f.Start > 0 && behind[f.Start-1] == '\n' }); k >= 0 {
		return found[k].Name, true
	}
	return subject.Name{}, false
}
