# What packets mean, against tshark and tcptrace.
load helpers

captures=("$root"/tests/data/lab/*.pcap.gz "$pairs"/*.pcap.gz)

@test "tshark says the same of each packet, or there is a reason" {
    command -v tshark >/dev/null || skip "needs tshark"
    perl "$BATS_TEST_DIRNAME/tshark.pl" "$meanings" "${captures[@]}"
}
