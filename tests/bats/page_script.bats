# The page's script: its functions in node, and one page in a browser. All of it: make check-page.
load helpers

@test "scales, decimation, filters and formats" {
    command -v node >/dev/null || skip "node is not installed: apt-get install nodejs"
    node --test --test-reporter=tap "$root/tests/page/script.test.mjs"
}

@test "every figure on a page is that of flows, and a browser complains of nothing" {
    command -v node >/dev/null || skip "node is not installed: apt-get install nodejs"
    command -v chromium >/dev/null || skip "Chromium is not installed: apt-get install chromium"
    TCPPROBE=$tcpprobe node --test --test-reporter=tap "$root/tests/page/figures.test.mjs"
}
