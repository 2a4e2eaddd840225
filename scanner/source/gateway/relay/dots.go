package relay

import "bufio"

// dotWriter doubles leading dots across calls.
type dotWriter struct {
	out     *bufio.Writer
	atStart bool // the next byte begins a line
	cr      bool // the last byte was CR
	ended   bool // the last two bytes were CRLF, or nothing was written
}

func (d *dotWriter) write(p []byte) error {
	from := 0
	for i, b := range p {
		if b == '.' && d.atStart {
			if _, err := d.out.Write(p[from:i]); err != nil {
				return err
			}
			if err := d.out.WriteByte('.'); err != nil {
				return err
			}
			from = i
		}
		d.ended = b == '\n' && d.cr
		d.cr = b == '\r'
		d.atStart = b == '\n' || b == '\r'
	}
	_, err := d.out.Write(p[from:])
	return err
}
