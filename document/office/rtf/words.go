package rtf

import (
	"errors"
	"fmt"
	"strconv"

	"brevvagt/document"
)

// Errors of a text that could not be read to its end.
var (
	errShort = errors.New("text ends within a group")
	errDepth = fmt.Errorf("groups within each other: %w", document.ErrTooDeep)
)

// control reads a control word or symbol.
func (r *reader) control() {
	if r.pos >= len(r.data) {
		return
	}
	c := r.data[r.pos]
	if c|0x20 < 'a' || c|0x20 > 'z' {
		r.pos++
		r.symbol(c)
		return
	}
	start := r.pos
	for r.pos < len(r.data) && r.data[r.pos]|0x20 >= 'a' && r.data[r.pos]|0x20 <= 'z' && r.pos-start < 32 {
		r.pos++
	}
	word := string(r.data[start:r.pos])
	start = r.pos
	if r.pos < len(r.data) && r.data[r.pos] == '-' {
		r.pos++
	}
	for r.pos < len(r.data) && r.data[r.pos] >= '0' && r.data[r.pos] <= '9' && r.pos-start < 11 {
		r.pos++
	}
	n, err := strconv.Atoi(string(r.data[start:r.pos]))
	if r.pos < len(r.data) && r.data[r.pos] == ' ' {
		r.pos++
	}
	star := r.star
	r.star = false
	r.word(word, n, err == nil, star)
}

func (r *reader) symbol(c byte) {
	switch c {
	case '\'':
		if r.pos+2 <= len(r.data) {
			if v, err := strconv.ParseUint(string(r.data[r.pos:r.pos+2]), 16, 8); err == nil {
				r.pos += 2
				r.char(byte(v))
			}
		}
	case '*':
		r.star = true
	case '~':
		r.char(' ')
	case '_':
		r.char('-')
	case '\r', '\n':
		r.paragraph()
	case '\\', '{', '}':
		r.char(c)
	}
}

// silent destinations hold no text of the document.
var silent = map[string]bool{
	"fonttbl": true, "colortbl": true, "stylesheet": true, "listtable": true, "listoverridetable": true, "rsidtbl": true,
	"generator": true, "themedata": true, "colorschememapping": true, "latentstyles": true, "datastore": true, "xmlnstbl": true,
	"panose": true, "falt": true, "mmathPr": true, "pgdsctbl": true, "pnseclvl": true, "pntxta": true, "pntxtb": true, "blipuid": true,
	"filetbl": true, "revtim": true, "creatim": true, "printim": true, "listpicture": true, "wgrffmtfilter": true, "ftnsep": true, "ftnsepc": true, "aftnsep": true,
	"mhtmltag": true, "fontemb": true, "shpgrp": false, "template": false, "atrfstart": true, "atrfend": true, "atndate": true, "atnref": true, "sn": true,
}

// placed destinations put their text into a layer, as paragraphs of their own.
var placed = map[string]document.Layer{
	"header": document.Header, "headerl": document.Header, "headerr": document.Header, "headerf": document.Header,
	"footer": document.Header, "footerl": document.Header, "footerr": document.Header, "footerf": document.Header,
	"annotation": document.Comment,
}

// apart destinations are texts of their own.
var apart = map[string]document.Layer{
	"title": document.Metadata, "subject": document.Metadata, "author": document.Metadata, "manager": document.Metadata,
	"company": document.Metadata, "operator": document.Metadata, "category": document.Metadata, "keywords": document.Metadata,
	"comment": document.Metadata, "doccomm": document.Metadata, "hlinkbase": document.Metadata, "propname": document.Metadata,
	"staticval": document.Metadata, "revtbl": document.Metadata, "atnid": document.Metadata, "atnauthor": document.Metadata,
	"ffdeftext": document.Hidden, "ffhelptext": document.Hidden, "ffstattext": document.Hidden, "ffl": document.Hidden, "ffname": document.Hidden,
	"bkmkstart": document.Hidden, "sv": document.Hidden, "docvar": document.Hidden, "xe": document.Hidden, "tc": document.Hidden,
	"htmltag": document.Hidden, "datafield": document.Hidden, "mailmerge": document.Hidden, "userprops": document.Metadata, "nonshppict": "",
}

