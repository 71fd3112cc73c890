/* How a care service could be stopped, what would prevent it for the money, and what is lost when
 * things fail. All of it is computed when it is asked for, and told in the server's words; nothing
 * here does anything. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { get, Problem } from '../api';
import { colon, language, t } from '../i18n';
import { Icon } from '../icons';
import { ask, query } from '../router';
import { useLive, type Live } from '../state';
import type { Found } from '../types';
import { Failed, Section } from './parts';
import { Chance } from './prevention/chance';
import type { Measure, Paths, PathsPage, PathStep, WhatIf } from './prevention/types';
import { Way } from './prevention/way';
import './views.css';

const STOPS = [0, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000]; /* thousands of euros */
const WAIT_MS = 250;

/* What is computed changes with the hospital's files alone, not with what happens. */
const useComputed = <T,>(path: string, q: Record<string, string> | null): Live<T> =>
	useLive<T>(q && `${path}?${new URLSearchParams(Object.entries(q).filter(([, v]) => v))}`, () => false);

const keyOf = (m: Measure): string => `${m.id}@${m.on.id}`;
const list = (name: string): string[] => (query.value.get(name) ?? '').split(',').filter(Boolean);

function Computing({ of }: { of: Live<unknown> }): JSX.Element | null {
	if (of.problem && !of.data) return <Failed problem={of.problem} retry={of.reload} />;
	return of.data ? null : <p class="quiet" role="status" aria-busy="true">{t('app.loading')}</p>;
}

function Steps({ steps }: { steps: readonly PathStep[] }): JSX.Element {
	return (
		<ol class="path-steps">
			{steps.map((s, i) => (
				<li key={i} class={s.kind === 'attack' ? '' : 'follows'}>{s.text} <span class="quiet">{s.details}</span></li>
			))}
		</ol>
	);
}

/* The ranked ways; of the one that is chosen the drawing and the steps. */
function Ways({ paths }: { paths: Paths }): JSX.Element | null {
	const [chosen, choose] = useState(0);
	const at = Math.min(chosen, paths.plans.length - 1);
	const plan = paths.plans[at];
	return plan ? (
		<>
			<ol class="ways">
				{paths.plans.map((p, i) => (
					<li key={i}>
						<button type="button" aria-pressed={i === at} onClick={() => choose(i)}>
							<b>{t('prev.way', { n: i + 1 })}</b><Chance lo={p.lo} hi={p.hi} /><span>{p.text}</span>
						</button>
					</li>
				))}
			</ol>
			<Way plan={plan} n={at + 1} />
			<Steps steps={plan.steps} />
		</>
	) : null;
}

const money = (euros: number): string =>
	new Intl.NumberFormat(language.value, { style: 'currency', currency: 'EUR', maximumFractionDigits: 0 }).format(euros);

function Budget({ most }: { most: number }): JSX.Element {
	const stops = STOPS.map((s) => 1000 * s).filter((s) => s < most);
	const value = query.value.get('budget');
	const found = value ? stops.findIndex((s) => s >= Number(value)) : -1;
	const at = found < 0 ? stops.length : found;
	const says = money(stops[at] ?? most);
	return (
		<label class="budget">
			<span>{t('prev.budget')}{colon()}<output>{says}</output></span>
			<input type="range" min="0" max={stops.length} value={at} aria-valuetext={says}
				onChange={(e) => ask({ budget: String(stops[Number(e.currentTarget.value)] ?? ''), off: null })} />
		</label>
	);
}

/* How likely the likeliest way is, today and with the measures that are ticked. */
function Left({ before, after }: { before: number | null; after: number | null }): JSX.Element {
	const percent = new Intl.NumberFormat(language.value, { style: 'percent', maximumFractionDigits: 1 });
	const says = (p: number | null) => (p === null ? t('prev.no_way') : percent.format(p));
	return (
		<div class="left">
			<Chance lo={after ?? 0} hi={before ?? 0} />
			<p role="status"><strong>{t('prev.left', { a: says(before), b: says(after) })}</strong></p>
		</div>
	);
}

function Measures({ today, best, left }: { today: Paths; best: Live<PathsPage>; left: Live<WhatIf> }): JSX.Element {
	const p = best.data?.paths;
	const off = list('off');
	const toggle = (k: string) => ask({ off: (off.includes(k) ? off.filter((x) => x !== k) : [...off, k]).join(',') });
	return (
		<Section title={t('prev.do')} class="measures" aside={p && <b>{money(p.cost)}</b>}>
			<Budget most={today.cost} />
			<Computing of={best} />
			{p && p.measures.length > 0 && (
				<>
					{off.length && !left.data ? <Computing of={left} />
						: <Left before={today.before} after={off.length ? left.data!.paths!.before : p.after} />}
					<ul class="list">
						{p.measures.map((m) => (
							<li key={keyOf(m)}>
								<label class="check"><input type="checkbox" checked={!off.includes(keyOf(m))} onChange={() => toggle(keyOf(m))} />
									<span>{m.text}</span></label>
							</li>
						))}
					</ul>
				</>
			)}
			{p?.notes.map((n) => <p key={n} class="quiet">{n}</p>)}
		</Section>
	);
}

