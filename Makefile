# SPDX-License-Identifier: Apache-2.0
#
# The short way to everything; Meson does the work.  Each target sets up what it needs.
#
#   make build                               the libraries and programs, optimised, in build-release/
#   make install [DESTDIR=D] [PREFIX=P]      lays them down under D/P; P is /usr/local
#   make demo                                a key, a signed commit, a signed file, and what is refused
#   make test                                builds for debugging in build/, and tests
#   make bench                               our figures beside the peers'
#   make replay FILES='a.json b.json'        replays vector files
#   make lint                                what no compiler says
#   make clean                               removes every build directory; .deps stays

PREFIX = /usr/local
RELEASE = build-release
DEBUG = build

export PKG_CONFIG_PATH := $(CURDIR)/.deps/lib/pkgconfig$(if $(PKG_CONFIG_PATH),:$(PKG_CONFIG_PATH))

# A set-up that was interrupted has no build.ninja; what it says matters only when it fails.
configure = test -e $(1)/build.ninja || { echo "setting up $(1)"; \
	meson setup $(1) $(2) >$(1).log 2>&1 || { tail -n 20 $(1).log; exit 1; }; }

build: release

release:
	@./setup
	@$(call configure,$(RELEASE),-Dbuildtype=release -Dtests=false)
	@ninja -C $(RELEASE) --quiet

debug:
	@./setup test
	@$(call configure,$(DEBUG))
	@ninja -C $(DEBUG) --quiet

demo: release
	@./setup demo
	@scripts/demo

test: debug
	@meson test -C $(DEBUG) --no-rebuild --print-errorlogs || failed=yes; \
	scripts/tally $(DEBUG)/meson-logs/testlog.json && test -z "$$failed"

replay: debug
	@test -n '$(FILES)' || { echo "usage: make replay FILES='a.json b.json'"; exit 2; }
	@$(DEBUG)/tests/replay $(FILES)

bench: release
	@./setup bench
	@bench/run

# Only a PREFIX other than the last one costs a new configuration.
install: release
	@echo '$(PREFIX)' | cmp -s - $(RELEASE)/.prefix || { \
		meson configure $(RELEASE) -Dprefix='$(PREFIX)' && ninja -C $(RELEASE) --quiet && \
		echo '$(PREFIX)' >$(RELEASE)/.prefix; }
	@meson install -C $(RELEASE) --no-rebuild --quiet $(if $(DESTDIR),--destdir "$$(realpath -m '$(DESTDIR)')")

lint:
	@./setup gate
	@scripts/lint

clean:
	@rm -rf build build-*

.PHONY: bench build clean debug demo install lint release replay test
