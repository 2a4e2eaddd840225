package glance

import "unsafe"

// Around is how many bytes before and behind a block a window of it has.
const Around = 8

// Window is a block of a text with what stands before and behind it.
type Window [Around + Block + Around]byte

// At gives the window around text[at:at+Block], or nil where the text does not have all of it.
func At(text string, at int) *Window {
	from := at - Around
	if from < 0 || len(text)-from < len(Window{}) {
		return nil
	}
	return (*Window)(unsafe.Pointer(unsafe.StringData(text[from:])))
}

// Copy makes w that window, with zeros beyond the text's ends.
func (w *Window) Copy(text string, at int) {
	*w = Window{}
	from := at - Around
	copy(w[max(0, -from):], text[max(0, from):])
}

// From gives the eight bytes from one of the block on.
func (w *Window) From(i int) *[8]byte { return (*[8]byte)(unsafe.Pointer(&w[i&(Block-1)+Around])) }

// To gives the eight bytes before the one at i, which is of the block or the one behind it
// and not its first.
func (w *Window) To(i int) *[8]byte { return (*[8]byte)(unsafe.Pointer(&w[(i-1)&(Block-1)+1])) }
