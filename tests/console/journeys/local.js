/* Signing in at the post: the authenticator, a shared post with its PIN, a wall screen. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { inside, lock } from '../browser.js';
import { linkOf, proved as provedBy } from './post.js';

/* RFC 6238, of so many half minutes ago. */
function totp(base32, ago = 0) {
	const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
	const bits = [...base32].map((c) => letters.indexOf(c).toString(2).padStart(5, '0')).join('');
	const key = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
	const step = Buffer.alloc(8);
	step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) - ago));
	const mac = createHmac('sha1', key).update(step).digest();
	return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

export async function local({ journey, browser, address, at, lead, password, person, picture, sound, DESK, PHONE }) {
	const PIN = '480215';
	const id = await lead.evaluate(() => localStorage.getItem('ward.person'));

	const linkFor = (name, limit) => linkOf(lead, at, password, name, limit);
	const proved = (page, then) => provedBy(page, password, then);

	await journey('an authenticator is set up by its picture, and removed by its code', async () => {
		await lead.goto(at('/account'));
		await lead.getByRole('button', { name: 'Set up' }).click();
		await proved(lead, lead.locator('.qr'));
		await sound(lead, 'Account');
		await picture(lead, 'account');
		const secret = (await lead.locator('.secret').textContent()).replaceAll(' ', '');
		await lead.locator('#second').fill(totp(secret, 1));
		await lead.getByRole('button', { name: 'Confirm' }).click();
		await lead.getByText('It is set up').waitFor();
		await lead.locator('#second').fill(totp(secret));
		await lead.getByRole('button', { name: 'Remove', exact: true }).click();
		await lead.getByRole('button', { name: 'Set up' }).waitFor();
		await lead.locator('#pin').fill(PIN);
		await lead.getByRole('button', { name: 'Set PIN' }).click();
		await proved(lead, lead.getByText('You have a PIN'));
	});

	await journey('a security key is added, is asked for at the door, and is removed', async () => {
		const page = await person(browser, address, 'key', DESK);
		const cdp = await page.context().newCDPSession(page);
		await cdp.send('WebAuthn.enable');
		await cdp.send('WebAuthn.addVirtualAuthenticator', { options: { protocol: 'ctap2', transport: 'usb', automaticPresenceSimulation: true } });
		const enter = async () => {
			await page.goto(at('/sign-in'));
			await page.locator('#person').fill(id);
			await page.locator('#password').fill(password);
			await page.locator('form .button.primary').click();
			await page.locator('.frame main h1').first().waitFor();
		};
		await enter();
		await page.goto(at('/account'));
		await page.locator('#key-name').fill('Key ring');
		await page.locator('form', { has: page.locator('#key-name') }).getByRole('button').click();
		const remove = page.getByRole('button', { name: /Remove.*Key ring/ });
		await proved(page, remove);
		await page.context().clearCookies();
		await enter();
		await page.goto(at('/account'));
		await remove.click();
		await remove.waitFor({ state: 'detached' });
		await page.context().close();
	});

	await journey('a shared post is locked, and goes on where it was by a PIN', async () => {
		const post = await person(browser, address, 'post', DESK);
		await post.goto(await linkFor('Gate', 'all'));
		await post.locator('#person').fill(id);
		await post.locator('#password').fill(password);
		await post.locator('form .button.primary').click();
		await post.locator('.frame main h1').first().waitFor();
		await post.goto(at('/assets?q=pump'));
		await post.locator('.lock').waitFor();
		await post.locator('main a[href^="/assets/"]').first().waitFor();
		await lock(post);
		assert.ok(!(await post.locator('.frame').isVisible()), 'nothing of it is seen');
		assert.equal((await post.context().cookies()).find((c) => c.name === '__Host-ward'), undefined);
		await sound(post, 'locked post');
		await picture(post, 'post');
		await post.locator('.lock-door .button.big').click();
		await post.locator('#door-pin').fill('480216');
		await post.keyboard.press('Enter');
		await post.getByText('that is not your PIN').waitFor();
		await post.locator('#door-pin').fill(PIN);
		await post.keyboard.press('Enter');
		await inside(post);
		assert.equal(new URL(post.url()).search, '?q=pump');
		/* a PIN is no proof for what can do harm */
		await post.goto(at('/account'));
		await post.getByRole('button', { name: 'Set up' }).click();
		await post.locator('#proof').waitFor();
		await sound(post, 'proof');
		await picture(post, 'proof');
		/* nobody is asked to prove what somebody before them began */
		await lock(post);
		await post.locator('.lock-door .button.big').click();
		await post.locator('#door-pin').fill(PIN);
		await post.keyboard.press('Enter');
		await inside(post);
		assert.equal(await post.locator('#proof').count(), 0);
		await post.getByRole('button', { name: 'Set up' }).click();
		await proved(post, post.locator('.qr'));
		await post.context().close();
	});

	await journey('a wall screen shows without anybody, and its link is good once', async () => {
		const link = await linkFor('Control room', 'look');
		await picture(lead, 'people');
		const wall = await person(browser, address, 'wall', DESK);
		await wall.goto(link);
		await wall.locator('.frame.wall main h1').first().waitFor();
		assert.ok(!wall.url().includes('token'));
		assert.ok(!(await wall.locator('.rail').count()));
		await sound(wall, 'wall screen');
		await picture(wall, 'wall');
		await wall.reload();
		await wall.locator('.frame.wall main h1').first().waitFor();
		const thief = await person(browser, address, 'thief', PHONE);
		await thief.goto(link);
		await thief.getByText('this link was used').waitFor();
		await thief.context().close();
		await wall.context().close();
	});
}