// word acts on a control word.
func (r *reader) word(word string, n int, given, star bool) {
	switch word {
	case "par", "sect", "page", "column":
		r.paragraph()
	case "line":
		r.char('\n')
	case "tab":
		r.char('\t')
	case "cell", "nestcell":
		r.endCell()
	case "row", "nestrow":
		r.endRow()
	case "u":
		r.unicode(n)
	case "uc":
		r.state.skip = max(0, min(n, 16))
	case "ansicpg":
		r.page = n
	case "mac":
		r.page = 10000
	case "bin":
		r.flush()
		n = max(0, min(n, len(r.data)-r.pos))
		if r.state.dest == picture || r.state.dest == object {
			r.sink.Out.ChildBytes("billede", r.data[r.pos:r.pos+n], document.Input{})
		}
		r.pos += n
	case "v", "deleted", "revised":
		r.flush()
		r.toggle(word, !given || n != 0)
	case "highlight", "cb", "chcbpat", "cf":
		r.flush()
		r.state.look.set(word, n)
	case "plain":
		r.flush()
		r.state.look = look{}
		if r.state.layer == document.Hidden {
			r.state.layer = r.base
		}
	default:
		r.special(word, star)
	}
}

func (r *reader) toggle(word string, on bool) {
	layer := map[string]document.Layer{"v": document.Hidden, "deleted": document.Deleted, "revised": document.Inserted}[word]
	switch {
	case on && r.state.layer != document.Deleted:
		r.state.layer = layer
	case !on && r.state.layer == layer:
		r.state.layer = r.base
	}
}

func (r *reader) unicode(n int) {
	r.omit = 0
	if r.state.dest == body || r.state.dest == aside {
		if len(r.bytes) > 0 {
			r.flush()
		}
		r.wide = append(r.wide, uint16(n))
	}
	r.omit = r.state.skip
}

var signs = map[string]string{
	"emdash": "—", "endash": "–", "bullet": "•", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”",
	"emspace": " ", "enspace": " ", "qmspace": " ",
}

// special words open destinations or stand for a sign.
func (r *reader) special(word string, star bool) {
	r.flush()
	if s, ok := signs[word]; ok {
		r.emit(s)
		return
	}
	if r.state.dest == nothing {
		return
	}
	layer, isApart := apart[word]
	switch {
	case silent[word]:
		r.state.dest = nothing
		r.state.table = 0
		switch word {
		case "stylesheet", "listtable", "datastore", "xmlnstbl", "colortbl":
			r.state.table, r.state.store, r.state.colours = r.pos, word == "datastore", word == "colortbl"
		}
	case word == "fldinst":
		r.state.field = true
		r.fields = append(r.fields, nil)
	case word == "fldrslt":
		r.state.field = false
	case word == "pict":
		r.state.dest = picture
	case word == "objdata":
		r.state.dest = object
	case word == "picprop" || word == "sp":
		r.state.dest = quiet
	case placed[word] != "":
		r.paragraph()
		r.state.layer, r.state.note = placed[word], true
	case word == "footnote":
		r.paragraph()
		r.state.note = true
	case isApart && layer != "" || star && !known[word]:
		if layer == "" {
			layer = document.Hidden
		}
		r.state.dest = aside
		r.state.layer = layer
		if word == "ffdeftext" {
			r.state.asked = r.para.Asks()
		}
		r.asides = append(r.asides, nil)
		r.state.apart = len(r.asides)
	}
}

// known destinations behind \* whose text belongs to the document.
var known = map[string]bool{
	"shppict": true, "shpinst": true, "shptxt": true, "nonshppict": true, "background": true, "objclass": true, "result": true,
	"fldinst": true, "fldrslt": true, "objdata": true, "footnote": true, "annotation": true, "aftn": true, "cs": true, "ts": true, "ds": true, "bkmkend": true,
	"picprop": true, "pn": true, "pnseclvl": true, "do": true, "formfield": true, "htmlrtf": true,
}
