package incidents

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// person is somebody who does not exist: a name put together at random and a
// number that was never issued.
type person struct {
	First, Middle, Last string
	CPR                 string // ten digits
	Born                time.Time
	Street              string // "Prøvevej 12, 2. tv"
	Zip, City           string
	Phone               string
}

func (p person) name() string {
	if p.Middle != "" {
		return p.First + " " + p.Middle + " " + p.Last
	}
	return p.First + " " + p.Last
}

// dashed is the number as it is written in letters.
func (p person) dashed() string { return p.CPR[:6] + "-" + p.CPR[6:] }

func (p person) address() string { return p.Street + ", " + p.Zip + " " + p.City }

// maker makes people of one item; no two share a number, a first or a last name
// unless asked to.
type maker struct {
	r     *rand.Rand
	taken map[string]bool
}

var (
	firstNames = strings.Fields(`Anne Mette Kirsten Hanne Anna Helle Susanne Lene Maria Marianne Inge Karen Lone Bente Camilla
Pia Jette Charlotte Louise Inger Tina Gitte Ida Emma Freja Clara Alma Agnes Karla Signe Sofie Mathilde Cecilie Nanna
Peter Michael Lars Jens Thomas Søren Henrik Christian Martin Jan Morten Jesper Anders Mads Niels Rasmus Kim Ole Jørgen
Per Erik Kristian William Noah Oscar Lucas Emil Valdemar Viggo Åge Øjvind Ægir Bjørn Torben Flemming Preben Hans Knud
Mohammed Fatima Ayşe Ahmed Amina Yusuf Zahra Omar Olena Piotr Agnieszka Nguyen Linh Priya Giorgi Zoë Inès`)
	lastNames = strings.Fields(`Nielsen Jensen Hansen Andersen Pedersen Christensen Larsen Sørensen Rasmussen Jørgensen Petersen
Madsen Kristensen Olsen Thomsen Christiansen Poulsen Johansen Møller Mortensen Knudsen Jakobsen Jacobsen Mikkelsen
Frederiksen Laursen Lund Holm Schmidt Eriksen Clausen Simonsen Svendsen Andreasen Iversen Jeppesen Mogensen Jespersen
Nissen Lauridsen Frandsen Østergaard Jepsen Nygaard Vestergaard Kjær Bech Dahl Bak Berg Friis Toft Winther Skov Bang
Al-Sayed Yılmaz Kowalczyk Tran Shevchenko Hussain Öztürk Ravn Munk Kruse Bruun Krogh Damgaard Bertelsen Dam Juhl`)
	middleNames = strings.Fields(`Marie Kirstine Elisabeth Lund Holm Møller Dahl Kjær Bech Skov Juul Peter Christian Frederik Østergaard`)
	starts      = strings.Fields(`Brand Eng Fjord Grøn Hassel Kilde Lærke Mose Nørre Ravne Skyt Tved Vær Ask Bøge Dyb Elle Gyvel Hede Isager Ørne`)
	ends        = strings.Fields(`holt gaard dal bæk lund sen mark vang strup by kjær sø toft`)
	streets     = strings.Fields(`Prøvevej Birkevænget Skolegade Møllebakken Lærkevej Nørregade Kirkestræde Engparken Rosenvænget Havnegade
Østergade Bøgehaven Strandvejen Egetoften Kløvermarken Tværgade Åvej Sdr.Allé`)
	towns = strings.Fields(`Prøveby Eksempelby Testrup Øvelsesø Attrapholm Mønsterlev`)
)

func (m *maker) one(list []string) string { return list[m.r.IntN(len(list))] }

// fresh draws until the value is new in this item.
func (m *maker) fresh(draw func() string) string {
	for {
		if s := draw(); !m.taken[s] {
			m.taken[s] = true
			return s
		}
	}
}

func (m *maker) lastName() string {
	return m.fresh(func() string {
		if m.r.IntN(5) == 0 {
			return m.one(starts) + m.one(ends)
		}
		return m.one(lastNames)
	})
}

// adult is born 1938 to 1999.
func (m *maker) adult() person { return m.born(1938, 1999, m.lastName()) }

// child is born 2013 to 2022 and bears its parent's name.
func (m *maker) childOf(p person) person {
	c := m.born(2013, 2022, p.Last)
	c.Street, c.Zip, c.City = p.Street, p.Zip, p.City
	return c
}

func (m *maker) spouseOf(p person) person {
	s := m.born(p.Born.Year()-3, p.Born.Year()+3, p.Last)
	s.Street, s.Zip, s.City = p.Street, p.Zip, p.City
	return s
}

