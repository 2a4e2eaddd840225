package shares

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"brevvagt/quarantine/review/frame"
	"brevvagt/quarantine/review/words"
)

// filesMost is how many files of a list can be turned through, the worst first.
const filesMost = 2000

type filesView struct {
	What   []string // what the list is about, in words
	Total  string
	Cut    string // says that not all can be turned through
	Files  []fileView
	Unread []unreadView
	Gaps   bool // the list is of what was not read
	Pages  frame.Pager
	Query  string // of the exports
}

type fileView struct {
	Path, Share, Owner, Readers, Changed, Persons, Severity, Colour, Rules, Case string
	New                                                                          bool
}

type unreadView struct{ Path, Share, Why string }

// Files is the list behind a field of the heat map.
func (s *Pages) Files(w http.ResponseWriter, r *http.Request) {
	if s.Source == nil {
		s.Fail(w, r, http.StatusNotFound)
		return
	}
	u, _ := s.User(r)
	l := frame.Language(r)
	pick := pickOf(r)
	f, err := s.Source.Findings(r.Context(), pick, filesMost)
	if err != nil {
		s.Broken(w, r, "list files", err)
		return
	}
	v := filesView{What: describe(l, pick), Gaps: r.URL.Query().Get("vis") == "ulaest", Query: strings.TrimPrefix(pick.href(), Path+"/filer")}
	if v.Gaps {
		v.gaps(r, l, f, pick)
	} else {
		v.files(r, l, f, pick)
	}
	p := s.NewPage(r, &u, words.Text(l, "drive.list.title"))
	if v.Gaps {
		p.Title = words.Text(l, "drive.gaps.title")
	}
	p.Data = v
	s.Render(w, http.StatusOK, "sharefiles", p)
}

func (v *filesView) files(r *http.Request, l words.Lang, f *Findings, pick Pick) {
	total := 0
	for i := range f.Shares {
		total += f.Shares[i].Files
	}
	list := f.Files
	v.Total = count(l, "drive.hits", int64(total))
	if total > filesMost {
		v.Cut = words.Text(l, "drive.list.cut", words.Count(l, filesMost))
	}
	v.Pages = frame.NewPager(r, len(list), pick.href()+"&")
	for _, x := range list[(v.Pages.Page-1)*frame.PageSize : min(v.Pages.Page*frame.PageSize, len(list))] {
		row := fileView{Path: words.Clean(x.Path, words.Long), Share: words.Clean(x.Share, words.Short), Owner: ownerName(l, x.Owner), Readers: words.Known(l, "drive.breadth", breadthWords[x.Breadth]),
			Changed: x.Modified.In(words.Zone()).Format("02.01.2006"), Persons: count(l, "persons", int64(x.Persons)), New: x.New, Case: x.Case,
			Severity: words.Known(l, "drive.heat", strconv.Itoa(x.Severity)), Colour: colourOf(x.Severity)}
		if l == words.English {
			row.Changed = x.Modified.In(words.Zone()).Format("2 Jan 2006")
		}
		var rules []string
		for _, id := range x.Rules {
			rules = append(rules, words.Known(l, "rule", id))
		}
		row.Rules = strings.Join(rules, ", ")
		v.Files = append(v.Files, row)
	}
}

func (v *filesView) gaps(r *http.Request, l words.Lang, f *Findings, pick Pick) {
	list := slices.DeleteFunc(slices.Clone(f.Unread), func(u Unread) bool { return pick.Share != "" && u.Share != pick.Share })
	v.Total = count(l, "drive.unread", int64(len(list)))
	v.Pages = frame.NewPager(r, len(list), pick.href()+"&vis=ulaest&")
	for _, x := range list[(v.Pages.Page-1)*frame.PageSize : min(v.Pages.Page*frame.PageSize, len(list))] {
		v.Unread = append(v.Unread, unreadView{words.Clean(x.Path, words.Long), words.Clean(x.Share, words.Short), words.Known(l, "drive.why", x.Why)})
	}
}

// describe says what a list is about.
func describe(l words.Lang, p Pick) []string {
	var list []string
	if p.Share != "" {
		list = append(list, words.Text(l, "drive.what.share", words.Clean(p.Share, words.Short)))
	}
	if p.HasOwner {
		list = append(list, words.Text(l, "drive.what.owner", ownerName(l, p.Owner)))
	}
	if p.Breadth != nil {
		list = append(list, words.Known(l, "drive.breadth", breadthWords[*p.Breadth]))
	}
	if p.Age != nil {
		list = append(list, words.Text(l, "drive.what.age", words.Known(l, "drive.age", ageWords[*p.Age])))
	}
	if p.New {
		list = append(list, words.Text(l, "drive.what.new"))
	}
	return list
}
