/* Opens clips and photos as src/comply/evidence.h seals them, with the hospital's evidence key, which
 * only the person has: libsodium's sealed box (X25519, BLAKE2b, XSalsa20-Poly1305) for the key, and its
 * secretstream (XChaCha20-Poly1305) for the pieces. Browsers have none of these everywhere. */

export type Flaw = 'key' | 'changed' | 'cut';
export class Sealed extends Error {
	constructor(readonly flaw: Flaw) { super(flaw); }
}

const SEAL = 80;
const MAC = 16;
const PIECE_MAX = 64 * 1024 + 1 + MAC;
const HEAD_MAX = 512;
const FINAL = 3;

const join = (...parts: Uint8Array[]): Uint8Array<ArrayBuffer> => {
	const all = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
	let at = 0;
	for (const p of parts) {
		all.set(p, at);
		at += p.length;
	}
	return all;
};
const same = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.reduce((n, v, i) => n | (v ^ b[i]!), 0) === 0;
const words = (b: Uint8Array): Uint32Array => Uint32Array.from({ length: b.length / 4 }, (_, i) => (b[4 * i]! | b[4 * i + 1]! << 8 | b[4 * i + 2]! << 16 | b[4 * i + 3]! << 24) >>> 0);
const bytes = (w: Iterable<number>): Uint8Array => Uint8Array.from([...w].flatMap((v) => [v, v >>> 8, v >>> 16, v >>> 24]));
const le64 = (n: number): Uint8Array => bytes([n, n / 2 ** 32]);

/* --- X25519 (RFC 7748) --- */

const P = 2n ** 255n - 19n;
const mod = (n: bigint): bigint => (n % P + P) % P;
const number = (b: Uint8Array): bigint => b.reduceRight((n, v) => n << 8n | BigInt(v), 0n);

export function x25519(secret: Uint8Array, point: Uint8Array): Uint8Array {
	const k = (number(secret) & ~(7n | 1n << 255n)) | 1n << 254n;
	const u = number(point) & (1n << 255n) - 1n;
	let [x2, z2, x3, z3] = [1n, 0n, u, 1n];
	for (let t = 254n, swapped = 0n; t >= -1n; t--) {
		const bit = t < 0n ? 0n : k >> t & 1n;
		if (bit !== swapped) [x2, z2, x3, z3] = [x3, z3, x2, z2];
		swapped = bit;
		if (t < 0n) break;
		const [a, b, c, d] = [x2 + z2, x2 - z2, x3 + z3, x3 - z3];
		const [aa, bb, da, cb] = [mod(a * a), mod(b * b), mod(d * a), mod(c * b)];
		const e = aa - bb;
		[x3, z3] = [mod((da + cb) ** 2n), mod(u * (da - cb) ** 2n)];
		[x2, z2] = [mod(aa * bb), mod(e * (aa + 121665n * e))];
	}
	let inverse = 1n;
	for (let e = P - 2n, b = z2; e; e >>= 1n, b = mod(b * b)) if (e & 1n) inverse = mod(inverse * b);
	let n = mod(x2 * inverse);
	return Uint8Array.from({ length: 32 }, () => { const v = Number(n & 255n); n >>= 8n; return v; });
}

/* --- BLAKE2b of one block (RFC 7693) --- */

const SIGMA = ['0123456789abcdef', 'ea489fd61c02b753', 'b8c052fdae367194', '7931dcbe265a40f8', '905724afe1bc683d',
	'2c6a0b834d75fe19', 'c51fed4a0763928b', 'db7ec13950f4862a', '6fe9b308c2d714a5', 'a2847615fb9e3cd0'];
const U64 = (1n << 64n) - 1n;
const IV = [0x6a09e667f3bcc908n, 0xbb67ae8584caa73bn, 0x3c6ef372fe94f82bn, 0xa54ff53a5f1d36f1n, 0x510e527fade682d1n, 0x9b05688c2b3e6c1fn, 0x1f83d9abfb41bd6bn, 0x5be0cd19137e2179n];

