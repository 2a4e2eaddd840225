package policy

import "fmt"

// untold says of whom a mail tells those who have nothing to do with it, whoever that is:
// an employee's matter, one whom many know by first name, a citizen's treatment at a club.
func (f *Facts) untold(site Site) (da, en string, ok bool) {
	it := f.parties(site)
	if o, ok := it.Personnel(); ok {
		da, en := place(o)
		return fmt.Sprintf("Personalesag om %s, som ikke er modtageren%s: %s", o.Who, f.reader(site), da),
			fmt.Sprintf("A personnel matter of %s, not the recipient%s: %s", o.Who, f.reader(site), en), true
	}
	if o, ok := it.OneOfMany(); ok {
		return fmt.Sprintf("Følsomme oplysninger om %s, som nævnes ved fornavn, til mange private modtagere", o.Who),
			fmt.Sprintf("Sensitive data on %s, called by first name, to many private recipients", o.Who), true
	}
	if it.Elsewhere() {
		return "Følsomme oplysninger om en borger til en fælles postkasse i en forening eller virksomhed",
			"Sensitive data on a citizen to a mailbox that a club or firm shares", true
	}
	return "", "", false
}
