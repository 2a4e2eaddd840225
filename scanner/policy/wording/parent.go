package wording

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// This file reads of letters to one of a child's parents what they say of the other.

// alone are turns of a letter to a parent from whom alone a child's matters are to be known.
var alone = []string{"alene forældremyndighed", "forældremyndigheden alene", "eneforældremyndighed", "alene om forældremyndighed", "alene har forældremyndighed", "fuld forældremyndighed", "fulde forældremyndighed", "forældremyndigheden fuldt", "orienterer vi ikke", "orienterer ikke", "orienteres ikke", "ikke orientere", "ikke at orientere", "ikke blive orienteret", "ikke er orienteret", "underretter vi ikke", "underrettes ikke", "ikke får besked", "får ikke besked", "må ikke få at vide", "ikke må få at vide", "kun til os", "ikke kender din", "ikke må kende"}

// jointly are turns of a letter about a child that both parents get.
var jointly = []string{"fælles forældremyndighed", "begge forældre", "jer begge", "til begge", "forældrene", "kopi til", "kopi af brevet", "kopi af dette", "sendt til far", "sendt til mor", "samme brev", "enslydende", "er orienteret", "orienterer også", "har også fået", "får også", "og hans far", "og hendes far", "og hans mor", "og hendes mor", "i har ", " jeres "}

// absent are turns by which a letter to one parent tells of the other.
var absent = []string{"sin far", "sin mor", "sin anden forælder", "hans far", "hendes far", "hans mor", "hendes mor", "deres far", "deres mor", "barnets far", "barnets mor", "faderen", "moderen", "den anden forælder", "s far ", "s mor ", "s far,", "s mor,", "s far.", "s mor."}

// Custody is what a letter to one of a child's parents says of the other.
type Custody int

// What such a letter may say.
const (
	Unsaid Custody = iota
	Jointly
	Apart // of the other it tells as of somebody else, or that nothing is to be told
)

// Parents tells what a letter, in small letters, says of its reader's child's other parent.
func Parents(low string) Custody {
	switch {
	case hasAny(low, alone):
		return Apart
	case hasAny(low, jointly):
		return Jointly
	case hasAny(low, absent):
		return Apart
	}
	return Unsaid
}

// otherParents are stems of a mail to a parent that brings what was written to the other.
var otherParents = []string{"kopi", "orienter", "begge", "forældre", "jeres", "til jer", " i ", " mor", " far", "aktindsigt", "bedt om", "bad om"}

// ToOtherParent reports whether a mail, in small letters, may mean to bring a parent what was
// written to the other.
func ToOtherParent(low string) bool { return hasAny(low, otherParents) }

// ChildNames are the first names by which a text calls the reader's own children, "din
// datter Ida og din søn Emil". low is the text in small letters, byte by byte.
func ChildNames(text, low string) []string {
	var out []string
	if len(text) != len(low) {
		return nil
	}
	for _, turn := range ownChild {
		for at := strings.Index(low, turn); at >= 0; {
			at += len(turn)
			out = append(out, namesAt(text[at:])...)
			next := strings.Index(low[at:], turn)
			if next < 0 {
				break
			}
			at += next
		}
	}
	return out
}

// namesAt are the names with which a text begins: "Ida", "Ida, Emil og Bo".
func namesAt(text string) (out []string) {
	for {
		text = strings.TrimLeft(text, " ,")
		text = strings.TrimPrefix(text, "og ")
		end := strings.IndexFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && r != '-' })
		if end < 0 {
			end = len(text)
		}
		if first, _ := utf8.DecodeRuneInString(text); end < 2 || !unicode.IsUpper(first) {
			return out
		}
		out, text = append(out, text[:end]), text[end:]
	}
}
