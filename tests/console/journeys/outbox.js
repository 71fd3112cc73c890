/* What a phone keeps of reports: also where it is full, where an older page of the console is still open, and nothing of a session
 * whose end nobody saw. */
import assert from 'node:assert/strict';
import { link } from '../browser.js';

export const count = (page, of) => page.evaluate((name) => new Promise((done) => {
	indexedDB.open('ward-outbox').onsuccess = (e) => {
		e.target.result.transaction(name).objectStore(name).count().onsuccess = (c) => { e.target.result.close(); done(c.target.result); };
	};
}), of);

/* A report of the place that was chosen last; with a photo where one is given. */
async function report(page, text, photo) {
	await page.locator('.kinds button', { hasText: 'Device' }).click();
	await page.locator('.report form textarea').fill(text);
	if (photo) {
		await page.locator('form input[type="file"]').setInputFiles(photo);
		await page.locator('.rep-photo img').waitFor();
	}
	await page.locator('.report form button[type="submit"]').click();
}

const there = (page, n) => page.waitForFunction((want) => [...document.querySelectorAll('.outbox li')].filter((l) => l.textContent.includes('Ward has it')).length === want, n);

/* The photo was kept when the phone got full; what is said then has no place at all. */
export async function full(page, photo) {
	const room = (is) => page.evaluate((yes) => { /* a phone that is full ends each transaction that writes */
		const put = window.wardPut ??= IDBObjectStore.prototype.put;
		IDBObjectStore.prototype.put = yes ? put : function (...value) {
			const r = put.apply(this, value);
			this.transaction.abort();
			return r;
		};
	}, is);
	const own = await count(page, 'own');
	await link(page, false);
	await report(page, 'a lamp flickers', photo);
	await page.locator('.outbox', { hasText: 'waits for the link, is sent' }).waitFor();
	await room(false);
	await report(page, 'and a second one', photo);
	await page.locator('.outbox', { hasText: 'leave this page open' }).waitFor();
	await link(page, true);
	await there(page, 2);
	assert.equal(await count(page, 'waiting'), 0, 'what arrived waits');
	assert.equal(await count(page, 'own'), own, 'a copy was kept where there is no room');
	await room(true);
}

/* The page was closed, and the session ended meanwhile; the door of the console is open now. */
export async function unseen(page) {
	await page.evaluate(() => new Promise((done) => {
		indexedDB.open('ward-outbox').onsuccess = (e) => {
			const tx = e.target.result.transaction('own', 'readwrite');
			tx.objectStore('own').put({ id: 'left', person: 'x', at: Date.now(), photo: new Blob(['x']) });
			tx.oncomplete = () => { e.target.result.close(); done(); };
		};
	}));
	await page.reload();
	await page.locator('#person').waitFor();
	for (let i = 0; (await count(page, 'own')) > 0; i++) assert.ok(i < 200, 'the photo outlives the session');
}

/* A page of the version before has the database, and lets go of it for nobody. */
export async function olderPage(page) {
	const older = await page.context().newPage();
	await older.goto(new URL('/icon.svg', page.url()).href);
	const opened = (version) => older.evaluate((v) => new Promise((done) => {
		const r = indexedDB.open('ward-outbox', v);
		r.onblocked = () => done('blocked');
		r.onsuccess = () => { r.result.close(); done('open'); };
	}), version);
	await page.goto(new URL('/report', page.url()).href);
	await page.locator('.picker input').fill('server room 1');
	await page.locator('.picks button').first().click();
	assert.equal(await opened(3), 'open', 'this page blocks the next version');
	await older.evaluate(() => new Promise((done) => {
		indexedDB.deleteDatabase('ward-outbox').onsuccess = () => {
			const r = indexedDB.open('ward-outbox', 1);
			r.onupgradeneeded = () => r.result.createObjectStore('waiting', { keyPath: 'id' });
			r.onsuccess = () => { window.kept = r.result; done(); };
		};
	}));
	await report(page, 'while an older page is open');
	await there(page, 1);
	await older.close();
	await page.waitForFunction(() => indexedDB.databases().then((all) => all.some((d) => d.version === 2)));
}
