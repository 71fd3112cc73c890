/* What watches the hospital, and whether it works: sources, the worst first; the machine; rules with
 * what they found. Silence is an alarm. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { moment, span } from '../format';
import { language, named, t, type Key } from '../i18n';
import { Icon, LevelMark } from '../icons';
import { ask, query } from '../router';
import { may, minute, useLive } from '../state';
import type { Level } from '../types';
import { Failed, Section } from './parts';
import { Register } from './register';
import { TestsTag } from './rule';
import './state.css';
import './views.css';

interface Source {
	id: string; name: string; kind: string; state: string; since: string | null; last: string | null;
	trouble: string; why: string; patience_s: number | null; events: number | null; hours: number[];
	stream: { profile: string; width: number; height: number; fps: number | null; offered: number; suffices: boolean } | null;
	watches: { id: string; name: string }[];
}
interface Health {
	at: string | null; sources: Source[]; register: { id: string; name: string; state: string; why: string; mend: string }[];
	processes: { name: string; state: string; since: string | null; restarts: number }[];
	journal: { bytes: number | null; bytes_max: number | null; full: boolean; days: number | null; behind: number | null; damage: number | null };
	disk: { free: number; all: number; store: number };
	standby: {
		known: boolean; node: string; peer: string; mode: string; how: string; led: string | null; alone_since: string | null; witness_since: string | null;
		carried_lag_s: number | null; late: boolean;
	} | null;
	quorum: { known: boolean; stand: string; host: string; what: string; mend: string; since: string | null } | null;
}
export interface Rule {
	id: string; title: string; level: Level; stage: string; file: string; source: string; state: string; reason: string; waits: string;
	days: number[]; hits: number; dismissed: number; confirmed: number; last: string | null;
}

const AGAIN_MS = 10_000;
const WORST = ['lost', 'silent', 'stopped', 'unheard', 'unknown', 'works'];
const LEVEL: Record<string, Level> = { lost: 'high', silent: 'high', stopped: 'high', unheard: 'informational', unknown: 'informational' };
const RULES_SHOWN = 40;

/* Boards change without a row: asked again and again while the page is looked at. */
function useAgain(reload: () => void): void {
	useEffect(() => {
		const timer = setInterval(() => { if (!document.hidden) reload(); }, AGAIN_MS);
		return () => clearInterval(timer);
	}, [reload]);
}

function size(bytes: number): string {
	const gib = bytes / 2 ** 30;
	return new Intl.NumberFormat(language.value, { style: 'unit', unit: gib < 1 ? 'megabyte' : 'gigabyte', maximumFractionDigits: gib < 10 ? 1 : 0 })
		.format(gib < 1 ? bytes / 2 ** 20 : gib);
}

export function Bars({ of, says }: { of: readonly number[]; says: string }): JSX.Element | null {
	const most = Math.max(1, ...of);
	return of.length ? (
		<svg class="bars" viewBox={`0 0 ${of.length * 4} 20`} role="img" aria-label={says} preserveAspectRatio="none">
			{of.map((n, i) => n > 0 && <rect key={i} x={i * 4} width="3" y={20 - Math.max(2, (20 * n) / most)} height="20" />)}
		</svg>
	) : null;
}

function Mark({ state }: { state: string }): JSX.Element {
	const level = LEVEL[state];
	return (
		<span class={`care-tag ${level ? `level-${level}` : ''}`}>
			{level ? <LevelMark level={level} /> : <Icon name="check" />}{named('src', state)}
		</span>
	);
}

function says(s: Source, now: number): string {
	const at = s.since ?? s.last;
	const parts = [
		s.state === 'lost' || s.state === 'silent' ? at && t('time.since', { at: moment(at, now) }) : '',
		s.trouble && named('trouble', s.trouble), s.why && named('why', s.why),
		s.last ? t('st.last', { at: moment(s.last, now) }) : '',
		s.patience_s ? t('st.patience', { t: span(s.patience_s * 1000) }) : '',
	];
	return parts.filter(Boolean).join(' · ');
}

function Card({ s }: { s: Source }): JSX.Element {
	const n = s.hours.reduce((a, b) => a + b, 0);
	return (
		<li class={`src src-${s.state}`} id={s.id}>
			<h2>{s.kind === 'video' || s.kind === 'onvif' ? <Icon name="camera" /> : <Icon name="sensor" />}{s.name}</h2>
			<Mark state={s.state} />
			<p class="quiet">{says(s, minute.value)}</p>
			{s.stream && <p class="quiet">{t(s.stream.suffices ? 'st.least' : 'st.largest', { what: `${s.stream.profile}, ${s.stream.width} × ${s.stream.height}${s.stream.fps ? `, ${s.stream.fps}/s` : ''}`, n: s.stream.offered })}</p>}
			{n > 0 && <Bars of={s.hours} says={t('st.day', { n })} />}
			<p class="quiet src-foot">{n > 0 && `${t('st.day', { n })} · `}{s.watches.length > 0 && t('st.watches', { n: s.watches.length, what: s.watches[0]!.name })}
				{s.kind === 'video' && s.watches.map((w) => <>{' '}<a key={w.id} href={`/camera/${encodeURIComponent(w.id)}`}>{t('st.zones')}</a></>)}</p>
		</li>
	);
}

