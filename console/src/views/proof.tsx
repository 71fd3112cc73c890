/* What the record shows of duties and norms, for who answers for it and who audits; and the board's month. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { moment } from '../format';
import { colon, language, named, t } from '../i18n';
import { Icon, LevelMark } from '../icons';
import { may, minute, useLive } from '../state';
import { Beside, Failed, Section, useAsk, type Asked } from './parts';
import './proof.css';
import './state.css';
import './views.css';

interface Fact { id: string; what: string; from: string; n: number | null; of: number; month: number; says: string; last: string | null }
interface Control {
	id: string; title: string; state: 'covered' | 'partly' | 'none' | 'not'; shows: string[]; adds: string[]; who: string;
	added: { at: string; role: string; text: string } | null;
}
interface Norm { id: string; name: string; mark: string; like: string; controls: Control[] }
interface Proof {
	exercise: boolean; at: string; since: string | null; left: number; facts: Fact[]; norms: Norm[]; may: boolean; markdown: string;
	ledger: { rows: number; signed: number; at: string; code: string | null; broken: string | null } | null;
}
interface Board {
	exercise: boolean; at: string; month: string; decide: string[]; rows: { id: string; what: string; now: string; before: string }[];
	began: number[]; harm: number[]; open: number; due: number; late: number; risks: { id: string; name: string; risk: number }[];
	measures: { text: string; cost: number }[]; markdown: string;
}

const STATES = ['covered', 'partly', 'none', 'not'] as const;

function save(name: string, type: string, text: string): void {
	const a = document.createElement('a');
	a.href = URL.createObjectURL(new Blob([text], { type }));
	a.download = name;
	a.click();
	URL.revokeObjectURL(a.href);
}

/* Markdown and JSON as the server tells them; print makes the PDF, as does `ward report`. */
function Keep({ name, d }: { name: string; d: { markdown: string; exercise: boolean } }): JSX.Element {
	const { markdown, ...whole } = d;
	const file = `${d.exercise ? 'EXERCISE-' : ''}${name}`;
	return (
		<p class="buttons no-print">
			<button type="button" class="button" onClick={() => save(`${file}.md`, 'text/markdown', markdown)}>{t('draft.md')}</button>
			<button type="button" class="button" onClick={() => save(`${file}.json`, 'application/json', JSON.stringify(whole, null, 1))}>{t('draft.json')}</button>
			<button type="button" class="button" onClick={() => print()}><Icon name="print" />{t('app.print')}</button>
		</p>
	);
}

const add = (n: Norm, c: Control): Asked => ({
	decision: { kind: 'vouch', subject: `${n.id}/${c.id}` }, title: t('prf.ask'), yes: t('prf.add'), reason: 'must', label: t('prf.text'), value: c.added?.text ?? '',
	text: <><p>{c.id} {c.title}</p>{c.adds.length > 0 && <ul>{c.adds.map((a) => <li key={a}>{a}</li>)}</ul>}<p class="quiet">{t('prf.stays')}</p></>,
});

const DRILLS = ['backup', 'restore', 'training', 'exercise', 'weakness', 'verify', 'audit'];
const drilled = (): Asked => ({
	decision: { kind: 'drill', subject: '' }, title: t('prf.drilled'), yes: t('prf.enter'), reason: 'must', label: t('prf.drill_text'), text: <p class="quiet">{t('prf.drill_stays')}</p>,
	questions: [{ name: 'about', type: 'string', text: t('prf.drill'), choices: DRILLS.map((x) => [x, named('drill', x)]) }],
});

function State({ of }: { of: Control['state'] }): JSX.Element {
	return <span class={`care-tag ${of === 'none' ? 'level-high' : ''}`}>{of === 'none' ? <LevelMark level="high" /> : <Icon name={of === 'not' ? 'step' : 'check'} />}{named('prf', of)}</span>;
}

