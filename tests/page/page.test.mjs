/* page.test.mjs: the page in a browser: what is seen, pressed, heard and printed. `make check-page`. */
import assert from 'node:assert/strict';
import test from 'node:test';

import { openBrowser } from './browser.mjs';
import { LOSS, many, named, packets, report, TWO } from './report.mjs';
import { CONTRAST, nameless, spoken } from './seen.mjs';

const browser = await openBrowser();
test.after(() => browser.close());

const loss = report('loss', LOSS), two = report('two', TWO);
const range = (page) => page.evaluate('tcpprobePage.view.chart.range');
const text = (page, selector) => page.evaluate(`document.querySelector(${JSON.stringify(selector)}).textContent`);
const ids = (page) => page.evaluate(`[...document.querySelectorAll('#table tbody tr[data-id]')].map((row) => Number(row.dataset.id))`);

/* A page, and that nothing was complained of when the test is over. */
async function looking(address, look, options) {
    const page = await browser.open(address, options);
    try {
        await look(page);
        assert.deepEqual(page.complaints, []);
    } finally {
        await page.send('Page.close').catch(() => {});
    }
}

test('a drag zooms, the address says it, a double click shows the whole', () => looking(loss, async (page) => {
    const { x, y } = await page.box('#chart'), whole = await range(page);
    await page.drag(x + 200, y + 80, x + 400, y + 80);
    const [from, until] = await range(page);
    assert.ok(until - from < (whole[1] - whole[0]) / 2 && from > whole[0]);
    await page.until(`/t=[\\d.]+-[\\d.]+/.test(location.hash)`);
    const [, seconds] = /t=([\d.]+)/.exec(await page.evaluate('location.hash'));
    assert.ok(Math.abs(seconds * 1e6 - from) < 1);
    await page.click(x + 300, y + 80, 2);
    assert.deepEqual(await range(page), whole);
}));

test('an address is where one left', () => looking(loss + '#flow=1&t=1.000000-2.000000&sort=id', async (page) => {
    assert.match(await text(page, '#ends'), /:59124 →/);
    assert.deepEqual((await range(page)).map(Math.round), [1e6, 2e6]);
    assert.deepEqual(await ids(page), [1, 2]);
}));

test('--time: moments by the wall and by the recording are those that packets tells', async () => {
    for (const time of ['wall', 'recording']) {
        const [first] = packets(LOSS, 2, '--time', time), told = first.time_wall ?? (first.time_recording_s ?? first.time_recording_ns / 1e9).toFixed(9);
        const shown = time === 'wall' ? told.slice(11, 26) : told.slice(0, told.indexOf('.') + 7);
        await looking(report(time, LOSS, '--time', time), async (page) => {
            const times = `[...document.querySelectorAll('#lines .line:not(.head):not(.kernel)')].map((line) => line.children[0].textContent)`;
            assert.equal((await page.evaluate(times))[0], shown);
            if (time === 'wall') assert.ok((await text(page, '#range')).startsWith(told.slice(0, 10) + ' '));
            assert.match(await page.evaluate(`tcpprobePage.view.chart.timeText(tcpprobePage.view.chart.view.times[1], tcpprobePage.view.chart.view.step)`), time === 'wall' ? /^\d\d:\d\d:\d\d(\.\d)?$/ : /^\d+(\.\d)? s$/);
        });
    }
});

test('keys: losses, whole, zoom, pan, a cursor that is spoken, the other direction', () => looking(loss, async (page) => {
    const whole = await range(page);
    await page.key('n');
    assert.match(await text(page, '#spoken'), /^fast recovery 1 of 15 at 0\.850082 s/);
    assert.deepEqual((await range(page)).map(Math.round), [765810, 1062797]);
    await page.key('n');
    await page.key('p');
    assert.match(await text(page, '#spoken'), /1 of 15/);
    assert.match(await text(page, '.line.here'), /0\.850\d/);
    await page.key('0');
    assert.deepEqual(await range(page), whole);
    await page.key('+');
    const zoomed = await range(page);
    await page.key('ArrowRight');
    assert.ok((await range(page))[0] > zoomed[0]);
    await page.key('.');
    assert.match(await text(page, '#spoken'), /cwnd [\d.]+.*srtt [\d.]+ ms/);
    await page.key('d');
    assert.match(await text(page, '#ends'), /^10\.9\.0\.2:5201 → 10\.9\.0\.1:59126/);
    await page.key('?');
    assert.equal(await page.evaluate(`document.getElementById('help').open`), true);
}));

