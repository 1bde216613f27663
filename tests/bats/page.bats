# The data of pages: every number is that of the other commands, and hostile names stay names.
load helpers

setup() { cd "$BATS_TEST_TMPDIR"; }

both=("$samples/cubic-loss.log.gz" "$samples/cubic-loss.pcap.gz")

# page FILE...: its data in page.json.
page() { "$tcpprobe" export -q --format page-json "$@" >page.json; }

# agree ARGUMENT...: page.json says the same as the other commands; page.pl says how.
agree() {
    page "$@"
    "$tcpprobe" flows -q --all --format json "$@" >flows.json
    "$tcpprobe" explain -q --top 0 --format ndjson "$@" >explain.ndjson
    "$tcpprobe" export -q "$@" >samples.csv
    "$tcpprobe" packets -q --format ndjson "$@" >packets.ndjson
    perl "$BATS_TEST_DIRNAME/page.pl" page.json flows.json explain.ndjson samples.csv packets.ndjson
}

@test "figures, series, findings, accounts and packets are those of the other commands" {
    agree --until 1.1 "${both[@]}"
    agree --until 1 "$pairs/rwnd-limited.pcap.gz"
    agree --until 0.6 "$two_flows"
}

@test "a part, chosen flows: still the same" {
    page --since 1 --until 1.2 "${both[@]}"
    "$tcpprobe" flows -q --all --format json --since 1 --until 1.2 "${both[@]}" >flows.json
    for figure in acked_bytes goodput_bps wire_packets srtt_p50_us limited_share; do
        json page.json "sort map { \"\$_->{id} \" . (\$_->{figures}{$figure} // 'null') } @{ \$d->{details} }" >one
        json flows.json "sort map { \"\$_->{id} \" . (\$_->{$figure} // 'null') } @{ \$d->{flows} }" | diff one -
    done
    page --flow 1 --until 1 "${both[@]}"
    [ "$(json page.json 'map { $_->{id} } @{ $d->{connections} }, @{ $d->{details} }')" = $'1\n1' ]
}

@test "threads and a second time make no difference" {
    for threads in 0 3; do
        "$tcpprobe" report -q --threads $threads -o $threads.html "${both[@]}"
    done
    cmp 0.html 3.html
}

# data PAGE ID: a block of a page.
data() { perl -0777 -ne "print \$1 if m{<script type=\"application/gzip;base64\" id=\"$2\">([^<]*)</script>}" "$1" | base64 -d | gzip -dc; }

@test "a page holds the same data, in blocks" {
    page --until 1 "${both[@]}"
    "$tcpprobe" report -q --until 1 -o page.html "${both[@]}"
    data page.html index >index.json
    json page.json 'delete $d->{details}; JSON::PP->new->canonical->encode($d)' >one
    json index.json 'JSON::PP->new->canonical->encode($d)' | diff one - >&2
    for id in 1 2; do
        data page.html flow-$id >detail.json
        json page.json "JSON::PP->new->canonical->encode(grep { \$_->{id} == $id } @{ \$d->{details} })" >one
        json detail.json 'JSON::PP->new->canonical->encode($d)' | cmp one -
    done
    # nothing but the script of the page and data: no other element of scripts, no address of another host
    [ "$(grep -o '<script[ >]' page.html | sort | uniq -c | xargs)" = '3 <script 1 <script>' ]
    not grep -E '(src|href)="?(https?:)?//' page.html
    grep -q "Content-Security-Policy\" content=\"default-src 'none'; script-src 'sha256-" page.html
}

@test "the policy names the script and the style that the page has" {
    "$tcpprobe" report -q -o page.html "$one_flow"
    for tag in script style; do
        hash=$(perl -0777 -ne "print \$1 if m{<$tag>(.*?)</$tag>}s" page.html | openssl dgst -sha256 -binary | base64)
        grep -qF "$tag-src 'sha256-$hash'" page.html
    done
}

