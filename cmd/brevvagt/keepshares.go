package main

import (
	"errors"

	"brevvagt/cmd/brevvagt/config"
	"brevvagt/cmd/brevvagt/shares"
	"brevvagt/detectors"
	"brevvagt/scanner"
	"brevvagt/scanner/source/letters"
)

// worker reads shares with the judgement of a pipeline.
func (d *daemon) worker(p *scanner.Pipeline) shares.Worker {
	return shares.Worker{Pipeline: p, Files: d.lanes.Files, Version: version, Log: d.log, Letters: letters.Judge, Done: d.foundFile}
}

// helper is a process that only reads shares.
type helper struct {
	file   string
	cfg    config.Config
	worker shares.Worker
	key    detectors.Key
}

// reload reads the configuration anew.
func (h *helper) reload() (config.Config, shares.Worker, error) {
	cfg, w := h.cfg, h.worker
	next, err := config.Load(h.file)
	if err != nil {
		return cfg, w, err
	}
	judged, err := newJudging(next.Site, h.key)
	if err == nil && shares.AnySeized(next) && w.Files.Service == nil {
		err = errors.New("findings: quarantine needs a restart of a worker that had none")
	}
	if err != nil {
		return cfg, w, err
	}
	cfg.Site, cfg.Notify, cfg.Shares = next.Site, next.Notify, next.Shares
	p := *w.Pipeline
	judged.into(&p, cfg.Site, h.key)
	w.Pipeline = &p
	return cfg, w, nil
}