export function blake2b(input: Uint8Array, size: number): Uint8Array {
	const m = Array.from({ length: 16 }, (_, i) => number(input.subarray(8 * i, 8 * i + 8)));
	const h = [...IV];
	h[0]! ^= 0x01010000n ^ BigInt(size);
	const v = [...h, ...IV];
	v[12]! ^= BigInt(input.length);
	v[14]! ^= U64;
	const turn = (n: bigint, by: bigint): bigint => (n >> by | n << 64n - by) & U64;
	for (let r = 0; r < 12; r++)
		for (let i = 0; i < 8; i++) {
			const [a, b, c, d] = i < 4 ? [i, i + 4, i + 8, i + 12] : [i - 4, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4];
			for (const [at, x, y] of [[2 * i, 32n, 24n], [2 * i + 1, 16n, 63n]] as const) {
				v[a!] = v[a!]! + v[b!]! + m[parseInt(SIGMA[r % 10]![at]!, 16)]! & U64;
				v[d!] = turn(v[d!]! ^ v[a!]!, x);
				v[c!] = v[c!]! + v[d!]! & U64;
				v[b!] = turn(v[b!]! ^ v[c!]!, y);
			}
		}
	return Uint8Array.from({ length: size }, (_, i) => Number((h[i >> 3]! ^ v[i >> 3]! ^ v[(i >> 3) + 8]!) >> BigInt(8 * (i & 7)) & 255n));
}

/* --- ChaCha20 (RFC 8439) and Salsa20: the rounds, without what is added after them --- */

function chacha(x: Uint32Array): void {
	const q = (a: number, b: number, c: number, d: number): void => {
		let [s, t, u, v] = [x[a]!, x[b]!, x[c]!, x[d]!];
		s = s + t | 0; v ^= s; v = v << 16 | v >>> 16;
		u = u + v | 0; t ^= u; t = t << 12 | t >>> 20;
		s = s + t | 0; v ^= s; v = v << 8 | v >>> 24;
		u = u + v | 0; t ^= u; t = t << 7 | t >>> 25;
		x[a] = s; x[b] = t; x[c] = u; x[d] = v;
	};
	for (let i = 0; i < 10; i++) {
		q(0, 4, 8, 12); q(1, 5, 9, 13); q(2, 6, 10, 14); q(3, 7, 11, 15);
		q(0, 5, 10, 15); q(1, 6, 11, 12); q(2, 7, 8, 13); q(3, 4, 9, 14);
	}
}

function salsa(x: Uint32Array): void {
	const q = (a: number, b: number, c: number, d: number): void => {
		for (const [to, y, z, by] of [[b, a, d, 7], [c, b, a, 9], [d, c, b, 13], [a, d, c, 18]] as const) {
			const s = x[y]! + x[z]! | 0;
			x[to]! ^= s << by | s >>> 32 - by;
		}
	};
	for (let i = 0; i < 10; i++) {
		q(0, 4, 8, 12); q(5, 9, 13, 1); q(10, 14, 2, 6); q(15, 3, 7, 11);
		q(0, 1, 2, 3); q(5, 6, 7, 4); q(10, 11, 8, 9); q(15, 12, 13, 14);
	}
}

const C = [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574] as const;
const chachaState = (key: Uint8Array, rest: Uint8Array): Uint32Array => Uint32Array.of(...C, ...words(key), ...words(rest));
function salsaState(key: Uint8Array, rest: Uint8Array): Uint32Array {
	const k = words(key);
	return Uint32Array.of(C[0], ...k.subarray(0, 4), C[1], ...words(rest), C[2], ...k.subarray(4), C[3]);
}

