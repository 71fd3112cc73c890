/* What attackers wrote is markup, and stays text in every view: nothing of it becomes an element, runs, or asks for anything.
 * usage: markup.js ADDRESS PERSON PASSWORD */
import assert from 'node:assert/strict';
import { DESK, launch, person, wrong } from './browser.js';

const [address, id, password] = process.argv.slice(2);
const url = new URL(address);
const browser = await launch(url);
const began = Date.now();
const seen = new Map(); /* which of them, in which views */

try {
	const page = await person(browser, url, 'lead', DESK);
	const at = (path) => new URL(path, url).href;
	const look = async (view) => {
		await page.waitForFunction(() => !document.querySelector('[aria-busy="true"]'));
		await page.evaluate(() => document.querySelectorAll('main details').forEach((d) => { d.open = true; }));
		const { text, made } = await page.evaluate(() => ({
			text: [document.body.innerText, ...[...document.querySelectorAll('[title], [aria-label], textarea, input')]
				.map((e) => `${e.title} ${e.ariaLabel} ${e.value ?? ''}`)].join('\n'),
			made: [...document.querySelectorAll('[onerror], [src="x"], s')].map((e) => e.outerHTML),
		}));
		assert.deepEqual(made, [], `${view}: an element of theirs`);
		for (const [, what] of text.matchAll(/<(?:img src=x onerror=alert\(1\)|img\/src=x\/onerror=alert\(1\)|s)[ /]title=(\w+)/g)) seen.set(what, [...seen.get(what) ?? [], view]);
	};
	await page.addInitScript(() => addEventListener('securitypolicyviolation', (e) => console.error(`CSP: ${e.violatedDirective} ${e.blockedURI}`)));
	await page.goto(at('/'));
	await page.locator('#person').fill(id);
	await page.locator('#password').fill(password);
	await page.locator('form .button.primary').click();
	await page.locator('.frame main').waitFor();
	const { items } = await page.evaluate(() => fetch('/api/v1/incidents').then((r) => r.json()));
	for (const { id: incident } of items) {
		await page.goto(at(`/incidents/${incident}`));
		await page.locator('.frame main h1').first().waitFor();
		await look(`incident ${incident}`);
		/* what the sensors wrote down, once somebody says why */
		for (const kind of ['Events', 'Flows']) {
			await page.locator('.recorded').getByRole('button', { name: kind, exact: true }).click();
			const dialog = page.locator('dialog[open]');
			if (kind === 'Events') {
				await dialog.locator('textarea').fill('what did they write?');
				await dialog.locator('button[type="submit"]').click();
				await dialog.waitFor({ state: 'detached' });
			}
			const rows = page.locator('.recorded table tbody tr'), more = page.locator('.recorded button[aria-expanded="false"]');
			await rows.first().waitFor();
			for (let n = await more.count(); n > 0; n = await more.count()) await more.first().click();
			await look(`${kind} of ${incident}`);
		}
	}
	await page.goto(at('/assets'));
	await page.locator('details.part .hosts li').first().waitFor({ state: 'attached' });
	await look('hosts that are in no list');
	for (const view of ['/now', '/assets?q=img', '/assets/ahu-05', '/assets/bms-supervisor', '/watch', '/held', '/crisis', '/crisis/situation', '/care', '/prevention', '/signs', '/report', '/privacy',
		'/law', '/proof', '/state', '/people', '/config']) {
		await page.goto(at(view));
		await page.locator('.frame main h1, .frame main h2, .frame main .empty').first().waitFor();
		await look(view);
	}
	for (const what of ['host', 'app', 'facility', 'path', 'site', 'agent', 'server', 'reader2', 'report', 'share', 'folder', 'into'])
		assert.ok(seen.has(what), `${what} is in no view: nothing is shown of it`);
	for (const what of ['patient', 'name', 'badge', 'forced']) /* of persons */
		assert.ok(!seen.has(what), `${what} is shown in ${seen.get(what)}`);
	/* What is reckoned for each view in a row may take more of a slow machine's time than one person gets. */
	assert.deepEqual([...wrong].filter((w) => !/status of 429 .*\/api\/v1\/(what-if|paths)\?/.test(w)), [], 'on the way');
	console.log(`ok what attackers wrote stays text in every view (${((Date.now() - began) / 1000).toFixed(1)} s)`);
} catch (e) {
	console.log(`not ok what attackers wrote stays text in every view\n${String(e.message).replace(/^/gm, '\t')}`);
	process.exitCode = 1;
} finally {
	await browser.close();
}
