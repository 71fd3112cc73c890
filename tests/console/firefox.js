/* The main journeys in Firefox, by whoever leads in a crisis. usage: firefox.js ADDRESS#code=CODE STATE */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { launch, until } from './marionette.js';

const address = new URL(process.argv[2]);
const pictures = process.env.PICTURES;
if (pictures) mkdirSync(pictures, { recursive: true });
const { page, wrong, close } = await launch(process.env.FIREFOX, address.origin, join(process.argv[3], 'api', 'ca.pem'));
const at = (path) => new URL(path, address.origin).href;
const ENTER = '\uE007';
let failed = 0;
let incident = '';
let known = 0;

async function journey(name, walk) {
	if (failed) return; /* what one did the next finds */
	const began = Date.now();
	try {
		await walk();
		const all = await wrong();
		assert.deepEqual(all.slice(known), [], 'on the way');
		known = all.length;
		console.log(`ok ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
	} catch (e) {
		failed++;
		console.log(`not ok ${name}\n${String(e.message).replace(/^/gm, '\t')}`);
		await picture('failed');
	}
}

async function picture(name) {
	if (pictures) await page.picture(join(pictures, `firefox-${name}.png`)).catch(() => {});
}

async function fits() {
	const over = await page.run(() => document.documentElement.scrollWidth - innerWidth);
	assert.ok(over <= 0, `${over} px wider than the window`);
}

/* The dialog that is open: filled, sent, and gone. */
async function answer(fields) {
	for (const [css, value] of Object.entries(fields)) await page.fill(`dialog[open] ${css}`, value);
	await page.click('dialog[open] button[type="submit"]');
	await page.gone('dialog[open]');
}

await journey('Firefox: the code of the terminal makes an account', async () => {
	await page.goto(address.href);
	await page.first('#code'); /* a link alone signs nobody in */
	await page.click('form .button.primary');
	await page.first('input[type="password"]');
	const fields = await page.all('input[type="password"]');
	for (const field of fields) {
		await page.ask('WebDriver:ElementSendKeys', { id: Object.values(field)[0], text: 'correct horse battery staple' });
	}
	await page.click('form .button.primary');
	await page.first('.frame main h1');
	await page.first('.band', 'EXERCISE');
	await until('the service worker', () => page.run(() => navigator.serviceWorker.getRegistration().then((r) => !!r?.active)));
});

await journey('Firefox: the attack arrives while Now is open, and is opened by keys', async () => {
	await page.goto(at('/now'));
	await page.first('[data-entry]', '', 120_000);
	await page.first('.entry .losses li', '', 120_000);
	await page.first('.room.marked');
	await fits();
	await picture('now');
	await page.press('j');
	await page.press(ENTER);
	incident = await until('the incident', () => page.run(() => /^\/incidents\/./.test(location.pathname) && location.pathname));
});

await journey('Firefox: the incident tells what, why and where', async () => {
	await page.first('.strips li');
	await until('a graph of causes', async () => (await page.all('.graph .node')).length > 1);
	await page.first('.where-part .room.marked');
	await page.first('.chains li');
	await page.first('.integrity', 'Rows');
	await picture('incident');
});

await journey('Firefox: it is confirmed with a reason', async () => {
	await page.click('.decide button', 'Confirm');
	await answer({ textarea: 'seen on site' });
	await page.first('.inc-tags', 'Confirmed');
	await page.first('.event-decision', 'seen on site');
});

await journey('Firefox: beds are entered', async () => {
	await page.goto(at('/care'));
	await page.first('.board tbody tr', 'Dialysis');
	const row = () => page.run(() => [...document.querySelectorAll('.board tbody tr')].findIndex((r) => r.textContent.includes('Dialysis')) + 1);
	await page.click(`.board tbody tr:nth-child(${await row()}) button`);
	await page.click('dialog[open] select option[value="limited"]');
	await answer({ 'input[inputmode="numeric"]': '2', textarea: 'two of us are ill' });
	await page.first('.board tbody tr', 'two of us are ill');
	await page.first(`.board tbody tr:nth-child(${await row()}) .beds`, '2 /'); /* where it now stands: what is limited comes first */
});

await journey('Firefox: a report from a screen of 360 px joins the incident', async () => {
	await page.resize(360, 740);
	await page.goto(at(incident));
	await page.first('.event-sign');
	await fits();
	const signs = (await page.all('.event-sign')).length;
	await page.goto(at('/report'));
	await page.fill('.picker input', 'plant room a');
	await page.click('.picks button');
	await page.click('button', 'Suspicious person');
	await page.fill('textarea', 'Man with a ladder at the switchboard');
	await fits();
	await picture('report-phone');
	await page.click('button', 'Send report');
	await page.first('.outbox', 'Ward has it');
	await page.goto(at(incident));
	await until('the report in the incident', async () => (await page.all('.event-sign')).length > signs);
});

await journey('Firefox: closed on a phone, and taken back where it stands in what happened', async () => {
	await page.click('.decide button', 'Close');
	await answer({ textarea: 'over' });
	await page.first('.inc-tags', 'Closed');
	await page.click('.event-decision button', 'Undo');
	await answer({ textarea: 'not yet' });
	await page.first('.event-decision', 'Reopened');
	await page.gone('.event-decision button');
	await fits();
	await picture('undone-phone');
});

await close();
process.exit(failed ? 1 : 0);
