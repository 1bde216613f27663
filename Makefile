# make           builds build/tcpprobe, build/draw.so and build/libtcpprobe.a
# make deps      installs, on Debian and its like, what the build and the lab need
# make check     every test; on Debian installs what is missing first. With CAPTURES=DIR also those
#                that need a collection of public captures, which are no part of this repository
# make demo      shows the flows of a real recording and plots it
# make lab       builds the link emulator of scripts/lab/run, which makes recordings
# make validate RECORDINGS=DIR   what compare detects in recordings, and how often it is wrong
# make t=NAME     one test: tests/unit/test_NAME.c, tests/bats/NAME.bats or the corpus of
#                tests/fuzz/fuzz_NAME.c; of a name that several have, the first, or t=fuzz_NAME
# make dist      build/tcpprobe-VERSION.tar.gz; make deb: build/deb/*.deb (scripts/tcpprobe.spec: RPM)
# make bare      whether all this works on a machine that has nothing, in a chroot (root; minutes)
# make mutants   which wrong changes the tests notice (ROOMS="wire compare"; minutes for each)
# make check-page  what a browser makes of pages: all of it (Chromium, node; a minute)
# make sums      sums over all sockets against the kernel's counters, in lossy runs (root; half a minute)
# make limits    what limits a connection, in eleven scenarios on the emulated link (root; a minute)
# make check-fleet  recordings of a fleet in two ClickHouse servers: the demo, servers that are killed (minutes)
# make bench-fleet  how fast recordings are loaded, and how much room they take (ClickHouse; minutes)
# make unit | bats | fuzz | bench | bench-text | bench-packets | bench-record | bench-host | lint | format | install | uninstall | clean
#
# V=1 shows the commands. CC=clang, SAN=1 (address and undefined behaviour sanitizers), TSAN=1
# (ThreadSanitizer), NO_ISAL=1 (inflate with zlib only), WERROR=1 (warnings are errors), FUZZER=1
# (libFuzzer) and SHARED=1 (a shared library beside the archive) build into folders of their own.
# NO_DRAW=1 leaves out what draws (build/draw.so), and does without PLplot and cairo; NO_WEB=1 leaves out
# what serves a page (libmicrohttpd).
# LTO= links the program without link-time optimisation: 10 % slower, sooner there.
VERSION := $(shell awk '$$2 ~ /^TP_VERSION_(MAJOR|MINOR|PATCH)$$/ { printf "%s%s", dot, $$3; dot = "." }' \
           include/tcpprobe/version.h)
PREFIX  ?= /usr/local
# Of the library. What draws is found in $(PREFIX)/lib/tcpprobe.
LIBDIR  ?= $(PREFIX)/lib
CC      ?= cc
CLANG   ?= clang
OBJCOPY ?= objcopy
B       := build$(if $(SAN),/san)$(if $(TSAN),/tsan)$(if $(NO_ISAL),/zlib)$(if $(NO_WEB),/noweb)$(if $(WERROR),/check)$(if \
           $(findstring clang,$(CC)),/clang)$(if $(FUZZER),/fuzzer)$(if $(SHARED),/shared)
ifneq ($(and $(SAN),$(TSAN)),)
$(error SAN=1 and TSAN=1 exclude each other)
endif
Q       := $(if $(V),,@)
SAY     := $(if $(V),@:,@printf '  %-5s %s\n')
, := ,

PKGS     := jansson zlib libpcap libmnl
DRAW_PKGS := plplot cairo-pdf cairo-ps fontconfig zlib
ISAL     := $(if $(NO_ISAL),,$(shell pkg-config --exists libisal 2>/dev/null && echo libisal))
SECCOMP  := $(shell pkg-config --exists libseccomp 2>/dev/null && echo libseccomp)
# Its headers are enough: the library is loaded when a page is served.
MICROHTTPD := $(if $(NO_WEB),,$(shell pkg-config --exists libmicrohttpd 2>/dev/null && echo libmicrohttpd))
OPTIONAL := $(ISAL) $(SECCOMP)
# dlopen() was in a library of its own before glibc 2.34
PKG_LIBS := $(shell pkg-config --libs $(PKGS) $(OPTIONAL) 2>/dev/null) -ldl
DRAW_LIBS := $(shell pkg-config --libs $(DRAW_PKGS) 2>/dev/null)

