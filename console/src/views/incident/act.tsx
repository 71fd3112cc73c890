/* What is being done: playbooks and their running steps, actions on the hospital that wait for people. */
import type { JSX } from 'preact';
import { clock, until } from '../../format';
import { named, t } from '../../i18n';
import { Icon } from '../../icons';
import { may, minute, useLive } from '../../state';
import { Section, when, type Asked } from '../parts';
import type { Action, Incident, Run } from '../types';

type Ask = (a: Asked) => void;

const over = (state: string): boolean => !['open', 'running', 'waiting'].includes(state);

function Steps({ run, ask }: { run: Run; ask: Ask }): JSX.Element {
	return (
		<ol class="steps">
			{run.steps.map((s, i) => (
				<li key={s.request ?? i} class={s.request ? 'step-open' : ''}>
					<p>
						<strong>{s.role_name ?? s.role}</strong> {s.text}
					</p>
					<p class="quiet">
						{s.state && named('step', s.state)}{s.since && ` · ${clock(s.since)}`}
						{s.due && s.request && ` · ${t('inc.due', { t: until(s.due, minute.value) })}`}
						{s.why && ` · “${s.why}”`}
					</p>
					{s.request && may('run.playbook') && (
						<div class="buttons">
							<button type="button" class="button" onClick={() => ask({
								decision: { kind: 'done', subject: s.request! }, title: t('ask.done'), text: <p>{s.text}</p>, yes: named('do', 'done'),
							})}><Icon name="check" />{named('do', 'done')}</button>
							<button type="button" class="button" onClick={() => ask({
								decision: { kind: 'failed', subject: s.request! }, title: t('ask.failed'), text: <p>{s.text}</p>,
								yes: named('do', 'failed'), reason: 'must',
							})}><Icon name="close" />{named('do', 'failed')}</button>
						</div>
					)}
				</li>
			))}
		</ol>
	);
}

export function Playbooks({ incident, ask }: { incident: Incident; ask: Ask }): JSX.Element | null {
	const { data } = useLive<{ items: Run[] }>('/runs', (c) => c.kind === 'run');
	const runs = (data?.items ?? []).filter((r) => r.incident === incident.incident);
	const going = new Set(runs.filter((r) => !over(r.state)).map((r) => r.playbook));
	const offered = incident.plans.filter((p) => !going.has(p.id));
	if (!runs.length && !(offered.length && may('run.playbook'))) return null;
	return (
		<Section title={t('inc.playbooks')} class="playbooks">
			{runs.map((r) => (
				<article key={r.id} class="run">
					<h3>{r.name} <span class="quiet">{named('step', r.state)}</span></h3>
					<Steps run={r} ask={ask} />
				</article>
			))}
			{may('run.playbook') && offered.length > 0 && (
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
	const services = a.effect?.services ?? [];
	return (
		<div class="effect">
			<h4>{t('act.effect')}</h4>
			{services.length === 0 && !a.effect?.touches && <p>{t('act.no_effect')}</p>}
			<ul>
				{services.map((s) => (
					<li key={s.service}>
						<strong>{s.name}</strong> {until(minute.value + s.in_seconds * 1000, minute.value)},{' '}
						{`${Math.round(s.likely_micro[0] / 1e4)}–${Math.round(s.likely_micro[1] / 1e4)} %`}
					</li>
				))}
			</ul>
			{(a.effect?.more ?? 0) > 0 && <p>{t('act.more', { n: a.effect!.more! })}</p>}
			{a.clinical && <p class="warned"><Icon name="care" />{t('act.clinical')}</p>}
			{(a.side_effects ?? []).map((s) => <p key={s} class="warned">{s}</p>)}
		</div>
	);
}

function needsOf(a: Action): string {
	const roles = (a.roles ?? []).map((r) => (typeof r === 'string' ? r : r.name)).join(', ');
	return t(a.two_persons ? 'act.two' : 'act.one', { roles });
}

function Proposed({ a, ask }: { a: Action; ask: Ask }): JSX.Element {
	const name = `${named('does', a.does ?? '')}: ${a.name ?? a.on}`;
	const open = a.state === 'proposed' || a.state === 'agreed';
	const body = <><p><strong>{name}</strong></p><Effect a={a} /></>;
	return (
		<article class="action">
			<h3>{name} <span class="quiet">{named('step', a.state)}</span></h3>
			<p class="quiet">{[a.system, needsOf(a), a.lasts_seconds && t('act.lasts', { t: Math.round(a.lasts_seconds / 60) })].filter(Boolean).join(' · ')}</p>
			{a.why && <p>“{a.why}”</p>}
			<Effect a={a} />
			{(a.approvals ?? []).map((x) => (
				<p key={x.at} class="quiet"><Icon name="check" />{t('act.approved_by', { role: x.role_name ?? x.role, t: clock(x.at) })}</p>
			))}
			{open && a.expires && <p>{t('act.expires', { t: when(a.expires) })}</p>}
			{open && may('approve') && (
				<div class="buttons">
					<button type="button" class="button primary" onClick={() => ask({
						decision: { kind: 'approve', subject: a.id, args: { shown: a.shown ?? '' } },
						title: t('ask.approve'), text: body, yes: named('do', 'approve'), code: true,
					})}>{named('do', 'approve')}</button>
					<button type="button" class="button" onClick={() => ask({
						decision: { kind: 'refuse', subject: a.id }, title: t('ask.refuse'), text: <p>{name}</p>, yes: named('do', 'refuse'),
					})}>{named('do', 'refuse')}</button>
				</div>
			)}
			{a.state === 'asked' && may('approve') && (
				<button type="button" class="button" onClick={() => ask({
					decision: { kind: 'no-patient', subject: a.id }, title: t('ask.no-patient'), text: <p>{name}</p>, yes: named('do', 'no-patient'),
				})}>{named('do', 'no-patient')}</button>
			)}
			{a.state === 'done' && may('approve') && (
				<button type="button" class="button" onClick={() => ask({
					decision: { kind: 'undo', subject: a.id, args: { shown: a.shown ?? '' } }, title: t('ask.undo'), text: <p>{name}</p>, yes: named('do', 'undo'), code: true,
				})}>{named('do', 'undo')}</button>
			)}
		</article>
	);
}

export function Actions({ incident, ask }: { incident: Incident; ask: Ask }): JSX.Element | null {
	const { data } = useLive<{ items: Action[] }>('/actions', (c) => c.kind === 'action');
	const mine = (data?.items ?? []).filter((a) => a.incident === incident.incident);
	if (!mine.length) return null;
	return (
		<Section title={t('inc.actions')} class="actions">
			{mine.map((a) => <Proposed key={a.id} a={a} ask={ask} />)}
		</Section>
	);
}
