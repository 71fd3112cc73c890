/* Whom the law wants told of an incident by when, what that hangs on, and what was done. */
import type { JSX } from 'preact';
import { moment, until } from '../format';
import { named, t } from '../i18n';
import { Icon } from '../icons';
import { may, minute, useLive } from '../state';
import { Failed, Section, useAsk, type Asked } from './parts';
import './law.css';
import './views.css';

export interface Said { at: string; time: string; role: string; role_name: string; why: string; number: string }
interface Fact { id: string; ask: string; is: 'no' | 'unknown' | 'likely' | 'yes'; any: string[]; said: Said | null }
export interface Clock {
	id: string; name: string; law: string; to: string; jurisdiction: string; mark: 'confirmed' | 'secondary' | 'unconfirmed';
	state: 'off' | 'waived' | 'asks' | 'waits' | 'runs' | 'late' | 'sent' | 'changed'; is: Fact['is'];
	from: string | null; due: string | null; worst: string | null; used: number;
}
interface WholeClock extends Clock { said: Said | null; needs: string[]; asks: string[]; forms: { id: string; name: string }[] }
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
	questions: [{ name: 'time', type: 'time', text: t('law.when_sent') }, { name: 'number', type: 'string', text: t('law.number'), may: true }], args: time,
});

const waive = (l: Law, c: Clock, back: boolean): Asked => ({
	decision: { kind: 'law', subject: l.id, args: { say: 'waived', of: c.id, is: back ? 'no' : 'yes' } },
	title: t(back ? 'law.ask_due' : 'law.ask_waive'), yes: t(back ? 'law.is_due' : 'law.waive'), reason: 'must', label: t('law.why'), text: <p>{c.name}</p>,
});

const unsent = (l: Law, c: Clock): Asked => ({
	decision: { kind: 'law', subject: l.id, args: { say: 'sent', of: c.id, is: 'no' } },
	title: t('law.ask_unsent'), yes: t('law.unsent'), reason: 'must', label: t('law.why'), text: <p>{c.name} → {c.to}</p>,
});

function Words({ s }: { s: Said }): JSX.Element {
	return (
		<p class="quiet">
			{[t('law.said', { at: moment(s.time, minute.value), role: s.role_name }), s.number && t('law.its_number', { n: s.number }), s.why].filter(Boolean).join(' · ')}
		</p>
	);
}

function Card({ l, c, ask }: { l: Law; c: WholeClock; ask: (a: Asked) => void }): JSX.Element {
	const open = (FIRST as readonly string[]).includes(c.state);
	return (
		<li class={`law-clock law-${c.state}`}>
			<h3>{c.name}</h3>
			<p>{t('law.to', { who: c.to })}</p>
			<p>{open ? <Due c={c} /> : named('duty', c.state)}{c.state === 'changed' && ` ${t('law.changed')}`}</p>
			{c.is === 'likely' && open && <p><span class="tag">{t('law.likely')}</span></p>}
			{c.said && <Words s={c.said} />}
			{c.needs.length > 0 && open && (
				<details><summary>{t('law.needs')}</summary><ul>{c.needs.map((n) => <li key={n}>{n}</li>)}</ul></details>
			)}
			{c.state !== 'off' && c.forms.map((f) => <p key={f.id} class="no-print"><a class="button" href={`/law/${l.id}/${f.id}`}><Icon name="report" />{t('law.draft', { name: f.name })}</a></p>)}
			<p class="quiet">{c.law}{c.mark !== 'confirmed' && <> · <span class="law-mark">{named('mark', c.mark)}</span></>}</p>
			{l.may && (
				<div class="buttons no-print">
					{open && <button type="button" class="button" onClick={() => ask(sent(l, c))}>{t('law.sent')}</button>}
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

function Questions({ l, ask }: { l: Law; ask: (a: Asked) => void }): JSX.Element {
	return (
		<Section title={t('law.questions')} class="law-facts">
			<p class="quiet">{t('law.questions_say')}</p>
			<ul class="list">
				{l.facts.map((f) => (
					<li key={f.id}>
						<div class="law-ask">{f.ask}
							{f.is === 'likely' && ' '}{f.is === 'likely' && <span class="tag">{t('law.likely')}</span>}
							{f.said && <Words s={f.said} />}</div>
						{l.may ? (
							<div class="law-answers" role="group" aria-label={f.ask}>
								{ANSWERS.map((a) => (
									<button key={a} type="button" class="button" aria-pressed={f.said ? f.said && f.is === a : a === 'unknown'}
										onClick={() => ask(answer(l, f, a))}>{named('fact', a)}</button>
								))}
							</div>
						) : <strong>{named('fact', f.is)}</strong>}
					</li>
				))}
			</ul>
		</Section>
	);
}

export function LawView({ id }: { id: string }): JSX.Element {
	const { data: l, problem, reload } = useLive<Law>(`/incidents/${encodeURIComponent(id)}/law`, (c) => c.incidents.includes(id));
	const [dialog, ask] = useAsk(reload);
	if (!l) return problem ? <Failed problem={problem} retry={reload} /> : <p class="quiet" aria-busy="true">{t('app.loading')}</p>;
	const of = (...states: string[]) => l.clocks.filter((c) => states.includes(c.state)).sort((a, b) => states.indexOf(a.state) - states.indexOf(b.state)
		|| (a.due ?? a.worst ?? '9').localeCompare(b.due ?? b.worst ?? '9'));
	const open = of(...FIRST), asks = of('asks'), past = of('sent', 'waived', 'off');
	return (
		<div class="view law">
			<header class="view-head"><h1>{t('view.law')}</h1>
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
				{open.length ? <Cards l={l} of={open} ask={ask} /> : <p>{t('law.none')}</p>}
			</Section>
			<Questions l={l} ask={ask} />
			{asks.length > 0 && <details class="part"><summary>{t('law.asks', { n: asks.length })}</summary><Cards l={l} of={asks} ask={ask} /></details>}
			{past.length > 0 && <details class="part"><summary>{t('law.past', { n: past.length })}</summary><Cards l={l} of={past} ask={ask} /></details>}
			{dialog}
		</div>
	);
}