function Tile({ name, value, hint, bad, part }: { name: string; value: string; hint?: string | undefined; bad?: boolean; part?: number }): JSX.Element {
	return (
		<li class={`tile ${bad ? 'tile-bad' : ''}`}>
			<h3>{name}</h3>
			<p class="tile-value">{bad && <LevelMark level="high" />}{value}</p>
			{part !== undefined && <svg class="tile-bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
				<rect class="tile-all" width="100" height="6" /><rect class="tile-part" width={Math.min(100, 100 * part)} height="6" /></svg>}
			{hint && <p class="quiet">{hint}</p>}
		</li>
	);
}

function Pair({ of: p }: { of: NonNullable<Health['standby']> }): JSX.Element {
	const now = minute.value;
	const value = !p.known ? t('st.pair_unknown') : p.mode === 'pair' ? t('st.pair_is') : p.mode === 'pairing' ? t('st.pair_soon') : t('st.pair_alone', { at: moment(p.alone_since ?? now, now) });
	const hint = [
		t('st.pair_who', { node: p.node, peer: p.peer || '?' }),
		p.carried_lag_s === null ? t('st.pair_none') : t('st.pair_copy', { t: span(p.carried_lag_s * 1000) }),
		p.witness_since && t('st.pair_witness', { at: moment(p.witness_since, now) }),
		p.led && p.how !== 'first' && p.how !== 'unknown' && t('st.pair_over', { at: moment(p.led, now) }),
	];
	return <Tile name={t('st.pair')} value={value} bad={!p.known || p.mode !== 'pair' || p.late || p.witness_since !== null} hint={hint.filter(Boolean).join(' · ')} />;
}

function Database({ of: q }: { of: NonNullable<Health['quorum']> }): JSX.Element {
	const now = minute.value;
	const well = q.known && (q.stand === 'writes' || q.stand === 'begins');
	const value = !q.known ? t('st.pair_unknown') : well ? t('st.db_is') : q.stand === 'foreign' || q.stand === 'strays' ? t(`st.db_${q.stand}`) : t('st.db_none', { at: moment(q.since ?? now, now) });
	return <Tile name={t('st.db')} value={value} bad={!well} hint={[q.host, q.stand === 'refused' && q.what, q.stand === 'refused' && q.mend].filter(Boolean).join(' · ')} />;
}

function Machine({ h }: { h: Health }): JSX.Element {
	const { journal: j, disk: d } = h;
	const down = h.processes.filter((p) => p.state === 'down');
	const again = h.processes.filter((p) => p.restarts > 0).sort((a, b) => b.restarts - a.restarts);
	return (
		<Section title={t('st.machine')}>
			<ul class="tiles">
				{j.behind !== null && <Tile name={t('st.behind')} value={j.behind < 1000 ? t('st.keeps_up') : t('st.records', { n: j.behind })} bad={j.behind >= 100_000} />}
				{j.bytes !== null && j.bytes_max !== null && <Tile name={t('st.journal')} value={t('st.of', { a: size(j.bytes), b: size(j.bytes_max) })}
					part={j.bytes / j.bytes_max} bad={j.full}
					hint={j.full ? t('st.full') : j.days !== null ? t('st.days', { n: j.days }) : undefined} />}
				{d.all > 0 && <Tile name={t('st.disk')} value={t('st.free', { a: size(d.free) })} part={1 - d.free / d.all} bad={d.free < d.all / 20}
					hint={t('st.store', { a: size(d.store) })} />}
				{h.standby && <Pair of={h.standby} />}
				{h.quorum && <Database of={h.quorum} />}
				{h.processes.length > 0 && <Tile name={t('st.processes')} value={down.length ? t('st.down', { n: down.length }) : t('st.all_run', { n: h.processes.length })}
					bad={down.length > 0} hint={[...down, ...again].map((p) => p.restarts ? `${p.name} (${t('st.restarts', { n: p.restarts })})` : p.name).join(', ') || t('st.no_restart')} />}
			</ul>
		</Section>
	);
}

interface Tried { id: string; tried: number; failed: number }
const broken = (r: Rule): boolean => r.state === 'refused' || r.state === 'unmapped';
const judged = (r: Rule): number => r.confirmed + r.dismissed;
/* What a column is sorted by, the highest first; then the title. What cannot work stands before all. */
const BY: Record<string, (r: Rule, x: Tried | undefined) => number> = {
	hits: (r) => r.hits, tests: (_, x) => (x ? x.failed * 1e6 - x.tried : 0), right: (r) => (judged(r) ? 1 + r.dismissed / judged(r) : 0), title: () => 0,
};

