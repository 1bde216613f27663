# What draws is loaded only when something is drawn: everything else does without it.
load helpers

setup() {
    cd "$BATS_TEST_TMPDIR"
    mkdir -p alone
    cp "$tcpprobe" alone/
    part=${tcpprobe%/*}/draw.so
    missing="the part that draws pictures, draw.so, is not installed (in Debian: package tcpprobe-plot)"
}

# What the loader would bring with it, by name without number.
libraries() { ldd "$1" | sed -n 's/^[[:space:]]*\(lib[^ ]*\)\.so.* => .*/\1/p' | sort -u; }

@test "the program needs nothing that draws" {
    libraries "$tcpprobe" >libraries
    grep -qx libpcap libraries
    not grep -E '^lib(plplot|cairo|pango.*|freetype|fontconfig|pixman.*|png.*|ltdl|shp|qhull.*|X.*|xcb.*)$' libraries
    libraries "$part" >libraries
    grep -qx libplplot libraries
    grep -qx libcairo libraries
    [ "$(nm -D --defined-only "$part" | awk '$2 != "A" { print $3 }' | grep -v '^__\|^_init$\|^_fini$')" = tp_drawing_part ]
}

@test "without it everything is there but pictures" {
    for command in flows packets export 'export --events'; do
        alone/tcpprobe $command "$one_flow" | diff - <("$tcpprobe" $command "$one_flow")
    done
    alone/tcpprobe compare "$one_flow" -- "$one_flow" >alone/report || [ $? -eq 3 ]
    "$tcpprobe" compare "$one_flow" -- "$one_flow" | diff alone/report -
    alone/tcpprobe plot --panels help | diff - <("$tcpprobe" plot --panels help)
    tcpprobe=alone/tcpprobe
    # said before a log is read: there is none
    fails 2 "tcpprobe: $missing" plot -o t.png no.log
    [ ! -e t.png ]
    run alone/tcpprobe compare --plot t.png "$one_flow" -- "$one_flow"
    [ "$status" -eq 2 ]
    [ "${lines[0]}" = "tcpprobe: --plot: $missing" ]
}

@test "it is found where both are installed, whatever the folder and the name that it is called by" {
    mkdir -p opt/bin opt/lib/tcpprobe elsewhere
    cp "$tcpprobe" opt/bin/
    cp "$part" opt/lib/tcpprobe/
    ln -s ../opt/bin/tcpprobe elsewhere/probe
    cd elsewhere
    PATH=$PWD:$PATH probe plot -q -o t.png "$one_flow"
    "$tcpprobe" plot -q -o here.png "$one_flow"
    cmp t.png here.png
}

@test "one that cannot be used is refused" {
    tcpprobe=alone/tcpprobe
    echo 'no library' >alone/draw.so
    fails 2 "tcpprobe: the part that draws pictures cannot be loaded: $PWD/alone/draw.so: file too short" \
        plot -q -o t.png "$one_flow"
    echo 'const struct { const char *version; void *draw; } tp_drawing_part = {"0.0.9", 0};' |
        ${CC:-cc} -shared -fPIC -x c -o alone/draw.so -
    fails 2 "tcpprobe: the part that draws pictures cannot be loaded: $PWD/alone/draw.so is of version 0.0.9, this is $(alone/tcpprobe --version | cut -d' ' -f2)" \
        plot -q -o t.png "$one_flow"
    echo 'int nothing;' | ${CC:-cc} -shared -fPIC -x c -o alone/draw.so -
    run alone/tcpprobe plot -q -o t.png "$one_flow"
    [ "$status" -eq 2 ]
    [[ $output == "tcpprobe: the part that draws pictures cannot be loaded: "*"tp_drawing_part" ]]
    [ ! -e t.png ]
}
