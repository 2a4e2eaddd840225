package ocr

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/image/bmp"

	"brevvagt/document"
	"brevvagt/document/documenttest"
	"brevvagt/document/isolate"
	"brevvagt/document/ocr/picture"
	"brevvagt/document/ocr/prepare"
	"brevvagt/document/ocr/spots"
)

// TestMain starts the tests once more with one OpenMP thread: the library reads
// the variable when it is loaded, and without it the tests take minutes.
func TestMain(m *testing.M) {
	if os.Getenv("OMP_THREAD_LIMIT") == "" {
		self, err := os.Executable()
		if err == nil {
			err = syscall.Exec(self, os.Args, append(os.Environ(), "OMP_THREAD_LIMIT=1"))
		}
		panic(err)
	}
	if os.Getenv(WorkerEnv) != "" {
		if err := isolate.Serve(os.Stdin, os.Stdout, Formats()); err != nil {
			os.Exit(3)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// WorkerEnv makes the test program a worker.
const WorkerEnv = "BREVVAGT_TEST_WORKER"

func load(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func expected(t testing.TB, name string) []string {
	t.Helper()
	for _, l := range strings.Split(string(load(t, "numbers.txt")), "\n") {
		if f := strings.Fields(l); len(f) > 1 && f[0] == name {
			return f[1:]
		}
	}
	t.Fatalf("no numbers for %s", name)
	return nil
}

// letterTop is the upper part of a letter at 150 dpi with its numbers.
func letterTop(t *testing.T) (*image.Gray, []string) {
	t.Helper()
	img, err := Decode(load(t, "letter.png"))
	if err != nil {
		t.Fatal(err)
	}
	g := prepare.Gray(img)
	const height = 580
	g.Pix, g.Rect.Max.Y = g.Pix[:height*g.Stride], height
	return g, expected(t, "letter.png")[:3]
}

// TestRegression is the fast part of the recall measurement: every number of
// three screenshots, and of one letter as it comes out of scanners.
func TestRegression(t *testing.T) {
	if testing.Short() {
		t.Skip("reads many pictures")
	}
	list := Formats()
	check := func(name string, data []byte, want []string) {
		t.Helper()
		missing, wrong, text := found(t, list, shot{name: name, data: data, numbers: want})
		if len(missing) > 0 || len(wrong) > 0 {
			t.Errorf("%s: missing %v, wrong %v in:\n%s", name, missing, wrong, text)
		}
	}
	for _, name := range []string{"dark-q30.jpg", "small-75pct.png", "form.png", "rows.png", "grey-heads.png", "screen-photo.jpg"} {
		check(name, load(t, name), expected(t, name))
	}
	g, want := letterTop(t)
	rng := rand.New(rand.NewPCG(3, 5))
	scan := func(g *image.Gray) []byte { return withDPI(encode(t, g), 150) }
	check("noise and skew", scan(noisy(leaning(g, 4), rng, 6)), want)
	check("on its side", scan(quarter(g, 6)), want)
	check("upside down and faded", scan(noisy(faded(quarter(g, 3), 140, 225), rng, 6)), want)
	coarse := prepare.Scaled(g, g.Rect.Dx()*204/150, g.Rect.Dy()*98/150)
	check("fax, coarse page", fax([]*image.Gray{coarse}, 204, 98), want)
}

// TestPassedOver reads what an engine passes over when it looks at a screen as a whole: a
// selected row, white on blue; fields with thick frames; a pale line between black ones;
// a number that was cut out alone; what stands below a coloured head.
func TestPassedOver(t *testing.T) {
	list := Formats()
	names := []string{"cut-out.png"}
	if !testing.Short() {
		names = append(names, "coloured-head.png", "pale-line.png", "selected-row.png", "thick-frames.png")
	}
	for _, name := range names {
		missing, wrong, text := found(t, list, shot{name: name, data: load(t, name), numbers: expected(t, name)})
		if len(missing) > 0 || len(wrong) > 0 {
			t.Errorf("%s: missing %v, wrong %v in:\n%s", name, missing, wrong, text)
		}
	}
}

// TestDigitsInBoxes reads forms with a box for each digit: drawn, dotted, photographed. A
// blank may stay between two digits; the detectors close it up. Digits of which nothing
// could be made are a gap.
func TestDigitsInBoxes(t *testing.T) {
	names := []string{"boxes.png"}
	if !testing.Short() {
		names = append(names, "boxes-dotted.png", "boxes-photo.jpg")
	}
	for _, name := range names {
		var text string
		for _, s := range read(t, name, load(t, name)).Segments {
			text += s.Text + "\n"
		}
		for _, n := range expected(t, name) {
			if !strings.Contains(strings.ReplaceAll(text, " ", ""), n) {
				t.Errorf("%s: %s is not in:\n%s", name, n, text)
			}
		}
	}
	if testing.Short() {
		return
	}
	const thin = "boxes-thin.png"
	d := read(t, thin, load(t, thin))
	if n := expected(t, thin)[0]; !documenttest.Has(d, n) && !documenttest.HasGap(d, document.NoText) {
		t.Errorf("%s: neither %s nor a gap: %s", thin, n, documenttest.Describe(d))
	}
}

// TestTextlessPhotograph must not cost a reading, and a photograph of a screen must
// not be taken for one.
func TestTextlessPhotograph(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	g := prepare.Gray(scenery(rng, 900, 600))
	if l := spots.LettersOf(g); l.Longest >= spots.ChainBar {
		t.Errorf("a landscape has a chain of %d letters", l.Longest)
	}
	img, err := Decode(load(t, "screen-photo.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	g = prepare.Gray(img)
	if l := spots.LettersOf(g); l.Longest < 10 || l.Height < 10 || l.Height > 40 {
		t.Errorf("a screen has %+v", l)
	}
	if !photograph(picture.Page{Lossy: true}, g) {
		t.Error("a photograph of a screen is no photograph")
	}
	if img, err = Decode(load(t, "dark-q30.jpg")); err != nil || photograph(picture.Page{Lossy: true}, prepare.Gray(img)) {
		t.Errorf("a screenshot is a photograph (%v)", err)
	}
}

func TestRowOfATableIsOneLine(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	d := read(t, "small-75pct.png", load(t, "small-75pct.png"))
	want := expected(t, "small-75pct.png")
	for _, s := range d.Segments {
		for _, l := range strings.Split(s.Text, "\n") {
			if strings.Contains(l, want[1]) && strings.Contains(l, "Prøvesen") && strings.Contains(l, "Boligstøtte") {
				return
			}
		}
	}
	t.Errorf("no line holds name, number and case:\n%s", documenttest.Describe(d))
}

// TestBoxes turns and leans the letter and wants each number's box where the
// number was put.
func TestBoxes(t *testing.T) {
	if testing.Short() {
		t.Skip("reads many pictures")
	}
	g, numbers := letterTop(t)
	number := numbers[0]
	straight := boxOf(t, withDPI(encode(t, g), 150), number)
	// The ink of the number must be in the box, and nothing above or below it.
	if in := ink(g, straight); in < 300 || straight[2] < 80 || straight[2] > 220 || straight[3] > 40 {
		t.Fatalf("box %v has %d dark pixels", straight, in)
	}
	side := boxOf(t, withDPI(encode(t, quarter(g, 6)), 150), number)
	// Orientation 6 shows the stored pixel (y, h-1-x) at (x, y).
	want := document.Box{g.Rect.Dy() - straight[1] - straight[3], straight[0], straight[3], straight[2]}
	if !near(side, want, 6) {
		t.Errorf("on its side: box %v, want about %v", side, want)
	}
	s := prepare.Shape{W: g.Rect.Dx(), H: g.Rect.Dy(), SX: 1, SY: 1}
	s.Angle = 3 * 3.14159265 / 180
	leaned := boxOf(t, withDPI(encode(t, s.Turn(g)), 150), number)
	s.Limit = g.Rect
	if back := s.Back(image.Rect(leaned[0], leaned[1], leaned[0]+leaned[2], leaned[1]+leaned[3])); !near(back, straight, 14) {
		t.Errorf("leaning: box %v, turned back %v, want about %v", leaned, back, straight)
	}
	zoomed := boxOf(t, withDPI(encode(t, prepare.Scaled(g, 2*g.Rect.Dx(), 2*g.Rect.Dy())), 300), number)
	if want := (document.Box{2 * straight[0], 2 * straight[1], 2 * straight[2], 2 * straight[3]}); !near(zoomed, want, 8) {
		t.Errorf("300 dpi: box %v, want about %v", zoomed, want)
	}
}

func near(a, b document.Box, by int) bool {
	for _, d := range []int{a[0] - b[0], a[1] - b[1], a[0] + a[2] - b[0] - b[2], a[1] + a[3] - b[1] - b[3]} {
		if abs(d) > by {
			return false
		}
	}
	return true
}

func ink(g *image.Gray, b document.Box) (n int) {
	for y := b[1]; y < b[1]+b[3]; y++ {
		for x := b[0]; x < b[0]+b[2]; x++ {
			if g.GrayAt(x, y).Y < 128 {
				n++
			}
		}
	}
	return n
}

func boxOf(t *testing.T, data []byte, number string) document.Box {
	t.Helper()
	d := read(t, "x.png", data)
	for _, s := range d.Segments {
		for _, w := range s.Words {
			if strings.Contains(s.Text[w.Start:w.End], number) {
				if !s.At.OCR || s.At.Box == nil || w.Confidence < 30 {
					t.Errorf("word %+v in segment at %+v", w, s.At)
				}
				return w.Box
			}
		}
	}
	t.Fatalf("number not found: %s", documenttest.Describe(d))
	return document.Box{}
}

func read(t testing.TB, name string, data []byte) *document.Document {
	t.Helper()
	return (&document.Formats{List: Formats()}).Read(context.Background(), name, data)
}

func TestSuite(t *testing.T) {
	const canary = "070761-4285"
	img, err := Decode(load(t, "line.png"))
	if err != nil {
		t.Fatal(err)
	}
	var asGIF, asBMP bytes.Buffer
	if err := gif.Encode(&asGIF, img, nil); err != nil {
		t.Fatal(err)
	}
	if err := bmp.Encode(&asBMP, img); err != nil {
		t.Fatal(err)
	}
	g := prepare.Scaled(prepare.Gray(img), 840, 140)
	samples := map[string]documenttest.Sample{
		"png":  {Name: "line.png", Data: load(t, "line.png")},
		"jpeg": {Name: "line.jpg", Data: load(t, "line.jpg")},
		"webp": {Name: "line.webp", Data: load(t, "line.webp")},
		"gif":  {Name: "line.gif", Data: asGIF.Bytes()},
		"bmp":  {Name: "line.bmp", Data: asBMP.Bytes()},
		"heif": {Name: "line.heic", Data: load(t, "line.heic")},
		"tiff": {Name: "line.tif", Data: fax([]*image.Gray{g, g}, 200, 200)},
	}
	for _, f := range Formats() {
		if testing.Short() && f.Name() != "png" {
			continue // they differ in decoding alone, which package picture tests
		}
		s := samples[f.Name()]
		s.Canaries = []string{canary, "Testperson"}
		t.Run(f.Name(), func(t *testing.T) {
			documenttest.Run(t, documenttest.Suite{Format: f, Samples: []documenttest.Sample{s}, Mutations: 3})
		})
	}
}

// TestLongScreenshot puts a screenshot three times below itself: each number must
// be found in each copy, with its box there.
func TestLongScreenshot(t *testing.T) {
	if testing.Short() {
		t.Skip("reads a large picture")
	}
	img, err := Decode(load(t, "small-75pct.png"))
	if err != nil {
		t.Fatal(err)
	}
	g := prepare.Gray(img)
	const apart = 1800
	long := image.NewGray(image.Rect(0, 0, 700, 3*apart))
	draw.Draw(long, long.Rect, image.NewUniform(color.White), image.Point{}, draw.Src)
	for i := range 3 {
		draw.Draw(long, g.Rect.Add(image.Pt(0, i*apart)), g, image.Point{}, draw.Src)
	}
	if n := len(prepare.Parts(long, long.Rect)); n != 2 {
		t.Errorf("%d parts", n)
	}
	number := expected(t, "small-75pct.png")[4]
	var tops []int
	for _, s := range read(t, "long.png", encode(t, long)).Segments {
		for _, w := range s.Words {
			if s.Text[w.Start:w.End] == number {
				tops = append(tops, w.Box[1])
			}
		}
	}
	if len(tops) != 3 || abs(tops[1]-tops[0]-apart) > 3 || abs(tops[2]-tops[1]-apart) > 3 {
		t.Errorf("found at heights %v, want three, %d apart", tops, apart)
	}
}

func TestEveryPageOfATIFF(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	img, err := Decode(load(t, "line.png"))
	if err != nil {
		t.Fatal(err)
	}
	g := prepare.Scaled(prepare.Gray(img), 840, 140)
	blank := image.NewGray(g.Rect)
	draw.Draw(blank, blank.Rect, image.NewUniform(color.White), image.Point{}, draw.Src)
	data := fax([]*image.Gray{g, blank, g}, 200, 200)
	pages := map[int]bool{}
	for _, s := range read(t, "fax.tif", data).Segments {
		if strings.Contains(s.Text, "070761-4285") {
			pages[s.At.Page] = true
		}
	}
	if len(pages) != 2 || !pages[1] || !pages[3] {
		t.Errorf("found on pages %v, want 1 and 3", pages)
	}
	if second, err := picture.DecodePage(data, 2); err != nil || second.Bounds() != g.Rect {
		t.Errorf("page 2: %v", err)
	}
}

// animation shows blank, then line once, then blank again.
func animation(t *testing.T, frames, line int) []byte {
	t.Helper()
	img, err := Decode(load(t, "line.png"))
	if err != nil {
		t.Fatal(err)
	}
	a := &gif.GIF{}
	for i := range frames {
		p := image.NewPaletted(img.Bounds(), color.Palette{color.White, color.Black, color.Gray{128}, color.Gray{200}})
		if i == line {
			draw.Draw(p, p.Rect, img, image.Point{}, draw.Src)
		}
		a.Image, a.Delay = append(a.Image, p), append(a.Delay, 10)
	}
	var buf bytes.Buffer
	if err := gif.EncodeAll(&buf, a); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func TestLaterFrameOfAnAnimation(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	d := read(t, "a.gif", animation(t, 4, 2))
	if !documenttest.Has(d, "070761-4285") || len(d.Gaps) > 0 {
		t.Errorf("%s", documenttest.Describe(d))
	}
	for _, s := range d.Segments {
		if strings.Contains(s.Text, "070761") && s.At.Page != 3 {
			t.Errorf("found on page %d", s.At.Page)
		}
	}
	if d := read(t, "b.gif", animation(t, 17, 0)); !documenttest.HasGap(d, document.TooMany) {
		t.Errorf("a long animation: gaps %v", d.Gaps)
	}
}

func TestOrientationOfACamera(t *testing.T) {
	img, err := Decode(load(t, "line.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	g := prepare.Gray(img)
	// Stored so that a viewer who turns it by orientation 6 sees it upright.
	stored := encodeJPEG(t, quarter(g, 8), 90)
	exif := append([]byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00\x00\x00\x00\x00"), 0, 0)
	app1 := append([]byte{0xff, 0xe1, 0, byte(len(exif) + 2)}, exif...)
	data := append(append(bytes.Clone(stored[:2]), app1...), stored[2:]...)
	turned, err := Decode(data)
	if err != nil || turned.Bounds() != g.Rect {
		t.Fatalf("shown as %v, want %v (%v)", turned.Bounds(), g.Rect, err)
	}
	d := read(t, "foto.jpg", data)
	if !documenttest.Has(d, "070761-4285") {
		t.Errorf("not found: %s", documenttest.Describe(d))
	}
}

func TestNoSilence(t *testing.T) {
	huge := load(t, "line.png")
	binary.BigEndian.PutUint32(huge[16:], 60_000)
	binary.BigEndian.PutUint32(huge[20:], 60_000)
	binary.BigEndian.PutUint32(huge[29:], crc(huge[12:29]))
	if d := read(t, "huge.png", huge); !documenttest.HasGap(d, document.TooBig) {
		t.Errorf("60000 by 60000 pixels: %v", d.Gaps)
	}
	if _, err := Decode(huge); !errors.Is(err, picture.ErrTooBig) {
		t.Errorf("Decode: %v", err)
	}
	cut := load(t, "form.png")
	if d := read(t, "cut.png", cut[:len(cut)/2]); !documenttest.HasGap(d, document.Damaged) {
		t.Errorf("half a picture: %v", d.Gaps)
	}
	if _, err := Decode([]byte("no picture")); err == nil {
		t.Error("text was decoded")
	}
}

func TestTextlessPicturesAreNoGaps(t *testing.T) {
	logo := image.NewRGBA(image.Rect(0, 0, 200, 120))
	for y := range 120 {
		for x := range 200 {
			if (x-100)*(x-100)+(y-60)*(y-60) < 2500 {
				logo.Set(x, y, color.RGBA{200, 30, 30, 255})
			}
		}
	}
	tiny := image.NewGray(image.Rect(0, 0, 89, 400))
	for _, img := range []image.Image{logo, tiny, image.NewGray(image.Rect(0, 0, 300, 15)), image.NewNRGBA(image.Rect(0, 0, 300, 300))} {
		if d := read(t, "logo.png", encode(t, img)); len(d.Gaps) != 0 {
			t.Errorf("%v: gaps %v", img.Bounds(), d.Gaps)
		}
	}
}

func TestUnruledLeavesText(t *testing.T) {
	img, err := Decode(load(t, "line.png"))
	if err != nil {
		t.Fatal(err)
	}
	g := prepare.Gray(img)
	if !bytes.Equal(prepare.Unruled(g).Pix, g.Pix) {
		t.Error("a picture without rules was changed")
	}
	for x := 5; x < 400; x++ {
		g.Pix[40*g.Stride+x] = 90
	}
	if u := prepare.Unruled(g); u.Pix[40*g.Stride+200] < 200 {
		t.Error("a rule was left")
	}
}

func BenchmarkScreenshot(b *testing.B) {
	list, data := Formats(), load(b, "small-75pct.png")
	for b.Loop() {
		(&document.Formats{List: list}).Read(b.Context(), "x.png", data)
	}
}