function hchacha(key: Uint8Array, nonce: Uint8Array): Uint8Array {
	const x = chachaState(key, nonce);
	chacha(x);
	return bytes([...x.subarray(0, 4), ...x.subarray(12)]);
}
function hsalsa(key: Uint8Array, nonce: Uint8Array): Uint8Array {
	const x = salsaState(key, nonce);
	salsa(x);
	return bytes([0, 5, 10, 15, 6, 7, 8, 9].map((i) => x[i]!));
}

/* What ChaCha20 makes of b from this block on, in place. */
function chachaXor(key: Uint8Array, nonce: Uint8Array, block: number, b: Uint8Array): Uint8Array {
	const from = chachaState(key, join(bytes([block]), nonce));
	const x = new Uint32Array(16);
	for (let at = 0; at < b.length; at += 64) {
		x.set(from);
		chacha(x);
		for (let i = 0; i < 64 && at + i < b.length; i++) b[at + i]! ^= (x[i >> 2]! + from[i >> 2]!) >>> 8 * (i & 3);
		from[12]!++;
	}
	return b;
}

/* --- Poly1305 (RFC 8439 2.5), in ten limbs of 13 bits --- */

export function poly1305(key: Uint8Array, ...parts: Uint8Array[]): Uint8Array {
	const all = join(...parts);
	const limbs = (n: bigint): number[] => Array.from({ length: 10 }, (_, i) => Number(n >> BigInt(13 * i) & 8191n));
	const r = limbs(number(key.subarray(0, 16)) & 0x0ffffffc0ffffffc0ffffffc0fffffffn);
	const h = new Float64Array(10);
	const d = new Float64Array(10);
	const block = new Uint8Array(19);
	for (let at = 0; at < all.length; at += 16) {
		const n = Math.min(16, all.length - at);
		block.fill(0);
		block.set(all.subarray(at, at + n));
		block[n] = 1;
		for (let i = 0; i < 10; i++) {
			const bit = 13 * i;
			h[i]! += (block[bit >> 3]! | block[(bit >> 3) + 1]! << 8 | block[(bit >> 3) + 2]! << 16) >>> (bit & 7) & 8191;
		}
		for (let i = 0; i < 10; i++) { /* what is over 130 bits comes back five times */
			let s = 0;
			for (let j = 0; j < 10; j++) s += h[j]! * (j <= i ? r[i - j]! : 5 * r[i - j + 10]!);
			d[i] = s;
		}
		let over = 0;
		for (let i = 0; i < 11; i++) {
			const v = (i < 10 ? d[i]! : h[0]!) + (i < 10 ? over : 5 * over);
			over = Math.floor(v / 8192);
			h[i % 10] = v - 8192 * over;
		}
		h[1]! += over;
	}
	const sum = h.reduceRight((n, v) => (n << 13n) + BigInt(v), 0n) % (2n ** 130n - 5n) + number(key.subarray(16, 32));
	return Uint8Array.from({ length: MAC }, (_, i) => Number(sum >> BigInt(8 * i) & 255n));
}

/* --- libsodium's two --- */

/* The key that was sealed for the evidence key. */
export function openSeal(seal: Uint8Array, secret: Uint8Array): Uint8Array {
	const from = seal.subarray(0, 32);
	const nonce = blake2b(join(from, x25519(secret, Uint8Array.of(9, ...new Uint8Array(31)))), 24);
	const shared = hsalsa(x25519(secret, from), new Uint8Array(16));
	const state = salsaState(hsalsa(shared, nonce.subarray(0, 16)), join(nonce.subarray(16), new Uint8Array(8)));
	const x = state.slice();
	salsa(x);
	const stream = bytes(x.map((v, i) => v + state[i]!));
	const text = seal.slice(48);
	if (!same(poly1305(stream.subarray(0, 32), text), seal.subarray(32, 48))) throw new Sealed('key');
	return text.map((v, i) => v ^ stream[32 + i]!); /* 32 bytes: no more than the block has left */
}

