/* What was seen, concluded, told, decided and done, on one line of time. */
import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { clock, clockSeconds, day, moment } from '../../format';
import { colon, named, t, type Key } from '../../i18n';
import { Icon, LevelTag, type IconName } from '../../icons';
import { minute } from '../../state';
import type { Level } from '../../types';
import { Section, type Asked } from '../parts';
import type { Incident, Sign, Step, TakenBack } from '../types';
import { askOf, undoOf } from './decide';

const GROUPS = ['sign', 'state', 'decision', 'message', 'run', 'action', 'clip'] as const;
type Group = (typeof GROUPS)[number];

const ICON: Record<Group, IconName> = {
	sign: 'sensor', state: 'step', decision: 'person', message: 'report', run: 'incidents', action: 'assets', clip: 'camera',
};

interface Entry {
	key: string; at: number; group: Group; icon: IconName; what: string; more: string[]; level?: Level; decision?: string; row?: number | undefined;
}

/* Where a sign was: by the id of what it is on. */
function iconOf(s: Sign): IconName {
	const id = s.asset ?? '';
	if (s.address || id.startsWith('net-')) return 'system';
	if (id.startsWith('door-')) return 'door';
	return s.where && !s.where.includes(',') ? 'place' : 'sensor';
}

const kept = (a: (string | undefined | false)[]): string[] => a.filter((x): x is string => !!x);

function ofSign(s: Sign, first: number): Entry {
	const ended = Date.parse(s.last) - Date.parse(s.first) > 60_000;
	return {
		key: s.id, at: Date.parse(s.first) || first, group: 'sign', icon: iconOf(s), level: s.level,
		what: s.title ?? t('inc.sign'),
		more: kept([s.on, s.where, s.address, s.count > 1 && t('inc.times', { n: s.count }), ended && t('inc.until', { t: clock(s.last) }), s.works && t('held.expected', { who: s.works, t: clock(s.works_until!) })]),
	};
}

/* A message has a step for each thing that became of it: one entry, with the last. */
function ofSteps(steps: readonly Step[], first: number): Entry[] {
	const messages = new Map<string, Entry>();
	const all: Entry[] = [];
	steps.forEach((s, i) => {
		const group: Group = s.kind === 'photo' || s.kind === 'recording' ? 'clip' : s.kind;
		const e: Entry = { key: `${s.kind}${s.row ?? ''}.${i}`, at: Date.parse(s.at ?? '') || first, group, icon: ICON[group], what: '', more: [] };
		const state = s.state && named('step', s.state);
		if (s.kind === 'message') {
			const before = s.id ? messages.get(s.id) : undefined;
			const to = before ?? e;
			to.what ||= t('inc.message_to', { who: s.on ?? '?' });
			to.more = kept([state, s.why]);
			if (before) return;
			if (s.id) messages.set(s.id, e);
		} else if (s.kind === 'decision') {
			e.what = s.what ? named('decision', s.what) : t('inc.decision');
			if (s.what) e.decision = s.what;
			e.row = s.row;
			e.more = kept([s.role, s.why && `“${s.why}”`]);
		} else if (s.kind === 'action') {
			e.what = `${named('does', s.what ?? '')}${colon()}${s.on ?? ''}`;
			e.more = kept([state, s.role, s.why]);
		} else if (s.kind === 'run') {
			e.what = s.what ?? t('inc.run');
			e.more = kept([state, s.role, s.until && t('inc.until', { t: clock(s.until) }), s.why]);
			const before = all.at(-1); /* a step of its own making that only passed on */
			if (before?.group === 'run' && before.what === e.what && before.more.join() === e.more.join()) return;
		} else {
			e.what = `${named('media', s.kind)}${colon()}${s.on ?? ''}`;
			e.more = kept([s.from && s.to && `${clockSeconds(s.from)}–${clockSeconds(s.to)}`, s.what && named('step', s.what),
				s.until && t('inc.kept_until', { t: moment(s.until, minute.value) }), s.why]);
		}
		all.push(e);
	});
	return all;
}

