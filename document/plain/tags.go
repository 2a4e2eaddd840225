package plain

import (
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"brevvagt/document"
	"brevvagt/document/plain/looks"
	"brevvagt/internal/coded"
)

// blocks are the elements that end a paragraph.
func isBlock(a atom.Atom) bool {
	switch a {
	case atom.P, atom.Div, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Li, atom.Ul, atom.Ol,
		atom.Table, atom.Blockquote, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Main, atom.Nav,
		atom.Aside, atom.Form, atom.Fieldset, atom.Legend, atom.Pre, atom.Hr, atom.Dl, atom.Dt, atom.Dd,
		atom.Address, atom.Center, atom.Body, atom.Html, atom.Head, atom.Title, atom.Option, atom.Select,
		atom.Textarea, atom.Figure, atom.Figcaption, atom.Caption, atom.Thead, atom.Tbody, atom.Tfoot,
		atom.Details, atom.Summary, atom.Button, atom.Iframe:
		return true
	}
	return false
}

func isVoid(a atom.Atom) bool {
	switch a {
	case atom.Area, atom.Base, atom.Br, atom.Col, atom.Embed, atom.Hr, atom.Img, atom.Input, atom.Link,
		atom.Meta, atom.Param, atom.Source, atom.Track, atom.Wbr:
		return true
	}
	return false
}

// start takes a start tag with its attributes.
func (p *page) start(z *html.Tokenizer, selfClosing bool) {
	name, more := z.TagName()
	tag := atom.Lookup(name)
	o := open{tag: tag, hue: p.top().hue}
	if tag == atom.Script || tag == atom.Style {
		o.script, o.style = tag == atom.Script, tag == atom.Style
	}
	if tag == atom.Pre || tag == atom.Textarea {
		o.pre = true
	}
	if tag == atom.Noscript || tag == atom.Template {
		o.layer = document.Hidden
		p.unseen.WriteByte('\n')
	}
	attrs := map[string]string{}
	for more && len(attrs) < 200 {
		var key, value []byte
		key, value, more = z.TagAttr()
		attrs[string(key)] = string(value)
	}
	if isHidden(attrs) {
		o.layer = document.Hidden
	}
	if o.layer == document.Hidden || p.inside(document.Hidden) {
		p.unseenBreak(tag)
	} else {
		p.opening(tag)
		if tag == atom.Bdo && strings.EqualFold(attrs["dir"], "rtl") || turnsLetters.MatchString(attrs["style"]) {
			o.turned = true
			p.text("\u202e")
		}
		p.order.style(attrs["style"])
		p.dress(&o, attrs)
		if p.order.sheet.Colours {
			o.hue = p.order.sheet.Hue(o.dress, o.hue, func(name string) string { return attrs[name] })
		}
		if p.mail && isQuote(tag, attrs) {
			p.flush()
			o.layer = document.Quoted
		}
	}
	p.ordinal(&o, attrs)
	p.attributes(tag, attrs)
	p.cellData(tag, attrs)
	if !selfClosing && !isVoid(tag) && len(p.stack) < maxOpen {
		p.stack = append(p.stack, o)
	}
}

func (p *page) opening(tag atom.Atom) {
	switch {
	case tag == atom.Br:
		if len(p.shown) > 0 {
			p.shown = append(p.shown, '\n')
		}
	case tag == atom.Tr:
		p.flush()
		p.rows++
		p.table.newRow()
	case tag == atom.Td || tag == atom.Th:
		p.cell = len(p.shown) > 0
		p.table.newCell(tag == atom.Th)
		if !p.cell {
			p.cellStart = 0
		}
	case tag == atom.Table:
		p.flush()
		p.table = grid{}
	case tag == atom.Rt || tag == atom.Rp:
		p.above = append(p.above, ' ')
	case isBlock(tag):
		p.lineBreak()
	}
}

// ordinal shows the number that a browser writes before an item of a list, where the
// page says one that is as long as a person's: <ol start="..."> or <li value="...">.
func (p *page) ordinal(o *open, attrs map[string]string) {
	long := func(n string) int {
		if !tenDigits(n) && !tenDigits("0"+n) {
			return 0
		}
		v, _ := strconv.Atoi(n) // ten digits
		return v
	}
	switch o.tag {
	case atom.Ol:
		o.number = long(attrs["start"])
	case atom.Li:
		number := long(attrs["value"])
		for i := len(p.stack) - 1; i >= 0 && number == 0; i-- {
			if p.stack[i].tag == atom.Ol {
				if number = p.stack[i].number; number > 0 {
					p.stack[i].number++
				}
				break
			}
		}
		if number > 0 {
			p.text(fmt.Sprintf("%010d ", number))
		}
	}
}

// unseenBreak parts hidden text without touching the shown text around it.
func (p *page) unseenBreak(tag atom.Atom) {
	if tag == atom.Br || tag == atom.Tr || isBlock(tag) {
		p.unseen.WriteByte('\n')
	}
}

// end takes an end tag; one that was never opened only breaks the line.
func (p *page) end(tag atom.Atom) {
	switch {
	case p.inside(document.Hidden):
		p.unseenBreak(tag)
	case p.top().after != "" && p.top().tag == tag:
		p.generated(p.top().after)
	case p.top().turned && p.top().tag == tag:
		p.text("\u202c")
	case tag == atom.Tr:
		p.flush()
		p.rows = max(0, p.rows-1)
	case tag == atom.Table:
		p.flush()
		p.table = grid{}
	case isBlock(tag):
		p.lineBreak()
	}
	for i := len(p.stack) - 1; i >= 0 && i > len(p.stack)-200; i-- {
		if p.stack[i].tag != tag {
			continue
		}
		for _, o := range p.stack[i:] {
			if o.layer == document.Quoted {
				p.flush()
				break
			}
		}
		p.stack = p.stack[:i]
		return
	}
}

