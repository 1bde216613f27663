/* place.js: what is looked at, as the end of the page's address: it can be sent to somebody.
 * #flow=2&dir=1&t=0.370000-0.667000&with=3,5&sort=-rtt_p50_us&q=resent>10 */

function placeText(place) {
    const parts = [];
    const add = (name, value) => parts.push(name + '=' + encodeURIComponent(value).replace(/%2C/g, ','));
    if (place.flow != null) add('flow', place.flow);
    if (place.end) add('dir', 1);
    if (place.range) add('t', place.range.map((us) => (us / 1e6).toFixed(6)).join('-'));
    if (place.with && place.with.length) add('with', place.with.join(','));
    if (place.sort && place.sort !== '-bytes') add('sort', place.sort);
    if (place.filter) add('q', place.filter);
    return '#' + parts.join('&');
}

/* What an address says, as far as it makes sense. */
function placeOf(text) {
    const words = new URLSearchParams(text.replace(/^#/, '')), range = /^(-?[\d.]+)-(-?[\d.]+)$/.exec(words.get('t') || '');
    const place = { end: words.get('dir') === '1' ? 1 : 0, filter: words.get('q') || '', sort: words.get('sort') || '-bytes' };
    if (/^\d+$/.test(words.get('flow') || '')) place.flow = Number(words.get('flow'));
    if (range && Number(range[1]) < Number(range[2])) place.range = [Number(range[1]) * 1e6, Number(range[2]) * 1e6];
    place.with = (words.get('with') || '').split(',').filter((id) => /^\d+$/.test(id)).map(Number);
    return place;
}
