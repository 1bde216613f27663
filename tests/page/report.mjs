/* report.mjs: reports to look at, made by the program that is tested (TCPPROBE), and what flows says of the same. */
import { execFileSync } from 'node:child_process';
import { closeSync, copyFileSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const program = process.env.TCPPROBE || join(root, 'build/tcpprobe');

export const folder = mkdtempSync(join(tmpdir(), 'tcpprobe-page-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

export const LOSS = ['samples/cubic-loss.log.gz', 'samples/cubic-loss.pcap.gz'].map((name) => join(root, name));
export const TWO = ['log', 'pcap'].map((kind) => join(root, `tests/data/pairs/two-flows-ipv6.${kind}.gz`));

function run(...words) {
    return execFileSync(program, words, { encoding: 'utf8', maxBuffer: 1 << 28 });
}

/* The address of a report of that name about the files. */
export function report(name, files, ...options) {
    const path = join(folder, name + '.html');
    run('report', '-q', '-o', path, ...options, ...files);
    return 'file://' + path;
}

/* Figures by the number of the flow. */
export function figures(files) {
    const flows = JSON.parse(run('flows', '-q', '--all', '--format', 'json', ...files)).flows;
    return new Map(flows.map((flow) => [flow.id, flow]));
}

/* The packets of a flow, as `packets` tells them. */
export function packets(files, flow, ...options) {
    const rows = run('packets', '-q', '--format', 'ndjson', '--flow', flow, ...options, ...files).trim().split('\n').map((line) => JSON.parse(line));
    return rows.filter((row) => row.event === 'packet');
}

/* A log of so many connections that end about when they begin. */
export function many(count) {
    const path = join(folder, `many-${count}.log`), log = openSync(path, 'w');
    execFileSync('perl', [join(root, 'tests/bats/many.pl'), 'log', count], { stdio: ['ignore', log, 'inherit'] });
    closeSync(log);
    return path;
}

/* A copy of a file under another name. */
export function named(file, name) {
    const path = join(folder, name);
    copyFileSync(file, path);
    return path;
}
