/* server.mjs: `watch --web` of the program that is tested, for a page that looks at it. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

const root = fileURLToPath(new URL('../../', import.meta.url));
const program = process.env.TCPPROBE || join(root, 'build/tcpprobe');

/* { address, server (the same without its secret), stop() } of a server that lets callers in. */
export function serve(...words) {
    const child = spawn(program, ['watch', ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = new Promise((done) => child.once('exit', done));
    const stop = () => { child.kill('SIGINT'); return ended; };
    process.on('exit', () => child.kill('SIGKILL'));
    return new Promise((done, fail) => {
        let text = '';
        child.once('exit', (status) => fail(new Error(`it ended with ${status}`)));
        child.stdout.setEncoding('utf8').on('data', (chunk) => {
            text += chunk;
            const found = /^(http:\S+?)\?t=\S+(?=\n)/m.exec(text);
            if (found) done({ address: found[0], server: found[1], stop });
        });
    });
}
