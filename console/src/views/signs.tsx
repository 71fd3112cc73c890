/* Signs: every detection, found by what, where and when. The list may be of a hundred thousand: it is
 * asked for by pieces, where it is looked at, as it was at one row of the store; what comes meanwhile
 * is told above it, and moves nothing that somebody reads. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { get, onChange, Problem } from '../api';
import { day, clockSeconds } from '../format';
import { named, t } from '../i18n';
import { Icon, LevelTag } from '../icons';
import { ask, query } from '../router';
import { plans, second } from '../state';
import { LEVELS, type Level } from '../types';
import { Failed } from './parts';
import './views.css';
import { useWindow } from './window';

interface Detection {
	id: string; row: number; level: Level; title: string; rule: string; asset: string | null;
	on: string; where: string; first: string; last: string; incident: string | null;
}
interface Piece { items: Detection[]; total: number; before: number; newer: number; forgotten: number }

const PIECE = 100;
const WAIT_MS = 120; /* so long the list must stand, or the words */
const FRESH_MS = 1500;
const HOURS = { hour: 1, day: 24, week: 168 } as const;

/* The query of the address as that of the answer; times count from the whole minute. */
function asked(): string {
	const q = query.value;
	const p = new URLSearchParams();
	for (const k of ['q', 'level', 'rule', 'asset', 'room', 'floor'])
		if (q.get(k)?.trim()) p.set(k, q.get(k)!.trim());
	const h = HOURS[q.get('when') as keyof typeof HOURS];
	if (h) p.set('since', new Date(Math.floor(second.peek() / 60_000) * 60_000 - h * 3_600_000).toISOString());
	return p.toString();
}

interface Held { head: Piece | null; piece: Map<number, Detection[]>; newer: number; problem: Problem | null }
const NOTHING: Held = { head: null, piece: new Map(), newer: 0, problem: null };

function useSigns(words: string, from: number, to: number): Held & { anew: () => void } {
	const [held, set] = useState<Held>(NOTHING);
	const [round, setRound] = useState(0);
	const stop = useRef(new AbortController());
	const last = useRef(held);
	last.current = held;
	const fail = (e: unknown, signal: AbortSignal) => {
		if (e instanceof Problem && !signal.aborted) set((h) => ({ ...h, problem: e }));
	};
	const url = (more: Record<string, string>) => `/detections?${words}${words && '&'}${new URLSearchParams(more)}`;

	useEffect(() => { /* the list from its beginning */
		const mine = new AbortController();
		stop.current = mine;
		const timer = setTimeout(async () => {
			try {
				const head = await get<Piece>(url({ limit: String(PIECE) }), mine.signal);
				set({ head, piece: new Map([[0, head.items]]), newer: 0, problem: null });
			} catch (e) {
				fail(e, mine.signal);
			}
		}, round || !last.current.head ? 0 : WAIT_MS);
		return () => {
			clearTimeout(timer);
			mine.abort();
		};
	}, [words, round]);

	const head = held.head;
	const first = Math.floor(from / PIECE);
	const end = Math.floor(Math.max(0, Math.min(to, head?.total ?? 0) - 1) / PIECE);
	useEffect(() => { /* the pieces that are looked at, once the list stands */
		if (!head) return;
		const mine = new AbortController();
		const timer = setTimeout(async () => {
			for (let i = first; i <= end; i++) {
				if (last.current.piece.has(i)) continue;
				try {
					const p = await get<Piece>(url({ limit: String(PIECE), skip: String(i * PIECE), before: String(head.before) }), mine.signal);
					set((h) => (h.head === head ? { ...h, piece: new Map(h.piece).set(i, p.items), problem: null } : h));
				} catch (e) {
					fail(e, mine.signal);
					return;
				}
			}
		}, WAIT_MS);
		return () => {
			clearTimeout(timer);
			mine.abort();
		};
	}, [head, first, end]);

	useEffect(() => { /* what comes: shown at once where the top is read, else counted */
		let timer = 0;
		const look = async () => {
			timer = 0;
			const h = last.current.head;
			if (!h) return;
			if (scrollY < 200) {
				setRound((r) => r + 1);
				return;
			}
			try {
				const p = await get<Piece>(url({ limit: '1', before: String(h.before) }), stop.current.signal);
				set((x) => (x.head === h ? { ...x, newer: p.newer } : x));
			} catch (e) {
				fail(e, stop.current.signal);
			}
		};
		const off = onChange((c) => {
			if (!c.row || c.kind === 'detection' || c.kind === 'incident') timer ||= window.setTimeout(() => void look(), FRESH_MS);
		});
		return () => {
			clearTimeout(timer);
			off();
		};
	}, [words]);
	return { ...held, anew: () => { scrollTo(0, 0); setRound((r) => r + 1); } };
}

