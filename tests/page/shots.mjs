/* shots.mjs REPORT FOLDER: pictures of a report in both themes and widths, for people to look at. */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { openBrowser } from './browser.mjs';

const [report, folder] = process.argv.slice(2);
const browser = await openBrowser();
for (const width of [1440, 800])
    for (const dark of [false, true]) {
        const page = await browser.open('file://' + resolve(report), { width, height: width > 1000 ? 1400 : 2400, dark });
        const save = async (name) => writeFileSync(`${folder}/${name}-${width}-${dark ? 'dark' : 'light'}.png`, await page.screenshot());
        await save('whole');
        await page.key('n');
        await page.frame();
        const { x, y, width: wide } = await page.box('#chart');
        await page.mouse('mouseMoved', x + wide * 0.4, y + 60);
        await page.frame();
        await save('loss');
        const [scroll, client] = await page.evaluate('[document.documentElement.scrollWidth, document.documentElement.clientWidth]');
        console.log(width, dark ? 'dark' : 'light', `scrolls ${scroll - client} px sideways`, page.complaints);
        await page.send('Page.close').catch(() => {});
    }
await browser.close();
