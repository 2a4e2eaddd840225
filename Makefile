# brevvagt: `make demo` shows it, `make test` proves it.
GO        ?= go
VERSION   ?= $(shell git describe --always --dirty 2>/dev/null || echo dev)
# What the program needs to be built and run, and what its tests need beside it.
RUN_DEPS  := g++ libtesseract-dev libleptonica-dev tesseract-ocr tesseract-ocr-dan tesseract-ocr-osd libheif1
TEST_DEPS := age postfix miltertest postfix-pcre openssl gnupg ripgrep chromium fonts-liberation poppler-utils dovecot-core dovecot-imapd postgresql samba samba-vfs-modules smbclient rclone \
             libreoffice-writer-nogui/libreoffice-writer libreoffice-calc-nogui/libreoffice-calc libreoffice-impress-nogui/libreoffice-impress
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2

.PHONY: help demo build test short lint bench fuzz deps test-deps clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

demo: build ## the whole system on this machine with sample traffic (page on http://localhost:8080)
	@bin/brevvagt demo

build: deps ## the program at bin/brevvagt and its helper for cloud storage (left out with CLOUD=no)
	@echo "building brevvagt $(VERSION) (the first time takes a minute or two)"
	@$(GO) build -ldflags "-X main.version=$(VERSION)" -o bin/brevvagt ./cmd/brevvagt
ifneq ($(CLOUD),no)
	@$(GO) build -ldflags "-s -w" -o bin/brevvagt-cloud ./cmd/brevvagt-cloud
endif

test: test-deps lint ## everything, with real Postfix, Chromium and Tesseract
	@# One package more than cores at a time: much of a test is waiting for servers.
	@OMP_THREAD_LIMIT=1 $(GO) test -p $$(($$(nproc) + 1)) -timeout 14m ./...

short: deps ## the quick loop: no servers, no browser
	@OMP_THREAD_LIMIT=1 $(GO) test -short ./...

lint: deps ## gofmt, go vet, staticcheck
	@out=$$(gofmt -l $$(git ls-files '*.go')); if [ -n "$$out" ]; then echo "not gofmt-clean:"; echo "$$out"; exit 1; fi
	@$(GO) vet ./...
	@# Without the cloud backends: staticcheck would read all that they stand on.
	@$(GO) run $(STATICCHECK) -tags norclone ./...

bench: test-deps ## speed, as ratios against a peer measured in the same run
	@OMP_THREAD_LIMIT=1 $(GO) test -run '^$$' -bench . -benchtime 1x -timeout 60m ./...

fuzz: deps ## a minute of each fuzz target
	@scripts/fuzz 60s

deps: ## install what building and running needs (root)
	@scripts/need $(RUN_DEPS)

test-deps: deps ## install what the tests need beside it (root)
	@scripts/need $(TEST_DEPS)

clean: ## remove what was built
	@rm -rf bin
