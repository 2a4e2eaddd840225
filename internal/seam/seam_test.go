package seam

import (
	"strings"
	"testing"
)

func TestNumbersCutAtTheirHyphen(t *testing.T) {
	for texts, want := range map[string]string{
		"Borgeren (personnr. 130151-|5355) har søgt":       "130151-5355 Borgeren (personnr.",
		"Part: A. Eksempel\ncpr 130151 –|5355":             "130151-5355 Part: A. Eksempel\ncpr",
		"Part: A. Eksempel, 130151-|5355.":                 "130151-5355 ",
		"CPR: 130151|-5355":                                "130151-5355 CPR:",
		"CPR: 130151|\u20115355 har søgt":                  "130151-5355 CPR:",
		"Sagen 130151-|5355 sider i alt":                   "",
		"CPR: 130151-|53551":                               "",
		"CPR: 130151|5355 kr.":                             "",
		"CPR: 130151-|-5355":                               "",
		"CPR: 1130151-|5355":                               "",
		"CPR: 130151-|Noget imellem|5355":                  "",
		"130151-|5355":                                     "",
		"Perioden fra 1. januar til 31. december 2041-|42": "",
	} {
		var s Seam
		got := ""
		for _, text := range strings.Split(texts, "|") {
			if n, label, ok := s.Add(text, ""); ok {
				got += n + " " + label
			}
		}
		if got != want {
			t.Errorf("%s: %q, want %q", texts, got, want)
		}
	}
}
