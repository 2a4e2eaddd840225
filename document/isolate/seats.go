package isolate

import "context"

// enter waits for a seat, or for all of them when the document is to be read
// alone, and returns what gives them back.
func (p *Pool) enter(ctx context.Context, alone bool) (leave func(), err error) {
	if !alone {
		if err := p.sit(ctx); err != nil {
			return nil, err
		}
		return p.rise, nil
	}
	select {
	case <-p.alone:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	for n := range p.cfg.Workers {
		if err := p.sit(ctx); err != nil {
			for range n {
				p.rise()
			}
			p.alone <- struct{}{}
			return nil, err
		}
	}
	return func() {
		for range p.cfg.Workers {
			p.rise()
		}
		p.alone <- struct{}{}
	}, nil
}

func (p *Pool) sit(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case <-p.seats:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *Pool) rise() { p.seats <- struct{}{} }

// take gives an idle worker, or a new one when there is none or it has to be fresh.
func (p *Pool) take(fresh bool) (*process, error) {
	if !fresh {
		if w := p.takeIdle(); w != nil {
			return w, nil
		}
	}
	return p.launch()
}

func (p *Pool) takeIdle() *process {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := len(p.idle)
	if n == 0 {
		return nil
	}
	w := p.idle[n-1]
	p.idle = p.idle[:n-1]
	return w
}

// give puts a worker back among the idle ones.
func (p *Pool) give(w *process) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || len(p.idle) >= p.cfg.Workers {
		w.end()
		return
	}
	p.idle = append(p.idle, w)
}
