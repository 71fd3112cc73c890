/* Who looks ahead: which ways lead to a service, what money closes, what a device's risk is, and which
 * host is in no directory. */
import assert from 'node:assert/strict';

const number = async (page) => parseFloat(/today, ([\d.]+)/.exec(await page.locator('.left').textContent())?.[1] ?? '0');

export async function prevent({ lead, at, sound, picture }) {
	await lead.goto(at('/prevention?service=theatres'));
	await lead.locator('.ways li').nth(4).waitFor();
	await lead.locator('.measures .list li').first().waitFor();
	const most = await number(lead);
	await sound(lead, 'Prevention');
	await picture(lead, 'prevention');
	await lead.locator('.budget input').press('Home');
	await lead.locator('.measures', { hasText: 'No measure' }).waitFor();
	for (const stop of ['1,000', '2,500', '5,000', '10,000', '25,000']) {
		await lead.locator('.budget input').press('ArrowRight');
		await lead.locator('.budget output', { hasText: stop }).waitFor();
	}
	await lead.waitForURL(/budget=25000/);
	await lead.locator('.measures .check input').first().waitFor();
	assert.ok(await number(lead) > most, 'less money leaves likelier ways');
	await lead.locator('.measures .check input').first().click();
	await lead.waitForURL(/off=/);
	await lead.locator('.left').waitFor();
	await lead.locator('.filter input').fill('chilled water');
	await lead.locator('.picks button').first().click();
	await lead.locator('.loss strong', { hasText: 'Operating theatres' }).waitFor();
	await lead.goto(at('/assets/ahu-05'));
	await lead.locator('.part', { hasText: 'On the network' }).locator('dd', { hasText: 'BACnet device' }).waitFor();
	await lead.goto(at('/assets/controller-emergency'));
	await lead.locator('.risk summary').nth(3).waitFor();
	await sound(lead, 'A device with its risk');
	await lead.goto(at('/assets'));
	await lead.locator('.score summary').click();
	await lead.locator('.score li').nth(9).waitFor();
	await lead.locator('summary', { hasText: 'in no list' }).click();
	await lead.locator('.hosts', { hasText: '10.40.0.177' }).waitFor();
	await sound(lead, 'Assets');
}
