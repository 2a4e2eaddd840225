//go:build !race

package isolate_test

const bombLimit = 1 << 30
