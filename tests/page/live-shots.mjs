/* live-shots.mjs ADDRESS FOLDER: pictures of a live page in both themes and widths, for people to look at. */
import { writeFileSync } from 'node:fs';

import { openBrowser } from './browser.mjs';

const [address, folder] = process.argv.slice(2), server = address.replace(/\?.*/, '');
const browser = await openBrowser();
for (const width of [1440, 800])
    for (const dark of [false, true]) {
        const page = await browser.open(address, { width, height: width > 1000 ? 1500 : 2500, dark, server });
        await page.until('tcpprobePage.live.ticks > 3');
        await page.frame();
        writeFileSync(`${folder}/live-${width}-${dark ? 'dark' : 'light'}.png`, await page.screenshot());
        const [scroll, client] = await page.evaluate('[document.documentElement.scrollWidth, document.documentElement.clientWidth]');
        console.log(width, dark ? 'dark' : 'light', `scrolls ${scroll - client} px sideways`, page.complaints);
        await page.send('Page.close').catch(() => {});
    }
await browser.close();