/* The pieces of one stream, in their order; each is bound to the head. */
export class Stream {
	private readonly key: Uint8Array;
	private readonly nonce: Uint8Array; /* a count of four bytes, then what all before left */
	last = false;

	constructor(key: Uint8Array, begin: Uint8Array, private readonly head: Uint8Array) {
		this.key = hchacha(key, begin.subarray(0, 16));
		this.nonce = join(Uint8Array.of(1, 0, 0, 0), begin.subarray(16));
	}

	pull(piece: Uint8Array): Uint8Array<ArrayBuffer> {
		const { key, nonce, head } = this;
		const auth = chachaXor(key, nonce, 0, new Uint8Array(32));
		const tag = new Uint8Array(64);
		tag[0] = piece[0]!;
		chachaXor(key, nonce, 1, tag);
		const is = tag[0]!;
		tag[0] = piece[0]!;
		const text = piece.slice(1, -MAC);
		const mac = piece.subarray(-MAC);
		/* the padding is libsodium's own: as many zeros as the text is over 16, not what is missing */
		if (!same(poly1305(auth, head, new Uint8Array(-head.length & 15), tag, text, new Uint8Array(text.length & 15),
			le64(head.length), le64(64 + text.length)), mac)) throw new Sealed('changed');
		this.last = is === FINAL;
		chachaXor(key, nonce, 2, text);
		for (let i = 0; i < 8; i++) nonce[4 + i]! ^= mac[i]!;
		for (let i = 0; i < 4 && ++nonce[i]! === 256; i++);
		return text;
	}
}

/* --- A file --- */

/* 32 bytes in hex, as `ward clip key` writes them; null: it is none. */
export function readKey(text: string): Uint8Array | null {
	const hex = text.trim();
	return /^[0-9a-f]{64}$/i.test(hex) ? Uint8Array.from(hex.match(/../g)!, (x) => parseInt(x, 16)) : null;
}

/* Gives a number of bytes of what comes. */
function taker(body: ReadableStream<Uint8Array>, told: (n: number) => void): (n: number) => Promise<Uint8Array> {
	const reader = body.getReader();
	let held = new Uint8Array(0);
	let all = 0;
	return async (n) => {
		while (held.length < n) {
			const got = await reader.read().catch(() => ({ done: true as const, value: undefined }));
			if (got.done) throw new Sealed('cut');
			all += got.value.length;
			told(all);
			held = join(held, got.value);
		}
		const out = held.subarray(0, n);
		held = held.subarray(n);
		return out;
	};
}

/* The picture or clip of that id in what `sealed` answers; told: bytes so far. */
export async function open(body: ReadableStream<Uint8Array>, secret: Uint8Array, of: { id: string; type: string }, told: (n: number) => void): Promise<Blob> {
	const take = taker(body, told);
	const key = openSeal(await take(SEAL), secret);
	const mark = new TextDecoder().decode(await take(9));
	let size = 0;
	for (let shift = 0, more = true; more && shift < 14; shift += 7) {
		const b = (await take(1))[0]!;
		size |= (b & 127) << shift;
		more = b > 127;
	}
	if (mark !== 'WARDCLIP\u0001' || size > HEAD_MAX) throw new Sealed('changed');
	const head = (await take(size)).slice();
	const stream = new Stream(key, (await take(24)).slice(), head);
	const parts: Uint8Array<ArrayBuffer>[] = [];
	while (!stream.last) {
		const n = new DataView((await take(4)).slice().buffer).getUint32(0);
		if (n <= 1 + MAC || n > PIECE_MAX) throw new Sealed('changed');
		parts.push(stream.pull(await take(n)));
		await new Promise((on) => setTimeout(on)); /* the page goes on */
	}
	/* whole, and another one: what lies under this id was exchanged */
	if (Array.from(head.subarray(0, 16), (b) => b.toString(16).padStart(2, '0')).join('') !== of.id.replaceAll('-', '').toLowerCase()) throw new Sealed('changed');
	return new Blob(parts, { type: of.type });
}
