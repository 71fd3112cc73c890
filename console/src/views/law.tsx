/* Whom the law wants told of an incident by when, what that hangs on, and what was done. */
import type { JSX } from 'preact';
import { moment, until } from '../format';
import { colon, named, t } from '../i18n';
import { Icon } from '../icons';
import { may, minute, useLive, useMinutely } from '../state';
import { Beside, Failed, Section, useAsk, type Asked } from './parts';
import { HeldIncident } from './retention';
import './law.css';
import './views.css';

export interface Said { at: string; time: string; was: string | null; times: number; role: string; role_name: string; name: string; why: string; number: string }
type Mark = 'confirmed' | 'secondary' | 'unconfirmed';
interface Fact {
	id: string; ask: string; is: 'no' | 'unknown' | 'likely' | 'yes'; any: string[]; said: Said | null; judge: boolean; proposed: Fact['is']; law: string; mark: Mark | '';
	record: string[]; measure: { of: string; field: string; value: number | null; at_least: number | null; by: Said | null } | null;
}
interface Form { id: string; name: string }
export interface Clock {
	id: string; name: string; law: string; to: string; jurisdiction: string; mark: Mark; series: string; phase: string;
	state: 'off' | 'waived' | 'asks' | 'waits' | 'runs' | 'late' | 'sent' | 'changed'; is: Fact['is'];
	from: string | null; due: string | null; worst: string | null; used: number;
}
interface WholeClock extends Clock {
	said: Said | null; tried: Said | null; needs: string[]; asks: string[]; forms: Form[];
	update: { with: string; name: string; due: string | null; forms: Form[]; changed: { what: string; was: string; now: string; said: Said | null }[] } | null;
}
interface Law {
	id: string; name: string; where: string; event: string; detected: string; aware: Said | null; may: boolean; exercise: boolean;
	facts: Fact[]; clocks: WholeClock[];
}

const FIRST = ['late', 'changed', 'runs', 'waits'] as const;
const ANSWERS = ['yes', 'no', 'unknown'] as const;

/* By when, in a word and a bar: never by colour alone. */
export function Due({ c }: { c: Clock }): JSX.Element {
	const now = minute.value;
	const over = c.state === 'late';
	const text = c.state === 'waits' ? (c.worst ? t('law.worst', { at: moment(c.worst, now) }) : t('law.not_begun'))
		: c.due ? `${until(c.due, now)} (${moment(c.due, now)})` : t('law.at_once');
	return (
		<span class="law-due">
			<strong class={over ? 'due-over' : ''}>{over && <><Icon name="clock" />{t('law.late')} </>}{text}</strong>
			{c.due && c.state === 'runs' && <meter class="law-used" min={0} max={1000} value={c.used} aria-hidden="true" />}
		</span>
	);
}

const aware = (l: Law): Asked => ({
	decision: { kind: 'law', subject: l.id, args: { say: 'aware' } }, title: t('law.ask_aware'), yes: t('law.say'), reason: 'must', label: t('law.certain'),
	text: <p class="quiet">{t('law.aware_says')}</p>, questions: [{ name: 'time', type: 'time', text: t('law.since') }], args: time,
});

/* Now, as a field of time takes it: most is said as it happens. */
export const now = (): string => new Date(Date.now() - new Date().getTimezoneOffset() * 60_000).toISOString().slice(0, 16);

/* A local time as the server reads it. */
export function time(v: Record<string, string>): Record<string, unknown> {
	const { time: at, ...rest } = v;
	return { ...Object.fromEntries(Object.entries(rest).filter(([, x]) => x !== '')), ...(at ? { time: new Date(at).toISOString() } : {}) };
}

const answer = (l: Law, f: Fact, is: string): Asked => ({
	decision: { kind: 'law', subject: l.id, args: { say: 'fact', of: f.id, is } }, title: f.ask, yes: named('fact', is), reason: 'must', label: t('law.why'),
});

const sent = (l: Law, c: Clock): Asked => ({
	decision: { kind: 'law', subject: l.id, args: { say: 'sent', of: c.id } }, title: t('law.ask_sent'), yes: t('law.sent'), reason: 'must', label: t('law.what_sent'),
	text: <p>{c.name} → {c.to}</p>,
	questions: [{ name: 'time', type: 'time', text: t('law.when_sent'), value: now() }, { name: 'number', type: 'string', text: t('law.number'), may: true }], args: time,
});

