/* What was reported and is not answered yet, kept in the browser until it is: it outlives a lost
 * link, a closed page and a new start. Sent again with the same id, so that it counts once. */
import { signal } from '@preact/signals';
import { decide, Problem, send, type Decision } from './api';

export interface Waiting {
	id: string;
	person: string; /* only who wrote it sends it */
	at: number;
	decision: Decision;
	label: string; /* for the list: what and where */
	photo?: Blob; /* handed in once the report is on record */
	refused?: string;
	unkept?: string; /* it is on record, and why its photo is not */
	loose?: boolean; /* it is in this page only */
}

/* Newest first. */
export const waiting = signal<readonly Waiting[]>([]);

const RETRY_MS = 5000, EXPIRE_MS = 10 * 60_000;
let store: Promise<IDBDatabase> | null = null;
let sending = false;
let who = '';

/* While an older page of the console holds the database's last version, each call fails at once; this page takes part once that is
 * closed, and makes way for a newer one itself. */
function open(): Promise<IDBDatabase> {
	store ??= new Promise((resolve, reject) => {
		const r = indexedDB.open('ward-outbox', 2);
		r.onupgradeneeded = () => {
			for (const name of ['waiting', 'own']) if (!r.result.objectStoreNames.contains(name)) r.result.createObjectStore(name, { keyPath: 'id' });
		};
		r.onblocked = () => reject(new Error('blocked'));
		r.onsuccess = () => {
			const db = r.result;
			db.onclose = db.onversionchange = () => {
				db.close();
				store = null;
			};
			store = Promise.resolve(db);
			resolve(db);
		};
		r.onerror = () => {
			store = null;
			reject(r.error);
		};
	});
	return store;
}

async function run<T>(mode: IDBTransactionMode, f: (s: IDBObjectStore) => IDBRequest<T>, of = 'waiting'): Promise<T> {
	const db = await open();
	return new Promise((resolve, reject) => {
		const tx = db.transaction(of, mode);
		const r = f(tx.objectStore(of));
		tx.oncomplete = () => resolve(r.result);
		tx.onerror = tx.onabort = () => reject(tx.error);
	});
}

/* What this browser has no room or no place to keep: it is sent all the same, and waits as long as the page is open. */
const loose = new Map<string, Waiting>();

async function keep(w: Waiting): Promise<void> {
	try {
		const { loose: _, ...kept } = w;
		await run('readwrite', (s) => s.put(kept));
		loose.delete(w.id);
	} catch {
		loose.set(w.id, { ...w, loose: true });
	}
}

async function drop(id: string): Promise<void> {
	loose.delete(id);
	await run('readwrite', (s) => s.delete(id)).catch(() => {}); /* sent once more by its id, it counts once */
}

async function read(): Promise<void> {
	const kept = await run<Waiting[]>('readonly', (s) => s.getAll() as IDBRequest<Waiting[]>).catch(() => []);
	waiting.value = [...kept.filter((w) => !loose.has(w.id)), ...loose.values()].filter((w) => w.person === who).sort((a, b) => b.at - a.at);
}

/* Photos that were handed in here, for who took them: what the server keeps opens with the evidence key alone. They stay with
 * the session, a shift at most. */
interface Own { id: string /* the photo's */; person: string; at: number; photo: Blob }
const OWN_MS = 12 * 3600_000, OWN_MOST = 12;

export const ownPhotos = signal<ReadonlyMap<string, Blob>>(new Map());

/* Of whoever is here; what is anybody else's, or older, is forgotten. */
async function readOwn(): Promise<void> {
	const all = (await run('readonly', (s) => s.getAll() as IDBRequest<Own[]>, 'own')).sort((a, b) => b.at - a.at);
	const mine = all.filter((o) => o.person === who && Date.now() - o.at < OWN_MS).slice(0, OWN_MOST);
	for (const o of all) if (!mine.includes(o)) await run('readwrite', (s) => s.delete(o.id), 'own');
	ownPhotos.value = new Map(mine.map((o) => [o.id, o.photo]));
}

