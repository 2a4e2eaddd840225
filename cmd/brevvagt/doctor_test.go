package main

import (
	"strings"
	"testing"
)

// TestDoctor looks at a good installation and at one with faults.
func TestDoctor(t *testing.T) {
	if testing.Short() {
		t.Skip("starts workers and an installation")
	}
	in := install(t, "gateway: {smtp: {listen: \"127.0.0.1:0\", next_hop: \""+freePort(t)+"\"}}\nshares: [{path: /findes/ikke}]\n")
	stdout, stderr, code := command(t, "", "doctor", "--config", in.config)
	if code != 2 || !strings.Contains(stderr, "2 ting skal rettes") {
		t.Errorf("exit %d, %s\n%s", code, stderr, stdout)
	}
	for _, want := range []string{"ok    tekstgenkendelse", "ok    læseprocesser", "ok    konfiguration", "ok    nøgler til karantænen        2",
		"FEJL  næste led (SMTP)", "FEJL  fællesdrev"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("no %q in\n%s", want, stdout)
		}
	}
}

func TestDoctorWithoutConfiguration(t *testing.T) {
	stdout, stderr, code := command(t, "", "doctor", "--config", "/findes/ikke.yaml")
	if code != 2 || !strings.Contains(stdout, "/findes/ikke.yaml") {
		t.Errorf("exit %d, %s\n%s", code, stderr, stdout)
	}
}
