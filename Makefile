# Build, test and install co2 (GNU make).
#
#	make			build/co2, and ./co2 pointing at it
#	make demo		show both modes at work against a fake upstream
#	make check		build and run every test; T=name runs those matching
#	make check-clients	run real client programs through it (Node.js)
#	make check-browser	what a web page can do to it (Chromium)
#	make soak		mixed traffic for MINUTES (30); watch memory, threads
#	make fuzz		fuzz each reader for FUZZ_SECONDS (60); needs clang
#	make lint coverage	what the names say
#	make format		re-indent src/ and tests/ in place
#	make install uninstall	to prefix (see ./configure --help), DESTDIR
#	make deb		a Debian package in build/deb; make check-deb
#				tries it in a clean root (as root)
#	make deps		install what is missing (Debian, Ubuntu)
#	make dist clean distclean
#
# V=1 shows the commands.  SAN=1 builds with the address and undefined
# behaviour sanitizers, SAN=thread with the thread sanitizer, each in its own
# directory below build/, so that switching rebuilds nothing.
#
# A fresh clone needs no preparation: config.mk is made by running autoconf
# and ./configure.  Whoever wants to choose runs these first.

all:

GOALS := $(or $(MAKECMDGOALS),all)
ifneq ($(filter-out clean distclean deps,$(GOALS)),)
include config.mk
endif

# These goals promise to work on a machine that has nothing but make, so they
# install what they miss before the first compiler is needed.
DEPS_FIRST := $(filter deps demo check check-clients lint coverage fuzz, \
	$(GOALS))

config.mk: config.mk.in configure
	@$(if $(DEPS_FIRST),.ci/deps build)
	@if test -f config.status; then \
		./config.status --recheck --quiet && ./config.status --quiet; \
	else ./configure --quiet; fi
	@touch $@

configure: configure.ac
	@$(if $(DEPS_FIRST),.ci/deps build)
	@command -v autoconf >/dev/null || { echo 'autoconf not found:' \
	    'install the Debian package autoconf, or run "make deps"' >&2; exit 1; }
	@autoconf
	@rm -rf autom4te.cache

# ---- flags

SAN :=
V :=
T :=
comma := ,
Q := $(if $(V),,@)
say = $(if $(V),@:,@echo '  $(1)')

B := build$(if $(SAN),/san$(SAN))

WARNINGS := -Wall -Wextra -Wno-missing-field-initializers -Wshadow \
	-Wmissing-prototypes -Wstrict-prototypes -Wpointer-arith -Wformat=2
