/* Somebody looks at a clip in the page: the reason, the evidence key from a file, the wrong one first; pictures move, and are gone
 * with the page. And photos of reports, of two at one post too. usage: evidence.js ADDRESS PERSON PASSWORD INCIDENT KEY OTHER-KEY */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DESK, PHONE, launch, person, sound, wrong } from './browser.js';
import { count, full, olderPage, unseen } from './journeys/outbox.js';
import { race } from './journeys/post.js';

const [address, id, password, incident, key, other] = process.argv.slice(2);
const pictures = process.env.PICTURES;
const url = new URL(address);
const browser = await launch(url);
const icon = new URL('../../console/public/icon-512.png', import.meta.url).pathname;
const large = new URL('../../docs/pictures/now.png', import.meta.url).pathname; /* handed in in several pieces */

async function signIn(name, device) {
	const page = await person(browser, url, name, device);
	await page.goto(new URL('/', url).href);
	await page.locator('#person').fill(id);
	await page.locator('#password').fill(password);
	await page.locator('form .button.primary').click();
	await page.locator('.frame main').waitFor();
	await page.goto(new URL(`/incidents/${incident}`, url).href);
	return page;
}

async function look(page, reason, file) {
	await page.getByRole('button', { name: 'Look at it' }).first().click();
	const dialog = page.locator('dialog[open]');
	await dialog.locator('textarea').fill(reason);
	if (file) await dialog.locator('input[type="file"]').setInputFiles(file);
	await dialog.getByRole('button', { name: 'Show it' }).click();
	return dialog;
}

const moves = (page) => page.waitForFunction(() => {
	const v = document.querySelector('.evidence video');
	return v && v.videoWidth > 0 && v.readyState >= 2 && v.currentTime > 0;
});

async function clip() {
	const page = await signIn('analyst', DESK);
	await page.locator('.evidence li', { hasText: 'Camera at the staff door' }).waitFor();
	const dialog = await look(page, 'Who came in?', other);
	await dialog.locator('.problem', { hasText: 'another key' }).waitFor();
	await sound(page, 'asked for the reason');
	if (pictures) await page.screenshot({ path: join(pictures, 'evidence-ask.png') });
	await dialog.locator('input[type="file"]').setInputFiles(new URL(import.meta.url).pathname);
	await dialog.getByRole('button', { name: 'Show it' }).click();
	await dialog.locator('.problem', { hasText: 'no evidence key' }).waitFor();
	await dialog.locator('input[type="file"]').setInputFiles(key);
	await dialog.getByRole('button', { name: 'Show it' }).click();
	await moves(page);
	await sound(page, 'a clip in the page');
	if (pictures) {
		await page.locator('.evidence').scrollIntoViewIfNeeded();
		await page.screenshot({ path: join(pictures, 'evidence.png') });
	}
	/* printed it is not there; closed, the key is, until the page is left */
	await page.emulateMedia({ media: 'print' });
	assert.equal(await page.locator('.evidence video').isVisible(), false);
	await page.emulateMedia({ media: 'screen' });
	const blob = await page.locator('.evidence video').getAttribute('src');
	await page.getByRole('button', { name: 'Close it' }).click();
	assert.equal(await page.evaluate((b) => fetch(b).then(() => 'there', () => 'gone'), blob), 'gone');
	[...wrong].filter((w) => w.includes('blob:')).forEach((w) => wrong.delete(w)); /* asked for */
	await look(page, 'once more', null);
	await moves(page);
	await page.locator('.rail a[href="/now"]').first().click();
	await page.goBack();
	await page.getByRole('button', { name: 'Look at it' }).first().click();
	await page.locator('dialog[open] textarea').waitFor();
	assert.equal(await page.locator('dialog[open] input[type="file"]').count(), 1, 'the key was kept');
	/* a report with a photo, of which no incident comes */
	await page.goto(new URL('/report', url).href);
	await page.locator('.picker input').fill('server room 1');
	await page.locator('.picks button').first().click();
	await page.locator('.kinds button', { hasText: 'Device' }).click();
	await page.locator('form input[type="file"]').setInputFiles(icon);
	await page.locator('.rep-photo img').waitFor();
	await page.locator('form button[type="submit"]').click();
	await page.locator('.reported', { hasText: 'Photo of a report' }).waitFor();
	await look(page, 'what is wrong with it?', key);
	await page.waitForFunction(() => document.querySelector('.reported img:not(.own-photo img)')?.naturalWidth > 0);
	await sound(page, 'a report with its photo');
	/* who took it needs no key for it, also after a reload; it goes with the session */
	await page.reload();
	await page.locator('.reported .own-photo summary').click();
	await page.waitForFunction(() => document.querySelector('.own-photo img')?.naturalWidth > 0);
	await sound(page, 'the own photo');
	assert.equal(await count(page, 'own'), 1);
	await full(page, icon);
	await page.locator('.account summary').click();
	await page.getByRole('button', { name: 'Sign out' }).click();
	await page.locator('#person').waitFor();
	assert.equal(await count(page, 'own'), 0, 'the photo outlives the session');
	await unseen(page);
	await olderPage(await signIn('analyst once more', DESK));
	if (pictures) {
		const phone = await signIn('analyst with a phone', PHONE);
		await look(phone, 'Who came in?', key);
		await moves(phone);
		await sound(phone, 'a clip on a phone');
		await phone.locator('.evidence').scrollIntoViewIfNeeded();
		await phone.screenshot({ path: join(pictures, 'evidence-phone.png') });
	}
}

async function photos() {
	await race({ browser, url, lead: await signIn('crisis manager', DESK), id, password, photo: large, sound });
	[...wrong].filter((w) => /^post: .*403.*\/photo\?/.test(w)).forEach((w) => wrong.delete(w)); /* asked for */
}

const journeys = [['a clip of the attack is looked at in the page, with the evidence key', clip],
	['two at one post: a photo that is half sent waits for who took it', photos]];

for (const [name, walk] of journeys) {
	const began = Date.now();
	const before = wrong.size;
	try {
		await walk();
		assert.deepEqual([...wrong].slice(before), []);
		console.log(`ok ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
	} catch (e) {
		console.log(`not ok ${name}\n${String(e.message).replace(/^/gm, '\t')}`);
		process.exitCode = 1;
	}
}
await browser.close();
