/* What was recorded of the incident, for who says why: its events with all that they say, and who
 * talked with whom meanwhile. Nothing of it is kept when the page is left. */
import type { JSX } from 'preact';
import { useEffect, useId, useState } from 'preact/hooks';
import { decide, onChange, Problem } from '../../api';
import { clockSeconds, day, moment } from '../../format';
import { language, t } from '../../i18n';
import { ProblemNote } from '../../problem';
import { locked, may, minute, useLive, useMinutely } from '../../state';
import { Section, useAsk } from '../parts';

export interface At { id: string; name: string | null; where: string | null }
interface Field { name: string; value: string | (string | null)[] | null; person?: boolean; token?: string }
interface Recorded { id: string; at: string; seen: string; source: string | null; class: string | null; on: At | null; fields: Field[] }
interface Found { cut: number; unread: number }
interface EventsPage { total: number; more_than_total: boolean; next: number | null; found: Found & { events: Recorded[]; gone: number } }
interface Flow {
	src: string; from: At | null; dst: string; to: At | null; group: boolean; port: number; proto: string | null;
	n: number; bytes: number; bytes_back: number; first: string; last: string;
}
export interface FlowsPage { from: string | null; to: string | null; addresses: string[]; found: Found & { flows: Flow[]; over: number } }

const PAGE = 50;
const valueOf = (f: Field): string => f.person ? t('ex.person') : Array.isArray(f.value) ? f.value.join(', ') : f.value ?? '';
const has = (words: string, text: string): boolean => words.toLowerCase().split(/\s+/).every((w) => text.toLowerCase().includes(w));
/* 1.4 MB, as people read amounts. */
export const amount = (n: number): string => {
	const unit = n < 1e3 ? 'byte' : n < 1e6 ? 'kilobyte' : n < 1e9 ? 'megabyte' : 'gigabyte';
	const by = { byte: 1, kilobyte: 1e3, megabyte: 1e6, gigabyte: 1e9 }[unit];
	return new Intl.NumberFormat(language.value, { style: 'unit', unit, unitDisplay: 'short', maximumSignificantDigits: 3 }).format(n / by);
};

export function Thing({ at, else: other }: { at: At | null; else: string }): JSX.Element {
	return at ? <>
		<a href={`/assets/${encodeURIComponent(at.id)}`}>{at.name ?? at.id}</a>
		<span class="quiet"> {[at.where, other].filter(Boolean).join(' · ')}</span>
	</> : <>{other}</>;
}

function Filter({ set, label }: { set: (v: string) => void; label: string }): JSX.Element {
	return <input type="search" aria-label={label} placeholder={label} autocomplete="off" spellcheck={false} onInput={(e) => set(e.currentTarget.value)} />;
}

function Left({ found, more }: { found: Found; more: string[] }): JSX.Element | null {
	const all = [...more, ...(found.cut ? [t('ex.cut', { n: found.cut })] : []), ...(found.unread ? [t('ex.unread', { n: found.unread })] : [])];
	return all.length ? <p class="quiet">{all.join(' ')}</p> : null;
}

interface Revealed { who?: string | null; waits?: boolean; until?: string; lost?: 'yes' | 'no' | 'unknown'; off_duty?: 'yes' | 'no' | 'unknown' }
const revealed = (a: Revealed | null): string => !a ? t('rv.again') : a.waits ? t('rv.waits') : a.lost ? `${t(`rv.lost_${a.lost}`)} ${t(`rv.off_${a.off_duty ?? 'unknown'}`)}`
	: a.who ? t('rv.until', { who: a.who, at: clockSeconds(a.until!) }) : a.who === null ? t('rv.none') : t('rv.again');

/* Whom a pseudonym stands for, or whether the badge was reported lost: asked with a reason, shown for half an hour at most. */
function Somebody({ f, incident }: { f: Field; incident: string }): JSX.Element {
	const [asks, ask] = useState(false);
	const [why, say] = useState('');
	const [alone, set] = useState(false);
	const [answer, show] = useState('');
	const [problem, fail] = useState<Problem | null>(null);
	useEffect(() => {
		if (!answer) return;
		const over = setTimeout(() => show(''), 30 * 60_000);
		return () => clearTimeout(over);
	}, [answer]);
	const send = (kind: 'reveal' | 'ask-badge') => decide<Revealed>({ kind, subject: incident, text: why.trim(), args: { token: f.token!, ...(kind === 'reveal' && alone ? { emergency: 'yes' } : {}) } })
		.then((r) => { fail(null); ask(false); show(revealed(r.answer)); }, (e) => fail(e instanceof Problem ? e : null));
	return (
		<>
			{t('ex.person')} <code>{f.token!.slice(0, 8)}…</code>{' '}
			{f.name === 'badge' && <button type="button" class="button" onClick={() => void send('ask-badge')}>{t('rv.lost')}</button>}{' '}
			{may('reveal') && <button type="button" class="button" aria-expanded={asks} onClick={() => ask(!asks)}>{t('rv.who')}</button>}
			{asks && <form class="no-print" onSubmit={(e) => { e.preventDefault(); void send('reveal'); }}>
				<label class="field"><span>{t('rv.why')}</span><textarea rows={2} maxLength={1900} required value={why} onInput={(e) => say(e.currentTarget.value)} /></label>
				<label class="check"><input type="checkbox" checked={alone} onChange={(e) => set(e.currentTarget.checked)} /> {t('rv.emergency')}</label>
				<p class="buttons"><button type="submit" class="button primary">{t('rv.ask')}</button></p>
			</form>}
			<span role="status">{answer}</span>
			<ProblemNote problem={problem} acting />
		</>
	);
}