const waive = (l: Law, c: Clock, back: boolean): Asked => ({
	decision: { kind: 'law', subject: l.id, args: { say: 'waived', of: c.id, is: back ? 'no' : 'yes' } },
	title: t(back ? 'law.ask_due' : 'law.ask_waive'), yes: t(back ? 'law.is_due' : 'law.waive'), reason: 'must', label: t('law.why'), text: <p>{c.name}</p>,
});

const unsent = (l: Law, c: Clock): Asked => ({
	decision: { kind: 'law', subject: l.id, args: { say: 'sent', of: c.id, is: 'no' } },
	title: t('law.ask_unsent'), yes: t('law.unsent'), reason: 'must', label: t('law.why'), text: <p>{c.name} → {c.to}</p>,
});

const tried = (l: Law, c: Clock): Asked => ({
	decision: { kind: 'law', subject: l.id, args: { say: 'tried', of: c.id } }, title: t('law.ask_tried'), yes: t('law.say'), reason: 'must', label: t('law.what_failed'),
	text: <p>{c.name} → {c.to}</p>, questions: [{ name: 'time', type: 'time', text: t('law.when_sent'), value: now() }], args: time,
});

function Words({ s }: { s: Said }): JSX.Element {
	return (
		<p class="quiet">
			{[t('law.said', { at: moment(s.time, minute.value), who: s.name, role: s.role_name }), s.was && s.was !== s.time && t('law.was', { at: moment(s.was, minute.value) }), s.number && t('law.its_number', { n: s.number }), s.why].filter(Boolean).join(' · ')}
		</p>
	);
}

function Drafts({ l, of }: { l: Law; of: Form[] }): JSX.Element {
	return <>{of.map((f) => <p key={f.id} class="no-print"><a class="button" href={`/law/${l.id}/${f.id}`}><Icon name="report" />{t('law.draft', { name: f.name })}</a></p>)}</>;
}

/* Sent, and other since: what is to be told, with which form, by when. */
function Update({ l, c }: { l: Law; c: WholeClock }): JSX.Element | null {
	const u = c.update;
	return u && (
		<div class="law-update" role="note">
			<p><strong>{t('law.changed')}</strong> {u.due ? t('law.tell_by', { at: moment(u.due, minute.value) }) : t('law.at_once')}</p>
			<ul>{u.changed.map((x) => <li key={x.what}>{x.what}{(x.was || x.now) && <>{colon()}<del>{x.was || '–'}</del> → <ins>{x.now || '–'}</ins></>} {x.said && <span class="quiet">{t('law.said', { at: moment(x.said.at, minute.value), who: x.said.name, role: x.said.role_name })}</span>}</li>)}</ul>
			{u.with !== c.id && <p>{t('law.tell_with', { name: u.name })}</p>}
			{u.with !== c.id && <Drafts l={l} of={u.forms} />}
		</div>
	);
}

function Card({ l, c, ask }: { l: Law; c: WholeClock; ask: (a: Asked) => void }): JSX.Element {
	const open = (FIRST as readonly string[]).includes(c.state);
	return (
		<li class={`law-clock law-${c.state}`}>
			<h3>{c.name}</h3>
			<p>{t('law.to', { who: c.to })}</p>
			<p>{c.state === 'changed' ? named('duty', 'sent') : open ? <Due c={c} /> : named('duty', c.state)}</p>
			{c.is === 'likely' && open && <p><span class="tag">{t('law.likely')}</span></p>}
			{c.said && <Words s={c.said} />}
			<Update l={l} c={c} />
			{c.tried && open && c.state !== 'changed' && <div><p class="warned">{t('law.tried', { n: c.tried.times })}</p><Words s={c.tried} /></div>}
			{c.needs.length > 0 && open && (
				<details><summary>{t('law.needs')}</summary><ul>{c.needs.map((n) => <li key={n}>{n}</li>)}</ul></details>
			)}
			{c.state !== 'off' && <Drafts l={l} of={c.forms} />}
			<p class="quiet">{c.law}{c.mark !== 'confirmed' && <> · <span class="law-mark">{named('mark', c.mark)}</span></>}</p>
			{l.may && (
				<div class="buttons no-print">
					{open && <button type="button" class="button" onClick={() => ask(sent(l, c))}>{t('law.sent')}</button>}
					{open && c.state !== 'changed' && <button type="button" class="button" onClick={() => ask(tried(l, c))}>{t('law.try')}</button>}
					{open && <button type="button" class="button" onClick={() => ask(waive(l, c, false))}>{t('law.waive')}</button>}
					{(c.state === 'sent' || c.state === 'changed') && <button type="button" class="button" onClick={() => ask(unsent(l, c))}>{t('law.unsent')}</button>}
					{c.state === 'waived' && <button type="button" class="button" onClick={() => ask(waive(l, c, true))}>{t('law.is_due')}</button>}
				</div>
			)}
		</li>
	);
}

