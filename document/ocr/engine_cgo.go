//go:build cgo

package ocr

import (
	"fmt"
	"image"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"github.com/otiai10/gosseract/v2"

	"brevvagt/document"
)

// engine is tesseract, loaded at the first picture and kept. One picture at a
// time: the library has one state. OMP_THREAD_LIMIT=1 has to stand in the
// environment when the process starts (package isolate sees to it): OpenMP's
// threads spin, and cost 3.5 times the CPU.
type engine struct {
	mu     sync.Mutex
	client *gosseract.Client
	psm    int
	unread bool // the last picture holds text that could not be read
	left   int  // pixels that may be read again
}

// open loads the language. Nothing of C runs before it.
func (e *engine) open() error {
	if e.client != nil {
		return nil
	}
	dir, err := dataDir(dataDirs())
	if err != nil {
		return err
	}
	c := gosseract.NewClient()
	c.Trim = false
	c.Languages = []string{language}
	c.TessdataPrefix = dir
	c.Variables["debug_file"] = os.DevNull
	e.client, e.psm = c, -1
	return nil
}

// recognise reads one prepared picture. psm is tesseract's page segmentation mode
// and dpi the resolution it is told.
func (e *engine) recognise(g *image.Gray, dpi, psm int) ([]word, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if err := e.open(); err != nil {
		return nil, err
	}
	if psm != e.psm {
		// By variable, not by SetPageSegMode: loading the language resets the latter.
		if err := e.client.SetVariable("tessedit_pageseg_mode", strconv.Itoa(psm%digitsOnly)); err != nil {
			return nil, fmt.Errorf("cannot set the page mode: %w", err)
		}
		letters := ""
		if psm >= digitsOnly {
			letters = "0123456789-"
		}
		if err := e.client.SetVariable("tessedit_char_whitelist", letters); err != nil {
			return nil, fmt.Errorf("cannot set the letters: %w", err)
		}
		e.psm = psm
	}
	if err := e.client.SetImageFromBytes(encodeBMP(g, dpi)); err != nil {
		return nil, fmt.Errorf("cannot hand the picture over: %w", err)
	}
	boxes, err := e.client.GetBoundingBoxesVerbose()
	if err != nil {
		if strings.Contains(err.Error(), "initialize") {
			return nil, fmt.Errorf("%w: tesseract does not start with language %s", document.ErrNoEngine, language)
		}
		return nil, fmt.Errorf("recognition failed: %w", err)
	}
	words := make([]word, 0, len(boxes))
	for _, b := range boxes {
		if text := strings.TrimSpace(strings.ToValidUTF8(b.Word, "")); text != "" {
			words = append(words, word{text: text, box: b.Box, confidence: int(b.Confidence), block: b.BlockNum, line: b.ParNum<<16 | b.LineNum})
		}
	}
	return words, nil
}

// dataDirs are the folders where language data may lie, the asked for one first.
func dataDirs() []string {
	dirs := []string{
		"/usr/share/tesseract-ocr/5/tessdata", "/usr/share/tesseract-ocr/4.00/tessdata",
		"/usr/share/tessdata", "/usr/local/share/tessdata", "/usr/share/tesseract/tessdata",
	}
	if p := os.Getenv("TESSDATA_PREFIX"); p != "" {
		dirs = append([]string{p, filepath.Join(p, "tessdata")}, dirs...)
	}
	return dirs
}

// dataDir finds the folder with the language and the orientation model.
func dataDir(dirs []string) (string, error) {
	for _, d := range dirs {
		if exists(filepath.Join(d, language+".traineddata")) && exists(filepath.Join(d, "osd.traineddata")) {
			return d, nil
		}
	}
	return "", fmt.Errorf("%w: no %s.traineddata with osd.traineddata", document.ErrNoEngine, language)
}

func exists(path string) bool {
	st, err := os.Stat(path)
	return err == nil && st.Mode().IsRegular()
}

// Available returns nil when the engine's language data is installed, otherwise an
// error that wraps document.ErrNoEngine. It looks at files only.
func Available() error {
	_, err := dataDir(dataDirs())
	return err
}
