# Captures of public projects, which are not part of this one: make check CAPTURES=DIR, where
# DIR/tcprs holds labelled retransmissions (see tcprs.pl) and DIR/shapes what is odd (see shapes.pl).
load helpers

setup() {
    [ -n "${CAPTURES:-}" ] || skip "needs captures: make check CAPTURES=DIR"
    CAPTURES=$(cd "$CAPTURES" && pwd)
    export TSHARK_CACHE=$BATS_FILE_TMPDIR
    cd "$BATS_TEST_TMPDIR"
}

@test "retransmissions and reordering are what labels by others say" {
    [ -d "$CAPTURES/tcprs" ] || skip "no $CAPTURES/tcprs"
    perl "$BATS_TEST_DIRNAME/tcprs.pl" "$meanings" "$CAPTURES/tcprs"
}

@test "odd captures are read or refused, and counted as tshark counts" {
    [ -d "$CAPTURES/shapes" ] || skip "no $CAPTURES/shapes"
    command -v tshark >/dev/null || skip "needs tshark"
    perl "$BATS_TEST_DIRNAME/shapes.pl" "$meanings" "$CAPTURES/shapes"
}

@test "the fields of each packet are what tshark decodes" {
    command -v tshark >/dev/null || skip "needs tshark"
    perl "$BATS_TEST_DIRNAME/fields.pl" "$tcpprobe" "$CAPTURES"/shapes/* "$CAPTURES"/tcprs/traces/*
}

@test "tshark says the same of each of their packets, or there is a reason" {
    command -v tshark >/dev/null || skip "needs tshark"
    perl "$BATS_TEST_DIRNAME/tshark.pl" "$meanings" "$CAPTURES"/tcprs/traces/* "$CAPTURES"/shapes/*
}
