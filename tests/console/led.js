/* A trainer leads a play in the console, at a desk and with a phone; a player sees nothing of it but what they are told.
 * usage: led.js ADDRESS PASSWORD */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DESK, launch, person, PHONE, sound, wrong } from './browser.js';

const [address, password] = process.argv.slice(2);
const pictures = process.env.PICTURES;
const url = new URL(address);
const browser = await launch(url);
const name = 'a play that waits, and a trainer who brings in, decides, and lets it go on';
const began = Date.now();

async function enter(who, device) {
	const page = await person(browser, url, who, device);
	await page.goto(new URL('/', url).href);
	await page.locator('#person').fill(who);
	await page.locator('#password').fill(password);
	await page.locator('form .button.primary').click();
	await page.locator('.frame main').waitFor();
	return page;
}

try {
	const player = await enter('g-ferrero', DESK);
	assert.equal(await player.locator('.rail a[href="/exercise"]').count(), 0, 'the crisis manager sees what comes');
	const desk = await enter('t-villa', DESK);
	await desk.locator('.rail a[href="/exercise"]').click();
	await desk.getByText('The play is paused').waitFor();
	await desk.locator('li', { hasText: 'A newspaper has heard of it' }).getByRole('button', { name: 'Bring it in' }).click();
	await desk.locator('li', { hasText: 'A newspaper has heard of it' }).getByText('×1').waitFor();
	await desk.getByText('Everything is as it should be').waitFor();
	/* on the screens of whom it is for, apart from what Ward says, until they have read it */
	await desk.getByLabel('To whom').selectOption({ label: 'Building engineer on call' });
	await desk.getByLabel('A message on their screens').fill('For others alone');
	await desk.getByRole('button', { name: 'Send the message' }).click();
	await desk.locator('li', { hasText: 'For others alone' }).getByText('seen by nobody yet').waitFor();
	await desk.getByLabel('To whom').selectOption({ label: 'everybody' });
	await desk.getByLabel('A message on their screens').fill('A helicopter lands in ten minutes');
	await desk.getByRole('button', { name: 'Send the message' }).click();
	const told = player.locator('.news li', { hasText: 'A helicopter lands in ten minutes' });
	await told.getByText('EXERCISE').waitFor();
	assert.equal(await player.getByText('For others alone').count(), 0, 'told to another role');
	await sound(player, 'what a trainer tells');
	if (pictures) await player.screenshot({ path: join(pictures, 'led-told.png') });
	await told.getByRole('button', { name: 'I have read it' }).click();
	await told.waitFor({ state: 'detached' });
	await player.locator('.news summary').click();
	await player.locator('.news details', { hasText: 'A helicopter lands in ten minutes' }).waitFor();
	await desk.locator('li', { hasText: 'A helicopter lands in ten minutes' }).getByText('g-ferrero').waitFor();
	await desk.getByRole('button', { name: 'To the next step' }).click();
	await desk.locator('li', { hasText: 'The supervisor looks for its units by address' }).getByText('done').waitFor();
	await desk.getByLabel('A note for the debriefing').fill('Nobody looks yet');
	await desk.getByRole('button', { name: 'Keep it' }).click();
	await desk.locator('li', { hasText: 'Nobody looks yet' }).getByText('noted').waitFor();
	await desk.locator('li', { hasText: 'at its panel again' }).getByRole('button', { name: 'It was done' }).click();
	await desk.locator('li', { hasText: 'at its panel again' }).getByText('will be taken').waitFor();
	await sound(desk, 'the play at a desk');
	if (pictures) await desk.screenshot({ path: join(pictures, 'led.png'), fullPage: true });
	const phone = await enter('t-villa', PHONE);
	await phone.goto(new URL('/exercise', url).href);
	await phone.getByRole('button', { name: 'Let it go on' }).click();
	await phone.getByText('The play goes on').waitFor();
	await desk.getByText('The play goes on').waitFor();
	await sound(phone, 'the play on a phone');
	if (pictures) await phone.screenshot({ path: join(pictures, 'led-phone.png') });
	await phone.evaluate(() => localStorage.setItem('ward.language', 'fr'));
	await phone.reload();
	await phone.getByText('Le jeu continue').waitFor();
	await sound(phone, 'the play in French');
	const called = desk.locator('li', { hasText: /\d security/ }).first(); /* the guard, of the broken door; another attack may last longer */
	await called.waitFor({ timeout: 180_000 });
	await desk.locator('.lines li').first().waitFor();
	await desk.locator('li', { hasText: 'The plant room is broken open' }).getByText('✓ seen after').first().waitFor();
	await sound(desk, 'the play with what players see');
	if (pictures) await desk.screenshot({ path: join(pictures, 'led-seen.png'), fullPage: true });
	await desk.getByRole('button', { name: 'End the play' }).click();
	await desk.locator('dialog[open] button[type="submit"]').click();
	await desk.getByText('The play has ended').waitFor({ timeout: 180_000 });
	assert.deepEqual([...wrong], [], 'on the way');
	console.log(`ok ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
} catch (e) {
	console.log(`not ok ${name}\n${String(e.message).replace(/^/gm, '\t')}`);
	process.exitCode = 1;
} finally {
	await browser.close();
}
