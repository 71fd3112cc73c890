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
}

/* Newest first. */
export const waiting = signal<readonly Waiting[]>([]);

const RETRY_MS = 5000;
let store: Promise<IDBDatabase> | null = null;
let sending = false;
let who = '';

function open(): Promise<IDBDatabase> {
	store ??= new Promise((resolve, reject) => {
		const r = indexedDB.open('ward-outbox', 2);
		r.onupgradeneeded = () => {
			for (const name of ['waiting', 'own']) if (!r.result.objectStoreNames.contains(name)) r.result.createObjectStore(name, { keyPath: 'id' });
		};
		r.onsuccess = () => resolve(r.result);
		r.onerror = () => reject(r.error);
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

async function read(): Promise<void> {
	const all = await run<Waiting[]>('readonly', (s) => s.getAll() as IDBRequest<Waiting[]>);
	waiting.value = all.filter((w) => w.person === who).sort((a, b) => b.at - a.at);
}

/* Photos that were handed in here, for who took them: what the server keeps opens with the evidence key alone. They stay with
 * the session, a shift at most. */
interface Own { id: string /* the photo's */; person: string; at: number; photo: Blob }
const OWN_MS = 12 * 3600_000, OWN_MOST = 12;

export const ownPhotos = signal<ReadonlyMap<string, Blob>>(new Map());

async function readOwn(): Promise<void> {
	const all = (await run('readonly', (s) => s.getAll() as IDBRequest<Own[]>, 'own')).sort((a, b) => b.at - a.at);
	const mine = all.filter((o) => o.person === who && Date.now() - o.at < OWN_MS).slice(0, OWN_MOST);
	for (const o of all) if (!mine.includes(o)) await run('readwrite', (s) => s.delete(o.id), 'own');
	ownPhotos.value = new Map(mine.map((o) => [o.id, o.photo]));
}

/* The session is over. */
export async function forgetPhotos(): Promise<void> {
	ownPhotos.value = new Map();
	await run('readwrite', (s) => s.clear(), 'own');
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
async function handIn(w: Waiting, photo: Blob): Promise<{ id?: string | undefined; why?: string }> {
	let last: { answer?: { photo?: string } } | undefined;
	try {
		for (let off = 0; off < photo.size; off += PIECE)
			last = await send('POST', `/reports/${w.id}/photo?subject=${encodeURIComponent(w.decision.subject)}&size=${photo.size}&off=${off}`, photo.slice(off, off + PIECE));
		return { id: last?.answer?.photo };
	} catch (e) {
		if (!(e instanceof Problem) || passing(e.status)) throw e;
		return { why: e.detail || e.title || String(e.status) };
	}
}

/* True: answered, or refused for good. */
async function trySend(w: Waiting): Promise<boolean> {
	try {
		await decide(dated(w), w.id);
		if (w.photo) {
			const { id, why } = await handIn(w, w.photo);
			if (why) {
				const { photo, ...rest } = w;
				await run('readwrite', (s) => s.put({ ...rest, unkept: why }));
				return true;
			}
			if (id) await run('readwrite', (s) => s.put({ id, person: w.person, at: w.at, photo: w.photo! } satisfies Own), 'own');
			await readOwn();
		}
		await run('readwrite', (s) => s.delete(w.id));
		return true;
	} catch (e) {
		if (!(e instanceof Problem)) throw e;
		if (passing(e.status)) return false;
		await run('readwrite', (s) => s.put({ ...w, refused: e.detail || e.title || String(e.status) }));
		return true;
	}
}

/* Sends what waits, oldest first; stops at the first that the server does not answer. */
export async function flush(): Promise<void> {
	if (sending || !who) return;
	sending = true;
	const of = who;
	try {
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

/* Kept before it is sent. Resolves when it is kept; what became of it is in `waiting`. */
export async function post(w: Omit<Waiting, 'id' | 'at' | 'person'>): Promise<string> {
	const id = crypto.randomUUID();
	await run('readwrite', (s) => s.put({ ...w, id, at: Date.now(), person: who }));
	await read();
	void flush();
	return id;
}

export async function forget(id: string): Promise<void> {
	await run('readwrite', (s) => s.delete(id));
	await read();
}

/* Whose reports are sent from here on; '' for nobody's. */
export function outboxOf(person: string): void {
	if (person === who) return;
	who = person;
	waiting.value = [];
	ownPhotos.value = new Map();
	if (who) void readOwn();
	void flush();
}

addEventListener('online', () => void flush());
setInterval(() => { if (waiting.value.some((w) => !w.refused && !w.unkept)) void flush(); }, RETRY_MS);
