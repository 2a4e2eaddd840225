package document

import (
	"slices"
	"testing"
)

func TestLines(t *testing.T) {
	letters := func(s string) (p []Placed) {
		for i, c := range s {
			p = append(p, Placed{X: float64(7 * i), Y: 20, Size: 10, Text: string(c)})
		}
		slices.Reverse(p)
		return p
	}
	for name, c := range map[string]struct {
		pieces []Placed
		want   []string
	}{
		"letters":         {letters("CPR 120336-3951"), []string{"CPR 120336-3951"}},
		"two halves":      {[]Placed{{90, 20, 10, "-3951"}, {10, 60, 10, "Kort"}, {10, 21, 10, "120336"}}, []string{"120336 -3951"}},
		"label":           {[]Placed{{90, 20, 10, "1203363951"}, {10, 60, 10, "Kort"}, {10, 20, 10, "CPR-nr."}}, []string{"CPR-nr. 1203363951"}},
		"said by itself":  {[]Placed{{90, 20, 10, "CPR 120336-3951"}, {10, 20, 10, "Navn"}}, nil},
		"three pieces":    {[]Placed{{96, 190, 16, "Modtager:"}, {200, 190, 16, "1203"}, {238, 190, 16, "36"}, {257, 190, 16, "-3951"}}, []string{"Modtager: 120336-3951"}},
		"pieces apart":    {[]Placed{{200, 190, 16, "1203"}, {250, 190, 16, "36"}, {290, 190, 16, "-3951"}}, nil},
		"two amounts":     {[]Placed{{90, 20, 10, "3951"}, {10, 20, 10, "120336"}}, nil},
		"another line":    {[]Placed{{90, 40, 10, "-3951"}, {10, 20, 10, "120336"}}, nil},
		"measures":        {[]Placed{{10, 20, 10, "45"}, {30, 20, 10, "120"}, {60, 20, 10, "3600"}}, nil},
		"broken off":      {[]Placed{{10, 32, 10, "3951"}, {10, 20, 10, "Nr. 120336-"}}, []string{"Nr. 120336-3951"}},
		"broken far off":  {[]Placed{{10, 90, 10, "3951"}, {10, 20, 10, "Nr. 120336-"}}, nil},
		"beside":          {[]Placed{{80, 32, 10, "3951"}, {10, 20, 10, "Nr. 120336-"}}, nil},
		"without a label": {[]Placed{{90, 20, 10, "1203363951"}, {10, 20, 10, "Ordre"}}, nil},
	} {
		if got := Lines(c.pieces); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
