/* One incident: what it is, what care it costs and when, what to do, why, and what became of it. */
import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { clock, moment, span } from '../format';
import { named, t } from '../i18n';
import { Icon, LevelTag } from '../icons';
import { may, minute, useLive } from '../state';
import { Actions, Playbooks } from './incident/act';
import { Decide } from './incident/decide';
import { Duties } from './incident/duties';
import { Recorded } from './incident/events';
import { Evidence } from './incident/evidence';
import { Forecast } from './incident/forecast';
import { Timeline } from './incident/timeline';
import { TheWay, useTrail, Where } from './incident/where';
import { Why } from './incident/why';
import { Failed, ownStep, Section, useAsk, type Asked } from './parts';
import { HeldIncident } from './retention';
import type { Incident, Step } from './types';
import './views.css';

/* Two incidents that somebody put together: what was of this one is its own again. */
const apart = (i: Incident): Asked => ({
	decision: { kind: 'split', subject: i.line.joined!, args: { signs: i.signs.map((s) => s.id).slice(0, 64) } },
	title: t('ask.apart'), yes: named('do', 'split'), text: <p>{i.line.sentence}</p>,
});

function Head({ i, ask }: { i: Incident; ask: (a: Asked) => void }): JSX.Element {
	const l = i.line;
	const others: [string, string | null][] = [['inc.follows', l.follows], ['inc.joined', l.joined]];
	return (
		<header class="inc-head">
			<p class="inc-tags">
				<LevelTag level={i.level} />
				<span class="tag">{named('state', i.state ?? '')}</span>
				<span class="tag">{named('domain', i.domain ?? '')}</span>
				{i.exercise && <span class="tag tag-exercise">{t('app.exercise')}</span>}
			</p>
			<h1>{l.sentence}</h1>
			<p class="quiet">
				{[l.where, i.first && t('inc.since', { at: moment(i.first, minute.value), t: span(minute.value - Date.parse(i.first)) }),
					i.last && t('inc.last_sign', { at: moment(i.last, minute.value) })].filter(Boolean).join(' · ')}
			</p>
			<p class="inc-taken">
				<Icon name="person" />
				{l.taken ? t('now.taken', { role: l.taken.role, at: moment(l.taken.at, minute.value) }) : t('now.not_taken')}
				{l.taken && !l.taken.present && <span class="not-taken">{t('now.absent')}</span>}
			</p>
			{l.asked && <p class="warned">{t('now.asked', { role: l.asked.role_name, at: moment(l.asked.at, minute.value) })}</p>}
			{others.map(([key, id]) => id && (
				<p key={key}>
					<a href={`/incidents/${id}`}>{t(key === 'inc.follows' ? 'inc.follows' : 'inc.joined')}</a>{' '}
					{key === 'inc.joined' && may('decide.incident') && i.signs.length > 0 && (
						<button type="button" class="button" onClick={() => ask(apart(i))}>{t('inc.apart')}</button>
					)}
				</p>
			))}
		</header>
	);
}

function FirstStep({ i }: { i: Incident }): JSX.Element | null {
	const mine = ownStep(i.line);
	if (!i.first_step) return null;
	return (
		<Section title={t('now.first_step')} class="first-step">
			{mine && <><p class="first-text">{mine.text}</p><p><strong>{t('now.you')}</strong></p></>}
			<p class="first-text">{i.first_step.text}</p>
			<p>
				<strong>{i.first_step.role}</strong>
				{i.first_step.reach && <span class="quiet"> {i.first_step.reach}</span>}
			</p>
		</Section>
	);
}

