# tap.sh: for shell scripts that speak TAP. To be sourced by bash; end with `plan`.
tap_number=0

# expect WHAT COMMAND...: one test; shows the output of a command that fails.
expect() {
    local what=$1 output result=ok
    shift
    output=$("$@" 2>&1) || result='not ok'
    tap_number=$((tap_number + 1))
    echo "$result $tap_number - $what"
    [ "$result" = ok ] || sed 's/^/# /' <<<"$output"
}

skip() { # WHAT WHY
    tap_number=$((tap_number + 1))
    echo "ok $tap_number - $1 # SKIP $2"
}

plan() {
    echo "1..$tap_number"
}
