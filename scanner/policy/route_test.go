package policy

import (
	"slices"
	"testing"

	"brevvagt/detectors"
	"brevvagt/document"
	"brevvagt/scanner/policy/setting"
)

func routedRules(change ...func(d *Definition)) []Definition {
	rules := Default()
	for i := range rules {
		if rules[i].ID == "cpr-unprotected" {
			rules[i].Route = "sikker"
		}
		for _, f := range change {
			f(&rules[i])
		}
	}
	return rules
}

// TestRoute: a rule's mail goes by the route, but only when everybody is reached
// safely and nothing else speaks against it.
func TestRoute(t *testing.T) {
	site := testSite()
	site.Routes = []setting.Route{{Name: "sikker", Gateway: "127.0.0.1:25"}}
	only := site
	only.Routes = []setting.Route{{Name: "sikker", Gateway: "127.0.0.1:25", Recipients: []string{"@borger.example", ".post.example"}}}
	two := site
	two.Routes = append(slices.Clone(site.Routes), setting.Route{Name: "post", Gateway: "127.0.0.1:26", Recipients: []string{"@post.example"}})
	one := found(detectors.Strong, 1)
	placeholder := append(found(detectors.Strong, 1), detectors.Finding{Detector: "placeholder", Category: "placeholder", Strength: detectors.Strong, Value: detectors.RandomKey().Mask("y", "y")})
	for _, c := range []struct {
		name   string
		site   Site
		facts  *Facts
		action Action
		route  string
		to     int
		offer  string
	}{
		{"number to a stranger", site, facts(site, mailDoc(), one, "b@firma.example"), Pass, "sikker", 1, ""},
		{"with a colleague", site, facts(site, mailDoc(), one, "b@firma.example", "c@kommune.example"), Pass, "sikker", 1, ""},
		{"nothing found", site, facts(site, mailDoc(), nil, "b@firma.example"), Pass, "", 0, ""},
		{"a partner needs no route", site, facts(site, mailDoc(), one, "b@region.example"), Pass, "", 0, ""},
		{"a placeholder beside", site, facts(site, mailDoc(), placeholder, "b@firma.example"), Hold, "", 0, ""},
		{"abroad", siteWith(site, "x.no"), facts(siteWith(site, "x.no"), mailDoc(), one, "b@x.no"), Hold, "", 0, ""},
		{"only some are reached", only, facts(only, mailDoc(), one, "x@borger.example", "b@firma.example"), Hold, "", 0, ""},
		{"all are reached", only, facts(only, mailDoc(), one, "x@borger.example", "y@a.post.example"), Pass, "sikker", 2, ""},
		{"its recipients always go by it", only, facts(only, mailDoc(), nil, "x@borger.example", "b@firma.example"), Pass, "sikker", 1, ""},
		{"not a look-alike", only, facts(only, mailDoc(), one, "x@notborger.example"), Hold, "", 0, ""},
		{"one route for some, another for the rest", two, facts(two, mailDoc(), one, "b@firma.example", "x@post.example"), Hold, "", 0, ""},
		{"its own route before the rule's", two, facts(two, mailDoc(), one, "x@post.example"), Pass, "post", 1, ""},
	} {
		v := Decide(c.site, routedRules(), c.facts)
		if v.Action != c.action || v.Route != c.route || len(v.RouteTo) != c.to || v.Offer != c.offer {
			t.Errorf("%s: %+v", c.name, v)
		}
		if c.route != "" && c.to == len(c.facts.Channel.Unprotected) && !v.Protected {
			t.Errorf("%s: not protected", c.name)
		}
	}
	left := facts(site, mailDoc(), one, "b@firma.example")
	left.Channel.Left = true
	if v := Decide(site, routedRules(), left); v.Action != Hold || v.Route != "" {
		t.Errorf("a mail that has left: %+v", v)
	}
	// Without a rule that asks for it the route is only offered.
	if v := Decide(site, Default(), facts(site, mailDoc(), one, "b@firma.example")); v.Action != Hold || v.Offer != "sikker" {
		t.Errorf("offer: %+v", v)
	}
	if v := Decide(site, Default(), facts(site, mailDoc(), placeholder, "b@firma.example")); v.Action != Hold || v.Offer != "" {
		t.Errorf("offer in spite of another rule: %+v", v)
	}
}

// TestNumberIsTheAddress: a number that is a recipient's address on the route is the
// recipient; anywhere else it is a leak.
func TestNumberIsTheAddress(t *testing.T) {
	site := testSite()
	site.Routes = []setting.Route{{Name: "dp", Gateway: "127.0.0.1:25", Recipients: []string{"@digitalpost.example"}}}
	const address = "1203363951@digitalpost.example"
	for _, c := range []struct {
		name, label, text string
		start             int
		to                []string
		action            Action
		route             string
	}{
		{"in To on the route", "To", "<" + address + ">", 1, []string{address}, Pass, "dp"},
		{"with a stranger, who reads the header too", "To", "<" + address + ">, b@firma.example", 1, []string{address, "b@firma.example"}, Hold, ""},
		{"with a colleague", "To", "<" + address + ">, c@kommune.example", 1, []string{address, "c@kommune.example"}, Pass, "dp"},
		{"in the display name, with a stranger", "To", `"1203363951" <x@digitalpost.example>`, 1, []string{"x@digitalpost.example", "b@firma.example"}, Hold, ""},
		{"in the subject, with a stranger", "Subject", "1203363951", 0, []string{address, "b@firma.example"}, Hold, ""},
		{"on no route", "To", "<1203363951@firma.example>", 1, []string{"1203363951@firma.example"}, Hold, ""},
		{"a header that the envelope does not bear out", "To", "<" + address + ">", 1, []string{"b@firma.example"}, Hold, ""},
	} {
		doc := mailDoc()
		doc.Segments = []document.Segment{{Text: c.text, Label: c.label, At: document.Location{Layer: document.Header}}}
		f := found(detectors.Strong, 1)
		f[0].Start, f[0].End, f[0].At = c.start, c.start+10, doc.Segments[0].At
		v := Decide(site, Default(), facts(site, doc, f, c.to...))
		if v.Action != c.action || v.Route != c.route {
			t.Errorf("%s: %+v", c.name, v)
		}
	}
}