function Messages({ steps }: { steps: readonly Step[] }): JSX.Element | null {
	const last = new Map<string, Step>();
	for (const s of steps) if (s.kind === 'message') last.set(s.id ?? `${s.row}`, { ...last.get(s.id ?? ''), ...s });
	if (!last.size) return null;
	return (
		<Section title={t('inc.messages')} class="messages">
			<ul class="list">
				{[...last.values()].map((m) => (
					<li key={m.id} class={m.state === 'failed' ? 'warned' : ''}>
						<strong>{m.on}</strong> {m.state && named('step', m.state)}
						<span class="quiet">{m.at && ` ${clock(m.at)}`}{m.why && ` · ${m.why}`}</span>
					</li>
				))}
			</ul>
		</Section>
	);
}

/* About thirty words to read out. */
function radioText(i: Incident): string {
	const worst = i.care[0];
	return [
		i.exercise && t('radio.exercise'), `${i.title ?? i.line.title}.`, i.on && t('radio.place', { place: i.on }),
		worst ? t('radio.care', { service: worst.name ?? '', word: named('likely', worst.likely) }) : t('radio.no_care'),
		i.first_step?.role && t('radio.act', { role: i.first_step.role }),
	].filter(Boolean).join(' ');
}

function Radio({ i }: { i: Incident }): JSX.Element {
	const text = useRef<HTMLParagraphElement>(null);
	const [copied, set] = useState(false);
	const copy = async () => {
		try {
			await navigator.clipboard.writeText(text.current?.textContent ?? '');
			set(true);
		} catch { /* not permitted: marked, so that it can be copied by hand */
			getSelection()?.selectAllChildren(text.current!);
		}
	};
	return (
		<Section title={t('inc.radio')} class="radio"
			aside={<button type="button" class="button" onClick={() => void copy()}>{copied ? t('inc.copied') : t('inc.copy')}</button>}>
			<p ref={text}>{radioText(i)}</p>
		</Section>
	);
}

function Integrity({ i }: { i: Incident }): JSX.Element {
	const g = i.integrity;
	return (
		<Section title={t('inc.integrity')} class="integrity"
			aside={<button type="button" class="button no-print" onClick={() => print()}><Icon name="print" />{t('app.print')}</button>}>
			<p class="quiet">
				{g.first_row !== undefined && g.last_row !== undefined && `${t('inc.rows', { a: String(g.first_row), b: String(g.last_row) })} `}
				{g.rows !== undefined && t('inc.ledger', { n: g.rows, t: g.time ? moment(g.time, minute.value) : '' })}
			</p>
			{g.root && <code class="root">{g.root}</code>}
			{g.unread_rows > 0 && <p class="warned">{t('inc.unread', { n: g.unread_rows })}</p>}
			<p class="quiet">{t('inc.id')} <code>{i.incident}</code>, {t('inc.revision', { n: i.revision })}</p>
		</Section>
	);
}

export function IncidentView({ id }: { id: string }): JSX.Element {
	const { data: i, problem, reload } = useLive<Incident>(`/incidents/${encodeURIComponent(id)}`, (c) => c.incidents.includes(id));
	const trail = useTrail(id);
	const [dialog, ask] = useAsk(reload);
	if (!i) return problem ? <Failed problem={problem} retry={reload} /> : <p class="quiet" aria-busy="true">{t('app.loading')}</p>;
	return (
		<article class="view incident">
			<Head i={i} ask={ask} />
			<div class="inc-columns">
				<div class="inc-now">
					<FirstStep i={i} />
					<Decide incident={i} ask={ask} />
					<Actions incident={i} ask={ask} />
					<Playbooks incident={i} ask={ask} />
					<Duties id={id} />
					{may('see.audit') && <HeldIncident id={id} name={i.line.sentence} since={i.first} />}
					<Messages steps={i.steps} />
					<Where incident={i} trail={trail} />
				</div>
				<div class="inc-story">
					<Forecast incident={i} />
					<TheWay trail={trail} />
					<Timeline incident={i} ask={ask} />
					<Evidence id={id} />
					<Recorded id={id} />
					<Why incident={i} />
				</div>
			</div>
			<div class="inc-foot">
				<Radio i={i} />
				<Integrity i={i} />
			</div>
			{dialog}
		</article>
	);
}