function Item({ d, n, c, ask }: { d: Proof; n: Norm; c: Control; ask: (a: Asked) => void }): JSX.Element {
	const facts = c.shows.map((id) => d.facts.find((f) => f.id === id)).filter((f): f is Fact => !!f);
	return (
		<li class="src">
			<h3>{c.id} · {c.title}</h3>
			<p><State of={c.state} /></p>
			{facts.length > 0 && (
				<dl class="facts">
					{facts.map((f) => <div key={f.id}><dt>{f.what}</dt><dd>{f.says}{f.from === 'record' && f.last && <small class="quiet"> {t('prf.last', { at: moment(f.last, minute.value) })}</small>}</dd></div>)}
				</dl>
			)}
			{c.added ? <p><q>{c.added.text}</q> <span class="quiet">{c.added.role}, {moment(c.added.at, minute.value)}</span></p>
				: c.adds.length > 0 && <><p class="quiet">{t('prf.lacks')}</p><ul>{c.adds.map((a) => <li key={a}>{a}</li>)}</ul></>}
			{c.who && <p class="quiet">{t('prf.who', { role: c.who })}</p>}
			{d.may && <p class="buttons no-print"><button type="button" class="button" aria-label={`${t(c.added ? 'draft.change' : 'prf.add')}${colon()}${c.id}`} onClick={() => ask(add(n, c))}>{t(c.added ? 'draft.change' : 'prf.add')}</button></p>}
		</li>
	);
}

function Counts({ of }: { of: Control[] }): JSX.Element {
	return <p class="buttons">{STATES.map((s) => [s, of.filter((c) => c.state === s).length] as const).filter(([, k]) => k > 0)
		.map(([s, k]) => <span key={s}><b>{k}</b> {named('prf', s)}</span>)}</p>;
}

/* For who keeps it elsewhere: the last head, and how anybody checks the whole ledger. */
function Head({ of }: { of: Proof['ledger'] }): JSX.Element {
	return (
		<Section title={t('pv.ledger_title')}>
			{!of && <p>{t('pv.ledger_none')}</p>}
			{of?.broken && <p class="warned" role="alert">{t('pv.ledger_broken', { at: moment(of.broken, minute.value) })}</p>}
			{of?.code && <><p>{t('pv.ledger_say', { n: of.signed, at: moment(of.at, minute.value) })}</p><p><code class="head-code">{of.code}</code></p></>}
			<p class="quiet">{t('prf.verify')} <code>ward audit verify --code …</code></p>
		</Section>
	);
}

export function ProofView(): JSX.Element {
	const { data: d, problem, reload } = useLive<Proof>('/proof');
	const [dialog, ask] = useAsk(reload);
	const [id, set] = useState('nis2');
	if (!d) return problem ? <Failed problem={problem} retry={reload} /> : <p class="quiet" aria-busy="true">{t('app.loading')}</p>;
	const n = d.norms.find((x) => x.id === id) ?? d.norms[0];
	const named_ = n?.controls.filter((c) => c.title) ?? [], not = n?.controls.filter((c) => !c.title) ?? [];
	return (
		<div class="view proof">
			<header class="view-head"><Beside at="/proof" /><h1>{t('view.proof')}</h1><p class="quiet">{t('prf.aid')}</p></header>
			{d.exercise && <p class="warned">{t('law.exercise')}</p>}
			<p class="buttons no-print"><a class="button" href="/proof/board">{t('view.board')}</a>
				{may('vouch') && <button type="button" class="button" onClick={() => ask(drilled())}>{t('prf.enter')}</button>}</p>
			<p class="buttons"><label>{t('prf.norm')}{' '}<select value={n?.id} onChange={(e) => set(e.currentTarget.value)}>{d.norms.map((x) => <option key={x.id} value={x.id}>{x.name}</option>)}</select></label></p>
			{n && <Section title={n.name}>
				{n.mark !== 'confirmed' && <p class="quiet">{t('prf.unsure')}</p>}
				<Counts of={n.controls} />
				<ul class="srcs">{named_.map((c) => <Item key={c.id} d={d} n={n} c={c} ask={ask} />)}</ul>
				{not.length > 0 && <p class="quiet">{t('prf.not_list')} {not.map((c) => c.id).join(', ')}</p>}
			</Section>}
			<Keep name="evidence" d={d} />
			<Head of={d.ledger} />
			{dialog}
		</div>
	);
}

