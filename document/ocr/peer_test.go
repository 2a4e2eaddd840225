package ocr

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"brevvagt/document"
	"brevvagt/document/ocr/engine"
	"brevvagt/document/ocr/prepare"
	"brevvagt/document/seen"
)

// The bars against the tesseract program on one core, in processor time, at equal
// or better recall of the numbers planted.
const (
	denseBar = 1.2
	mixBar   = 3.0
)

// BenchmarkDenseAgainstTesseract reads full pages at 300 dpi.
func BenchmarkDenseAgainstTesseract(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 300))
	var shots []shot
	for i, font := range []string{"Liberation Serif", "DejaVu Sans"} {
		nums := numbers(rng, 12)
		g := noisy(prepare.Gray(browser(b, densePage(font, nums), 794, 1123, 300.0/96)), rng, 5)
		shots = append(shots, shot{fmt.Sprintf("dense-%d.png", i), "dense", withDPI(encode(b, g), 300), nums})
	}
	for b.Loop() {
		against(b, shots, Formats(), denseBar)
	}
}

// BenchmarkMixAgainstTesseract reads what a day's mail carries: the same few
// signatures again and again, logos, photographs, screenshots and scans, and forms
// that are sent more than once. The cache is the daemon's.
func BenchmarkMixAgainstTesseract(b *testing.B) {
	shots := mix(b, rand.New(rand.NewPCG(2, 9)))
	for b.Loop() {
		remember := seen.New(seen.Config{})
		var list []document.Format
		for _, f := range Formats() {
			list = append(list, remember.Format(f))
		}
		against(b, shots, list, mixBar)
	}
}

// against reads all shots with both and holds the bar.
func against(b *testing.B, shots []shot, list []document.Format, bar float64) {
	b.Helper()
	found(b, list[:1:1], shot{name: "warm.png", data: load(b, "line.png")})
	type sum struct {
		ours, theirs       time.Duration
		n, want, got, peer int
	}
	groups, total := map[string]*sum{}, &sum{}
	for _, s := range shots {
		start := processorTime()
		missing, wrong, _ := found(b, list, s)
		ours := processorTime() - start
		text, theirs := tesseract(b, s)
		peer := 0
		for _, n := range s.numbers {
			if strings.Contains(text, n) {
				peer++
			}
		}
		if len(wrong) > 0 {
			b.Logf("%s: wrong %v", s.name, wrong)
		}
		if groups[s.group] == nil {
			groups[s.group] = &sum{}
		}
		for _, t := range []*sum{groups[s.group], total} {
			t.ours, t.theirs, t.n, t.want, t.got, t.peer = t.ours+ours, t.theirs+theirs, t.n+1, t.want+len(s.numbers), t.got+len(s.numbers)-len(missing), t.peer+peer
		}
	}
	names := []string{}
	for name := range groups {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		g := groups[name]
		b.Logf("%-10s %3d pictures: ours %6.2f s, %d of %d; tesseract %6.2f s, %d of %d", name, g.n, g.ours.Seconds(), g.got, g.want, g.theirs.Seconds(), g.peer, g.want)
	}
	ratio := total.theirs.Seconds() / total.ours.Seconds()
	b.ReportMetric(ratio, "ratio")
	b.ReportMetric(float64(total.got)/float64(total.want), "recall")
	b.ReportMetric(float64(total.peer)/float64(total.want), "peer-recall")
	if ratio < bar || total.got < total.peer {
		b.Errorf("%.2f of tesseract's speed (the bar is %.1f), %d of %d numbers (tesseract %d)", ratio, bar, total.got, total.want, total.peer)
	}
}

// tesseract runs the program as a person would, on one core.
func tesseract(b *testing.B, s shot) (string, time.Duration) {
	b.Helper()
	path := filepath.Join(b.TempDir(), s.name)
	if err := os.WriteFile(path, s.data, 0o600); err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command("tesseract", path, "-", "-l", engine.Language)
	cmd.Env = append(os.Environ(), "OMP_THREAD_LIMIT=1")
	out, err := cmd.Output()
	if err != nil {
		b.Fatalf("tesseract on %s: %v", s.name, err)
	}
	return string(out), cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
}

func processorTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// densePage is a full page of small print with numbers in it.
func densePage(font string, nums []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<meta charset=utf-8><style>body{margin:60px 70px;font:12.5px/1.32 '%s';text-align:justify}p{margin:0 0 7px}</style>`, font)
	for i, n := range nums {
		fmt.Fprintf(&b, "<p>%d. Tilsynet har den %02d.%02d.2026 gennemgået sagen om borgeren med CPR-nummer %s. Det fremgår af journalen, at ægtefællen er hørt, og at der er truffet afgørelse efter servicelovens § %d. Kommunen har ikke fulgt op på handleplanen inden for de frister, som følger af loven, og tilsynet henstiller derfor, at sagen tages op på ny, og at borgeren underrettes skriftligt om udfaldet.</p>", i+1, 1+i, 1+i%12, n, 40+i)
	}
	return b.String()
}

func logo(i int) string {
	colours := []string{"#004f9f", "#8a1538", "#00695c", "#f9a825"}
	return fmt.Sprintf(`<meta charset=utf-8><body style="margin:0;background:#fff"><svg width=420 height=120><circle cx=60 cy=60 r=50 fill="%s"/><path d="M30 80 L60 25 L90 80 Z" fill="#fff"/><text x=125 y=72 font-family="Liberation Sans" font-size=34 fill="#333">Eksempel</text></svg>`, colours[i%4])
}

func signature(i int) string {
	return fmt.Sprintf(`<meta charset=utf-8><body style="margin:8px;font:13px 'Liberation Sans';color:#333"><b>Testperson Eksempel %d</b><br>Sagsbehandler, Familieafdelingen<br>Eksempel Kommune · Prøvevej %d · 9999 Eksempelby<br>Tlf. 00 00 00 0%d · post@kommune.example</body>`, i, i+1, i)
}

// scenery is what a photograph without text is to the reader: soft shapes, edges
// and grain.
func scenery(rng *rand.Rand, w, h int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	type wave struct{ fx, fy, phase, high float64 }
	var waves []wave
	for octave := range 7 {
		f := math.Exp2(float64(octave)) * 2 * math.Pi / float64(w)
		for range 3 {
			waves = append(waves, wave{f * (rng.Float64()*2 - 1), f * (rng.Float64()*2 - 1), rng.Float64() * 6, 50 / math.Exp2(float64(octave)*0.8)})
		}
	}
	cx, cy, r := rng.Float64()*float64(w), rng.Float64()*float64(h), float64(h)/4
	for y := range h {
		for x := range w {
			v := 120.0
			for _, k := range waves {
				v += k.high * math.Sin(k.fx*float64(x)+k.fy*float64(y)+k.phase)
			}
			if math.Hypot(float64(x)-cx, float64(y)-cy) < r {
				v = 255 - v
			}
			v += rng.NormFloat64() * 5
			c := uint8(max(0, min(255, v)))
			img.SetRGBA(x, y, color.RGBA{c, uint8(max(0, min(255, v*0.9+20))), uint8(max(0, min(255, v*0.7+40))), 255})
		}
	}
	return img
}

func mix(b *testing.B, rng *rand.Rand) (all []shot) {
	b.Helper()
	add := func(group, ext string, data []byte, nums []string, times int) {
		for range times {
			all = append(all, shot{fmt.Sprintf("%s-%d.%s", group, len(all), ext), group, data, nums})
		}
	}
	for i := range 3 { // three colleagues in a thread of mails
		add("signature", "png", encode(b, browser(b, signature(i), 430, 100, 1)), nil, 8)
		add("logo", "png", encode(b, browser(b, logo(i), 420, 120, 1)), nil, 6)
	}
	for i := range 4 {
		size := [][2]int{{1600, 1200}, {2400, 1600}, {3200, 2400}}[i%3]
		add("photo", "jpg", encodeJPEG(b, scenery(rng, size[0], size[1]), 85), nil, 1)
	}
	styles := []style{{"Liberation Sans", "#111", "#fff", "#eef4fb", 12}, {"DejaVu Sans", "#222", "#fff", "#fff3cd", 13}, {"Liberation Sans", "#ddd", "#1e1e1e", "#2d2d30", 13}}
	for i, st := range styles {
		nums := numbers(rng, 10)
		add("screenshot", "png", encode(b, browser(b, caseTable(st, nums), 1000, 420, 1)), nums, 1+i%2) // forwarded once
	}
	for i, font := range []string{"Liberation Serif", "DejaVu Sans"} {
		nums := numbers(rng, 5)
		g := noisy(prepare.Gray(browser(b, letter(font, nums), 794, 1123, 300.0/96)), rng, 6)
		add("scan", "png", withDPI(encode(b, g), 300), nums, 1+i%2)
	}
	return all
}
