/* How a person uses a page: by the mouse, by a finger, by keys alone. What it costs them is counted: clicks (a choice from a list is
 * two), fields that are filled, and keys typed into them. */
import assert from 'node:assert/strict';

const TABS = 250;

class Hand {
	clicks = 0;
	fields = 0;
	keys = 0;

	constructor(page) {
		this.page = page;
	}

	async fill(field, text) {
		this.fields++;
		this.keys += text.length;
		await field.fill(text);
	}

	async choose(list, label) {
		this.clicks += 2;
		await list.selectOption({ label });
	}

	/* From one point of a picture to another, both as shares of its width and height. */
	async drag(picture, from, to) {
		this.clicks++;
		await picture.scrollIntoViewIfNeeded();
		const b = await picture.boundingBox();
		const at = ([x, y]) => ({ x: b.x + x * b.width, y: b.y + y * b.height });
		await this.stroke(at(from), at(to));
	}

	get cost() {
		return `${this.clicks} clicks, ${this.fields} fields, ${this.keys} keys typed`;
	}
}

export class Mouse extends Hand {
	async press(what) {
		this.clicks++;
		await what.click();
	}

	async stroke(from, to) {
		await this.page.mouse.move(from.x, from.y);
		await this.page.mouse.down();
		await this.page.mouse.move(to.x, to.y, { steps: 8 });
		await this.page.mouse.up();
	}
}

export class Finger extends Hand {
	async press(what) {
		this.clicks++;
		await what.tap();
	}

	async stroke(from, to) {
		const cdp = await this.page.context().newCDPSession(this.page);
		const touch = (type, points) => cdp.send('Input.dispatchTouchEvent', { type, touchPoints: points });
		await touch('touchStart', [from]);
		for (let i = 1; i <= 8; i++) await touch('touchMove', [{ x: from.x + ((to.x - from.x) * i) / 8, y: from.y + ((to.y - from.y) * i) / 8 }]);
		await touch('touchEnd', []);
		await cdp.detach();
	}
}

export class Keys extends Hand {
	tabs = 0;

	/* Tab until it has the focus: it must be there, once around the page. */
	async reach(what) {
		await what.waitFor();
		const has = () => what.evaluate((e) => e === document.activeElement);
		for (let i = 0; i < TABS; i++) {
			if (await has()) return;
			this.tabs++;
			await this.page.keyboard.press('Tab');
		}
		assert.fail(`by Tab nobody comes to ${what}`);
	}

	async press(what) {
		this.clicks++;
		await this.reach(what);
		const box = await what.evaluate((e) => e instanceof HTMLInputElement && (e.type === 'checkbox' || e.type === 'radio'));
		await this.page.keyboard.press(box ? 'Space' : 'Enter');
	}

	async fill(field, text) {
		this.fields++;
		this.keys += text.length;
		await this.reach(field);
		await this.page.keyboard.press('Control+a');
		await this.page.keyboard.type(text);
	}

	/* As in any list: its first letters. */
	async choose(list, label) {
		this.fields++;
		await this.reach(list);
		await this.page.keyboard.type(label);
		assert.equal(await list.evaluate((e) => e.selectedOptions[0]?.textContent), label);
	}

	get cost() {
		return `${this.clicks} keys that press, ${this.tabs} of Tab, ${this.fields} fields, ${this.keys} keys typed`;
	}
}