/* Twelve months, the asked one last; the numbers stand beneath, so that no colour has to say it. */
function Bars({ title, of, last }: { title: string; of: number[]; last: string }): JSX.Element {
	const most = Math.max(1, ...of);
	const month = monthName(last);
	const names = months(Date.parse(`${last}-15T00:00:00Z`)).reverse();
	return (
		<figure class="months">
			<figcaption>{title}</figcaption>
			<svg viewBox="0 0 240 66" role="img" aria-label={t('prf.bars', { title, month, list: of.join(', ') })}>
				{of.map((v, i) => <rect key={i} x={i * 20 + 2} width="14" y={44 - (v / most) * 40} height={(v / most) * 40 + 0.6} class={i === of.length - 1 ? 'bar-now' : 'bar'} />)}
				{of.map((v, i) => <text key={i} x={i * 20 + 9} y="54" text-anchor="middle">{v}</text>)}
				{names.map((m, i) => <text key={m} x={i * 20 + 9} y="64" class="month-name" text-anchor="middle">{shortName(m)}</text>)}
			</svg>
		</figure>
	);
}

const months = (now: number): string[] => Array.from({ length: 12 }, (_, i) => {
	const d = new Date(now);
	d.setUTCDate(1);
	d.setUTCMonth(d.getUTCMonth() - i);
	return d.toISOString().slice(0, 7);
});
const dated = (m: string, form: Intl.DateTimeFormatOptions): string => new Intl.DateTimeFormat(language.value, { ...form, timeZone: 'UTC' }).format(new Date(`${m}-15T00:00:00Z`));
const monthName = (m: string): string => dated(m, { month: 'long', year: 'numeric' });
const shortName = (m: string): string => dated(m, { month: 'short' });

export function BoardView(): JSX.Element {
	const [month, set] = useState('');
	const { data: d, problem, reload } = useLive<Board>(`/proof/board${month && `?month=${month}`}`);
	if (!d) return problem ? <Failed problem={problem} retry={reload} /> : <p class="quiet" aria-busy="true">{t('app.loading')}</p>;
	return (
		<div class="view board-page">
			<header class="view-head"><h1>{t('view.board')}: {monthName(d.month)}</h1>
				<select class="no-print" aria-label={t('prf.month')} value={d.month} onChange={(e) => set(e.currentTarget.value)}>{months(Date.now()).map((m) => <option key={m} value={m}>{monthName(m)}</option>)}</select></header>
			{d.exercise && <p class="warned">{t('law.exercise')}</p>}
			<Section title={t('prf.decide')}>{d.decide.length ? <ul>{d.decide.map((x) => <li key={x}>{x}</li>)}</ul> : <p>{t('prf.nothing')}</p>}</Section>
			<Section title={t('prf.now')}>
				<p>{t('prf.stand', { open: d.open, due: d.due, late: d.late })}</p>
				<div class="months-two"><Bars title={t('prf.began')} of={d.began} last={d.month} /><Bars title={t('prf.harm')} of={d.harm} last={d.month} /></div>
				<table class="board">
					<thead><tr><th scope="col">{t('pv.what')}</th><th scope="col">{monthName(d.month)}</th><th scope="col">{t('prf.before')}</th></tr></thead>
					<tbody>{d.rows.map((r) => <tr key={r.id}><th scope="row">{r.what}</th><td data-label={monthName(d.month)}>{r.now}</td><td data-label={t('prf.before')}>{r.before}</td></tr>)}</tbody>
				</table>
			</Section>
			{(d.risks.length > 0 || d.measures.length > 0) && <Section title={t('prf.risks')}>
				<ul>{d.risks.map((r) => <li key={r.id}>{r.name}: {Math.round(r.risk * 100)} / 100</li>)}</ul>
				{d.measures.length > 0 && <><p>{t('prf.first')}</p><ul>{d.measures.map((m) => <li key={m.text}>{m.text}</li>)}</ul></>}
			</Section>}
			<Keep name={`board-${d.month}`} d={d} />
			<p class="no-print"><a href="/proof">{t('view.proof')}</a></p>
		</div>
	);
}
