/* The crisis cell: a crisis manager leads it, a guard with a phone does a task and comes when called. */
import assert from 'node:assert/strict';

/* Opens the dialog of that button, fills what it asks, and sends it. */
async function say(page, button, text, fill = async () => {}) {
	await page.getByRole('button', { name: button }).first().click();
	const dialog = page.locator('dialog[open]');
	await dialog.waitFor();
	if (text) await dialog.locator('textarea').first().fill(text);
	await fill(dialog);
	await dialog.locator('button[type="submit"]').click();
	await dialog.waitFor({ state: 'detached', timeout: 20_000 }).catch(async (e) => {
		throw (await dialog.locator('.problem').count()) ? new Error(`${button}: ${await dialog.locator('.problem').textContent()}`) : e;
	});
}

export async function crisis({ lead, guard, at, sound, picture }) {
	await lead.goto(at('/crisis'));
	await lead.locator('.cr-cards li').first().waitFor();
	await say(lead, 'Activate the cell', 'cooling of the theatres fails', (d) => d.locator('select').first().selectOption('2'));
	await lead.locator('.cr-on').waitFor();
	await say(lead, 'Give a task', 'Look at plant room A', async (d) => {
		await d.locator('select').nth(0).selectOption('security-guard');
		await d.locator('select').nth(1).selectOption('10');
	});
	await say(lead, 'Call staff in', 'two more are needed at the doors', (d) => d.getByLabel('Security guard', { exact: false }).first().check());
	await guard.goto(at('/crisis'));
	const task = guard.locator('.cr-item', { hasText: 'Look at plant room A' });
	await task.waitFor();
	await sound(guard, 'Crisis on a phone');
	await picture(guard, 'crisis-phone');
	await say(guard, /^Done.*Look at plant room A/, 'the door is shut, nobody is there');
	await say(guard, 'I come', '', (d) => d.locator('input').fill('20'));
	await lead.locator('.cr-done', { hasText: 'nobody is there' }).waitFor();
	await lead.locator('.cr-item', { hasText: '1 of' }).waitFor();
	await say(lead, 'Write a decision', 'No operation begins in block A', async (d) => {
		await d.locator('input').fill('the theatres get too warm within the hour');
		await d.locator('textarea').nth(1).fill('move them to block B\ngo on with fans');
	});
	await lead.locator('.cr-item', { hasText: 'go on with fans' }).waitFor();
	await sound(lead, 'Crisis');
	await picture(lead, 'crisis');
	await lead.getByRole('link', { name: 'Situation report' }).click();
	await lead.locator('.sitrep section').nth(4).waitFor();
	assert.match(await lead.locator('.sitrep').textContent(), /No operation begins in block A; why: the theatres/);
	await sound(lead, 'Situation report');
	await picture(lead, 'situation');
	await lead.goto(at('/crisis'));
	await say(lead, 'Stand down', 'cooling is back');
	await lead.locator('.cr-head', { hasText: 'not active' }).waitFor();
	await say(lead, 'Note what was learnt', 'Nobody knew who has the key', (d) => d.locator('select').first().selectOption('change'));
	await lead.locator('.cr-item', { hasText: 'who has the key' }).waitFor();
}
