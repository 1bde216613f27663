# make           builds build/tcpprobe and build/libtcpprobe.a
# make check     all tests      make demo   the main job on a real recording
# V=1 shows the commands, SAN=1 builds with ASan and UBSan (into build/san), CC=clang is fine
VERSION := 0.1.0
PREFIX  ?= /usr/local
CC      ?= cc
B       := build$(if $(SAN),/san)
Q       := $(if $(V),,@)

PKGS     := plplot jansson zlib
ISAL     := $(shell pkg-config --exists libisal 2>/dev/null && echo 1)
PKG_LIBS := $(shell pkg-config --libs $(PKGS) $(if $(ISAL),libisal) 2>/dev/null)

WARN     := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat=2 -pedantic
OPT      := $(if $(SAN),-O1 -g -fsanitize=address$(,)undefined -fno-omit-frame-pointer -fno-sanitize-recover=all,-O2 -g)
, := ,
CFLAGS   ?=
CPPFLAGS += -D_GNU_SOURCE -DTP_VERSION='"$(VERSION)"' -Iinclude -Isrc $(if $(ISAL),-DTP_HAVE_ISAL) \
            $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
ALL_CFLAGS = -std=c11 -pthread $(OPT) $(WARN) $(CFLAGS)

LIB_SRC  := $(filter-out $(wildcard src/cli/*.c),$(wildcard src/*/*.c))
CLI_SRC  := $(wildcard src/cli/*.c)
LIB_OBJ  := $(LIB_SRC:%.c=$(B)/%.o)
CLI_OBJ  := $(CLI_SRC:%.c=$(B)/%.o)
UNIT     := $(patsubst tests/unit/%.c,$(B)/tests/%,$(wildcard tests/unit/test_*.c))

all: $(B)/tcpprobe

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(if $(V),,@echo "  CC    $<")
	$(Q)$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(B)/libtcpprobe.a: $(LIB_OBJ)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(B)/tcpprobe: $(CLI_OBJ) $(B)/libtcpprobe.a
	$(if $(V),,@echo "  LINK  $@")
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(PKG_LIBS) -lm

$(B)/tests/%: $(B)/tests/unit/%.o $(B)/libtcpprobe.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(PKG_LIBS) -lcmocka -lm

.SECONDARY:
unit: $(UNIT)
	$(Q)for t in $(UNIT); do $$t || exit 1; done

clean:
	rm -rf build

.PHONY: all unit clean
-include $(LIB_OBJ:.o=.d) $(CLI_OBJ:.o=.d)
