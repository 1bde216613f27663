/* comparison.js: what `compare` said of runs: its verdict, and of each metric the change beside what it must reach.
 * The numbers are those of its report; a share of the base is worked out to be drawn. */

const CHANGE_PX = 220;
const LIMITS_SEEN = 3; /* how many times the limit a change may be before it is drawn at the edge */

function comparedNumber(value) {
    if (value == null) return ABSENT;
    return Math.abs(value) >= 1e4 ? si(value) : significant(value);
}

/* Of the base, in percent; the difference itself where the base is 0. */
function changeText(metric) {
    if (metric.base == null || metric.new == null) return ABSENT;
    const by = metric.new - metric.base, sign = by > 0 ? '+' : '';
    return metric.base ? `${sign}${(by / Math.abs(metric.base) * 100).toFixed(1)} %` : sign + comparedNumber(by);
}

/* The change as a dot between its limits, with its interval where that is known. */
function changePicture(metric) {
    if (metric.base == null || metric.new == null || !metric.threshold) return null;
    const middle = CHANGE_PX / 2;
    const x = (by) => middle + Math.max(-1, Math.min(1, by / metric.threshold / LIMITS_SEEN)) * (middle - 6);
    const line = (name, from, to, y, yTo) => makeSvg('line', { class: name, x1: from, x2: to, y1: y, y2: yTo });
    const parts = [makeSvg('rect', { class: 'limit', x: x(-metric.threshold), y: 2, width: x(metric.threshold) - x(-metric.threshold), height: 12 }),
        line('zero', middle, middle, 0, 16)];
    if (metric.low != null && metric.high != null) parts.push(line('interval', x(metric.low), x(metric.high), 8, 8));
    parts.push(makeSvg('circle', { cx: x(metric.new - metric.base), cy: 8, r: 4 }));
    return makeSvg('svg', {
        class: `change ${metric.change}`, width: CHANGE_PX, height: 16, role: 'img',
        'aria-label': `change ${changeText(metric)}, limit ${comparedNumber(metric.threshold)} ${metric.unit}`,
    }, ...parts);
}

function outcomeOf(metric) {
    if (metric.change) return make('b', metric.change, metric.change);
    return make('span', 'faint', metric.outcome ?? ABSENT); /* absent in reports of an older tcpprobe */
}

function comparedRow(metric) {
    const number = (value) => make('td', '', comparedNumber(value));
    const row = make('tr', '', make('td', 'left', metric.title), make('td', 'left wide', metric.unit), number(metric.base), number(metric.new),
        make('td', '', changeText(metric)), make('td', 'left narrow', changePicture(metric)), make('td', '', metric.p == null ? ABSENT : metric.p.toFixed(4)),
        make('td', 'wide', comparedNumber(metric.detectable)), number(metric.threshold), make('td', 'left', outcomeOf(metric)));
    row.title = metric.why;
    return row;
}

const COMPARED_HEAD = [['metric', 'left'], ['unit', 'left wide'], ['base', ''], ['new', ''], ['change', ''], ['against its limit', 'left narrow'],
    ['p', ''], ['would find', 'wide'], ['limit', ''], ['', 'left']];

function comparedRole(role) {
    const head = make('tr', '', ...COMPARED_HEAD.map(([title, name]) => {
        const cell = make('th', name, title);
        cell.scope = 'col';
        return cell;
    }));
    const known = role.metrics.filter((metric) => metric.base != null || metric.new != null);
    return make('div', 'compared', make('h3', '', `${role.role}: ${role.verdict}${role.change ? ', ' + role.change : ''}`),
        make('table', '', make('caption', 'sr', `metrics of ${role.role}`), make('thead', '', head), make('tbody', '', ...known.map(comparedRow))));
}

function showComparisons(comparisons) {
    byId('comparisons').replaceChildren(...comparisons.flatMap((comparison) => [
        make('div', `verdict ${comparison.change}`, make('h2', '', comparison.verdict + (comparison.change ? ': ' + comparison.change : '')),
            make('p', '', comparison.why), comparison.note ? make('p', '', comparison.note) : null,
            make('p', '', `${comparison.base_runs} base and ${comparison.new_runs} new runs, alpha ${significant(comparison.alpha)} over all metrics of a role`)),
        ...comparison.roles.map(comparedRole)]));
}
