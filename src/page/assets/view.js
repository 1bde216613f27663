/* view.js: the chosen connection: its panels, figures, findings and packets, and what is done with them. */

class View {
    /* index: the data's index; source: where details come from; onPlace(): what is looked at has changed. */
    constructor(index, source, onPlace) {
        this.index = index;
        this.source = source;
        this.onPlace = onPlace;
        this.details = new Map();
        this.rows = new Map(index.connections.map((row) => [row.id, row]));
        this.end = 0;
        this.with = [];
        this.log = new Log({ onHover: (t) => this.chart.setCursor(t), onPick: (t) => this.lookAt(t) });
        byId('all').addEventListener('toggle', () => { if (byId('all').open && this.showAll) this.showAll(); });
        this.chart = new Chart(byId('chart'), {
            onRange: () => { this.showTools(); this.onPlace(); },
            onCursor: (t) => this.log.mark(t, (this.chart.range[1] - this.chart.range[0]) / 50),
            onPick: (t) => this.log.reveal(t),
        });
    }

    async detail(id) {
        if (!this.details.has(id)) {
            const raw = await this.source.detail(id), detail = raw && detailOf(raw, this.index.metrics);
            if (this.source.live) return detail;
            this.details.set(id, detail);
        }
        return this.details.get(id);
    }

    /* What the server says now of the chosen connection. seconds: so many of its end are seen; 0: what was seen. */
    async update(id, seconds) {
        const detail = await this.detail(id);
        if (this.id !== id || !detail) return;
        const first = !this.current;
        this.current = detail;
        byId('detail').hidden = false;
        byId('no-detail').hidden = true;
        const { scrollTop } = this.log.host, atEnd = this.log.isAtEnd();
        await this.show(first || seconds ? null : this.chart.range);
        if (seconds) this.follow(seconds);
        this.log.scrollTo(atEnd ? Infinity : scrollTop);
    }

    follow(seconds) {
        if (this.current) this.chart.setRange(...followed(this.chart.whole, seconds));
    }

    /* Shows that connection; false if another one was asked for meanwhile. */
    async choose(id, { end = 0, range = null } = {}) {
        this.id = id;
        const detail = await this.detail(id);
        if (this.id !== id) return false;
        byId('detail').hidden = !detail;
        byId('no-detail').hidden = Boolean(detail);
        byId('no-detail').textContent = this.source.live ? 'This connection is gone.' : 'The panels, figures and packets of this connection are not in this file: it has those of the '
            + `${this.index.details_of.length} that carried most (--top).`;
        this.current = detail;
        this.end = end;
        this.episode = null;
        if (detail) await this.show(range);
        return true;
    }

    scene(id, detail) {
        const row = this.rows.get(id);
        return { detail, row, end: id === this.id ? this.end : 0, columns: this.index.columns, name: row.src.replace(/^.*:/, ':') + ' #' + id };
    }

    /* Those that stand beside the chosen one, which comes last. */
    async scenes() {
        const scenes = [];
        for (const id of this.with) {
            const detail = id === this.id || !this.rows.has(id) ? null : await this.detail(id);
            if (detail && this.rows.get(id).timeline === this.rows.get(this.id).timeline) scenes.push(this.scene(id, detail));
        }
        return [...scenes, this.scene(this.id, this.current)];
    }

    async show(range) {
        const scene = this.scene(this.id, this.current), scenes = await this.scenes(), { detail, end, row } = scene;
        const clock = clockOf(this.index, row.timeline);
        this.episodes = end ? [] : detail.episodes;
        const first = Math.min(...scenes.map((one) => one.detail.first)), last = Math.max(...scenes.map((one) => one.detail.last));
        const room = Math.max((last - first) * 0.004, 1);
        byId('ends').textContent = end ? `${row.dst} → ${row.src}` : `${row.src} → ${row.dst}`;
        byId('sentence').textContent = sentenceOf(scene);
        this.chart.show({
            panels: scenes.length > 1 ? panelsOfSeveral(scenes) : panelsOf(scene),
            bands: this.episodes.map((episode) => ({ ...episode, ink: episode.what === 'timeout' ? 'band-timeout' : 'band-fast' })),
            gaps: detail.gaps,
            whole: [first - room, last + room],
            range,
            ticks: detail.ticks,
            clock,
            several: scenes.length > 1,
        });
        showFigures(scene, this.source.live);
        this.showAll = () => showAllFigures(scene);
        if (byId('all').open) this.showAll();
        this.showFindings();
        this.showBands();
        this.log.show(detail.log, this.episodes, clock);
        this.showTools();
    }

    redraw() {
        if (this.current) this.show(this.chart.range);
    }

    /* --- what is said ------------------------------------------------------------------------------ */

