/* figures.test.mjs: every figure on the page is that of flows --format json, and nothing is complained of. */
import assert from 'node:assert/strict';
import test from 'node:test';

import { openBrowser } from './browser.mjs';
import { figures, LOSS, report } from './report.mjs';

const MULTIPLES = { k: 1e3, M: 1e6, G: 1e9 };

/* The number that a text shows, and half of its last digit. */
function numberIn(text) {
    const parts = /^(?:.* )?(-?\d+(?:\.(\d+))?)\u202f?([kMG]?)/.exec(text.replace(/ (seg|%|of).*$/, ''));
    if (!parts) return [NaN, 0];
    const factor = MULTIPLES[parts[3]] || 1;
    return [Number(parts[1]) * factor, 0.501 * factor * 10 ** -(parts[2] || '').length];
}

/* What a figure of that name is in the unit that is shown: milliseconds of _us ... */
function inShownUnit(name, value) {
    if (name.endsWith('_us')) return value / 1e3;
    if (name.endsWith('_ns')) return value / 1e9;
    return name.endsWith('_share') ? value * 100 : value;
}

const words = (state) => state.replace(/^TCP_/, '').replace(/_/g, ' ').toLowerCase();

function agrees(name, text, value) {
    if (value == null) return text === '–' || text === '';
    if (typeof value === 'string') return text.startsWith(value) || text === words(value) || name === 'waited_for';
    if (typeof value === 'boolean') return text === (value ? 'yes' : 'no');
    if (typeof value === 'object') return Object.entries(value).every(([key, n]) => text.includes(`${key} ${n}`));
    const [number, half] = numberIn(text);
    return Math.abs(number - inShownUnit(name, value)) <= Math.max(half, Math.abs(number) * 5e-4 * Number(/\d{4}|[kMG]/.test(text)));
}

test('every figure on the page is that of flows --format json', async () => {
    const known = figures(LOSS), browser = await openBrowser();
    try {
        const page = await browser.open(report('loss', LOSS));
        assert.equal(await page.evaluate('document.body.dataset.ready'), 'yes');
        await page.evaluate(`document.getElementById('all').open = true`);
        await page.until(`document.querySelector('#all td')`);
        const cells = await page.evaluate(`[...document.querySelectorAll('[data-figure]')].map((cell) =>
            [cell.closest('tr[data-id]')?.dataset.id ?? null, cell.dataset.figure, cell.textContent])`);
        const wrong = cells.filter(([id, name, text]) => {
            const flow = known.get(Number(id ?? 2));
            return name !== 'src' && name !== 'spark' && !agrees(name, text, flow[name]);
        });
        assert.ok(cells.length > 600, `${cells.length} figures`);
        assert.deepEqual(wrong, []);
        const rows = await page.evaluate(`[...document.querySelectorAll('#table tbody tr[data-id]')].map((row) => [row.dataset.id, row.cells[1].textContent])`);
        assert.deepEqual(rows, [...known.values()].map((flow) => [String(flow.id), `${flow.src}→${flow.dst}`]));
        assert.deepEqual(page.complaints, []);
    } finally {
        await browser.close();
    }
});
