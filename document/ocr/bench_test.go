package ocr

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"brevvagt/document"
	"brevvagt/document/ocr/picture"
	"brevvagt/document/ocr/prepare"
)

// shot is one generated picture with the numbers that stand in it.
type shot struct {
	name, group string
	data        []byte
	numbers     []string
}

// numbers makes n numbers of people born 2037 to 2057, so nobody has them yet.
func numbers(rng *rand.Rand, n int) []string {
	weights := [9]int{4, 3, 2, 7, 6, 5, 4, 3, 2}
	var out []string
	for len(out) < n {
		s := fmt.Sprintf("%02d%02d%02d%d%02d", 1+rng.IntN(28), 1+rng.IntN(12), 37+rng.IntN(21), 5+rng.IntN(4), rng.IntN(100))
		sum := 0
		for i, w := range weights {
			sum += w * int(s[i]-'0')
		}
		if check := (11 - sum%11) % 11; check < 10 {
			out = append(out, fmt.Sprintf("%s-%s%d", s[:6], s[6:], check))
		}
	}
	return out
}

type style struct {
	font, fg, bg, row string
	px                int
}

// caseTable is a page like the list of cases in a municipal system.
func caseTable(st style, nums []string) string {
	names := []string{"Søren Eksempel", "Åse Prøvesen", "Kåre Ødegård-Test", "Testperson Eksempel", "Jørgen Prøve", "Bodil Mønster"}
	what := []string{"Hjemmepleje", "Boligstøtte", "Sygedagpenge", "Førtidspension", "Børnesag"}
	var b strings.Builder
	fmt.Fprintf(&b, `<meta charset=utf-8><style>body{margin:12px;font:%dpx '%s';color:%s;background:%s}td,th{padding:4px 10px;text-align:left;border-bottom:1px solid #8884}table{border-collapse:collapse}tr:nth-child(even){background:%s}</style><h3>Sagsoversigt</h3><table><tr><th>Navn<th>CPR-nr.<th>Sagstype<th>Oprettet<th>Status`, st.px, st.font, st.fg, st.bg, st.row)
	for i, n := range nums {
		fmt.Fprintf(&b, "<tr><td>%s<td>%s<td>%s<td>%02d.%02d.2026<td>Åben", names[i%len(names)], n, what[i%len(what)], 1+i*3%28, 1+i%12)
	}
	return b.String() + "</table>"
}

func form(nums []string) string {
	var b strings.Builder
	b.WriteString(`<meta charset=utf-8><style>body{margin:16px;font:13px 'Liberation Sans';background:#f0f0f0}input{border:1px solid #777;padding:2px 4px;font:13px 'Liberation Sans'}p{margin:6px}</style><h3>Borger</h3>`)
	for i, n := range nums {
		fmt.Fprintf(&b, "<p>%s <input value='%s'> Bopæl <input value='Prøvevej %d, 9999 Eksempel'></p>", []string{"CPR-nummer", "Ægtefælle", "Barn", "Værge"}[i%4], n, i+1)
	}
	return b.String()
}

