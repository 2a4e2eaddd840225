package shares

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"brevvagt/quarantine/review/frame"
	"brevvagt/quarantine/review/words"
)

// The words by which an address names breadths and ages.
var (
	breadthWords = [Breadths]string{"alle", "gruppe", "ukendt", "ejer"}
	ageWords     = [Ages]string{"ny", "mellem", "gammel"}
)

// column is a breadth of the heat map that is shown: one that no file has is left out.
type column struct {
	Breadth Breadth
	Title   string
	Ages    []string
}

type sumView struct {
	Name     string
	Href     string // the files of it
	Only     string // the page with the owners of this share alone
	Files    string
	New      string
	Persons  string
	Severity string
	Colour   string
	Cells    []cellView
}

// cellView is a field: how many persons, and for those who do not see the colour how bad.
type cellView struct {
	Persons, Label, Href string
	Severity             int
}

// heat fills in the heat map.
func (s *Pages) heat(r *http.Request, l words.Lang, v *view) error {
	v.Shown = ""
	if want := r.URL.Query().Get("drev"); want != "" && slices.ContainsFunc(v.Shares, func(sh shareView) bool { return sh.Raw == want }) {
		v.Shown = want
	}
	v.Query = strings.TrimPrefix(Pick{Share: v.Shown}.href(), Path+"/filer")
	f, err := s.Source.Findings(r.Context(), Pick{Share: v.Shown}, 1)
	if err != nil {
		return err
	}
	files, persons := 0, 0
	for i := range f.Shares {
		files += f.Shares[i].Files
		persons += f.Shares[i].Persons
	}
	v.Lead = words.Text(l, "drive.lead", count(l, "drive.hits", int64(files)), count(l, "persons", int64(persons)))
	if files == 0 {
		v.Lead = words.Text(l, "drive.lead.none")
	}
	v.Columns = columns(l, f.Shares)
	for i := range f.Shares {
		row := sum(l, &f.Shares[i], Pick{Share: f.Shares[i].Share}, v.Columns)
		row.Name = words.Clean(f.Shares[i].Share, words.Short)
		row.Only = Path + "?drev=" + url.QueryEscape(f.Shares[i].Share)
		v.Sums = append(v.Sums, row)
	}
	v.Pages = frame.NewPager(r, len(f.Owners), Path+"?drev="+url.QueryEscape(v.Shown)+"&")
	at := (v.Pages.Page - 1) * frame.PageSize
	for i := at; i < min(at+frame.PageSize, len(f.Owners)); i++ {
		g := &f.Owners[i]
		row := sum(l, g, Pick{Share: g.Share, Owner: g.Owner, HasOwner: true}, v.Columns)
		row.Name = ownerName(l, g.Owner)
		if len(f.Shares) > 1 {
			row.Name += " – " + words.Clean(g.Share, words.Short)
		}
		v.Owners = append(v.Owners, row)
	}
	return nil
}

// ownerName is a folder owner as people see it.
func ownerName(l words.Lang, owner string) string {
	if owner == "" {
		return words.Text(l, "drive.owner.none")
	}
	return words.Clean(owner, words.Short)
}

func columns(l words.Lang, sums []Sum) []column {
	var list []column
	for b := range Breadth(Breadths) {
		used := slices.ContainsFunc(sums, func(s Sum) bool {
			return slices.ContainsFunc(s.Heat[b][:], func(c Cell) bool { return c.Files > 0 })
		})
		if !used {
			continue
		}
		c := column{Breadth: b, Title: words.Known(l, "drive.breadth", breadthWords[b])}
		for a := range Ages {
			c.Ages = append(c.Ages, words.Known(l, "drive.age", ageWords[a]))
		}
		list = append(list, c)
	}
	return list
}

func sum(l words.Lang, g *Sum, pick Pick, columns []column) sumView {
	v := sumView{Href: pick.href(), Files: words.Count(l, int64(g.Files)), New: words.Count(l, int64(g.New)), Persons: words.Count(l, int64(g.Persons)),
		Severity: words.Known(l, "drive.heat", strconv.Itoa(g.Severity)), Colour: colourOf(g.Severity)}
	for _, col := range columns {
		for a := range Ages {
			c, in := g.Heat[col.Breadth][a], pick
			b := col.Breadth
			in.Breadth, in.Age = &b, &a
			cell := cellView{Severity: c.Severity}
			if c.Files > 0 {
				cell.Persons, cell.Href = words.Count(l, int64(c.Persons)), in.href()
				cell.Label = words.Text(l, "drive.cell", count(l, "drive.hits", int64(c.Files)), words.Known(l, "drive.heat", strconv.Itoa(c.Severity)))
			}
			v.Cells = append(v.Cells, cell)
		}
	}
	return v
}

// href is the address of the list of files.
func (p Pick) href() string {
	q := url.Values{}
	if p.Share != "" {
		q.Set("drev", p.Share)
	}
	if p.HasOwner {
		q.Set("ejer", p.Owner)
	}
	if p.Breadth != nil {
		q.Set("hvem", breadthWords[*p.Breadth])
	}
	if p.Age != nil {
		q.Set("alder", ageWords[*p.Age])
	}
	if p.New {
		q.Set("nye", "1")
	}
	return Path + "/filer?" + q.Encode()
}

// pickOf reads an address; what it does not know counts as not asked for.
func pickOf(r *http.Request) Pick {
	q := r.URL.Query()
	text := func(name string) string {
		if v := q.Get(name); len(v) <= 500 {
			return strings.ToValidUTF8(v, "")
		}
		return ""
	}
	p := Pick{Share: text("drev"), Owner: text("ejer"), HasOwner: q.Has("ejer"), New: q.Get("nye") == "1"}
	if i := slices.Index(breadthWords[:], q.Get("hvem")); i >= 0 {
		b := Breadth(i)
		p.Breadth = &b
	}
	if i := slices.Index(ageWords[:], q.Get("alder")); i >= 0 {
		p.Age = &i
	}
	return p
}