function Cards({ l, of, ask }: { l: Law; of: readonly WholeClock[]; ask: (a: Asked) => void }): JSX.Element {
	return <ul class="law-clocks">{of.map((c) => <Card key={c.id} l={l} c={c} ask={ask} />)}</ul>;
}

/* Which step of which reports each is, and where that stands. */
function Steps({ of }: { of: readonly WholeClock[] }): JSX.Element {
	const series = [...new Set(of.map((c) => c.series))].filter((x) => x);
	return (
		<>
			{series.map((x) => (
				<ol key={x} class="law-steps" aria-label={named('series', x)}>
					<li><strong>{named('series', x)}</strong></li>
					{of.filter((c) => c.series === x).map((c) => (
						<li key={c.id} class={`law-${c.state}`}><span class="quiet">{named('phase', c.phase)}</span>{' '}
							{c.state === 'sent' || c.state === 'changed' || c.state === 'waived' ? <strong>{named('duty', c.state)}</strong> : c.state === 'waits' && !c.worst ? t('law.follows') : <Due c={c} />}</li>
					))}
				</ol>
			))}
		</>
	);
}

/* What it rests on: a number against its threshold, the record, or nothing. */
function Rests({ f }: { f: Fact }): JSX.Element {
	const m = f.measure;
	const n = m && m.value !== null && t(`measure.${m.of}` as 'measure.field', { n: m.value });
	return (
		<p class="quiet">
			{[m && (n ? (m.at_least ? t('law.measured', { what: n, n: m.at_least }) : t('law.no_threshold', { what: n })) : m.at_least ? t('law.no_number', { n: m.at_least }) : t('law.no_measure')),
				f.record.length > 0 && t('law.record', { what: f.record.join(', ') }), m?.by && m.by.name, f.law].filter(Boolean).join(' · ')}
			{f.mark && f.mark !== 'confirmed' && <> · <span class="law-mark">{named('mark', f.mark)}</span></>}
		</p>
	);
}

function Question({ l, f, ask, shows }: { l: Law; f: Fact; ask: (a: Asked) => void; shows?: boolean }): JSX.Element {
	return (
		<li>
			<div class="law-ask">{f.ask}
				{f.is === 'likely' && ' '}{f.is === 'likely' && <span class="tag">{t('law.likely')}</span>}
				{shows && f.is !== 'likely' && !f.said && <> <strong>{named('fact', f.is)}</strong></>}
				{(f.measure || f.record.length > 0 || f.law) && <Rests f={f} />}
				{f.said && <Words s={f.said} />}</div>
			{l.may ? (
				<div class="law-answers" role="group" aria-label={f.ask}>
					{ANSWERS.map((a) => (
						<button key={a} type="button" class="button" aria-pressed={f.said ? f.is === a : a === 'unknown' && f.is === 'unknown'}
							onClick={() => ask(answer(l, f, a))}>{named('fact', a)}</button>
					))}
				</div>
			) : <strong>{named('fact', f.is)}</strong>}
		</li>
	);
}

