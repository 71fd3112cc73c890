/* A file of another product is brought into the configuration: what it would add is listed, part of it is ticked, looked over, and
 * left. That it is taken, and known by the Ward that begins anew, is the end-to-end test's. */
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { readFileSync } from 'node:fs';

const netbox = readFileSync(fileURLToPath(new URL('../../fuzz/seeds/import_netbox/whole', import.meta.url)));

export async function imports({ journey, lead, at, sound, picture }) {
	await journey('a file of NetBox is looked over thing by thing, and part of it is proposed', async () => {
		await lead.goto(at('/config'));
		await lead.getByRole('link', { name: 'Import a file' }).click();
		await lead.locator('input[type="file"]').setInputFiles({ name: 'netbox.json', mimeType: 'application/json', buffer: netbox });
		await sound(lead, 'Import');
		await lead.getByRole('button', { name: /Look it over/ }).click();
		const items = lead.locator('.imported');
		await items.waitFor();
		const diffs = lead.locator('.proposal > .diff');
		await diffs.first().waitFor();
		await sound(lead, 'what a file would add');
		await picture(lead, 'import');
		const ticked = items.getByRole('checkbox', { name: /Server room 1/ });
		assert.ok(await ticked.isChecked());
		await ticked.focus();
		await lead.keyboard.press('Space');
		await lead.getByRole('button', { name: 'Look over what is ticked' }).click();
		await lead.locator('.proposal .problem, .proposal > .diff').first().waitFor();
		assert.ok(!(await items.getByRole('checkbox', { name: /Server room 1/ }).isChecked()));
		assert.ok(!(await diffs.allTextContents()).some((d) => d.includes('Server room 1')), 'what is not ticked is proposed');
		await lead.getByRole('button', { name: 'Leave it' }).click();
		await items.waitFor({ state: 'detached' });
	});

	await journey('a camera is tried before it is taken, and what is wrong is said with what to do', async () => {
		await lead.goto(at('/setup?step=cameras'));
		await lead.getByLabel('Address of its small stream').fill('rtsp://127.0.0.1:9/cam');
		await lead.getByRole('button', { name: 'Try this address' }).click();
		await lead.getByText('nothing listens at that port').waitFor();
		await sound(lead, 'a camera that is tried');
	});
}