/* One event on a line; what it says opens below it. */
function Event({ e, incident }: { e: Recorded; incident: string }): JSX.Element {
	const [open, set] = useState(false);
	const id = useId();
	return (
		<>
			<tr>
				<th scope="row" data-label={t('ex.when')}><time dateTime={e.at}>{day(e.at)} {clockSeconds(e.at)}</time></th>
				<td data-label={t('ex.what')}><code>{e.class}</code> <span class="quiet">{e.source}</span></td>
				<td data-label={t('ex.on')}><Thing at={e.on} else="" /></td>
				<td><button type="button" class="button" aria-expanded={open} aria-controls={id} onClick={() => set(!open)}>{t('ex.fields', { n: e.fields.length })}</button></td>
			</tr>
			{open && <tr id={id}><td colSpan={4}>
				<table class="raw" aria-label={t('ex.says')}>
					<tbody>{e.fields.map((f) => <tr key={f.name}><th scope="row"><code>{f.name}</code></th><td>{f.person && f.token ? <Somebody f={f} incident={incident} /> : valueOf(f)}</td></tr>)}</tbody>
				</table>
			</td></tr>}
		</>
	);
}

function Events({ path, id }: { path: string; id: string }): JSX.Element {
	const [skip, go] = useState(0);
	const [words, filter] = useState('');
	const [shown, show] = useState(PAGE);
	const { data, problem, reload } = useLive<EventsPage>(`${path}/events?skip=${skip}`, (c) => c.kind === 'decision');
	if (!data) return <Waits problem={problem} retry={reload} />;
	const all = data.found.events.filter((e) => !words || has(words, [e.class, e.source, e.on?.name, ...e.fields.map((f) => `${f.name}=${valueOf(f)}`)].join(' ')));
	return (
		<>
			<p class="row-of"><Filter set={(v) => { filter(v); show(PAGE); }} label={t('ex.filter')} /> <span role="status">{t('ex.found', { n: all.length, all: data.total })}</span></p>
			<table class="board">
				<thead><tr><th scope="col">{t('ex.when')}</th><th scope="col">{t('ex.what')}</th><th scope="col">{t('ex.on')}</th><th scope="col">{t('ex.says')}</th></tr></thead>
				<tbody>{all.slice(0, shown).map((e) => <Event key={e.id} e={e} incident={id} />)}</tbody>
			</table>
			<p class="buttons no-print">
				{all.length > shown && <button type="button" class="button" onClick={() => show(shown + PAGE)}>{t('ex.more')}</button>}
				{skip > 0 && <button type="button" class="button" onClick={() => go(0)}>{t('ex.first')}</button>}
				{data.next !== null && <button type="button" class="button" onClick={() => { go(data.next!); show(PAGE); }}>{t('ex.next')}</button>}
			</p>
			<Left found={data.found} more={[...(data.found.gone ? [t('ex.gone', { n: data.found.gone })] : []), ...(data.more_than_total ? [t('ex.many')] : [])]} />
		</>
	);
}

