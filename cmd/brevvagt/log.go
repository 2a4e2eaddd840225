package main

import (
	"brevvagt/cmd/brevvagt/config"
	"fmt"
	"io"
	"log/slog"

	"brevvagt/detectors"
)

// newLogger writes to w. As a last line of defence every text that is logged is
// redacted: an error of a library may quote what it choked on.
// The level can be changed later.
func newLogger(cfg config.Log, w io.Writer) (*slog.Logger, *slog.LevelVar, error) {
	level := new(slog.LevelVar)
	if err := level.UnmarshalText([]byte(cfg.Level)); err != nil {
		return nil, nil, fmt.Errorf("log.level %q is none of debug, info, warn, error", cfg.Level)
	}
	o := &slog.HandlerOptions{Level: level, ReplaceAttr: redactAttr}
	if cfg.JSON {
		return slog.New(slog.NewJSONHandler(w, o)), level, nil
	}
	return slog.New(slog.NewTextHandler(w, o)), level, nil
}

func redactAttr(_ []string, a slog.Attr) slog.Attr {
	switch a.Value.Kind() {
	case slog.KindString:
		a.Value = slog.StringValue(detectors.RedactNumbers(a.Value.String()))
	case slog.KindAny:
		if err, ok := a.Value.Any().(error); ok {
			a.Value = slog.StringValue(detectors.RedactNumbers(err.Error()))
		}
	}
	return a
}
