//go:build cgo

package engine

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

// Engine is tesseract, loaded at the first picture and kept. One picture at a
// time: the library has one state. OMP_THREAD_LIMIT=1 has to stand in the
// environment when the process starts (package isolate sees to it): OpenMP's
// threads spin, and cost 3.5 times the CPU.
type Engine struct {
	mu     sync.Mutex
	client *gosseract.Client
	mode   Mode
}

// open loads the language. Nothing of C runs before it.
func (e *Engine) open() error {
	if e.client != nil {
		return nil
	}
	dir, err := DataDir(DataDirs())
	if err != nil {
		return err
	}
	c := gosseract.NewClient()
	c.Trim = false
	c.Languages = []string{Language}
	c.TessdataPrefix = dir
	c.Variables["debug_file"] = os.DevNull
	e.client, e.mode = c, -1
	return nil
}

// Recognise reads one prepared picture. mode is how the page
// is taken apart and dpi the resolution that the engine is told.
func (e *Engine) Recognise(g *image.Gray, dpi int, mode Mode) ([]Word, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if err := e.open(); err != nil {
		return nil, err
	}
	if mode != e.mode {
		// By variable, not by SetPageSegMode: loading the language resets the latter.
		if err := e.client.SetVariable("tessedit_pageseg_mode", strconv.Itoa(int(mode%digitsOnly))); err != nil {
			return nil, fmt.Errorf("cannot set the page mode: %w", err)
		}
		letters := ""
		if mode >= digitsOnly {
			letters = "0123456789-"
		}
		if err := e.client.SetVariable("tessedit_char_whitelist", letters); err != nil {
			return nil, fmt.Errorf("cannot set the letters: %w", err)
		}
		e.mode = mode
	}
	if err := e.client.SetImageFromBytes(encodeBMP(g, dpi)); err != nil {
		return nil, fmt.Errorf("cannot hand the picture over: %w", err)
	}
	boxes, err := e.client.GetBoundingBoxesVerbose()
	if err != nil {
		if strings.Contains(err.Error(), "initialize") {
			return nil, fmt.Errorf("%w: tesseract does not start with language %s", document.ErrNoEngine, Language)
		}
		return nil, fmt.Errorf("recognition failed: %w", err)
	}
	words := make([]Word, 0, len(boxes))
	for _, b := range boxes {
		if text := strings.TrimSpace(strings.ToValidUTF8(b.Word, "")); text != "" {
			words = append(words, Word{Text: text, Box: b.Box, Confidence: int(b.Confidence), Block: b.BlockNum, Line: b.ParNum<<16 | b.LineNum})
		}
	}
	return words, nil
}

// DataDirs are the folders where language data may lie, the asked for one first.
func DataDirs() []string {
	dirs := []string{
		"/usr/share/tesseract-ocr/5/tessdata", "/usr/share/tesseract-ocr/4.00/tessdata",
		"/usr/share/tessdata", "/usr/local/share/tessdata", "/usr/share/tesseract/tessdata",
	}
	if p := os.Getenv("TESSDATA_PREFIX"); p != "" {
		dirs = append([]string{p, filepath.Join(p, "tessdata")}, dirs...)
	}
	return dirs
}

// DataDir finds the folder with the language and the orientation model.
func DataDir(dirs []string) (string, error) {
	for _, d := range dirs {
		if exists(filepath.Join(d, Language+".traineddata")) && exists(filepath.Join(d, "osd.traineddata")) {
			return d, nil
		}
	}
	return "", fmt.Errorf("%w: no %s.traineddata with osd.traineddata", document.ErrNoEngine, Language)
}

func exists(path string) bool {
	st, err := os.Stat(path)
	return err == nil && st.Mode().IsRegular()
}