func letter(font string, nums []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<meta charset=utf-8><style>body{margin:70px 80px;font:15px/1.4 '%s'}</style><h2>Afgørelse om støtte</h2><p>Til Testperson Eksempel<br>Prøvevej 1<br>9999 Eksempelby</p>`, font)
	for i, n := range nums {
		fmt.Fprintf(&b, "<p>Vi har modtaget din ansøgning om hjælp efter serviceloven. Sagen vedrører borgeren med CPR-nummer %s, som bor på adressen i Eksempel Kommune. Afgørelsen kan påklages inden for %d uger.</p>", n, 4+i)
	}
	return b.String()
}

// windowFrame is how much of a window's height the browser keeps for itself, at most: what
// stands lower than that is blank in its picture.
const windowFrame = 100

// browser renders HTML to a picture.
func browser(tb testing.TB, html string, w, h int, scale float64) image.Image {
	tb.Helper()
	dir := tb.TempDir()
	page, out := filepath.Join(dir, "p.html"), filepath.Join(dir, "p.png")
	if err := os.WriteFile(page, []byte(html), 0o600); err != nil {
		tb.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(tb.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--user-data-dir="+dir,
		fmt.Sprintf("--force-device-scale-factor=%g", scale), fmt.Sprintf("--window-size=%d,%d", w, h+windowFrame), "--screenshot="+out, "file://"+page)
	if msg, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("chromium: %v\n%s", err, msg)
	}
	data, err := os.ReadFile(out)
	if err != nil {
		tb.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		tb.Fatal(err)
	}
	part := image.Rect(0, 0, int(float64(w)*scale), int(float64(h)*scale))
	return img.(interface {
		SubImage(image.Rectangle) image.Image
	}).SubImage(part)
}

func encode(tb testing.TB, img image.Image) []byte {
	tb.Helper()
	var buf bytes.Buffer
	if err := png.Encode(&buf, img); err != nil {
		tb.Fatal(err)
	}
	return buf.Bytes()
}

func encodeJPEG(tb testing.TB, img image.Image, q int) []byte {
	tb.Helper()
	var buf bytes.Buffer
	if err := jpeg.Encode(&buf, img, &jpeg.Options{Quality: q}); err != nil {
		tb.Fatal(err)
	}
	return buf.Bytes()
}

// withDPI adds a pHYs chunk, as scanners and our PDF reader do.
func withDPI(data []byte, dpi float64) []byte { return addPHYs(data, dpi) }

func addPHYs(data []byte, dpi float64) []byte {
	n := uint32(dpi/0.0254 + 0.5)
	chunk := []byte("\x00\x00\x00\x09pHYs")
	chunk = binary.BigEndian.AppendUint32(chunk, n)
	chunk = binary.BigEndian.AppendUint32(chunk, n)
	chunk = append(chunk, 1)
	chunk = append(chunk, 0, 0, 0, 0) // checksum, filled in below
	binary.BigEndian.PutUint32(chunk[17:], crc(chunk[4:17]))
	return slices.Concat(data[:33], chunk, data[33:])
}

func crc(b []byte) uint32 {
	c := ^uint32(0)
	for _, x := range b {
		c ^= uint32(x)
		for range 8 {
			c = c>>1 ^ 0xedb88320*(c&1)
		}
	}
	return ^c
}

func noisy(g *image.Gray, rng *rand.Rand, sigma float64) *image.Gray {
	out := image.NewGray(g.Rect)
	for i, p := range g.Pix {
		out.Pix[i] = uint8(max(0, min(255, float64(p)+rng.NormFloat64()*sigma)))
	}
	return out
}

// faded lifts ink towards paper.
func faded(g *image.Gray, ink, paper float64) *image.Gray {
	out := image.NewGray(g.Rect)
	for i, p := range g.Pix {
		out.Pix[i] = uint8(ink + float64(p)/255*(paper-ink))
	}
	return out
}

func leaning(g *image.Gray, degrees float64) *image.Gray {
	s := prepare.Shape{W: g.Rect.Dx(), H: g.Rect.Dy(), Angle: degrees * math.Pi / 180}
	return s.Turn(g)
}

func quarter(g *image.Gray, orientation int) *image.Gray {
	return prepare.Gray(picture.Oriented(g, orientation))
}

// photo bends the light and the perspective.
func photo(g *image.Gray, rng *rand.Rand) *image.Gray {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	out := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			v := float64(y) / float64(h)
			sx := (float64(x)-float64(w)/2)*(1.06-0.08*v) + float64(w)/2
			p := between(g, sx, y, 150)
			light := 0.55 + 0.45*(float64(x)/float64(w)*0.6+v*0.4)
			out.Pix[y*w+x] = uint8(max(0, min(255, p*light+rng.NormFloat64()*4)))
		}
	}
	return out
}

// between samples a row of g between its pixels.
func between(g *image.Gray, fx float64, y int, around float64) float64 {
	x := int(math.Floor(fx))
	if x < 0 || x+1 >= g.Rect.Dx() {
		return around
	}
	d := fx - float64(x)
	return float64(g.Pix[y*g.Stride+x])*(1-d) + float64(g.Pix[y*g.Stride+x+1])*d
}

// fax writes a bilevel TIFF with as many pages as it is given.
func fax(pages []*image.Gray, dpiX, dpiY uint32) []byte {
	le := binary.LittleEndian
	out := []byte("II*\x00\x00\x00\x00\x00")
	link := 4
	for _, g := range pages {
		w, h := g.Rect.Dx(), g.Rect.Dy()
		stride := (w + 7) / 8
		strip := len(out)
		bits := make([]byte, stride*h)
		for y := range h {
			for x := range w {
				if g.Pix[y*g.Stride+x] > 128 {
					bits[y*stride+x/8] |= 0x80 >> (x % 8)
				}
			}
		}
		out = append(out, bits...)
		res := len(out)
		for _, v := range []uint32{dpiX, 1, dpiY, 1} {
			out = le.AppendUint32(out, v)
		}
		le.PutUint32(out[link:], uint32(len(out)))
		tags := [][3]uint32{{256, 4, uint32(w)}, {257, 4, uint32(h)}, {258, 3, 1}, {259, 3, 1}, {262, 3, 1}, {273, 4, uint32(strip)},
			{277, 3, 1}, {278, 4, uint32(h)}, {279, 4, uint32(len(bits))}, {282, 5, uint32(res)}, {283, 5, uint32(res + 8)}, {296, 3, 2}}
		out = le.AppendUint16(out, uint16(len(tags)))
		for _, t := range tags {
			out = le.AppendUint16(out, uint16(t[0]))
			out = le.AppendUint16(out, uint16(t[1]))
			out = le.AppendUint32(out, 1)
			out = le.AppendUint32(out, t[2])
		}
		link = len(out)
		out = le.AppendUint32(out, 0)
	}
	return out
}

func screens(tb testing.TB, rng *rand.Rand) (all []shot) {
	styles := []style{
		{"Liberation Sans", "#111", "#fff", "#eef4fb", 11}, {"Liberation Sans", "#222", "#fff", "#fff3cd", 12}, {"Liberation Sans", "#000", "#fff", "#7fc97f", 13},
		{"DejaVu Sans", "#222", "#fff", "#e8e8e8", 11}, {"DejaVu Sans", "#000", "#fff", "#f4a460", 12}, {"Liberation Serif", "#000", "#fdfdfd", "#d6e9f8", 13},
		{"Liberation Sans", "#ddd", "#1e1e1e", "#2d2d30", 12}, {"DejaVu Sans", "#eee", "#10243f", "#1b3a63", 11}, {"Liberation Sans", "#9fdf9f", "#000", "#222", 13},
		{"Liberation Mono", "#111", "#fff", "#fde2e2", 12}, {"Liberation Sans", "#fff", "#b00020", "#6a1b9a", 13},
	}
	for i, st := range styles {
		nums := numbers(rng, 10)
		img := browser(tb, caseTable(st, nums), 760, 360, 1)
		all = append(all, shot{fmt.Sprintf("table-%d", i), "screen", encode(tb, img), nums})
		if i%3 == 0 {
			all = append(all, shot{fmt.Sprintf("table-%d-q30", i), "screen", encodeJPEG(tb, img, 30), nums})
			g := prepare.Gray(img)
			small := prepare.Scaled(g, g.Rect.Dx()*3/4, g.Rect.Dy()*3/4)
			if st.px >= 12 {
				all = append(all, shot{fmt.Sprintf("table-%d-75pct", i), "screen", encode(tb, small), nums})
			}
		}
	}
	nums := numbers(rng, 10)
	all = append(all, shot{"hidpi", "screen", encode(tb, browser(tb, caseTable(styles[0], nums), 760, 360, 2)), nums})
	nums = numbers(rng, 10)
	all = append(all, shot{"desktop", "screen", encode(tb, browser(tb, caseTable(styles[1], nums), 1920, 1080, 1)), nums})
	nums = numbers(rng, 8)
	all = append(all, shot{"form", "screen", encode(tb, browser(tb, form(nums), 700, 360, 1)), nums})
	return all
}

func scans(tb testing.TB, rng *rand.Rand) (all []shot) {
	add := func(name string, data []byte, nums []string) { all = append(all, shot{name, "scan", data, nums}) }
	fonts := []string{"Liberation Serif", "Liberation Sans", "DejaVu Serif", "DejaVu Sans"}
	at := func(i int, dpi float64) (*image.Gray, []string) {
		nums := numbers(rng, 5)
		return prepare.Gray(browser(tb, letter(fonts[i%4], nums), 794, 1123, dpi/96)), nums
	}
	for i, dpi := range []float64{100, 150, 200, 300} {
		g, nums := at(i, dpi)
		add(fmt.Sprintf("%gdpi", dpi), withDPI(encode(tb, noisy(g, rng, 6)), dpi), nums)
		if dpi == 150 {
			add("150dpi-nodpi.jpg", encodeJPEG(tb, noisy(g, rng, 6), 70), nums)
		}
	}
	for i, lean := range []float64{1.5, -3, 6, -4.5} {
		g, nums := at(i, 150)
		add(fmt.Sprintf("skew%g", lean), withDPI(encode(tb, noisy(leaning(g, lean), rng, 5)), 150), nums)
	}
	for i, o := range []int{6, 3, 8} {
		g, nums := at(i, 150)
		add(fmt.Sprintf("turned%d", o), withDPI(encode(tb, noisy(quarter(g, o), rng, 5)), 150), nums)
	}
	g, nums := at(1, 150)
	add("turned+skew", withDPI(encode(tb, quarter(leaning(g, 3), 6)), 150), nums)
	for i := range 3 {
		g, nums := at(i, 200)
		add(fmt.Sprintf("faded%d", i), withDPI(encode(tb, noisy(faded(g, 150, 225), rng, 14)), 200), nums)
	}
	var pages []*image.Gray
	var on []string
	for i := range 3 {
		g, nums := at(i, 204)
		pages, on = append(pages, prepare.Scaled(g, g.Rect.Dx(), g.Rect.Dy()*196/204)), append(on, nums...)
	}
	add("fax-fine.tif", fax(pages, 204, 196), on)
	pages, on = nil, nil
	for i := range 2 {
		g, nums := at(i, 204)
		pages, on = append(pages, prepare.Scaled(g, g.Rect.Dx(), g.Rect.Dy()*98/204)), append(on, nums...)
	}
	add("fax-coarse.tif", fax(pages, 204, 98), on)
	return all
}

func photos(tb testing.TB, rng *rand.Rand) (all []shot) {
	for i, font := range []string{"Liberation Serif", "DejaVu Sans"} {
		nums := numbers(rng, 5)
		g := prepare.Gray(browser(tb, letter(font, nums), 794, 1123, 2))
		all = append(all, shot{fmt.Sprintf("photo%d", i), "photo", encodeJPEG(tb, photo(g, rng), 80), nums})
	}
	return all
}

var whole = regexp.MustCompile(`\d{6}[ ]?[-–—][ ]?\d{4}`)

// found reads a shot and tells which of its numbers came out and which came out
// that are not there.
// keepOnly lets one picture of the measurement be looked at alone.
func keepOnly(shots []shot) []shot {
	only := os.Getenv("BREVVAGT_OCR_ONLY")
	return slices.DeleteFunc(shots, func(s shot) bool { return !strings.Contains(s.name, only) })
}

func found(tb testing.TB, list []document.Format, s shot) (missing, wrong []string, text string) {
	tb.Helper()
	doc := (&document.Formats{List: list}).Read(tb.Context(), s.name, s.data)
	if len(doc.Gaps) > 0 {
		tb.Errorf("%s: gaps %v", s.name, doc.Gaps)
	}
	var b strings.Builder
	for _, seg := range doc.Segments {
		b.WriteString(seg.Text + "\n")
	}
	text = b.String()
	var got []string
	for _, m := range whole.FindAllString(text, -1) {
		got = append(got, strings.NewReplacer(" ", "", "–", "-", "—", "-").Replace(m))
	}
	for _, n := range s.numbers {
		if !slices.Contains(got, n) {
			missing = append(missing, n)
		}
	}
	for _, n := range got {
		if !slices.Contains(s.numbers, n) {
			wrong = append(wrong, n)
		}
	}
	return missing, wrong, text
}

// TestRecall is the large measurement: it makes its pictures with a browser and
// takes a minute, so it runs when BREVVAGT_OCR_RECALL is set. The bars are the
// project's own.
func TestRecall(t *testing.T) {
	if os.Getenv("BREVVAGT_OCR_RECALL") == "" {
		t.Logf("not asked for: set BREVVAGT_OCR_RECALL=1")
		return
	}
	rng := rand.New(rand.NewPCG(7, 11))
	bars := map[string]float64{"screen": 0.99, "scan": 0.95, "photo": 0.8}
	list := Formats()
	for _, part := range []func(testing.TB, *rand.Rand) []shot{screens, scans, photos} {
		all, hits, falses := 0, 0, 0
		group := ""
		var took time.Duration
		shots := keepOnly(part(t, rng))
		for _, s := range shots {
			group = s.group
			if dir := os.Getenv("BREVVAGT_OCR_KEEP"); dir != "" {
				if err := os.WriteFile(filepath.Join(dir, s.name), s.data, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			start := time.Now()
			missing, wrong, text := found(t, list, s)
			took += time.Since(start)
			all, hits, falses = all+len(s.numbers), hits+len(s.numbers)-len(missing), falses+len(wrong)
			t.Logf("%-20s %d of %d  %4d ms %v %v", s.name, len(s.numbers)-len(missing), len(s.numbers), time.Since(start).Milliseconds(), missing, wrong)
			if len(missing) > 0 && testing.Verbose() {
				t.Logf("%s", text)
			}
		}
		if all == 0 {
			continue
		}
		recall := float64(hits) / float64(all)
		t.Logf("%s: %d of %d (%.3f), %d wrong, %d pictures, mean %v", group, hits, all, recall, falses, len(shots), took/time.Duration(len(shots)))
		if recall < bars[group] {
			t.Errorf("%s: recall %.3f is under the bar %.2f", group, recall, bars[group])
		}
	}
}
