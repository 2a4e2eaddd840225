package detectors_test

import (
	"slices"
	"testing"

	"brevvagt/detectors/identity/digits"
)

// collect gives the last row of each call, 64 bytes at once or byte by byte.
func collect(by func(string, *digits.Row, func()), s string) (out []digits.Run) {
	var row digits.Row
	by(s, &row, func() { out = append(out, row.Runs[row.Count-1]) })
	return out
}

func scan(s string, row *digits.Row, read func()) { digits.Scan(s, row, read, nil, nil) }

func TestGaps(t *testing.T) {
	for text, want := range map[string]digits.Gap{
		"123456-7890": digits.Dash, "123456 – 7890": digits.Dash, "123456--7890": digits.Dash, "123456-\u00ad7890": digits.Dash, "123456&#8209;7890": digits.Dash,
		"123456-\n7890": digits.DashBreak, "123456 7890": digits.Space, "123456\u00a07890": digits.Space, "123456&nbsp;7890": digits.Space, "123456   7890": digits.Wide,
		"123456\t7890": digits.Tab, "123456\n7890": digits.Break, "123456\r\n7890": digits.Break, "123456</td><td>7890": digits.Cell, "123456</td><td>-7890": digits.Dash,
		"123456.7890": digits.Dot, "123456/7890": digits.Slash, "123456|7890": digits.Pipe, "123456_7890": digits.Under,
		"a23456, 7890": digits.None, "123456\n\n7890": digits.None, "123456 og 7890": digits.None, "123456. 7890": digits.None, "123456---7890": digits.None, "123456;78901": digits.None, "1123456*7890": digits.None, "123456 * 7890": digits.None, "123456%7890": digits.None, "123456] 7890": digits.None,
		"123456;7890": digits.Sign, "123456, 7890": digits.Sign, "123456*7890": digits.Sign, "123456+7890": digits.Sign, "123456\u00b77890": digits.Sign,
		"123456] [7890": digits.Fence, "123456)-(7890": digits.Fence, "123456%2D7890": digits.Dash, "123456%E2%80%937890": digits.Dash, "123456%207890": digits.Space, "123456│7890": digits.Pipe,
	} {
		if got, _ := digits.GapAt(text, 6); got != want {
			t.Errorf("%q: gap %d, want %d", text, got, want)
		}
	}
}

func TestRuns(t *testing.T) {
	runs := collect(scan, "tlf. 12\u200b34 – ５678, eller 123456789012345")
	var n []int
	for _, r := range runs {
		n = append(n, r.N)
	}
	if !slices.Equal(n, []int{4, 4, 15}) || runs[1].Gap != digits.Dash || runs[1].Digit[0] != 5 {
		t.Errorf("%+v", runs)
	}
}

// TestEveryRunOfFourIsMet shifts a run over the ends of two blocks.
func TestEveryRunOfFourIsMet(t *testing.T) {
	for shift := range 140 {
		s := string(slices.Repeat([]byte("a"), shift)) + "1234 12" + string(slices.Repeat([]byte("a"), 140-shift))
		if runs := collect(scan, s); len(runs) != 2 || runs[0].Start != shift || runs[0].N != 4 {
			t.Fatalf("shift %d: %+v", shift, runs)
		}
	}
}
