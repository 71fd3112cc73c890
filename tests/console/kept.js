/* The page of suspicious files that are kept: what was found, in each language, on a desk and a phone; one is got with a reason and
 * the evidence key, and only saved. usage: kept.js ADDRESS PERSON PASSWORD KEY SAVED — SAVED: where the ZIP is to lie */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DESK, launch, person, PHONE, sound, wrong } from './browser.js';

const [address, id, password, key, saved] = process.argv.slice(2);
const url = new URL(address);
const browser = await launch(url);
const SAYS = {
	en: ['Suspicious files', 'malicious', 'Get it', 'infected'], fr: ['Fichiers suspects', 'malveillant', 'Obtenir', 'infected'],
	it: ['File sospetti', 'malevolo', 'Ottenere', 'infected'], nl: ['Verdachte bestanden', 'kwaadaardig', 'Ophalen', 'infected'],
};

try {
	for (const [language, device] of [['fr', PHONE], ['it', DESK], ['nl', PHONE], ['en', DESK]]) {
		const [title, malicious, get, password_of] = SAYS[language];
		const page = await person(browser, url, language, device);
		await page.addInitScript((l) => localStorage.setItem('ward.language', l), language);
		await page.goto(url.href);
		await page.locator('#person').fill(id);
		await page.locator('#password').fill(password);
		await page.locator('form .button.primary').click();
		await page.locator('.frame main').waitFor();
		/* from where files are handed in */
		await page.goto(new URL('/report', url).href);
		await page.locator('.file-part a').click();
		await page.getByRole('heading', { name: title, level: 1 }).waitFor();
		const file = page.locator('.evidence li', { hasText: 'scan.dcm' });
		await file.locator('strong', { hasText: malicious }).waitFor();
		assert.equal(await page.locator('.evidence > ul > li').count(), 1, `${language}: the clean one is not there`);
		assert.match(await file.innerText(), /SHA-256 [0-9a-f]{64}/);
		assert.match(await file.innerText(), /p-[a-z2-7]{16}/);
		assert.ok(await file.locator('li').count() > 0, `${language}: reasons`);
		await sound(page, `kept files in ${language}`);
		if (process.env.PICTURES) await page.screenshot({ path: join(process.env.PICTURES, `kept-${language}.png`) });
		await file.getByRole('button', { name: get }).click();
		const dialog = page.locator('dialog[open]');
		await dialog.getByText(password_of).waitFor();
		await sound(page, `asked for the reason in ${language}`);
		if (language === 'en') {
			await dialog.locator('textarea').fill('What does it fetch?');
			await dialog.locator('input[type="file"]').setInputFiles(key);
			await dialog.getByRole('button', { name: get }).click();
			const link = file.getByRole('link', { name: /^Save .*\.zip$/ });
			await link.waitFor();
			await sound(page, 'a file that can be saved');
			if (process.env.PICTURES) await page.screenshot({ path: join(process.env.PICTURES, 'kept-save.png') });
			const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
			assert.match(download.suggestedFilename(), /^[0-9a-f-]{36}\.zip$/);
			await download.saveAs(saved);
			assert.equal(await page.evaluate(() => location.pathname), '/kept');
			/* and where its incident is */
			await file.getByRole('link', { name: 'Incident' }).click();
			const there = page.locator('.evidence li', { hasText: /^Suspicious file / });
			await there.getByRole('button', { name: get }).waitFor();
			await sound(page, 'a file of an incident');
			if (process.env.PICTURES) await page.locator('.evidence').screenshot({ path: join(process.env.PICTURES, 'kept-incident.png') });
			await page.locator('.evidence a[href="/kept"]').click();
			await file.waitFor();
		}
		await page.context().close();
	}
	assert.deepEqual([...wrong], [], 'on the way');
	console.log('ok kept files are read about in four languages, and one is saved with a reason');
} catch (e) {
	console.log(`not ok kept files\n${String(e.message).replace(/^/gm, '\t')}`);
	process.exitCode = 1;
} finally {
	await browser.close();
}
