// Package metrics counts what a running daemon does, in the form that Prometheus
// reads. No label and no value holds anything of a mail, a person or an address:
// labels are taken from short lists that are known beforehand.
package metrics

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics are the counters of one daemon. The zero value and nil count nothing.
type Metrics struct {
	registry *prometheus.Registry
	mails    *prometheus.CounterVec
	failed   *prometheus.CounterVec
	dry      *prometheus.CounterVec
	tried    *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	bytes    *prometheus.HistogramVec
	gaps     *prometheus.CounterVec
	reloads  *prometheus.CounterVec
	canaries *prometheus.CounterVec
	sendable *prometheus.CounterVec
	loaded   prometheus.Gauge
	proven   prometheus.Gauge
}

// New makes a registry with every metric at zero, so that an alarm on a rate finds
// its series before the first event.
func New(version string) *Metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: "brevvagt_" + name, Help: help}, labels)
	}
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		mails:    counter("mails_total", "Mails judged, by lane and verdict.", "lane", "verdict"),
		failed:   counter("mails_failed_total", "Mails answered with a temporary failure or held unjudged, by lane and reason.", "lane", "reason"),
		dry:      counter("dry_run_total", "Mails that passed only because of dry run, by the verdict they would have had.", "lane", "verdict"),
		tried:    counter("rule_dry_run_total", "Mails for which a rule in dry run fired, by rule and its action.", "rule", "action"),
		gaps:     counter("gaps_total", "Parts that could not be read, by reason.", "reason"),
		reloads:  counter("config_reloads_total", "Reloads of the configuration, by result.", "result"),
		canaries: counter("canary_total", "Canary mails, by result.", "result"),
		sendable: counter("tls_policy_answers_total", "Answers to the mail server about how a domain is to be reached.", "answer"),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "brevvagt_scan_seconds", Help: "Time to read and judge one mail.",
			Buckets: []float64{.005, .02, .05, .1, .25, .5, 1, 2.5, 5, 10, 25, 60, 300}}, []string{"lane"}),
		bytes: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "brevvagt_mail_bytes", Help: "Size of mails judged.",
			Buckets: prometheus.ExponentialBuckets(1024, 8, 7)}, []string{"lane"}),
		loaded: prometheus.NewGauge(prometheus.GaugeOpts{Name: "brevvagt_config_loaded_timestamp_seconds", Help: "When the configuration in force was read."}),
		proven: prometheus.NewGauge(prometheus.GaugeOpts{Name: "brevvagt_canary_last_proven_timestamp_seconds", Help: "When a canary mail was last held as it must; 0 is never."}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{Name: "brevvagt_build_info", Help: "1, with the version as label.", ConstLabels: prometheus.Labels{"version": version}})
	build.Set(1)
	m.registry.MustRegister(m.mails, m.failed, m.dry, m.tried, m.gaps, m.reloads, m.canaries, m.sendable, m.seconds, m.bytes, m.loaded, m.proven, build,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	for _, result := range []string{"ok", "refused"} {
		m.reloads.WithLabelValues(result)
	}
	for _, result := range []string{"held", "not-held", "error"} {
		m.canaries.WithLabelValues(result)
	}
	return m
}

// Handler serves the text format at any path.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// Gauge adds a value that is asked for at each scrape; f must be quick.
func (m *Metrics) Gauge(name, help string, f func() float64) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "brevvagt_" + name, Help: help}, f))
}

// Add gives one value of a gauge; labels are key, value, key, value.
type Add func(name, help string, value float64, labels ...string)

// Samples adds gauges whose series are told anew at each scrape, since nobody knows them
// beforehand; f must be quick.
func (m *Metrics) Samples(f func(Add)) { m.registry.MustRegister(samples(f)) }

// samples is a collector that describes nothing, as its series come and go.
type samples func(Add)

// Describe implements prometheus.Collector.
func (samples) Describe(chan<- *prometheus.Desc) {}

// Collect implements prometheus.Collector.
func (f samples) Collect(out chan<- prometheus.Metric) {
	f(func(name, help string, value float64, labels ...string) {
		var keys, values []string
		for i := 0; i+1 < len(labels); i += 2 {
			keys, values = append(keys, labels[i]), append(values, labels[i+1])
		}
		desc := prometheus.NewDesc("brevvagt_"+name, help, keys, nil)
		metric, err := prometheus.NewConstMetric(desc, prometheus.GaugeValue, value, values...)
		if err != nil {
			metric = prometheus.NewInvalidMetric(desc, err)
		}
		out <- metric
	})
}

// Judged counts a mail. would is the verdict that dry run set aside, "" otherwise.
func (m *Metrics) Judged(lane, verdict, would string, took time.Duration, bytes int64) {
	if m == nil {
		return
	}
	m.mails.WithLabelValues(lane, verdict).Inc()
	m.seconds.WithLabelValues(lane).Observe(took.Seconds())
	m.bytes.WithLabelValues(lane).Observe(float64(bytes))
	if would != "" {
		m.dry.WithLabelValues(lane, would).Inc()
	}
}

// Tried counts a rule that is tried out and fired; rule is an id of the configuration.
func (m *Metrics) Tried(rule, action string) {
	if m != nil {
		m.tried.WithLabelValues(rule, action).Inc()
	}
}

// Failed counts a mail that could not be judged. reason is one of a short list.
func (m *Metrics) Failed(lane, reason string) {
	if m != nil {
		m.failed.WithLabelValues(lane, reason).Inc()
	}
}

// Gap counts a part that could not be read.
func (m *Metrics) Gap(reason string) {
	if m != nil {
		m.gaps.WithLabelValues(reason).Inc()
	}
}

// Reloaded notes that a configuration was read, and whether it is in force.
func (m *Metrics) Reloaded(ok bool) {
	if m == nil {
		return
	}
	if !ok {
		m.reloads.WithLabelValues("refused").Inc()
		return
	}
	m.reloads.WithLabelValues("ok").Inc()
	m.loaded.SetToCurrentTime()
}

// Started notes when the configuration in force at start was read.
func (m *Metrics) Started() {
	if m != nil {
		m.loaded.SetToCurrentTime()
	}
}

// Canary counts a canary mail: result is held, not-held or error.
func (m *Metrics) Canary(result string) {
	if m != nil {
		m.canaries.WithLabelValues(result).Inc()
	}
}

// Proven sets when a canary mail was last held.
func (m *Metrics) Proven(at time.Time) {
	if m != nil && !at.IsZero() {
		m.proven.Set(float64(at.Unix()))
	}
}

// PolicyAnswer counts an answer of the TLS policy server: protected, defer or other.
func (m *Metrics) PolicyAnswer(answer string) {
	if m != nil {
		m.sendable.WithLabelValues(answer).Inc()
	}
}