var hiddenStyle = regexp.MustCompile(`(?i)(display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|font-size\s*:\s*0(px|pt|em|%)?\s*(;|!|$)|opacity\s*:\s*0\s*(;|!|$))`)

func isHidden(attrs map[string]string) bool {
	if _, ok := attrs["hidden"]; ok {
		return true
	}
	return hiddenStyle.MatchString(attrs["style"])
}

func isQuote(tag atom.Atom, attrs map[string]string) bool {
	if tag == atom.Blockquote {
		return true
	}
	class, id := attrs["class"], attrs["id"]
	return strings.Contains(class, "gmail_quote") || strings.Contains(class, "moz-cite") || strings.Contains(class, "yahoo_quoted") ||
		id == "divRplyFwdMsg" || id == "appendonsend" || id == "mail-editor-reference-message-container"
}

// textAttributes are those in which people put text and links.
var textAttributes = [...]string{"value", "placeholder", "title", "alt", "summary", "aria-label", "label", "content", "href", "action", "src"}

// attributes reads those that hold text.
func (p *page) attributes(tag atom.Atom, attrs map[string]string) {
	if value := attrs["value"]; tag == atom.Input && len(value) > 0 && len(value) <= longestPart {
		for _, s := range p.order.inputs.add("", attrs["name"], value) {
			s.At.Line = p.line
			p.out.Segment(s)
		}
	}
	hiddenInput := tag == atom.Input && strings.EqualFold(attrs["type"], "hidden")
	for _, key := range textAttributes {
		value, ok := attrs[key]
		if !ok || !looks.Sign(value) {
			continue
		}
		at := document.Location{Line: p.line, Layer: document.Hidden}
		switch key {
		case "value", "placeholder":
			if !hiddenInput {
				at.Layer = ""
			}
			if len(value) == 1 && at.Layer == "" && key == "value" { // one box a digit
				p.text(value)
				continue
			}
		case "content":
			if tag != atom.Meta {
				continue
			}
			at.Layer = document.Metadata
		case "href", "action", "src":
			if document.HasPrefixFold([]byte(value), "data:") {
				p.inner.dataURI(value)
				continue
			}
			if value = linkText(value); value == "" {
				continue
			}
		}
		p.out.Segment(document.Segment{Text: value, Label: attrs["name"], At: at})
	}
	p.otherAttributes(attrs)
}

// parted is the look of a number that no generated id has by chance.
var parted = regexp.MustCompile(`(^|\D)\d{6}\s?[-\x{2010}-\x{2014}]\s?\d{4}(\D|$)`)

// otherAttributes reads what programs keep in attributes: pages within the page,
// pictures in styles, script calls, and numbers in ids and data of the page's own.
func (p *page) otherAttributes(attrs map[string]string) {
	for _, key := range slices.Sorted(maps.Keys(attrs)) {
		value := attrs[key]
		switch {
		case len(value) < minDigits || slices.Contains(textAttributes[:], key):
		case key == "srcdoc":
			p.inner.child("text/html", []byte(value))
		case p.inner.dataURIs(value):
		case strings.HasPrefix(key, "on"):
			p.hidden(scriptStrings(value))
		case parted.MatchString(value) || strings.Contains(key, "cpr"):
			p.out.Segment(document.Segment{Text: value, Label: key, At: document.Location{Line: p.line, Layer: document.Hidden}})
		}
	}
}

// minDigits is the length of the shortest attribute that may hold a number.
const minDigits = 9

// styleSheet reads what a style sheet adds to a page: pictures now, texts at its end.
func (p *page) styleSheet(css string) {
	p.inner.dataURIs(css)
	p.order.style(css)
	p.order.letters = p.order.letters || turnsSheet.MatchString(css)
	p.order.sheet.Add(css)
}

// linkText is what a link tells: addresses, and parameters with digits in them.
func linkText(link string) string {
	lower := strings.ToLower(link)
	if strings.HasPrefix(lower, "cid:") || strings.HasPrefix(lower, "javascript:") ||
		!strings.HasPrefix(lower, "mailto:") && !strings.ContainsAny(link, "0123456789") {
		return ""
	}
	if plain, err := url.QueryUnescape(link); err == nil {
		return plain
	}
	return link
}

var scriptString = regexp.MustCompile(`"(?:[^"\\\n]|\\.){4,}"|'(?:[^'\\\n]|\\.){4,}'`)

// namedString is a run of ten digits under a name that says what it is.
var namedString = regexp.MustCompile(`(?i)\b(\w{0,20}(?:cpr|personn)\w{0,10})["']?\s*[:=]\s*["']?(\d{10})\b`)

// scriptStrings gives the quoted texts of a script without its code.
func scriptStrings(code string) string {
	found := scriptString.FindAllString(code, 100_000)
	for i, s := range found {
		found[i] = s[1 : len(s)-1]
	}
	for _, m := range namedString.FindAllStringSubmatch(code, 10_000) {
		found = append(found, m[1]+": "+m[2])
	}
	found = append(found, coded.Views(code)...)
	return strings.Join(found, "\n")
}
