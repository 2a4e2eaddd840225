package heif

import (
	"bytes"
	"errors"
	"os"
	"testing"

	"brevvagt/document"
	"brevvagt/document/ocr/picture"
)

func load(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

const (
	photo  = "../../../testdata/formats/pictures/foto.heic"
	screen = "../../../testdata/formats/pictures/skaerm.avif"
)

func TestLoad(t *testing.T) {
	for _, x := range []struct {
		file          string
		width, height int
		camera        bool
	}{{photo, 1322, 932, true}, {screen, 620, 138, false}} {
		data := load(t, x.file)
		k := New()
		if n, all := k.Pages(data); !k.Match(data) || n != 1 || !all {
			t.Errorf("%s: told %v, %d pages, all %v", x.file, k.Match(data), n, all)
		}
		p, err := k.Load(data, 1)
		if err != nil {
			t.Fatalf("%s: %v", x.file, err)
		}
		if b := p.Image.Bounds(); b.Dx() != x.width || b.Dy() != x.height || p.Camera != x.camera {
			t.Errorf("%s: %v, camera %v", x.file, b, p.Camera)
		}
		if r, g, b, _ := p.Image.At(300, 100).RGBA(); r+g+b == 0 {
			t.Errorf("%s: nothing was drawn", x.file)
		}
		if _, err := k.Load(data, 2); err == nil {
			t.Errorf("%s has a second picture", x.file)
		}
	}
}

// TestTooBig changes the size that the file says for its picture (box ispe).
func TestTooBig(t *testing.T) {
	data := load(t, photo)
	for at := bytes.Index(data, []byte("ispe")); at >= 0; {
		copy(data[at+8:], []byte{0, 0, 0x40, 0, 0, 0, 0x40, 0})
		next := bytes.Index(data[at+4:], []byte("ispe"))
		if next < 0 {
			break
		}
		at += 4 + next
	}
	if _, err := New().Load(data, 1); !errors.Is(err, picture.ErrTooBig) {
		t.Errorf("16384 by 16384 pixels: %v", err)
	}
}

func TestCut(t *testing.T) {
	data := load(t, photo)
	for _, n := range []int{12, 100, 400, len(data) / 2} {
		if _, err := New().Load(data[:n], 1); err == nil {
			t.Errorf("%d of %d bytes are a picture", n, len(data))
		}
	}
}

func TestWithoutLibrary(t *testing.T) {
	k := Kind{lib: func() (*library, error) { return nil, errMissing }}
	if n, all := k.Pages(load(t, photo)); n != 1 || !all {
		t.Errorf("%d pages, %v", n, all)
	}
	if _, err := k.Load(load(t, photo), 1); !errors.Is(err, document.ErrNoEngine) {
		t.Errorf("error %v", err)
	}
}
