/* browser.mjs: a headless Chromium to look at pages with, over the pipe that it is started with (no port, no
 * library): the Chrome DevTools Protocol as JSON messages that end in a NUL.
 *
 *     const browser = await openBrowser();
 *     const page = await browser.open('file:///...');
 *     await page.evaluate('document.title');
 *     await page.key('n');
 *     page.complaints   // errors, warnings, requests: to be empty
 *     await browser.close();
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';

export const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync);

const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--hide-scrollbars', '--remote-debugging-pipe',
    '--no-first-run', '--disable-background-networking', '--disable-extensions', '--mute-audio', '--force-color-profile=srgb'];
const PATIENCE_MS = 30000;

class Connection {
    constructor() {
        this.process = spawn(CHROMIUM, [...FLAGS, 'about:blank'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
        this.next = 1;
        this.waiting = new Map();
        this.listeners = new Set();
        let text = '';
        this.process.stdio[4].setEncoding('utf8').on('data', (chunk) => {
            const messages = (text + chunk).split('\0');
            text = messages.pop();
            messages.forEach((message) => this.take(JSON.parse(message)));
        });
    }

    take(message) {
        const waiting = this.waiting.get(message.id);
        if (!waiting) this.listeners.forEach((listen) => listen(message));
        else if (message.error) waiting.reject(new Error(message.error.message));
        else waiting.resolve(message.result);
        this.waiting.delete(message.id);
    }

    send(method, params = {}, sessionId = undefined) {
        const id = this.next++;
        this.process.stdio[3].write(JSON.stringify({ id, method, params, sessionId }) + '\0');
        return new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
    }
}

class Page {
    /* server: what may be asked; '' is nobody. */
    constructor(connection, session, server) {
        this.server = server || 'nobody';
        this.connection = connection;
        this.session = session;
        this.complaints = [];
        connection.listeners.add((message) => {
            if (message.sessionId === session) this.listen(message);
        });
    }

    send(method, params) {
        return this.connection.send(method, params, this.session);
    }

    listen({ method, params }) {
        if (method === 'Runtime.exceptionThrown') this.complaints.push(params.exceptionDetails.exception?.description || params.exceptionDetails.text);
        if (method === 'Runtime.consoleAPICalled' && ['error', 'warning', 'assert'].includes(params.type))
            this.complaints.push(params.args.map((arg) => arg.value || arg.description).join(' '));
        if (method === 'Log.entryAdded' && ['error', 'warning'].includes(params.entry.level)) this.complaints.push(params.entry.text);
        if (method === 'Network.requestWillBeSent' && !/^(file|data|blob|about):/.test(params.request.url) && !params.request.url.startsWith(this.server)) this.complaints.push('asks for ' + params.request.url);
    }

    async evaluate(expression) {
        const { result, exceptionDetails } = await this.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
        if (exceptionDetails) throw new Error(exceptionDetails.exception?.description || exceptionDetails.text);
        return result.value;
    }

    /* Until the expression is true: what happens is waited for, not time. */
    async until(expression) {
        const end = Date.now() + PATIENCE_MS;
        while (!await this.evaluate(expression)) {
            if (Date.now() > end) throw new Error('never true: ' + expression);
            await this.frame();
        }
    }

    frame() {
        return this.evaluate('new Promise((done) => requestAnimationFrame(() => setTimeout(done)))');
    }

    async key(key, modifiers = 0) {
        const text = key.length === 1 ? key : undefined;
        await this.send('Input.dispatchKeyEvent', { type: text ? 'keyDown' : 'rawKeyDown', key, text, modifiers });
        await this.send('Input.dispatchKeyEvent', { type: 'keyUp', key, modifiers });
        await this.frame();
    }

    async type(text) {
        for (const key of text) await this.key(key);
    }

    async mouse(type, x, y, more = {}) {
        await this.send('Input.dispatchMouseEvent', { type, x, y, button: type === 'mouseMoved' && !more.buttons ? 'none' : 'left', ...more });
    }

    async click(x, y, clickCount = 1) {
        for (let count = 1; count <= clickCount; count++) {
            await this.mouse('mousePressed', x, y, { clickCount: count, buttons: 1 });
            await this.mouse('mouseReleased', x, y, { clickCount: count });
        }
        await this.frame();
    }

    async drag(x, y, toX, toY) {
        await this.mouse('mousePressed', x, y, { clickCount: 1, buttons: 1 });
        for (let step = 1; step <= 4; step++) await this.mouse('mouseMoved', x + (toX - x) * step / 4, y + (toY - y) * step / 4, { buttons: 1 });
        await this.mouse('mouseReleased', toX, toY, { clickCount: 1 });
        await this.frame();
    }

    /* Where an element is: { x, y, width, height } in the window. */
    box(selector) {
        return this.evaluate(`(({ x, y, width, height }) => ({ x, y, width, height }))(document.querySelector(${JSON.stringify(selector)}).getBoundingClientRect())`);
    }

    size(width, height, dark = false) {
        return Promise.all([
            this.send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false }),
            this.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }] }),
        ]);
    }

    async screenshot() {
        return Buffer.from((await this.send('Page.captureScreenshot', { format: 'png' })).data, 'base64');
    }

    async pdf() {
        return Buffer.from((await this.send('Page.printToPDF', { printBackground: true })).data, 'base64');
    }

    async goto(url) {
        await this.send('Page.navigate', { url });
        await this.until('document.body && document.body.dataset.ready');
        await this.frame();
    }
}

class Browser {
    constructor(connection) {
        this.connection = connection;
    }

    /* A page of its own that is ready: offline, unless its server may be asked. */
    async open(url, { width = 1440, height = 1000, dark = false, server = '' } = {}) {
        const { targetId } = await this.connection.send('Target.createTarget', { url: 'about:blank' });
        const { sessionId } = await this.connection.send('Target.attachToTarget', { targetId, flatten: true });
        const page = new Page(this.connection, sessionId, server);
        await Promise.all(['Page', 'Runtime', 'Log', 'Network'].map((domain) => page.send(domain + '.enable')));
        await page.send('Network.emulateNetworkConditions', { offline: !server, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
        await page.size(width, height, dark);
        await page.goto(url);
        return page;
    }

    async close() {
        const ended = new Promise((done) => this.connection.process.once('exit', done));
        await this.connection.send('Browser.close').catch(() => {});
        await ended;
    }
}

export async function openBrowser() {
    return new Browser(new Connection());
}
