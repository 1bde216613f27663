/* live.test.mjs: a page that goes on, in a browser: `make check-page`. */
import assert from 'node:assert/strict';
import test from 'node:test';

import { openBrowser } from './browser.mjs';
import { figures, LOSS, many, named } from './report.mjs';
import { CONTRAST, nameless, spoken } from './seen.mjs';
import { serve } from './server.mjs';

const browser = await openBrowser();
test.after(() => browser.close());

const text = (page, selector) => page.evaluate(`document.querySelector(${JSON.stringify(selector)}).textContent`);

/* A page of a server of its own, and that nothing was complained of when the test is over. */
async function looking(words, look, options) {
    const running = await serve('--web', ...words);
    try {
        const page = await browser.open(running.address, { server: running.server, ...options });
        assert.equal(await page.evaluate('document.body.dataset.ready'), 'yes');
        await look(page, running);
        assert.deepEqual(page.complaints, []);
        await page.send('Page.close').catch(() => {});
    } finally {
        await running.stop();
    }
}

test('ticks come, the table and the panels follow, and in the end all is as flows has it', () => looking(['--speed', '2', ...LOSS], async (page, { address }) => {
    assert.equal(await page.evaluate('location.search'), '', 'the secret is not left in the address');
    await page.until('tcpprobePage.live.ticks >= 2');
    assert.match(await text(page, '#live'), /^● (replay|all was shown) · \d/);
    await page.until(`document.querySelector('tr[data-id="2"]')`);
    await page.evaluate('tcpprobePage.choose(2)');
    const first = await page.evaluate('tcpprobePage.view.chart.whole[1]');
    await page.until(`tcpprobePage.view.chart.whole[1] > ${first} || tcpprobePage.live.state.ended`);
    await page.until('tcpprobePage.live.state.ended');
    assert.match(await text(page, '#live'), /all was shown/);
    const known = figures(LOSS).get(2);
    await page.until(`tcpprobePage.view.current && tcpprobePage.view.current.figures.acked_bytes === ${known.acked_bytes}`);
    for (const name of ['acked_bytes', 'goodput_bps', 'retransmitted', 'recoveries', 'duration_ns', 'rtt_p50_us']) {
        assert.equal(await page.evaluate(`tcpprobePage.live.rows.get(2).${name}`), known[name], name);
        assert.equal(await page.evaluate(`tcpprobePage.view.current.figures.${name}`), known[name], name);
    }
    assert.match(await text(page, '#sums'), /0 of 2 connections open/);
    assert.ok(await page.evaluate(`document.querySelectorAll('#stream-lines .line').length`) > 100);
    assert.ok(await page.evaluate('tcpprobePage.view.log.log.rows') > 1000);
    assert.ok(address.includes('?t='));
}));

test('one may stay where one is, and follow again', () => looking(['--speed', '0.5', ...LOSS], async (page) => {
    await page.until('tcpprobePage.view.current && tcpprobePage.view.current.last > 1e6');
    await page.key('f');
    assert.equal(await page.evaluate(`document.getElementById('follow').getAttribute('aria-pressed')`), 'false');
    await page.evaluate('tcpprobePage.view.chart.setRange(6e5, 9e5)');
    const ticks = await page.evaluate('tcpprobePage.live.ticks');
    await page.until(`tcpprobePage.live.ticks > ${ticks} + 1 && !tcpprobePage.live.asking`);
    assert.deepEqual((await page.evaluate('tcpprobePage.view.chart.range')).map(Math.round), [6e5, 9e5]);
    await page.key('f');
    await page.until('tcpprobePage.view.chart.range[1] === tcpprobePage.view.chart.whole[1]');
}));

test('rows stay where they are under the pointer', () => looking(['--speed', '0.5', ...LOSS], async (page) => {
    await page.until('tcpprobePage.table.list.length === 2');
    const order = await page.evaluate(`(({ live, table }) => {
        live.moved = performance.now() + 1e6;
        table.sort = { key: 'id', ascending: true };
        table.refresh();
        return table.list.reverse().map((row) => row.id);
    })(tcpprobePage)`);
    assert.deepEqual(order, [2, 1]);
    const ticks = await page.evaluate('tcpprobePage.live.ticks || 0');
    await page.until(`tcpprobePage.live.ticks > ${ticks} + 1`);
    await page.frame();
    assert.deepEqual(await page.evaluate('tcpprobePage.table.list.map((row) => row.id)'), order);
    await page.evaluate('tcpprobePage.live.moved = 0; tcpprobePage.live.draw()');
    assert.deepEqual(await page.evaluate('tcpprobePage.table.list.map((row) => row.id)'), [1, 2]);
}));

