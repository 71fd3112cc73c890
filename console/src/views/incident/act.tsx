/* What is being done: playbooks and their running steps, actions on the hospital that wait for people. */
import type { JSX } from 'preact';
import { clock, until } from '../../format';
import { colon, named, t, type Key } from '../../i18n';
import { ProblemNote } from '../../problem';
import { Icon } from '../../icons';
import { may, minute, session, useLive } from '../../state';
import { Section, when, type Asked } from '../parts';
import type { Named } from '../../types';
import type { Ability, Action, Incident, Run, RunStep } from '../types';

type Ask = (a: Asked) => void;

/* Only the role that is asked can answer. */
const has = (role: string): boolean => session.value?.roles.some((r) => r.id === role) ?? false;

function Steps({ run, ask }: { run: Run; ask: Ask }): JSX.Element {
	const textOf = (s: RunStep) => s.text.split('\n').slice(0, s.questions.length ? -s.questions.length : undefined).join(' ');
	const answer = (s: RunStep, kind: 'done' | 'failed') => ask({
		decision: { kind, subject: s.request, role: s.role }, title: t(`ask.${kind}`), text: <p>{textOf(s)}</p>,
		yes: named('do', kind), reason: kind === 'failed' ? 'must' : 'may', ...(kind === 'done' ? { questions: s.questions } : {}),
	});
	return (
		<ol class="steps">
			{run.steps.map((s) => (
				<li key={s.request} class="step-open">
					<p><strong>{s.role_name}</strong> {textOf(s)}</p>
					<p class="quiet">
						{[s.since && t('inc.asked', { at: clock(s.since) }), s.due && t('inc.due', { t: until(s.due, minute.value) })]
							.filter(Boolean).join(' · ')}
					</p>
					{s.answered_by_people && may('acknowledge') && has(s.role) && (
						<div class="buttons">
							<button type="button" class="button" onClick={() => answer(s, 'done')}><Icon name="check" />{named('do', 'done')}</button>
							<button type="button" class="button" onClick={() => answer(s, 'failed')}><Icon name="close" />{named('do', 'failed')}</button>
						</div>
					)}
				</li>
			))}
		</ol>
	);
}

export function Playbooks({ incident, ask }: { incident: Incident; ask: Ask }): JSX.Element | null {
	const { data, problem } = useLive<{ items: Run[] }>('/runs', (c) => c.kind === 'run');
	const runs = (data?.items ?? []).filter((r) => r.incident === incident.incident);
	const going = new Set(runs.filter((r) => r.state === 'open').map((r) => r.playbook));
	const offered = incident.plans.filter((p) => !going.has(p.id));
	const start = !!data && offered.length > 0 && incident.may.includes('start'); /* not before it is known what runs */
	if (!runs.length && !start && !problem) return null;
	return (
		<Section title={t('inc.playbooks')} class="playbooks">
			<ProblemNote problem={problem} />
			{runs.map((r) => (
				<article key={r.id} class="run">
					<h3>{r.name} <span class="quiet">{named('step', r.state)}</span></h3>
					{r.begun && <p class="quiet">{t('inc.begun', { role: r.role_name, at: clock(r.begun) })}</p>}
					<Steps run={r} ask={ask} />
					{r.state === 'open' && may('run.playbook') && (
						<p><button type="button" class="button" onClick={() => ask({
							decision: { kind: 'cancel', subject: r.id }, title: t('ask.cancel', { name: r.name }), yes: named('do', 'cancel'), reason: 'must', grave: true,
						})}>{named('do', 'cancel')}</button></p>
					)}
				</article>
			))}
			{start && (
				<ul class="offers">
					{offered.map((p) => (
						<li key={p.id}>
							<span>{p.name}</span>
							<button type="button" class="button" onClick={() => ask({
								decision: { kind: 'start', subject: p.id, args: { incident: incident.incident } },
								title: t('ask.start', { name: p.name }), yes: named('do', 'start'),
							})}>{named('do', 'start')}</button>
						</li>
					))}
				</ul>
			)}
		</Section>
	);
}

function Effect({ a }: { a: Action }): JSX.Element {
	const { services, more, touches, unknown } = a.effect;
	return (
		<div class="effect">
			<p class="effect-title">{t('act.effect')}</p>
			{unknown ? <p class="warned">{t('act.unknown_host')}</p> : services.length === 0 && !touches && <p>{t('act.no_effect')}</p>}
			<ul>
				{services.map((s) => (
					<li key={s.id}>
						<strong>{s.name}</strong>{s.in_seconds !== null && ` ${until(minute.value + s.in_seconds * 1000, minute.value)}`},{' '}
						{`${Math.round((s.likelihood[0] ?? 0) * 100)}–${Math.round((s.likelihood[1] ?? 1) * 100)} %`}
					</li>
				))}
			</ul>
			{!!more && <p>{t('act.more', { n: more })}</p>}
			{a.needs.clinical && <p class="warned"><Icon name="care" />{t('act.clinical')}{a.needs.care_roles.length > 0 && ` (${a.needs.care_roles.map((r) => r.name).join(', ')})`}</p>}
		</div>
	);
}

/* A host that nobody knows, or the thing itself. */
const onOf = (host: string, on: Named): string => host ? t('act.host', { host, network: on.name }) : on.name;

/* Exactly what is sent to the system. */
function Sent({ a }: { a: Action }): JSX.Element {
	return (
		<details>
			<summary>{t('act.sent', { system: a.system })}</summary>
			<dl class="facts">{Object.entries(a.request).map(([k, v]) => <div key={k}><dt>{k}</dt><dd><code>{v}</code></dd></div>)}</dl>
		</details>
	);
}