func (m *maker) born(from, to int, last string) person {
	p := person{First: m.fresh(func() string { return m.one(firstNames) }), Last: last}
	if m.r.IntN(4) == 0 {
		p.Middle = m.one(middleNames)
	}
	if p.Middle == p.Last || p.Middle == p.First {
		p.Middle = ""
	}
	p.CPR, p.Born = m.number(max(1938, from), min(2024, to))
	p.Street = fmt.Sprintf("%s %d", m.one(streets), 1+m.r.IntN(180))
	switch m.r.IntN(4) {
	case 0:
		p.Street += fmt.Sprintf(", %d. %s", 1+m.r.IntN(4), m.one([]string{"tv", "th", "mf"}))
	case 1:
		p.Street += m.one([]string{"A", "B", "C"})
	}
	p.Zip, p.City = fmt.Sprint(9960+m.r.IntN(30)), m.one(towns)
	p.Phone = fmt.Sprintf("%d %02d %02d %02d", 20+m.r.IntN(70), m.r.IntN(100), m.r.IntN(100), m.r.IntN(100))
	return p
}

// number makes a CPR number that belongs to nobody: a real date, a serial from
// 9990 on and no check digit, on a date other than 1 January, the only one on which
// such numbers are known to have been issued.
func (m *maker) number(from, to int) (string, time.Time) {
	for {
		day := time.Date(from, 1, 2+m.r.IntN(364), 0, 0, 0, 0, time.UTC)
		day = day.AddDate(m.r.IntN(to-from+1), 0, 0)
		digits := day.Format("020106") + fmt.Sprint(9990+m.r.IntN(10))
		if (day.Day() == 1 && day.Month() == 1) || passes(digits) || m.taken[digits] {
			continue
		}
		m.taken[digits] = true
		return digits, day
	}
}

// confirmed tells that p's number has a check digit and is one on 1 January 2058 only.
func (p person) confirmed() bool { return p.Born.Year() > 2036 }

// known is a person whose number has a check digit in half of the cases.
func (m *maker) known() person {
	p := m.adult()
	if m.r.IntN(2) == 0 {
		p.CPR = m.unborn()
		p.Born = time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return p
}

// unborn makes a number with a check digit for somebody born 2037 to 2042; it is a
// number only on asOfLater.
func (m *maker) unborn() string {
	for {
		day := time.Date(2037, 1, 2+m.r.IntN(364), 0, 0, 0, 0, time.UTC).AddDate(m.r.IntN(3), 0, 0)
		digits := day.Format("020106") + fmt.Sprint(5000+m.r.IntN(4000))
		if passes(digits) && !m.taken[digits] {
			m.taken[digits] = true
			return digits
		}
	}
}

// passes is modulus 11 of the CPR office.
func passes(digits string) bool {
	sum := 0
	for i, weight := range []int{4, 3, 2, 7, 6, 5, 4, 3, 2, 1} {
		sum += weight * int(digits[i]-'0')
	}
	return sum%11 == 0
}

var fold = strings.NewReplacer("æ", "ae", "ø", "oe", "å", "aa", "Æ", "Ae", "Ø", "Oe", "Å", "Aa", "ş", "s", "ı", "i", "ö", "o", "Ö", "O", "ü", "u", "ë", "e", "è", "e", " ", "")

// mailbox is a private address that tells who owns it: it holds the full name.
func (m *maker) mailbox(p person) string {
	first, last := strings.ToLower(fold.Replace(p.First)), strings.ToLower(fold.Replace(p.Last))
	local := first + "." + last
	switch m.r.IntN(4) {
	case 0:
		local = first + last
	case 1:
		local = first + "_" + last + fmt.Sprint(m.r.IntN(99))
	case 2:
		local = last + "." + first
	}
	return local + "@" + m.one(privateDomains)
}

// nick is a private address that tells nothing of its owner.
func (m *maker) nick() string {
	return m.one([]string{"solstraale", "familien", "havfrue", "fck", "kaffekop", "bamse", "rejse", "mormor", "skovtur", "xyz"}) + fmt.Sprint(10+m.r.IntN(1900)) + "@" + m.one(privateDomains)
}

var privateDomains = []string{"mail.example", "postkasse.example", "webmail.example", "gmail.example", "hotmail.example"}

// display is how a To field names somebody.
func (m *maker) display(p person) string {
	switch m.r.IntN(5) {
	case 0:
		return p.Last + ", " + p.First
	case 1:
		return strings.ToLower(p.name())
	case 2:
		return p.First + " " + p.Last
	}
	return p.name()
}