test('a page that is not seen asks for nothing, and catches up', () => looking(['--speed', '1', ...LOSS], async (page) => {
    await page.until('tcpprobePage.live.ticks >= 1');
    await page.evaluate(`Object.defineProperty(document, 'hidden', { value: true, configurable: true }); document.dispatchEvent(new Event('visibilitychange'))`);
    assert.equal(await page.evaluate('tcpprobePage.live.events'), null);
    const tick = await page.evaluate('tcpprobePage.live.tick');
    await page.until(`fetch('api/traffic').then((answer) => answer.json()).then((index) => index.live.tick > ${tick} + 2)`);
    assert.equal(await page.evaluate('tcpprobePage.live.tick'), tick);
    await page.evaluate(`Object.defineProperty(document, 'hidden', { value: false, configurable: true }); document.dispatchEvent(new Event('visibilitychange'))`);
    await page.until(`tcpprobePage.live.tick > ${tick} + 2`);
}));

test('a server that goes away is said so', () => looking(['--speed', '1', ...LOSS], async (page, running) => {
    await page.until('tcpprobePage.live.ticks >= 1');
    await running.stop();
    await page.until(`/connection lost/.test(document.getElementById('live').textContent)`);
    assert.ok(await page.evaluate(`document.getElementById('live').classList.contains('failed')`));
    page.complaints.length = 0; /* that it cannot be reached is in the console */
}));

test('hostile names are text', () => {
    const file = named(LOSS[0], '<img src=x onerror="window.pwned=1">.log.gz');
    return looking(['--speed', '999999', file], async (page) => {
        await page.until('tcpprobePage.live.state.ended');
        assert.match(await text(page, '#title'), /<img src=x/);
        assert.equal(await page.evaluate('window.pwned'), undefined);
        assert.equal(await page.evaluate(`document.querySelectorAll('img').length`), 0);
    });
});

test('narrow and dark', () => looking(['--speed', '999999', ...LOSS], async (page) => {
    await page.until('tcpprobePage.live.state.ended');
    const [scroll, client] = await page.evaluate('[document.documentElement.scrollWidth, document.documentElement.clientWidth]');
    assert.equal(scroll, client);
}, { width: 800, dark: true }));

/* Also of what has only a live page: rates, the stream of packets, and that the server is lost. */
for (const dark of [false, true])
    test(`what goes on can be read in the ${dark ? 'dark' : 'light'} theme`, () => looking(['--speed', '999999', ...LOSS], async (page, running) => {
        await page.until('tcpprobePage.live.state.ended && tcpprobePage.view.current');
        assert.ok(await page.evaluate(`document.querySelectorAll('#stream-lines .again').length > 0`));
        assert.deepEqual(await page.evaluate(CONTRAST), []);
        await running.stop();
        await page.until(`document.getElementById('live').classList.contains('failed')`);
        assert.deepEqual(await page.evaluate(CONTRAST), []);
        page.complaints.length = 0; /* that it cannot be reached is in the console */
    }, { dark }));

test('what goes on has a name for those who hear it', () => looking(['--speed', '999999', ...LOSS], async (page) => {
    await page.until('tcpprobePage.live.state.ended && tcpprobePage.view.current');
    const names = await spoken(page);
    assert.deepEqual(nameless(names), []);
    for (const [role, wanted] of [['region', 'the newest packets and kernel events of all connections'], ['button', 'follow'], ['button', 'now →']])
        assert.ok(names.some(([is, name]) => is === role && name.toLowerCase().includes(wanted)), `${role} ${wanted}`);
}));

test('10 000 connections go on, with the rows in view alone', () => looking(['--speed', '999999', many(10000)], async (page) => {
    await page.until(`tcpprobePage.live.state.ended && document.getElementById('count').textContent === '10000 connections'`);
    const ticks = await page.evaluate('tcpprobePage.live.ticks || 0');
    await page.until(`tcpprobePage.live.ticks > ${ticks} + 1`);
    assert.ok(await page.evaluate(`document.querySelectorAll('#table tbody tr[data-id]').length`) < 100);
    await page.evaluate('tcpprobePage.choose(77)');
    await page.until('tcpprobePage.view.current && tcpprobePage.view.current.id === 77');
}));
