package incidents

import (
	_ "embed"
	"fmt"
	"strings"
)

//go:embed texts.txt
var textFile string

// texts are the alternatives of each kind of text.
type texts map[string][]string

// readTexts reads texts.txt: "== name" begins a section, "--" an alternative.
func readTexts() texts {
	out := make(texts)
	name := ""
	for block := range strings.SplitSeq("\n"+textFile, "\n== ") {
		head, body, ok := strings.Cut(block, "\n")
		if !ok || strings.HasPrefix(block, "\n#") || block == "" {
			continue
		}
		name = head
		for alternative := range strings.SplitSeq(body, "\n--") {
			if t := strings.TrimSpace(alternative); t != "" {
				out[name] = append(out[name], t)
			}
		}
	}
	return out
}

// gen makes one item.
type gen struct {
	maker
	texts  texts
	staff  []person
	others []person // who is named in office mail
}

// say takes one of the texts and fills it with p and invented figures.
func (g *gen) say(kind string, p person) string { return g.fill(g.one(g.texts[kind]), p) }

// fill replaces the marks of a text.
func (g *gen) fill(text string, p person) string {
	if strings.Contains(text, "{case}") {
		text = strings.ReplaceAll(text, "{case}", g.one(g.texts["case.note"]))
	}
	for _, kind := range []string{"rolle", "afd"} {
		if strings.Contains(text, "{"+kind+"}") {
			text = strings.ReplaceAll(text, "{"+kind+"}", g.one(g.texts[kind]))
		}
	}
	if p.First != "" {
		text = strings.NewReplacer("{n}", p.name(), "{f}", p.First, "{c}", p.dashed(), "{a}", p.address(), "{fdato}", g.date(p)).Replace(text)
	}
	staff, o, o2 := g.staff[0], g.others[0], g.others[1]
	return strings.NewReplacer(
		"{s}", staff.name(), "{sf}", staff.First, "{o}", o.name(), "{of}", o.First, "{o2}", o2.name(),
		"{tlf2}", g.phone(), "{tlf}", g.phone(), "{cvr}", g.digits(8), "{ean}", "57980"+g.digits(8), "{kr}", fmt.Sprint(100+g.r.IntN(90000)),
		"{nr}", fmt.Sprint(100+g.r.IntN(9000)), "{m2}", fmt.Sprint(20+g.r.IntN(80)), "{dato}", g.day(), "{kl}", fmt.Sprintf("%02d.%02d", 8+g.r.IntN(9), 15*g.r.IntN(4)),
		"{ordre}", "45"+g.digits(8), "{faktura}", "2026-"+g.digits(5), "{konto}", g.digits(10), "{iban}", "DK50 0040 "+g.digits(4)+" "+g.digits(4)+" "+g.digits(2),
		"{fik}", "+71<"+g.digits(15)+"+"+g.digits(8)+"<", "{pnr}", "10"+g.digits(8), "{log}", g.stamp(), "{unix}", "17"+g.digits(8),
		"{stregkode}", "57"+g.digits(11), "{kle}", fmt.Sprintf("27.%02d.00-G01-%d-26", g.r.IntN(60), g.r.IntN(900)), "{journal}", fmt.Sprintf("2026-%03d-%04d", g.r.IntN(999), g.r.IntN(9999)),
		"{journal2}", g.digits(2)+"/"+g.digits(5), "{isbn}", "87"+g.digits(8), "{matr}", fmt.Sprint(1+g.r.IntN(90))+g.one([]string{"a", "bx", "cd"}), "{bfe}", g.digits(7),
		"{kunde}", g.digits(9), "{vare}", g.code(), "{vare2}", g.code(), "{vare3}", g.code(), "{kort}", "4571 "+g.digits(4)+" "+g.digits(4)+" "+g.digits(4),
		"{sag}", fmt.Sprintf("2026-%06d", g.r.IntN(999999)),
	).Replace(text)
}

func (g *gen) digits(n int) string {
	var b strings.Builder
	for range n {
		b.WriteByte(byte('0' + g.r.IntN(10)))
	}
	return b.String()
}

// code is an article number of ten digits whose date part is none.
func (g *gen) code() string { return fmt.Sprintf("%d%s", 40+g.r.IntN(20), g.digits(8)) }

// stamp is the time of a log line without any mark: yyMMddHHmm.
func (g *gen) stamp() string {
	return fmt.Sprintf("2611%02d%02d%02d", 1+g.r.IntN(30), g.r.IntN(24), g.r.IntN(60))
}

func (g *gen) phone() string {
	switch d := fmt.Sprint(2+g.r.IntN(7)) + g.digits(7); g.r.IntN(3) {
	case 0:
		return d[:2] + " " + d[2:4] + " " + d[4:6] + " " + d[6:]
	case 1:
		return d[:4] + " " + d[4:]
	default:
		return d
	}
}

func (g *gen) day() string {
	d, m := 1+g.r.IntN(20), g.r.IntN(2)
	if g.r.IntN(2) == 0 {
		return fmt.Sprintf("%d. %s 2026", d, []string{"november", "december"}[m])
	}
	return fmt.Sprintf("%02d.%02d.2026", d, 11+m)
}

func (g *gen) date(p person) string {
	return p.Born.Format(g.one([]string{"02.01.2006", "02-01-2006", "2. 1. 2006"}))
}
