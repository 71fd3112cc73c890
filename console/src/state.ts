/* What the whole console knows: who is here, what is open, what time it is. Fed by the stream. */
import { computed, effect, signal } from '@preact/signals';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { askAhead, forgetAhead, get, onChange, Problem, proving, refresh, send, skew, staleSince, startStream, stopStream, tellOver, useSession } from './api';
import { language, preferred, setLanguage, t } from './i18n';
import { forgetPhotos } from './outbox';
import { LEVELS, type Change, type Device, type Level, type Line, type Now, type Plans, type Session } from './types';
import { offerUndo } from './undo';

/* undefined: not known yet; null: nobody is signed in. */
export const session = signal<Session | null | undefined>(undefined);
export const now = signal<Now | null>(null);
export const plans = signal<Plans | null>(null);

/* This browser as a shared post; null: it is none. */
export const post = signal<Device | null>(null);
/* Nobody is here: what is open stays where it is, behind the door of the post. */
export const locked = signal(false);

export const may = (right: string): boolean => !!session.value?.rights.includes(right) && (right !== 'exercise' || session.value.hospital.exercise);

/* --- Time: the server's, by the second and by the minute --- */

export const second = signal(Date.now());
export const minute = computed(() => Math.floor(second.value / 60_000) * 60_000);
setInterval(() => { second.value = Date.now() + skew.value; }, 1000);

/* --- Themes: the system's unless somebody chose --- */

export type Theme = 'system' | 'light' | 'dark';
export const theme = signal<Theme>((localStorage.getItem('ward.theme') as Theme | null) ?? 'system');
effect(() => {
	if (theme.value === 'system') {
		localStorage.removeItem('ward.theme');
		document.documentElement.removeAttribute('data-theme');
	} else {
		localStorage.setItem('ward.theme', theme.value);
		document.documentElement.dataset.theme = theme.value;
	}
});

/* --- What is said to screen readers: politely, or at once --- */

export const said = signal('');
export const alarm = signal('');

const rank = (l: Level): number => LEVELS.indexOf(l);
export const worst = (ls: Iterable<Level>): Level | null =>
	[...ls].reduce<Level | null>((a, b) => (a === null || rank(b) < rank(a) ? b : a), null);

function announce(before: Line[], after: Line[]): void {
	const old = new Map(before.map((l) => [l.id, l.level]));
	const fresh = after.filter((l) => !old.has(l.id));
	const risen = after.filter((l) => l.level === 'critical' && old.get(l.id) !== 'critical');
	if (risen.length)
		alarm.value = risen.map((l) => t('say.critical', { what: l.sentence })).join(' ');
	const rest = fresh.filter((l) => l.level !== 'critical');
	if (rest.length === 1) said.value = t('say.new', { what: rest[0]!.sentence });
	else if (rest.length) said.value = t('say.new_many', { n: rest.length });
}

/* --- Live values --- */

const SETTLE_MS = 200;
const TOGETHER_MS = 30; /* what comes by one commit is one change */

/* Calls f for the first of a burst of changes and then each SETTLE_MS, also after the last; never twice at once. */
function settled(f: () => Promise<void>): () => void {
	let timer = 0;
	let busy = false;
	let again = false;
	let last = 0;
	const run = async () => {
		if (busy) {
			again = true;
			return;
		}
		busy = true;
		last = performance.now();
		try {
			await f();
		} finally {
			busy = false;
		}
		if (again) {
			again = false;
			kick();
		}
	};
	const kick = () => {
		timer ||= window.setTimeout(() => { timer = 0; void run(); }, Math.max(TOGETHER_MS, last + SETTLE_MS - performance.now()));
	};
	return kick;
}

export interface Live<T> { data: T | undefined; problem: Problem | null; reload: () => void }

/* What `path` answers, asked again whenever a change comes that `wants` it. While it is asked again,
 * and while the link is lost, the last answer stays. null: ask nothing. */
export function useLive<T>(path: string | null, wants: (c: Change) => boolean = () => true): Live<T> {
	const [state, set] = useState<{ path: string | null; data?: T; problem: Problem | null }>({ path, problem: null });
	const ref = useRef<() => void>(() => {});
	const filter = useRef(wants);
	filter.current = wants;
	useEffect(() => {
		if (path === null) return;
		const stop = new AbortController();
		const load = async () => {
			try {
				const data = await get<T>(path, stop.signal);
				set({ path, data, problem: null });
			} catch (e) {
				if (!(e instanceof Problem)) return; /* gone from here */
				const problem = e;
				set((s) => (s.path === path && s.data !== undefined ? { path, data: s.data, problem } : { path, problem }));
			}
		};
		const kick = settled(load);
		ref.current = kick;
		void load();
		const off = onChange((c) => { if (!c.row || filter.current(c)) kick(); });
		return () => {
			stop.abort();
			off();
		};
	}, [path]);
	const mine = state.path === path;
	return {
		data: mine ? state.data : undefined, problem: mine ? state.problem : null,
		reload: useCallback(() => ref.current(), []),
	};
}

/* What changes without a row is asked again with each minute that begins while the page is looked at: the server answers as of its
 * minute. */
export function useMinutely(reload: () => void): void {
	const at = minute.value;
	const first = useRef(at);
	useEffect(() => { if (at !== first.current && !document.hidden) reload(); }, [at, reload]);
}

async function loadNow(): Promise<void> {
	if (!may('see.incidents')) return;
	try {
		const n = await get<Now>('/now');
		if (now.value) announce(now.value.incidents, n.incidents);
		now.value = n;
	} catch (e) {
		if (!(e instanceof Problem)) throw e; /* the link or the session: both show elsewhere */
	}
}

