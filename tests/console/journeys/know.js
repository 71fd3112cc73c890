/* Who keeps the hospital: what a rule looks for and whether its examples hold, which devices are at risk, what is lost if
 * one fails, and a host that is not theirs. */
import assert from 'node:assert/strict';

export async function know({ lead, at, sound, picture }) {
	await lead.goto(at('/state?q=guessed&by=tests'));
	await lead.locator('.board tbody tr', { hasText: 'all 13 hold' }).locator('a').click();
	await lead.locator('h1', { hasText: 'Login after guessed passwords' }).waitFor();
	await lead.locator('.tried', { hasText: 'twelve refusals, then accepted' }).waitFor();
	await lead.locator('.facts', { hasText: 'for the same' }).waitFor();
	await sound(lead, 'A rule');
	await picture(lead, 'rule');
	await lead.goto(at('/assets?sort=risk&class=device.medical.ct'));
	await lead.locator('.rows li', { hasText: 'CT scanner 1' }).first().waitFor();
	assert.match(await lead.locator('.rows li').first().textContent(), /Risk 0–45/);
	await lead.goto(at('/assets/ahu-05'));
	await lead.locator('.part', { hasText: 'If it fails' }).locator('p, li').first().waitFor();
	await lead.locator('.part', { hasText: 'Nothing is learned in this hospital' }).waitFor();
	await sound(lead, 'A device with what is usual of it');
	await lead.goto(at('/assets'));
	await lead.locator('summary', { hasText: 'in no list' }).click();
	await lead.locator('.hosts summary', { hasText: '10.40.0.177' }).click();
	await lead.locator('.hosts button', { hasText: 'Not ours' }).click();
	await lead.locator('dialog textarea').fill('laptop of a visitor');
	await lead.locator('dialog button[type="submit"]').click();
	await lead.locator('summary', { hasText: 'set aside' }).click();
	await lead.locator('li', { hasText: 'laptop of a visitor' }).waitFor();
}
