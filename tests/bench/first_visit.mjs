// SPDX-License-Identifier: EUPL-1.2
// What a first visit costs on the wire: bytes and requests of the start page in a real browser with an empty cache, headers included.
import { createRequire } from 'node:module';
import process from 'node:process';
const require = createRequire(process.env.SCHALTER_TEST_NPM + '/');
const { chromium } = require('playwright-core');
const args = (process.env.SCHALTER_TEST_CHROMIUM_ARGS || '').split(' ').filter(Boolean);
const browser = await chromium.launch({ executablePath: process.env.SCHALTER_TEST_CHROMIUM || '/usr/bin/chromium', args });
const page = await (await browser.newContext()).newPage();
const cdp = await page.context().newCDPSession(page);
let bytes = 0, requests = 0;
await cdp.send('Network.enable');
cdp.on('Network.requestWillBeSent', () => requests++);
cdp.on('Network.loadingFinished', (e) => { bytes += e.encodedDataLength; });
await page.goto(process.argv[2], { waitUntil: 'networkidle' });
console.log(JSON.stringify({ bytes, requests }));
await browser.close();