async function loadPlans(): Promise<void> {
	if (!may('see.plans')) return;
	try {
		plans.value = await get<Plans>('/plans');
	} catch (e) {
		if (!(e instanceof Problem)) throw e;
	}
}

/* --- The session --- */

let unlisten = () => {};

async function forget(): Promise<void> {
	stopStream();
	unlisten();
	now.value = null;
	plans.value = null;
	staleSince.value = null;
	said.value = alarm.value = '';
	offerUndo('', []);
	if ('serviceWorker' in navigator) navigator.serviceWorker.controller?.postMessage('forget'); /* also what is on its way */
	await forgetPhotos(); /* first, whatever the browser makes of the caches */
	try {
		for (const k of 'caches' in window ? await caches.keys() : [])
			if (k.startsWith('ward-state')) await caches.delete(k);
	} catch { /* without caches none is left */ }
}

/* Set while somebody is signed in: in which language, and what they see first. */
const ENTERED = 'ward.entered';

export async function enter(s: Session): Promise<void> {
	useSession(s, () => void leave());
	await setLanguage(preferred(s.language));
	if (session.value && session.value.person.id !== s.person.id) sessionStorage.clear(); /* what somebody else began */
	session.value = s;
	locked.value = false;
	localStorage.removeItem(ENDING);
	unlisten();
	const wants = s.must_set_password ? [] : [['see.incidents', '/now'], ['see.plans', '/plans']].flatMap(([right, path]) => may(right!) ? [path] : []);
	localStorage.setItem(ENTERED, [language.value, ...wants].join(' '));
	if (s.must_set_password) return;
	unlisten = onChange(settled(loadNow));
	startStream();
	refresh();
	await Promise.all([loadNow(), loadPlans(), s.post && askDevice()]);
}

/* --- Shared posts and wall screens --- */

const DEVICE = 'ward.device';
const AGAIN_MS = 10_000;

/* Asks what this browser is; with a link it is bound by it. False: it is nothing. */
async function askDevice(link?: string): Promise<boolean> {
	try {
		const d = await send<Device>('POST', '/session/device', link ? { link } : {});
		localStorage.setItem(DEVICE, d.kind);
		post.value = d.kind === 'post' ? d : null;
		return true;
	} catch (e) {
		if (!(e instanceof Problem)) throw e;
		if (e.status === 404) localStorage.removeItem(DEVICE);
		if (link || e.status === 404) post.value = null;
		if (link) refused.value = e;
		return false;
	}
}

/* Why the link of a device was not taken. */
export const refused = signal<Problem | null>(null);

/* From a link like https://ward/wall#token=…: it is taken out of the address at once. */
function linkOfAddress(): string {
	const link = new URLSearchParams(location.hash.slice(1)).get('token') ?? '';
	if (link) history.replaceState(null, '', '/');
	return link;
}

/* Set until the server has heard that a session was ended here: without a link it lives on there, and must open nothing
 * when the link is back. */
const ENDING = 'ward.ending';

async function end(): Promise<void> {
	localStorage.setItem(ENDING, '1');
	await send('DELETE', '/session');
	localStorage.removeItem(ENDING);
}

/* The screen stays as it is; whoever comes says who they are. */
export async function lock(): Promise<void> {
	try {
		await end();
	} catch (e) {
		if (!(e instanceof Problem)) throw e; /* without a link it locks all the same */
	}
	tellOver();
	await leave();
}

/* The session is over, whoever ended it: at a post it is locked. */
export async function leave(): Promise<void> {
	const was = session.value;
	if (!was || locked.value) return;
	useSession(null, () => {});
	proving.value?.done(false); /* what waits for a proof is theirs, and not the next person's */
	localStorage.removeItem(ENTERED);
	if (post.value) {
		locked.value = true;
		await forget();
		await askDevice();
	} else {
		session.value = was.wall ? undefined : null;
		await forget();
		if (was.wall) setTimeout(() => void start(), AGAIN_MS);
	}
}

export async function signOut(): Promise<void> {
	try {
		await end();
	} finally {
		tellOver();
		sessionStorage.clear(); /* what was begun */
		await leave();
	}
}

export async function start(): Promise<void> {
	const [last, ...wants] = localStorage.getItem(ENTERED)?.split(' ') ?? [];
	if (last) askAhead(last, ['/session', ...wants]);
	await setLanguage(preferred(last));
	const link = linkOfAddress();
	const kind = localStorage.getItem(DEVICE);
	if (!link && !kind && !last) { /* nobody has on this device: there is nothing to ask */
		session.value = null;
		void forgetPhotos(); /* of a session whose end nobody was here to see */
		return;
	}
	let s = await find();
	if (link || !s) forgetAhead(); /* a device becomes somebody else */
	if (s && link) useSession(s, () => {}); /* whoever binds it may be signed in */
	if ((link || (!s && kind)) && await askDevice(link)) s = await find();
	if (!s) {
		useSession(null, () => {}); /* what was asked ahead is nobody's */
		if (s === null) void forgetPhotos();
	}
	if (s) {
		await enter(s);
		forgetAhead(); /* what nobody took is of another language */
	} else if (kind === 'wall' && localStorage.getItem(DEVICE)) setTimeout(() => void start(), AGAIN_MS);
	else {
		session.value = null;
		locked.value = !!post.value;
	}
}

/* Who is signed in in this browser; null: nobody, or it was ended here; undefined: nobody can say. */
export async function find(): Promise<Session | null | undefined> {
	try {
		const s = await get<Session>('/session');
		if (!localStorage.getItem(ENDING)) return s;
		useSession(s, () => {});
		await end();
		return null;
	} catch (e) {
		if (!(e instanceof Problem)) throw e;
		return e.status === 401 ? null : undefined;
	}
}
