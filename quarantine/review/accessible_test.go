package review

import "github.com/chromedp/chromedp"

// audit looks over the page that is open: names of fields, headings, landmarks, ids,
// texts of links, and the contrast of every text (WCAG 2.1 AA: 4.5, or 3 for large).
const audit = `(() => {
  const wrong = [];
  const say = (what, e) => wrong.push(what + ": " + (e ? e.tagName.toLowerCase() + (e.id ? "#" + e.id : "") + " " + (e.textContent || "").trim().slice(0, 30) : ""));
  const shown = (e) => e.getClientRects().length > 0 && getComputedStyle(e).visibility !== "hidden";
  if (!document.documentElement.lang) say("no language");
  for (const tag of ["main", "header", "footer"]) if (document.querySelectorAll(tag).length !== 1) say("not one " + tag);
  if (document.querySelectorAll("h1").length !== 1) say("not one h1");
  let level = 0;
  for (const h of document.querySelectorAll("h1, h2, h3, h4")) {
    const n = Number(h.tagName[1]);
    if (n > level + 1) say("heading skips a level", h);
    level = n;
  }
  const ids = new Set();
  for (const e of document.querySelectorAll("[id]")) {
    if (ids.has(e.id)) say("id twice", e);
    ids.add(e.id);
  }
  for (const f of document.querySelectorAll("input:not([type=hidden]), select, textarea")) if (!(f.labels && f.labels.length) && !f.getAttribute("aria-label")) say("no label", f);
  for (const e of document.querySelectorAll("[aria-describedby], [aria-labelledby]"))
    for (const id of ((e.getAttribute("aria-describedby") || "") + " " + (e.getAttribute("aria-labelledby") || "")).split(/\s+/)) if (id && !ids.has(id)) say("refers to nothing (" + id + ")", e);
  for (const i of document.images) if (!i.hasAttribute("alt")) say("no alt", i);
  for (const e of document.querySelectorAll("a[href], button, summary")) if (!(e.textContent.trim() || e.getAttribute("aria-label"))) say("no text", e);
  for (const e of document.querySelectorAll("th")) if (!e.scope) say("no scope", e);
  const rgb = (s) => (s.match(/[\d.]+/g) || []).map(Number);
  const light = (c) => { const [r, g, b] = c.map((v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const behind = (e) => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c.length === 3 || c[3] > 0.99) return c.slice(0, 3); } return [255, 255, 255]; };
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let n = walk.nextNode(); n; n = walk.nextNode()) {
    const e = n.parentElement;
    if (!n.textContent.trim() || !shown(e) || e.closest("script, option, .sr-only, .skipnav")) continue;
    const style = getComputedStyle(e), a = light(rgb(style.color).slice(0, 3)), b = light(behind(e));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), size = parseFloat(style.fontSize);
    const large = size >= 24 || size >= 18.66 && Number(style.fontWeight) >= 700;
    if (ratio < (large ? 3 : 4.5)) say("contrast " + ratio.toFixed(2), e);
  }
  return [...new Set(wrong)].slice(0, 8).join("; ");
})()`

// accessible fails the test for what the audit finds.
func (b *browserTab) accessible(path string) {
	b.t.Helper()
	if wrong := run(b, chromedp.Evaluate[string](audit)); wrong != "" {
		b.t.Errorf("%s: %s", path, wrong)
	}
}