HARDEN := -fstack-protector-strong -fPIE
ifeq ($(SAN),)
# glibc wants an optimizer beside this one.
HARDEN += $(if $(filter-out -O0,$(filter -O%,$(CFLAGS))), \
	-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
else
SANITIZE := -fno-omit-frame-pointer -fno-sanitize-recover=all \
	-fsanitize=$(if $(filter 1,$(SAN)),address$(comma)undefined,$(SAN))
endif
ALL_CPPFLAGS = -D_GNU_SOURCE -DCO2_VERSION='"$(VERSION)"' -Isrc $(LIB_CFLAGS) \
	$(CPPFLAGS)
ALL_CFLAGS = -std=c11 $(WARNINGS) $(HARDEN) $(SANITIZE) -pthread $(CFLAGS)
ALL_LDFLAGS = $(HARDEN_LDFLAGS) $(SANITIZE) -pthread $(LDFLAGS)
ALL_LIBS = $(LIB_LIBS) $(LIBS)

# ---- what is built from what

SRC := $(wildcard src/*/*.c)
UNIT := $(wildcard tests/unit/test_*.c)
SUPPORT := $(wildcard tests/lib/*.c)
DRIVER := $(wildcard tests/driver/*.c)
UPSTREAM := $(wildcard tests/upstream/*.c)
FIRE := $(wildcard tests/fire/*.c)
BENCH := $(wildcard tests/bench/*.c)
WORK := $(wildcard tests/work/*.c)
FUZZ := $(wildcard tests/fuzz/*.c)
SOAK := $(wildcard tests/soak/*.c)
HEADERS := $(wildcard src/*/*.h tests/*/*.h)
PAGE := $(B)/page_html.c
MAIN := $(wildcard src/main.c)
C_FILES := $(MAIN) $(SRC) $(UNIT) $(SUPPORT) $(DRIVER) $(UPSTREAM) $(FIRE) \
	$(BENCH) $(WORK) $(FUZZ) $(SOAK)
SHELL_FILES := .ci/run .ci/deps completions/co2 \
	$(wildcard tests/*.sh tests/*/*.sh)
MAN_PAGES := $(wildcard man/*.[157])

objects = $(patsubst %.c,$(B)/obj/%.o,$(1))
UNIT_PROGRAMS := $(patsubst tests/unit/%.c,$(B)/unit/%,$(UNIT))
TEST_PROGRAMS := $(UNIT_PROGRAMS) $(if $(DRIVER),$(B)/cases) \
	$(if $(UPSTREAM),$(B)/fake-upstream) $(if $(FIRE),$(B)/fire) \
	$(if $(SAN),,$(B)/work) $(B)/soak

all: $(if $(MAIN),$(B)/co2 $(if $(SAN),,co2),$(B)/libco2.a)

co2: $(B)/co2
	$(Q)ln -sf $< $@

$(B)/libco2.a: $(call objects,$(SRC) $(PAGE)) $(B)/sources
	$(call say,AR $@)
	$(Q)rm -f $@ && $(AR) rcs $@ $(filter %.o,$^)

# The page of GET / as a C string.
$(PAGE): src/gateway/page.html
	@mkdir -p $(@D)
	$(Q){ echo 'extern const char page_html[];'; \
	    echo 'const char page_html[] ='; \
	    sed -e 's/[\\"]/\\&/g' -e 's/.*/    "&\\n"/' $<; \
	    echo '    ;'; } >$@

$(B)/libtest.a: $(call objects,$(SUPPORT)) $(B)/sources
	$(call say,AR $@)
	$(Q)rm -f $@ && $(AR) rcs $@ $(filter %.o,$^)

link = $(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ \
	$(filter %.o,$^) $(filter %.a,$^)

$(B)/co2: $(call objects,$(MAIN)) $(B)/libco2.a
	$(call say,LINK $@)
	$(link) $(ALL_LIBS)

$(UNIT_PROGRAMS): $(B)/unit/%: $(B)/obj/tests/unit/%.o $(B)/libtest.a \
    $(B)/libco2.a
	$(call say,LINK $@)
	@mkdir -p $(@D)
	$(link) $(ALL_LIBS)

$(B)/cases: $(call objects,$(DRIVER)) $(B)/libtest.a $(B)/libco2.a
	$(call say,LINK $@)
	$(link) $(ALL_LIBS)

# It knows the APIs by itself: nothing of co2's own is linked into it.
$(B)/fake-upstream: $(call objects,$(UPSTREAM)) $(B)/libtest.a
	$(call say,LINK $@)
	$(link) -ljansson -lssl -lcrypto

# Nothing of co2's own here either.
$(B)/fire: $(call objects,$(FIRE)) $(B)/libtest.a
	$(call say,LINK $@)
	$(link) -ljansson -lssl -lcrypto

$(B)/soak: $(call objects,$(SOAK)) $(B)/libtest.a
	$(call say,LINK $@)
	$(link) -ljansson -lssl -lcrypto

# Its own copy of the library, in which every basic block is counted.
traced = $(patsubst %.c,$(B)/traced/%.o,$(1))
WRAPPED := memcpy memmove memset memcmp memchr strlen

$(B)/work: $(call objects,$(WORK) $(PAGE)) $(call traced,$(SRC)) $(B)/libtest.a \
    $(B)/sources
	$(call say,LINK $@)
	$(link) $(addprefix -Wl$(comma)--wrap=,$(WRAPPED)) $(ALL_LIBS)

$(B)/traced/%.o: %.c $(B)/flags
	$(call say,CC $< (traced))
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -fsanitize-coverage=trace-pc \
	    -MMD -MP -c -o $@ $<

# Each is a target of libFuzzer's: see tests/fuzz/fuzz.h.
FUZZ_PROGRAMS := $(patsubst tests/fuzz/%.c,$(B)/fuzz/%, \
	$(filter-out tests/fuzz/fuzz.c,$(FUZZ)))

$(FUZZ_PROGRAMS): $(B)/fuzz/%: $(B)/obj/tests/fuzz/%.o \
    $(B)/obj/tests/fuzz/fuzz.o $(B)/libtest.a $(B)/libco2.a
	$(call say,LINK $@)
	@mkdir -p $(@D)
	$(link) -fsanitize=fuzzer $(ALL_LIBS)

fuzz-programs: $(FUZZ_PROGRAMS)

$(B)/obj/%.o: %.c $(B)/flags
	$(call say,CC $<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CPPFLAGS) $(if $(filter tests/%,$<),-Itests -Itests/lib) $(ALL_CFLAGS) \
	    -MMD -MP -c -o $@ $<

# Two files that change when a flag or the list of sources does.
remember = @mkdir -p $(@D); \
	echo '$(subst ','\'',$(1))' | cmp -s - $@ || \
	echo '$(subst ','\'',$(1))' >$@
$(B)/flags: FORCE
	$(call remember,$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(ALL_LDFLAGS))
$(B)/sources: FORCE
	$(call remember,$(SRC) $(SUPPORT))
FORCE:

# The programs of "make bench" know nothing of co2 either.
bench_objects = $(call objects,$(addprefix tests/bench/,$(addsuffix .c,$(1))))
BENCH_PROGRAMS := $(addprefix $(B)/bench-,upstream load life)

$(B)/bench-upstream: $(call bench_objects,upstream script common)
$(B)/bench-load: $(call bench_objects,load client body measure script common)
$(B)/bench-life: $(call bench_objects,life client measure common)
$(BENCH_PROGRAMS):
	$(call say,LINK $@)
	$(link) -ljansson -lssl -lcrypto

-include $(patsubst %.o,%.d,$(call objects,$(C_FILES)) $(call traced,$(SRC)))

# ---- tests

deps:
	@.ci/deps build

need-deps: FORCE
	@.ci/deps build

test-programs: $(if $(MAIN),$(B)/co2) $(TEST_PROGRAMS)

check: need-deps test-programs
	@V='$(V)' SAN='$(SAN)' T='$(T)' tests/run.sh $(B)

# What tests/bench/run.sh reads from its environment.
export QUICK ONLY PAIRS REPEATS GATEWAYS UPSTREAM_PORT

bench: $(B)/co2 $(BENCH_PROGRAMS)
	@.ci/deps bench
	@BUILD=$(B) tests/bench/run.sh

# The programs are downloaded once, see tests/clients/README.md.
check-clients: need-deps $(B)/co2 $(B)/fake-upstream
	@.ci/deps clients
	@BUILD='$(B)' SAN='$(SAN)' V='$(V)' T='$(T)' tests/clients/run.sh

check-browser: need-deps $(B)/co2 $(B)/fake-upstream
	@.ci/deps browser
	@BUILD=$(B) tests/browser/run.sh

MINUTES := 30
soak: need-deps $(B)/co2 $(B)/fake-upstream $(B)/soak
	@BUILD=$(B) SOAK_SECONDS="$$(( $(MINUTES) * 60 ))" tests/soak/run.sh

FUZZ_SECONDS := 60
fuzz:
	@.ci/deps build fuzz
	@$(MAKE) --no-print-directory fuzz-programs CC=clang B=build/fuzzing \
	    SAN=address,undefined CFLAGS='-O1 -g -fsanitize=fuzzer-no-link'
	@FUZZ_SECONDS='$(FUZZ_SECONDS)' T='$(T)' tests/fuzz/run.sh build/fuzzing

demo: need-deps $(B)/co2 $(B)/fake-upstream
	@BUILD=$(B) tests/demo.sh

coverage:
	@.ci/deps coverage
	@rm -rf build/cov
	@$(MAKE) --no-print-directory check B=build/cov \
	    CFLAGS='-O0 -g --coverage -fprofile-update=atomic'
	@gcovr --root . --filter src/ --exclude-unreachable-branches \
	    --branches --print-summary --sort-uncovered build/cov/obj/src \
	    >build/cov/branches.txt
	@gcovr --root . --filter src/ --exclude-unreachable-branches \
	    --print-summary build/cov/obj/src
	@echo 'branches per file: build/cov/branches.txt'

# ---- lint

# Inside single quotes, so the version goes without its own.
TIDY_FLAGS = -std=c11 $(WARNINGS) -D_GNU_SOURCE -DCO2_VERSION=\"$(VERSION)\" $(LIB_CFLAGS) \
	-Isrc -Itests -Itests/lib

LINTS := build layers headers format tidy cppcheck shell man
LINT_GOALS := $(addprefix lint-,$(LINTS))

# All of them, even when the first one fails.
lint:
	@.ci/deps lint
	@$(MAKE) --no-print-directory -k -j"$$(nproc)" $(LINT_GOALS)
	@echo 'lint: clean'

# gcc's warnings here; clang's are among those of lint-tidy.
lint-build:
	@$(MAKE) --no-print-directory test-programs CC=gcc B=build/lint \
	    CFLAGS='-O2 -g -Werror'

lint-layers:
	@tests/lint/layers.sh

lint-headers:
	@bad=; for h in $(HEADERS); do \
		$(CC) $(ALL_CPPFLAGS) -Itests -Itests/lib $(ALL_CFLAGS) -Werror \
		    -fsyntax-only -include "$$h" -x c /dev/null || bad=$$h; \
	done; test -z "$$bad"

lint-format:
	@tests/lint/format.pl $(HEADERS) $(C_FILES)

format:
	@tests/lint/format.pl --fix $(HEADERS) $(C_FILES)

# The tests go without the analyzer, which takes nearly all of the time: they
# run under the sanitizers.
lint-tidy: $(addprefix lint-tidy-,$(C_FILES))

lint-tidy-src/% lint-tidy-tests/%:
	@clang-tidy --quiet --warnings-as-errors='*' \
	    $(if $(filter lint-tidy-tests/%,$@),--checks='-clang-analyzer-*') \
	    $(@:lint-tidy-%=%) 2>/dev/null -- $(TIDY_FLAGS)

lint-cppcheck:
	@cppcheck --quiet --std=c11 --enable=warning,performance,portability \
	    --inline-suppr --suppress=missingIncludeSystem \
	    --suppress=varFuncNullUB --error-exitcode=1 -j "$$(nproc)" \
	    --include=tests/lint/cppcheck.h -D_GNU_SOURCE -D__GNUC__ \
	    -DCO2_VERSION='"$(VERSION)"' -Isrc -Itests -Itests/lib $(C_FILES)

lint-shell:
	@shellcheck -x -P SCRIPTDIR -e SC2119,SC2120 $(SHELL_FILES)

lint-man:
	@mandoc -T lint -W warning $(MAN_PAGES)
	@tests/lint/mapping.sh

# ---- install

# What goes where: for each place a directory, its files and their mode.
PLACES := bin man1 man5 man7 unit example bash zsh fish

bin_dir = $(bindir)
bin_files = $(B)/co2
man1_dir = $(mandir)/man1
man1_files = $(filter %.1,$(MAN_PAGES))
man5_dir = $(mandir)/man5
man5_files = $(filter %.5,$(MAN_PAGES))
man7_dir = $(mandir)/man7
man7_files = $(filter %.7,$(MAN_PAGES))
unit_dir = $(unitdir)
unit_files = $(B)/co2.service systemd/co2.socket
example_dir = $(docdir)/examples
example_files = co2.config.example.json $(wildcard examples/*)
bash_dir = $(bashdir)
bash_files = completions/co2
zsh_dir = $(zshdir)
zsh_files = completions/_co2
fish_dir = $(fishdir)
fish_files = completions/co2.fish

$(B)/bindir: FORCE
	$(call remember,$(bindir))
$(B)/co2.service: systemd/co2.service.in $(B)/bindir
	@mkdir -p $(@D)
	$(Q)sed 's|@bindir@|$(bindir)|' $< >$@

define put
install -d '$(DESTDIR)$($(1)_dir)'
install -m $(if $(filter bin,$(1)),755,644) $($(1)_files) \
    '$(DESTDIR)$($(1)_dir)'

endef

# The files, and what directories are empty then.
define take
$(foreach f,$($(1)_files),rm -f '$(DESTDIR)$($(1)_dir)/$(notdir $(f))'
)@d='$(DESTDIR)$($(1)_dir)'; \
while test "$$d" != '$(DESTDIR)$(prefix)' && rmdir "$$d" 2>/dev/null; \
do d=$${d%/*}; done

endef

used_places = $(foreach p,$(PLACES),$(if $($(p)_files),$(p)))

install: $(foreach p,$(PLACES),$($(p)_files))
	$(foreach p,$(used_places),$(call put,$(p)))

uninstall:
	$(foreach p,$(used_places),$(call take,$(p)))

# ---- releases, tidying

DIST := co2-$(VERSION)
DEB := build/deb

# From the files of the tree as they are now, built apart from it.  The tests
# are make check's: DEB_BUILD_OPTIONS= runs them here as well.
deb: export DEB_BUILD_OPTIONS ?= nocheck
deb:
	@.ci/deps deb
	@test "$$(dpkg-parsechangelog -S Version)" = '$(VERSION)' || { \
	    echo 'debian/changelog is of another version' >&2; exit 1; }
	rm -rf $(DEB)
	mkdir -p $(DEB)/$(DIST)
	{ git ls-files -coz --exclude-standard 2>/dev/null || find . -name build -prune -o \
	    -type f -print0; } | tar -c --null -T - | tar -x -C $(DEB)/$(DIST)
	cd $(DEB)/$(DIST) && env -u MAKEFLAGS dpkg-buildpackage -b -us -uc
	rm -rf $(DEB)/$(DIST)
	lintian --fail-on error $(DEB)/*.changes

# Install it in a clean root, made by debootstrap, and start it there.
check-deb: deb $(B)/fake-upstream
	@.ci/deps deb
	@BUILD=$(B) tests/deb.sh $(DEB)/co2_*.deb

# The tarball holds configure, so that it builds without autoconf.
dist: configure
	git archive --format=tar.gz --prefix=$(DIST)/ --add-file=configure \
	    -o $(DIST).tar.gz HEAD

clean:
	rm -rf build co2

distclean: clean
	rm -rf autom4te.cache
	rm -f configure config.mk config.status config.log co2-*.tar.gz

.PHONY: all bench check check-browser check-clients check-deb clean coverage deb \
	demo deps dist distclean format fuzz fuzz-programs install lint \
	$(LINT_GOALS) soak test-programs uninstall FORCE
.DELETE_ON_ERROR:
.SECONDARY:
