/* The way to the server: JSON asked and told, and the one stream of changes that all tabs of this
 * browser share. Everything that fails is thrown as a Problem; what could not reach the server has
 * status 0. */
import { signal } from '@preact/signals';
import { language } from './i18n';
import type { KeyAsked } from './security-key';
import type { Change, Session } from './types';

const BASE = '/api/v1';

export class Problem extends Error {
	constructor(readonly status: number, readonly title: string, readonly detail: string,
		readonly retryAfter = 0, readonly more: { step_up?: boolean; second_factor?: boolean; key?: KeyAsked } = {}) {
		super(detail || title);
	}
}

/* Since when what is shown is no longer fed; null while it is. */
export const staleSince = signal<string | null>(null);

/* What the server's clock is ahead of ours, in ms. */
export const skew = signal(0);
const SKEW_MIN_MS = 5_000; /* below it is the time that an answer takes */

let token = '';
let ended: () => void = () => {};

/* Asked before it is known who is here, who nearly always is who was here last: one way to the server and back instead of three.
 * Each is taken once, in the language that it was asked in. */
const ahead = new Map<string, Promise<Response | null>>();

const headersOf = (lang: string): Record<string, string> => ({ Accept: 'application/json', 'Accept-Language': lang });

export function askAhead(lang: string, paths: readonly string[]): void {
	for (const path of paths) ahead.set(lang + path, fetch(BASE + path, { headers: headersOf(lang), credentials: 'same-origin' }).catch(() => null));
}

/* Whoever is here now, it was asked as somebody else, or long ago. */
export function forgetAhead(): void {
	ahead.clear();
}

function takeAhead(path: string): Promise<Response | null> | undefined {
	const key = language.value + path, asked = ahead.get(key);
	ahead.delete(key);
	return asked;
}

/* What unsafe methods must carry, and whom to tell when the session is over. */
export function useSession(session: Session | null, whenEnded: () => void): void {
	if (!session) ahead.clear();
	token = session?.csrf ?? '';
	ended = whenEnded;
}

async function problemOf(r: Response): Promise<Problem> {
	let p: { title?: string; detail?: string } & Problem['more'] = {};
	try {
		p = await r.json();
	} catch { /* a proxy's answer, not ours: its status tells enough */ }
	return new Problem(r.status, p.title ?? r.statusText, p.detail ?? '', Number(r.headers.get('Retry-After') ?? 0), p);
}

/* Who waits for the person to prove that it is them (views/prove.tsx), and how it can be proved; null: nobody. */
export const proving = signal<{ done: (proved: boolean) => void; how: Problem['more'] } | null>(null);

/* What is dangerous is asked for once more when the person has proved that it is them. */
async function ask(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Response> {
	try {
		return await askOnce(method, path, body, signal);
	} catch (e) {
		if (!(e instanceof Problem) || !e.more.step_up || proving.value) throw e;
		const how = e.more;
		const proved = await new Promise<boolean>((done) => { proving.value = { done, how }; });
		proving.value = null;
		if (!proved) throw e;
		return askOnce(method, path, body, signal);
	}
}

/* body: an object, as JSON; or bytes, as they are. */
async function askOnce(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Response> {
	const headers = headersOf(language.value);
	if (method !== 'GET') {
		headers['X-Ward-Token'] = token;
		if (body !== undefined) headers['Content-Type'] = body instanceof Blob ? 'application/octet-stream' : 'application/json';
	}
	const as = token;
	let r: Response;
	try {
		const early = method === 'GET' ? await takeAhead(path) : null;
		r = early?.ok ? early : await fetch(BASE + path, {
			method, headers, credentials: 'same-origin',
			body: body === undefined ? null : body instanceof Blob ? body : JSON.stringify(body), signal: signal ?? null,
		});
	} catch (e) {
		if (signal?.aborted) throw e;
		staleSince.value ??= new Date().toISOString();
		throw new Problem(0, '', '');
	}
	const date = Date.parse(r.headers.get('Date') ?? '');
	const kept = r.headers.get('X-Ward-Stale'); /* the service worker's: the server was not reached */
	if (kept) staleSince.value ??= kept;
	else if (date) skew.value = Math.abs(date - Date.now()) < SKEW_MIN_MS ? 0 : date - Date.now();
	if (!path.startsWith('/session')) {
		if (as !== token && method === 'GET') throw new Problem(0, '', ''); /* what who was here before may know */
		if (as === token && r.status === 401) ended();
	}
	if (!r.ok) throw await problemOf(r);
	return r;
}

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
	const as = token, r = await ask('GET', path, undefined, signal);
	let body: T;
	try {
		body = await r.json();
	} catch (e) { /* the link broke in its midst */
		if (signal?.aborted) throw e;
		throw new Problem(0, '', '');
	}
	if (as !== token && !path.startsWith('/session')) throw new Problem(0, '', '');
	return body;
}

/* What is no JSON, as it comes. */
export async function bytes(path: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
	return (await ask('GET', path, undefined, signal)).body!;
}

/* POST or DELETE; an answer without a body is undefined. */
export async function send<T = undefined>(method: 'POST' | 'DELETE', path: string, body?: unknown): Promise<T> {
	const r = await ask(method, path, body);
	return (r.status === 204 ? undefined : await r.json()) as T;
}

/* An answer that is a picture, as an address that an image takes. */
export async function sendForPicture(path: string, body: unknown): Promise<string> {
	const blob = await (await ask('POST', path, body)).blob();
	return new Promise((done) => {
		const reader = new FileReader();
		reader.onload = () => done(reader.result as string);
		reader.readAsDataURL(blob);
	});
}

/* `role`: in which of their roles the person decides; without it the usual one. */
export interface Decision { kind: string; subject: string; role?: string | undefined; text?: string; args?: Record<string, unknown>; proof?: string }

/* What a person decides. The same id says the same decision: who repeats one after a failure keeps it. */
export function decide<T = unknown>(decision: Decision, id: string = crypto.randomUUID()): Promise<{ ok: true; answer: T | null }> {
	return send('POST', '/decisions', { id, ...decision });
}

/* --- The stream --- */

type Listener = (c: Change) => void;
const listeners = new Set<Listener>();

export function onChange(f: Listener): () => void {
	listeners.add(f);
	return () => listeners.delete(f);
}

/* All that is shown is asked for anew. */
export function refresh(): void {
	listeners.forEach((f) => f({ row: 0, kind: 'incident', id: '', incidents: [] }));
}

type Told = { change: Change } | { stale: string | null } | { over: string /* whose, by its token */ };

const HEALTH_MS = 10_000;
const DOUBT_MS = 4_000; /* in which a stream that broke is usually back */
let channel: BroadcastChannel | null = null;
let release: (() => void) | null = null;
let stopping: AbortController | null = null;

function take(t: Told): void {
	if ('change' in t) listeners.forEach((f) => f(t.change));
	else if ('stale' in t) setLink(t.stale);
	else if (t.over === token) ended();
}

/* Back again: something may have been missed. */
function setLink(stale: string | null): void {
	const was = staleSince.value;
	if (stale) staleSince.value ??= stale;
	else staleSince.value = null;
	if (was && !stale) refresh();
}

function tell(t: Told): void {
	take(t);
	channel?.postMessage(t);
}

/* The session was ended here: the other tabs of this browser must not go on showing it. */
export function tellOver(): void {
	channel?.postMessage({ over: token } satisfies Told);
}

/* The tab that holds the lock has the stream; it tells the others, and every HEALTH_MS how it stands. */
function lead(): Promise<void> {
	return new Promise((resolve) => {
		let source: EventSource;
		let heard = Date.now();
		let doubt = 0;
		let mine = true;
		const lost = () => tell({ stale: new Date(heard).toISOString() });
		const trust = () => {
			clearTimeout(doubt);
			doubt = 0;
			heard = Date.now();
		};
		/* A server that ends a stream may end the session, or only be short of places. */
		const checkSession = async () => {
			const over = token; /* by the answer somebody else may be here */
			try {
				await get('/session');
			} catch (e) {
				if (mine && e instanceof Problem && e.status === 401) tell({ over });
			}
		};
		const open = () => {
			source = new EventSource(`${BASE}/events`);
			source.addEventListener('hello', () => { trust(); tell({ stale: null }); });
			source.addEventListener('change', (e) => {
				trust();
				tell({ change: JSON.parse((e as MessageEvent<string>).data) as Change });
			});
			source.addEventListener('exercise', () => { /* its trainer told something: no row */
				trust();
				tell({ change: { row: -1, kind: 'exercise', id: '', incidents: [] } });
			});
			source.addEventListener('end', () => void checkSession());
			source.onerror = () => {
				if (source.readyState === EventSource.CLOSED) void checkSession();
				doubt ||= window.setTimeout(lost, DOUBT_MS);
			};
		};
		open();
		/* A cable that was pulled closes no connection: ask, and begin anew when there is an answer. */
		const timer = setInterval(async () => {
			if (source.readyState === EventSource.OPEN && !staleSince.value) tell({ stale: null });
			if (source.readyState === EventSource.OPEN && !staleSince.value && Date.now() - heard < HEALTH_MS) return;
			try {
				await fetch('/health', { signal: AbortSignal.timeout(HEALTH_MS / 2), cache: 'no-store' });
				if (!mine) return; /* the next person has a stream of their own */
				if (source.readyState === EventSource.CLOSED || staleSince.value) {
					source.close();
					open();
				} else heard = Date.now();
			} catch {
				if (mine) lost();
			}
		}, HEALTH_MS);
		release = () => {
			mine = false;
			clearInterval(timer);
			clearTimeout(doubt);
			source.close();
			resolve();
		};
	});
}

export function startStream(): void {
	if (stopping) return;
	stopping = new AbortController();
	channel = new BroadcastChannel('ward');
	channel.onmessage = (e: MessageEvent<Told>) => take(e.data);
	if ('locks' in navigator)
		navigator.locks.request('ward-stream', { signal: stopping.signal }, lead).catch(() => {});
	else void lead();
}

export function stopStream(): void {
	stopping?.abort();
	stopping = null;
	release?.();
	release = null;
	channel?.close();
	channel = null;
}
