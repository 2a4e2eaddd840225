//go:build !norclone

package rclone

import (
	"bytes"
	"crypto/md5"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"brevvagt/scanner/source/share/cloud/frame"
)

// fakeS3 is a stand-in for an S3 server: lists in pages, gives and measures objects.
// It knows the key's name and checks no signature.
type fakeS3 struct {
	url        string
	gets       atomic.Int64
	cutListing atomic.Bool  // a second page fails
	throttle   atomic.Int64 // so many answers are SlowDown

	page    int // entries of one; set while nothing is asked
	mu      sync.Mutex
	objects map[string]s3Object
}

type s3Object struct {
	data []byte
	time time.Time
}

const s3Page = 7 // entries

func newFakeS3(t *testing.T) *fakeS3 {
	s := &fakeS3{objects: make(map[string]s3Object), page: s3Page}
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	s.url = srv.URL
	return s
}

func (s *fakeS3) setup() frame.Setup {
	return frame.Setup{Kind: "s3", Root: "spand", Options: map[string]string{"provider": "Other", "endpoint": s.url, "force_path_style": "true", "access_key_id": "NØGLE"},
		Secrets: map[string]string{"secret_access_key": "en hemmelighed"}}
}

func (s *fakeS3) put(name, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.objects[name] = s3Object{[]byte(text), time.Now().Truncate(time.Second).UTC()}
}

// drop takes away what a name begins with.
func (s *fakeS3) drop(prefix string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for name := range s.objects {
		if strings.HasPrefix(name, prefix) {
			delete(s.objects, name)
		}
	}
}

func (s *fakeS3) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !strings.Contains(r.Header.Get("Authorization"), "Credential=NØGLE/") {
		refuse(w, http.StatusForbidden, "InvalidAccessKeyId")
		return
	}
	if s.throttle.Add(-1) >= 0 {
		refuse(w, http.StatusServiceUnavailable, "SlowDown")
		return
	}
	name := strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, "/spand"), "/")
	if name == "" {
		s.list(w, r)
		return
	}
	s.mu.Lock()
	o, ok := s.objects[name]
	s.mu.Unlock()
	if !ok {
		refuse(w, http.StatusNotFound, "NoSuchKey")
		return
	}
	if r.Method == http.MethodGet {
		s.gets.Add(1)
	}
	w.Header().Set("ETag", fmt.Sprintf("%q", fmt.Sprintf("%x", md5.Sum(o.data))))
	http.ServeContent(w, r, "", o.time, bytes.NewReader(o.data))
}

func refuse(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<Error><Code>%s</Code><Message>%s</Message></Error>", code, code)
}

func (s *fakeS3) list(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	prefix, after := q.Get("prefix"), q.Get("continuation-token")+q.Get("marker")
	if after != "" && s.cutListing.Load() {
		refuse(w, http.StatusBadRequest, "InvalidArgument") // not worth a second try
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	entries := make(map[string]string)
	for name, o := range s.objects {
		rest, ok := strings.CutPrefix(name, prefix)
		if !ok {
			continue
		}
		if folder, _, deeper := strings.Cut(rest, "/"); deeper && q.Get("delimiter") == "/" {
			entries[prefix+folder+"/"] = "<CommonPrefixes><Prefix>" + html.EscapeString(prefix+folder+"/") + "</Prefix></CommonPrefixes>"
			continue
		}
		entries[name] = fmt.Sprintf("<Contents><Key>%s</Key><LastModified>%s</LastModified><ETag>&quot;%x&quot;</ETag><Size>%d</Size></Contents>",
			html.EscapeString(name), o.time.Format("2006-01-02T15:04:05.000Z"), md5.Sum(o.data), len(o.data))
	}
	var names []string
	for name := range entries {
		if name > after {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	more := len(names) > s.page
	names = names[:min(len(names), s.page)]
	w.Header().Set("Content-Type", "application/xml")
	fmt.Fprintf(w, "<ListBucketResult><Name>spand</Name><IsTruncated>%v</IsTruncated>", more)
	if more {
		last := html.EscapeString(names[len(names)-1])
		fmt.Fprintf(w, "<NextContinuationToken>%s</NextContinuationToken><NextMarker>%s</NextMarker>", last, last)
	}
	for _, name := range names {
		fmt.Fprint(w, entries[name])
	}
	fmt.Fprint(w, "</ListBucketResult>")
}
