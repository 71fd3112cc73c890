/* Chromium, and what must hold on every page in it. */
import { readFileSync } from 'node:fs';
import { createHash, X509Certificate } from 'node:crypto';
import { createRequire } from 'node:module';
import tls from 'node:tls';
import { chromium } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/* What was wrong on any page, told once. */
export const wrong = new Set();

/* The certificate that the server shows, as DER. */
function certificate(url) {
	return new Promise((resolve, reject) => {
		const s = tls.connect({ host: url.hostname, port: Number(url.port), rejectUnauthorized: false }, () => {
			resolve(s.getPeerCertificate().raw);
			s.end();
		});
		s.on('error', reject);
	});
}

/* Trusts the key of that server and no other: as with its authority installed, service workers run. */
export async function launch(url) {
	const args = process.getuid() === 0 ? ['--no-sandbox'] : [];
	if (url.protocol === 'https:') {
		const key = new X509Certificate(await certificate(url)).publicKey.export({ type: 'spki', format: 'der' });
		args.push(`--ignore-certificate-errors-spki-list=${createHash('sha256').update(key).digest('base64')}`);
	}
	return chromium.launch({ executablePath: process.env.CHROMIUM, args });
}

export const DESK = { viewport: { width: 1440, height: 900 }, colorScheme: 'light', locale: 'en-GB' };
export const PHONE = { viewport: { width: 360, height: 740 }, colorScheme: 'dark', locale: 'en-GB', hasTouch: true, isMobile: true };

/* A person at a device of their own. */
export async function person(browser, url, name, device) {
	const context = await browser.newContext({ ...device, reducedMotion: 'reduce' });
	await context.addInitScript(() => localStorage.setItem('ward.language', localStorage.getItem('ward.language') ?? 'en'));
	const page = await context.newPage();
	page.setDefaultTimeout(Number(process.env.WARD_WALK_MS ?? 60_000));
	page.on('pageerror', (e) => wrong.add(`${name}: ${e.message}`));
	page.on('dialog', (d) => { wrong.add(`${name}: a script opened a dialog: ${d.message()}`); void d.dismiss(); });
	page.on('console', (m) => {
		if (m.type() !== 'error' && m.type() !== 'warning') return;
		const from = m.location().url;
		/* The browser tells of each answer that is an error: asked who is signed in and what they see first, nobody is; and offline
		 * nothing answers. */
		if (/status of 401/.test(m.text()) && /\/api\/v1\/(session|now|plans)$/.test(from)) return;
		/* a refusal that the journey is about: a wrong PIN, a proof that is missing, or by now too old, a link that was used */
		if (/status of (401|403|409)/.test(m.text()) && /\/api\/v1\/(session\/(pin|device|second|pin\/set)|devices)$/.test(from)) return;
		/* a proof that is asked for, and streams that end, where Ward begins anew as the journey has it */
		if (page.anew && (/status of 403.*/.test(m.text()) && from.endsWith('/take') || /net::ERR_/.test(m.text()) || /status of 50[23]/.test(m.text()))) return;
		/* A post that is locked here: what was asked before somebody came back is answered to nobody. */
		if ((page.locks || page.before?.has(from)) && /status of 401/.test(m.text()) && /\/api\/v1\//.test(from)) return;
		/* Keys of one kind only, which all that are sold today have. */
		if (/pubKeyCredParams is missing/.test(m.text())) return;
		if (page.offline && /503/.test(m.text())) return;
		/* Only where the link was cut here; what was asked then may be told of when it is back. */
		if (page.cut && /ERR_INTERNET_DISCONNECTED/.test(m.text())) return;
		/* The page asks again where it heard nothing for a while, as on a machine that is busy. */
		if (/ERR_TIMED_OUT/.test(m.text()) && from.endsWith('/health')) return;
		wrong.add(`${name}: ${m.text()} (${from})`);
	});
	const asked = page.asked = new Map(); /* what is not answered yet, and where */
	context.on('request', (r) => {
		asked.set(r, r.url());
		if (new URL(r.url()).origin !== url.origin && !r.url().startsWith('data:')) wrong.add(`${name}: asks another host: ${r.url()}`);
	});
	for (const end of ['requestfinished', 'requestfailed']) context.on(end, (r) => asked.delete(r));
	return page;
}

export async function link(page, on) {
	page.offline = !on;
	page.cut ||= !on;
	await page.context().setOffline(!on);
}

/* A post that several share is locked, by its keys. */
export async function lock(page) {
	page.locks = true;
	await page.keyboard.press('Control+Alt+l');
	await page.locator('.lock-door .button.big').first().waitFor();
}

/* Somebody is at it (again): from here on nothing that is asked is answered to nobody. */
export async function inside(page) {
	await page.locator('.frame:not(.is-locked) main').waitFor();
	if (!page.locks) return;
	page.locks = false;
	page.before = new Set(page.asked.values());
}

/* Nothing that axe-core knows is wrong with the page, and it is not wider than the window. */
export async function sound(page, what) {
	const cdp = await page.context().newCDPSession(page); /* CSP lets no script in by a tag */
	const { result, exceptionDetails } = await cdp.send('Runtime.evaluate', {
		awaitPromise: true, returnByValue: true,
		expression: `${axe};axe.run(document, { resultTypes: ['violations'] }).then((r) => r.violations.map((v) =>
			v.id + ': ' + v.nodes.map((n) => n.html.slice(0, 160) + ' (' + (n.any[0]?.message ?? '') + ')').slice(0, 3).join(' | ')))`,
	});
	await cdp.detach();
	if (exceptionDetails) wrong.add(`${what}: axe-core: ${exceptionDetails.text}`);
	for (const v of result.value ?? []) wrong.add(`${what}: ${v}`);
	await fits(page, what);
}

/* Of its device: a phone's window grows with what is in it. */
export async function fits(page, what) {
	const over = await page.evaluate(() => document.documentElement.scrollWidth) - page.viewportSize().width;
	if (over > 0) wrong.add(`${what}: ${over} px wider than the window`);
}
