/* The officer at the impact assessment: it is assessed; a change of the record of processing opens it again, which stands on top of
 * Privacy and law until it is assessed anew. usage: assessed.js ADDRESS PERSON PASSWORD assess|again WORDS */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DESK, launch, person, sound, wrong } from './browser.js';

const [address, id, password, step, words] = process.argv.slice(2);
const pictures = process.env.PICTURES;
const url = new URL(address);
const browser = await launch(url);
const name = step === 'assess' ? 'the impact assessment is assessed' : 'a change of the record opens the assessment: a task, what is other, assessed anew';
const began = Date.now();

try {
	const page = await person(browser, url, 'officer', DESK);
	const at = (path) => new URL(path, url).href;
	const picture = async (of) => pictures && page.screenshot({ path: join(pictures, `${of}.png`), fullPage: true });
	await page.goto(at('/'));
	await page.locator('#person').fill(id);
	await page.locator('#password').fill(password);
	await page.locator('form .button.primary').click();
	await page.locator('.frame main').waitFor();
	await page.goto(at('/privacy'));
	await page.locator('.privacy h1').waitFor();
	const task = page.locator('li', { hasText: 'The impact assessment is open again' });
	if (step === 'again') {
		await task.getByText('entry doors').waitFor();
		await page.locator('li', { hasText: 'More of people is watched' }).getByText('role it-on-call').waitFor();
		await sound(page, 'the task on top of Privacy and law');
		await picture('record-task');
		await task.getByRole('link', { name: 'Documents for persons' }).click();
		await page.getByText('other than it was: doors').waitFor();
	} else {
		assert.equal(await task.count(), 0, 'a task before anything changed');
		await page.goto(at('/notices/dpia'));
	}
	await page.getByRole('button', { name: 'Assess', exact: true }).click();
	const dialog = page.locator('dialog[open]');
	await dialog.locator('textarea').first().fill(words);
	await dialog.locator('button[type="submit"]').click();
	await page.getByRole('button', { name: 'Assess', exact: true }).waitFor({ state: 'detached' });
	await page.getByText(words).first().waitFor();
	await sound(page, 'the assessment');
	await picture(`record-${step}`);
	await page.goto(at('/privacy'));
	await page.locator('.privacy h1').waitFor();
	await task.waitFor({ state: 'detached' });
	if (step === 'again') {
		await page.goto(at('/processing'));
		await page.getByText('Porte Sicure S.r.l.').first().waitFor();
		await page.getByText('annex B').waitFor();
		await sound(page, 'the record with its processor');
		await picture('record-processors');
	}
	assert.deepEqual([...wrong], [], 'on the way');
	console.log(`ok ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
} catch (e) {
	console.log(`not ok ${name}\n${String(e.message).replace(/^/gm, '\t')}`);
	process.exitCode = 1;
} finally {
	await browser.close();
}
