package review

import (
	"github.com/chromedp/chromedp"

	"brevvagt/quarantine/review/figures"
)

// looked opens a page on a narrow screen: axe-core finds nothing, and nothing has to be
// scrolled sideways.
func (b *browserTab) looked(path string) {
	b.t.Helper()
	b.open(path)
	b.accessible(path)
	if w := run(b, chromedp.Evaluate[int](`document.documentElement.scrollWidth`)); w > 320 {
		b.t.Errorf("%s is %d pixels wide on a screen of 320: %s", path, w, run(b, chromedp.Evaluate[string](widest)))
	}
}

// planted counts what only an attack could have brought into a page.
const planted = `document.querySelectorAll("script:not([src^='/static/js/']), main svg, main [onload], main [onmouseover], main img:not([src^='/'], figure [src^='data:image/png;base64,'])").length`

// shippedStates are the states of a site that tries out two rules.
func shippedStates() []figures.RuleState {
	var list []figures.RuleState
	for _, id := range []string{"addressee-mismatch", "run-stopped", "foreign-person", "resent-attachment", "bulk-persons", "cpr-unprotected", "protected-address", "template-residue"} {
		list = append(list, figures.RuleState{ID: id, Action: "hold"})
	}
	return append(list, figures.RuleState{ID: "special-category", Action: "hold", Trial: true}, figures.RuleState{ID: "visible-recipients", Action: "hold", Trial: true},
		figures.RuleState{ID: "addressee-unknown", Action: "warn"}, figures.RuleState{ID: "stale-letter", Action: "warn"}, figures.RuleState{ID: "unusual-recipient", Action: "warn"})
}