function Flows({ path }: { path: string }): JSX.Element {
	const [words, filter] = useState('');
	const [shown, show] = useState(PAGE);
	const { data, problem, reload } = useLive<FlowsPage>(`${path}/flows`, (c) => c.kind === 'decision');
	useMinutely(reload); /* a flow is told of when it ended */
	if (!data) return <Waits problem={problem} retry={reload} />;
	if (!data.addresses.length) return <p class="quiet">{t('ex.no_address')}</p>;
	const all = data.found.flows.filter((f) => !words || has(words, [f.src, f.from?.name, f.dst, f.to?.name, f.proto, f.port].join(' ')));
	return (
		<>
			<p class="quiet">{t('ex.window', { a: moment(data.from!, minute.value), b: moment(data.to!, minute.value) })}</p>
			<p class="row-of"><Filter set={filter} label={t('ex.filter')} /> <span role="status">{t('ex.n_flows', { n: all.length })}</span></p>
			<table class="board">
				<thead><tr>
					<th scope="col">{t('ex.from')}</th><th scope="col">{t('ex.to')}</th><th scope="col">{t('ex.port')}</th>
					<th scope="col" class="number">{t('ex.bytes')}</th><th scope="col">{t('ex.when')}</th>
				</tr></thead>
				<tbody>{all.slice(0, shown).map((f) => (
					<tr key={`${f.src} ${f.dst} ${f.port} ${f.proto ?? ''}`}>
						<th scope="row" data-label={t('ex.from')}><Thing at={f.from} else={f.src} /></th>
						<td data-label={t('ex.to')}><Thing at={f.to} else={f.dst} /></td>
						<td data-label={t('ex.port')}>{[f.proto, f.port || ''].filter(Boolean).join(' ')}</td>
						<td data-label={t('ex.bytes')} class="number">{t('ex.both', { a: amount(f.bytes), b: amount(f.bytes_back) })} <span class="quiet">{t('inc.times', { n: f.n })}</span></td>
						<td data-label={t('ex.when')}><time dateTime={f.first}>{clockSeconds(f.first)}</time>–<time dateTime={f.last}>{clockSeconds(f.last)}</time></td>
					</tr>
				))}</tbody>
			</table>
			{all.length > shown && <p class="buttons no-print"><button type="button" class="button" onClick={() => show(shown + PAGE)}>{t('ex.more')}</button></p>}
			<Left found={data.found} more={data.found.over ? [t('ex.over', { n: data.found.over })] : []} />
		</>
	);
}

/* The reason is on its way to the record, then the journal is read: both take a moment. */
function Waits({ problem, retry }: { problem: Parameters<typeof ProblemNote>[0]['problem']; retry: () => void }): JSX.Element {
	const [patient, set] = useState(true);
	useEffect(() => {
		const over = setTimeout(() => set(false), 10_000);
		return () => clearTimeout(over);
	}, []);
	if (!problem || (patient && problem.status === 403)) return <p class="quiet" aria-busy="true">{t('ex.reads')}</p>;
	return <><ProblemNote problem={problem} /><p><button type="button" class="button" onClick={retry}>{t('v.again')}</button></p></>;
}

type Kind = 'events' | 'flows';
const PATIENCE_MS = 3000;

export function Recorded({ id }: { id: string }): JSX.Element | null {
	const [open, set] = useState<Kind | null>(null);
	const [asked, setAsked] = useState<{ what: Kind; said: boolean; before: number }>({ what: 'events', said: false, before: 0 });
	const [decided, count] = useState(0); /* decisions of this incident that were told of */
	const [turn, again] = useState(0);
	const [dialog, ask] = useAsk(() => setAsked((a) => ({ ...a, said: true })));
	useEffect(() => onChange((c) => { if (c.kind === 'decision' && c.incidents.includes(id)) count((n) => n + 1); }), [id]);
	useEffect(() => { /* the reason is on record when the server tells of it */
		if (!asked.said) return;
		const go = () => { set(asked.what); setAsked({ ...asked, said: false }); };
		if (decided > asked.before) { go(); return; }
		const timer = setTimeout(go, PATIENCE_MS);
		return () => clearTimeout(timer);
	}, [asked, decided]);
	useEffect(() => { if (locked.value) set(null); }, [locked.value]);
	useEffect(() => set(null), [id]);
	if (!may('see.evidence')) return null;
	const look = (what: Kind) => {
		if (open) { set(what); again(turn + 1); return; } /* it is said already */
		setAsked({ what, said: false, before: decided });
		ask({ decision: { kind: 'look', subject: id }, title: t('ask.look'), text: <p>{t('ex.why')}</p>, yes: t('ex.read'), reason: 'must' });
	};
	const path = `/incidents/${encodeURIComponent(id)}`;
	return (
		<Section title={t('ex.title')} class="recorded">
			<div class="chips no-print" role="group" aria-label={t('ex.title')}>
				{(['events', 'flows'] as const).map((k) => (
					<button type="button" class="button" key={k} aria-pressed={open === k} onClick={() => look(k)}>{t(`ex.${k}`)}</button>
				))}
			</div>
			{!open && <p class="quiet" aria-busy={asked.said}>{t(asked.said ? 'ex.reads' : 'ex.hint')}</p>}
			{open === 'events' && <Events key={turn} path={path} id={id} />}
			{open === 'flows' && <Flows key={turn} path={path} />}
			{dialog}
		</Section>
	);
}