/* A kindness to who took it: a phone that is full goes without. */
async function keepOwn(o: Own): Promise<void> {
	try {
		if (who === o.person) await run('readwrite', (s) => s.put(o), 'own');
		await readOwn(); /* who signed out meanwhile has none */
	} catch { /* it is on record */ }
}

/* The session is over, or there is none. */
export async function forgetPhotos(): Promise<void> {
	ownPhotos.value = new Map();
	await run('readwrite', (s) => s.clear(), 'own').catch(() => {}); /* a browser that keeps nothing has none */
}

/* A minute later it matters when it was seen: Ward's clock has the time that it arrived. */
function dated(w: Waiting): Decision {
	const late = Date.now() - w.at > 60_000;
	if (!late) return w.decision;
	return { ...w.decision, text: `${w.decision.text ?? ''} (${new Date(w.at).toISOString().slice(0, 16)}Z)`.trim() };
}

const PIECE = 64 << 10;

const passing = (status: number): boolean => status === 0 || status === 401 || status === 429 || status >= 500;

/* The pieces of the photo, one after the other; sent again from the first. Its id, or why it is not kept. */
async function handIn(w: Waiting, photo: Blob): Promise<{ id?: string | undefined; why?: string | undefined }> {
	let last: { answer?: { photo?: string } } | undefined;
	try {
		for (let off = 0; off < photo.size; off += PIECE) {
			if (who !== w.person) throw new Problem(0, '', ''); /* the post is locked, or somebody else's: it waits for them */
			last = await send('POST', `/reports/${w.id}/photo?subject=${encodeURIComponent(w.decision.subject)}&size=${photo.size}&off=${off}`, photo.slice(off, off + PIECE));
		}
		return { id: last?.answer?.photo };
	} catch (e) {
		if (!(e instanceof Problem) || passing(e.status) || who !== w.person) throw e;
		return { why: e.detail || e.title || String(e.status) };
	}
}

const without = ({ photo: _, ...rest }: Waiting): Waiting => rest;

/* True: answered, or refused for good. */
async function trySend(w: Waiting): Promise<boolean> {
	try {
		await decide(dated(w), w.id);
		const { id, why } = w.photo ? await handIn(w, w.photo) : { id: undefined, why: undefined };
		if (why) await keep({ ...without(w), unkept: why });
		else await drop(w.id);
		if (id && w.photo) await keepOwn({ id, person: w.person, at: w.at, photo: w.photo });
		return true;
	} catch (e) {
		if (!(e instanceof Problem)) throw e;
		if (passing(e.status) || who !== w.person) return false; /* what was said to somebody else is no answer to them */
		await keep({ ...without(w), refused: e.detail || e.title || String(e.status) });
		return true;
	}
}

/* Sends what waits, oldest first; stops at the first that the server does not answer. */
export async function flush(): Promise<void> {
	if (sending || !who) return;
	sending = true;
	const of = who;
	try {
		for (const w of [...loose.values()]) await keep(w);
		await read();
		for (const w of [...waiting.value].reverse()) {
			if (who !== of) break; /* somebody else is here now */
			if (!w.refused && !w.unkept && !(await trySend(w))) break;
		}
		await read();
	} finally {
		sending = false;
	}
	if (who !== of) void flush();
}

/* Kept before it is sent, where this browser can; what became of it is in `waiting`. */
export async function post(w: Omit<Waiting, 'id' | 'at' | 'person'>): Promise<string> {
	const id = crypto.randomUUID();
	await keep({ ...w, id, at: Date.now(), person: who });
	await read();
	void flush();
	return id;
}

export async function forget(id: string): Promise<void> {
	await drop(id);
	await read();
}

/* Whose reports are sent from here on; '' for nobody's. */
export function outboxOf(person: string): void {
	if (person === who) return;
	who = person;
	waiting.value = [];
	ownPhotos.value = new Map();
	if (who) readOwn().catch(() => {});
	void flush();
}

addEventListener('online', () => void flush());
setInterval(() => { if (waiting.value.some((w) => !w.refused && !w.unkept)) void flush(); }, RETRY_MS);
setInterval(() => { if (who) readOwn().catch(() => {}); }, EXPIRE_MS);
