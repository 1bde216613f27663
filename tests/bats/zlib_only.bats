# The program inflates with ISA-L where the build finds it and with zlib otherwise: same results.

setup_file() {
    cd "$BATS_FILE_TMPDIR" || return
    cp "$BATS_TEST_DIRNAME/../../samples/cubic.log.gz" whole.gz
    gzip -dc whole.gz >text
    { head -n 3000 text | gzip -9; tail -n +3001 text | gzip -1; } >members.gz
    head -c 60000 whole.gz >truncated.gz
    { cat whole.gz; echo "not gzip at all"; } >garbage.gz
    { head -c 40000 whole.gz; printf 'XXXXXXXX'; tail -c +40009 whole.gz; } >damaged.gz
}

setup() {
    local root=$BATS_TEST_DIRNAME/../..

    programs=("$root/$BUILD/tcpprobe" "$root/$ZLIB_ONLY/tcpprobe")
    [ -n "$ZLIB_ONLY" ] || skip "no program without ISA-L: make check builds it"
    pkg-config --exists libisal || skip "no ISA-L here: there is only one way to inflate"
    cd "$BATS_FILE_TMPDIR"
}

# Output, messages and status of both programs on one file. How a damaged stream is described may
# differ, so messages count as said or not said.
same() {
    local i
    for i in 0 1; do
        "${programs[i]}" "$@" >result.$i 2>errors || echo "status $?" >>result.$i
        [ ! -s errors ] || echo "said something" >>result.$i
    done
    cmp result.0 result.1
    [ "$(wc -l <result.0)" -gt 2 ]
}

@test "one program has ISA-L, the other has not" {
    ldd "${programs[0]}" | grep -q libisal
    [ "$(ldd "${programs[1]}" | grep -c libisal)" -eq 0 ]
}

@test "a whole file" { same flows --all --format csv whole.gz; }
@test "every event of it" { same export --events whole.gz; }
@test "several members" { same flows --all --format csv members.gz; }
@test "a truncated tail" { same export --events truncated.gz; }
@test "trailing garbage" { same flows --all --format csv garbage.gz; }
@test "damage in the middle" { same export --events damaged.gz; }

@test "members give what the whole file gives" {
    "${programs[0]}" export --events whole.gz >a
    "${programs[0]}" export --events members.gz >b
    cmp a b
}