test('the filter, the order, the choice', () => looking(two, async (page) => {
    assert.deepEqual(await ids(page), [3, 2, 1]);
    await page.key('/');
    await page.type('resent>10');
    await page.frame();
    assert.deepEqual(await ids(page), [3, 2]);
    assert.match(await text(page, '#count'), /^2 of 3 connections/);
    await page.evaluate(`document.querySelector('th[data-key=rtt_p95_us] button').click()`);
    assert.equal(await page.evaluate(`document.querySelector('th[data-key=rtt_p95_us]').getAttribute('aria-sort')`), 'descending');
    await page.key('Escape');
    await page.key('j');
    await page.until(`document.querySelector('tr[aria-selected=true]')`);
    const chosen = await page.evaluate(`document.querySelector('tr[aria-selected=true]').dataset.id`);
    assert.match(await page.evaluate('location.hash') + ` flow=${chosen}`, new RegExp(`flow=${chosen}`));
    assert.match(await text(page, '#ends'), chosen === '2' ? /33896/ : /33910/);
}));

test('connections beside each other: a curve for each', () => looking(two, async (page) => {
    await page.key('c');
    await page.key('j');
    await page.until(`document.getElementById('ends').textContent.includes('33896')`);
    await page.until(`tcpprobePage.view.chart.several`);
    const names = await page.evaluate('tcpprobePage.view.chart.panels[0].seen.map((curve) => curve.name)');
    assert.deepEqual(names, [':33910 #3', ':33896 #2']);
}));

/* Of the first canvas, read once: pixels of the window's ink and of bands, and those of the ink around some samples of it. */
const WINDOW_PIXELS = `(() => {
    const { chart, current } = tcpprobePage.view, panel = chart.panels[0], { canvas } = panel;
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    const is = (i, colour, opaque) => colour.every((value, k) => Math.abs(data[i + k] - value) <= 6) && (opaque ? data[i + 3] > 200 : data[i + 3] > 40 && data[i + 3] < 110);
    let blue = 0, band = 0;
    for (let i = 0; i < data.length; i += 4) {
        blue += is(i, [0, 114, 178], true);
        band += is(i, [230, 159, 0], false);
    }
    const cwnd = current.curves[0].snd_cwnd, mss = current.figures.kernel_mss_bytes;
    const around = [0.2, 0.4, 0.6, 0.8].map((share) => {
        const sample = Math.floor(cwnd.t.length * share), x = Math.round(chart.x(cwnd.t[sample])), y = Math.round(panel.y(cwnd.first[sample] * mss));
        let found = 0;
        for (let dy = -3; dy <= 3; dy++) for (let dx = -2; dx <= 2; dx++) {
            const i = ((y + dy) * canvas.width + x + dx) * 4;
            found += data[i] < 90 && data[i + 2] > 140 && data[i + 3] > 150;
        }
        return found;
    });
    return { blue, band, around };
})()`;

test('pixels: the window is drawn where its samples lie, bands behind it', () => looking(loss, async (page) => {
    const { blue, band, around } = await page.evaluate(WINDOW_PIXELS);
    assert.ok(blue > 300 && band > 3000, `${blue} of the window, ${band} of bands`);
    assert.ok(around.every((found) => found > 0), String(around));
}));

test('a click in a panel is a row of the log, a click on a row a part of the panels', () => looking(loss, async (page) => {
    const { x, y } = await page.box('#chart');
    await page.click(x + 300, y + 80);
    const t = await page.evaluate(`tcpprobePage.view.chart.timeAt(300)`);
    const [row] = /[\d.]+/.exec(await text(page, '.line.here'));
    assert.ok(Math.abs(row * 1e6 - t) < 5e4, `${row} s, ${t} us`);
    await page.evaluate(`document.querySelector('.line.here').click()`);
    const [from, until] = await range(page);
    assert.equal(Math.round(until - from), 2e5);
    assert.ok(Math.abs((from + until) / 2 - row * 1e6) < 1e3);
}));

