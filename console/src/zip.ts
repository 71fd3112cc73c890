/* One file in a ZIP with a password, as those who examine harmful files pass them on: nothing opens it by
 * a click, and no antivirus takes it away. Its encryption is the old one of PKWARE (APPNOTE 6.1), which
 * every tool reads, and hides nothing from who wants to know. */
const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
	for (let i = 0; i < 8; i++) n = n & 1 ? n >>> 1 ^ 0xedb88320 : n >>> 1;
	return n;
});
const step = (crc: number, b: number): number => crc >>> 8 ^ TABLE[(crc ^ b) & 255]!;
export const PASSWORD = 'infected';

/* Not compressed; name: ASCII. */
export function zipped(name: string, plain: Uint8Array): Blob {
	const crc = ~plain.reduce(step, -1);
	const body = new Uint8Array(12 + plain.length);
	crypto.getRandomValues(body.subarray(0, 11));
	body[11] = crc >>> 24;
	body.set(plain, 12);
	let [a, b, c] = [0x12345678, 0x23456789, 0x34567890];
	const turn = (v: number): void => {
		a = step(a, v);
		b = Math.imul(b + (a & 255), 134775813) + 1;
		c = step(c, b >>> 24);
	};
	for (const v of PASSWORD) turn(v.charCodeAt(0));
	for (let i = 0; i < body.length; i++) {
		const v = body[i]!, k = c & 0xffff | 2;
		body[i] = v ^ Math.imul(k, k ^ 1) >>> 8;
		turn(v);
	}
	const record = (...fields: [size: 2 | 4, value: number][]): Uint8Array<ArrayBuffer> =>
		Uint8Array.from(fields.flatMap(([size, v]) => [v, v >>> 8, v >>> 16, v >>> 24].slice(0, size)));
	const file = new TextEncoder().encode(name);
	/* version, encrypted, stored, 1 January 1980 */
	const about = record([2, 20], [2, 1], [2, 0], [2, 0], [2, 33], [4, crc], [4, body.length], [4, plain.length], [2, file.length], [2, 0]);
	const local = about.length + 4 + file.length + body.length;
	return new Blob([record([4, 0x04034b50]), about, file, body,
		record([4, 0x02014b50], [2, 20]), about, record([2, 0], [2, 0], [2, 0], [4, 0], [4, 0]), file,
		record([4, 0x06054b50], [2, 0], [2, 0], [2, 1], [2, 1], [4, about.length + 20 + file.length], [4, local], [2, 0])],
	{ type: 'application/octet-stream' });
}
