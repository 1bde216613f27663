/* seen.mjs: can it be read, and heard? */

/* WCAG 2.1: relative luminance and contrast of each text with what is behind it. */
export const CONTRAST = `(() => {
    const channel = (c) => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
    const parse = (colour) => colour.match(/[\\d.]+/g).map(Number);
    const behind = (element) => {
        for (; element; element = element.parentElement) {
            const colour = parse(getComputedStyle(element).backgroundColor);
            if (colour.length === 3 || colour[3] === 1) return colour;
        }
        return [255, 255, 255];
    };
    document.getElementById('all').open = true;
    const low = [];
    for (const element of document.querySelectorAll('body *')) {
        const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
        if (!own || !element.checkVisibility() || element.disabled || element.closest('script, svg')) continue;
        const [a, b] = [light(parse(getComputedStyle(element).color)), light(behind(element))];
        const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (ratio < 4.5) low.push([element.className || element.tagName, element.textContent.slice(0, 30), ratio.toFixed(2)]);
    }
    const ink = (name) => { const probe = document.createElement('i'); probe.style.color = 'var(--' + name + ')'; document.body.append(probe); const colour = parse(getComputedStyle(probe).color); probe.remove(); return colour; };
    for (const name of ['cwnd', 'inflight-text', 'ssthresh-text', 'srtt', 'rate', 'second', 'window', 'segment', 'ack', 'fast', 'timeout', 'tlp', 'other', 's0', 's1', 's2', 's3', 's4', 's5', 's6', 's7']) {
        const [a, b] = [light(ink(name)), light(ink('page'))], ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (ratio < 4.5) low.push(['ink', name, ratio.toFixed(2)]);
    }
    for (const [, name] of Object.values(WAITS)) {
        const ratio = 1.05 / (light(ink(name)) + 0.05);
        if (ratio < 4.5) low.push(['white on', name, ratio.toFixed(2)]);
    }
    return low;
})()`;

/* Role and name of all that a screen reader is told: [role, name]. */
export async function spoken(page) {
    await page.send('Accessibility.enable');
    const { nodes } = await page.send('Accessibility.getFullAXTree');
    return nodes.filter((node) => !node.ignored).map((node) => [node.role.value, node.name ? node.name.value : '']);
}

/* Those that do something, or show something, and have no name. */
export function nameless(names) {
    return names.filter(([role, name]) => ['button', 'searchbox', 'img', 'image', 'region'].includes(role) && !name.trim());
}
