/* data.js: the data of the page: blocks of deflated JSON in the document, or what a server answers (live.js). */

function bytesOf(base64) {
    if (Uint8Array.fromBase64) return Uint8Array.fromBase64(base64);
    const text = atob(base64), bytes = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
    return bytes;
}

/* The JSON of a block; null where the document has none of that id. */
async function readBlock(id) {
    const element = document.getElementById(id);
    if (!element) return null;
    const stream = new Blob([bytesOf(element.textContent.trim())]).stream();
    return new Response(stream.pipeThrough(new DecompressionStream('gzip'))).json();
}

/* Where the page has its data from: here, the document. */
const documentSource = {
    live: false,
    index: () => readBlock('index'),
    detail: (id) => readBlock('flow-' + id),
};

/* Metrics of both ends as curves: curves[end].srtt ... */
function curvesOf(series, metrics) {
    const curves = [{}, {}];
    for (const group of series) {
        const t = undelta(group.t);
        for (const [name, column] of Object.entries(group.columns))
            curves[group.end][name] = columnOf(t, column, 1 / (metrics[name] ? metrics[name].per_unit : 1));
    }
    return curves;
}

/* The packet log in arrays; texts are indices into `texts`, -1 where there is none. Times in microseconds. */
function logOf(packets, ticks) {
    if (!packets || !packets.rows) return null;
    const log = { rows: packets.rows, of: packets.of, texts: packets.texts, columns: {} };
    for (const [name, column] of Object.entries(packets.columns))
        log.columns[name] = packets.text_columns.includes(name)
            ? Int32Array.from(column, (index) => index === null ? -1 : index) : undelta(column);
    log.t = ticks ? log.columns.t : log.columns.t.map((ns) => ns / 1e3);
    return log;
}

/* A text of a row of the log; '' where it has none. */
function logText(log, name, row) {
    const column = log.columns[name];
    return column && column[row] >= 0 ? log.texts[column[row]] : '';
}

/* A number of a row; NaN where it has none. */
function logNumber(log, name, row) {
    const column = log.columns[name];
    return column ? column[row] : NaN;
}

function spansOf(spans) {
    const begin = undelta(spans.begin);
    return { ...spans, begin, end: begin.map((at, i) => at + spans.length[i]) };
}

/* A detail as it is used. */
function detailOf(raw, metrics) {
    const ticks = raw.time === 'ticks';
    return {
        ...raw,
        ticks,
        curves: curvesOf(raw.series, metrics),
        strips: raw.spans.map((strip) => ({ ...spansOf(strip), of: strip.end })),
        gaps: raw.gaps ? spansOf(raw.gaps) : null,
        marks: raw.marks.map(([end, t, what, cause, begin, until]) => ({ end, t, what, cause, begin, until })),
        log: logOf(raw.packets, ticks),
    };
}