# Whoever has not got them is told at once, and not by the compiler.
NEEDED   := $(PKGS) $(if $(NO_DRAW),,$(DRAW_PKGS))
UNBUILT  := bare bench check clean deb demo deps dist fuzz lint mutants uninstall
ifneq ($(filter-out $(UNBUILT),$(or $(MAKECMDGOALS),all)),)
LACKING := $(shell command -v $(firstword $(CC)) >/dev/null || echo '$(firstword $(CC))'; \
             command -v pkg-config >/dev/null || echo pkg-config; \
             pkg-config --exists $(NEEDED) 2>/dev/null || \
             for one in $(sort $(NEEDED)); do pkg-config --exists $$one 2>/dev/null || echo $$one; done)
ifneq ($(LACKING),)
$(error missing: $(LACKING) (tools, and libraries with their headers as pkg-config calls them). \
"make deps" installs them on Debian and Ubuntu; "make NO_DRAW=1" needs no $(wordlist 1,3,$(DRAW_PKGS)))
endif
endif

WARN     := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat=2 -pedantic
SANITIZE := -fsanitize=address$(,)undefined -fno-sanitize-recover=all -fno-omit-frame-pointer \
            $(if $(FUZZER),-fsanitize=fuzzer-no-link)
RACES    := -fsanitize=thread -fno-omit-frame-pointer
OPT      := $(if $(SAN),-O1 -g1 $(SANITIZE),$(if $(TSAN),-O1 -g1 $(RACES),-O3 -g))$(if $(SHARED), -fPIC)
# The way from bytes to numbers is optimised as a whole in the program, where that is wanted (LTO=
# switches it off). Its objects hold the usual code, too, of which all else is made.
LTO      ?= $(if $(SAN)$(TSAN)$(WERROR)$(findstring clang,$(CC)),,yes)
LTO_ROOMS := analyze base filter flow input pass store wire
# Members that were written one by one must not be read in pairs: that waits for all of the writes.
WHOLE    := $(if $(LTO),-flto=auto -fno-tree-slp-vectorize)
PARTLY   := $(if $(LTO),-fno-lto)
CFLAGS   ?=
# Asked for once, not again for each file.
PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS) 2>/dev/null) $(shell pkg-config --cflags $(DRAW_PKGS) 2>/dev/null)
CPPFLAGS += -D_GNU_SOURCE -Iinclude -Isrc $(if $(ISAL),-DTP_HAVE_ISAL) \
            $(if $(SECCOMP),-DTP_HAVE_SECCOMP) $(if $(MICROHTTPD),-DTP_HAVE_MICROHTTPD) $(PKG_CFLAGS)
ALL_CFLAGS = -std=c11 -pthread $(OPT) $(PARTLY) $(WARN) $(if $(WERROR),-Werror) $(CFLAGS)