function entriesOf(i: Incident): Entry[] {
	const first = Date.parse(i.first ?? i.at);
	const early = Date.parse('2000-01-01T00:00:00Z');
	const states = i.states.map((s, n): Entry => ({
		key: `state${n}`, at: Date.parse(s.at) > early ? Date.parse(s.at) : first, group: 'state', icon: 'step', level: s.level,
		what: t('inc.is_now', { state: named('state', s.state ?? '') }), more: [],
	}));
	return [...i.signs.map((s) => ofSign(s, first)), ...states, ...ofSteps(i.steps, first)].sort((a, b) => a.at - b.at);
}

/* The decision by which it stands as it does, where the reader may take that back. */
function lastOf(entries: readonly Entry[], i: Incident): Entry | undefined {
	return i.may.includes('reopen')
		? entries.findLast((e) => e.decision && undoOf({ kind: e.decision, subject: i.incident })) : undefined;
}

/* Of a merge, a split, or a dismissal of several: with what, and the way back while there is one. */
function Back({ of: u, what, ask }: { of: TakenBack; what: string; ask: (a: Asked) => void }): JSX.Element | null {
	const all = u.decisions.length;
	if (u.what === 'dismiss' && all < 2) return null;
	const label = u.what === 'dismiss' ? t('un.all', { n: all }) : t('undo.undo');
	const open = () => ask({
		decision: u.decisions[0]!, title: t(`un.${u.what}`), yes: label, text: <p class="quiet">{u.with?.name ?? t('un.says', { n: all })}</p>,
		also: (text) => u.decisions.slice(1).map((d) => ({ ...d, ...(text ? { text } : {}) })),
	});
	return (
		<>
			{u.with && <a href={`/incidents/${u.with.id}`}>{[u.with.name, u.with.where].filter(Boolean).join(', ')}</a>}
			{u.why_not ? <span class="quiet">{t('un.not', { why: u.why_not })}</span>
				: all > 0 && <button type="button" class="button no-print" aria-label={`${label}${colon()}${what}`} onClick={open}>{label}</button>}
		</>
	);
}

export function Timeline({ incident, ask }: { incident: Incident; ask: (a: Asked) => void }): JSX.Element {
	const entries = useMemo(() => entriesOf(incident), [incident]);
	const undone = lastOf(entries, incident);
	const [hidden, hide] = useState<ReadonlySet<Group>>(new Set());
	const there = GROUPS.filter((g) => entries.some((e) => e.group === g));
	const shown = entries.filter((e) => !hidden.has(e.group));
	const toggle = (g: Group) => {
		const h = new Set(hidden);
		if (!h.delete(g)) h.add(g);
		hide(h);
	};
	let last = '';
	return (
		<Section title={t('inc.timeline')} class="timeline">
			{there.length > 1 && (
				<div class="chips" role="group" aria-label={t('inc.show')}>
					{there.map((g) => (
						<button type="button" class="button" key={g} aria-pressed={!hidden.has(g)} onClick={() => toggle(g)}>
							<Icon name={ICON[g]} />{t(`group.${g}` as Key)}
						</button>
					))}
				</div>
			)}
			<ol class="events">
				{shown.map((e) => {
					const d = day(e.at);
					const fresh = d !== last;
					last = d;
					return (
						<li key={e.key} class={`event event-${e.group}`}>
							<time dateTime={new Date(e.at).toISOString()}>{fresh && <span class="event-day">{d} </span>}{clock(e.at)}</time>
							<span class="event-icon"><Icon name={e.icon} /></span>
							<span class="event-what">
								<span>{e.level && <LevelTag level={e.level} />} {e.what}</span>
								{e.more.length > 0 && <span class="quiet">{e.more.join(' · ')}</span>}
								{e === undone && <button type="button" class="button no-print" aria-label={`${t('undo.undo')}${colon()}${e.what}`}
									onClick={() => ask(askOf('reopen', incident.incident, <p class="quiet">{incident.line.sentence}</p>))}>{t('undo.undo')}</button>}
								{incident.undo.filter((u) => u.row === e.row).map((u) => <Back key={u.row} of={u} what={e.what} ask={ask} />)}
							</span>
						</li>
					);
				})}
			</ol>
			{!incident.signs_complete && <p class="quiet">{t('inc.more_signs')}</p>}
		</Section>
	);
}
