package styles

import (
	"slices"
	"strings"
	"testing"
)

func TestContents(t *testing.T) {
	for _, c := range []struct{ name, css, want string }{
		{"plain", `p::after{content:"a b"}`, "a b"},
		{"two strings", `p::after{content:"a" 'b'}`, "ab"},
		{"variable", `:root{--n:"22"} p::after{content:var(--n)}`, "22"},
		{"variable within a variable", `:root{--m:"22";--n:var(--m) "-"} p::after{content:var(--n)"70"}`, "22-70"},
		{"a variable of itself", `:root{--n:var(--n)} p::after{content:var(--n)"x"}`, "x"},
		{"counter", `p{counter-reset:c 220645}p::after{content:counter(c)"-7026"}`, "220645-7026"},
		{"by numbers", `p::after{content:"\000032\000032 \30"}`, "220"},
		{"in a group, behind a comment", `/* content:"no" */@media screen{p::after{CONTENT:"a"}}`, "a"},
		{"semicolon in quotes", `p::after{content:"a;b"}`, "a;b"},
		{"a digit to a rule", `.a:after{content:"2"}.b:after{content:"3"}`, "2|3|23"},
		{"never closed", `p::after{content:"a"`, "a"},
	} {
		var s Sheet
		s.Add(c.css)
		if got := strings.Join(s.Contents(), "|"); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestAroundGoesByClassIDAndElement(t *testing.T) {
	var s Sheet
	s.Add(`div > b.x::before{content:"1"}#y:after{content:"2"}i::before{content:"3"}`)
	for _, c := range []struct {
		e             Element
		before, after string
	}{
		{Element{Tag: "span", Class: "z x"}, "1", ""},
		{Element{Tag: "b", ID: "Y"}, "", "2"},
		{Element{Tag: "i"}, "3", ""},
		{Element{Tag: "u"}, "", ""},
	} {
		if before, after := s.Around(c.e); before != c.before || after != c.after {
			t.Errorf("%+v: %q %q", c.e, before, after)
		}
	}
}

func TestFaint(t *testing.T) {
	var s Sheet
	s.Add(`.q, td .r{display : none}.t{position:absolute;left:-9999px}@media print{.u{font-size:0}}`)
	for _, c := range []struct {
		e    Element
		want bool
	}{
		{Element{Class: "q"}, true}, {Element{Class: "r"}, true}, {Element{Class: "t"}, true}, {Element{Class: "u"}, true}, {Element{Class: "v"}, false},
		{Element{Style: "font-size:0.1px"}, true}, {Element{Style: "font-size:11.0pt;color:black"}, false}, {Element{Style: "font-size:.9em"}, false},
		{Element{Style: "opacity:0"}, true}, {Element{Style: "opacity:0.8"}, false}, {Element{Style: "margin-left:-9pt"}, true},
		{Element{Style: "color:transparent"}, true}, {Element{Style: "overflow:hidden;width:0"}, true}, {Element{Style: "border-width:1px"}, false},
	} {
		if got := s.Faint(c.e); got != c.want {
			t.Errorf("%+v: %v", c.e, got)
		}
	}
}

func TestPlace(t *testing.T) {
	var s Sheet
	if _, ok := s.Place(Element{Style: "border:1px"}); ok {
		t.Error("a border is no place")
	}
	s.Add(`.a{order:2}.b{right:30px}`)
	for _, c := range []struct {
		e    Element
		want float64
	}{{Element{Class: "a"}, 2}, {Element{Class: "b"}, -30}, {Element{Style: "position:absolute;left:12.5px"}, 12.5}} {
		if v, ok := s.Place(c.e); !ok || v != c.want {
			t.Errorf("%+v: %v %v", c.e, v, ok)
		}
	}
}

func TestRulesAreBounded(t *testing.T) {
	var s Sheet
	s.Add(strings.Repeat(`.a1{content:"x"}`, 10) + "." + strings.Join(slices.Repeat([]string{"b"}, 5000), `{content:"y"}.c`))
	if n := len(s.rules); n > maxRules {
		t.Errorf("%d rules", n)
	}
	s.Add(strings.Repeat("{", 100_000))
}