CLI_SRC  := $(wildcard src/cli/*.c)
# What knows PLplot and cairo is no part of program and library: draw.so has it, with a copy of the
# little that it needs of the rest.
DRAW_SRC := $(patsubst %,src/plot/%.c,canvas brush surface font drawing_part)
DRAW_OBJ := $(DRAW_SRC:%.c=$(B)/%.pic.o)
DRAW_TOO := $(patsubst %,$(B)/src/%.pic.o,plot/png plot/svg_text plot/lettering base/utf8 base/xml)
LIB_SRC  := $(filter-out $(CLI_SRC) $(DRAW_SRC),$(wildcard src/*/*.c))
LIB_OBJ  := $(LIB_SRC:%.c=$(B)/%.o) $(B)/src/page/assets.o
CLI_OBJ  := $(CLI_SRC:%.c=$(B)/%.o)
# The command line as a function, for tests and fuzzing.
CLI_PARTS := $(filter-out %/main.o,$(CLI_OBJ))
UNIT     := $(patsubst tests/unit/%.c,$(B)/tests/%,$(wildcard tests/unit/test_*.c))
BATS     := $(wildcard tests/bats/*.bats)
FUZZ     := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
REPLAY   := $(FUZZ:%=$(B)/fuzz/replay_%)

# What the tests need to know; the suppressions are for caches that foreign libraries never free.
export BUILD := $(B)
override CAPTURES := $(abspath $(CAPTURES))
export CAPTURES
export LSAN_OPTIONS := suppressions=$(CURDIR)/tests/lsan.supp:print_suppressions=0
export UBSAN_OPTIONS := print_stacktrace=1
export TSAN_OPTIONS := suppressions=$(CURDIR)/tests/tsan.supp

# Structs grow with each release before 1.0, so the soname has two numbers.
SO_NAME  := libtcpprobe.so.$(basename $(VERSION))
SO_FILE  := libtcpprobe.so.$(VERSION)

.DEFAULT_GOAL := $(if $(t),one,all)

all: $(B)/tcpprobe $(if $(NO_DRAW),,$(B)/draw.so) $(B)/libtcpprobe.a $(if $(SHARED),$(B)/$(SO_FILE))

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(SAY) CC $<
	$(Q)$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# The text of the page, from its parts.
$(B)/src/page/assets.c: scripts/page-assets $(wildcard src/page/assets/*)
	@mkdir -p $(@D)
	$(SAY) PAGE $@
	$(Q)scripts/page-assets >$@

$(B)/src/page/assets.o: $(B)/src/page/assets.c
	$(Q)$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -c -o $@ $<

$(B)/%.pic.o: %.c
	@mkdir -p $(@D)
	$(SAY) CC '$< (draw.so)'
	$(Q)$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -fPIC -fvisibility=hidden -MMD -MP -c -o $@ $<

$(LTO_ROOMS:%=$(B)/src/%/%.o): private PARTLY := $(WHOLE) $(if $(LTO),-ffat-lto-objects)
$(B)/tcpprobe: private PARTLY := $(WHOLE)

# Every object with all of its names, for the program and the tests.
$(B)/objects.a: $(LIB_OBJ)
	$(Q)rm -f $@ && $(AR) rcsT $@ $^

# What is installed exports the names of the public headers and no others, so that a program may use
# any other name. Names can be hidden from other objects only within one object.
$(B)/public-names: scripts/public-names $(wildcard include/tcpprobe/*.h)
	@mkdir -p $(@D)
	$(Q)CC='$(CC)' scripts/public-names >$@

$(B)/libtcpprobe.a: $(B)/objects.a $(B)/public-names
	$(SAY) AR $@
	$(Q)$(LD) -r -o $(B)/libtcpprobe.o --whole-archive $<
	$(Q)$(OBJCOPY) --wildcard --remove-section='.gnu.lto_*' --remove-section='.gnu.debuglto_*' \
	    --strip-symbol='__gnu_lto_*' $(B)/libtcpprobe.o
	$(Q)$(OBJCOPY) --keep-global-symbols=$(B)/public-names $(B)/libtcpprobe.o
	$(Q)rm -f $@ && $(AR) rcs $@ $(B)/libtcpprobe.o

$(B)/$(SO_FILE): $(B)/objects.a $(B)/public-names
	$(SAY) LINK $@
	$(Q)CC='$(CC)' scripts/public-names $(basename $(VERSION)) >$(B)/libtcpprobe.map
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -shared -Wl,-soname,$(SO_NAME) -Wl,-z,defs \
	    -Wl,--version-script=$(B)/libtcpprobe.map -Wl,--whole-archive $< -Wl,--no-whole-archive \
	    -o $@ $(PKG_LIBS) -lm

$(B)/draw.so: $(DRAW_OBJ) $(DRAW_TOO)
	$(SAY) LINK $@
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -shared -o $@ $^ $(DRAW_LIBS) -lm

# What the program and the tests are linked with. LOADED=1: a library with every name, so that it
# can be exchanged under programs that were linked before (scripts/mutants).
LIBRARY := $(B)/$(if $(LOADED),loaded.so,objects.a)

$(B)/loaded.so: $(LIB_OBJ) $(DRAW_OBJ)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -shared -Wl,-soname,loaded.so -Wl,-Bsymbolic -o $@ $^ $(PKG_LIBS) $(DRAW_LIBS) -lm

$(B)/tcpprobe: $(CLI_OBJ) $(LIBRARY)
	$(SAY) LINK $@
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(PKG_LIBS) -lm

# The same program without ISA-L, for a test that compares both: only the rooms that know of it are
# compiled anew.
ZLIB_OBJ := $(patsubst $(B)/%,$(B)/zlib_only/%,$(filter $(B)/src/input/% $(B)/src/recorder/%,$(LIB_OBJ)))

$(B)/zlib_only/%.o: %.c
	@mkdir -p $(@D)
	$(SAY) CC '$< (zlib only)'
	$(Q)$(CC) $(CPPFLAGS) -UTP_HAVE_ISAL $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(B)/zlib_only/tcpprobe: $(CLI_OBJ) $(filter-out $(B)/src/input/% $(B)/src/recorder/%,$(LIB_OBJ)) $(ZLIB_OBJ)
	$(SAY) LINK $@
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(filter-out -lisal,$(PKG_LIBS)) -lm

# The link emulator of scripts/lab/run: a program of its own, which shares no more than the units.
LINK_OBJ := $(patsubst %.c,$(B)/%.o,$(wildcard scripts/lab/link/*.c))

lab: $(B)/linkem

$(B)/linkem: $(LINK_OBJ) $(patsubst %,$(B)/src/base/%.o,units put put_real)
	$(SAY) LINK $@
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ -lm

# --- tests ------------------------------------------------------------------------------------

deps:
	$(Q)scripts/install-deps build $(if $(NO_DRAW),,draw) lab

check:
	$(Q)scripts/install-deps build draw test page
	$(Q)scripts/check

demo:
	$(Q)scripts/install-deps build draw
	$(Q)$(MAKE) --no-print-directory all
	$(Q)scripts/demo

# Tests of that name bring their own allocator, which can fail.
WRAPPED := malloc calloc realloc tp_arena_take strdup asprintf open_memstream
$(B)/tests/%_nomem: LDFLAGS += $(WRAPPED:%=-Wl,--wrap=%)
# Those bring their own kernel: tests/unit/fake_tracefs.h.
$(B)/tests/%_fake $(B)/tests/%_fake_nomem: LDFLAGS += $(patsubst %,-Wl$(,)--wrap=%,mkdirat unlinkat openat)
$(B)/tests/%: $(B)/tests/unit/%.o $(LIBRARY)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) $(filter-out %.o,$^) $(PKG_LIBS) \
	    $(LDLIBS) -lcmocka -lm

# Those draw in a process that is a copy of themselves.
DRAWING := $(patsubst %,$(B)/tests/test_%,render render_nomem cli_nomem)
$(DRAWING): $(if $(LOADED),,$(DRAW_OBJ))
$(DRAWING): LDLIBS += $(DRAW_LIBS)
$(B)/tests/test_cli_nomem $(B)/tests/test_frame $(B)/tests/test_means: $(CLI_PARTS)
$(B)/tests/test_cli_nomem: LDFLAGS += -Wl,--wrap=cli_confine

$(B)/tests/test_bottleneck: $(filter-out %/main.o %/options.o %/tun.o,$(LINK_OBJ))

# Loaded before the C library: a kernel that forbids single files.
$(B)/tests/deny.so: tests/unit/deny.c
	@mkdir -p $(@D)
	$(SAY) LINK $@
	$(Q)$(CC) $(CPPFLAGS) -std=c11 -O2 $(WARN) $(if $(WERROR),-Werror) -shared -fPIC -o $@ $< -ldl

# What the library makes of files, in words for the tests in shell and Perl.
TOOLS := $(B)/tests/meanings $(B)/tests/operating $(B)/tests/strays $(B)/tests/statistics $(B)/tests/deny.so $(B)/bench/bigcap $(B)/bench/flood \
         $(B)/bench/measure

# Where one of these has threads or hands over to one, ThreadSanitizer looks at it; to all others it
# would say nothing, slowly.
THREADED := bpf capture capture_order fragments packets_live packets_nomem pass_threads pump pump_live \
            recorder stream stream_live stream_nomem

tests: $(if $(TSAN),$(THREADED:%=$(B)/tests/test_%),$(UNIT) $(TOOLS) $(if $(SAN),$(REPLAY)))

tools: $(TOOLS)

JOBS ?= $(shell nproc)

unit: $(UNIT)
	$(Q)scripts/run-tests -j $(JOBS) $(UNIT)

bats: all lab $(TOOLS)
	$(Q)scripts/run-tests -j $(JOBS) $(BATS)

replay: $(REPLAY)
	$(Q)scripts/run-tests -j $(JOBS) $(REPLAY)

# One test, with all that it prints: the first file of that name.
ifdef t
ONE := $(firstword $(wildcard $(patsubst %,tests/unit/%.c,test_$(t) $(t)) tests/bats/$(t:.bats=).bats \
       $(patsubst %,tests/fuzz/%.c,fuzz_$(t) $(t))))
ifeq ($(ONE),)
$(error no test is called $(t))
endif
ifneq ($(filter %.bats,$(ONE)),)
one: all lab $(TOOLS)
	$(Q)bats $(ONE)
else
one: $(patsubst tests/unit/%.c,$(B)/tests/%,$(patsubst tests/fuzz/fuzz_%.c,$(B)/fuzz/replay_%,$(ONE)))
	$(Q)$<
endif
endif

# Which wrong changes do the tests notice? What is built lies in build/mutants.
mutants:
	$(Q)scripts/mutants $(ROOMS)

# The same targets twice: replay_NAME runs its corpus once with any compiler, fuzz_NAME is libFuzzer.
# `command` has the whole command line in it, with a world of its own around it; its fuzzer changes
# whole calls by what they mean.
CALLED := cli_confine isatty fork tp_bpf_new tp_recorder_prepare tp_recorder_start tp_picture_render cli_plot_make_folder \
          cli_pass_open tp_out_new cli_parse_format tp_report_find tp_netlink_open tp_netns_enter tp_counter_files_open \
          tp_web_open
$(B)/fuzz/%_command: LDFLAGS += $(CALLED:%=-Wl,--wrap=%)
$(B)/fuzz/fuzz_command: LDFLAGS += -Wl,--wrap=argp_parse
$(B)/fuzz/fuzz_command: $(B)/tests/fuzz/command_mutator.o
$(B)/fuzz/replay_%: $(B)/tests/fuzz/fuzz_%.o $(B)/tests/fuzz/replay.o $(CLI_PARTS) $(DRAW_OBJ) $(B)/objects.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(PKG_LIBS) $(DRAW_LIBS) -lm

$(B)/fuzz/fuzz_%: $(B)/tests/fuzz/fuzz_%.o $(CLI_PARTS) $(DRAW_OBJ) $(B)/objects.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(PKG_LIBS) $(DRAW_LIBS) -lm

ifdef FUZZER
fuzz: $(FUZZ:%=$(B)/fuzz/fuzz_%)
	$(Q)scripts/fuzz $(FUZZ)
else
fuzz:
	$(Q)scripts/install-deps build draw fuzz
	$(Q)$(MAKE) --no-print-directory CC=$(CLANG) SAN=1 FUZZER=1 fuzz
endif

# The table of aims; bench-text and bench-packets measure more.
bench:
	$(Q)scripts/install-deps build draw
	$(Q)$(MAKE) --no-print-directory all $(patsubst %,$(B)/bench/%,biglog measure bulkcap bigcap)
	$(Q)scripts/bench

bench-text: all $(B)/bench/biglog $(B)/bench/measure
	$(Q)$(MAKE) --no-print-directory NO_ISAL=1 all
	$(Q)scripts/bench-text

bench-packets: all $(patsubst %,$(B)/bench/%,measure bulkcap bigcap pcaploop)
	$(Q)scripts/bench-packets

$(B)/bench/pcaploop: LDLIBS += $(shell pkg-config --libs libpcap)

$(B)/bench/%: $(B)/tests/bench/%.o
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

validate: all $(B)/tests/operating $(B)/tests/strays
	$(Q)scripts/validate $(RECORDINGS)

# What explain finds of causes that the lab makes; root, half an hour. RECORDINGS=DIR keeps them, RUNS=5 makes fewer.
validate-explain: all $(B)/linkem
	$(Q)BUILD=$(B) scripts/validate-explain $(RECORDINGS)

# What all sockets of a host sent together, against its counters.
sums: all $(B)/linkem
	$(Q)SUMS=all BUILD=$(B) bats tests/bats/sums.bats

# What limits a sender, in every scenario: `make check` has some of them.
limits: all $(B)/linkem
	$(Q)LIMITS=all BUILD=$(B) bats tests/bats/limiting.bats

# What a browser makes of pages: Chromium, headless. `make check` has the figures.
check-page: all
	$(Q)scripts/install-deps page
	$(Q)TCPPROBE=$(B)/tcpprobe node --test --test-reporter=tap tests/page/*.test.mjs

# Recordings of a fleet in ClickHouse: `make check` has some of it.
check-fleet: all
	$(Q)scripts/install-deps build draw test
	$(Q)FLEET=all BUILD=$(B) bats tests/bats/fleet.bats

bench-fleet: all
	$(Q)scripts/install-deps build draw test
	$(Q)BUILD=$(B) scripts/bench-fleet

bench-host: all $(B)/bench/measure
	$(Q)BUILD=$(B) scripts/bench-host

bench-record: all $(B)/bench/measure
	$(Q)scripts/bench-record

bare:
	$(Q)scripts/bare

# --- quality ----------------------------------------------------------------------------------

ALL_C     := $(wildcard src/*/*.c tests/*/*.c samples/*.c scripts/lab/link/*.c)
FORMATTED := $(ALL_C) $(wildcard src/*/*.h tests/*/*.h scripts/lab/link/*.h) # public headers are aligned by hand

# Every file through the compiler's front end only: what `check` does with clang.
syntax:
	$(Q)$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -Werror -fsyntax-only $(ALL_C)

lint:
	$(Q)scripts/check-design
	$(Q)command -v clang-format >/dev/null || { echo 'no clang-format: layout not checked'; exit 0; }; \
	    for f in $(FORMATTED); do clang-format $$f | cmp -s - $$f || echo "not as make format: $$f"; done

format:
	clang-format -i $(FORMATTED)

# The pictures in the README.
picture: all
	$(B)/tcpprobe plot -q --scale 1.25 -o samples/cubic.png samples/cubic.log.gz
	$(B)/tcpprobe plot -q --scale 1 --zoom loss -o samples/loss.png \
	    samples/cubic-loss.log.gz samples/cubic-loss.pcap.gz

# --- install ----------------------------------------------------------------------------------

D = $(DESTDIR)$(PREFIX)
L = $(DESTDIR)$(LIBDIR)
LIBRARIES = libtcpprobe.a $(SO_FILE) $(SO_NAME) libtcpprobe.so pkgconfig/tcpprobe.pc
INSTALLED = bin/tcpprobe lib/tcpprobe include/tcpprobe share/man/man1/tcpprobe.1 share/bash-completion/completions/tcpprobe

install: all
	install -d $(D)/bin $(L)/pkgconfig $(D)/lib/tcpprobe $(D)/include/tcpprobe/figures $(D)/include/tcpprobe/sockets \
	    $(D)/share/man/man1 \
	    $(D)/share/bash-completion/completions
	install -m 755 $(B)/tcpprobe $(D)/bin/
	$(if $(NO_DRAW),,install -m 644 $(B)/draw.so $(D)/lib/tcpprobe/)
	install -m 644 $(B)/libtcpprobe.a $(L)/
	$(if $(SHARED),install -m 644 $(B)/$(SO_FILE) $(L)/)
	$(if $(SHARED),ln -sf $(SO_FILE) $(L)/$(SO_NAME))
	$(if $(SHARED),ln -sf $(SO_NAME) $(L)/libtcpprobe.so)
	install -m 644 include/tcpprobe/*.h $(D)/include/tcpprobe/
	install -m 644 include/tcpprobe/figures/*.h $(D)/include/tcpprobe/figures/
	install -m 644 include/tcpprobe/sockets/*.h $(D)/include/tcpprobe/sockets/
	install -m 644 src/man/tcpprobe.1 $(D)/share/man/man1/
	install -m 644 src/man/completion.bash $(D)/share/bash-completion/completions/tcpprobe
	sed -e 's|@PREFIX@|$(PREFIX)|; s|@LIBDIR@|$(patsubst $(PREFIX)/%,$${prefix}/%,$(LIBDIR))|; s|@VERSION@|$(VERSION)|; s|@REQUIRES@|$(PKGS) $(OPTIONAL)|' \
	    -e 's|@PRIVATE@|$(if $(SHARED),.private)|' src/man/tcpprobe.pc.in >$(L)/pkgconfig/tcpprobe.pc

uninstall:
	rm -rf $(INSTALLED:%=$(D)/%) $(LIBRARIES:%=$(L)/%)

# --- what others install -----------------------------------------------------------------------

NAMED := tcpprobe-$(VERSION)

# The last commit, the same bytes wherever it is made.
dist:
	@mkdir -p build
	$(Q)git archive --format=tar --prefix=$(NAMED)/ HEAD | gzip -9n >build/$(NAMED).tar.gz
	@echo build/$(NAMED).tar.gz

# Of Debian's kind: build/deb/*.deb. See scripts/bare deb.
deb: dist
	$(Q)rm -rf build/deb && mkdir -p build/deb
	$(Q)cp build/$(NAMED).tar.gz build/deb/tcpprobe_$(VERSION).orig.tar.gz
	$(Q)tar -C build/deb -xzf build/$(NAMED).tar.gz
	$(Q)cd build/deb/$(NAMED) && dpkg-buildpackage -us -uc
	@ls build/deb/*.deb

clean:
	rm -rf build

.SECONDARY:
.PHONY: all lab deps bare dist deb check check-page check-fleet demo validate validate-explain tests tools unit bats replay one mutants fuzz bench bench-text bench-packets bench-record bench-host bench-fleet limits sums syntax lint format picture install uninstall clean
-include $(shell find $(B)/src $(B)/zlib_only $(B)/scripts $(B)/tests -name '*.d' 2>/dev/null)
