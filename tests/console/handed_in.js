/* Whoever does not trust a file drops it on the page Report, and reads what was found, in each language; a phone, too.
 * usage: handed_in.js ADDRESS PERSON PASSWORD FILE... — each malicious, but the last, which is clean */
import assert from 'node:assert/strict';
import { basename, join } from 'node:path';
import { DESK, launch, person, PHONE, sound, wrong } from './browser.js';

const [address, id, password, ...files] = process.argv.slice(2);
const url = new URL(address);
const browser = await launch(url);
const SAYS = {
	en: ['malicious', 'clean', 'Do not open it'], fr: ['malveillant', 'sain', 'Ne l’ouvrez pas'],
	it: ['malevolo', 'pulito', 'Non lo apra'], nl: ['kwaadaardig', 'schoon', 'Open het niet'],
};

try {
	for (const [language, device] of [['en', DESK], ['fr', PHONE], ['it', DESK], ['nl', PHONE]]) {
		const page = await person(browser, url, language, device);
		await page.addInitScript((l) => localStorage.setItem('ward.language', l), language);
		await page.goto(url.href);
		await page.locator('#person').fill(id);
		await page.locator('#password').fill(password);
		await page.locator('form .button.primary').click();
		await page.locator('.frame main').waitFor();
		await page.goto(new URL('/report', url).href);
		const part = page.locator('.file-part');
		const [bad, clean, mend] = SAYS[language];
		for (const file of files) {
			const name = basename(file), last = file === files.at(-1);
			await part.locator('input[type="file"]').setInputFiles(file);
			await part.locator('strong', { hasText: name }).waitFor();
			assert.match(await part.locator('strong').innerText(), new RegExp(`${last ? clean : bad}$`));
			assert.equal(await part.getByText(mend).count(), last ? 0 : 1, `${language}: what to do`);
			assert.equal(await part.locator('li').count() > 0, !last, `${language}: reasons`);
			await sound(page, `a file in ${language}`);
			if (process.env.PICTURES) await part.screenshot({ path: join(process.env.PICTURES, `file-${language}-${last ? 'clean' : 'malicious'}.png`) });
		}
		await page.context().close();
	}
	assert.deepEqual([...wrong], [], 'on the way');
	console.log('ok a file that is not trusted is handed in, and what was found is read in four languages');
} catch (e) {
	console.log(`not ok a file that is not trusted is handed in\n${String(e.message).replace(/^/gm, '\t')}`);
	process.exitCode = 1;
} finally {
	await browser.close();
}
