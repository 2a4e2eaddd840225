package ooxml

type sheet struct {
	name   string
	hidden bool
}
type book struct{}

func (r *reader) workbook(p *part)      {}
func (r *reader) cellFormats(p *part)   {}
func (r *reader) sharedStrings(p *part) {}
func (r *reader) worksheet(p *part)     {}
func (r *reader) notes(p *part)         {}
func (r *reader) orphans()              {}
