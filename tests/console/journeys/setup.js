/* A hospital is set up: what it has by now, a room drawn by dragging and by keys, and where this machine could listen. Nothing is
 * taken: that Ward begins anew with it is the end-to-end test's. */
import assert from 'node:assert/strict';

export async function setup({ journey, lead, at, sound, picture }) {
	await journey('a hospital is set up: a room drawn by hand and by keys, the interfaces of the machine', async () => {
		await lead.goto(at('/setup?step=draw'));
		await lead.getByRole('button', { name: 'Add a room' }).click();
		const room = lead.locator('.draw .room.chosen');
		await room.waitFor();
		const before = await room.getAttribute('aria-label');
		await room.focus();
		await lead.keyboard.press('ArrowRight');
		await lead.keyboard.press('Shift+ArrowDown');
		assert.notEqual(await room.getAttribute('aria-label'), before);
		await sound(lead, 'a floor that is drawn');
		await picture(lead, 'setup');
		await lead.locator('.set-steps a').nth(4).click();
		await lead.locator('.setup .table').waitFor();
		await sound(lead, 'the network sensor');
	});
}