/* What can be decided of it here, and what needs a code. */
const WORDS: Record<string, { code?: boolean }> = {
	approve: { code: true }, undo: { code: true }, renew: { code: true }, refuse: {}, 'no-patient': { code: true },
};

function OneAction({ a, ask }: { a: Action; ask: Ask }): JSX.Element {
	const name = `${named('does', a.does)}${colon()}${a.on ? onOf(a.host, a.on) : a.system}`;
	const open = ['proposed', 'agreed', 'asked'].includes(a.state);
	const roles = a.needs.roles.map((r) => r.name).join(', ');
	const can = [...a.needs.roles, ...a.needs.care_roles].filter((r) => has(r.id)); /* other roles may not approve it */
	const unknown = a.needs.clinical && !a.needs.care_roles.length;
	const role = can[0]?.id;
	const choose = (kind: string) => ask({
		decision: { kind, subject: a.id, args: { shown: a.shown }, ...(role ? { role } : {}) },
		roles: can.length ? can : session.value?.roles ?? [], title: t(`ask.${kind}` as Key), yes: named('do', kind),
		text: <><p><strong>{name}</strong></p>{kind === 'approve' && <><Effect a={a} /><Sent a={a} /></>}</>, ...WORDS[kind],
	});
	return (
		<article class="action">
			<h3>{name} <span class="quiet">{named('step', a.state)}</span></h3>
			<p class="quiet">
				{[a.system, t(a.needs.clinical ? 'act.care' : a.needs.two_persons ? 'act.two' : 'act.one', { roles }),
					a.lasts_seconds && t('act.lasts', { t: Math.round(a.lasts_seconds / 60) })].filter(Boolean).join(' · ')}
			</p>
			{a.reason && <p>“{a.reason}”</p>}
			<Effect a={a} />
			<Sent a={a} />
			<ul class="list quiet">
				{a.approvals.slice(1).map((x) => (
					<li key={x.at}>{[named('step', x.state), x.role_name, clock(x.at), x.why].filter(Boolean).join(' · ')}</li>
				))}
			</ul>
			{open && a.expires && <p>{t('act.expires', { t: when(a.expires) })}</p>}
			<div class="buttons">
				{a.may.filter((k) => k in WORDS && (k !== 'approve' || can.length > 0 || unknown)).map((k) => (
					<button type="button" key={k} class={k === 'approve' ? 'button primary' : 'button'} onClick={() => choose(k)}>{named('do', k)}</button>
				))}
			</div>
		</article>
	);
}

const OPEN = 4; /* of what has signs itself */

/* What can be proposed: `act` computes what it costs care, and shows it before anybody approves. While nothing is,
 * what has signs itself stands open. */
function Offers({ incident, ask, any }: { incident: Incident; ask: Ask; any: boolean }): JSX.Element | null {
	const { data } = useLive<{ items: Ability[] }>(`/incidents/${incident.incident}/abilities`, () => false);
	const propose = (y: Ability) => ask({
		decision: { kind: 'propose', subject: y.on.id, args: { ability: y.ability, incident: incident.incident, ...(y.host ? { host: y.host } : {}) } },
		title: t('ask.propose', { what: `${named('does', y.does)}${colon()}${onOf(y.host, y.on)}` }), text: <p>{t('act.propose_says')}</p>,
		yes: named('do', 'propose'), reason: 'must',
	});
	if (!data?.items.length) return null;
	const list = (of: Ability[]) => (
		<ul class="abilities">
			{of.map((y) => (
				<li key={y.ability + y.on.id + y.host}>
					<span>
						<strong>{named('does', y.does)}{colon()}{onOf(y.host, y.on)}</strong>{' '}
						<span class="quiet">
							{[y.system, t(y.clinical === 'yes' ? 'act.care' : y.persons > 1 ? 'act.two' : y.clinical === 'may' ? 'act.may' : 'act.one',
								{ roles: y.roles.map((r) => r.name).join(', ') }),
								y.lasts_seconds && t('act.lasts', { t: Math.round(y.lasts_seconds / 60) })].filter(Boolean).join(' · ')}
						</span>
					</span>
					<button type="button" class="button" aria-label={`${named('do', 'propose')}${colon()}${named('does', y.does)}${colon()}${onOf(y.host, y.on)}`}
						onClick={() => propose(y)}>{named('do', 'propose')}</button>
				</li>
			))}
		</ul>
	);
	const near = data.items.filter((y) => y.has_signs).slice(0, OPEN), rest = data.items.filter((y) => !near.includes(y));
	return <>
		{!any && near.length > 0 && <><p class="quiet">{t('act.choose')}</p>{list(near)}</>}
		{(any || rest.length > 0) && (
			<details class="can">
				<summary>{any || !near.length ? t('act.can', { n: data.items.length }) : t('act.further', { n: rest.length })}</summary>
				{list(any ? data.items : rest)}
			</details>
		)}
	</>;
}

export function Actions({ incident, ask }: { incident: Incident; ask: Ask }): JSX.Element | null {
	const { data, problem } = useLive<{ items: Action[] }>('/actions', (c) => c.kind === 'action');
	const mine = (data?.items ?? []).filter((a) => a.incident === incident.incident);
	const offers = incident.may.includes('propose');
	if (!mine.length && !offers) return null;
	return (
		<Section title={t('inc.actions')} class="actions">
			<ProblemNote problem={problem} />
			{data && !mine.length && <p class="quiet">{t('act.none')}</p>}
			{mine.map((a) => <OneAction key={a.id} a={a} ask={ask} />)}
			{offers && <Offers incident={incident} ask={ask} any={mine.length > 0} />}
		</Section>
	);
}
