package quarantine_test

import (
	"strings"
	"testing"
	"time"

	"brevvagt/quarantine"
	"brevvagt/quarantine/register"
)

func leftDeposit(item string) quarantine.Deposit {
	d := deposit(item)
	d.Left = true
	return d
}

func TestWhatHadLeftIsAPossibleBreachAndStaysOne(t *testing.T) {
	b := newBench(t, false)
	for name, end := range map[string]func(*quarantine.Case) error{
		"released": func(c *quarantine.Case) error {
			_, err := b.service.Release(t.Context(), c.ID, b.decision())
			return err
		},
		"rejected": func(c *quarantine.Case) error {
			_, err := b.service.Reject(t.Context(), c.ID, b.decision())
			return err
		},
		"expired": func(*quarantine.Case) error {
			_, err := b.service.Expire(t.Context(), b.clock.now().Add(time.Hour))
			return err
		},
	} {
		c := b.hold(t, leftDeposit(name))
		first, err := b.service.Draft(t.Context(), c.ID)
		if err != nil {
			t.Fatal(err)
		}
		if first.Status != register.Possible || !first.Discovered.Equal(c.HeldAt) || !first.Deadline.Equal(c.HeldAt.Add(72*time.Hour)) ||
			strings.Contains(first.What, "forsøgte") || !strings.Contains(first.Measures, "allerede sendt") || !strings.HasPrefix(first.Notify, register.Undecided) {
			t.Errorf("%s: %+v", name, first)
		}
		b.clock.add(5 * time.Hour)
		if err := end(c); err != nil {
			t.Fatal(err)
		}
		d, err := b.service.Draft(t.Context(), c.ID)
		if err != nil {
			t.Fatal(err)
		}
		if d.Status != register.Possible || !d.Deadline.Equal(first.Deadline) || strings.Contains(d.Measures, "retur") || strings.Contains(d.Measures, "Frigivet") ||
			strings.Contains(d.Measures, "ikke frigivet") || d.Measures == first.Measures {
			t.Errorf("%s: %+v", name, d)
		}
	}
}

func TestStoppedKnowsCopiesAndNothingElse(t *testing.T) {
	b := newBench(t, false)
	d := deposit("a")
	d.MessageID, d.To, d.Numbers, d.Persons = "<1@kommune.example>", []string{"b@firma.example"}, 2, 2
	b.hold(t, d)
	d.ItemID, d.To = "b", []string{"c@anden.example"}
	b.hold(t, d)
	since := b.clock.now().Add(-time.Hour)
	for _, c := range []struct {
		name, item, id   string
		to               []string
		numbers, persons int
		since            time.Time
		want             bool
	}{
		{"a copy", "x", "<1@kommune.example>", []string{"b@firma.example", "c@anden.example"}, 2, 2, since, true},
		{"fewer found", "x", "<1@kommune.example>", []string{"b@firma.example"}, 1, 1, since, true},
		{"more found", "x", "<1@kommune.example>", []string{"b@firma.example"}, 3, 2, since, false},
		{"another recipient", "x", "<1@kommune.example>", []string{"d@firma.example"}, 2, 2, since, false},
		{"another mail", "x", "<2@kommune.example>", []string{"b@firma.example"}, 2, 2, since, false},
		{"no id", "x", "", nil, 0, 0, since, false},
		{"its own case", "b", "<1@kommune.example>", []string{"c@anden.example"}, 2, 2, since, false},
		{"long ago", "x", "<1@kommune.example>", []string{"b@firma.example"}, 2, 2, b.clock.now().Add(time.Hour), false},
	} {
		got, err := b.service.Stopped(t.Context(), c.item, c.id, c.to, c.numbers, c.persons, c.since)
		if err != nil || got != c.want {
			t.Errorf("%s: %v %v", c.name, got, err)
		}
	}
}
