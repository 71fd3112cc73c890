/* One page in Chromium while changes come: for how long each is under way until it is painted. Says "ready" once its stream is
 * open, and prints on the end of its input [row, ms since 1970 when it was painted] for each change, the same
 * of the frame with what Now then answered (`shown`), and the page's long tasks.
 * usage: page.mjs ADDRESS STORAGE-STATE */
import { launch, wrong } from '../../tests/console/browser.js';

const address = new URL(process.argv[2]);
const browser = await launch(address);
const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, storageState: process.argv[3], reducedMotion: 'reduce', locale: 'en-GB' });
await context.addInitScript(() => {
	const seen = (window.seen = { row: [], shown: [], long: [] });
	const clock = () => performance.timeOrigin + performance.now();
	const heard = []; /* and not shown yet */
	new PerformanceObserver((l) => seen.long.push(...l.getEntries().map((e) => Math.round(e.duration)))).observe({ type: 'longtask' });
	window.EventSource = class extends EventSource {
		constructor(...args) {
			super(...args);
			this.addEventListener('open', () => { seen.open = true; });
		}
		/* After whatever the page does of it: the next frame has it. */
		addEventListener(type, does, ...more) {
			super.addEventListener(type, (e) => {
				does.call(this, e);
				if (!e.lastEventId) return;
				heard.push(Number(e.lastEventId));
				requestAnimationFrame(() => seen.row.push([Number(e.lastEventId), clock()]));
			}, ...more);
		}
	};
	const ask = window.fetch;
	window.fetch = async (url, ...more) => {
		const mine = String(url).endsWith('/api/v1/now') ? heard.splice(0) : [];
		const answer = await ask(url, ...more);
		void answer.clone().text().then(() => requestAnimationFrame(() => setTimeout(() => seen.shown.push(...mine.map((row) => [row, clock()])))));
		return answer;
	};
});
const page = await context.newPage();
await page.goto(new URL('/now', address.origin).href);
await page.waitForFunction(() => window.seen.open, null, { timeout: 60_000 });
console.log('ready');
for await (const _ of process.stdin); /* until it ends */
console.log(JSON.stringify(await page.evaluate(() => window.seen)));
for (const w of wrong) console.error(w);
await browser.close();