/* Things that are found by a few letters, to be taken. */
function Pick({ take }: { take: (id: string) => void }): JSX.Element {
	const [text, setText] = useState('');
	const [found, setFound] = useState<Found[]>([]);
	const q = text.trim();
	useEffect(() => {
		setFound([]);
		if (q.length < 2) return;
		const stop = new AbortController();
		const timer = setTimeout(async () => {
			try {
				const all = (await get<{ items: Found[] }>(`/search?q=${encodeURIComponent(q)}`, stop.signal)).items;
				setFound(all.filter((f) => f.kind !== 'incident' && f.kind !== 'role').slice(0, 8));
			} catch (e) {
				if (!(e instanceof Problem)) return;
			}
		}, WAIT_MS);
		return () => {
			clearTimeout(timer);
			stop.abort();
		};
	}, [q]);
	return (
		<>
			<label class="filter">
				<Icon name="search" /><span class="unseen">{t('prev.add')}</span>
				<input type="search" placeholder={t('prev.add')} value={text} autocomplete="off" onInput={(e) => setText(e.currentTarget.value)} />
			</label>
			<ul class="picks no-print">
				{found.map((f) => (
					<li key={f.id}><button type="button" class="button" onClick={() => { take(f.id); setText(''); }}>
						<b>{f.name}</b> <span class="quiet">{f.where}</span></button></li>
				))}
			</ul>
		</>
	);
}

function Fails(): JSX.Element {
	const fails = list('fails');
	const what = useComputed<WhatIf>('/what-if', fails.length ? { fails: fails.join(',') } : null);
	const set = (all: string[]) => ask({ fails: all.join(',') });
	return (
		<Section title={t('prev.fails')}>
			<Pick take={(id) => set([...fails.filter((x) => x !== id), id])} />
			<ul class="chips">
				{fails.map((id) => {
					const name = what.data?.fails.find((x) => x.id === id)?.name ?? id;
					return <li key={id}><button type="button" class="button" aria-label={t('prev.remove', { name })}
						onClick={() => set(fails.filter((x) => x !== id))}>{name}<Icon name="close" /></button></li>;
				})}
			</ul>
			{fails.length > 0 && <Computing of={what} />}
			{what.data && (
				<>
					<p role="status"><strong>{t('prev.loses', { n: what.data.losses.length + what.data.more })}</strong></p>
					<ul class="list">{what.data.losses.map((l) => <li key={l.id} class="loss"><strong>{l.name}</strong> {l.text} <small>{l.why}</small></li>)}</ul>
				</>
			)}
		</Section>
	);
}

export function PreventionView(): JSX.Element {
	const service = query.value.get('service') ?? '';
	const budget = query.value.get('budget') ?? '';
	const [later, setLater] = useState(false);
	const today = useComputed<PathsPage>('/paths', { service });
	const best = useComputed<PathsPage>('/paths', { service, budget });
	const page = today.data;
	const off = list('off');
	const taken = best.data?.paths.measures.map(keyOf).filter((k) => !off.includes(k));
	const id = page?.paths.service.id ?? '';
	const left = useComputed<WhatIf>('/what-if', taken && id && (later || off.length) ? { service: id, measures: taken.join(',') } : null);
	const shown = later ? left.data?.paths : page?.paths;
	return (
		<div class="view">
			<header class="view-head">
				<h1>{t('view.prevention')}</h1>
				<label class="service">{t('prev.service')} <select value={id} disabled={!page}
					onChange={(e) => ask({ service: e.currentTarget.value, budget: null, off: null })}>
					{page?.services.map((s) => <option key={s.id} value={s.id}>{s.name} ({s.criticality}/5)</option>)}
				</select></label>
			</header>
			<Computing of={today} />
			{page && (
				<div class="asset-columns">
					<Section title={t('prev.ways')} aside={
						<div class="chips">
							{[false, true].map((x) => <button key={String(x)} type="button" class="button" aria-pressed={later === x} onClick={() => setLater(x)}>
								{t(x ? 'prev.with' : 'prev.today')}</button>)}
						</div>}>
						{shown ? <Ways paths={shown} /> : <Computing of={left} />}
						{later && shown?.plans.length === 0 && shown.notes.map((n) => <p key={n}>{n}</p>)}
					</Section>
					<div>
						<Measures today={page.paths} best={best} left={left} />
						{page.paths.chokes.length > 0 && <Section title={t('prev.chokes')}><Steps steps={page.paths.chokes} /></Section>}
						<Fails />
					</div>
				</div>
			)}
		</div>
	);
}