    showFindings() {
        const list = byId('findings');
        list.replaceChildren(...(this.end ? [] : this.current.findings.map((finding) => {
            const line = make('li', '', make('span', 'cost', finding.cost_ns ? duration(finding.cost_ns) : ''),
                make('span', '', finding.sentence, finding.advice ? make('span', 'advice', `: ${finding.advice}`) : null, make('span', 'faint', ` (${finding.confidence})`)));
            if (finding.begin != null) {
                const button = make('button', '', 'show');
                button.addEventListener('click', () => this.chart.setRange(finding.begin, finding.end));
                line.append(button);
            }
            return line;
        })));
    }

    showBands() {
        const keys = byId('bands'), names = new Set(this.episodes.map((episode) => episode.what));
        const whose = this.chart.several ? ` of #${this.id}` : '';
        keys.replaceChildren(...[...names].map((name) => colourKey(name + whose, `var(--band-${name === 'timeout' ? 'timeout' : 'fast'})`)));
        if (this.current.gaps) keys.append(colourKey(`events lost (${this.current.gaps.value.reduce((sum, n) => sum + n, 0) || 'not counted'})`, 'var(--gap)'));
    }

    showTools() {
        const { chart } = this, count = this.episodes.length;
        byId('previous').disabled = byId('next').disabled = !count;
        byId('losses').textContent = count ? `${count} loss episode${count > 1 ? 's' : ''}` : this.end ? '' : 'no loss episodes';
        byId('range').textContent = dayOf(chart.clock, chart.range[0]) + chart.range.map((t) => chart.timeText(t, (chart.range[1] - chart.range[0]) / 100)).join(' – ');
        byId('swap').setAttribute('aria-pressed', Boolean(this.end));
        byId('with').setAttribute('aria-pressed', this.with.includes(this.id));
        byId('whole').disabled = chart.isWhole();
    }

    /* --- what is done ------------------------------------------------------------------------------ */

    /* A fifth of a second around it, unless less is seen. */
    lookAt(t) {
        const width = Math.min(this.chart.range[1] - this.chart.range[0], 2e5);
        this.chart.setRange(t - width / 2, t + width / 2);
    }

    /* To the next or previous loss episode; from the whole, to the first or last. */
    step(by) {
        const count = this.episodes.length;
        if (!count) return;
        const at = this.chart.isWhole() || this.episode === null ? (by > 0 ? 0 : count - 1) : (this.episode + by + count) % count;
        const episode = this.episodes[at];
        this.episode = at;
        this.chart.setRange(episode.from, episode.until);
        this.log.reveal(episode.begin);
        speak(`${episode.what} ${at + 1} of ${count} at ${momentText(this.chart.clock, episode.begin)}${this.chart.clock.time === 'wall' ? '' : ' s'}, for ${duration((episode.end - episode.begin) * 1e3)}`);
    }

    swap() {
        if (!this.current) return;
        this.end = 1 - this.end;
        this.show(this.chart.range);
        this.onPlace();
    }

    /* Keeps the chosen connection in the panels, or no longer. */
    keep() {
        if (!this.current) return;
        this.with = this.with.includes(this.id) ? this.with.filter((id) => id !== this.id) : [...this.with, this.id].slice(-7);
        this.show(this.chart.range);
        this.onPlace();
    }

    moveCursor(by) {
        const [from, until] = this.chart.range, at = this.chart.cursor ?? (from + until) / 2;
        this.chart.setCursor(Math.max(from, Math.min(until, at + by * (until - from) / 100)));
        speak(this.chart.readout());
    }
}

/* What it was, in one line: figures of the data. */
function sentenceOf(scene) {
    const of = (name) => figureOf(scene, name), parts = [];
    if (scene.row.duration_ns != null) parts.push(duration(scene.row.duration_ns));
    if (of('acked_bytes') != null) parts.push(`${withUnit(of('acked_bytes'), 'B')} acknowledged`);
    if (of('goodput_bps') != null) parts.push(`goodput ${withUnit(of('goodput_bps'), 'bit/s')}`);
    const rtts = [['least', 'rtt_min_us'], ['median', 'rtt_p50_us'], ['p95', 'rtt_p95_us']].filter(([, name]) => of(name) != null);
    if (rtts.length) parts.push('RTT ' + rtts.map(([word, name]) => `${word} ${milliseconds(of(name))} ms`).join(', '));
    if (of('retransmitted') != null) parts.push(`${of('retransmitted')} sent again (${percent(of('retransmit_share'))} %)`);
    if (of('recoveries') != null) parts.push(`${of('recoveries')} fast recoveries, ${of('timeouts') ?? ABSENT} timeouts`);
    return parts.join(' · ');
}
