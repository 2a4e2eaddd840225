// Package incidents makes a seeded corpus of what a Danish municipality sends in
// its daily work: letters, forms, bundles of case papers, runs of letters, threads
// and office mail, with the mistakes that published breaches were made of among
// them. What each item deserves is decided when it is made, from the description of
// the domain alone and not from what the program does with it.
package incidents

import (
	"fmt"
	"math/rand/v2"
)

// The verdicts an item can deserve.
const (
	Pass = "pass"
	Warn = "warn"
	Hold = "hold"
)

// Site is what the sending municipality tells of itself, for `scan --site`.
const Site = `organisation: Eksempelby Kommune
internal_domains: [eksempelby.example]
partner_domains_with_enforced_tls: [region-oest.example, nabokommune.example, tunneladvokat.example, kommune.example.no]
lists: {alle@eksempelby.example: 412, familieafdelingen@eksempelby.example: 64, team-3@eksempelby.example: 6}
secure_marker_header: "X-Sikker-Post: ja"
bulk_limit_internal: 20
placeholder_names: [Navn Navnesen]
`

// Item is a mail or a run of letters, and what it deserves.
type Item struct {
	Name     string // with the extension that tells its format
	Data     []byte
	Scenario string   // what happens here
	Type     string   // the kind of incident; "" where there is none
	Want     []string // the verdicts that are right
	Numbers  []string // CPR numbers in readable text, ten digits each
	Later    bool     // judge birth dates on 1 January 2058
}

// scenario makes items of one sort; weight is its share of the traffic.
type scenario struct {
	name   string
	weight int
	make   func(g *gen) Item
}

// Generate makes n items. The same seed gives the same items; item i of a longer
// corpus is item i of a shorter one.
func Generate(seed uint64, n int) []Item {
	t := readTexts()
	var turns []scenario
	all := scenarios()
	for round := 0; ; round++ { // spread each scenario over the traffic
		added := false
		for _, s := range all {
			if round < s.weight {
				turns, added = append(turns, s), true
			}
		}
		if !added {
			break
		}
	}
	items := make([]Item, n)
	for i := range items {
		s := turns[i%len(turns)]
		it := s.make(newGen(t, seed, i))
		it.Scenario = s.name
		it.Name = fmt.Sprintf("%04d-%s%s", i, s.name, it.Name)
		items[i] = it
	}
	return items
}

func newGen(t texts, seed uint64, i int) *gen {
	g := &gen{maker: maker{r: rand.New(rand.NewPCG(seed, uint64(i))), taken: make(map[string]bool)}, texts: t}
	for range 3 {
		g.staff = append(g.staff, g.adult())
	}
	for range 4 {
		g.others = append(g.others, g.adult())
	}
	return g
}

func scenarios() []scenario {
	var all []scenario
	for _, list := range [][]scenario{citizenMail(), numberLeaks(), wrongReader(), bundles(), sensitive(), spread(), genres(), runs(), officeMail()} {
		all = append(all, list...)
	}
	return all
}

// item finishes a mail.
func (g *gen) item(x mail, kind string, want ...string) Item {
	if x.from.box == "" {
		s := g.staff[0]
		x.from = address{s.name(), "post" + fmt.Sprint(g.r.IntN(90)) + "@eksempelby.example"}
		if g.r.IntN(2) == 0 {
			x.from.box = fold.Replace(s.First) + "@eksempelby.example"
		}
		if g.r.IntN(10) > 0 && x.html == "" {
			x.text += "\n\n" + g.say("sig", person{})
		}
	}
	return Item{Name: ".eml", Data: g.write(x), Type: kind, Want: want}
}

// with plants numbers.
func (it Item) with(people ...person) Item {
	for _, p := range people {
		it.Numbers = append(it.Numbers, p.CPR)
		it.Later = it.Later || p.confirmed()
	}
	return it
}

// secure is the header that our own gateway turns into encrypted delivery.
var secure = []string{"X-Sikker-Post: ja"}
