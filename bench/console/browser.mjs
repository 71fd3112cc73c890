/* What a person at a browser waits for, in Chromium against a real `ward run`: the first view over a link of 10 Mbit/s and
 * 40 ms, an incident of many forecasts, a list of many signs that is scrolled, and changes as they come. JSON lines as
 * bench/bench.c writes them. usage: browser.mjs ADDRESS#code=CODE INCIDENT [PICTURES] */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DESK, PHONE, launch, person, wrong } from '../../tests/console/browser.js';

const address = new URL(process.argv[2]);
const incident = process.argv[3];
const pictures = process.argv[4];
const password = 'correct horse battery staple';
const at = (path) => new URL(path, address.origin).href;
const browser = await launch(address);

const sorted = (v) => [...v].sort((a, b) => a - b);
const quantile = (v, q) => sorted(v)[Math.min(v.length - 1, Math.floor(v.length * q))];
function tell(name, unit, ms) {
	const ns = (v) => Math.round(v * 1e6);
	console.log(JSON.stringify({ name: `console/${name}`, unit, clock: 'wall', n: 1, rounds: ms.length, median: ns(quantile(ms, 0.5)), p99: ns(quantile(ms, 0.99)) }));
}
const note = (name, text) => console.log(JSON.stringify({ name: `console/${name}`, note: text }));

/* --- an account, by the code of the terminal --- */
const page = await person(browser, address, 'bench', DESK);
await page.goto(address.href);
await page.locator('#code').waitFor();
await page.locator('form .button.primary').click();
const fields = page.locator('input[type="password"]');
await fields.first().waitFor();
for (let i = 0; i < (await fields.count()); i++) await fields.nth(i).fill(password);
await page.locator('form .button.primary').click();
await page.locator('.frame main h1').first().waitFor();
const kept = await page.context().storageState();

/* --- the first view: a browser that has nothing of it, on a slow link --- */
async function firstView() {
	const context = await browser.newContext({ ...DESK, storageState: kept, serviceWorkers: 'block', reducedMotion: 'reduce' });
	const p = await context.newPage();
	const cdp = await context.newCDPSession(p);
	let bytes = 0;
	cdp.on('Network.loadingFinished', (e) => { bytes += e.encodedDataLength; });
	await cdp.send('Network.enable');
	await cdp.send('Network.emulateNetworkConditions', { offline: false, latency: 40, downloadThroughput: 10e6 / 8, uploadThroughput: 10e6 / 8 });
	await p.addInitScript(() => { /* looked at in each frame, not when this process comes to ask */
		const look = () => {
			if (document.querySelector('main a[href*="/incidents/"]')) window.wardShown = performance.now();
			else requestAnimationFrame(look);
		};
		requestAnimationFrame(look);
	});
	await p.goto(at('/now'));
	const took = await (await p.waitForFunction(() => window.wardShown)).jsonValue();
	await p.waitForTimeout(1000);
	const seen = bytes;
	await context.close();
	return { took, bytes: seen };
}
const views = [];
for (let i = 0; i < 7; i++) views.push(await firstView());
tell('first view, 10 Mbit/s, 40 ms', 'page', views.map((v) => v.took));
note('first view', `${Math.round(quantile(views.map((v) => v.bytes), 0.5) / 1024)} KiB over the wire, compressed (bar: 200 KiB, 1 s)`);

/* --- an incident of many forecasts --- */
const opens = [];
for (let i = 0; i < 7; i++) {
	await page.goto(at('/now'));
	const link = page.locator(`a[href*="${incident}"]`).first();
	await link.waitFor();
	opens.push(await page.evaluate(async (id) => {
		const from = performance.now();
		document.querySelector(`a[href*="${id}"]`).click();
		while (!document.querySelector('.inc-head h1') || !document.querySelector('.event')) await new Promise((r) => requestAnimationFrame(r));
		await new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)));
		return performance.now() - from;
	}, incident));
}
tell('incident of 2,000 forecasts opens', 'page', opens);
if (pictures) await page.screenshot({ path: join(pictures, 'incident.png') });

/* --- a list of many signs --- */
await page.goto(at('/signs'));
await page.locator('.signs .rows strong').first().waitFor();
const total = await page.locator('.signs [role=status]').textContent();
if (pictures) await page.screenshot({ path: join(pictures, 'signs.png') });
const scrolled = () => page.evaluate(async () => {
	const long = [], frames = [];
	new PerformanceObserver((l) => long.push(...l.getEntries().map((e) => e.duration))).observe({ type: 'longtask' });
	const height = document.documentElement.scrollHeight - innerHeight;
	const frame = () => new Promise((r) => requestAnimationFrame(r));
	let last = await frame(), y = 0;
	const step = async (to) => {
		scrollTo(0, to);
		const now = await frame();
		frames.push(now - last);
		last = now;
	};
	for (let i = 0; i < 300; i++) await step((y += 120)); /* as a wheel does */
	for (let i = 0; i < 100; i++) await step((height * i) / 100); /* as by the bar */
	await step(height);
	const from = performance.now();
	while (![...document.querySelectorAll('.signs .rows li')].at(-1)?.querySelector('strong')) await frame();
	return { long, frames, filled: performance.now() - from, rows: document.querySelectorAll('.signs .rows li').length, height };
});
const scroll = await scrolled();
if (pictures) await page.screenshot({ path: join(pictures, 'signs-end.png') });
/* Again, with what the page's own thread works, by the processor's time: what else the machine does is not seen. */
await page.reload();
await page.locator('.signs .rows strong').first().waitFor();
await browser.startTracing(page, { categories: ['disabled-by-default-devtools.timeline', '__metadata'] });
await scrolled();
const { traceEvents } = JSON.parse((await browser.stopTracing()).toString());
const main = new Set(traceEvents.filter((e) => e.name === 'thread_name' && e.args.name === 'CrRendererMain').map((e) => `${e.pid} ${e.tid}`));
const tasks = traceEvents.filter((e) => e.ph === 'X' && e.tdur && e.name === 'RunTask' && main.has(`${e.pid} ${e.tid}`)).map((e) => e.tdur / 1000);
console.log(JSON.stringify({ name: 'console/work of the page for a frame of them', unit: 'frame', clock: 'cpu', n: scroll.frames.length, rounds: 1,
	median: Math.round(tasks.reduce((sum, ms) => sum + ms, 0) * 1e6 / scroll.frames.length) }));
tell('frames while signs are scrolled', 'frame', scroll.frames);
tell('the end of the list is there', 'jump', [scroll.filled]);
note('signs', `${total}: ${scroll.long.length} tasks over 50 ms while scrolled (longest ${Math.round(Math.max(0, ...scroll.long))} ms) by the clock, ${tasks.filter((ms) => ms > 50).length} (longest ${Math.round(Math.max(0, ...tasks))} ms) of the processor's time, ${scroll.rows} rows drawn`);
if (pictures) {
	const context = await browser.newContext({ ...PHONE, storageState: kept });
	const phone = await context.newPage();
	await phone.goto(at('/signs'));
	await phone.locator('.signs .rows strong').first().waitFor();
	await phone.screenshot({ path: join(pictures, 'signs-phone.png') });
}
for (const w of wrong) note('wrong', w);
if (process.env.KEPT) writeFileSync(process.env.KEPT, JSON.stringify(kept));
await browser.close();
