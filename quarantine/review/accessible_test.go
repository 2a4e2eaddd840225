package review

import (
	_ "embed"

	"github.com/chromedp/chromedp"
)

// axeCore is axe-core 4.14.1 from npm (MPL-2.0), which checks a page against WCAG. It
// is here for the tests and in no program.
//
//go:embed testdata/axe/axe.min.js
var axeCore string

// audit runs all rules of axe-core, those of good practice too, and names each fault
// with the first elements that have it. Contrast, which takes the longest to tell, is
// asked for in Danish alone: the colours are those of the style sheet in English too.
const audit = `axe.run(document, {resultTypes: ["violations"], preload: {assets: ["media"]}, rules: {"color-contrast": {enabled: document.documentElement.lang === "da"}}}).then(r => r.violations.map(v =>
  v.impact + " " + v.id + " (" + v.help + "): " + v.nodes.slice(0, 3).map(n => n.target.join(" ") + " " + (n.any[0] || n.all[0] || n.none[0] || {message: ""}).message).join("; ")).join("\n"))`

// accessible fails the test for what axe-core finds on the page that is open.
func (b *browserTab) accessible(path string) {
	b.t.Helper()
	run(b, chromedp.Evaluate[bool](axeCore+"; true"))
	if wrong := run(b, chromedp.Evaluate[string](audit, chromedp.EvalAwaitPromise)); wrong != "" {
		b.t.Errorf("%s: %s", path, wrong)
	}
}