/* A judgement with what speaks for it, one by one: Ward proposes, a person decides. */
function Judge({ l, f, ask }: { l: Law; f: Fact; ask: (a: Asked) => void }): JSX.Element {
	const parts = l.facts.filter((x) => f.any.includes(x.id));
	const n = parts.filter((x) => x.is === 'yes' || x.is === 'likely').length;
	const decided = f.said && f.said.why && f.is !== 'likely' && f.is !== 'unknown';
	return (
		<Section title={f.ask} class="law-facts law-judge">
			<p>{n ? t('law.proposed', { n, of: parts.length }) : t(f.proposed === 'no' ? 'law.proposed_no' : 'law.proposed_none')}</p>
			<p>{decided ? <strong>{t('law.decided', { what: named('fact', f.is) })}</strong> : <strong>{t('law.undecided')}</strong>}</p>
			{f.said && <Words s={f.said} />}
			{l.may && (
				<div class="law-answers no-print" role="group" aria-label={f.ask}>
					{ANSWERS.map((a) => <button key={a} type="button" class="button" aria-pressed={f.said ? f.is === a : a === 'unknown'} onClick={() => ask(answer(l, f, a))}>{named('fact', a)}</button>)}
				</div>
			)}
			<details open={!decided}><summary>{t('law.parts', { n: parts.length })}</summary>
				<ul class="list">{parts.map((x) => <Question key={x.id} l={l} f={x} ask={ask} shows />)}</ul></details>
		</Section>
	);
}

function Questions({ l, of, ask }: { l: Law; of: Fact[]; ask: (a: Asked) => void }): JSX.Element {
	return (
		<Section title={t('law.questions')} class="law-facts">
			<p class="quiet">{t('law.questions_say')}</p>
			<ul class="list">{of.map((f) => <Question key={f.id} l={l} f={f} ask={ask} />)}</ul>
		</Section>
	);
}

export function LawView({ id }: { id: string }): JSX.Element {
	const { data: l, problem, reload } = useLive<Law>(`/incidents/${encodeURIComponent(id)}/law`, (c) => c.incidents.includes(id));
	useMinutely(reload);
	const [dialog, ask] = useAsk(reload);
	if (!l) return problem ? <Failed problem={problem} retry={reload} /> : <p class="quiet" aria-busy="true">{t('app.loading')}</p>;
	const of = (...states: string[]) => l.clocks.filter((c) => states.includes(c.state)).sort((a, b) => states.indexOf(a.state) - states.indexOf(b.state)
		|| (a.due ?? a.worst ?? '9').localeCompare(b.due ?? b.worst ?? '9'));
	const open = of(...FIRST), asks = of('asks'), past = of('sent', 'waived', 'off');
	const judged = l.facts.filter((f) => f.judge && f.any.length > 0);
	const rest = l.facts.filter((f) => !judged.includes(f) && !judged.some((x) => x.any.includes(f.id)));
	return (
		<div class="view law">
			<header class="view-head"><Beside at="" /><h1>{t('view.law')}</h1>
				<button type="button" class="button no-print" onClick={() => print()}><Icon name="print" />{t('app.print')}</button></header>
			<p>{may('see.incidents') ? <a href={`/incidents/${l.id}`}>{l.name}</a> : l.name} <span class="quiet">{l.where}</span></p>
			{l.exercise && <p class="warned">{t('law.exercise')}</p>}
			<p class="quiet">{t('law.no_advice')}</p>
			<Section title={t('law.times')}>
				<ul class="law-times">
					<li>{t('law.event')} <strong>{moment(l.event, minute.value)}</strong></li>
					<li>{t('law.detected')} <strong>{moment(l.detected, minute.value)}</strong></li>
					<li>{t('law.aware')} {l.aware ? <><strong>{moment(l.aware.time, minute.value)}</strong><Words s={l.aware} /></> : <strong>{t('law.nobody')}</strong>}</li>
				</ul>
				{l.may && <div class="buttons no-print"><button type="button" class="button primary" onClick={() => ask(aware(l))}>{t('law.ask_aware_button')}</button></div>}
			</Section>
			<Section title={t('law.open', { n: open.length })}>
				<Steps of={l.clocks.filter((c) => c.state !== 'off' && c.state !== 'asks')} />
				{open.length ? <Cards l={l} of={open} ask={ask} /> : <p>{t('law.none')}</p>}
			</Section>
			{judged.map((f) => <Judge key={f.id} l={l} f={f} ask={ask} />)}
			<Questions l={l} of={rest} ask={ask} />
			{asks.length > 0 && <details class="part"><summary>{t('law.asks', { n: asks.length })}</summary><Cards l={l} of={asks} ask={ask} /></details>}
			{past.length > 0 && <details class="part"><summary>{t('law.past', { n: past.length })}</summary><Cards l={l} of={past} ask={ask} /></details>}
			{may('see.audit') && <HeldIncident id={l.id} name={l.name} since={l.event} />}
			{dialog}
		</div>
	);
}
