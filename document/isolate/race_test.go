//go:build race

package isolate_test

// bombLimit leaves room for the race detector, which maps a lot before the start.
const bombLimit = 3 << 30
