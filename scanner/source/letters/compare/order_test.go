package compare

import "testing"

func TestResort(t *testing.T) {
	for _, c := range []struct {
		name string
		rows []int
		want bool
	}{
		{"as the list", []int{0, 1, 2, 3, 4, 5, 6, 7}, false},
		{"as the list, rows without a letter", []int{0, 1, 3, 4, 7, 8, 11, 12}, false},
		{"from the end", []int{7, 6, 5, 4, 3, 2, 1, 0}, true},
		{"another order", []int{3, 6, 0, 5, 2, 7, 1, 4}, true},
		{"another order, rows without a letter", []int{30, 61, 2, 50, 20, 77, 19, 40}, true},
		{"one row down", []int{7, 0, 1, 2, 3, 4, 5, 6}, false},
		{"three rows up", []int{3, 4, 5, 6, 7, 0, 1, 2}, false},
		{"two rows put in", []int{0, 1, 2, 5, 3, 4, 6, 7, 8, 11, 9, 10}, false},
		{"a row moved to the end", []int{0, 2, 3, 4, 5, 6, 7, 1}, false},
		{"blocks changed places", []int{4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 10, 11}, false},
		{"one pair", []int{0, 1, 6, 3, 4, 5, 2, 7}, false},
		{"every pair of neighbours", []int{1, 0, 3, 2, 5, 4, 7, 6}, false},
		{"pairs across", []int{5, 7, 4, 6, 2, 0, 3, 1}, false},
		{"three in a ring", []int{0, 1, 6, 3, 2, 5, 4, 7}, false},
	} {
		if got := resort(c.rows); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