@test "--top and --packets leave out, and say so" {
    "$tcpprobe" report -q --top 1 --packets 100 -o page.html "${both[@]}"
    [ "$(grep -c 'id="flow-' page.html)" -eq 1 ]
    data page.html index >index.json
    [ "$(json index.json '"@{ $d->{details_of} }", scalar @{ $d->{connections} }')" = $'2\n2' ]
    data page.html flow-2 >detail.json
    [ "$(json detail.json '$d->{packets}{of}')" -eq 6394 ]
    rows=$(json detail.json '$d->{packets}{rows}')
    [ "$rows" -gt 80 ] && [ "$rows" -le 100 ]
    # the SYN, the end, and the first losses
    json detail.json 'my ($t, $n) = (0, 0); for (@{ $d->{packets}{columns}{t} }) { $t += $_; $n++ if $t >= 765810e3 && $t <= 1062797e3 } $n > 10 ? 1 : 0' | grep -x 1
    "$tcpprobe" report -q --packets 0 -o page.html "${both[@]}"
    data page.html flow-2 | not grep -q '"packets":{'
}

@test "--time: the page knows how moments are to be shown, and refuses a wall's clock that nothing tells" {
    "$tcpprobe" report -q --time wall -o page.html "${both[@]}"
    data page.html index >index.json
    [ "$(json index.json '$d->{time}')" = wall ]
    "$tcpprobe" report -q -o page.html "${both[@]}"
    data page.html index >index.json
    [ "$(json index.json 'exists $d->{time} ? 1 : 0')" -eq 0 ]
    zcat "${both[0]}" | grep -v '^#' >bare.log
    "$tcpprobe" report -q --time recording -o page.html bare.log
    not "$tcpprobe" flows -q --time wall bare.log 2>expected
    fails 2 "$(cat expected)" report -q --time wall -o page.html bare.log
}

@test "--anonymize: no address, no name of a file, the same for the same" {
    cp "${both[0]}" secret.log.gz
    cp "${both[1]}" secret.pcap.gz
    "$tcpprobe" report -q --anonymize -o page.html secret.log.gz secret.pcap.gz
    for id in index flow-1 flow-2; do data page.html $id; done >all
    not grep -F '10.9.0.' all
    not grep -F 'secret' all
    not grep -E '10\.9\.0\.|secret' page.html
    data page.html index >index.json
    [ "$(json index.json 'map { /(.*):/ } map { $_->{src} } @{ $d->{connections} }' | sort -u | wc -l)" -eq 1 ]
    # ... and all else as it is
    data page.html flow-2 >detail.json
    "$tcpprobe" flows -q --format json "${both[@]}" >flows.json
    [ "$(json detail.json '$d->{figures}{goodput_bps}')" = "$(json flows.json '$d->{flows}[0]{goodput_bps}')" ]
    data page.html flow-2 | grep -F '198.18.0.2:5201 sent a reset'
}

@test "hostile names are text: of files, and the title" {
    name=$'a<script>alert(1)\xe2\x80\xae\xff"\'&.log.gz'
    cp "$one_flow" "$name"
    "$tcpprobe" report -q -o page.html "$name"
    not grep -a '<script>alert' page.html
    "$tcpprobe" report -q --title '</title><script>alert(1)</script>' -o page.html "$one_flow"
    not grep -a '<script>alert' page.html
    data page.html index | grep -F '"title":"</title><script>alert(1)</script>"'
}

@test "files: beside the input, whole or not at all, never the input, never a pipe" {
    cp "$one_flow" t.log.gz
    "$tcpprobe" report t.log.gz 2>&1 | grep -x 'tcpprobe: wrote t.html'
    [ -s t.html ]
    [ "$("$tcpprobe" report -q -o - t.log.gz | wc -c)" -eq "$(stat -c %s t.html)" ]
    fails 2 'tcpprobe: t.log.gz is an input: -o names another file' report -o t.log.gz t.log.gz
    fails 2 'tcpprobe: no/t.html: cannot write the page: No such file or directory' report -q -o no/t.html t.log.gz
    fails 2 'tcpprobe: /dev/full: cannot write the page: No space left on device' report -q -o /dev/full t.log.gz
    fails 2 "tcpprobe: none: cannot open: No such file or directory" report -q none -o none.html
    [ ! -e none.html ]
    not "$tcpprobe" report - -o t.html <t.log.gz
}

@test "no connection in it: a page that says so" {
    "$tcpprobe" report -q --filter 'sport == 1' -o page.html "$one_flow"
    data page.html index >index.json
    [ "$(json index.json 'scalar @{ $d->{connections} }')" -eq 0 ]
    json index.json '@{ $d->{notes} }' | grep 'matches --filter'
    : >empty.log
    fails 2 'tcpprobe: empty.log: is empty' report -q -o page.html empty.log
}

@test "a comparison among the files stands in the page, as compare wrote it" {
    "$tcpprobe" compare --format json "$root"/tests/data/runs/half-buffer-0*.log.gz -- "$root"/tests/data/runs/double-buffer-0*.log.gz >compared.json 2>/dev/null || true
    "$tcpprobe" report -q --until 1 -o page.html "$one_flow" compared.json
    data page.html index >index.json
    json index.json 'JSON::PP->new->canonical->encode($d->{comparisons}[0])' >one
    json compared.json 'JSON::PP->new->canonical->encode($d)' | cmp one -
    "$tcpprobe" report -q -o alone.html compared.json
    data alone.html index >index.json
    [ "$(json index.json 'scalar @{ $d->{comparisons} }, scalar @{ $d->{connections} }')" = $'1\n0' ]
    sed 's/"version":1/"version":9/; s/"version": 1/"version": 9/' compared.json >other.json
    fails 2 'tcpprobe: other.json: a comparison of version 9, not 1' report -q -o page.html other.json
    head -c 300 compared.json >cut.json
    not "$tcpprobe" report -q -o page.html cut.json
    fails 2 'tcpprobe: --anonymize: a comparison holds names of files: give recordings alone' report -q --anonymize -o page.html compared.json
}
