//go:build !race

package isolate_test

const bombLimit = 2 << 30