function Rules(): JSX.Element | null {
	const { data, problem, reload } = useLive<{ items: Rule[] }>('/rules', (c) => c.kind === 'detection' || c.kind === 'decision');
	const tried = useLive<{ items: Tried[] }>('/rules/tests', () => false).data?.items;
	const [all, setAll] = useState(false);
	const q = (query.value.get('q') ?? '').trim().toLowerCase();
	if (!data) return problem ? <Failed problem={problem} retry={reload} /> : <p class="quiet" aria-busy="true">{t('app.loading')}</p>;
	const found = data.items.filter((r) => r.state !== 'part' && `${r.title} ${r.file} ${r.source}`.toLowerCase().includes(q));
	const of = new Map(tried?.map((x) => [x.id, x]));
	const by = query.value.get('by') ?? 'hits';
	const rank = BY[by] ?? BY.hits!;
	found.sort((a, b) => Number(broken(b)) - Number(broken(a)) || rank(b, of.get(b.id)) - rank(a, of.get(a.id)) || a.title.localeCompare(b.title));
	const column = (name: string, key: Key): JSX.Element => (
		<th scope="col" aria-sort={by === name ? (name === 'title' ? 'ascending' : 'descending') : 'none'}><button type="button" onClick={() => ask({ by: name })}>{t(key)}</button></th>
	);
	const shown = all ? found : found.slice(0, RULES_SHOWN);
	return (
		<Section title={t('st.rules')}>
			<label class="filter"><Icon name="search" /><span class="unseen">{t('st.filter')}</span>
				<input type="search" placeholder={t('st.filter')} value={query.value.get('q') ?? ''} onInput={(e) => ask({ q: e.currentTarget.value })} /></label>
			<p class="quiet" role="status">{t('st.rules_say', { n: found.length, a: found.filter((r) => r.hits).length, b: found.filter(broken).length })}</p>
			<table class="board">
				<thead><tr>{column('title', 'st.rule')}<th scope="col">{t('st.state')}</th>{column('tests', 'kn.tests')}{column('hits', 'st.hits')}{column('right', 'kn.right')}</tr></thead>
				<tbody>
					{shown.map((r) => (
						<tr key={r.id}>
							<th scope="row"><a href={`/rules/${encodeURIComponent(r.id)}`}><span class={`level level-${r.level}`}><LevelMark level={r.level} /></span> {r.title}</a> <small>{named('level', r.level)} · {r.file}</small></th>
							<td data-label={t('st.state')}>{named('rule', r.state)}{r.stage !== 'live' && ` · ${named('stage', r.stage)}`}
								{(r.reason || r.waits) && <span class="care-why">{r.waits ? t('st.waits', { field: r.waits }) : r.reason}</span>}</td>
							<td data-label={t('kn.tests')} class="number">{tried && <TestsTag tried={of.get(r.id)?.tried ?? 0} failed={of.get(r.id)?.failed ?? 0} />}</td>
							<td data-label={t('st.hits')} class="number">{r.hits > 0 && <><Bars of={r.days} says={t('st.month', { n: r.hits })} /> {t('st.month', { n: r.hits })}
								{r.last && <span class="care-why">{t('st.last', { at: moment(r.last, minute.value) })}</span>}</>}</td>
							<td data-label={t('kn.right')}>{judged(r) > 0 && t('kn.of', { a: r.confirmed, b: judged(r) })}</td>
						</tr>
					))}
				</tbody>
			</table>
			{found.length > shown.length && <button type="button" class="button" onClick={() => setAll(true)}>{t('st.all', { n: found.length })}</button>}
		</Section>
	);
}

export function StateView(): JSX.Element {
	const { data, problem, reload } = useLive<Health>('/health', () => false);
	useAgain(reload);
	if (!data) return problem ? <Failed problem={problem} retry={reload} /> : <p class="quiet" aria-busy="true">{t('app.loading')}</p>;
	const rank = (s: Source): number => (WORST.indexOf(s.state) + 1) || WORST.length;
	const sources = [...data.sources].sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
	const bad = sources.filter((s) => s.state === 'lost' || s.state === 'silent' || s.state === 'stopped').length;
	return (
		<div class="view state">
			<header class="view-head"><h1>{t('view.state')}</h1>
				<p class={bad ? 'level level-high' : 'quiet'} role="status">{bad ? t('st.bad', { n: bad }) : t('st.good', { n: sources.filter((s) => s.state === 'works').length })}</p></header>
			<ul class="srcs" aria-label={t('st.sources')}>{sources.map((s) => <Card key={s.id} s={s} />)}</ul>
			<Register of={data.register} />
			<Machine h={data} />
			{may('see.state') && <Rules />}
		</div>
	);
}
