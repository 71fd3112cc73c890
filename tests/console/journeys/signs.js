/* All signs: found by words and level, the way from one to its incident, and on a phone. */
import assert from 'node:assert/strict';

export async function signs({ lead, at, sound, picture }) {
	await lead.goto(at('/signs'));
	const rows = lead.locator('.signs .rows li a');
	await rows.first().waitFor();
	await sound(lead, 'Signs');
	await picture(lead, 'signs');
	await lead.getByRole('searchbox', { name: 'What, on what, or rule' }).fill('too warm');
	await lead.locator('.signs .rows strong', { hasText: 'Room too warm' }).first().waitFor();
	await lead.waitForFunction(() => [...document.querySelectorAll('.signs .rows strong')].every((e) => /warm/i.test(e.textContent)));
	await lead.getByLabel('Level').selectOption('critical');
	await lead.getByText('No sign is like that.').waitFor();
	await lead.getByLabel('Level').selectOption('high');
	const link = lead.locator('.signs .rows a[href^="/incidents/"]').first();
	await link.waitFor();
	assert.match(lead.url(), /level=high/);
	await link.click();
	await lead.locator('.inc-head h1').waitFor();
}