function Row({ s, at, total }: { s: Detection | undefined; at: number; total: number }): JSX.Element {
	const to = s && (s.incident ? `/incidents/${s.incident}` : s.asset ? `/assets/${encodeURIComponent(s.asset)}` : undefined);
	return (
		<li aria-setsize={total} aria-posinset={at + 1}>
			{s ? <a href={to} role={to ? undefined : 'group'}>
				<span class="sign-what"><LevelTag level={s.level} /> <strong>{s.title}</strong></span>
				<span class="sign-on">{s.on}</span>
				<span class="quiet sign-where">{s.where}</span>
				<time class="quiet sign-when" dateTime={s.last}>{day(s.last)} {clockSeconds(s.last)}</time>
			</a> : <span class="quiet sign-wait" aria-hidden="true">…</span>}
		</li>
	);
}

function Choice({ name, label, options }: { name: string; label: string; options: [string, string][] }): JSX.Element {
	return (
		<select aria-label={label} value={query.value.get(name) ?? ''} onChange={(e) => ask({ [name]: e.currentTarget.value })}>
			{options.map(([id, text]) => <option key={id} value={id}>{text}</option>)}
		</select>
	);
}

export function SignsView(): JSX.Element {
	const words = asked();
	const [size, setSize] = useState(0);
	const { box, from, to, row } = useWindow(size);
	const { head, piece, newer, problem, anew } = useSigns(words, from, to);
	const total = head?.total ?? 0;
	useEffect(() => setSize(total), [total]);
	if (problem && !head) return <Failed problem={problem} retry={anew} />;
	const begin = Math.min(from, Math.max(0, total - 1));
	const end = Math.min(to, total);
	const one = ['rule', 'asset', 'room'].filter((k) => query.value.has(k));
	const floors = (plans.value?.buildings ?? []).flatMap((b) => b.floors.map((f): [string, string] => [f.id, `${b.name}, ${f.name}`]));
	return (
		<div class="view signs">
			<header class="view-head">
				<h1>{t('view.signs')}</h1>
				<label class="filter">
					<Icon name="search" /><span class="unseen">{t('signs.filter')}</span>
					<input type="search" placeholder={t('signs.filter')} value={query.value.get('q') ?? ''} autocomplete="off" spellcheck={false}
						onInput={(e) => ask({ q: e.currentTarget.value })} />
				</label>
				<Choice name="level" label={t('signs.level')} options={[['', t('signs.any_level')],
					...LEVELS.filter((l) => l !== 'informational').map((l): [string, string] => [l, t('signs.at_least', { level: named('level', l) })])]} />
				<Choice name="when" label={t('signs.when')} options={[['', t('signs.any_time')], ['hour', t('signs.hour')], ['day', t('signs.day')], ['week', t('signs.week')]]} />
				{floors.length > 0 && <Choice name="floor" label={t('signs.where')} options={[['', t('signs.anywhere')], ...floors]} />}
				{one.map((k) => <button key={k} type="button" class="button" onClick={() => ask({ [k]: null })}>
					{k === 'rule' ? t('signs.one_rule') : query.value.get(k)} <Icon name="close" /><span class="unseen">{t('signs.not_only')}</span></button>)}
				<p class="quiet" role="status">{head ? t('signs.found', { n: total.toLocaleString() }) : t('app.loading')}</p>
				{newer > 0 && <button type="button" class="button" onClick={anew}>{t('signs.newer', { n: newer })}</button>}
			</header>
			<ul class="rows" ref={box} style={{ paddingTop: `${begin * row}px`, paddingBottom: `${Math.max(0, total - end) * row}px` }}>
				{Array.from({ length: Math.max(0, end - begin) }, (_, i) => begin + i).map((at) =>
					<Row key={at} s={piece.get(Math.floor(at / PIECE))?.[at % PIECE]} at={at} total={total} />)}
			</ul>
			{head && total === 0 && <p class="quiet">{t('signs.none')}</p>}
			{head && head.forgotten > 0 && <p class="quiet">{t('signs.forgotten', { n: head.forgotten.toLocaleString() })}</p>}
		</div>
	);
}