test('hostile names are text', async () => {
    const name = 'a<img src=x onerror=pwned=1><script>pwned=2<\u202e&".pcap.gz';
    const address = report('hostile', [named(LOSS[1], name)], '--title', '</title><script>pwned=3</script>\u2028');
    await looking(address, async (page) => {
        assert.equal(await page.evaluate('typeof pwned'), 'undefined');
        assert.match(await text(page, '#footer'), /<img src=x onerror=pwned=1><script>/);
        assert.match(await text(page, '#title'), /<\/title><script>/);
    });
});

test('no script runs but the page\'s own', async () => {
    const page = await browser.open(loss);
    await page.evaluate(`(() => {
        const script = document.createElement('script'), other = document.createElement('div');
        script.textContent = 'window.pwned = 1';
        other.innerHTML = '<img src=x onerror="window.pwned = 2">';
        document.body.append(script, other);
    })()`);
    await page.until(`document.querySelector('img[src=x]').complete`);
    assert.equal(await page.evaluate('typeof pwned'), 'undefined');
    assert.ok(page.complaints.some((complaint) => /Content Security Policy/.test(complaint)));
    await page.send('Page.close').catch(() => {});
});

test('what is seen has a name for those who hear it', () => looking(loss, async (page) => {
    const names = await spoken(page);
    assert.deepEqual(nameless(names), []);
    for (const wanted of ['Congestion window: median 17 segments', 'Round-trip time: median 42.1 ms']) assert.ok(names.some(([, name]) => name === wanted), wanted);
    assert.ok(names.some(([role]) => role === 'table') || names.some(([role]) => role === 'grid'));
}));

for (const dark of [false, true])
    test(`contrast is 4.5 and more in the ${dark ? 'dark' : 'light'} theme`, () => looking(loss, async (page) => {
        assert.deepEqual(await page.evaluate(CONTRAST), []);
    }, { dark }));

/* What is not in view is no element: how long it takes does not grow with them. */
test('10 000 connections: loaded, sorted, filtered and chosen, with the rows in view alone', () => looking(report('many', [many(10000)]), async (page) => {
    const rows = `document.querySelectorAll('#table tbody tr[data-id]').length`;
    assert.equal(await text(page, '#count'), '10000 connections');
    assert.equal(await page.evaluate(`document.getElementById('table').getAttribute('aria-rowcount')`), '10001');
    assert.ok(await page.evaluate(rows) < 100);
    await page.evaluate(`document.querySelector('th[data-key=id] button').click()`);
    assert.equal((await ids(page))[0], 10000);
    await page.evaluate(`document.getElementById('rows').scrollTop = 5000 * 28`);
    await page.until(`document.querySelector('tr[data-id="5000"]')`);
    assert.ok(await page.evaluate(rows) < 100);
    await page.evaluate('tcpprobePage.choose(1)');
    assert.match(await text(page, '#ends'), /^10\.1\.0\.0:40000 →/);
    await page.evaluate('tcpprobePage.choose(9999)');
    assert.match(await text(page, '#no-detail'), /not in this file/);
    await page.key('/');
    await page.type('10.1.39.7');
    await page.until(`document.getElementById('count').textContent === '11 of 10000 connections'`);
    assert.equal(await page.evaluate(rows), 11);
}));

test('800 pixels are wide enough', () => looking(loss, async (page) => {
    const [scroll, client] = await page.evaluate('[document.documentElement.scrollWidth, document.documentElement.clientWidth]');
    assert.equal(scroll, client);
}, { width: 800 }));

test('on paper the panels are there, and dark pages are light', () => looking(loss, async (page) => {
    await page.evaluate(`window.printed = []; addEventListener('beforeprint', () => setTimeout(() => 0)); const freeze = Chart.prototype.freeze;
        Chart.prototype.freeze = function () { freeze.call(this); window.printed = [...document.querySelectorAll('.printed')].map((image) => image.src.length); }`);
    const pdf = await page.pdf();
    const sizes = await page.evaluate('window.printed');
    assert.equal(sizes.length, await page.evaluate(`document.querySelectorAll('#chart figure').length`));
    assert.ok(sizes.every((size) => size > 2000), String(sizes));
    assert.ok(pdf.length > 50000 && pdf.subarray(0, 5).toString() === '%PDF-');
    assert.equal(await page.evaluate('document.documentElement.dataset.theme'), 'dark');
    assert.equal(await page.evaluate(`document.querySelectorAll('.printed').length`), 0);
}, { dark: true }));
